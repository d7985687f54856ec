"""The patient's screen as a window: on the other screen, without the keyboard, in every shape, and it can be read."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from kassaapp.screens.customer_display import BLANK, CustomerView
from kassaapp.ui import theme
from kassaapp.ui.customer_display import CustomerWindow, follow_screens, other_screen

AMOUNT = CustomerView("Att betala", "1 234,50")
CHANGE = CustomerView("Växel tillbaka", "72 kr", is_passing=True)
SWISH = CustomerView("Att betala", "300,00", "C1231181189;300,00;R0417H-1;0", "Till 123 118 11 89")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[CustomerWindow]:
    made = CustomerWindow(lasts_ms=50)
    yield made
    made.hide()
    made.deleteLater()


def picture(window: CustomerWindow, path: Path) -> Image.Image:
    window.grab().save(str(path))
    return Image.open(path).convert("L")


@pytest.mark.parametrize("name", ["light", "dark", "hc_black"])
@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (800, 480), (600, 1024)])
def test_every_view_fits_every_shape(window: CustomerWindow, tmp_path: Path, size: tuple[int, int], name: str) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, theme.load(name))
    window.resize(*size)
    folder = Path(os.environ.get("KASSA_PICTURES", tmp_path))

    for what, view in {"amount": AMOUNT, "change": CHANGE, "swish": SWISH}.items():
        window.show_view(view)
        taken = picture(window, folder / f"customer_{what}_{size[0]}x{size[1]}_{name}.png")
        edge = [taken.getpixel((x, y)) for x in (0, taken.width - 1) for y in range(taken.height)]
        assert len(set(edge)) == 1
        assert len(set(taken.tobytes())) > 2

    assert [found.text for found in zxingcpp.read_barcodes(taken)] == [SWISH.code]
    theme.apply(application, theme.load())


def test_a_blank_screen_is_blank(window: CustomerWindow, tmp_path: Path) -> None:
    window.resize(800, 480)
    window.show_view(SWISH)
    window.show_view(BLANK)

    assert len(set(picture(window, tmp_path / "blank.png").tobytes())) == 1


def test_what_was_paid_is_taken_away_and_does_not_come_back(window: CustomerWindow, qtbot: QtBot) -> None:
    window.show_view(CHANGE)
    assert window.shown == CHANGE

    qtbot.waitUntil(lambda: window.shown == BLANK, timeout=2000)
    window.show_view(CHANGE)

    assert window.shown == BLANK


def test_an_amount_stays(window: CustomerWindow, qtbot: QtBot) -> None:
    window.show_view(CHANGE)
    window.show_view(AMOUNT)

    qtbot.wait(120)

    assert window.shown == AMOUNT


def test_the_keyboard_stays_at_the_counter(window: CustomerWindow, qtbot: QtBot) -> None:
    counter = QLineEdit()
    qtbot.addWidget(counter)
    counter.show()
    counter.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is counter)

    window.show()
    window.show_view(AMOUNT)

    assert window.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert QApplication.focusWidget() is counter
    assert window.accessibleName() == "Patientens skärm"


def test_with_one_screen_there_is_no_window(window: CustomerWindow, qtbot: QtBot) -> None:
    counter = QLineEdit()
    qtbot.addWidget(counter)
    counter.show()
    assert other_screen(counter.screen()) is None

    follow_screens(window, counter)

    assert not window.isVisible()
