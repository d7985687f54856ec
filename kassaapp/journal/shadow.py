"""The second medium's file: the same records once more, appended on another disk (RECORDS 2.5).

The bytes are in `sync.wire.shadow`, since the region reads them too when a machine is gone. A frame is written and
synced after the commit and before anything is printed. Loss of the medium is a warning to a person, never a stop.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from kassaapp.journal import durable
from kassaapp.trouble import JournalUnreadable
from sync.wire import shadow
from sync.wire.errors import Malformed
from sync.wire.shadow import MAGIC, ShadowContent, StoredPart, StoredRecord

__all__ = ["MAGIC", "Shadow", "ShadowContent", "StoredPart", "StoredRecord", "read"]


class Shadow:
    """The open second medium of one chain. Errors of the file system come out as OSError: the caller warns."""

    def __init__(self, path: Path, chain: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("a+b")
        if self._file.tell() == 0:
            self._file.write(shadow.begin(chain))
            self._sync()
            durable.sync_folder(path.parent)

    def append(self, records: Iterable[StoredRecord]) -> None:
        """Write records in one piece and sync them."""
        self._file.write(b"".join(shadow.encode(record) for record in records))
        self._sync()

    def close(self) -> None:
        self._file.close()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def read(path: Path) -> ShadowContent:
    """Read a second medium as far as it is whole. Raises JournalUnreadable when it is none."""
    try:
        return shadow.read(path.read_bytes())
    except Malformed as mistake:
        raise JournalUnreadable(str(mistake)) from None
