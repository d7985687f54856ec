"""Runs histories and says what came of them: `python tests/simulation/run.py --seeds N`.

    --seeds N     how many histories (default 1000), from seed --first on
    --seed S      one history, with the program's own log; this is how a failure is repeated
    --jobs J      processes beside each other
    --dense       histories in which two or three things happen to the media: damage on damage
    --canaries    takes each check out of the program in turn, and prints what noticed that
    --keep        add seeds that failed to seeds.txt, which the gate runs for ever

Prints a JSON summary. Exit code 1 when anything was wrong.
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.simulation.canaries import CANARIES, MOST_HISTORIES
from tests.simulation.history import Outcome, run, run_dense

SEEDS = Path(__file__).with_name("seeds.txt")
_DENSE = "dense "
_TOLD_EVERY_S = 20.0


@dataclass
class Summary:
    """What many histories came to."""

    histories: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    failed: dict[int, list[str]] = field(default_factory=dict)
    sales: int = 0

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.histories[outcome.kind] += 1
        self.sales += outcome.sales
        self.happened.update(outcome.happened)
        self.found.update(outcome.found)
        if outcome.wrong:
            self.failed[outcome.seed] = outcome.wrong
            self.wrong.update({line.split(":")[0] for line in outcome.wrong})

    def as_json(self) -> str:
        """The summary for people and programs. `wrong` counts histories by what was wrong in them."""
        sorts = ("lost", "twice", "missed", "false alarm", "stopped", "believed", "audit", "bug")
        value = {
            "histories": self.histories.total(),
            "kinds": dict(sorted(self.histories.items())),
            "sales": self.sales,
            "happened": dict(self.happened.most_common()),
            "found": dict(self.found.most_common()),
            "wrong": {sort: self.wrong[sort] for sort in sorts},
            "failing seeds": sorted(self.failed),
        }
        return json.dumps(value, indent=1)


def kept_seeds(*, dense: bool = False) -> list[int]:
    """The seeds that have failed once, of all histories or of dense ones."""
    lines = [line.split("#")[0] for line in SEEDS.read_text(encoding="utf-8").splitlines()]
    return [int(line.removeprefix(_DENSE)) for line in lines if line.strip() and line.startswith(_DENSE) == dense]


def outcomes(seeds: range, jobs: int, *, dense: bool = False) -> Iterator[Outcome]:
    """The outcome of each seed, in any order."""
    how = run_dense if dense else run
    if jobs == 1:
        yield from map(how, seeds)
        return
    with get_context("spawn").Pool(jobs, logging.disable, (logging.CRITICAL,)) as pool:
        yield from pool.imap_unordered(how, seeds, chunksize=20)


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dense", action="store_true")
    parser.add_argument("--canaries", action="store_true")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.seed is not None:
        logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
        seeds = range(asked.seed, asked.seed + 1)
        return _tell(_ran(seeds, 1, dense=asked.dense), keep=asked.keep, dense=asked.dense)
    logging.disable(logging.CRITICAL)
    if asked.canaries:
        return _sing()
    seeds = range(asked.first, asked.first + asked.seeds)
    return _tell(_ran(seeds, asked.jobs, dense=asked.dense), keep=asked.keep, dense=asked.dense)


def _sing() -> int:
    """The table of canaries. Exit code 1 when one was not noticed."""
    silent = 0
    for canary in CANARIES:
        noticed = canary.sings(MOST_HISTORIES)
        silent += noticed is None
        said = "NOT NOTICED" if noticed is None else f"history {noticed.seed + 1}: {noticed.wrong[0]}"
        backed = "" if canary.behind is None else f" (alone: {canary.behind.function} stands behind it)"
        sys.stdout.write(f"{canary.name:50} {said}{backed}\n")
    return 1 if silent else 0


def _ran(seeds: range, jobs: int, *, dense: bool) -> Summary:
    summary = Summary()
    begun_s = told_s = time.monotonic()
    for outcome in outcomes(seeds, jobs, dense=dense):
        summary.add(outcome)
        if outcome.wrong:
            sys.stderr.write(_failure(outcome, " --dense" if dense else ""))
        if time.monotonic() - told_s > _TOLD_EVERY_S:
            told_s = time.monotonic()
            done = summary.histories.total()
            rate = done / (told_s - begun_s)
            sys.stderr.write(f"{done} of {len(seeds)}, {rate:.0f}/s, {len(summary.failed)} failed\n")
    return summary


def _failure(outcome: Outcome, how: str) -> str:
    lines = [f"seed {outcome.seed} ({outcome.kind}) failed", *outcome.wrong[:8]]
    return "\n    ".join([*lines, f"python tests/simulation/run.py --seed {outcome.seed}{how}"]) + "\n"


def _tell(summary: Summary, *, keep: bool, dense: bool) -> int:
    sys.stdout.write(summary.as_json() + "\n")
    if keep and summary.failed:
        new = [seed for seed in summary.failed if seed not in kept_seeds(dense=dense)]
        with SEEDS.open("a", encoding="utf-8") as file:
            file.writelines(f"{_DENSE if dense else ''}{seed}  # {summary.failed[seed][0]}\n" for seed in new)
    return 1 if summary.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
