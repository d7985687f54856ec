"""What the window asks of a screen's widget."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

Settled = Callable[[], None]
"""Called by a widget after a wish, so that what stands round the screen is drawn anew too."""


class Room(Protocol):
    """A screen as the window knows it."""

    def enter(self) -> None:
        """The screen is shown: draw, and put the keyboard where it should be."""

    def draw(self) -> None:
        """Set everything that the view says; the keyboard stays."""

    def focus(self) -> None:
        """Put the keyboard where the work is."""


@runtime_checkable
class Prints(Protocol):
    """A screen that has something to print: Ctrl+P comes to it through the window, where a printer goes first."""

    def press_print(self) -> None:
        """Ctrl+P was pressed."""
