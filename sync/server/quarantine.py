"""What a chain's key signed and does not fit the chain is kept aside: the first to come, and no more than a chain may.

A till's whole branch fits many times over. Beyond that somebody has its key and writes for the sake of writing; what
lies here proves it already, so what comes then is answered as ever, flagged once, and not kept.
"""

import itertools
import logging
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from sync.server import storage
from sync.server import tables as t
from sync.wire import frame
from sync.wire.canonical import to_text
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS

FULL = "quarantine-full"
DAMAGED = "quarantine-damaged"
MOST_RECORDS = 150_000
"""Of one chain: twice the records of ten years."""
MOST_BYTES = 512 * 1024 * 1024
_log = logging.getLogger("kassa.region")


def keep(db: Connection, chain: bytes, branch: Sequence[Frame], why: str, at_ms: int) -> None:
    """Keep records that do not fit the chain, as far as there is room. The chain's row is locked by who calls."""
    found = [(one.record, frame.encode(one)) for one in branch]
    room_records, room_bytes = _room(db, chain)
    if len(found) <= room_records and sum(len(raw) for _, raw in found) <= room_bytes:
        storage.add_quarantine(db, found, why, at_ms)
        return
    held = storage.quarantined_hashes(db, chain)  # What comes again needs no room.
    for record, raw in found:
        if record.hash in held:
            continue
        room_records, room_bytes = room_records - 1, room_bytes - len(raw)
        if room_records < 0 or room_bytes < 0:
            _tell_full(db, chain, record.header.seq, at_ms)
            return
        storage.add_quarantine(db, [(record, raw)], why, at_ms)


def kept(db: Connection, chain: bytes, first: int) -> tuple[list[Frame], list[int]]:
    """The records of a chain that are kept aside, from number `first`; as many as a push holds. Whose they are may have
    lost its own. Beside them the numbers of those that are damaged here: they keep nobody from the others."""
    c = t.quarantine.c
    query = select(c.seq, c.hash, c.frame).where(c.chain == chain, c.seq >= first).order_by(c.seq, c.hash)
    found: list[Frame] = []
    damaged: list[int] = []
    for skipped in itertools.count(0, MAX_BATCH_RECORDS):
        rows = db.execute(query.offset(skipped).limit(MAX_BATCH_RECORDS)).all()
        for seq, digest, raw in rows:
            one = whole(raw, digest)
            if one is None:
                damaged.append(seq)
            else:
                found.append(one)
        if found or not rows:  # An empty answer says that there is no more.
            break
    return found, damaged


def whole(raw: bytes, digest: bytes) -> Frame | None:
    """A record as it was kept under that hash; None when it is damaged. Its parts are for the reader to check."""
    try:
        (one,) = frame.decode_all(raw, at_most=1)
    except (Malformed, ValueError):
        return None
    return one if one.record.hash == digest else None


def tell_damaged(db: Connection, chain: bytes, seq: int, at_ms: int) -> None:
    """Flag a chain of which a record in quarantine is no longer what was kept; once, with its number."""
    if not storage.has_flag(db, chain, DAMAGED):
        storage.add_flag(db, chain, seq, DAMAGED, at_ms)
        _log.error("chain %s: record %d in quarantine is damaged", to_text(chain), seq)


def _room(db: Connection, chain: bytes) -> tuple[int, int]:
    """How many records and bytes more may be kept of a chain. Lengths are known without reading what is long."""
    q = t.quarantine.c
    query = select(func.count(), func.coalesce(func.sum(func.length(q.frame)), 0)).where(q.chain == chain)
    records, size = db.execute(query).one()
    return MOST_RECORDS - records, MOST_BYTES - int(size)


def _tell_full(db: Connection, chain: bytes, seq: int, at_ms: int) -> None:
    if not storage.has_flag(db, chain, FULL):
        storage.add_flag(db, chain, seq, FULL, at_ms)
        _log.error("chain %s: quarantine is full at record %d", to_text(chain), seq)
