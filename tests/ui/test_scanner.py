"""A scanner's typing is told from a person's, goes where its content belongs, and presses nothing (UX 2.0)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from kassaapp.domain.visit import Tender
from kassaapp.screens.sale import Panel
from tests.ui.sale_counter import SaleCounter, a_sale_counter

PATIENT = "196101182803"


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[SaleCounter]:
    with a_sale_counter(tmp_path, qtbot) as made:
        yield made


def with_a_row(counter: SaleCounter) -> None:
    """A patient with a visit to pay."""
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type("Test Testsson")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter")


def line(counter: SaleCounter) -> str:
    return counter.screen.view.patient.line


def test_a_patient_is_scanned_in_the_patient_field(counter: SaleCounter) -> None:
    counter.scan(PATIENT)

    assert line(counter).startswith("19610118-2803")
    assert counter.sale.patient.number.edit.text() == ""


def test_a_scan_while_a_payment_button_has_the_focus_presses_nothing(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.keys.press("Enter")
    assert counter.sale.tenders.button(Tender.CARD).hasFocus()

    counter.scan("195009072553")

    assert counter.screen.view.panel is Panel.ARTICLES
    assert counter.desk.register("H").open_payment is None
    assert counter.screen.view.question is not None
    assert counter.receipts == 0


@pytest.mark.parametrize("key", ["F5", "F6", "F8"])
def test_a_scan_into_an_open_panel_commits_nothing(counter: SaleCounter, key: str) -> None:
    with_a_row(counter)
    counter.keys.press(key)

    counter.scan(PATIENT)
    counter.scan("2 00 00 00")

    assert counter.receipts == 0


def test_the_amount_that_stood_in_the_field_stands_there_again(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.keys.press("F5")
    counter.keys.type("500")

    counter.scan("7310865004703")

    assert counter.sale.cash.given.edit.text() == "500"
    assert counter.sale.cash.change.text() == "300\u202fkr"
    assert counter.receipts == 0


def test_a_name_that_is_being_written_is_left_as_it_was(counter: SaleCounter) -> None:
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type("Tes")

    counter.scan(PATIENT)

    assert counter.screen.draft.patient is not None
    assert counter.screen.draft.patient.name == "Tes"
    assert counter.sale.patient.name.edit.text() == "Tes"


def test_the_same_digits_typed_by_a_person_stay_in_the_field(counter: SaleCounter) -> None:
    counter.scan(PATIENT, gap_ms=60, enter=False)

    assert counter.sale.patient.number.edit.text() == PATIENT
    assert line(counter) == ""


def test_digits_of_a_person_on_the_payment_row_act_after_a_moment(counter: SaleCounter, qtbot: QtBot) -> None:
    with_a_row(counter)
    counter.keys.press("Enter")

    counter.scan("1", gap_ms=200, enter=False)

    qtbot.waitUntil(lambda: counter.screen.view.panel is Panel.CASH)


def test_a_short_burst_and_an_enter_are_a_persons_in_their_order(counter: SaleCounter) -> None:
    with_a_row(counter)

    counter.scan("3", gap_ms=10)

    assert [row.text for row in counter.screen.view.rows] == ["Läkarbesök", "Fysioterapeut"]


def test_five_fast_letters_are_not_lost(counter: SaleCounter) -> None:
    with_a_row(counter)

    counter.scan("psyko", gap_ms=10)

    assert [row.text for row in counter.screen.view.rows] == ["Läkarbesök", "Psykolog"]


def test_what_waited_is_typed_when_nothing_follows(counter: SaleCounter, qtbot: QtBot) -> None:
    counter.scan("610118", gap_ms=10, enter=False)
    shown = counter.sale.patient.number.edit.text()

    qtbot.waitUntil(lambda: counter.sale.patient.number.edit.text() == "610118")

    assert shown == "61"


def test_a_space_in_a_code_does_not_press_the_button_in_focus(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.keys.press("Enter")

    counter.scan("73 1086 50")

    assert counter.screen.view.panel is Panel.ARTICLES
    assert counter.screen.view.article_error.startswith("Koden 73 1086")


def test_a_letter_that_waits_acts_before_the_shortcut_that_follows_it(counter: SaleCounter, qtbot: QtBot) -> None:
    with_a_row(counter)
    counter.sale.park.setFocus()
    counter.scan(" ", enter=False)

    counter.keys.press("F6")
    qtbot.wait(100)

    assert counter.receipts == 0
    assert counter.screen.view.waiting == "Väntande (1)"


def test_a_letter_that_waits_is_dropped_when_the_keyboard_has_gone_elsewhere(
    counter: SaleCounter, qtbot: QtBot
) -> None:
    with_a_row(counter)
    counter.keys.press("Enter")
    counter.scan(" ", enter=False)

    counter.screen.pay(Tender.CARD)
    counter.sale.draw()
    counter.sale.focus()
    counter.keys.now_ms += 1000
    qtbot.wait(100)

    assert counter.sale.card.approved.hasFocus()
    assert counter.receipts == 0


def test_a_scan_into_a_dialog_goes_nowhere(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.keys.press("F6", "Alt+V")
    dialog = QApplication.activeModalWidget()

    counter.scan(PATIENT)

    assert dialog is not None
    assert QApplication.activeModalWidget() is dialog
    assert counter.receipts == 0


def test_a_scan_into_an_open_menu_picks_nothing(counter: SaleCounter) -> None:
    picked: list[bool] = []
    menu = QMenu(counter.sale)
    menu.addAction("&1  Växelkassa").triggered.connect(lambda: picked.append(True))
    menu.popup(counter.sale.mapToGlobal(counter.sale.rect().center()))

    counter.scan(PATIENT)

    assert picked == []
    assert line(counter) == ""
    menu.close()


def test_a_plus_from_the_scanner_is_asked_about_in_place(counter: SaleCounter) -> None:
    counter.scan("610118+2803")

    counter.keys.press("Enter")

    assert line(counter).startswith("19610118-2803")


def test_the_enter_of_a_scan_answers_no_question_that_came_up(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.scan("195009072553")

    counter.keys.press("Enter", quick=True)
    still = counter.screen.view.question
    counter.keys.press("Enter")

    assert still is not None
    assert counter.screen.view.question is None
    assert line(counter).startswith("19610118-2803")


def test_a_prefix_needs_no_timing(tmp_path: Path, qtbot: QtBot) -> None:
    with a_sale_counter(tmp_path, qtbot, prefix="~") as counter:
        counter.scan(f"~{PATIENT}", gap_ms=300)

        assert line(counter).startswith("19610118-2803")
        assert counter.sale.patient.number.edit.text() == ""


def test_a_prefix_that_a_person_typed_is_given_back(tmp_path: Path, qtbot: QtBot) -> None:
    with a_sale_counter(tmp_path, qtbot, prefix="~") as counter:
        counter.scan("~", enter=False)

        qtbot.waitUntil(lambda: counter.sale.patient.number.edit.text() == "~", timeout=2000)


def test_a_whole_visit_is_one_scan_and_four_presses(counter: SaleCounter) -> None:
    with_a_row(counter)
    counter.keys.press("F6", "Enter")
    counter.keys.counted()

    counter.scan(PATIENT)
    counter.keys.type("3")
    counter.keys.press("Enter", "F6", "Enter")

    assert counter.receipts == 2
    assert counter.keys.counted() == 4
