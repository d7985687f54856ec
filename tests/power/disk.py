"""A disk whose power can be cut: what was synced stays, and of the rest a seed keeps whatever a real disk might keep.

The files are real ones in a folder of their own, so a running till sees them as ever. What is kept beside them is what
would be left: of each file the bytes as last synced and every write and truncation since, of each folder the names as
last synced. When the power is cut, each write since the last sync is kept, lost, torn at sectors of 512 bytes or filled
with rubbish, in any order; names come back or vanish. Sectors that were not being written are never harmed: SQLite is
told the same by the VFS it has on Linux (SQLITE_IOCAP_POWERSAFE_OVERWRITE).

Everything that changes the disk is a step, and a disk's `fate` decides what becomes of each step before it is done.
"""

import enum
import os
import random
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


class PowerCut(BaseException):
    """The power is gone. Not an Exception, for no program can catch it and go on."""


class Unseen(Exception):
    """Something changed the disk in a way that it does not see: the test itself is at fault."""


class What(enum.StrEnum):
    """What a step does to the disk."""

    CREATE = "create"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    SYNC_FOLDER = "sync-folder"
    REMOVE = "remove"
    RENAME = "rename"


@dataclass(eq=False, slots=True)
class File:
    """One file, whatever its name is now. `fd` keeps its number from being given to another."""

    fd: int
    synced: bytearray
    since: list["Step"] = field(default_factory=list)
    has_forgotten: bool = False

    def forget(self) -> None:
        """What was written since the last sync is shown to programs, and will never be on the platter: what Linux does
        with a page after a sync that failed."""
        self.since.clear()
        self.has_forgotten = True

    def now(self) -> bytes:
        """Its bytes as programs see them."""
        return os.pread(self.fd, os.fstat(self.fd).st_size, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One change to the disk. `at` is where a write goes, or the new size; `file` is None for what happens to names."""

    what: What
    path: Path
    file: File | None = None
    at: int = 0
    data: bytes = b""


Act = Callable[[Step], None]
Fate = Callable[[Step, Act], None]


def happens(step: Step, act: Act) -> None:
    """The fate of every step on a good day."""
    act(step)


@dataclass(frozen=True, slots=True)
class Loss:
    """How much one power cut keeps: of each piece the chance that it stays, whether pieces are sectors or whole writes,
    whether only what came first stays, and the chance that a piece is rubbish."""

    kept: float
    whole_writes: bool
    in_order: bool
    rubbish: float
    names_kept: float

    @classmethod
    def drawn(cls, chance: random.Random) -> "Loss":
        """One of the many ways to lose."""
        return cls(
            kept=chance.choice((0.0, 0.1, 0.5, 0.9, 1.0)),
            whole_writes=chance.random() < 0.3,
            in_order=chance.random() < 0.25,
            rubbish=chance.choice((0.0, 0.0, 0.0, 0.1)),
            names_kept=chance.choice((0.0, 0.5, 1.0)),
        )


class Disk:
    """The disk that holds everything below `folder`. `lies`: it says that it has synced, and has not."""

    def __init__(self, folder: Path, *, lies: bool = False) -> None:
        self.folder = folder
        self.lies = lies
        self.fate: Fate = happens
        self.is_off = False
        self.is_unseen = False
        self.process = 0
        """The number of the process that is running: what an earlier one held open writes nothing more."""
        self._files: dict[tuple[int, int], File] = {}
        self._names: dict[Path, File] = {}
        self._left: dict[Path, tuple[int, bytes]] = {}
        self._adopt()

    # ── what programs do ─────────────────────────────────────────────────────────────────────────────────────────

    def step(self, step: Step, act: Act) -> None:
        """Do one step, if the fates allow. Raises PowerCut, OSError."""
        if self.is_off:
            raise PowerCut
        self.fate(step, act)

    def file(self, path: Path) -> File:
        """The file of that name."""
        known = os.stat(path)
        file = self._files.get((known.st_dev, known.st_ino))
        if file is None:
            with self.unseen():
                file = File(os.open(path, os.O_RDWR), bytearray())
            if known.st_size:
                file.since.append(Step(What.WRITE, path, file, 0, file.now()))
            self._files[known.st_dev, known.st_ino] = file
        return file

    def write(self, path: Path, file: File, at: int, data: bytes) -> None:
        """Write; in memory until it is synced."""
        self.step(Step(What.WRITE, path, file, at, data), self._write)

    def truncate(self, path: Path, file: File, size: int) -> None:
        """Make the file that long; in memory until it is synced."""
        self.step(Step(What.TRUNCATE, path, file, size), self._truncate)

    def sync(self, path: Path, file: File) -> None:
        """Everything written to the file is safe when this returns."""
        self.step(Step(What.SYNC, path, file), self._sync)

    def sync_folder(self, folder: Path) -> None:
        """Every name in the folder is safe when this returns."""
        self.step(Step(What.SYNC_FOLDER, folder), self._sync_folder)

    def _write(self, step: Step) -> None:
        assert step.file is not None
        os.pwrite(step.file.fd, step.data, step.at)
        step.file.since.append(step)

    def _truncate(self, step: Step) -> None:
        assert step.file is not None
        with self.unseen():
            os.ftruncate(step.file.fd, step.at)
        step.file.since.append(step)

    def _sync(self, step: Step) -> None:
        assert step.file is not None
        if not self.lies:
            _replay(step.file.synced, step.file.since)
            step.file.since.clear()

    def _sync_folder(self, step: Step) -> None:
        if not self.lies:
            elsewhere = {path: file for path, file in self._names.items() if path.parent != step.path}
            self._names = elsewhere | {path: file for path, file in self._listed() if path.parent == step.path}

    # ── what the power does, and the end of a process ────────────────────────────────────────────────────────────────

    def lose_power(self, chance: random.Random) -> None:
        """From now on nothing reaches the disk. What is left is decided here, before anyone can tidy up."""
        loss = Loss.drawn(chance)
        self._left = {
            path: (stat.S_IMODE(os.fstat(file.fd).st_mode), _after(file, loss, chance))
            for path, file in self._names_left(loss, chance)
        }
        self.is_off = True

    def end_process(self) -> None:
        """What was written is there, synced or not; nothing more comes of this process."""
        self.process += 1
        self.fate = happens

    def settle(self) -> None:
        """Everything is on the platter: time has passed."""
        self._adopt()

    def come_back(self) -> None:
        """The power is back: the folder holds what was left, and all of that is on the platter."""
        self.close()
        with self.unseen():
            for path in [path for path in self.folder.rglob("*") if path.is_file()]:
                path.unlink()
            for path, (mode, raw) in self._left.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                path.chmod(mode)
        self._adopt()

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What is done here is the disk's own doing, and no step."""
        before, self.is_unseen = self.is_unseen, True
        try:
            yield
        finally:
            self.is_unseen = before

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files.values():
            os.close(file.fd)
        self._files.clear()

    def _adopt(self) -> None:
        """All that is here is safe, and there is power."""
        for _, file in self._listed():
            file.synced[:] = file.now()
            file.since.clear()
        self._names = dict(self._listed())
        self.process += 1
        self.is_off = False
        self.fate = happens

    def _listed(self) -> Iterator[tuple[Path, File]]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, self.file(path)

    def _names_left(self, loss: Loss, chance: random.Random) -> Iterator[tuple[Path, File]]:
        """The names there are after the cut: a file that got another name has one of the two, never both or none."""
        before, now = self._names, dict(self._listed())
        changed = [path for path in sorted(before.keys() | now.keys()) if before.get(path) is not now.get(path)]
        left = {path: file for path, file in now.items() if path not in changed}
        for group in _moved_together(changed, before, now):
            names = now if chance.random() < loss.names_kept else before
            left |= {path: names[path] for path in group if path in names}
        yield from sorted(left.items(), key=lambda item: item[0])


def _moved_together(changed: Sequence[Path], before: dict[Path, File], now: dict[Path, File]) -> list[set[Path]]:
    """Names that changed, those of the same file together."""
    groups: list[set[Path]] = []
    for path in changed:
        files = {before.get(path), now.get(path)} - {None}
        related = [group for group in groups if any({before.get(name), now.get(name)} & files for name in group)]
        groups = [group for group in groups if group not in related]
        groups.append({path}.union(*related))
    return groups


def _replay(raw: bytearray, steps: Sequence[Step]) -> None:
    """Do to the bytes what was done to the file."""
    for step in steps:
        if step.what is What.TRUNCATE:
            _resize(raw, step.at)
        else:
            _put(raw, step.at, step.data)


def _after(file: File, loss: Loss, chance: random.Random) -> bytes:
    """What is left of a file: as synced, and a choice of what was done since."""
    now = bytearray(file.synced)
    _replay(now, file.since)
    if now != file.now() and not file.has_forgotten:
        raise Unseen("a file was written to behind the disk's back")
    left = bytearray(file.synced)
    for step in _kept(file.since, loss, chance):
        _replay(left, [step])
    if len(left) < len(now) and file.since and chance.random() < 0.2:
        _resize(left, len(now))  # The new size was on the platter, its contents were not.
    return bytes(left)


def _kept(steps: Sequence[Step], loss: Loss, chance: random.Random) -> Iterator[Step]:
    """The pieces that reached the platter, in the order in which they did."""
    if loss.in_order:
        whole = chance.randint(0, len(steps))
        yield from steps[:whole]
        steps = steps[whole : whole + 1]
    order = list(steps)
    if chance.random() < 0.5:
        chance.shuffle(order)
    for step in order:
        for piece in [step] if loss.whole_writes or step.what is What.TRUNCATE else _sectors(step):
            if chance.random() < loss.kept:
                yield piece
            elif chance.random() < loss.rubbish and piece.data:
                yield Step(What.WRITE, piece.path, piece.file, piece.at, chance.randbytes(len(piece.data)))


def _sectors(step: Step) -> Iterator[Step]:
    """A write cut where the disk's sectors end."""
    start, end = step.at, step.at + len(step.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Step(What.WRITE, step.path, step.file, start, step.data[start - step.at : stop - step.at])
        start = stop


def _put(raw: bytearray, at: int, data: bytes) -> None:
    if len(raw) < at:
        _resize(raw, at)
    raw[at : at + len(data)] = data


def _resize(raw: bytearray, size: int) -> None:
    if size < len(raw):
        del raw[size:]
    else:
        raw.extend(bytes(size - len(raw)))
