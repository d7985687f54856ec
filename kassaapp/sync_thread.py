"""Carries a till's records to the region beside the till: one thread, started and stopped here."""

import threading
from collections.abc import Callable

from sync.client import loop
from sync.client.status import SyncStatus


class SyncThread:
    """Runs `sync.client.loop` for one till until closed. `tell` is called on this thread."""

    def __init__(
        self, step: Callable[[], SyncStatus], tell: Callable[[SyncStatus], None], pace: loop.Pace, name: str
    ) -> None:
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            name=name,
            target=loop.run,
            args=(step,),
            kwargs={"stop": self._stop, "wake": self._wake, "tell": tell, "pace": pace},
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def nudge(self) -> None:
        """Something new was written; do not wait for the next round."""
        self._wake.set()

    def close(self) -> None:
        """Stop, within one step."""
        self._stop.set()
        self._wake.set()
        self._thread.join()
