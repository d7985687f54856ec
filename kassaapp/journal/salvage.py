"""Reads what can still be read of a damaged journal, row by row. Nothing it gives is believed: who uses it checks.

A copy is read, without page checksums, from both ends of each table, so that one bad page hides only its own rows.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from kassaapp.journal import database
from kassaapp.journal.database import PAGE_BYTES
from kassaapp.journal.shadow import StoredPart, StoredRecord
from sync.wire import record
from sync.wire.errors import WireError
from sync.wire.record import record_hash
from sync.wire.signature import SIGNATURE_BYTES

_LOG = "-wal"
_FILE_PAGES = slice(28, 32)
"""Where page 1 says how many pages the file has (SQLite file format, 1.3)."""
_PLAIN_VFS = "win32" if sys.platform == "win32" else "unix"
"""The one without page checksums, which would hide a whole page for one bit."""


@dataclass(slots=True)
class Salvage:
    """What was read. `records` lie under their rows, in the order they were written, apart from those of which some
    content is not what its digest says: these are `doubtful`. `region` holds, by kind, what lay under each number;
    `ends`, by chain, the number after the highest one seen, also of rows that could not be read; `gaps` the places
    already known to be lost. `end_seen`: the last record is among them, there can have been none after it."""

    certificates: dict[int, bytes] = field(default_factory=dict)
    records: dict[int, StoredRecord] = field(default_factory=dict)
    doubtful: dict[int, StoredRecord] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    gaps: dict[int, set[int]] = field(default_factory=dict)
    proofs: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    region: dict[str, dict[int, StoredRecord]] = field(default_factory=dict)
    exists: bool = False
    end_seen: bool = False

    def all(self) -> list[StoredRecord]:
        """Every record, also the doubtful ones."""
        return [*self.records.values(), *self.doubtful.values()]

    def see(self, chain: int, seq: int) -> None:
        """There was a record of this number, or is known to have been."""
        self.ends[chain] = max(self.ends.get(chain, 0), seq + 1)


def read(path: Path) -> Salvage:
    """Read the journal file at `path`; nothing when there is none, or no row of it can be read. Raises OSError."""
    found = Salvage()
    if not path.exists() or path.stat().st_size < PAGE_BYTES:
        return found
    found.exists = True
    with tempfile.TemporaryDirectory(prefix="salvage-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        log = path.with_name(path.name + _LOG)
        if log.exists():
            shutil.copyfile(log, copy.with_name(copy.name + _LOG))
        if not _attempt(copy, found):
            _give_new_schema(copy)
            _attempt(copy, found)
    return found


def _attempt(copy: Path, found: Salvage) -> bool:
    """Read all that can be read; False when not even the tables are known."""
    try:
        connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE, vfs=_PLAIN_VFS)
    except apsw.Error:
        return False
    try:
        connection.execute("SELECT 1 FROM record, part, chain, proof, region, region_part LIMIT 0")
        _read_all(connection, found)
    except (apsw.Error, UnicodeDecodeError):  # The second: SQLite quoting damaged names in its own message.
        return False
    finally:
        connection.close()
    return True


def _give_new_schema(copy: Path) -> None:
    """Put the pages that describe the tables in place of damaged ones: they are the same in every journal."""
    fresh = copy.with_name("fresh.db")
    connection = database.create(fresh)
    pages = [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")]
    connection.close()
    new, old = fresh.read_bytes(), bytearray(copy.read_bytes())
    for page in pages:
        at = (page - 1) * PAGE_BYTES
        old[at : at + PAGE_BYTES] = new[at : at + PAGE_BYTES]
    old[_FILE_PAGES] = (len(old) // PAGE_BYTES).to_bytes(4)
    copy.write_bytes(old)


def _read_all(connection: apsw.Connection, found: Salvage) -> None:
    for n, certificate in _rows(connection, "SELECT n, certificate FROM chain", "n", int, bytes):
        found.certificates[n] = certificate
    _read_records(connection, found)
    for chain, seq in _rows(connection, "SELECT chain, seq FROM gap", "chain, seq", int, int):
        found.gaps.setdefault(chain, set()).add(seq)
        found.see(chain, seq)
    proofs = "SELECT id, chain, next, leaf, idx, inclusion, consistency, note FROM proof NOT INDEXED"
    for number, *proof in _rows(connection, proofs, "rowid", int, int, int, bytes, int, bytes, bytes, str):
        found.proofs[number] = tuple(proof)
    in_parts = "SELECT kind || '/' || seq, name, sealed, digest, body FROM region_part"
    parts, _ = _parts(connection, in_parts, "kind, seq, name", str)
    for kind, seq, env in _rows(connection, "SELECT kind, seq, env FROM region", "kind, seq", str, int, bytes):
        content = tuple(parts.get(f"{kind}/{seq}", {}).values())
        found.region.setdefault(kind, {})[seq] = StoredRecord(env, content)


def _read_records(connection: apsw.Connection, found: Salvage) -> None:
    """Of the number of each, an undamaged header is believed first, then the index, which is elsewhere in the file."""
    found.end_seen = _last(connection, "SELECT seq FROM record NOT INDEXED ORDER BY rowid DESC") or _last(
        connection, "SELECT seq FROM record ORDER BY chain DESC, seq DESC"
    )
    in_parts = "SELECT hash, name, sealed, digest, body FROM part"
    parts, doubtful = _parts(connection, in_parts, "hash, name", bytes)
    numbers = {chain: n for n, chain in _rows(connection, "SELECT n, id FROM chain", "n", int, bytes)}
    in_index = "SELECT rowid, chain, seq FROM record"
    seen = {row: (n, seq) for row, n, seq in _rows(connection, in_index, "chain, seq", int, int, int)}
    in_table = "SELECT rowid, chain, seq, hash, env FROM record NOT INDEXED"
    for row, n, seq, known, env in _rows(connection, in_table, "rowid", int, int, int, bytes, bytes):
        digest = record_hash(env[SIGNATURE_BYTES:])
        held = found.doubtful if digest in doubtful else found.records
        held[row] = StoredRecord(env, tuple(parts.get(digest, {}).values()))
        said = _place(env, numbers) if known == digest else None
        seen[row] = said or seen.get(row, (n, seq))
    for n, seq in seen.values():
        found.see(n, seq)


def _place(env: bytes, numbers: Mapping[bytes, int]) -> tuple[int, int] | None:
    """Chain and number as a header says them: what stands beside it may be damaged."""
    try:
        header = record.read(env).header
    except WireError:
        return None
    return (numbers[header.chain], header.seq) if header.chain in numbers else None


def _last(connection: apsw.Connection, query: str) -> bool:
    """Whether the last row can be read; a table without rows has none to lose."""
    try:
        connection.execute(f"{query} LIMIT 1").fetchone()
    except (apsw.Error, UnicodeDecodeError):
        return False
    return True


def _parts(
    connection: apsw.Connection, query: str, order: str, whose_type: type
) -> tuple[dict[Any, dict[str, StoredPart]], set[Any]]:
    """The parts by whose they are and their names; and whose are not what their digest says, or it is not theirs."""
    parts: dict[Any, dict[str, StoredPart]] = {}
    doubtful = set[Any]()
    for whose, name, sealed, digest, body in _rows(connection, query, order, whose_type, str, int, bytes, bytes):
        parts.setdefault(whose, {})[name] = StoredPart(name, bool(sealed), body)
        if hashlib.sha256(body).digest() != digest:
            doubtful.add(whose)
    return parts, doubtful


def _rows(connection: apsw.Connection, query: str, order: str, *types: type) -> Iterator[tuple[Any, ...]]:
    """The rows that can be read from the front, and those that can be read from the back."""
    backwards = ", ".join(f"{column} DESC" for column in order.split(", "))
    for direction in (order, backwards):
        try:
            for row in connection.execute(f"{query} ORDER BY {direction}"):
                if tuple(type(value) for value in row) == types:  # A damaged page may hold anything in any column.
                    yield row
        except (apsw.Error, UnicodeDecodeError):
            continue
        return


def in_order(found: Mapping[int, StoredRecord]) -> list[StoredRecord]:
    """By number."""
    return [found[number] for number in sorted(found)]
