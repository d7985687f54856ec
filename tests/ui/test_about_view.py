"""About the till: rows that can be read aloud, and diagnostics on the clipboard."""

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.screens.about import AboutScreen, Medium
from kassaapp.screens.frame import Place
from kassaapp.ui.about_view import AboutWindow
from tests.desks import an_open_till
from tests.ui.conftest import Counter
from tests.ui.keys import focused
from tests.ui.one_room import one_room


def screen_of(desk: Desk) -> AboutScreen:
    return AboutScreen(
        desk.register("H"),
        desk.history("H"),
        lambda: desk.sync_status("H"),
        records=lambda: desk.records("H"),
        medium=lambda: Medium.LOST,
        copy=QGuiApplication.clipboard().setText,
    )


def test_the_diagnostics_are_on_the_clipboard_and_it_is_said(tmp_path: Path, qtbot: QtBot) -> None:
    with an_open_till(tmp_path) as desk:
        screen = screen_of(desk)
        with one_room(qtbot, lambda _guard: AboutWindow(screen, lambda: None)) as shown:
            QGuiApplication.clipboard().clear()
            shown.keys.press("Alt+K")

            assert QGuiApplication.clipboard().text() == screen.text()
            assert shown.room.copied.text.text().startswith("Diagnostiken är kopierad.")
            assert focused() is shown.room.back


def test_each_row_is_read_aloud_with_what_it_is_about(tmp_path: Path, qtbot: QtBot) -> None:
    with (
        an_open_till(tmp_path) as desk,
        one_room(qtbot, lambda _guard: AboutWindow(screen_of(desk), lambda: None)) as shown,
    ):
        said = [text.accessibleName() for text in shown.room.findChildren(QLabel) if text.accessibleName()]

        assert "Extra kopia: Det andra lagringsmediet kan inte skrivas." in said
        assert any(name.startswith("Journal: ") for name in said)


def test_the_diagnostics_are_saved_as_a_file_and_it_is_said_where(counter: Counter) -> None:
    counter.window.frame.go(Place.ABOUT)
    counter.window.settle()
    room = counter.window.rooms[Place.ABOUT]
    assert isinstance(room, AboutWindow)

    room.save.click()

    (saved,) = counter.desk.folder.glob("diagnostik-*.zip")
    assert str(saved) in room.copied.text.accessibleName()
    assert room.save.accessibleName() or room.save.text()
