"""One room in a window of its own, with hands on its keyboard: for a screen that is looked at without the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui import start, theme
from kassaapp.ui.room import Prints, Room
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import column
from kassaapp.ui.widgets.shortcut import on_key
from tests.ui.keys import Keys

R = TypeVar("R", bound=QWidget)


@dataclass(frozen=True)
class OneRoom(Generic[R]):
    """The window, the room in it, and the keyboard."""

    window: QMainWindow
    room: R
    keys: Keys

    def settle(self) -> None:
        """Let the layout come to rest."""
        for _ in range(4):
            QApplication.processEvents()


@contextmanager
def one_room(
    qtbot: QtBot, make: Callable[[DoublePress], R], *, size: tuple[int, int] = (1280, 720), scale: float = 1.0
) -> Iterator[OneRoom[R]]:
    """Show the room that `make` makes, entered, at this size of window and of text."""
    app, keys = start.dressed(), Keys()
    theme.apply(app, theme.load(scale=scale))
    room = make(DoublePress(keys.elapsed_ms))
    window, inside = QMainWindow(), QWidget()
    column(inside, margins=(16, 12)).addWidget(room)
    window.setCentralWidget(inside)
    shows: object = room
    if isinstance(shows, Prints):
        on_key(window, "Ctrl+P", shows.press_print)
    window.resize(*size)
    window.show()
    window.activateWindow()
    cast("Room", room).enter()
    shown = OneRoom(window, room, keys)
    shown.settle()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    yield shown
    window.hide()
    window.deleteLater()
    theme.apply(app, theme.load())
    qtbot.wait(1)
