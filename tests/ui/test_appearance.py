"""Another size, theme or language at run time: all is made anew, and nothing that was typed or chosen is lost."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from kassaapp import display
from kassaapp.i18n import use_language
from kassaapp.screens.frame import Place
from kassaapp.ui import start, theme
from tests.ui.conftest import Counter


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    use_language("sv")
    theme.apply(start.dressed(), theme.load())


def test_larger_text_at_once_and_the_sale_goes_on(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter")
    total = at_sale.sale.total.text()
    before = theme.current().scale

    at_sale.keys.press("Ctrl+Plus")
    QApplication.processEvents()

    assert (before, theme.current().scale) == (1.0, 1.25)
    assert at_sale.sale.total.text() == total != ""
    at_sale.keys.press("F6")
    at_sale.keys.press("Enter")
    assert at_sale.receipts == 2


class Windows(QObject):
    """Notes every window that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(watched)
        return False


def test_nothing_becomes_a_window_of_its_own_while_it_is_made(at_sale: Counter) -> None:
    """It would flash, and take the keyboard."""
    windows = Windows()
    start.dressed().installEventFilter(windows)

    at_sale.keys.press("Ctrl+Plus")
    QApplication.processEvents()
    start.dressed().removeEventFilter(windows)

    assert windows.shown == []


def test_the_choice_is_kept_for_the_next_start(at_sale: Counter) -> None:
    at_sale.keys.press("Ctrl+Plus", "Ctrl+Plus")

    assert display.read(at_sale.desk.folder).text_percent == 150


def test_the_screen_that_is_shown_stays(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "7", "Ctrl+Plus")

    assert at_sale.window.frame.view.place is Place.STATUS
    assert at_sale.window.now.shown is Place.STATUS


def test_practice_is_dressed_anew_too(at_sale: Counter) -> None:
    at_sale.keys.press("F10", "9", "Ctrl+Plus")
    at_sale.known()

    assert at_sale.window.now.screens.register.state.next_receipt == 2


def test_every_word_changes_with_the_language(at_sale: Counter) -> None:
    at_sale.window.display.choose(2, 1)
    at_sale.window.display.use()
    QApplication.processEvents()

    words = " ".join(label.text() for label in at_sale.window.findChildren(QLabel) if label.isVisible())
    assert "To pay" in words
    assert "Att betala" not in words
