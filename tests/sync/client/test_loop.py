"""When the next round comes: with a record, as a heartbeat, later and later, or never."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event, Thread

from sync.client import loop
from sync.client.loop import Pace
from sync.client.status import SyncStatus

SENT = SyncStatus(unsent=0, reachable=True, proved_seq=0, attention=None, last_contact=None)
AWAY = SyncStatus(unsent=1, reachable=False, proved_seq=-1, attention=None, last_contact=None)


class Rests:
    """Waits no time at all, and notes how long it should have been. Sets `stop` after `rounds` long rests."""

    def __init__(self, rounds: int, *, woken: bool = False) -> None:
        self.stop, self.wake = Event(), Event()
        self.told: list[SyncStatus] = []
        self.rests: list[float] = []
        self._rounds = rounds
        self._woken = woken

    def rest(self, event: Event, seconds: float) -> bool:
        self.rests.append(seconds)
        if len(self.rests) > self._rounds:
            self.stop.set()
        return event.is_set() or (self._woken and event is self.wake)

    def run(self, step: Callable[[], SyncStatus], uniform: Callable[[float, float], float]) -> None:
        loop.run(step, stop=self.stop, wake=self.wake, tell=self.told.append, uniform=uniform, rest=self.rest)


def test_the_first_contact_is_spread_over_a_minute() -> None:
    rests = Rests(1)

    rests.run(lambda: SENT, max)

    assert rests.rests[0] == 60


def test_a_heartbeat_comes_every_five_minutes_more_or_less() -> None:
    latest, soonest = Rests(2), Rests(2)

    latest.run(lambda: SENT, max)
    soonest.run(lambda: SENT, min)

    assert (latest.rests[1], soonest.rests[1]) == (360, 240)


def test_rests_grow_while_the_region_is_away_and_no_longer_than_five_minutes() -> None:
    rests = Rests(11)

    rests.run(lambda: AWAY, max)

    assert rests.rests[1:] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_jitter_is_full() -> None:
    rests = Rests(6)

    rests.run(lambda: AWAY, min)

    assert rests.rests[1:] == [0, 0, 0, 0, 0, 0]


def test_a_contact_ends_the_growth() -> None:
    answers = iter([AWAY, AWAY, AWAY, SENT, AWAY])
    rests = Rests(5)

    rests.run(lambda: next(answers), max)

    assert rests.rests[1:] == [2, 4, 8, 360, 2]


def test_there_is_no_rest_while_there_is_more_to_send() -> None:
    answers = iter([replace(SENT, unsent=unsent, proved_seq=9 - unsent) for unsent in (6, 3, 0)])
    rests = Rests(1)

    rests.run(lambda: next(answers), max)

    assert (len(rests.told), len(rests.rests)) == (3, 2)


def test_a_region_that_takes_nothing_is_left_in_peace() -> None:
    stuck = replace(SENT, unsent=5, proved_seq=3)
    rests = Rests(3)

    rests.run(lambda: stuck, max)

    assert rests.rests == [60, 360, 360, 360]


def test_a_request_for_peace_is_granted_whatever_is_sold_meanwhile() -> None:
    busy = replace(AWAY, retry_after_s=20)
    rests = Rests(3, woken=True)

    rests.run(lambda: busy, max)

    assert rests.rests[2:] == [30, 30]


def test_a_record_ends_a_rest_and_waits_a_second_for_company() -> None:
    rests = Rests(3, woken=True)

    rests.run(lambda: SENT, max)

    assert rests.rests == [60, 1, 360, 1]


def test_a_real_loop_ends_at_once_when_told_to_stop() -> None:
    stop, wake = Event(), Event()
    told: list[SyncStatus] = []
    arguments = {"stop": stop, "wake": wake, "tell": told.append, "pace": Pace(first_s=0)}
    thread = Thread(target=loop.run, args=(lambda: SENT,), kwargs=arguments)
    thread.start()

    stop.set()
    wake.set()
    thread.join(timeout=5)

    assert not thread.is_alive()
