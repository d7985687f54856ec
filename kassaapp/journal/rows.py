"""The journal's rows and the bytes they stand for: the only place that knows both the tables and the wire format."""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import apsw

from kassaapp.journal.sealing import Sealer, is_sealed
from kassaapp.journal.shadow import StoredPart, StoredRecord
from kassaapp.trouble import JournalDamaged, JournalMissing
from sync.client.engine import Proof
from sync.wire import checkpoint, record, tree
from sync.wire.config import Trust
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import HASH_BYTES, SALT_BYTES, Part


def stored(frame: Frame, sealer: Sealer) -> StoredRecord:
    """The frame as it is to lie on disk."""
    return StoredRecord(frame.record.env, tuple(_stored_part(part, sealer) for part in frame.parts))


def opened(record_on_disk: StoredRecord, sealer: Sealer) -> Frame:
    """The frame that lies on disk, its sealed parts opened. Raises JournalDamaged (without a number), WireError."""
    parts = tuple(_opened_part(part, sealer) for part in record_on_disk.parts)
    return Frame(record.read(record_on_disk.env), parts)


def chains(connection: apsw.Connection) -> list[Enrolment]:
    """The certificates of the till's chains; number n is at place n-1. Raises JournalMissing, JournalDamaged."""
    rows: list[Any] = connection.execute("SELECT n, id, public_key, certificate FROM chain ORDER BY n").fetchall()
    if not rows:
        raise JournalMissing
    try:
        made = [read_enrolment(certificate) for _, _, _, certificate in rows]
    except WireError as error:
        raise JournalDamaged(None, f"certificate: {error}") from None
    named = [(n, one.chain, one.public_key) for n, one in enumerate(made, 1)]
    if named != [(n, chain, public_key) for n, chain, public_key, _ in rows]:
        raise JournalDamaged(None, "certificate: another chain")
    return made


def insert_chain(connection: apsw.Connection, n: int, enrolment: Enrolment) -> None:
    """Add a chain. Within a transaction."""
    connection.execute(
        "INSERT INTO chain (n, id, public_key, certificate) VALUES (?, ?, ?, ?)",
        (n, enrolment.chain, enrolment.public_key, enrolment.encode()),
    )


def gaps(connection: apsw.Connection, chain: int) -> dict[int, bytes | None]:
    """The places of records that no copy holds, with the hash they are known by."""
    rows: list[Any] = connection.execute("SELECT seq, hash FROM gap WHERE chain = ?", (chain,)).fetchall()
    return dict(rows)


def insert_gap(connection: apsw.Connection, chain: int, seq: int, digest: bytes | None) -> None:
    """Keep the place of a record that no copy holds. Within a transaction."""
    connection.execute("INSERT INTO gap (chain, seq, hash) VALUES (?, ?, ?)", (chain, seq, digest))


def insert_record(connection: apsw.Connection, chain: int, frame: Frame, on_disk: StoredRecord) -> None:
    """Add one record with its parts. Within a transaction."""
    connection.execute(
        "INSERT INTO record (chain, seq, hash, env) VALUES (?, ?, ?, ?)",
        (chain, frame.record.header.seq, frame.record.hash, on_disk.env),
    )
    for part in on_disk.parts:
        connection.execute(
            "INSERT INTO part (hash, name, sealed, digest, body) VALUES (?, ?, ?, ?, ?)",
            (frame.record.hash, part.name, int(part.sealed), _digest(part), part.body),
        )


def records(connection: apsw.Connection, chain: int, first: int, at_most: int) -> list[tuple[int, StoredRecord]]:
    """Records `first`… in order, with their seq."""
    rows = connection.execute(
        "SELECT r.seq, r.env, p.name, p.sealed, p.body FROM record r LEFT JOIN part p ON p.hash = r.hash"
        " WHERE r.chain = ? AND r.seq >= ? AND r.seq < ? ORDER BY r.seq, p.name",
        (chain, first, first + at_most),
    )
    return list(_grouped(rows))


def count_parts(connection: apsw.Connection) -> int:
    """How many parts there are of all records."""
    return int(connection.execute("SELECT count(*) FROM part").get)


def has(connection: apsw.Connection, digest: bytes) -> bool:
    """Whether a record with this hash is there, in any chain."""
    return connection.execute("SELECT 1 FROM record WHERE hash = ?", (digest,)).fetchone() is not None


def insert_region(connection: apsw.Connection, kind: str, frame: Frame, on_disk: StoredRecord) -> None:
    """Add one record of the trust or configuration chain with the parts received. Within a transaction."""
    seq = frame.record.header.seq
    connection.execute("INSERT INTO region (kind, seq, env) VALUES (?, ?, ?)", (kind, seq, on_disk.env))
    for part in on_disk.parts:
        connection.execute(
            "INSERT INTO region_part (kind, seq, name, sealed, digest, body) VALUES (?, ?, ?, ?, ?, ?)",
            (kind, seq, part.name, int(part.sealed), _digest(part), part.body),
        )


def region(connection: apsw.Connection, kind: str) -> list[tuple[int, StoredRecord]]:
    """The trust or configuration chain as received."""
    rows = connection.execute(
        "SELECT r.seq, r.env, p.name, p.sealed, p.body FROM region r"
        " LEFT JOIN region_part p ON p.kind = r.kind AND p.seq = r.seq WHERE r.kind = ? ORDER BY r.seq, p.name",
        (kind,),
    )
    return list(_grouped(rows))


def insert_proof(connection: apsw.Connection, chain: int, proof: Proof) -> None:
    """Add one proof. Within a transaction."""
    connection.execute(
        "INSERT INTO proof (id, chain, next, size, leaf, idx, inclusion, consistency, note)"
        " VALUES ((SELECT coalesce(max(id), 0) + 1 FROM proof), ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chain,
            proof.next,
            proof.checkpoint.size,
            proof.leaf,
            proof.index,
            b"".join(proof.inclusion),
            b"".join(proof.consistency),
            proof.checkpoint.note,
        ),
    )


def newest_proof(connection: apsw.Connection, chain: int, trust: Trust) -> Proof | None:
    """The newest proof kept. Raises JournalDamaged unless it holds: the ledger signed its head, and its entry
    is there."""
    row = connection.execute(
        "SELECT next, leaf, idx, inclusion, consistency, note FROM proof WHERE chain = ? ORDER BY id DESC LIMIT 1",
        (chain,),
    ).fetchone()
    if row is None:
        return None
    try:
        newest = proof(row, trust)
        check_proof(newest)
    except (WireError, TypeError, struct.error) as error:
        raise JournalDamaged(None, f"proof: {error}") from None
    return newest


def check_proof(one: Proof) -> None:
    """Raise WireError unless the entry is in the ledger of the proof's head, and names what it is for."""
    head = one.checkpoint
    tree.verify_inclusion(one.leaf, one.index, head.size, one.inclusion, head.root)
    if one.named() is None:
        read_enrolment(one.leaf)


def proof(row: Sequence[Any], trust: Trust) -> Proof:
    """A proof from its columns. Raises WireError when its head is not signed by the ledger."""
    following, leaf, index, inclusion, consistency, note = row
    head = checkpoint.read(note, trust.origin, trust.ledger_key)
    return Proof(following, leaf, index, _hashes(inclusion), _hashes(consistency), head)


def plain(part: StoredPart) -> Part:
    """A part that is not sealed."""
    return Part(part.name, part.body[:SALT_BYTES], part.body[SALT_BYTES:])


def _grouped(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, StoredRecord]]:
    """Rows of one record after the other, a row a part, to records."""
    seq, env, parts = -1, b"", list[StoredPart]()
    for row in rows:
        row_seq, row_env, name, sealed, body = row
        assert isinstance(row_seq, int)
        assert isinstance(row_env, bytes)
        if row_seq != seq:
            if seq >= 0:
                yield seq, StoredRecord(env, tuple(parts))
            seq, env, parts = row_seq, row_env, []
        if name is not None:
            assert isinstance(name, str)
            assert isinstance(body, bytes)
            parts.append(StoredPart(name, bool(sealed), body))
    if seq >= 0:
        yield seq, StoredRecord(env, tuple(parts))


def _stored_part(part: Part, sealer: Sealer) -> StoredPart:
    if is_sealed(part.name):
        return StoredPart(part.name, sealed=True, body=sealer.seal(part))
    return StoredPart(part.name, sealed=False, body=part.salt + part.data)


def _opened_part(part: StoredPart, sealer: Sealer) -> Part:
    if part.sealed:
        return sealer.unseal(part.name, part.body)
    return plain(part)


def _digest(part: StoredPart) -> bytes:
    return hashlib.sha256(part.body).digest()


def _hashes(joined: bytes) -> tuple[bytes, ...]:
    return tuple(piece for (piece,) in struct.iter_unpack(f"{HASH_BYTES}s", joined))
