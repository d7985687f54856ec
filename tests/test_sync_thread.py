"""The thread that carries records to the region goes on through what passes, and never ends unseen."""

import logging
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kassaapp.sync_thread import SyncThread
from kassaapp.trouble import DiskFailed, DiskFull, JournalDamaged
from sync.client.loop import Pace
from sync.client.status import SyncStatus

AT_ONCE = Pace(first_s=0.0, heartbeat_s=0.01, debounce_s=0.0, backoff_s=0.0, backoff_most_s=0.0)
WELL = SyncStatus(0, reachable=True, proved_seq=4, attention=None, last_contact=None)
WAIT_S = 10.0


class Ears:
    """What the thread tells, in order."""

    def __init__(self) -> None:
        self.told = queue.Queue[SyncStatus]()
        self.failures = queue.Queue[BaseException]()


@contextmanager
def running(step: Callable[[], SyncStatus], ears: Ears) -> Iterator[SyncThread]:
    thread = SyncThread(step, ears.told.put, AT_ONCE, "sync-H", standing=lambda: WELL, failed=ears.failures.put)
    thread.start()
    try:
        yield thread
    finally:
        thread.close()


def after_a_while(error: Exception | None) -> Callable[[], SyncStatus]:
    """A round that raises the second time, and is well before and after."""
    rounds = iter(range(1, 1_000_000))

    def step() -> SyncStatus:
        if next(rounds) == 2 and error is not None:
            raise error
        return WELL

    return step


@pytest.mark.parametrize("error", [DiskFailed("IOError"), JournalDamaged(7, "page checksum"), KeyError("a bug")])
def test_what_no_round_can_go_on_after_is_told(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears()

    with caplog.at_level(logging.CRITICAL), running(after_a_while(error), ears):
        assert ears.failures.get(timeout=WAIT_S) is error

    assert ears.told.qsize() == 1
    assert type(error).__name__ in caplog.text


def test_a_full_disk_is_waited_out_as_if_the_region_were_away() -> None:
    ears = Ears()

    with running(after_a_while(DiskFull()), ears):
        heard = [ears.told.get(timeout=WAIT_S) for _ in range(3)]

    assert [status.reachable for status in heard] == [True, False, True]
    assert ears.failures.empty()


def test_an_ordinary_end_is_no_failure() -> None:
    ears = Ears()

    with running(after_a_while(None), ears):
        ears.told.get(timeout=WAIT_S)

    assert ears.failures.empty()


def test_a_nudge_cuts_a_rest_short_and_a_close_does_too() -> None:
    ears, pace = Ears(), Pace(first_s=0.0, heartbeat_s=3600.0, debounce_s=0.0)
    thread = SyncThread(after_a_while(None), ears.told.put, pace, "sync-H")
    thread.start()
    ears.told.get(timeout=WAIT_S)

    thread.nudge()

    assert ears.told.get(timeout=WAIT_S) == WELL
    thread.close()
