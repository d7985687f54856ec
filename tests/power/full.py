"""T7, a disk that is full: a real small file system, filled before every act of a till's day, to the last page.

    python -m tests.power.full [--file-system tmpfs|ext4|quota]          tmpfs needs Linux, ext4 also root

The file system is mounted in a namespace of our own (`unshare`); "quota" is a disk of `disk.py` that gives no more than
it has, for where nothing can be mounted. Before each act, in turn, it is filled so that 0, 1, 2 … pages are left, until
the act gets through. An act that does not get through says DiskFull and has stored nothing; when there is room again it
does. At the end nothing acknowledged is missing, and the auditor finds nothing. On a larger disk the guard of
`kassaapp.journal.space` is at work: sales are refused in time, and with its ballast the day is closed on a full disk.
"""

import argparse
import errno
import json
import logging
import os
import random
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from kassaapp import configuration, demo
from kassaapp.domain.disk_room import REFUSE_BELOW
from kassaapp.domain.errors import DiskAlmostFull
from kassaapp.domain.events import Event
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.journal.space import BALLAST_NAME, Space, free_bytes
from kassaapp.register import Register
from kassaapp.trouble import DiskFailed, DiskFull, Trouble
from kassaapp.verify.audit import audit
from tests.builders import CASH, MORNING, a_patient
from tests.power import machine
from tests.power.cuts import BROKEN, a_folder, say
from tests.power.disk import Act, Disk, Step, What, happens
from tests.power.region import TILL, Region
from tests.power.till import SHIPPED, Till, checkpoint_every

PAGE = 4096
MOST_PAGES = 200
"""An act that does not get through with so much left never will."""
SIZES_MB = (8, 400)
PLENTY = 10**12
INSIDE = "inside"


class Violation(Exception):
    """The till did what it must never do."""


@dataclass(slots=True)
class Counts:
    """What happened, added up. `pages` is how many each act needed at most."""

    acts: int = 0
    refused: int = 0
    not_started: int = 0
    second_medium_lost: int = 0
    guarded: int = 0
    pages: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


class Room(Protocol):
    """What decides how much room there is on a disk."""

    def leave(self, pages: int) -> None:
        """From now on there are so many pages."""

    def free(self) -> None:
        """There is plenty."""

    def left(self, folder: Path) -> int:
        """How many bytes there are, as the till asks it."""


class Quota:
    """The room of a disk that counts."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._left = 0

    def leave(self, pages: int) -> None:
        self._left = pages * PAGE
        self._disk.fate = self

    def free(self) -> None:
        self._disk.fate = happens

    def left(self, folder: Path) -> int:
        return PLENTY if self._disk.fate is happens else self._left

    def __call__(self, step: Step, act: Act) -> None:
        if step.what is What.REMOVE:
            self._left += step.path.stat().st_size
        if step.what is not What.WRITE or step.file is None:
            act(step)
            return
        grows = max(step.at + len(step.data) - os.fstat(step.file.fd).st_size, 0)
        fits = len(step.data) - max(grows - self._left, 0)
        self._left -= min(grows, self._left)
        if fits > 0:
            act(Step(What.WRITE, step.path, step.file, step.at, step.data[:fits]))
        if fits < len(step.data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(step.path))


class Filler:
    """Takes all the room there is on a disk, but for some pages."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filler"

    def leave(self, pages: int) -> None:
        """Fill the disk so that so many pages are left."""
        with self._path.open("ab", buffering=0) as file:
            for piece in (256 * PAGE, 16 * PAGE, PAGE, 512, 1):
                with suppress(OSError):
                    while file.write(b"x" * piece) == piece:
                        pass
            os.fsync(file.fileno())
        if pages:
            os.truncate(self._path, max(self._path.stat().st_size - pages * PAGE, 0))

    def free(self) -> None:
        """Give it all back."""
        self._path.unlink(missing_ok=True)

    def left(self, folder: Path) -> int:
        """How many bytes there are, as the till asks it."""
        return free_bytes(folder)


class Shift:
    """A till that does one act after the other, each on a full disk until it gets through."""

    def __init__(self, folder: Path, room: Room, counts: Counts) -> None:
        setattr(secrets, "_sysrand", random.Random(7))  # noqa: B010
        self._folder = folder
        folder.mkdir()
        self._room = room
        self._till = Till(self._folder, Region(), random.Random("full"))
        self._acknowledged: list[bytes] = []
        self._counts = counts

    def run(self) -> None:
        """The whole of it. Raises Violation."""
        self._act("enrol", self._till.enrol)
        self._act("first start", self._start)
        self._sell(3)
        self._act("proof", self._till.contact)
        self._act("batch", lambda: self._append(self._till.counter.drawers))
        self._act("configuration", self._till.take_configuration)
        self._act("day's close", lambda: self._append(self._till.counter.closing))
        self._act("close of the program", self._close)
        self._act("start", self._start)
        self._sell(2)
        self._till.abandon()
        self._act("start after a kill", self._start)
        self._sell(1)
        self._close()
        self._start()
        self._close()
        found = [finding.text for finding in audit(self._till.path).findings]
        if found:
            raise Violation(f"the auditor finds: {found[0]}")

    def _act(self, name: str, act: Callable[[], object]) -> None:
        """Do it with 0, 1, 2 … pages left, until it gets through."""
        for pages in range(MOST_PAGES):
            self._counts.acts += 1
            self._room.leave(pages)
            count = self._till.journal.count() if self._till.is_open else -1
            try:
                act()
            except (DiskFull, DiskFailed) as trouble:
                self._was_refused(trouble, count)
                continue
            finally:
                self._room.free()
            self._counts.pages[name] = max(self._counts.pages.get(name, 0), pages)
            return
        raise Violation(f"{name}: never got through")

    def _was_refused(self, trouble: Trouble, count: int) -> None:
        self._counts.refused += 1
        if not self._till.is_open:
            self._counts.not_started += count < 0
            return
        if isinstance(trouble, DiskFailed):
            raise Violation("a full disk is not a broken one") from trouble
        if self._till.journal.count() != count:
            raise Violation("full, and something was stored") from trouble

    def _start(self) -> None:
        opened = self._till.start()
        there = [written.hash for written in opened.past][1:]
        if there[: len(self._acknowledged)] != self._acknowledged:
            raise Violation("something acknowledged is missing")
        if len(there) > len(self._acknowledged):
            raise Violation("something that was refused is there")

    def _sell(self, times: int) -> None:
        counter = self._till.counter
        for _ in range(times):
            while counter.before_a_sale():
                self._act("before a sale", lambda: self._append(counter.before_a_sale))
            self._act("sale", lambda: self._append(counter.next_sale))

    def _append(self, make: Callable[[], Sequence[Event]]) -> None:
        self._acknowledged += [written.hash for written in self._till.append(make())]
        self._counts.second_medium_lost += self._till.journal.second_medium_lost

    def _close(self) -> None:
        self._till.close()


def run_shifts(disk: Path, room: Room, counts: Counts) -> None:
    """One act after the other; once as shipped, once with the log copied into the file after every act. Raises
    Violation."""
    for pages in (SHIPPED, 1):
        checkpoint_every(pages)
        Shift(disk / f"every-{pages}", room, counts).run()
    checkpoint_every(SHIPPED)


class Counter:
    """The till's register with its space guard, as the desk puts them together, and a clock that stands."""

    def __init__(self, folder: Path, free: Callable[[Path], int]) -> None:
        self.till = Till(folder, Region(), random.Random("guard"))
        if not (folder / "clinic.toml").exists():
            demo.enrol(folder, now=lambda: MORNING, tills=(TILL,))
        opened = self.till.start()
        journal = opened.journal
        prices = configuration.read(0, journal.configurations.contents(0), journal.enrolment.clinic)
        self.space = Space(folder, free=free)
        self.register = Register(journal, opened.past, prices, now=lambda: MORNING, space=self.space)

    def sell(self) -> None:
        """A visit, paid in cash. Raises DiskAlmostFull, DiskFull."""
        self.register.sell(a_patient(), [Wish(1)], [CASH])


def close_the_day(disk: Path, room: Room, counts: Counts) -> None:
    """The disk fills up while the till sells: it warns, refuses sales, lets its ballast go, and the day is closed; when
    there is room again it sells, and has its ballast back. Raises Violation."""
    folder = disk / "guarded"
    folder.mkdir()
    counter = Counter(folder, room.left)
    counter.register.sign_in("anber", "123456")
    counter.register.open_session(100_000)
    counter.sell()
    _expect(folder / BALLAST_NAME, there=True)
    for pages in (REFUSE_BELOW // PAGE - 10, 0):
        room.leave(pages)
        before = counter.till.journal.count()
        try:
            counter.sell()
        except DiskAlmostFull:
            counts.guarded += 1
        if counter.till.journal.count() != before or counter.register.state.next_receipt != 2:
            raise Violation("a sale on a full disk")
    counter.register.close_session(Count(120_000), "123456")
    _expect(folder / BALLAST_NAME, there=False)
    room.free()
    counter.register.open_session(120_000)
    counter.sell()
    _expect(folder / BALLAST_NAME, there=True)
    counter.till.close()
    again = Counter(folder, room.left)
    if (again.register.state.next_z, again.register.state.next_receipt) != (2, 3) or audit(again.till.path).findings:
        raise Violation("the closed day is not whole")
    again.till.close()


def _expect(path: Path, *, there: bool) -> None:
    if path.exists() != there:
        raise Violation(f"{path.name} is {'not ' * there}there")


def on(small: tuple[Path, Room], large: tuple[Path, Room]) -> Counts:
    """Everything: one act after the other on the small disk, the guard of the space on the large one."""
    counts = Counts()
    for do, (disk, room) in ((run_shifts, small), (close_the_day, large)):
        try:
            do(disk, room, counts)
        except (Violation, *BROKEN) as wrong:
            counts.violations.append(f"{type(wrong).__name__}: {wrong}")
    return counts


def with_quota() -> Counts:
    """Everything, on a disk that counts."""
    with a_folder() as folder:
        disk = Disk(folder)
        machine.mount(disk)
        try:
            return on((folder, Quota(disk)), (folder, Quota(disk)))
        finally:
            machine.mount()
            disk.close()


# ── the small disk ───────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _mounting(file_system: str) -> Iterator[list[str]]:
    """A command that mounts a small and a large disk in a namespace of its own, and goes on there."""
    with tempfile.TemporaryDirectory(prefix="kassa-full-") as name:
        mounts, places = [], []
        for size_mb in SIZES_MB:
            place, image = Path(name) / f"{size_mb}", Path(name) / f"{size_mb}.img"
            place.mkdir()
            places.append(str(place))
            mounts.append(f"mount -t tmpfs -o size={size_mb}m none {place}")
            if file_system == "ext4":
                image.touch()
                os.truncate(image, size_mb * 1024 * 1024)
                subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=True)
                mounts[-1] = f"mount -o loop {image} {place}"
        root = ["-r"] if file_system == "tmpfs" else []
        script = f'{" && ".join(mounts)} && exec "$@"'
        yield [
            "unshare",
            *root,
            "-m",
            "sh",
            "-c",
            script,
            "sh",
            sys.executable,
            "-m",
            "tests.power.full",
            INSIDE,
            *places,
        ]


def main(arguments: Sequence[str]) -> int:
    """Mount, and run there; 0 when nothing was violated."""
    logging.disable(logging.CRITICAL)
    if arguments[:1] == [INSIDE]:
        small, large = (Path(name) for name in arguments[1:])
        return _told(on((small, Filler(small)), (large, Filler(large))))
    parser = argparse.ArgumentParser(prog="python -m tests.power.full")
    parser.add_argument("--file-system", choices=("tmpfs", "ext4", "quota"), default="tmpfs")
    file_system = parser.parse_args(arguments).file_system
    if file_system == "quota":
        return _told(with_quota())
    with _mounting(file_system) as command:
        return subprocess.run(command, check=False).returncode


def _told(counts: Counts) -> int:
    say(json.dumps(asdict(counts), indent=1))
    sys.stdout.write(json.dumps(asdict(counts)) + "\n")
    return 1 if counts.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
