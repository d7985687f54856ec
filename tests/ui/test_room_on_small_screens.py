"""The window never asks for more than a small screen has, and cuts no amount (UX A22, EN 301 549 9.1.4.10)."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.display import Display
from kassaapp.i18n import use_language
from kassaapp.screens.frame import Place
from kassaapp.ui import start, theme
from kassaapp.ui.widgets.scroll import FittingScroll
from tests.ui.conftest import Counter


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    use_language("sv")
    theme.apply(start.dressed(), theme.load())


def nothing(counter: Counter) -> None:
    """An empty sale."""


def first_visit(counter: Counter) -> None:
    counter.keys.type("6101182803")
    counter.keys.press("Enter")


def after_a_sale(counter: Counter) -> None:
    counter.known()
    first_visit(counter)
    counter.keys.type("1")
    counter.keys.press("Enter", "F5", "Enter")


def after_a_free_visit(counter: Counter) -> None:
    counter.known()


def another_patient_and_no_name(counter: Counter) -> None:
    first_visit(counter)
    counter.keys.press("Enter", "F3")
    counter.keys.type("1")
    counter.keys.press("Enter", "Enter", "F2")
    counter.keys.type("195009072553")
    counter.keys.press("Enter")


def closing(counter: Counter) -> None:
    counter.window._go(Place.CLOSE)
    counter.closing.count.total_field.take_focus()
    counter.keys.type("900")
    counter.keys.press("Enter", "Enter", "Enter")


STATES = [nothing, first_visit, after_a_sale, after_a_free_visit, another_patient_and_no_name, closing]


@pytest.mark.parametrize("reach", STATES)
@pytest.mark.parametrize("size", [(1280, 720), (1024, 700)])
def test_the_window_stays_as_large_as_it_was_made(at_sale: Counter, reach: object, size: tuple[int, int]) -> None:
    assert callable(reach)
    window = at_sale.window
    window.resize(*size)

    reach(at_sale)
    QApplication.processEvents()

    assert window.minimumSizeHint().height() <= 700
    assert window.minimumSizeHint().width() <= 1024
    assert (window.width(), window.height()) == size


@pytest.mark.parametrize(
    ("percent", "sizes"),
    [(100, [(960, 540)]), (150, [(1280, 720), (1024, 768)]), (200, [(1280, 720), (1024, 768)])],
)
def test_every_room_has_room_at_every_size_of_text(
    at_sale: Counter, percent: int, sizes: list[tuple[int, int]]
) -> None:
    wanted = []

    for language in ("sv", "en"):
        at_sale.window._wear(Display(text_percent=percent, language=language))
        QApplication.processEvents()
        wanted.append(at_sale.window.minimumSizeHint())

    assert [(want.width(), want.height()) for want in wanted for width, height in sizes
            if want.width() > width or want.height() > height] == []  # fmt: skip


@pytest.mark.parametrize("key", ["F5", "F6", "F7"])
def test_a_payment_panel_is_not_cut_at_the_least_width(at_sale: Counter, key: str) -> None:
    at_sale.known()
    first_visit(at_sale)
    at_sale.keys.type("99*1")
    at_sale.keys.press("Enter", key)
    at_sale.window.resize(at_sale.window.minimumSizeHint().width(), 700)
    QApplication.processEvents()

    page = at_sale.sale._stack.currentWidget()

    assert isinstance(page, QScrollArea)
    assert page.horizontalScrollBar().maximum() == 0
    amount = at_sale.sale.swish.amount if key == "F7" else at_sale.sale.card.amount
    if key != "F5":
        assert QFontMetricsF(amount.shown_font()).horizontalAdvance(amount.text()) <= amount.width() + 1


@pytest.mark.parametrize("reach", [nothing, first_visit, after_a_sale, after_a_free_visit])
def test_the_left_column_does_not_scroll_where_there_is_room(at_sale: Counter, reach: object) -> None:
    assert callable(reach)

    reach(at_sale)
    for _ in range(5):
        QApplication.processEvents()

    scrolls = at_sale.sale.findChildren(FittingScroll)
    assert scrolls
    assert [scroll.verticalScrollBar().maximum() for scroll in scrolls if scroll.isVisible()] == [0] * sum(
        scroll.isVisible() for scroll in scrolls
    )


def test_a_screen_with_no_more_room_than_the_window_wants_is_filled(qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry()
    assert room.width() <= start.SMALL_WIDTH

    start.show_fitted(window)

    assert window.isMaximized()
    assert window.width() <= room.width()
    assert window.height() <= room.height()


@pytest.mark.parametrize("key", ["F5", "F6", "F7"])
def test_a_payment_panel_that_needs_its_height_has_it_at_once(at_sale: Counter, key: str) -> None:
    at_sale.window.resize(1280, 720)
    first_visit(at_sale)
    at_sale.keys.type("Anna Test")
    at_sale.keys.press("Enter", "F3")
    at_sale.keys.type("1")
    at_sale.keys.press("Enter", key)
    QApplication.processEvents()

    scrolling = [page for page in at_sale.window.findChildren(QScrollArea) if page.verticalScrollBar().isVisible()]

    assert scrolling == []
