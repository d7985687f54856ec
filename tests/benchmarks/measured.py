"""One row of the benchmarks: ours and its floor in turn, so that what else the machine does meets both alike.

A ratio is taken in each round, and its median is the figure. What has no floor is held against a number.
"""

import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: so many rounds, at these sizes (records in a journal or a ledger)."""

    rounds: int = 5
    sizes: tuple[int, ...] = (750, 7_500, 75_000)
    repeats: int = 100
    """Single acts in a round."""
    registers: int = 2_000
    peers: int = 20_000
    """Records that each peer carries."""


FULL = Scale()
QUICK = Scale(rounds=1, sizes=(60,), repeats=3, registers=6, peers=0)
"""For the gate: does every benchmark still run?"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the design wants (DESIGN 6): `most` or `least`, of the ratio where there is a floor, else of the figure."""

    text: str
    most: float = math.inf
    least: float = -math.inf


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one benchmark at one size; `ours` and `floor` a figure a round, in `unit`. `more` are figures that
    belong to it and have no mark."""

    name: str
    what: str
    unit: str
    mark: Mark
    ours: Sequence[float]
    floor: Sequence[float] = ()
    size: int | None = None
    more: dict[str, float | str] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Ours over the floor, round by round."""
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)] if self.floor else []

    @property
    def figure(self) -> float:
        """What the mark is about: the median ratio, or the median itself."""
        return statistics.median(self.ratios or self.ours)

    @property
    def is_met(self) -> bool:
        """Whether the mark is reached."""
        return self.mark.least <= self.figure <= self.mark.most

    def told(self) -> str:
        """For the terminal."""
        name = self.name if self.size is None else f"{self.name} {self.size}"
        ours = f"{_short(statistics.median(self.ours))} {self.unit}"
        if self.floor:
            low, high = min(self.ratios), max(self.ratios)
            figure = (
                f"{self.figure:.2f} × ({low:.2f}–{high:.2f})  {ours}, floor {_short(statistics.median(self.floor))}"
            )
        else:
            figure = f"{ours} ({_short(min(self.ours))}–{_short(max(self.ours))})"
        verdict = "reached" if self.is_met else "MISSED"
        more = "".join(
            f"; {key} {value if isinstance(value, str) else _short(value)}" for key, value in self.more.items()
        )
        return f"{name:<22}{figure}{more}   [{self.mark.text}: {verdict}]"

    def kept(self) -> dict[str, Any]:
        """For a file."""
        return {
            "name": self.name,
            "what": self.what,
            "size": self.size,
            "unit": self.unit,
            "mark": self.mark.text,
            "reached": self.is_met,
            "figure": self.figure,
            "ratios": self.ratios,
            "ours": list(self.ours),
            "floor": list(self.floor),
            "more": self.more,
        }


@dataclass(frozen=True, slots=True)
class Slope:
    """How a figure grows with the size: the exponent of the size, by least squares over logarithms. 0 is not at all,
    1 as the size does."""

    name: str
    sizes: tuple[int, ...]
    exponent: float

    def told(self) -> str:
        """For the terminal."""
        sizes = ", ".join(map(str, self.sizes))
        return f"{self.name:<22}grows as size^{self.exponent:.2f} over {sizes}: ×{10**self.exponent:.2f} for ten times"


def in_turn(rounds: int, floor: Callable[[], float], ours: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Both, one after the other, so many times, each first as often: (ours, floor)."""
    of_floor, of_ours = [], []
    for number in range(rounds):
        if number % 2:
            of_ours.append(ours())
            of_floor.append(floor())
        else:
            of_floor.append(floor())
            of_ours.append(ours())
    return of_ours, of_floor


def slope(rows: Sequence[Row]) -> Slope | None:
    """Of the rows of one benchmark at several sizes."""
    points = [(math.log(row.size), math.log(statistics.median(row.ours))) for row in rows if row.size]
    if len(points) < 2:
        return None
    fitted = statistics.linear_regression(*zip(*points, strict=True))
    return Slope(rows[0].name, tuple(row.size for row in rows if row.size), fitted.slope)


def timed_ms(act: Callable[[], object]) -> float:
    """How long it took (ms)."""
    began_s = time.perf_counter()
    act()
    return (time.perf_counter() - began_s) * 1e3


def percentile(values: Sequence[float], part: float) -> float:
    """The value that so large a part of the values does not pass."""
    return sorted(values)[min(len(values) - 1, math.ceil(len(values) * part) - 1)]


def machine() -> str:
    """Which machine it was, in a line."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores = os.cpu_count() or 1
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{cores} cores {name}, {memory / 1e6:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def load() -> float:
    """How busy the machine was in the last minute, with us."""
    return os.getloadavg()[0]


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
