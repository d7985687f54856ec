"""A key that is kept down counts once, also where Qt does not say that a press is a repeat.

X11 sends a release and a press at one and the same time for every repeat, and Qt marks only some of them.
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

REPEAT_MS = 5
"""A press this soon after the release of the same key was made by no finger."""

_MOVING = frozenset({
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Backspace,
})  # fmt: skip
"""What may be held anywhere."""
_ONCE = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})
"""What counts once also in a field, where letters and digits may be held."""
_KINDS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)


class HeldKeys:
    """One for the application, told of every event before anybody else."""

    def __init__(self) -> None:
        self._released: dict[int, int] = {}

    def swallows(self, event: QEvent) -> bool:
        """Whether the event is a repeat that must do nothing. An event may be told of many times."""
        if event.type() not in _KINDS or not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._released[event.key()] = event.timestamp()
            return False
        if not self._is_repeat(event) or not _counts_once(event):
            return False
        event.accept()  # An accepted override keeps the key from being a shortcut.
        return True

    def _is_repeat(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return True
        released = self._released.get(event.key(), 0)
        return released > 0 and 0 <= event.timestamp() - released <= REPEAT_MS


def _counts_once(event: QKeyEvent) -> bool:
    if event.key() in _ONCE:
        return True
    if event.key() in _MOVING:
        return False
    in_a_field = isinstance(QApplication.focusWidget(), QLineEdit)
    return not in_a_field or not event.text()
