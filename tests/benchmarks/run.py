"""Measures every figure of DESIGN 6 beside its floor, in one run: `python tests/benchmarks/run.py [NAME …]`.

    NAME            sale start find keys verify ingest storm peers; all but peers when none is named
    --peers         the peers too: installs them from npm, once, into the folder of what is kept
    --quick         the smallest sizes: does it run? The figures say nothing
    --rounds N      floor and ours in turn so many times (5)
    --json FILE     add a line with everything to a file, outside the repository
    --picture       draw docs/pictures/performance.png of what has been measured; with --json FILE, of its newest rows

What is measured with is made once, from a seed, and kept outside the repository (`tests/benchmarks/kept.py`). The
machine should have nothing else to do: its load is printed. docs/PERFORMANCE.md has the last figures.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # As a script it knows only its own folder.

from tests.benchmarks import counter_day, find, ingest, measured, peers, picture, reconnect, sale, start, verification
from tests.benchmarks.measured import FULL, QUICK, Row, Scale, Slope

BENCHMARKS: dict[str, Callable[[Scale], Iterator[Row]]] = {
    sale.NAME: sale.rows,
    start.NAME: start.rows,
    find.NAME: find.rows,
    counter_day.KEYS: counter_day.rows,
    verification.NAME: verification.rows,
    ingest.NAME: ingest.rows,
    reconnect.NAME: reconnect.rows,
    peers.NAME: peers.rows,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is named, and print it."""
    chosen = _parser().parse_args(arguments)
    scale = QUICK if chosen.quick else replace(FULL, rounds=chosen.rounds)
    names = chosen.names or [name for name in BENCHMARKS if name != peers.NAME or chosen.peers]
    told: list[dict[str, Any]] = []
    say(f"{measured.machine()}, load {measured.load():.1f}")
    for name in names:
        told += _measure(BENCHMARKS[name], scale)
    say(f"load {measured.load():.1f} at the end")
    if chosen.json is not None:
        told = _kept(chosen.json, told)
    if chosen.picture:
        picture.draw(told, picture.PATH)
    return 0


def _measure(benchmark: Callable[[Scale], Iterator[Row]], scale: Scale) -> list[dict[str, Any]]:
    rows: list[Row] = []
    for row in benchmark(scale):
        rows.append(row)
        say(row.told())
    told = [row.kept() for row in rows]
    for grown in _slopes(rows):
        say(grown.told())
        told.append({"name": grown.name, "slope": grown.exponent, "sizes": list(grown.sizes)})
    return told


def _slopes(rows: Sequence[Row]) -> Iterator[Slope]:
    for name in dict.fromkeys(row.name for row in rows):
        grown = measured.slope([row for row in rows if row.name == name])
        if grown is not None:
            yield grown


def _kept(file: Path, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what was measured to the file; the newest of each row there is in it."""
    at = datetime.now(UTC).isoformat(timespec="minutes")
    line = {"at": at, "machine": measured.machine(), "load": measured.load(), "rows": told}
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(line, ensure_ascii=False) + "\n")
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for text in file.read_text(encoding="utf-8").splitlines():
        for row in json.loads(text)["rows"]:
            newest[row["name"], row.get("what"), row.get("size")] = row
    return list(newest.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=FULL.rounds)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", action="store_true")
    return parser


def say(text: str) -> None:
    """To the terminal, at once: some rows take minutes."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
