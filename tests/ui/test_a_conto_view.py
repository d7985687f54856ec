"""A conto with keys alone: what a person presses, and what a bounced key does not do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.screens.a_conto import AContoScreen
from kassaapp.screens.after_sale import Paper
from kassaapp.ui.a_conto_view import AContoWindow
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.scroll import Scroll
from tests.desks import an_open_till
from tests.ui.keys import focused
from tests.ui.one_room import OneRoom, one_room

PRINTED: list[int] = []
LEFT: list[bool] = []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    PRINTED.clear()
    LEFT.clear()
    with an_open_till(tmp_path) as desk:
        yield desk


@pytest.fixture
def a_conto(desk: Desk, qtbot: QtBot) -> Iterator[OneRoom[AContoWindow]]:
    screen = AContoScreen(
        desk.register("H"), desk.history("H"), print_slip=PRINTED.append, left=lambda: LEFT.append(True)
    )
    with one_room(qtbot, lambda guard: AContoWindow(screen, guard, lambda: None)) as shown:
        yield shown


@pytest.fixture
def small(desk: Desk, qtbot: QtBot) -> Iterator[OneRoom[AContoWindow]]:
    """The same in a window of 960 × 540."""
    screen = AContoScreen(desk.register("H"), desk.history("H"), print_slip=PRINTED.append, left=lambda: None)
    with one_room(qtbot, lambda guard: AContoWindow(screen, guard, lambda: None), size=(960, 540)) as shown:
        yield shown


def known(a_conto: OneRoom[AContoWindow]) -> None:
    """A patient with 500 kr a conto, as the next job begins."""
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")
    a_conto.keys.type("Test Testsson")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("500")
    a_conto.keys.press("Enter", "Enter", "Enter", "Enter")


def test_a_deposit_takes_the_number_the_amount_and_an_enter_for_each_step(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.counted()

    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("250")
    a_conto.keys.press("Enter", "Enter", "Enter", "Enter")

    assert PRINTED == [1, 2]
    assert a_conto.keys.counted() == 10 + 3 + 6
    assert a_conto.room.done.text.text().startswith("Insatt 250,00\u202fkr a conto · innestående 750,00\u202fkr")
    assert focused() is a_conto.room.number.edit
    assert a_conto.room.number.edit.text() == ""


def test_digits_pick_on_the_numeric_keypad(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)

    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")
    a_conto.keys.type("1")
    a_conto.keys.press("Enter")
    a_conto.keys.type("100")
    a_conto.keys.press("Enter")
    a_conto.keys.type("2")

    assert a_conto.room.tender.buttons[1].isChecked()
    assert a_conto.room.instruction.text() == "Lägg pengarna i låda H."


def test_a_bounced_enter_moves_the_money_once(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("100")
    a_conto.keys.press("Enter", "Enter")

    a_conto.keys.press("Enter")
    a_conto.keys.press("Enter", "Enter", "Enter", quick=True)
    bounced = list(PRINTED), focused()
    a_conto.keys.press("Enter")

    assert bounced == ([1], a_conto.room.card.approved)
    assert PRINTED == [1, 2]


def test_paying_out_is_reasoned_and_approved_with_keys_alone(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")

    a_conto.keys.type("2")
    a_conto.keys.press("Enter")
    a_conto.keys.type("300")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("1")
    a_conto.keys.press("Enter")
    a_conto.keys.type("erilu")
    a_conto.keys.press("Enter")
    a_conto.keys.type("234567")
    a_conto.keys.press("Enter")

    assert PRINTED == [1, 2]
    assert a_conto.room.done.text.text().startswith("Utbetalt 300,00\u202fkr a conto · innestående 200,00\u202fkr")


def test_a_wrong_pin_is_forgotten_and_asked_for_again(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")
    a_conto.keys.type("2")
    a_conto.keys.press("Enter")
    a_conto.keys.type("300")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("1")
    a_conto.keys.press("Enter")
    a_conto.keys.type("erilu")
    a_conto.keys.press("Enter")

    a_conto.keys.type("000000")
    a_conto.keys.press("Enter")

    assert PRINTED == [1]
    assert focused().accessibleDescription().startswith("Fel: Pinkoden stämmer inte.")
    assert getattr(focused(), "text")() == ""  # noqa: B009 - a field, whatever its class


def test_another_reason_opens_a_field_for_words(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")
    a_conto.keys.type("2")
    a_conto.keys.press("Enter")
    a_conto.keys.type("300")
    a_conto.keys.press("Enter", "Enter")

    a_conto.keys.type("4")
    a_conto.keys.press("Enter")

    assert focused() is a_conto.room.why.words.edit
    assert focused().accessibleName() == "Egna ord"


def test_an_amount_that_is_none_keeps_the_keyboard(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter", "Enter", "Enter")

    assert focused() is a_conto.room.amount.edit
    assert focused().accessibleDescription().startswith("Fel: Skriv beloppet med siffror")


def test_escape_leaves_the_patient_and_then_the_screen(a_conto: OneRoom[AContoWindow]) -> None:
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")

    a_conto.keys.press("Esc")
    QApplication.processEvents()
    nobody = a_conto.room.line.text(), list(LEFT)
    a_conto.keys.press("Esc")

    assert (nobody, LEFT) == (("", []), [True])


def test_an_amount_is_read_aloud_in_words(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter")

    assert a_conto.room.balance.accessibleName() == "Innestående 500 kronor"


def test_a_slip_that_failed_is_tried_again_from_its_line(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.room._screen.paper_news(1, Paper.FAILED)
    a_conto.room.draw()

    a_conto.room.paper.button.click()

    assert PRINTED == [1, 1]


def test_whatever_has_the_keyboard_is_in_sight_in_a_small_window(small: OneRoom[AContoWindow]) -> None:
    known(small)
    hidden: list[str] = []

    for text in ("6101182803", "2", "300", "", "4", "Flyttar", "erilu", "000000"):
        small.keys.type(text)
        small.keys.press("Enter")
        small.settle()
        page = small.room.findChildren(Scroll)[0].viewport()
        field = focused().parentWidget()
        whole = field if isinstance(field, LabelledField) else focused()
        place = QRect(whole.mapTo(page, QPoint(0, 0)), whole.size())
        if not page.rect().contains(place):
            hidden.append(focused().accessibleName())

    assert hidden == []
    assert focused().accessibleDescription().startswith("Fel: Pinkoden stämmer inte.")


def test_the_terminals_amount_stands_where_the_form_was_until_it_has_answered(a_conto: OneRoom[AContoWindow]) -> None:
    known(a_conto)
    a_conto.keys.type("6101182803")
    a_conto.keys.press("Enter", "Enter")
    a_conto.keys.type("100")
    a_conto.keys.press("Enter", "Enter", "Enter")
    room = a_conto.room
    asked = room.card.isVisible(), room.form.isVisible(), room.card.amount.text(), focused()

    a_conto.keys.press("Esc")

    assert asked == (True, False, "100,00\u202fkr", room.card.approved)
    assert (room.card.isVisible(), room.form.isVisible(), PRINTED) == (False, True, [1])
    assert focused() is room.amount.edit
