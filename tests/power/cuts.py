"""T4, power loss: tills whose power is cut anywhere, again and again, also while they recover from the last cut.

    python -m tests.power.cuts --seeds A-B [--setup NAME]

One seed is one history of a till: four lives, each ended by a power cut, a kill or a close, and a fifth in which it
must sell. In each life a real journal is started (`recovery.open_till`), appended to, given proofs and configurations.
What `append` has returned is acknowledged: it must be there after every later start, in order, and at most the batch
that was under way besides. At the end the auditor's tool reads the journal and must find nothing.

The disks differ by setup. Two are what a second medium is for: the disk says that it has synced and has not, or what
it holds rots or is gone; the stick, with the keys, keeps everything. The controls lose what they were told to keep, and
have no second medium: they must be caught losing, for a harness that never sees a loss proves nothing.
"""

import argparse
import json
import logging
import random
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import apsw

from kassaapp.domain.events import CheckResult, Event, RecordsLost, RegisterOpened
from kassaapp.recovery import Opened
from kassaapp.trouble import JournalMissing, Trouble
from kassaapp.verify.audit import audit
from kassaapp.verify.content import NotAJournal
from kassaapp.verify.fault import Fault
from kassaapp.verify.report import Finding
from sync.wire import record, shadow
from sync.wire.errors import WireError
from tests.power import machine
from tests.power.disk import Act, Disk, PowerCut, Step
from tests.power.region import Region
from tests.power.till import NOWHERE, SHIPPED, Till, checkpoint_every

LIVES = 4
SEEDS = Path(__file__).with_name("seeds.txt")
BROKEN = (Trouble, WireError, apsw.Error, OSError, AssertionError, ValueError, TypeError, LookupError, NotAJournal)
"""What a till may end with when its journal is not what it was."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A machine: where the second medium is ("beside", "stick" or "none"), whether the journal's disk lies, and a
    setting of SQLite's that is not the shipped one. `newborn`: the power is cut while the till is enrolled, too.
    `rots`: between its lives the journal is damaged or lost. `loses`: it is a control, and must be caught."""

    name: str
    second_medium: str
    lies: bool = False
    synchronous: str = ""
    newborn: bool = False
    rots: bool = False
    loses: bool = False

    @property
    def heals(self) -> bool:
        """Whether the journal itself may be lost, and is healed with what the stick holds."""
        return (self.lies or self.rots) and self.second_medium == "stick"


SETUPS = (
    Setup("beside", "beside"),
    Setup("alone", "none"),
    Setup("stick", "stick"),
    Setup("newborn", "stick", newborn=True),
    Setup("liar-with-stick", "stick", lies=True),
    Setup("rot-with-stick", "stick", rots=True),
    Setup("control-normal", "none", synchronous="NORMAL", loses=True),
    Setup("control-off", "none", synchronous="OFF", loses=True),
    Setup("control-liar", "none", lies=True, loses=True),
)


@dataclass(slots=True)
class Counts:
    """What happened, added up. `lost` are acknowledged records that are gone, `corrupt` starts that could not be made
    or journals the auditor found something in, `strangers` records that nobody was appending.

    Where the journal's own file is lost: `half_batches` came back in part or a life later, and `stranded`
    records are whole on the stick and not in the journal, for the disk has lost that there was another chain. `gone`
    are tills of which the disk has lost journal and certificate: that is said, and the machine is a lost one."""

    seeds: int = 0
    lives: int = 0
    cuts: int = 0
    cuts_in_start: int = 0
    kills: int = 0
    acknowledged: int = 0
    kept_unacknowledged: int = 0
    restored: int = 0
    repaired: int = 0
    succeeded: int = 0
    asked_region: int = 0
    lost: int = 0
    corrupt: int = 0
    strangers: int = 0
    half_batches: int = 0
    stranded: int = 0
    gone: int = 0
    proofs_lost: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def harm(self) -> int:
        """Everything that must be 0."""
        return self.lost + self.corrupt + self.strangers


class Countdown:
    """Cuts the power of all disks at once, when so many steps have been done."""

    def __init__(self, disks: Sequence[Disk], steps: int, chance: random.Random) -> None:
        self._disks, self._left, self._chance = disks, steps, chance

    def __call__(self, step: Step, act: Act) -> None:
        self._left -= 1
        if self._left == 0:
            for disk in self._disks:
                disk.lose_power(self._chance)
            raise PowerCut
        act(step)


class History:
    """One seed on one setup."""

    def __init__(self, setup: Setup, seed: int, folder: Path) -> None:
        self._setup = setup
        self._name = f"{setup.name} {seed}"
        self._chance = random.Random(self._name)
        setattr(secrets, "_sysrand", random.Random(seed))  # noqa: B010  # One seed, one history: hashes order the trees.
        stick = folder / "stick"
        stick.mkdir()
        where = {"beside": "", "stick": str(stick), "none": NOWHERE}[setup.second_medium]
        self._till = Till(folder / "till", Region(), self._chance, second_medium=where)
        self._is_enrolled = not setup.newborn
        if self._is_enrolled:
            self._till.enrol()
        if setup.heals:
            self._till.keys = stick  # What such a disk does with keys nothing can make good.
            for path in self._till.path.parent.glob("*.key"):
                shutil.copy(path, stick)
        self._disks = (Disk(self._till.folder, lies=setup.lies), Disk(stick))
        checkpoint_every(self._chance.choice((SHIPPED, SHIPPED, 8, 40)))
        self._acknowledged: list[bytes] = []
        self._under_way: Sequence[Event] = ()
        self._begun: list[Event] = []
        self._proved = self._configuration = 0
        self._is_starting = False
        self.counts = Counts(seeds=1)

    def run(self) -> Counts:
        """All lives; what happened."""
        machine.mount(*self._disks)
        try:
            for _ in range(LIVES):
                self._live()
            self._last_life()
        except JournalMissing:
            self._till.abandon()
            self.counts.gone += 1
            self.counts.lost += len(set(self._acknowledged) - self._on_the_stick())
            self.counts.corrupt += not self._setup.lies
        except BROKEN as broken:
            self._till.abandon()
            self.counts.corrupt += 1
            self.counts.failed.append(f"{self._name}: {type(broken).__name__}: {broken}")
        finally:
            machine.mount()
            for disk in self._disks:
                disk.close()
        if self.counts.harm and not self.counts.failed:
            self.counts.failed.append(self._name)
        return self.counts

    def _live(self) -> None:
        """A life: start, sell for a while, end in one of many ways."""
        chance = self._chance
        self.counts.lives += 1
        steps = chance.randint(1, 30) if chance.random() < 0.5 else chance.randint(1, 600)
        if not self._is_enrolled:
            steps = chance.randint(1, 150)
        countdown = Countdown(self._disks, steps if chance.random() < 0.9 else 0, chance)
        for disk in self._disks:
            disk.fate = countdown
        try:
            self._start()
            for _ in range(chance.randint(1, 50)):
                self._do_something()
            if chance.random() < 0.6:
                self._till.close()
            self._kill()
        except (PowerCut, *BROKEN):  # What a process says when its disk is off has no one to hear it.
            if not self._disks[0].is_off:
                raise
            self.counts.cuts += 1
            self.counts.cuts_in_start += self._is_starting
            self._till.abandon()
            for disk in self._disks:
                disk.come_back()
        if self._setup.rots and chance.random() < 0.6:
            self._rot()

    def _rot(self) -> None:
        """Some of the journal is not what it was, or it is gone."""
        disk, path = self._disks[0], self._till.path
        log = path.with_name(f"{path.name}-wal")
        with disk.unseen():
            for file in [file for file in (path, log) if file.exists() and self._chance.random() < 0.7]:
                raw = bytearray(file.read_bytes())
                for _ in range(self._chance.choice((1, 1, 2, 10)) if raw else 0):
                    at = self._chance.randrange(len(raw))
                    size = min(self._chance.choice((1, 1, 512, 4096)), len(raw) - at)
                    raw[at : at + size] = self._chance.choice((bytes(size), self._chance.randbytes(size)))
                file.write_bytes(raw)
                if self._chance.random() < 0.1:
                    file.unlink()
        disk.settle()

    def _kill(self) -> None:
        """The process is gone and the machine is not: what was written is there, synced or not."""
        self.counts.kills += 1
        for disk in self._disks:
            disk.end_process()
        self._till.abandon()

    def _last_life(self) -> None:
        """The till sells, and the auditor finds nothing."""
        self._start()
        self._acknowledged += [written.hash for written in self._till.sell()]
        self._till.close()
        found = [finding for finding in audit(self._till.path).findings if not self._is_gap(finding)]
        self.counts.corrupt += bool(found)
        self.counts.failed += [f"{self._name}: {finding.text}" for finding in found[:1]]

    def _is_gap(self, finding: Finding) -> bool:
        """Such a disk may show a part of a record that was never acknowledged: the till says that it has lost it."""
        return self._setup.heals and finding.fault is Fault.MISSING

    # ── within a life ────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        self._is_starting = True
        if not self._is_enrolled:
            self._enrol()
        assert self._till.is_enrolled, "the till was enrolled and is not"
        try:
            opened = self._till.start()
        except (Trouble, WireError):
            if not self._setup.heals:
                raise
            self.counts.asked_region += 1  # What the region has said was only on the disk that lost it.
            opened = self._till.start(self._till.region)
        self._compare(opened)
        self._set(opened)
        self._append(self._till.counter.start(opened.check, opened.restored, opened.mark))
        self._is_starting = False

    def _enrol(self) -> None:
        """Enrol, once more if the power was cut; when it has said that the till is enrolled it is one."""
        if not self._till.is_enrolled:
            self._till.enrol()
        self._is_enrolled = True

    def _set(self, opened: Opened) -> None:
        if self._setup.synchronous:
            opened.journal._file._connection.execute(f"PRAGMA synchronous={self._setup.synchronous}").fetchall()

    def _do_something(self) -> None:
        match self._chance.randrange(12):
            case 0:
                self._proved = self._till.contact()
            case 1 if self._chance.random() < 0.3 and not self._setup.heals:  # No other copy is at hand of those.
                self._configuration = self._till.take_configuration()
            case _:
                self._append(self._till.counter.next())

    def _append(self, events: Sequence[Event]) -> None:
        self._under_way = events
        self._begun += events
        written = self._till.append(events)
        self._acknowledged += [one.hash for one in written]
        self.counts.acknowledged += len(written)
        self._under_way = ()

    def _compare(self, opened: Opened) -> None:
        """What is there after a start, with what was acknowledged before it."""
        past = [written for written in opened.past if not isinstance(written.event, RegisterOpened | RecordsLost)]
        there = [written.hash for written in past]
        known = self._acknowledged
        same = next((n for n, pair in enumerate(zip(known, there, strict=False)) if pair[0] != pair[1]), None)
        same = min(len(known), len(there)) if same is None else same
        beyond = [written.event for written in past[same:]]
        counts = self.counts
        missing = set(known[same:]) - set(there)
        stranded = missing & self._on_the_stick() if self._setup.heals else set()
        counts.stranded += len(stranded)
        counts.lost += len(missing) - len(stranded)
        if not missing:
            self._judge(beyond)
        counts.kept_unacknowledged += bool(beyond)
        counts.restored += opened.restored
        counts.repaired += opened.check is CheckResult.REPAIRED
        counts.succeeded += opened.check is CheckResult.SUCCEEDED
        proof, newest = opened.journal.proof(), opened.journal.configurations.newest()
        assert proof is not None
        assert newest is not None
        counts.proofs_lost += (proof.next < self._proved) + (newest.header.seq < self._configuration)
        self._acknowledged, self._under_way = there, ()
        self._proved, self._configuration = proof.next, newest.header.seq

    def _judge(self, beyond: list[Event]) -> None:
        """What is there besides all that was acknowledged may be what was under way, and nothing else. A disk that lies
        may show only later what was under way in an earlier life."""
        if beyond in ([], list(self._under_way)):
            return
        rest = iter(self._begun)
        if self._setup.heals and all(event in rest for event in beyond):
            self.counts.half_batches += 1
        else:
            self.counts.strangers += len(beyond)

    def _on_the_stick(self) -> set[bytes]:
        """The hashes of all records that are whole on the stick, in whatever file, also one that the region has got."""
        kinds = (".kj", ".delivered")
        files = [
            path.read_bytes() for path in self._disks[1].folder.iterdir() if any(one in path.name for one in kinds)
        ]
        return {record.read(one.env).hash for raw in files for one in shadow.every_record(raw)}


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that is gone afterwards; in memory where there is such a disk."""
    in_memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(prefix="kassa-power-", dir=in_memory if in_memory.is_dir() else None) as name:
        yield Path(name)


def run(setup: Setup, seeds: Sequence[int]) -> Counts:
    """All seeds on one setup, added up."""
    total = Counts()
    for seed in seeds:
        with a_folder() as folder:
            (folder / "till").mkdir()
            machine.mount()
            counts = History(setup, seed, folder).run()
        for name, value in asdict(counts).items():
            setattr(total, name, getattr(total, name) + value)
        if seed % 500 == 499:
            say(f"{setup.name} … {seed}: {total.cuts} cuts, {total.harm} harmed")
    return total


def remembered(setup: Setup) -> list[int]:
    """The seeds that once found a fault with this setup: they are run every time."""
    lines = SEEDS.read_text(encoding="utf-8").splitlines()
    named = [line.split() for line in lines if line and not line.startswith("#")]
    return [int(words[1]) for words in named if words[0] == setup.name]


def holds(setup: Setup, counts: Counts) -> bool:
    """Whether a setup did what it must: keep all, or be caught losing."""
    return (counts.harm > 0) if setup.loses else counts.harm == 0 and (setup.heals or counts.proofs_lost == 0)


def say(text: str) -> None:
    """Tell how far it has come."""
    sys.stderr.write(text + "\n")


def main(arguments: Sequence[str]) -> int:
    """Run the seeds; 0 when every setup did what it must."""
    parser = argparse.ArgumentParser(prog="python -m tests.power.cuts")
    parser.add_argument("--seeds", default="0-99", help="A-B, both included")
    parser.add_argument("--setup", choices=[setup.name for setup in SETUPS], action="append")
    asked = parser.parse_args(arguments)
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    logging.disable(logging.CRITICAL)
    outcome, good = {}, True
    for setup in SETUPS:
        if not asked.setup or setup.name in asked.setup:
            counts = run(setup, [*remembered(setup), *seeds])
            good = good and holds(setup, counts)
            failed = counts.failed
            counts.failed = [] if setup.loses else failed[:20]
            outcome[setup.name] = asdict(counts) | {"holds": holds(setup, counts)}
            say(f"{setup.name}: {json.dumps(outcome[setup.name])}")
    sys.stdout.write(json.dumps(outcome) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
