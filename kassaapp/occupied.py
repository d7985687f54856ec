"""One program at a time at a desk, whichever account of the computer it runs under, and a word for the next one: who is
there, and since when.

A file in the desk's folder, locked for as long as the program lives. Its text is taken away at an ordinary end, so that
what is found in a file that nobody holds tells of a program that ended in another way.
"""

import json
import logging
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

from kassaapp.trouble import JournalInUse, NotPermitted

log = logging.getLogger(__name__)
NAME = "in-use"
MAX_BYTES = 4096
_TRIES, _BETWEEN_TRIES_S = 5, 0.1
"""Whoever only looks holds the file for a moment."""
_LOCKED_AT = 1 << 30
"""Windows locks bytes, and nobody else may then read them: one far behind the text."""


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who runs the program at a desk: the computer's account, and since when. Nothing that is evidence."""

    by: str
    since: datetime


class Occupied:
    """A desk that is this program's until `close`. `left` is who had it before and did not end in order, or None."""

    def __init__(self, folder: Path, at: datetime) -> None:
        """Take the desk in `folder`. Raises JournalInUse, NotPermitted. A disk that will not have the file stops
        nothing: the journals have locks of their own."""
        self.left: Occupant | None = None
        self._file: FileIO | None = None
        try:
            file = _opened(folder / NAME)
        except PermissionError:
            raise NotPermitted from None
        except OSError as error:
            log.warning("the desk could not be marked as in use: %s", type(error).__name__)
            return
        if not _locked_in_time(file):
            there = _read(file)
            file.close()
            raise JournalInUse("" if there is None else there.by, None if there is None else there.since)
        self._file = file
        self.left = _read(file)
        _write(file, json.dumps({"by": account(), "since": at.isoformat()}))

    def close(self) -> None:
        """Give the desk back."""
        if self._file is not None:
            _write(self._file, "")
            self._file.close()
            self._file = None


def occupant(folder: Path) -> Occupant | None:
    """Who runs the program at the desk in `folder` now; None when nobody does. Raises OSError when one may not look."""
    try:
        file = FileIO(folder / NAME)
    except FileNotFoundError:
        return None
    with file:
        if not _lock(file):
            return _read(file) or Occupant("", datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime).astimezone())
    return None


def left_behind(folder: Path) -> Occupant | None:
    """Who had the desk in `folder` and did not end in order: of nobody's use while somebody runs it."""
    with suppress(OSError), FileIO(folder / NAME) as file:
        return _read(file)
    return None


def _opened(path: Path) -> FileIO:
    return FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o660), "r+")


def _locked_in_time(file: FileIO) -> bool:
    for _ in range(_TRIES):
        if _lock(file):
            return True
        time.sleep(_BETWEEN_TRIES_S)
    return False


if sys.platform == "win32":
    import getpass
    import msvcrt

    def account() -> str:
        """What the account is called that this program runs under."""
        return getpass.getuser()

    def _lock(file: FileIO) -> bool:
        """Lock the file until it is closed, unless somebody has."""
        file.seek(_LOCKED_AT)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl
    import pwd

    def account() -> str:
        """What the account is called that this program runs under; not what the environment says it is."""
        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return str(os.geteuid())

    def _lock(file: FileIO) -> bool:
        """Lock the file until it is closed, unless somebody has."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _read(file: FileIO) -> Occupant | None:
    try:
        file.seek(0)
        said = json.loads(file.read(MAX_BYTES) or b"")
        return Occupant(str(said["by"]), datetime.fromisoformat(said["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: FileIO, text: str) -> None:
    with suppress(OSError):  # Of no use on a disk that is full; the lock is what counts.
        file.seek(0)
        file.truncate()
        file.write(text.encode())
