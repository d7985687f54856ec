"""The region's signed configuration as this till has received it: every record, and the contents in force.

Fits `sync.client.engine.Configurations`. A configuration record carries only the parts its document had, so what is in
force is, for each part name, the newest record that carries it.
"""

import threading
from collections.abc import Sequence
from typing import Any

import apsw

from kassaapp.journal import database, rows
from kassaapp.journal.sealing import Sealer
from kassaapp.trouble import JournalDamaged
from sync.wire.config import CONFIG_KIND
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import Record


class Configurations:
    """What the region has decided, in the journal's file and under the journal's lock."""

    def __init__(self, connection: apsw.Connection, lock: threading.Lock, sealer: Sealer) -> None:
        self._connection = connection
        self._lock = lock
        self._sealer = sealer
        self._newest = self._read_newest()

    def newest(self) -> Record | None:
        """The newest configuration record, or None before the first."""
        return self._newest

    def newest_hash(self) -> bytes | None:
        """What records made now hold as `cfg`."""
        return None if self._newest is None else self._newest.hash

    def keep(self, frames: Sequence[Frame]) -> None:
        """Keep configuration records that have been checked, durably."""
        with self._lock, database.translated_errors(), self._connection:
            for frame in frames:
                rows.insert_region(self._connection, CONFIG_KIND, frame, rows.stored(frame, self._sealer))
                self._newest = frame.record

    def in_force(self) -> tuple[int, dict[str, dict[str, Any]]]:
        """The number of the newest configuration (-1 for none) and the contents in force, by part name.

        Raises JournalDamaged when a stored part is not the one that was signed.
        """
        with self._lock, database.translated_errors():
            stored = rows.region(self._connection, CONFIG_KIND)
        contents: dict[str, dict[str, Any]] = {}
        number = -1
        for seq, on_disk in stored:
            number = seq
            try:
                frame = rows.opened(on_disk, self._sealer)
                for part in frame.parts:
                    if frame.record.header.parts.get(part.name) != part.commitment:
                        raise JournalDamaged(None, f"configuration {seq}")
                    contents[part.name] = part.content()
            except WireError as error:
                raise JournalDamaged(None, f"configuration {seq}: {error}") from None
        return number, contents

    def _read_newest(self) -> Record | None:
        stored = rows.region(self._connection, CONFIG_KIND)
        return rows.opened(stored[-1][1], self._sealer).record if stored else None
