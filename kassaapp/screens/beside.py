"""Work beside the counter's, as a screen asks for it: it says how far it has come, and ends on the UI thread."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from kassaapp.domain.errors import Refused
from kassaapp.trouble import Trouble

T = TypeVar("T")


class Beside(Protocol):
    """What does slow work. Nothing of the journal is written in it, and no screen is touched but through `say`."""

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` beside, and give its answer to `then`, or what it raised to `failed`, on the UI thread."""

    def say(self, tell: Callable[[], None]) -> None:
        """From the work: call `tell` on the UI thread, soon."""


class AtOnce:
    """Does the work where it is asked for: for a till without a window, and for tests."""

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do it now."""
        try:
            answer = work()
        except (Refused, Trouble, OSError) as error:
            failed(error)
        else:
            then(answer)

    def say(self, tell: Callable[[], None]) -> None:
        """Say it now."""
        tell()
