"""Work beside the counter's, as a screen asks for it: it says how far it has come, and ends on the UI thread."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Beside(Protocol):
    """What does slow work. Nothing of the journal is written in it, and no screen is touched but through `say`."""

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` beside, and give its answer to `then`, or what it raised to `failed`, on the UI thread."""

    def say(self, tell: Callable[[], None]) -> None:
        """From the work: call `tell` on the UI thread, soon."""
