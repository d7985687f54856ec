"""What was typed never outlives its patient, Esc takes the safe way, and rows are not lost without a word."""

from PySide6.QtWidgets import QApplication

from kassaapp.screens.frame import Place
from tests.ui.conftest import Counter

OTHER = "195009072553"


def with_a_row(counter: Counter) -> None:
    counter.known()
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter")


def ask_for_another(counter: Counter) -> None:
    with_a_row(counter)
    counter.keys.press("F2")
    counter.keys.type(OTHER)
    counter.keys.press("Enter")


def test_the_field_is_empty_when_the_patient_has_been_changed(at_sale: Counter) -> None:
    ask_for_another(at_sale)

    at_sale.keys.type("2")

    assert at_sale.sale.patient.line.text().startswith("19500907-2553")
    assert at_sale.sale.patient.number.edit.text() == ""


def test_a_number_that_was_typed_and_not_entered_is_gone_after_the_sale(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.keys.press("F2")
    at_sale.keys.type(OTHER)

    at_sale.keys.press("F6", "Enter")

    assert at_sale.receipts == 2
    assert at_sale.sale.patient.number.edit.text() == ""


def test_escape_keeps_the_patient(at_sale: Counter) -> None:
    ask_for_another(at_sale)

    at_sale.keys.press("Esc")

    assert not at_sale.sale.question.isVisible()
    assert at_sale.sale.patient.line.text().startswith("19610118-2803")
    assert at_sale.sale.patient.number.edit.text() == ""


def test_escape_lets_a_patient_without_rows_go(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")

    at_sale.keys.press("Esc")

    assert not at_sale.sale.patient.line.isVisible()
    assert at_sale.sale.patient.number.edit.hasFocus()


def test_f3_lets_nobody_go(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "F2")

    at_sale.keys.press("F3")

    assert at_sale.sale.patient.line.isVisible()


def test_ctrl_z_in_the_empty_article_field_undoes_a_row(at_sale: Counter) -> None:
    with_a_row(at_sale)

    at_sale.keys.press("Ctrl+Z")

    assert at_sale.sale.rows.model().rowCount() == 0
    assert at_sale.sale.article.edit.hasFocus()


def test_ctrl_z_in_the_rows_leaves_the_keyboard_there(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.sale.rows.setFocus()
    at_sale.keys.type("+")

    at_sale.keys.press("Ctrl+Z")

    assert at_sale.sale.rows.hasFocus()
    assert at_sale.sale.rows.model().rowCount() == 1


def test_closing_the_window_asks_about_the_rows_and_keeps_them(at_sale: Counter) -> None:
    with_a_row(at_sale)

    at_sale.window.close()
    dialog = QApplication.activeModalWidget()
    at_sale.keys.press("Esc")

    assert dialog is not None
    assert at_sale.window.isVisible()
    assert at_sale.sale.rows.model().rowCount() == 1


def test_the_window_is_closed_when_the_answer_is_to_close_it(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.window.close()

    at_sale.keys.press("Tab", "Tab", "Enter")

    assert not at_sale.window.isVisible()


def test_the_rows_of_somebody_else_are_asked_about_with_the_keyboard(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.keys.press("Ctrl+L")
    at_sale.login.user.edit.clear()
    at_sale.login.user.edit.take_focus()

    at_sale.sign_in(user="ERILU", pin="234567")

    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.parentWidget() is at_sale.sale.question


def test_a_wrong_length_is_written_on_and_a_wrong_check_digit_marks_the_last_four(at_sale: Counter) -> None:
    edit = at_sale.sale.patient.number.edit
    at_sale.keys.type("610118280")
    at_sale.keys.press("Enter")
    after_length = (edit.selectedText(), edit.cursorPosition())

    at_sale.keys.type("4")
    at_sale.keys.press("Enter")

    assert after_length == ("", 9)
    assert edit.selectedText() == "2804"


def test_the_strip_about_a_sale_goes_with_its_last_row(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.window._go(Place.CLOSE)
    told = at_sale.window.around.strips.isVisible()

    at_sale.sale.rows.setFocus()
    at_sale.keys.press("Del")

    assert (told, at_sale.window.around.strips.isVisible()) == (True, False)


def test_ore_are_refused_in_cash(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.keys.press("F5")
    at_sale.keys.type("500,5")

    at_sale.keys.press("Enter")

    assert at_sale.receipts == 1
    assert at_sale.sale.cash._payment is not None
    assert at_sale.sale.cash._payment.view.error == "Kontant räknas i hela kronor. Skriv beloppet utan ören."
