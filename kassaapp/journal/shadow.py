"""The second medium's file: the same records once more, appended on another disk (RECORDS 2.5).

The bytes are in `sync.wire.shadow`, since the region reads them too when a machine is gone. A frame is written and
synced after the commit and before anything is printed. Loss of the medium is a warning to a person, never a stop.
"""

import errno
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from kassaapp.journal import durable
from kassaapp.trouble import JournalUnreadable
from sync.wire import shadow
from sync.wire.errors import Malformed
from sync.wire.shadow import MAGIC, ShadowContent, StoredPart, StoredRecord

__all__ = ["MAGIC", "Shadow", "ShadowContent", "StoredPart", "StoredRecord", "read"]


class Shadow:
    """The open second medium of one chain. Errors of the file system come out as OSError: the caller warns. Its folder
    is there: one that is not may be that of a stick that is out, and would be made on the journal's own disk."""

    def __init__(self, path: Path, chain: bytes) -> None:
        self._file: FileIO = path.open("a+b", buffering=0)  # A buffer would write again what had failed.
        if self._file.tell() == 0:
            self._write(shadow.begin(chain))
            durable.sync_folder(path.parent)

    def append(self, records: Iterable[StoredRecord]) -> None:
        """Write records in one piece and sync them."""
        self._write(b"".join(shadow.encode(record) for record in records))

    def close(self) -> None:
        self._file.close()

    def _write(self, raw: bytes) -> None:
        if self._file.write(raw) != len(raw):
            raise OSError(errno.ENOSPC, "not all was written")
        os.fsync(self._file.fileno())


def read(path: Path) -> ShadowContent:
    """Read a second medium as far as it is whole. Raises JournalUnreadable when it is none."""
    try:
        return shadow.read(path.read_bytes())
    except Malformed as mistake:
        raise JournalUnreadable(str(mistake)) from None
