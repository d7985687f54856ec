"""A held key as X11 tells of it: a release and a press at one time for every repeat, unmarked (UX 2.0, A42)."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from kassaapp.domain.visit import Tender
from kassaapp.ui.widgets.held_keys import HeldKeys
from tests.ui.conftest import Counter
from tests.ui.keys import focused

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


def a_key(kind: QEvent.Type, at: int, key: Qt.Key = Qt.Key.Key_Return, text: str = "\r") -> QKeyEvent:
    """A key event at that many milliseconds."""
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
    event.setTimestamp(at)
    return event


def hold(counter: Counter, repeats: int, key: Qt.Key = Qt.Key.Key_Return, text: str = "\r") -> None:
    """Press a key and keep it down for `repeats` tenths of a second."""
    at = 10_000
    QApplication.sendEvent(focused(), a_key(PRESS, at, key, text))
    for _ in range(repeats):
        at += 100
        counter.keys.now_ms += 100
        QApplication.sendEvent(focused(), a_key(RELEASE, at, key, text))
        QApplication.sendEvent(focused(), a_key(PRESS, at, key, text))
        QApplication.processEvents()
    QApplication.sendEvent(focused(), a_key(RELEASE, at + 50, key, text))


def with_a_row(counter: Counter) -> None:
    """A known patient with an article to pay."""
    counter.known()
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter")
    counter.keys.now_ms += 1000


def test_an_enter_held_in_the_article_field_takes_no_payment(at_sale: Counter) -> None:
    with_a_row(at_sale)

    hold(at_sale, 30)

    assert at_sale.receipts == 1
    assert not at_sale.sale.card.isVisible()
    assert at_sale.sale.tenders.button(Tender.CARD).hasFocus()


def test_a_digit_held_in_the_payment_row_opens_one_panel_and_no_more(at_sale: Counter) -> None:
    with_a_row(at_sale)
    at_sale.keys.press("Enter")

    hold(at_sale, 30, Qt.Key.Key_1, "1")

    assert at_sale.sale.cash.isVisible()
    assert at_sale.sale.cash.given.edit.text() != "1"
    assert at_sale.receipts == 1


def test_a_press_after_a_real_release_commits(at_sale: Counter) -> None:
    with_a_row(at_sale)
    hold(at_sale, 5)

    for at in (20_000, 21_000):
        at_sale.keys.now_ms += 1000
        QApplication.sendEvent(focused(), a_key(PRESS, at))
        QApplication.sendEvent(focused(), a_key(RELEASE, at + 80))

    assert at_sale.receipts == 2


@pytest.mark.parametrize(("later_ms", "swallowed"), [(0, True), (5, True), (6, False), (200, False)])
def test_a_press_right_after_the_release_of_the_same_key_is_a_repeat(later_ms: int, swallowed: bool) -> None:
    held = HeldKeys()
    held.swallows(a_key(PRESS, 100))
    held.swallows(a_key(RELEASE, 700))

    seen = [held.swallows(a_key(PRESS, 700 + later_ms)) for _ in range(2)]

    assert seen == [swallowed, swallowed]


def test_another_key_at_the_same_time_is_no_repeat() -> None:
    held = HeldKeys()
    held.swallows(a_key(RELEASE, 700, Qt.Key.Key_1, "1"))

    assert not held.swallows(a_key(PRESS, 700))
