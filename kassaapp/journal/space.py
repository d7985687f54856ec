"""Keeps room on the disk for closing the day: 64 MB of ballast that is let go when nothing else is left (RECORDS 2.5).

What adds is refused while there still is room (`domain.disk_room`), but another program may fill the disk in a minute.
The ballast is put back when there is room for it again.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kassaapp.domain.disk_room import REFUSE_BELOW, DiskRoom
from kassaapp.trouble import DiskFailed

BALLAST_NAME = "ballast"
BALLAST_BYTES = 64 * 1024 * 1024
SPENT_BELOW = 8_000_000
"""Bytes. With less an act may not get through: the write-ahead log alone may grow to half of it."""
_PIECE = 1024 * 1024


def free_bytes(folder: Path) -> int:
    """How many bytes this user may still write on the folder's disk. Raises OSError."""
    return shutil.disk_usage(folder).free


class Space:
    """The room on the disk of one folder. `ballast_bytes` is 0 for a demo; `free` asks the disk."""

    def __init__(
        self, folder: Path, *, ballast_bytes: int = BALLAST_BYTES, free: Callable[[Path], int] = free_bytes
    ) -> None:
        self._folder = folder
        self._ballast = folder / BALLAST_NAME
        self._ballast_bytes = ballast_bytes
        self._free = free

    def room(self) -> DiskRoom:
        """The room there is, not counting what the ballast needs to be put back; it is, when there is room for it.

        Asks the disk each time, which takes some microseconds. Raises DiskFailed."""
        free = self._asked()
        owed = 0 if self._is_whole() else self._ballast_bytes
        if owed and free >= REFUSE_BELOW + owed:
            self._put_back()
        return DiskRoom(max(free - owed, 0))

    def is_spent(self) -> bool:
        """Whether so little is left that an act may not get through. Raises DiskFailed."""
        return self._asked() < SPENT_BELOW

    def let_go(self) -> bool:
        """Give the ballast's room to whoever writes next; whether there was any to give."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True

    def _asked(self) -> int:
        try:
            return self._free(self._folder)
        except OSError as error:
            raise DiskFailed(error.strerror) from None

    def _is_whole(self) -> bool:
        try:
            return self._ballast.stat().st_size >= self._ballast_bytes
        except OSError:
            return self._ballast_bytes == 0

    def _put_back(self) -> None:
        """All of it or nothing; a disk that will not give it now is asked again."""
        try:
            with self._ballast.open("wb") as file:
                _reserve(file.fileno(), self._ballast_bytes)
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                self._ballast.unlink()


def _reserve(file: int, size: int) -> None:
    """Make the disk set `size` bytes aside. Where it cannot be asked to, they are written: at random, for a file system
    that compresses would take nothing of zeros."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
        return
    piece = os.urandom(_PIECE)
    for start in range(0, size, _PIECE):
        os.write(file, piece[: size - start])
