"""Carries a till's records to the region beside the till: one thread, started and stopped here, that never ends unseen.

What the region or the network does never ends it, and a full disk does not: a proof that cannot be kept now is given
again. A disk that fails, a damaged journal or a fault in the program ends it, and `failed` is told: a till whose
records go nowhere must not look as if they did.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from kassaapp.trouble import DiskFull
from sync.client import loop
from sync.client.status import SyncStatus

log = logging.getLogger(__name__)


class SyncThread:
    """Runs `sync.client.loop` for one till until closed. `standing` is how the till stands by what is known here.

    `tell` and `failed` are called on this thread; after `failed` nothing more is sent."""

    def __init__(
        self,
        step: Callable[[], SyncStatus],
        tell: Callable[[SyncStatus], None],
        pace: loop.Pace,
        name: str,
        *,
        standing: Callable[[], SyncStatus] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        self._step = step
        self._tell = tell
        self._pace = pace
        self._standing = standing
        self._failed = failed
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def start(self) -> None:
        """Begin."""
        running = self._thread.submit(
            loop.run, self._one_step, stop=self._stop, wake=self._wake, tell=self._tell, pace=self._pace
        )
        running.add_done_callback(self._ended)

    def nudge(self) -> None:
        """Something new was written; do not wait for the next round."""
        self._wake.set()

    def close(self) -> None:
        """Stop, within one step."""
        self._stop.set()
        self._wake.set()
        self._thread.shutdown(wait=True)

    def _one_step(self) -> SyncStatus:
        try:
            return self._step()
        except DiskFull:
            if self._standing is None:
                raise
            log.warning("the disk is full: a proof could not be kept")
            return replace(self._standing(), reachable=False)

    def _ended(self, running: "Future[None]") -> None:
        error = running.exception()
        if error is None:
            return
        log.critical("contact with the region has ended: %s", type(error).__name__, exc_info=error)
        if self._failed is not None:
            self._failed(error)
