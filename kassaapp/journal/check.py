"""The check at start: is what lies on disk what was signed? Runs before anything is shown as true.

Every record: its number, its link to the one before, its hash, every part against its commitment. The signature of each
record not yet proved to be at the region, and of the newest, which through `prev` covers all before it (DESIGN 3,
start-up). A finding stops the till with words; nothing is mended here.
"""

from collections.abc import Iterator

import apsw

from kassaapp.journal import rows
from kassaapp.journal.sealing import Sealer
from kassaapp.trouble import JournalDamaged
from sync.wire import record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame

_BATCH = 500


def checked_frames(
    connection: apsw.Connection, chain: int, enrolment: Enrolment, sealer: Sealer, *, proved_next: int
) -> Iterator[Frame]:
    """Every record in order, each checked before it is given out. Raises JournalDamaged naming the first bad one."""
    seq, prev = 0, enrolment.hash
    newest: Frame | None = None
    while batch := rows.records(connection, chain, seq, _BATCH):
        for row_seq, on_disk in batch:
            try:
                frame = rows.opened(on_disk, sealer)
                record.check_link(frame.record, chain=enrolment.chain, seq=row_seq, prev=prev)
                if row_seq != seq:
                    raise JournalDamaged(seq, "the record is missing")
                record.check_parts(frame.record, frame.parts)
                if seq >= proved_next:
                    record.check_signature(frame.record, enrolment.public_key)
            except WireError as error:
                raise JournalDamaged(seq, str(error)) from None
            except JournalDamaged as damage:
                raise JournalDamaged(seq, damage.what) from None
            yield frame
            seq, prev, newest = seq + 1, frame.record.hash, frame
    if newest is not None:
        try:
            record.check_signature(newest.record, enrolment.public_key)
        except WireError as error:
            raise JournalDamaged(seq - 1, str(error)) from None
