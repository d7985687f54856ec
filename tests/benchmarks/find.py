"""Looking something up in the history, as the window does when Enter is pressed: by patient, number, amount and day.

No floor: whoever waits for an answer at a counter notices more than 20 ms. The first look-up of each kind after a start
is among those measured, and `longest` shows the worst of all. `CPU p99 ms` is of this process alone: on a busy machine
the rest is waiting.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random

from kassaapp.app import Desk
from kassaapp.screens.receipt_search import ReceiptSearch
from tests.benchmarks import decade, kept
from tests.benchmarks.measured import Mark, Row, Scale, percentile, timed_ms

NAME = "find"
MARK = Mark("≤ 20 ms, p99", most=20)


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each length of journal."""
    for size in scale.sizes:
        with kept.copied(decade.desk_folder(size)) as folder, decade.opened(folder) as desk:
            search = ReceiptSearch(desk.register(decade.TILL), desk.history(decade.TILL))
            taken = [_searches(desk, search, scale.repeats, seed) for seed in range(scale.rounds)]
        ours = [percentile([ms for ms, _ in one], 0.99) for one in taken]
        everything, of_cpu = zip(*(both for one in taken for both in one), strict=True)
        more: dict[str, float | str] = {
            "p50 ms": percentile(everything, 0.5),
            "longest ms": max(everything),
            "CPU p99 ms": percentile(of_cpu, 0.99),
        }
        yield Row(NAME, "one look-up in the history, p99", "ms", MARK, ours, size=size, more=more)


def _searches(desk: Desk, search: ReceiptSearch, count: int, seed: int) -> list[tuple[float, float]]:
    """How long each of so many look-ups took, and how much processor time (ms)."""
    random, state = Random(seed), desk.register(decade.TILL).state
    assert state.last_at is not None
    taken = []
    for number in range(count):
        search.clear()
        match number % 4:
            case 0:
                text = random.choice(decade.patients()).id.reveal()
            case 1:
                text = str(random.randrange(1, state.next_receipt))
            case 2:
                text = f"{random.randrange(50, 900)},00"
            case _:
                text = (state.last_at - timedelta(days=random.randrange(365))).date().isoformat()
        began_s = time.process_time()
        ms = timed_ms(partial(search.enter, text))
        taken.append((ms, (time.process_time() - began_s) * 1e3))
    return taken
