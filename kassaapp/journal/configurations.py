"""The region's signed configuration as this till has received it: every record, and the contents in force.

Fits `sync.client.engine.Configurations`. A configuration record carries only the parts its document had, so what is in
force is, for each part name, the newest record that carries it.
"""

from collections.abc import Sequence
from typing import Any

from kassaapp.journal import database, rows
from kassaapp.journal.sealing import Sealer
from kassaapp.trouble import JournalDamaged
from sync.wire.config import CONFIG_KIND, Trust, check_configuration
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import Record


class Configurations:
    """What the region has decided, in the journal's file and under the journal's lock."""

    def __init__(self, file: database.File, sealer: Sealer, trust: Trust, clinic: str) -> None:
        self._file = file
        self._sealer = sealer
        self._stored = self._read_all(trust, clinic)
        self._in_force: Record | None = None

    def newest(self) -> Record | None:
        """The newest configuration record, or None before the first."""
        return self._stored[-1].record if self._stored else None

    def in_force_hash(self) -> bytes | None:
        """What records made now hold as `cfg`: the configuration in use, which may be older than the newest."""
        return None if self._in_force is None else self._in_force.hash

    def number_of(self, digest: bytes | None) -> int:
        """The number of the configuration with that hash, as a record names it; the one in force when it names none."""
        named = [frame.record.header.seq for frame in self._stored if frame.record.hash == digest]
        if named:
            return named[0]
        assert self._in_force is not None
        return self._in_force.header.seq

    def use(self, number: int) -> None:
        """Configuration `number` is in force from now on."""
        self._in_force = self._stored[number].record

    def keep(self, frames: Sequence[Frame]) -> None:
        """Keep configuration records that have been checked, durably."""
        with self._file.transaction() as connection:
            for frame in frames:
                rows.insert_region(connection, CONFIG_KIND, frame, rows.stored(frame, self._sealer))
        self._stored.extend(frames)

    def contents(self, number: int) -> dict[str, dict[str, Any]]:
        """What applies by configuration `number`, by part name: of each part the newest up to that number."""
        made: dict[str, dict[str, Any]] = {}
        for frame in self._stored[: number + 1]:
            made.update((part.name, part.content()) for part in frame.parts)
        return made

    def versions(self, name: str, number: int) -> list[dict[str, Any]]:
        """Every content that the part called `name` has had, up to configuration `number`, oldest first."""
        parts = (frame.part(name) for frame in self._stored[: number + 1])
        return [part.content() for part in parts if part is not None]

    def _read_all(self, trust: Trust, clinic: str) -> list[Frame]:
        """Every record with its parts. Raises JournalDamaged when the chain is not as the region signed it."""
        with self._file.used() as connection:
            stored = rows.region(connection, CONFIG_KIND)
        frames = []
        for seq, on_disk in stored:
            try:
                frames.append(rows.opened(on_disk, self._sealer))
            except WireError as error:
                raise JournalDamaged(None, f"configuration {seq}: {error}") from None
        try:
            check_configuration(frames, trust, after=None, clinic=clinic)
        except WireError as error:
            raise JournalDamaged(None, f"configuration: {error}") from None
        return frames
