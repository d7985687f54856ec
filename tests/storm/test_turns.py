"""Pushes that come together share a turn, and none of them suffers for another."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from sync.client.engine import Push
from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.region import Region
from sync.server.turns import Turns
from sync.wire.messages import Pushed
from tests.sync.builders import Clock, enrol, transport_to
from tests.sync.conftest import clock, region

__all__ = ["clock", "region"]
AT_ONCE = 6


@dataclass(eq=False)
class Wish:
    number: int
    done: int = 0


class Work:
    """What a turn does. The first turn lasts until all others wait; a wish with a negative number cannot be done."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self._is_first = True

    def __call__(self, together: Sequence[Wish]) -> None:
        if self._is_first:
            self._is_first = False
            time.sleep(0.2)
        self.turns.append([wish.number for wish in together])
        if any(wish.number < 0 for wish in together):
            raise DBAPIError("poison", None, Exception())
        for wish in together:
            wish.done += 1


def test_who_waits_is_taken_along_by_the_next() -> None:
    turns, work, wishes = Turns[Wish](), Work(), [Wish(number) for number in range(AT_ONCE)]

    _take_all(turns, work, wishes)

    assert [wish.done for wish in wishes] == [1] * AT_ONCE
    assert [len(numbers) for numbers in work.turns] == [1, AT_ONCE - 1]


def test_one_that_cannot_be_done_is_nobody_elses_fault() -> None:
    turns, work, wishes = Turns[Wish](), Work(), [Wish(number) for number in (0, 1, 2, -3, 4, 5)]

    failed = _take_all(turns, work, wishes)

    assert failed == [-3]
    assert [wish.done for wish in wishes] == [1, 1, 1, 0, 1, 1]


def test_a_turn_that_breaks_off_leaves_the_others_to_themselves() -> None:
    turns, wishes = Turns[Wish](), [Wish(number) for number in range(AT_ONCE)]
    done: list[int] = []

    def work(together: Sequence[Wish]) -> None:
        if len(together) > 1:
            raise KeyError
        time.sleep(0.2 if not done else 0.0)
        done.extend(wish.number for wish in together)

    broken = _take_all(turns, work, wishes)

    assert len(broken) == 1
    assert sorted([*done, *broken]) == list(range(AT_ONCE))


def test_registers_that_push_together_are_signed_for_together(region: Region, clock: Clock) -> None:
    tills = [enrol(region, clock) for _ in range(AT_ONCE)]
    pushes = [(till, Push(0, tuple(till.journal.sell(3)), 0)) for till in tills]

    with ThreadPoolExecutor(AT_ONCE) as pool, region.ledger.turns._turn:
        answers = [pool.submit(till.transport.push, till.sender, push) for till, push in pushes]
        _wait_until(lambda: len(region.ledger.turns._waiting) == AT_ONCE)
    heads = {answer.note for one in answers if isinstance(answer := one.result(), Pushed)}

    assert len(heads) == 1
    assert audit(region.settings.folder).findings == []


def test_a_register_that_pushes_three_times_in_one_turn_is_stored_once(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    push = Push(0, tuple(till.journal.sell(5)), 0)
    lines = [transport_to(make_app(region)) for _ in range(3)]

    with ThreadPoolExecutor(len(lines)) as pool, region.ledger.turns._turn:
        answers = [pool.submit(line.push, till.sender, push) for line in lines]
        _wait_until(lambda: len(region.ledger.turns._waiting) == len(lines))
    nexts = [answer.next for one in answers if isinstance(answer := one.result(), Pushed)]

    assert nexts == [5] * len(lines)
    assert audit(region.settings.folder).counted["records"] == 5


def _take_all(turns: Turns[Wish], work: object, wishes: Sequence[Wish]) -> list[int]:
    """Take all turns at once, the first a moment before the others; the numbers of those that failed."""
    failed: list[int] = []

    def take(wish: Wish) -> None:
        try:
            turns.take(wish, work)  # type: ignore[arg-type]
        except (DBAPIError, KeyError):
            failed.append(wish.number)

    threads = [threading.Thread(target=take, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    return failed


def _wait_until(happened: object) -> None:
    assert callable(happened)
    deadline_s = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)
