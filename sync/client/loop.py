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
    failures, proved_seq = 0, -1
    _rest(stop, wake, rest, uniform(0.0, pace.first_s), pace)
    while not stop.is_set():
        status = step()
        tell(status)
        failures = 0 if status.reachable else failures + 1
        progressed, proved_seq = status.proved_seq > proved_seq, status.proved_seq
        if status.reachable and status.unsent and progressed:
            continue
        if status.retry_after_s is not None:
            rest(stop, status.retry_after_s * uniform(1.0, 1.5))
        else:
            _rest(stop, wake, rest, _pause_s(failures, uniform, pace), pace)


def _pause_s(failures: int, uniform: Callable[[float, float], float], pace: Pace) -> float:
    if failures == 0:
        return pace.heartbeat_s * uniform(1 - HEARTBEAT_SPREAD, 1 + HEARTBEAT_SPREAD)
    return uniform(0.0, min(pace.backoff_most_s, pace.backoff_s * 2.0 ** min(failures, 16)))


def _rest(stop: Event, wake: Event, rest: Callable[[Event, float], bool], seconds: float, pace: Pace) -> None:
    if rest(wake, seconds) and not stop.is_set():
        rest(stop, pace.debounce_s)  # More records often follow the first at once.
    wake.clear()  # After the wait: cleared before the step, it could swallow a stop.
