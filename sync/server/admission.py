"""How many are let in at once, how often each may come, and how long it may take to say what it wants (RECORDS 2.7).

Records have places of their own, so that a storm of them leaves room for heartbeats and enrolment, and enrolment, which
anybody may ask for, has others than heartbeats. A place is had before a body is read; when there is none the answer is
503 at once, and when to come again is chance, so that two thousand do not come again together.
"""

import math
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from sync.server.errors import Busy, Refused

SLOTS = 2 * (os.cpu_count() or 1)
"""So many pushes are worked on at once: one waits for the disk while another uses the processor."""
RETRY_LEAST_S, RETRY_MOST_S = 5, 60
QUIET_AFTER_S = 5.0
_FORGET_OVER = 20_000
_uniform = random.SystemRandom().randint

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is let in. `..._slots` requests of a kind are worked on at once, and `..._waiting` more have their body
    read or wait for that; `body_s` seconds may pass until a body is there. A register may come `burst` times at once,
    as it does with a journal of ten years (75,000 records), and `per_s` times a second from then on. After patients it
    may ask `lookup_...` so often: more than a desk sees in a day, and no way to try all numbers that there are."""

    ingest_slots: int = SLOTS
    ingest_waiting: int = 4 * SLOTS
    small_slots: int = 4
    small_waiting: int = 200
    enrol_slots: int = 2
    enrol_waiting: int = 20
    door_slots: int = 4
    door_waiting: int = 200
    body_s: float = 15.0
    burst: int = 200
    per_s: float = 4.0
    lookup_burst: int = 120
    lookup_per_s: float = 0.05


USUAL = Limits()


class TooOften(Refused):
    """One register comes more often than any journal needs. `retry_after_s` is when it may come again."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(429, "too-often")
        self.retry_after_s = math.ceil(retry_after_s)


class Pool:
    """Places for one kind of request. Belongs to one event loop's thread."""

    def __init__(self, slots: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(slots)
        self._most = slots + waiting
        self._inside = 0
        self._full_s = -math.inf

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is in, and nobody had to be turned away a moment ago, who will come again."""
        return self._inside == 0 and time.monotonic() - self._full_s > QUIET_AFTER_S

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place until the block ends. Raises Busy when there is none."""
        if self._inside >= self._most:
            self._full_s = time.monotonic()
            raise Busy
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def work(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Run in a thread, when one of the slots is free."""
        return await to_thread.run_sync(lambda: function(*arguments, **named), limiter=self._limiter)


class Rates:
    """How often each register may come: so many times at once, then at a steady rate. `clock` counts seconds."""

    def __init__(self, burst: int, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(burst)
        self._per_s = per_s
        self._clock = clock
        self._left: dict[bytes, tuple[float, float]] = {}

    def take(self, register: bytes) -> None:
        """Count one more request. Raises TooOften."""
        now_s = self._clock()
        left, at_s = self._left.get(register, (self._burst, now_s))
        left = min(self._burst, left + (now_s - at_s) * self._per_s)
        if left < 1.0:
            raise TooOften((1.0 - left) / self._per_s)
        self._left[register] = left - 1.0, now_s
        if len(self._left) > _FORGET_OVER:
            self._forget(now_s)

    def _forget(self, now_s: float) -> None:
        """Those that may come `burst` times again need not be remembered."""
        rested_s = self._burst / self._per_s
        self._left = {name: kept for name, kept in self._left.items() if now_s - kept[1] < rested_s}


class Admission:
    """The places and rates of one server process."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.door = Pool(limits.door_slots, limits.door_waiting)
        self.ingest = Pool(limits.ingest_slots, limits.ingest_waiting)
        self.small = Pool(limits.small_slots, limits.small_waiting)
        self.enrol = Pool(limits.enrol_slots, limits.enrol_waiting)
        self.rates = Rates(limits.burst, limits.per_s)
        self.lookups = Rates(limits.lookup_burst, limits.lookup_per_s)


def retry_after_s() -> int:
    """When to come again: at random, so that all who are turned away at once do not."""
    return _uniform(RETRY_LEAST_S, RETRY_MOST_S)
