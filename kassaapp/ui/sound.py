"""The sound of the window: one short signal, never the only one, and one switch for it (UX 2.18, 4.3)."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

_is_on = True


def use_sound(is_on: bool) -> None:
    """Let the window be heard from now on, or not."""
    global _is_on  # noqa: PLW0603 - the one loudspeaker of the one window
    _is_on = is_on


def beep(sound: Callable[[], None] = QApplication.beep) -> None:
    """Something was not taken: a key that cannot be part of an amount, a code that nobody knows. `sound` is told by
    tests."""
    if _is_on:
        sound()
