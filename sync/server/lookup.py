"""Another desk's receipt, for a register of the same clinic: the signed records, proved; who asked is put on record.

No index of receipts is kept: their numbers only grow along a chain, so a number is found by halving. The asker is told
nothing before the question is durably in the table `access`.
"""

import secrets
from collections.abc import Iterator

from sqlalchemy import Connection, select

from sync.server import ledger, storage
from sync.server import tables as t
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import canonical, frame
from sync.wire import record as rec
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.lookup import RECEIPTS, RETURNS, Found, Included, ReceiptName, read_name
from sync.wire.messages import MAX_MESSAGE_BYTES

ACCESS_ID_BYTES = 16
_STRETCH = 64
_ROOM_BYTES = MAX_MESSAGE_BYTES // 2
"""How many bytes of frames an answer may hold: in base64, and with a proof for each, they are longer."""


def receipt(region: Region, asker: Chain, clinic: str, query: str) -> Found:
    """The receipt that was asked for, with its refunds and voids. Raises Refused: 400 malformed, 403 other-clinic, or
    closed when the asker's chain has ended: it may be in a thief's hands; 404 no-receipt."""
    try:
        name = read_name(clinic, query)
    except Malformed:
        raise Refused(400, "malformed") from None
    if name.clinic != asker.clinic:
        raise Refused(403, "other-clinic")
    if asker.closed_ms is not None:
        raise Refused(403, "closed")
    note_access(region, asker, "receipt", f"{name.register}/{name.till}/{name.number}")
    with storage.reading(region.engine) as db:
        chain, seq = _place(db, name)
        frames, more = _fitting(db, chain, seq, name.number)
        leaves = [chain.leaf, *(_leaf(db, one) for one in frames)]
    head = region.ledger.head(at_least=max(leaves) + 1)
    with storage.reading(region.engine) as db:
        wanted = [(storage.leaves(db, leaf, leaf + 1)[0], leaf, 0) for leaf in leaves]
        proofs = [Included(one.entry, one.index, one.inclusion) for one in ledger.proved(db, head, wanted)]
    return Found(proofs[0], tuple(zip(frames, proofs[1:], strict=True)), more, head.note)


def note_access(region: Region, asker: Chain, what: str, about: str) -> None:
    """Put on record that a register asked: durable when it returns. `about` never holds an identity number."""
    row = {"id": secrets.token_bytes(ACCESS_ID_BYTES), "at_ms": region.clock(), "chain": asker.chain}
    with storage.writing(region.engine) as db:
        db.execute(t.access.insert().values(row | {"what": what, "about": about}))


def _place(db: Connection, name: ReceiptName) -> tuple[Chain, int]:
    c = t.chain.c
    query = select(t.chain).where(c.clinic == name.clinic, c.register == name.register, c.till == name.till)
    for row in db.execute(query):
        chain = Chain(**row._mapping)
        seq = _seq_of(db, chain, name.number)
        if seq is not None:
            return chain, seq
    raise Refused(404, "no-receipt")


def _seq_of(db: Connection, chain: Chain, number: int) -> int | None:
    """Where the receipt stands: numbers grow along the chain, so half of what is left can be put aside each time."""
    first, end = 0, chain.next_seq
    while first < end:
        middle = (first + end) // 2
        seq, found = next(_receipts(db, chain.chain, middle, end), (None, 0))
        if seq is None or found > number:
            end = middle
        elif found == number:
            return seq
        else:
            first = seq + 1
    return None


def _receipts(db: Connection, chain: bytes, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Place and number of the receipts among records first..end-1."""
    for start in range(first, end, _STRETCH):
        for one in _of_kinds(db, chain, start, min(start + _STRETCH, end), RECEIPTS):
            number = _said(one, "receipt")
            if number is not None:
                yield one.record.header.seq, number


def _of_kinds(db: Connection, chain: bytes, first: int, end: int, kinds: tuple[str, ...]) -> list[Frame]:
    """Records first..end-1 of those kinds, with their parts; only their headers are read of the others."""
    found: list[Frame] = []
    for env in storage.envs(db, chain, first, end):
        header = rec.read(env).header
        if header.kind in kinds:
            found += storage.frames(db, chain, header.seq, header.seq + 1)
    return found


def _fitting(db: Connection, chain: Chain, seq: int, number: int) -> tuple[list[Frame], bool]:
    """The receipt's record and its returns, as many as an answer holds, and whether there are more."""
    found = storage.frames(db, chain.chain, seq, seq + 1)
    for start in range(seq + 1, chain.next_seq, _STRETCH):
        for one in _of_kinds(db, chain.chain, start, min(start + _STRETCH, chain.next_seq), RETURNS):
            if _said(one, "sale_receipt") == number:
                found.append(one)
    room = _ROOM_BYTES
    for place, one in enumerate(found):
        room -= len(frame.encode(one)) + 2048
        if room < 0:
            return found[: max(place, 1)], True
    return found, False


def _said(one: Frame, field: str) -> int | None:
    """A number in the accounting part; None when it says none that can be read."""
    part = one.part("a")
    try:
        value = None if part is None else canonical.decode_object(part.data).get(field)
    except Malformed:
        return None
    return value if type(value) is int else None


def _leaf(db: Connection, one: Frame) -> int:
    header, r = one.record.header, t.record.c
    return int(db.execute(select(r.leaf).where(r.chain == header.chain, r.seq == header.seq)).scalar_one())
