"""A key that works wherever the focus is, as long as its screen is shown. Held, it acts once."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def on_key(widget: QWidget, key: str, act: Callable[[], None]) -> QShortcut:
    """Call `act` when `key` is pressed while `widget` is shown."""
    shortcut = QShortcut(QKeySequence(key), widget)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(act)
    return shortcut
