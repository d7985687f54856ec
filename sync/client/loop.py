"""Keep the region up to date until told to stop: go round, tell, rest.

After success the next round comes with the next record, or as a heartbeat. When the region does not answer, rests grow
with full jitter, so that two thousand registers do not come back at the same moment; and when it asks for peace it gets
it, whatever is sold meanwhile (RECORDS 2.7).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from sync.client.status import SyncStatus

HEARTBEAT_SPREAD = 0.2
PATIENCE_SPREAD = 0.5
_uniform = random.SystemRandom().uniform


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to rest (seconds). The first contact comes after a random time up to `first_s`: a whole region may have
    been away."""

    first_s: float = 60.0
    heartbeat_s: float = 300.0
    debounce_s: float = 1.0
    backoff_s: float = 1.0
    backoff_most_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause of `seconds`. A new record ends it, unless the region asked for it."""

    seconds: float
    ends_with_a_record: bool = True


class Rests:
    """How long one register rests after each round. Waits for nothing itself: `uniform` is all its randomness."""

    def __init__(self, pace: Pace = Pace(), uniform: Callable[[float, float], float] = _uniform) -> None:
        self._pace = pace
        self._uniform = uniform
        self._failures, self._proved_seq = 0, -1

    def first(self) -> Rest:
        """The rest before the first contact."""
        return Rest(self._uniform(0.0, self._pace.first_s))

    def after(self, status: SyncStatus) -> Rest | None:
        """The rest after a round that ended so; None while there is more to send and it is taken."""
        self._failures = 0 if status.reachable else self._failures + 1
        progressed, self._proved_seq = status.proved_seq > self._proved_seq, status.proved_seq
        if status.reachable and status.unsent and progressed:
            return None
        if status.retry_after_s is not None:
            patience = self._uniform(1.0, 1.0 + PATIENCE_SPREAD)
            return Rest(status.retry_after_s * patience, ends_with_a_record=False)
        return Rest(self._pause_s())

    def _pause_s(self) -> float:
        pace = self._pace
        if self._failures == 0:
            return pace.heartbeat_s * self._uniform(1 - HEARTBEAT_SPREAD, 1 + HEARTBEAT_SPREAD)
        return self._uniform(0.0, min(pace.backoff_most_s, pace.backoff_s * 2.0 ** min(self._failures, 16)))


def run(
    step: Callable[[], SyncStatus],
    *,
    stop: Event,
    wake: Event,
    tell: Callable[[SyncStatus], None],
    uniform: Callable[[float, float], float] = _uniform,
    rest: Callable[[Event, float], bool] = Event.wait,
    pace: Pace = Pace(),
) -> None:
    """Step, tell, rest. `wake` cuts a rest short; after `stop` and `wake` are set, return within one step.

    `uniform` and `rest` are the randomness and the waiting: `rest(event, seconds)` returns whether the event was set.
    """
    rests = Rests(pace, uniform)
    _rest(stop, wake, rest, rests.first().seconds, pace)
    while not stop.is_set():
        status = step()
        tell(status)
        pause = rests.after(status)
        if pause is None:
            continue
        if pause.ends_with_a_record:
            _rest(stop, wake, rest, pause.seconds, pace)
        else:
            rest(stop, pause.seconds)


def _rest(stop: Event, wake: Event, rest: Callable[[Event, float], bool], seconds: float, pace: Pace) -> None:
    if rest(wake, seconds) and not stop.is_set():
        rest(stop, pace.debounce_s)  # More records often follow the first at once.
    wake.clear()  # After the wait: cleared before the step, it could swallow a stop.
