"""A window with nothing but the receipts in it, on a desk with visits to look back at, and hands on its keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTableView, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui.patient_history_view import PatientHistoryWindow
from kassaapp.ui.receipts_view import ReceiptsWindow
from kassaapp.ui.widgets.shortcut import on_key
from tests.ui.keys import Keys


@contextmanager
def shown_in_window(qtbot: QtBot, room: ReceiptsWindow | PatientHistoryWindow, keys: Keys) -> Iterator[Keys]:
    """The room in a window of its own; F9 enters it."""
    window = QMainWindow()
    window.setCentralWidget(room)
    on_key(window, "F9", room.enter)
    if isinstance(room, ReceiptsWindow):
        on_key(window, "Ctrl+P", room.press_print)
    window.resize(1280, 600)
    window.show()
    window.activateWindow()
    room.enter()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    yield keys
    window.hide()
    window.deleteLater()
    qtbot.wait(1)


def said(widget: QWidget) -> str:
    """What a screen reader calls it."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def words_in_sight(room: QWidget) -> str:
    """All that can be read in the room, in labels and in lists."""
    labels = [text.text() for text in room.findChildren(QLabel) if text.isVisible()]
    lists = [table for table in room.findChildren(QTableView) if table.isVisible()]
    cells = [
        str(table.model().index(line, place).data())
        for table in lists
        for line in range(table.model().rowCount())
        for place in range(table.model().columnCount())
    ]
    return "\n".join(labels + cells)
