"""T5, a disk that fails: each step of a till's day fails in turn, in every way a disk has, once or from then on.

    python -m tests.power.faults [--every N] [--second-medium beside|none]

The day is a start, sales, a batch, proofs, a configuration, the day's close with its mark, and the end; it begins
after a clean end or after a kill. A failing step may have done nothing, all or half of its work, and a failed sync may
have forgotten for ever what it should have written, as Linux does. `append` must then say DiskFull and have stored
nothing, or DiskFailed, which ends the program; a second medium or a mark that fails is a warning. After that the disk
is well, in some runs after a power cut, at once or when the till has sold again: the till starts, nothing acknowledged
is missing, it sells, and the auditor finds nothing.
"""

import argparse
import errno
import json
import logging
import os
import random
import secrets
import sys
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kassaapp.domain.events import Event
from kassaapp.trouble import DiskFailed, DiskFull, Trouble
from kassaapp.verify.audit import audit
from tests.power import machine
from tests.power.cuts import BROKEN, a_folder, say
from tests.power.disk import Act, Disk, Step, What
from tests.power.region import Region
from tests.power.till import NOWHERE, SHIPPED, Till, checkpoint_every

OFTEN = 8
"""Pages of log: so the log is copied into the file every second act."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of step number `at`: an error, of which `done` says how much was done all the same: "nothing",
    "all", "half" of a write; or "forgotten", a sync after which nothing written before will ever be on the disk. `cut`
    says when the power is cut besides: "never", "at once", or "later", when the till was started again and has sold."""

    at: int
    error: int
    done: str
    for_ever: bool
    cut: str

    def __str__(self) -> str:
        ever = "for ever" if self.for_ever else "once"
        return f"step {self.at}: {errno.errorcode[self.error]}, {self.done} done, {ever}, cut {self.cut}"


_WAYS: dict[What, tuple[tuple[int, str], ...]] = {
    What.WRITE: ((errno.EIO, "nothing"), (errno.EIO, "all"), (errno.EIO, "half"), (errno.ENOSPC, "nothing"),
                 (errno.ENOSPC, "half")),
    What.SYNC: ((errno.EIO, "nothing"), (errno.EIO, "all"), (errno.EIO, "forgotten")),
    What.SYNC_FOLDER: ((errno.EIO, "nothing"),),
    What.TRUNCATE: ((errno.EIO, "nothing"), (errno.EIO, "all")),
    What.CREATE: ((errno.EIO, "nothing"), (errno.ENOSPC, "nothing")),
    What.REMOVE: ((errno.EIO, "nothing"), (errno.EIO, "all")),
    What.RENAME: ((errno.EIO, "nothing"),),
}  # fmt: skip


def faults(day: Sequence[Step]) -> Iterator[Fault]:
    """Every fault that can befall a day whose steps are these."""
    for at, step in enumerate(day, start=1):
        for error, done in _WAYS[step.what]:
            for for_ever in (False, True):
                for cut in ("never", "at once", "later"):
                    yield Fault(at, error, done, for_ever, cut)


class Failing:
    """The fate of a day with one fault in it; without one it only remembers the steps."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.steps: list[Step] = []

    def __call__(self, step: Step, act: Act) -> None:
        self.steps.append(Step(step.what, step.path))
        fault, number = self.fault, len(self.steps)
        if fault is None or number < fault.at or (number > fault.at and not fault.for_ever):
            act(step)
            return
        if number == fault.at:
            self._half_done(step, act, fault.done)
        raise OSError(fault.error, os.strerror(fault.error), str(step.path))

    def _half_done(self, step: Step, act: Act, done: str) -> None:
        if done == "all":
            act(step)
        elif done == "half":
            act(Step(step.what, step.path, step.file, step.at, step.data[: len(step.data) // 2]))
        elif done == "forgotten" and step.file is not None:
            step.file.forget()


class Violation(Exception):
    """The till did what it must never do."""


@dataclass(slots=True)
class Counts:
    """What happened, added up."""

    runs: int = 0
    ended: int = 0
    refused: int = 0
    unharmed: int = 0
    second_medium_lost: int = 0
    power_cuts: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


class Day:
    """One till's day on a disk that may fail."""

    def __init__(self, folder: Path, second_medium: str) -> None:
        self.chance = random.Random("a day")
        setattr(secrets, "_sysrand", random.Random("keys of a day"))  # noqa: B010  # The same day each time.
        self.till = Till(folder, Region(), self.chance, second_medium=second_medium)
        self.acknowledged: list[bytes] = []
        self.under_way: Sequence[Event] = ()
        self.outcome = ""
        self.second_medium_lost = False

    def begin(self, *, killed: bool) -> None:
        """The day before: some sales, and an end in good order; or not yet, when it is to be killed."""
        self._start()
        self._sell(2)
        if not killed:
            self.till.close()

    def work(self) -> None:
        """The day itself. What it ends with is the outcome."""
        try:
            self._start()
            self._sell(3)
            self._hear(self.till.contact)
            self._append(self.till.counter.drawers())
            self._hear(self.till.take_configuration)
            self._append(self.till.counter.closing())
            self._hear(self.till.contact)
            self._sell(1)
            self.second_medium_lost = self.till.journal.second_medium_lost
            self.till.close()
            self.outcome = self.outcome or "unharmed"
        except DiskFailed:
            self.outcome = "ended"
        except Trouble as trouble:
            raise Violation(f"{type(trouble).__name__}: {trouble}") from trouble
        finally:
            if self.till.is_open:
                self.second_medium_lost = self.till.journal.second_medium_lost

    def _start(self) -> None:
        try:
            opened = self.till.start()
        except (DiskFailed, DiskFull) as trouble:
            raise DiskFailed("at start") from trouble
        self.compare([written.hash for written in opened.past][1:], [written.event for written in opened.past][1:])
        self._append(self.till.counter.start(opened.check, opened.restored, opened.mark))

    def _sell(self, times: int) -> None:
        for _ in range(times):
            while before := self.till.counter.before_a_sale():
                self._append(before)
            self._append(self.till.counter.next_sale())

    def _append(self, events: Sequence[Event]) -> None:
        """Append; when the disk is full, once more."""
        for _ in range(2):
            count = self.till.journal.count()
            self.under_way = events
            try:
                self.acknowledged += [written.hash for written in self.till.append(events)]
            except DiskFull:
                self.outcome, self.under_way = "refused", ()
                if self.till.journal.count() != count:
                    raise Violation("full, and something was stored") from None
                continue
            self.under_way = ()
            return
        raise DiskFailed("full for ever")

    def _hear(self, hear: Callable[[], object]) -> None:
        """Keep what the region says. When the disk fails there, nothing may be sold after it."""
        try:
            hear()
        except DiskFull:
            self.outcome = "refused"
        except DiskFailed:
            self.under_way = self.till.counter.start()
            try:
                self.till.append(self.under_way)
            except DiskFailed:
                raise
            raise Violation("sold on after the disk had failed") from None

    def compare(self, there: list[bytes], events: list[Event]) -> None:
        """What is there after a start, with what was acknowledged."""
        known = len(self.acknowledged)
        if there[:known] != self.acknowledged:
            raise Violation(f"{known} were acknowledged, {len(there)} are there and not the same")
        if events[known:] not in ([], list(self.under_way)):
            raise Violation(f"{len(events) - known} records that nobody was appending")
        self.acknowledged, self.under_way = there, ()

    def go_on(self) -> None:
        """The till starts and sells."""
        try:
            self._start()
            self._sell(1)
        except Trouble as trouble:
            raise Violation(f"afterwards: {type(trouble).__name__}: {trouble}") from trouble

    def after(self) -> None:
        """The next day: the till starts, sells and ends, and the auditor finds nothing."""
        self.go_on()
        self.till.close()
        found = [finding.text for finding in audit(self.till.path).findings]
        if found:
            raise Violation(f"the auditor finds: {found[0]}")


def one_day(second_medium: str, *, killed: bool, fault: Fault | None) -> tuple[Day, Failing]:
    """A day with one fault in it, and the day after. Raises Violation."""
    fate = Failing(fault)
    with a_folder() as folder:
        disk = Disk(folder)
        machine.mount(disk)
        day = Day(folder, second_medium)
        try:
            day.till.enrol()
            day.begin(killed=killed)
            if killed:
                disk.end_process()
                day.till.abandon()
            disk.settle()
            disk.fate = fate
            day.work()
            disk.end_process()
            day.till.abandon()
            if fault is not None and fault.cut == "later":
                day.go_on()
                disk.end_process()
                day.till.abandon()
            if fault is not None and fault.cut != "never":
                disk.lose_power(day.chance)
                disk.come_back()
            day.after()
        finally:
            disk.end_process()
            day.till.abandon()
            machine.mount()
            disk.close()
    return day, fate


def run(second_medium: str, *, killed: bool, every: int = 1) -> Counts:
    """Every fault that can befall a day; with `every` only each so many of them."""
    counts = Counts()
    _, whole = one_day(second_medium, killed=killed, fault=None)
    counts.steps = dict(Tally(step.what.value for step in whole.steps))
    for fault in list(faults(whole.steps))[::every]:
        counts.runs += 1
        counts.power_cuts += fault.cut != "never"
        step = whole.steps[fault.at - 1]
        try:
            day, _ = one_day(second_medium, killed=killed, fault=fault)
        except (Violation, *BROKEN) as wrong:
            where = f"{step.what.value} {step.path.name}"
            counts.violations.append(f"{fault} ({where}): {type(wrong).__name__}: {wrong}")
            continue
        counts.ended += day.outcome == "ended"
        counts.refused += day.outcome == "refused"
        counts.unharmed += day.outcome == "unharmed"
        counts.second_medium_lost += day.second_medium_lost
        if counts.runs % 500 == 0:
            say(f"{counts.runs} faults, {len(counts.violations)} violations")
    return counts


def main(arguments: Sequence[str]) -> int:
    """Run them; 0 when nothing was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.power.faults")
    parser.add_argument("--every", type=int, default=1, help="only each so many of the faults")
    parser.add_argument("--second-medium", choices=("beside", "none"), action="append")
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    outcome: dict[str, object] = {}
    violations = 0
    for where in asked.second_medium or ("beside", "none"):
        for killed, pages in ((False, SHIPPED), (True, SHIPPED), (False, OFTEN)):
            checkpoint_every(pages)
            counts = run(NOWHERE if where == "none" else "", killed=killed, every=asked.every)
            often = ", the log copied often" if pages == OFTEN else ""
            name = f"{where}, after {'a kill' if killed else 'a close'}{often}"
            violations += len(counts.violations)
            outcome[name] = asdict(counts) | {"violations": len(counts.violations)}
            say(f"{name}: {json.dumps(asdict(counts), indent=1)}")
    sys.stdout.write(json.dumps(outcome) + "\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
