"""A real window on a demo desk, drawn without a display, with hands on its keyboard."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.screens.frame import Place
from kassaapp.ui import start
from kassaapp.ui.close_session_view import CloseSessionView
from kassaapp.ui.login_view import LoginView
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.open_session_view import OpenView
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.widgets.double_press import DoublePress
from tests.desks import a_desk
from tests.ui.keys import Keys

os.environ["QT_QPA_PLATFORM"] = "offscreen"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the off-screen platform grumbles about is no warning of ours."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@dataclass(frozen=True)
class Counter:
    """A counter: the desk, its window, and a keyboard."""

    desk: Desk
    window: MainWindow
    keys: Keys

    @property
    def login(self) -> LoginView:
        view = self.window.rooms[Place.LOGIN]
        assert isinstance(view, LoginView)
        return view

    @property
    def opening(self) -> OpenView:
        view = self.window.rooms[Place.OPEN]
        assert isinstance(view, OpenView)
        return view

    @property
    def sale(self) -> SaleWindow:
        view = self.window.rooms[Place.SALE]
        assert isinstance(view, SaleWindow)
        return view

    @property
    def closing(self) -> CloseSessionView:
        view = self.window.rooms[Place.CLOSE]
        assert isinstance(view, CloseSessionView)
        return view

    @property
    def receipts(self) -> int:
        """How many receipts there are."""
        return self.desk.register("H").state.next_receipt - 1

    def is_open(self) -> bool:
        """Whether the till is open."""
        return self.desk.register("H").state.session is not None

    def sign_in(self, pin: str = "123456", user: str = "anber") -> None:
        """Sign in from the login."""
        if not self.login.user.edit.text():
            self.keys.type(user)
            self.keys.press("Enter")
        self.keys.type(pin)
        self.keys.press("Enter")

    def open_till(self) -> None:
        """Count 1 000 kr as a sum and open."""
        self.opening.count.total_field.take_focus()
        self.keys.type("1000")
        self.keys.press("Enter")

    def known(self, number: str = "6101182803", name: str = "Test Testsson") -> None:
        """A visit at no charge, so that the patient's name is known the next time."""
        self.keys.type(number)
        self.keys.press("Enter")
        self.keys.type(name)
        self.keys.press("Enter")
        self.keys.type("2")
        self.keys.press("Enter", "Enter")
        self.keys.counted()


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """The login is shown."""
    start.dressed()
    keys = Keys()
    with a_desk(tmp_path) as desk:
        window = MainWindow(desk, "H", DoublePress(keys.elapsed_ms))
        window.resize(1280, 720)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        yield Counter(desk, window, keys)
        window.shut()
        window.hide()
        window.deleteLater()
        qtbot.wait(1)


@pytest.fixture
def at_sale(counter: Counter) -> Counter:
    """Signed in, the till open with 1 000 kr."""
    counter.sign_in()
    counter.open_till()
    counter.keys.counted()
    return counter
