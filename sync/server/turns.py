"""One thread does what several wait for: pushes that come together share one turn at the ledger's head.

Whoever gets the turn takes all that is waiting with its own. If that fails, nobody is lost and nobody suffers for
another: each does its own when its turn comes.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError

MOST_TOGETHER = 16

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Wish(Generic[T]):
    what: T
    is_done: bool = False


class Turns(Generic[T]):
    """Safe to use from several threads. What is done together is told apart by who looks at it: `together` leaves what
    came of each in the thing itself."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._listing = threading.Lock()
        self._waiting: list[_Wish[T]] = []

    def take(self, what: T, together: Callable[[Sequence[T]], None]) -> None:
        """Have `what` done, by this thread or another. Raises what `together` raises for it."""
        own = _Wish(what)
        with self._listing:
            self._waiting.append(own)
        with self._turn:
            if not own.is_done:
                self._do(own, together)

    def _do(self, own: _Wish[T], together: Callable[[Sequence[T]], None]) -> None:
        taken = self._taken_with(own)
        try:
            together([wish.what for wish in taken])
        except DBAPIError:
            if len(taken) == 1:
                raise
            taken = [own]
            together([own.what])
        for wish in taken:
            wish.is_done = True

    def _taken_with(self, own: _Wish[T]) -> list[_Wish[T]]:
        """Own and others. Own alone when it was taken before, by a turn that failed."""
        with self._listing:
            if own not in self._waiting:
                return [own]
            self._waiting.remove(own)
            others = self._waiting[: MOST_TOGETHER - 1]
            del self._waiting[: MOST_TOGETHER - 1]
        return [own, *others]
