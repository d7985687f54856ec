"""What was left when the program ended is asked and offered at the next start, and answered with the keyboard."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from kassaapp.domain.events import PaymentOutcome
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import Filter
from kassaapp.register import Register
from kassaapp.screens.frame import Place
from tests.desks import an_open_till
from tests.ui.conftest import Counter


def patient(register: Register) -> Patient:
    return Patient(register.read_id("6101182803"), "Test Testsson")


@pytest.fixture
def asked_before(tmp_path: Path) -> None:
    """The program ended while a card payment was being taken."""
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        register.begin_payment(patient(register), [Wish(1)], Tender.CARD)


@pytest.fixture
def sold_before(tmp_path: Path) -> None:
    """The program ended between a sale and its receipt."""
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        register.sell(patient(register), [Wish(1)], [Offer(Tender.CASH)])


def ended(counter: Counter) -> list[str]:
    return [row.result for row in counter.desk.history("H").find(Filter(kind="pay-end"))]


def papers(counter: Counter) -> list[str]:
    return sorted(path.name for path in counter.desk.folder.glob("kvitton/*.pdf"))


@pytest.fixture
def deposit_before(tmp_path: Path) -> None:
    """The program ended while a deposit by card was being taken."""
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        register.begin_deposit(patient(register), 50_000, Tender.CARD)


@pytest.fixture
def repaid_before(tmp_path: Path) -> None:
    """The program ended while the money of a void was going back to its card."""
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        register.sell(patient(register), [Wish(1)], [Offer(Tender.CARD)])
        register.begin_void(1, "Dubbelt")


# ── money that was going back ────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("repaid_before")
def test_a_repayment_that_has_no_end_is_asked_about_and_ends_at_its_receipt(counter: Counter) -> None:
    strip = counter.window.around.strips._messages[0].text.text()
    counter.sign_in()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    answers = [button.text() for button in dialog.findChildren(QPushButton)]

    dialog.findChildren(QPushButton)[1].click()
    place = counter.window.frame.view.place
    counter.keys.press("Alt+M")
    counter.keys.type("3")
    counter.keys.press("Enter", "Enter")

    assert strip.startswith("Ett återköp på 200,00\u202fkr på kort påbörjades")
    assert answers == ["Jag har inte tittat än", "Pengarna är tillbaka – visa kvittot", "Inget är återbetalt"]
    assert place is Place.RECEIPTS
    assert counter.desk.register("H").receipts.sale(1).voided_by == 2
    assert (counter.desk.register("H").open_payment, ended(counter)) == (None, [PaymentOutcome.PAID])


# ── a payment that has no end ────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("asked_before")
def test_the_till_asks_and_a_stray_enter_decides_nothing(counter: Counter) -> None:
    before = counter.window.around.strips.isVisible()
    counter.sign_in()

    counter.keys.press("Enter")

    dialog = QApplication.activeModalWidget()
    assert before
    assert dialog is not None
    assert [button.text() for button in dialog.findChildren(QPushButton)] == [
        "Jag har inte tittat än",
        "Köpet finns – registrera 200,00\u202fkr",
        "Köpet finns inte",
    ]
    assert (counter.receipts, ended(counter)) == (0, [])


@pytest.mark.usefixtures("asked_before")
def test_it_went_through_is_registered_and_its_receipt_comes_out(counter: Counter, qtbot: QtBot) -> None:
    counter.sign_in()

    counter.keys.press("Tab", "Tab", "Enter")

    assert (counter.receipts, ended(counter)) == (1, [PaymentOutcome.PAID])
    assert QApplication.activeModalWidget() is None
    assert not counter.window.around.strips.isVisible()
    assert counter.sale.result.headline.text.text().startswith("Betalt 200,00\u202fkr med kort · kvitto R0417H-1")
    qtbot.waitUntil(lambda: counter.desk.register("H").unprinted == ())
    assert papers(counter) == ["kvitto-R0417H-000001.pdf"]


@pytest.mark.usefixtures("deposit_before")
def test_a_deposit_that_went_through_is_registered_and_its_slip_comes_out(counter: Counter, qtbot: QtBot) -> None:
    counter.sign_in()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None

    dialog.findChildren(QPushButton)[1].click()

    qtbot.waitUntil(lambda: len(papers(counter)) == 1)
    assert ended(counter) == ["paid"]
    register = counter.desk.register("H")
    assert register.balance(patient(register)) == 50_000


@pytest.mark.usefixtures("asked_before")
def test_it_did_not_go_through_is_no_sale_and_the_next_patient_is_served(counter: Counter, qtbot: QtBot) -> None:
    counter.sign_in()

    counter.keys.press("Tab", "Tab", "Tab", "Enter")

    assert (counter.receipts, ended(counter)) == (0, [PaymentOutcome.NOT_FOUND])
    assert not counter.window.around.strips.isVisible()
    qtbot.waitUntil(counter.sale.patient.number.edit.hasFocus)


@pytest.mark.usefixtures("asked_before")
def test_escape_is_not_yet_and_the_strip_asks_again(counter: Counter) -> None:
    counter.sign_in()

    counter.keys.press("Esc")
    strip = counter.window.around.strips._messages[0]
    told = (strip.isVisible(), strip.button.text(), QApplication.activeModalWidget())
    strip.button.setFocus()
    counter.keys.press("Enter")

    assert told == (True, "Svara på vad som hände", None)
    assert QApplication.activeModalWidget() is not None
    assert ended(counter) == []


@pytest.mark.usefixtures("asked_before")
def test_another_card_brings_the_question_back(counter: Counter) -> None:
    counter.sign_in()
    counter.keys.press("Esc")
    counter.keys.type("195009072553")
    counter.keys.press("Enter")
    counter.keys.type("Nils Nästa")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter")

    counter.keys.press("F6")

    assert QApplication.activeModalWidget() is not None
    assert counter.sale.rows.model().rowCount() == 1


@pytest.mark.usefixtures("asked_before")
def test_closing_the_till_asks_first(counter: Counter) -> None:
    counter.sign_in()
    counter.keys.press("Esc", "F1")

    counter.keys.press("F10", "6")

    assert counter.window.frame.view.place is Place.SALE
    assert QApplication.activeModalWidget() is not None


@pytest.mark.usefixtures("asked_before")
def test_the_question_is_not_asked_over_the_login(counter: Counter) -> None:
    counter.sign_in()

    counter.window._lock()
    gone = QApplication.activeModalWidget()
    counter.sign_in()

    assert gone is None
    assert QApplication.activeModalWidget() is not None


# ── a receipt that did not come out ──────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("sold_before")
def test_one_key_prints_what_did_not_come_out(counter: Counter, qtbot: QtBot) -> None:
    counter.sign_in()
    told = counter.window.around.strips._messages[0].text.text()

    counter.keys.press("Ctrl+P")

    assert told == "Kvitto R0417H-1 var inte utskrivet när programmet stängdes. Betalningen är registrerad."
    qtbot.waitUntil(lambda: not counter.window.around.strips.isVisible())
    assert papers(counter) == ["kvitto-R0417H-000001.pdf"]
    assert counter.desk.register("H").unprinted == ()


@pytest.mark.usefixtures("sold_before")
def test_before_anybody_has_signed_in_nothing_is_printed(counter: Counter) -> None:
    counter.keys.press("Ctrl+P")

    assert counter.window.around.strips.isVisible()
    assert papers(counter) == []


def test_what_is_sold_is_on_record_as_printed_when_its_paper_has_come(at_sale: Counter, qtbot: QtBot) -> None:
    at_sale.known()

    qtbot.waitUntil(lambda: at_sale.desk.register("H").receipts.is_printed(1))
    assert at_sale.desk.register("H").unprinted == ()


def test_what_could_not_be_saved_is_not_on_record_as_printed(at_sale: Counter, qtbot: QtBot) -> None:
    (at_sale.desk.folder / "kvitton").write_text("in the way")

    at_sale.known()

    qtbot.waitUntil(at_sale.sale.result.retry.isVisible)
    assert at_sale.desk.register("H").unprinted == (1,)
