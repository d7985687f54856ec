"""A bounced or held key never commits twice: after a panel has opened or something has been committed, every key that
commits is dead for a moment (UX 2.0, EN 301 549 5.8)."""

import time
from collections.abc import Callable

DEAD_MS = 600


def elapsed_ms() -> float:
    """Milliseconds since some moment; never steps back."""
    return time.monotonic() * 1000


class DoublePress:
    """One for the window. `now_ms` is told by tests."""

    def __init__(self, now_ms: Callable[[], float] = elapsed_ms, dead_ms: int = DEAD_MS) -> None:
        self._now_ms = now_ms
        self._dead_ms = dead_ms
        self._since: float | None = None

    def use(self, dead_ms: int) -> None:
        """From now on a moment is so long."""
        self._dead_ms = dead_ms

    def begin(self) -> None:
        """From now on, and for a moment, nothing commits."""
        self._since = self._now_ms()

    def passes(self) -> bool:
        """Whether a key may commit now; if so, the next may not at once."""
        if self._since is not None and self._now_ms() - self._since < self._dead_ms:
            return False
        self.begin()
        return True
