"""Which records the region knows to be missing: it holds what follows them, and them nowhere.

A till says itself what it has lost, in its successor's first records. One that is lost, or put back to an older state,
before it comes to that says nothing: then only what it has delivered till then shows that something stood before it.
"""

from sqlalchemy import Connection, select

from sync.server import quarantine, storage
from sync.server import tables as t
from sync.server.storage import Chain
from sync.wire.entry import GAP


def mark(db: Connection, chain: Chain, at_ms: int, first: int = 0, end: int | None = None) -> None:
    """Flag the records that those in quarantine from `first` to before `end` follow, and of which there is none here.

    Only what cannot come in its turn any more is missing: the chain has ended, or has gone on past that place. It may
    still come out of its turn, and then the flag no longer stands (`flags`).
    """
    if chain.closed_ms is None:
        end = min(chain.next_seq + 1 if end is None else end, chain.next_seq + 1)
    follow = _followed(db, chain.chain, first, end)
    held = _held(db, chain.chain, {seq for seq, _ in follow})
    for seq in sorted({seq for seq, digest in follow if digest is not None and digest not in held}):
        storage.add_flag(db, chain.chain, seq, GAP, at_ms)


def flags(db: Connection, chain: bytes | None = None) -> list[tuple[bytes, int, str]]:
    """Every flag that stands, of one chain or of all: chain, seq, why. That a record was missing which has come since,
    as what follows it names it, stays in the table and stands no more."""
    return [one for one in storage.flags(db, chain) if one[2] != GAP or not _has_come(db, one[0], one[1])]


def _has_come(db: Connection, chain: bytes, seq: int) -> bool:
    """Whether all that is followed in that place is here. Where nothing is, the till itself has said from where on it
    lacks records, and what has come is in the chain there."""
    follow = {digest for _, digest in _followed(db, chain, seq + 1, seq + 2)}
    if not follow:
        return bool(storage.hashes(db, chain, seq, seq + 1))
    return follow <= _held(db, chain, {seq})


def _followed(db: Connection, chain: bytes, first: int, end: int | None) -> set[tuple[int, bytes | None]]:
    """Number and hash of what stands before each record in quarantine; None where a damaged one cannot say."""
    c = t.quarantine.c
    query = select(c.seq, c.hash, c.frame).where(c.chain == chain, c.seq >= max(first, 1))
    rows = db.execute(query if end is None else query.where(c.seq < end))
    kept = [(seq, quarantine.whole(raw, digest)) for seq, digest, raw in rows]
    return {(seq - 1, None if one is None else one.record.header.prev) for seq, one in kept}


def _held(db: Connection, chain: bytes, numbers: set[int]) -> set[bytes]:
    """The hashes of all that is held under these numbers, in the chain or beside it."""
    if not numbers:
        return set()
    found: set[bytes] = set()
    for table in (t.record, t.quarantine):
        c = table.c
        within = (c.chain == chain, c.seq >= min(numbers), c.seq <= max(numbers))
        found |= set(db.scalars(select(c.hash).where(*within)))
    return found
