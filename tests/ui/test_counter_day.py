"""A day at the counter by the keyboard alone: sign in, open, sell in every way, close. No mouse, no waiting."""

from datetime import timedelta

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import Filter
from kassaapp.screens.frame import Place
from tests.ui.conftest import Counter


def test_a_day_by_keyboard_alone(counter: Counter, qtbot: QtBot) -> None:
    keys = counter.keys

    counter.sign_in()
    for pieces in ("", "1", "", "3", "2", "2", "4", "3", "2", "1"):
        keys.type(pieces)
        keys.press("Enter")
    keys.press("Enter")
    assert counter.is_open()

    keys.type("6101182803")
    keys.press("Enter")
    keys.type("Åsa Öst")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F6", "Enter")
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("3")
    keys.press("Enter", "F5")
    keys.type("500")
    keys.press("Enter")
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("2")
    keys.press("Enter", "Enter")
    assert counter.receipts == 3

    keys.press("F10", "6")
    for pieces in ("", "1", "1", "3", "2", "2", "4", "3", "2", "1"):
        keys.type(pieces)
        keys.press("Enter")
    keys.press("Enter")
    keys.type("200")
    keys.press("Enter", "Enter")
    assert counter.closing.rows.isVisible()
    keys.type("123456")
    keys.press("Enter")

    assert not counter.is_open()
    assert counter.opening.closed.text.text().startswith("Kassan är stängd 07:42. Z-rapport nr 1 är klar")
    closing = counter.desk.history("H").last_closing()
    assert closing is not None
    assert closing.event.figures.by_tender == {Tender.CARD: 20_000, Tender.CASH: 20_000}
    assert closing.event.reason is None
    qtbot.waitUntil(lambda: "sparad" in counter.opening.closed.text.text())
    assert len(list(counter.desk.folder.glob("kvitton/*.pdf"))) == 4


def presses(counter: Counter, article: str, *keys: str, cash: str = "") -> int:
    """How many presses a visit of a known patient takes, from the number to the receipt. The visit before it was long
    ago: nothing is asked about charging twice."""
    before = counter.receipts
    counter.desk.clock.set(counter.desk.clock() + timedelta(minutes=11))
    counter.keys.counted()

    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type(article)
    counter.keys.press("Enter", *keys)
    if cash:
        counter.keys.type(cash)
        counter.keys.press("Enter")

    assert counter.receipts == before + 1
    assert counter.sale.patient.number.edit.hasFocus()
    return counter.keys.counted()


def test_the_presses_of_a_visit_are_as_promised(at_sale: Counter) -> None:
    at_sale.known()

    counted = {
        "card": presses(at_sale, "1", "F6", "Enter"),
        "cash": presses(at_sale, "1", "F5", cash="500"),
        "cash, exact": presses(at_sale, "1", "F5", "Enter"),
        "swish": presses(at_sale, "1", "F7", "Enter"),
        "invoice": presses(at_sale, "1", "F8", "Enter"),
        "free": presses(at_sale, "2", "Enter"),
        "keypad": presses(at_sale, "1", "Enter", "Enter", "Enter"),
        "keypad, cash": presses(at_sale, "1", "Enter", "1", "Enter"),
        "keypad, invoice": presses(at_sale, "1", "Enter", "4", "Enter"),
    }

    assert counted == {
        "card": 15,
        "cash": 18,
        "cash, exact": 15,
        "swish": 15,
        "invoice": 15,
        "free": 14,
        "keypad": 16,
        "keypad, cash": 16,
        "keypad, invoice": 16,
    }


def test_a_missed_visit_goes_to_invoice_with_enter_alone(at_sale: Counter) -> None:
    at_sale.known()

    counted = presses(at_sale, "5", "Enter", "Enter", "Enter")

    (sale,) = [
        at_sale.desk.history("H").sale(row.receipt).event
        for row in at_sale.desk.history("H").find(Filter(kind="sale", receipt=2))
        if row.receipt is not None
    ]
    assert counted == 16
    assert [(paid.by, paid.amount_ore) for paid in sale.payments] == [(Tender.INVOICE, 40_000)]


def test_a_conto_and_parts_by_the_keyboard(at_sale: Counter) -> None:
    at_sale.known()
    register = at_sale.desk.register("H")
    patient = Patient(register.read_id("6101182803"), "Test Testsson")
    register.deposit(patient, 15_000, [Offer(Tender.CARD)])
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")

    keys.press("Enter", "F4", "Enter", "F5")
    keys.type("50")
    keys.press("Enter")

    last = at_sale.desk.history("H").sale(at_sale.receipts).event
    assert [(paid.by, paid.amount_ore) for paid in last.payments] == [(Tender.ON_ACCOUNT, 15_000), (Tender.CASH, 5_000)]


def test_parts_from_the_cash_panel(at_sale: Counter) -> None:
    at_sale.known()
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F5")
    keys.type("150")

    keys.press("Enter", "Alt+D", "Enter", "Enter", "Enter")

    last = at_sale.desk.history("H").sale(at_sale.receipts).event
    assert [(paid.by, paid.amount_ore) for paid in last.payments] == [(Tender.CARD, 5_000), (Tender.CASH, 15_000)]


def test_a_sale_is_put_aside_and_taken_up_by_the_keyboard(at_sale: Counter) -> None:
    at_sale.known()
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "Ctrl+D")
    parked = at_sale.window.sale.view

    keys.press("Ctrl+Shift+D", "Enter", "F6", "Enter")

    assert (parked.waiting, parked.rows) == ("Väntande (1)", ())
    assert at_sale.receipts == 2
    assert at_sale.window.sale.view.waiting == ""


def test_digits_open_a_tender_while_the_payment_row_has_the_keyboard(at_sale: Counter) -> None:
    keys = at_sale.keys
    at_sale.known()
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "Enter")

    keys.type("1")

    assert at_sale.sale.cash.isVisible()


def test_escape_goes_back_a_step_and_takes_no_row_away(at_sale: Counter) -> None:
    keys = at_sale.keys
    at_sale.known()
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F6", "Esc")

    keys.press("Esc")

    assert at_sale.sale.total.text() == "200,00\u202fkr"
    assert QApplication.focusWidget() is at_sale.sale.article.edit


def test_quick_articles_and_the_keys_of_the_rows(at_sale: Counter) -> None:
    keys = at_sale.keys
    at_sale.known()
    keys.type("6101182803")
    keys.press("Enter", "Ctrl+1", "Ctrl+3")
    at_sale.sale.rows.setFocus()

    keys.type("+")
    quantity = at_sale.window.sale.view.rows[1].quantity
    keys.press("Del")
    left = len(at_sale.window.sale.view.rows)
    keys.press("Ctrl+Z")

    assert (quantity, left) == ("2", 1)
    assert [row.quantity for row in at_sale.window.sale.view.rows] == ["1", "2"]


def test_locking_keeps_the_sale_and_signing_in_brings_it_back(at_sale: Counter) -> None:
    keys = at_sale.keys
    at_sale.known()
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "Ctrl+L")
    assert at_sale.login.locked.text() == "Kassan är låst av Anna Berg"
    assert at_sale.window.frame.view.place is Place.LOGIN

    at_sale.sign_in()

    assert at_sale.sale.total.text() == "200,00\u202fkr"


def test_after_a_sale_the_number_is_gone_and_the_result_stays(at_sale: Counter) -> None:
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("Test Testsson")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F5")
    keys.type("500")

    keys.press("Enter")

    assert at_sale.sale.result.headline.text.text() == "Betalt 200,00\u202fkr kontant · kvitto R0417H-1 · 07:42"
    assert at_sale.sale.result.change.text() == "300\u202fkr"
    assert at_sale.sale.patient.number.edit.text() == ""
    assert at_sale.sale.patient.line.text() == ""
    assert QApplication.focusWidget() is at_sale.sale.patient.number.edit
