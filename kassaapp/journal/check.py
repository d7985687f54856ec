"""The check at start: is what lies on disk what was signed? Runs before anything is shown as true.

Every record: its number, its link to the one before, its hash, every part against its commitment. The signature of each
record not yet proved to be at the region, and of the newest, which through `prev` covers all before it (DESIGN 3,
start-up). Over a gap the chain is followed by the hash that was kept of it. A finding is never mended here.
"""

from collections.abc import Iterator

import apsw

from kassaapp.journal import rows
from kassaapp.journal.sealing import Sealer
from kassaapp.journal.shadow import StoredRecord
from kassaapp.trouble import JournalDamaged
from sync.wire import record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame

_BATCH = 500

Checked = tuple[bytes, Frame | None]
"""The hash in one place of the chain, and the record; None where no copy holds it."""


def checked_frames(
    connection: apsw.Connection, chain: int, enrolment: Enrolment, sealer: Sealer, *, proved_next: int
) -> Iterator[Checked]:
    """Every place of a chain in order, each checked before it is given out. Raises JournalDamaged naming the first bad
    one."""
    gaps = rows.gaps(connection, chain)
    seq = 0
    prev: bytes | None = enrolment.hash
    newest: Frame | None = None
    for row_seq, on_disk in _all(connection, chain):
        while seq in gaps:
            prev = gaps[seq]
            yield prev or b"", None
            seq += 1
        try:
            frame = rows.opened(on_disk, sealer)
            after = frame.record.header.prev if prev is None else prev
            record.check_link(frame.record, chain=enrolment.chain, seq=row_seq, prev=after)
            if row_seq != seq:
                raise JournalDamaged(seq, "the record is missing")
            record.check_parts(frame.record, frame.parts)
            if seq >= proved_next:
                record.check_signature(frame.record, enrolment.public_key)
        except WireError as error:
            raise JournalDamaged(seq, str(error)) from None
        except JournalDamaged as damage:
            raise JournalDamaged(seq, damage.what) from None
        yield frame.record.hash, frame
        seq, prev, newest = seq + 1, frame.record.hash, frame
    while seq in gaps:
        yield gaps[seq] or b"", None
        seq += 1
    if seq <= max(gaps, default=-1):
        raise JournalDamaged(seq, "the record before one that is lost is missing")
    _check_newest(newest, enrolment)


def _check_newest(newest: Frame | None, enrolment: Enrolment) -> None:
    """The newest record is signed: with it all that it follows. Raises JournalDamaged."""
    if newest is not None:
        try:
            record.check_signature(newest.record, enrolment.public_key)
        except WireError as error:
            raise JournalDamaged(newest.record.header.seq, str(error)) from None


def signatures(connection: apsw.Connection, chain: int, enrolment: Enrolment, first: int, at_most: int) -> None:
    """Check the signatures of records `first`…, at most so many. Raises JournalDamaged."""
    for seq, on_disk in rows.records(connection, chain, first, at_most):
        try:
            record.check_signature(record.read(on_disk.env), enrolment.public_key)
        except WireError as error:
            raise JournalDamaged(seq, str(error)) from None


def _all(connection: apsw.Connection, chain: int) -> Iterator[tuple[int, StoredRecord]]:
    newest = connection.execute("SELECT coalesce(max(seq), -1) FROM record WHERE chain = ?", (chain,)).get
    for first in range(0, newest + 1, _BATCH):
        yield from rows.records(connection, chain, first, _BATCH)
