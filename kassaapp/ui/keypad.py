"""Everything can be done with the numeric keypad alone, one hand on it and the telephone in the other (UX 2.0).

Where nothing is written, its `/` opens the menu, its `*` goes on to the next control as Tab does, and its `-` goes a
step back as Esc does. A field that has text, and the rows of a sale, keep their keys.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from kassaapp.ui.widgets.rows_table import RowsTable

_KEYS = (Qt.Key.Key_Slash, Qt.Key.Key_Asterisk, Qt.Key.Key_Minus)
_BACK = QKeySequence("Esc")


class Keypad:
    """One for the application, told of every event."""

    def __init__(self, open_menu: Callable[[], None]) -> None:
        self._open_menu = open_menu

    def swallows(self, event: QEvent) -> bool:
        """Whether the event was such a key, and has been done."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _KEYS or not event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
            return False
        popup, focus = QApplication.activePopupWidget() or QApplication.activeModalWidget(), QApplication.focusWidget()
        if popup is not None:
            return event.key() == Qt.Key.Key_Minus and _press(popup, Qt.Key.Key_Escape)
        if focus is None or _is_its_own(focus, event):
            return False
        match event.key():
            case Qt.Key.Key_Slash:
                self._open_menu()
            case Qt.Key.Key_Asterisk:
                _press(focus, Qt.Key.Key_Tab)
            case _:
                _step_back(focus)
        return True


def _is_its_own(focus: QWidget, event: QKeyEvent) -> bool:
    """Whether the key belongs to what has the keyboard."""
    if isinstance(focus, QLineEdit):
        return bool(focus.text()) and focus.selectedText() != focus.text()
    return isinstance(focus, RowsTable) and event.key() == Qt.Key.Key_Minus


def _step_back(focus: QWidget) -> None:
    """Whatever Esc does on the screen that is shown."""
    for shortcut in focus.window().findChildren(QShortcut):
        parent = shortcut.parent()
        if shortcut.key() == _BACK and isinstance(parent, QWidget) and parent.isVisible():
            shortcut.activated.emit()
            return


def _press(widget: QWidget, key: Qt.Key) -> bool:
    """As if that key had been pressed there."""
    return QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
