"""A journal as it stood at one moment, read from its beginning a piece at a time: what leaves the till is made of this.

What is recorded meanwhile is not seen, so that a file that takes a minute to write tells of one moment, and so that two
readings are the same. Any thread may read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kassaapp.domain.events import Event
from kassaapp.journal import database, payload, rows
from kassaapp.journal.sealing import Sealer
from kassaapp.trouble import JournalDamaged, JournalNewer
from sync.wire import record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame

_PIECE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A proof as it was kept (JOURNAL 5): the region holds every record of chain number `n` before `next`. `inclusion`
    and `consistency` are hashes joined, `note` the ledger's signed head."""

    n: int
    next: int
    leaf: bytes
    index: int
    inclusion: bytes
    consistency: bytes
    note: str


class Whole:
    """Everything in a journal's file up to record `ends[n - 1]` of each chain, that one not included. Every reading
    raises JournalDamaged for what cannot be read, and DiskFailed."""

    def __init__(self, file: database.File, sealer: Sealer, chains: Sequence[Enrolment]) -> None:
        self._file = file
        self._sealer = sealer
        self.chains = tuple(chains)
        with file.used() as connection:
            self.path = Path(connection.filename)
            query = "SELECT coalesce(max(seq), -1) + 1 FROM record WHERE chain = ?"
            self.ends = tuple(int(connection.execute(query, (n,)).get) for n, _ in enumerate(chains, 1))
            self._proofs: int = connection.execute("SELECT coalesce(max(id), 0) FROM proof").get

    def frames(self) -> Iterator[tuple[Enrolment, Frame]]:
        """Every record of all the chains in order, its sealed parts opened, each with its chain's certificate."""
        for n, (enrolment, end) in enumerate(zip(self.chains, self.ends, strict=True), 1):
            for first in range(0, end, _PIECE):
                with self._file.used() as connection:
                    piece = rows.records(connection, n, first, min(_PIECE, end - first))
                for _, on_disk in piece:
                    yield enrolment, rows.opened(on_disk, self._sealer)

    def region(self, kind: str) -> Iterator[Frame]:
        """The trust or the configuration chain as it was received."""
        with self._file.used() as connection:
            stored = rows.region(connection, kind)
        for _, on_disk in stored:
            yield rows.opened(on_disk, self._sealer)

    def proofs(self) -> Iterator[Kept]:
        """Every proof from the region, in the order in which they came."""
        query = (
            "SELECT chain, next, leaf, idx, inclusion, consistency, note FROM proof WHERE id > ? AND id <= ?"
            " ORDER BY id"
        )
        for first in range(0, self._proofs, _PIECE):
            with self._file.used() as connection:
                piece: list[Any] = connection.execute(query, (first, min(first + _PIECE, self._proofs))).fetchall()
            for row in piece:
                yield Kept(*row)


def event_of(frame: Frame) -> Event:
    """What the record says has happened. Raises JournalDamaged, JournalNewer."""
    if frame.record.header.v > record.VERSION:
        raise JournalNewer(f"version {frame.record.header.v}")
    try:
        return payload.event_of(frame.record.header.kind, {part.name: part.content() for part in frame.parts})
    except WireError as error:
        raise JournalDamaged(frame.record.header.seq, str(error)) from None
