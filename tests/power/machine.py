"""This process's disks: puts them below its SQLite and below Python's own files, so that the shipped code runs on them.

SQLite: a VFS that is the default before the checksums' one is loaded, which then stacks itself on ours. Python: `open`
gives a file whose writes are steps, `os.fsync` is ours, and an audit hook sees the rest (`os.rename`, `os.remove`,
`os.open`). Done once in a process of its own; a file that is on none of its disks is left alone.
"""

import builtins
import errno
import io
import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import apsw

from tests.power.disk import Disk, PowerCut, Step, Unseen, What

_disks: list[Disk] = []
_really_open = io.open
_really_fsync = os.fsync

P = ParamSpec("P")
R = TypeVar("R")


def mount(*disks: Disk) -> None:
    """These are the machine's disks from now on."""
    if "power" not in apsw.vfs_names():
        _install()
    _disks[:] = disks


def disk_of(path: Path) -> Disk | None:
    """The disk that a path is on, or None; also None while that disk itself is at work."""
    for disk in _disks:
        if path.is_relative_to(disk.folder):
            return None if disk.is_unseen else disk
    return None


def _install() -> None:
    assert "cksmvfs" not in apsw.vfs_names(), "the checksums' VFS lies below ours: take a fresh process"
    _keep.append(_Vfs())
    sys.addaudithook(_hook)
    setattr(io, "open", _open)  # noqa: B010  # mypy will not have a function assigned to.
    setattr(builtins, "open", _open)  # noqa: B010
    setattr(os, "fsync", _fsync)  # noqa: B010
    setattr(apsw, "Connection", _Connection)  # noqa: B010
    setattr(shutil, "_USE_CP_SENDFILE", False)  # noqa: B010
    sys.unraisablehook = _unraisable


_keep: list[object] = []


def _unraisable(unraisable: Any) -> None:
    """A power cut that fell into a place where nothing can be raised has done its work."""
    if not isinstance(unraisable.exc_value, PowerCut | apsw.Error | OSError):
        sys.__unraisablehook__(unraisable)


def _check_alive(disk: Disk, process: int) -> None:
    if disk.process != process:
        raise PowerCut


# ── below SQLite ─────────────────────────────────────────────────────────────────────────────────────────────────────

_EXTENDED = {
    What.WRITE: apsw.SQLITE_IOERR_WRITE,
    What.SYNC: apsw.SQLITE_IOERR_FSYNC,
    What.SYNC_FOLDER: apsw.SQLITE_IOERR_DIR_FSYNC,
    What.TRUNCATE: apsw.SQLITE_IOERR_TRUNCATE,
    What.REMOVE: apsw.SQLITE_IOERR_DELETE,
}


def _as_sqlite_says(what: What) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Errors of the disk in SQLite's words, as its own VFS for Unix translates them."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def translated(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(*args, **kwargs)
            except OSError as error:
                raise _translated(what, error) from None

        return translated

    return decorate


def _translated(what: What, error: OSError) -> apsw.Error:
    if what is What.CREATE:
        return apsw.CantOpenError(error.strerror)
    if what is What.WRITE and error.errno == errno.ENOSPC:
        return apsw.FullError("database or disk is full")
    made: Any = apsw.IOError(error.strerror)
    made.extendedresult = _EXTENDED[what]
    return cast("apsw.Error", made)


class _SqliteFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], disk: Disk, path: Path) -> None:
        fresh = not path.exists()
        if fresh:
            disk.step(Step(What.CREATE, path), lambda _: super(_SqliteFile, self).__init__("unix", name, flags))
        else:
            super().__init__("unix", name, flags)
        self._disk, self._path, self._file, self._process = disk, path, disk.file(path), disk.process
        logs = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
        self._name_is_unsynced = fresh and bool(flags[0] & logs)

    @_as_sqlite_says(What.WRITE)
    def xWrite(self, data: Any, offset: int) -> None:
        _check_alive(self._disk, self._process)
        self._disk.write(self._path, self._file, offset, bytes(data))

    @_as_sqlite_says(What.TRUNCATE)
    def xTruncate(self, newsize: int) -> None:
        _check_alive(self._disk, self._process)
        self._disk.truncate(self._path, self._file, newsize)

    @_as_sqlite_says(What.SYNC)
    def xSync(self, flags: int) -> None:
        _check_alive(self._disk, self._process)
        self._disk.sync(self._path, self._file)
        if self._name_is_unsynced:  # As SQLite's own VFS does for a journal or log it has created.
            self._disk.sync_folder(self._path.parent)
            self._name_is_unsynced = False


class _Connection(apsw.Connection):
    """SQLite keeps to itself what fails while it closes: the log stays, and nothing is lost. APSW tells of it when the
    VFS is in Python; this one does as it does with any other VFS."""

    def close(self, force: bool = False) -> None:
        with suppress(apsw.Error):
            super().close(force)


class _Vfs(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("power", "unix", makedefault=True)

    @_as_sqlite_says(What.CREATE)
    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        disk = disk_of(path) if name else None
        return apsw.VFSFile("unix", name, flags) if disk is None else _SqliteFile(name, flags, disk, path)

    @_as_sqlite_says(What.REMOVE)
    def xDelete(self, filename: str, syncdir: bool) -> None:
        path = Path(filename)
        disk = disk_of(path)
        if disk is None or not path.exists():
            super().xDelete(filename, syncdir)
            return
        disk.step(Step(What.REMOVE, path), lambda _: super(_Vfs, self).xDelete(filename, syncdir=False))
        if syncdir:
            disk.sync_folder(path.parent)


# ── below Python ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _PythonFile(io.FileIO):
    """A file opened for writing; what is written goes to the disk step by step."""

    def __init__(self, file: Any, mode: str, disk: Disk, path: Path, closefd: bool) -> None:
        if isinstance(file, int):
            super().__init__(file, "r+", closefd)
        else:
            fresh = not path.exists()
            if "x" in mode and not fresh:
                raise FileExistsError(errno.EEXIST, "File exists", str(path))
            if fresh and "r" not in mode:
                disk.step(Step(What.CREATE, path), partial(_create, disk))
            super().__init__(path, "r+")
        self._disk, self._path, self._file, self._process = disk, path, disk.file(path), disk.process
        self._at_end = "a" in mode
        if "w" in mode and os.fstat(self.fileno()).st_size:
            disk.truncate(path, self._file, 0)
        if self._at_end:
            self.seek(0, io.SEEK_END)

    def write(self, data: Any, /) -> int:
        _check_alive(self._disk, self._process)
        raw = bytes(data)
        at = os.fstat(self.fileno()).st_size if self._at_end else self.tell()
        self._disk.write(self._path, self._file, at, raw)
        self.seek(at + len(raw))
        return len(raw)

    def truncate(self, size: int | None = None, /) -> int:
        _check_alive(self._disk, self._process)
        length = self.tell() if size is None else size
        self._disk.truncate(self._path, self._file, length)
        return length


def _create(disk: Disk, step: Step) -> None:
    with disk.unseen():
        os.close(os.open(step.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))


def _open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """`open`, for files on our disks that are opened for writing; any other goes its usual way."""
    path = _path(file)
    disk = disk_of(path) if set(mode) & set("wax+") else None
    if disk is None:
        return _really_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    if buffering > 0 or opener is not None:
        raise Unseen("a way to open that is not known here")
    raw = _PythonFile(file, mode, disk, path, closefd)
    if buffering == 0:
        return raw
    buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)


def _path(file: Any) -> Path:
    return Path(os.readlink(f"/proc/self/fd/{file}") if isinstance(file, int) else os.fspath(file))


def _fsync(fd: int) -> None:
    path = _path(fd)
    disk = disk_of(path)
    if disk is None:
        _really_fsync(fd)
    elif stat.S_ISDIR(os.fstat(fd).st_mode):
        disk.sync_folder(path)
    else:
        disk.sync(path, disk.file(path))


def _hook(event: str, args: tuple[Any, ...]) -> None:
    """What happens to names: seen before it is done, so that it can be stopped."""
    if event in ("os.remove", "os.rename", "os.truncate") or (event == "open" and args[1] is None):
        path = Path(os.fsdecode(args[0])) if not isinstance(args[0], int) else _path(args[0])
        disk = disk_of(path)
        if disk is None:
            return
        if event == "os.truncate":
            raise Unseen(event)
        what = {"os.remove": What.REMOVE, "os.rename": What.RENAME, "open": What.CREATE}[event]
        if what is not What.CREATE or (args[2] & os.O_CREAT and not path.exists()):
            disk.step(Step(what, path), _nothing)
        elif args[2] & os.O_TRUNC and path.exists():
            disk.truncate(path, disk.file(path), 0)


def _nothing(step: Step) -> None:
    """Python does it itself, right after."""
