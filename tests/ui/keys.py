"""Hands on a keyboard: every press goes to whatever has the focus, as from a real one, and is counted."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

_NAMED = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Del": Qt.Key.Key_Delete,
    "Space": Qt.Key.Key_Space,
    "Plus": Qt.Key.Key_Plus,
    **{f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)},
}
_HELD = {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Alt": Qt.KeyboardModifier.AltModifier,
         "Shift": Qt.KeyboardModifier.ShiftModifier}  # fmt: skip


class Keys:
    """Counts presses. Time between them is told to the guard of the window, never waited for."""

    def __init__(self) -> None:
        self.presses = 0
        self.now_ms = 0.0

    def elapsed_ms(self) -> float:
        """For `DoublePress`: a second passes before each press unless it is said to be quick."""
        return self.now_ms

    def type(self, text: str) -> None:
        """Write text, one press a letter. QTest.keyClicks aborts on ä and ö, so the events are made here."""
        for letter in text:
            QApplication.processEvents()
            self.presses += 1
            self.now_ms += 1000
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(focused(), event)
            _let_it_act()

    def press(self, *keys: str, quick: bool = False) -> None:
        """Press keys by name: `Enter`, `F6`, `Ctrl+L`. Quick ones come within 50 ms of each other."""
        for key in keys:
            QApplication.processEvents()
            self.presses += 1
            self.now_ms += 50 if quick else 1000
            *held, name = key.split("+")
            modifiers = Qt.KeyboardModifier.NoModifier
            for one in held:
                modifiers |= _HELD[one]
            QTest.keyClick(focused(), _NAMED.get(name) or Qt.Key(ord(name)), modifiers)
            if not held and len(name) == 1:
                _let_it_act()
            if held == ["Alt"]:
                QTest.qWait(150)  # Qt shows a button down for a tenth of a second before it is pressed.

    def pad(self, *runs: str, quick: bool = False) -> None:
        """Press keys of the numeric keypad alone: digits and `/ * - + ,`, and `=` for its Enter."""
        for sign in "".join(runs):
            QApplication.processEvents()
            self.presses += 1
            self.now_ms += 50 if quick else 1000
            key = Qt.Key.Key_Enter if sign == "=" else Qt.Key(ord(sign))
            text = "\r" if sign == "=" else sign
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.KeypadModifier, text)
                QApplication.sendEvent(focused(), event)
            _let_it_act()

    def hold(self, key: str, repeats: int = 20) -> None:
        """Press a key and keep it down: the keyboard repeats it."""
        self.press(key)
        for _ in range(repeats):
            self.now_ms += 100
            QApplication.sendEvent(focused(), QKeyEvent(
                QEvent.Type.KeyPress, _NAMED[key], Qt.KeyboardModifier.NoModifier, "\r", autorep=True))  # fmt: skip

    def counted(self) -> int:
        """How many presses since last asked."""
        presses, self.presses = self.presses, 0
        return presses


def _let_it_act() -> None:
    """A letter that acts, on a button or in a menu, waits a moment: it could be a scanner's first."""
    if not isinstance(QApplication.activePopupWidget() or QApplication.focusWidget(), QLineEdit):
        QTest.qWait(80)


def focused() -> QWidget:
    """Whatever has the keyboard: an open menu, or the widget in focus."""
    widget = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def middle(widget: QWidget) -> QPoint:
    """The middle of a widget, for the mouse."""
    return widget.rect().center()
