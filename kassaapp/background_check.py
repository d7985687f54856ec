"""Checks every signature of a journal beside the till, the same day: the start checks only the newest (DESIGN 3).

In small slices with rests between them, so that a sale never waits long for the journal; ten years of records take some
minutes. A finding stops the till: `failed` is told, as of anything else that ends the check too early.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

SLICE = 50
"""Records checked at a time, while the journal waits: a few milliseconds."""
REST_S = 0.1
FIRST_REST_S = 10.0
"""The first seconds after a start belong to the person at the till and to the region."""

log = logging.getLogger(__name__)


class BackgroundCheck:
    """Runs `verify_older(first, at_most)` of one journal from its beginning to its end, once, unless closed before.

    `verify_older` gives the place to go on at, None at the end, and raises JournalDamaged or DiskFailed. `failed` is
    called on this thread."""

    def __init__(
        self,
        verify_older: Callable[[int, int], int | None],
        failed: Callable[[BaseException], None],
        name: str,
        *,
        first_rest_s: float = FIRST_REST_S,
        rest_s: float = REST_S,
    ) -> None:
        self._verify_older = verify_older
        self._failed = failed
        self._first_rest_s = first_rest_s
        self._rest_s = rest_s
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def start(self) -> None:
        """Begin."""
        self._thread.submit(self._run).add_done_callback(self._ended)

    def close(self) -> None:
        """Stop, within one slice."""
        self._stop.set()
        self._thread.shutdown(wait=True)

    def _run(self) -> None:
        place: int | None = 0
        rest_s = self._first_rest_s
        while place is not None and not self._stop.wait(rest_s):
            place = self._verify_older(place, SLICE)
            rest_s = self._rest_s

    def _ended(self, running: "Future[None]") -> None:
        error = running.exception()
        if error is None:
            return
        log.critical("the journal's signatures are not what they were: %s", error, exc_info=error)
        self._failed(error)
