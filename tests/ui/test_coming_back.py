"""Whoever was interrupted is back where it was, with everything typed, whichever screen it was and however it happened.

A PIN alone is not kept.
"""

from PySide6.QtWidgets import QApplication

from kassaapp.screens.frame import Place
from kassaapp.ui.a_conto_view import AContoWindow
from kassaapp.ui.drawer_view import DrawerWindow
from kassaapp.ui.receipts_view import ReceiptsWindow
from tests.ui.conftest import Counter


def interrupted(counter: Counter) -> None:
    """The till locks itself, and the same person comes back."""
    counter.window._idle.timeout.emit()
    assert counter.window.frame.view.place is Place.LOGIN
    counter.sign_in()


def count_by_hand(counter: Counter) -> None:
    counter.keys.press("F10", "6")
    for pieces in ("", "1", "", "3"):
        counter.keys.type(pieces)
        counter.keys.press("Enter")


def test_a_count_in_the_middle_is_there_after_the_lock(at_sale: Counter) -> None:
    count_by_hand(at_sale)

    interrupted(at_sale)

    assert at_sale.window.frame.view.place is Place.CLOSE
    assert at_sale.closing.count.isVisible()
    assert at_sale.window.now.screens.closing.view.count.counted == "800,00\u202fkr"


def test_the_comparison_and_its_reason_are_there_after_the_lock_but_no_pin(at_sale: Counter) -> None:
    count_by_hand(at_sale)
    at_sale.closing.counted.click()
    at_sale.keys.press("Enter", "Enter")
    at_sale.keys.press("Down")
    at_sale.closing.reason.note.edit.take_focus()
    at_sale.keys.type("Kvitto saknas")
    at_sale.closing.pin.edit.take_focus()
    at_sale.keys.type("123")

    interrupted(at_sale)

    closing = at_sale.window.now.screens.closing
    assert at_sale.closing.rows.isVisible()
    assert closing.reason.text() == "Fel växel: Kvitto saknas"
    assert at_sale.closing.pin.edit.text() == ""
    assert at_sale.is_open()


def test_help_and_a_receipt_looked_up_lead_back_to_the_count(at_sale: Counter) -> None:
    count_by_hand(at_sale)

    at_sale.keys.press("F9", "F1", "Esc")
    between = at_sale.window.frame.view.place
    at_sale.keys.press("Esc")

    assert between is Place.RECEIPTS
    assert at_sale.window.frame.view.place is Place.CLOSE
    assert at_sale.window.now.screens.closing.view.count.counted == "800,00\u202fkr"


def test_a_count_that_was_left_for_a_patient_is_counted_on(at_sale: Counter) -> None:
    count_by_hand(at_sale)
    at_sale.keys.press("Esc")
    at_sale.known()

    at_sale.keys.press("F10", "6")

    assert (
        at_sale.closing.kept.text()
        == "Din räkning är kvar. Kassan har använts sedan dess: ändra det som är annorlunda."
    )
    assert at_sale.window.now.screens.closing.view.count.counted == "800,00\u202fkr"
    at_sale.keys.press("Alt+B")
    assert at_sale.window.now.screens.closing.view.count.counted == "0,00\u202fkr"


def test_somebody_else_does_not_find_the_count(at_sale: Counter) -> None:
    count_by_hand(at_sale)
    at_sale.keys.press("Ctrl+L")

    at_sale.login.user.edit.take_focus()
    at_sale.keys.type("erilu")
    at_sale.keys.press("Enter")
    at_sale.keys.type("234567")
    at_sale.keys.press("Enter", "F10", "6")

    assert at_sale.desk.register("H").state.user == "erilu"
    assert at_sale.window.now.screens.closing.view.count.counted == "0,00\u202fkr"


def test_a_deposit_half_typed_is_there_after_the_lock(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.press("F10", "2")
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Enter")
    at_sale.keys.type("450")

    interrupted(at_sale)

    room = at_sale.window.rooms[Place.A_CONTO]
    assert isinstance(room, AContoWindow)
    assert room.isVisible()
    assert room.amount.edit.text() == "450"
    assert room.button.text() == "Sätt in 450,00\u202fkr"


def test_money_to_the_bank_half_typed_is_there_after_the_lock(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "1")
    at_sale.keys.type("4")
    at_sale.keys.press("Enter")
    at_sale.keys.type("500")
    at_sale.keys.press("Enter")
    at_sale.keys.type("P-17")

    interrupted(at_sale)

    room = at_sale.window.rooms[Place.DRAWER]
    assert isinstance(room, DrawerWindow)
    assert (room.amount.edit.text(), room.reference.edit.text()) == ("500", "P-17")


def test_a_refund_half_done_is_there_after_the_lock(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", "F5", "Enter", "F9", "Enter", "Alt+B")
    at_sale.keys.type("2")

    interrupted(at_sale)

    room = at_sale.window.rooms[Place.RECEIPTS]
    assert isinstance(room, ReceiptsWindow)
    assert room.undo.isVisible()
    assert room._screen.undo is not None
    assert room._screen.undo.view.reason.chosen == 1


def test_cash_being_given_is_there_after_the_lock(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", "F5")
    at_sale.keys.type("500")

    interrupted(at_sale)

    assert at_sale.sale.cash.given.edit.text() == "500"
    assert QApplication.focusWidget() is at_sale.sale.cash.given.edit


def test_e37_change_is_put_in_the_drawer_and_the_refund_goes_on(at_sale: Counter) -> None:
    at_sale.known()
    keys = at_sale.keys
    keys.type("6101182803")
    keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F5", "Enter", "F10", "1")
    keys.type("4")
    keys.press("Enter")
    keys.type("1100")
    keys.press("Enter")
    keys.type("P-1")
    keys.press("Enter")
    keys.type("Erik Lund")
    keys.press("Enter", "Enter", "Esc", "F9", "Enter", "Alt+B")
    keys.type("1")
    keys.press("Enter", "Enter")
    room = at_sale.window.rooms[Place.RECEIPTS]
    assert isinstance(room, ReceiptsWindow)
    assert room.undo.drawer.isVisible()

    keys.press("Alt+X")
    keys.press("Enter")
    keys.type("500")
    keys.press("Enter", "Enter", "Enter", "Enter", "Esc")

    assert room.undo.isVisible()
    assert room._screen.undo is not None
    assert room._screen.undo.view.reason.chosen == 0
    room.undo.confirm.setFocus()
    keys.press("Enter")
    assert at_sale.desk.register("H").receipts.sale(2).all_left_ore == 0
