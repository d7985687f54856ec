"""A key that is held, bounced or pressed twice puts a visit on record once (UX 2.0, A42)."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kassaapp.ui.widgets.double_press import DoublePress
from tests.ui.conftest import Counter


def at_payment(counter: Counter, article: str = "1") -> None:
    """A known patient with an article in the basket."""
    counter.known()
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type(article)
    counter.keys.press("Enter")


def test_enter_within_600_ms_of_a_panel_opening_commits_nothing(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F6")

    at_sale.keys.press("Enter", quick=True)
    too_soon = at_sale.receipts
    at_sale.keys.press("Enter")

    assert (too_soon, at_sale.receipts) == (1, 2)


def test_a_number_that_is_typed_at_a_payment_does_not_confirm_it(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F6")

    at_sale.keys.type("1950")
    at_sale.keys.press("Enter")
    at_the_number = at_sale.receipts
    at_sale.keys.press("Enter")

    assert (at_the_number, at_sale.receipts) == (1, 2)


def test_esc_at_the_question_about_the_change_goes_back_to_the_amount(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F5")
    at_sale.keys.type("5000")
    at_sale.keys.press("Enter")

    at_sale.keys.press("Esc")

    assert at_sale.sale.cash.given.edit.hasFocus()
    assert (at_sale.sale.cash.given.edit.text(), at_sale.receipts) == ("5000", 1)


def test_the_sum_of_the_drawer_is_a_key_away(counter: Counter) -> None:
    counter.sign_in()

    counter.keys.press("Alt+D")
    counter.keys.type("1000")
    counter.keys.press("Enter")

    assert counter.is_open()


@pytest.mark.parametrize("key", ["F5", "F6", "F7", "F8"])
def test_a_held_enter_commits_once(at_sale: Counter, key: str) -> None:
    at_payment(at_sale)
    at_sale.keys.press(key)

    at_sale.keys.hold("Enter")

    assert at_sale.receipts == 2


@pytest.mark.parametrize("key", ["F5", "F6", "F7", "F8"])
def test_a_doubled_enter_commits_once_and_disturbs_nothing(at_sale: Counter, key: str) -> None:
    at_payment(at_sale)
    at_sale.keys.press(key, "Enter")

    at_sale.keys.press("Enter", "Enter", quick=True)

    assert at_sale.receipts == 2
    assert at_sale.sale.patient.number.edit.hasFocus()


def test_a_bounced_enter_after_the_article_does_not_register_what_is_free(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("2")
    at_sale.keys.press("Enter")

    at_sale.keys.press("Enter", quick=True)
    bounced = at_sale.receipts
    at_sale.keys.hold("Enter")

    assert (bounced, at_sale.receipts) == (1, 2)


def test_a_double_click_commits_once(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F6")
    at_sale.keys.now_ms += 1000

    for _ in range(2):
        QTest.mouseClick(at_sale.sale.card.approved, Qt.MouseButton.LeftButton)

    assert at_sale.receipts == 2


def test_a_function_key_that_is_held_opens_one_panel(at_sale: Counter) -> None:
    at_payment(at_sale)

    at_sale.keys.press("F6", "F6")

    assert at_sale.sale.card.isVisible()
    assert at_sale.receipts == 1


def test_a_card_that_nobody_knows_about_is_a_dialog_where_enter_decides_nothing(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F6", "Alt+V")
    dialog = QApplication.activeModalWidget()
    assert dialog is not None

    at_sale.keys.press("Enter", "F5", "Enter")
    still_asked = QApplication.activeModalWidget()
    at_sale.keys.press("Esc")

    assert still_asked is dialog
    assert QApplication.activeModalWidget() is None
    assert at_sale.sale.card.isVisible()
    assert at_sale.receipts == 1


def test_what_is_answered_in_the_dialog_is_done(at_sale: Counter) -> None:
    at_payment(at_sale)
    at_sale.keys.press("F6", "Alt+V", "Tab", "Tab", "Enter")

    assert at_sale.receipts == 2


def test_the_guard_lets_through_after_its_time_and_not_before() -> None:
    times_ms = iter((0.0, 1.0, 599.0, 600.0, 600.0))
    guard = DoublePress(lambda: next(times_ms))

    passed = [guard.passes() for _ in range(4)]

    assert passed == [True, False, False, True]
