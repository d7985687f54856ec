"""A disk that answers with an error, once or for ever: SQLite sees it through a VFS of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import apsw.sqlite_extra
import pytest

from kassaapp.journal import database

NAME = "failing"
ERRORS = {
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "read": apsw.SQLITE_IOERR_READ,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
}


class FailingDisk:
    """Counts what SQLite asks of the disk; the question number `fails_at` of a kind, and all after it, get an error."""

    def __init__(self) -> None:
        self.kind = ""
        self.fails_at = 0
        self.asked = 0

    def fail(self, kind: str, at: int = 1) -> None:
        """From the next question of that kind on, or the one after it…"""
        self.kind, self.fails_at, self.asked = kind, at, 0

    def heal(self) -> None:
        """Answer as ever."""
        self.kind = ""

    def ask(self, kind: str) -> None:
        """Answer one question. Raises what SQLite takes for an I/O error."""
        if kind != self.kind:
            return
        self.asked += 1
        if self.asked >= self.fails_at:
            error: Any = apsw.IOError(kind)
            error.extendedresult = ERRORS[kind]
            raise error

    @property
    def has_failed(self) -> bool:
        """Whether a question got an error since `fail`."""
        return self.asked >= self.fails_at


class _File(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: "str | apsw.URIFilename | None", flags: list[int]) -> None:
        self._disk = disk
        super().__init__(_BASE, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.ask("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.ask("sync")
        super().xSync(flags)

    def xRead(self, amount: int, offset: int) -> bytes:
        self._disk.ask("read")
        return super().xRead(amount, offset)

    def xTruncate(self, newsize: int) -> None:
        self._disk.ask("truncate")
        super().xTruncate(newsize)


class _Vfs(apsw.VFS):
    def __init__(self, disk: FailingDisk) -> None:
        self._disk = disk
        super().__init__(NAME, base=_BASE)

    def xOpen(self, name: "str | apsw.URIFilename | None", flags: list[int]) -> apsw.VFSFile:
        return _File(self._disk, name, flags)


_BASE = database.VFS


@contextmanager
def failing_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    """Journals that are opened inside lie on a disk that can fail."""
    if _BASE not in apsw.vfs_names():
        with apsw.Connection(":memory:") as registering:
            apsw.sqlite_extra.load(registering, "cksumvfs")
    disk = FailingDisk()
    vfs = _Vfs(disk)
    with monkeypatch.context() as patched:
        patched.setattr(database, "VFS", NAME)
        yield disk
    vfs.unregister()
