"""A day of 300 visits at the counter by the keyboard: from a key press to its paint, and the memory held at the end.

The presses and how they are timed are `tests/ui/key_to_paint.py`'s; a figure of a day is of one process.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.benchmarks import decade, kept
from tests.benchmarks.measured import Mark, Row, Scale, percentile
from tests.benchmarks.start import command_of, seen

KEYS = "keys"
MEMORY = "memory"
KEYS_MARK = Mark("≤ 16 ms, p99", most=16)
MEMORY_MARK = Mark("≤ 200 MB", most=200)
_SALES = 300


def rows(scale: Scale) -> Iterator[Row]:
    """Keys and memory of the same days; memory also with a journal of many years."""
    sales = min(_SALES, scale.repeats * 3)
    days = [_day(sales) for _ in range(min(scale.rounds, 2))]
    pressed = [ms for day in days for ms in day["keys_ms"]]
    p99 = [percentile(day["keys_ms"], 0.99) for day in days]
    more: dict[str, float | str] = {"p50 ms": percentile(pressed, 0.5), "longest ms": max(pressed)}
    yield Row(KEYS, "key press to paint, p99", "ms", KEYS_MARK, p99, more=more | {"presses": float(len(pressed))})
    with kept.copied(decade.desk_folder(scale.sizes[-1])) as folder:
        old = seen(str(folder), str(sales))["kb"] / 1024
    held = [day["kb"] / 1024 for day in days]
    yield Row(
        MEMORY, f"the till's process after {sales} sales", "MB", MEMORY_MARK, held, more={"with ten years MB": old}
    )


def _day(sales: int) -> dict[str, Any]:
    with kept.scratch() as folder:
        command, environment = command_of("a_day", str(folder / "desk"), str(sales))
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
