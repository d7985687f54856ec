"""A worker beside the counter that works when a test says so."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Later:
    """Keeps the work until it is told to do it: all that waits, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Let it wait."""

        def do() -> None:
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 - what a worker does
                failed(error)
            else:
                then(answer)

        self._waiting.append(do)

    def say(self, tell: Callable[[], None]) -> None:
        """Say it now."""
        tell()

    def do(self) -> int:
        """Do what waits; how much that was."""
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            do()
        return len(waiting)
