"""Leads at close, by the keyboard: they stand between the comparison and the reason, and Shift+Tab comes to them."""

from PySide6.QtGui import QAccessible

from tests.ui.conftest import Counter


def test_what_may_explain_a_difference_is_read_with_the_keyboard(at_sale: Counter) -> None:
    keys = at_sale.keys
    keys.press("F10", "6")
    at_sale.closing.count.total_field.take_focus()
    keys.type("900")
    keys.press("Enter", "Enter", "Enter")
    at_reason = at_sale.closing.reason.choice.hasFocus()

    keys.press("Shift+Tab")

    text = at_sale.closing.leads.text
    said = QAccessible.queryAccessibleInterface(text).text(QAccessible.Text.Name)
    assert at_reason
    assert text.hasFocus()
    assert said.startswith("Det här kan förklara skillnaden: 1. ")
    assert "Skillnaden är precis 100\u202fkr" in text.text()


def test_a_till_that_is_right_shows_no_empty_heading(at_sale: Counter) -> None:
    keys = at_sale.keys
    keys.press("F10", "6")
    at_sale.closing.count.total_field.take_focus()
    keys.type("1000")

    keys.press("Enter", "Enter", "Enter")

    assert at_sale.closing.pin.edit.hasFocus()
    assert not at_sale.closing.leads.isVisible()
