"""Reads a journal's file without trusting it: every page against its checksum, then every row that can still be read.

The file is copied first, with its write-ahead log if the till was not closed, and only the copy is opened.
"""

import hashlib
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE_BYTES = 4096
_MAGIC = b"SQLite format 3\0"
_WORDS = struct.Struct(f"<{(PAGE_BYTES - 8) // 4}I")
_SUMS = struct.Struct("<II")


class NotAJournal(Exception):
    """The file is no cash journal."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as it lies in the file."""

    name: str
    sealed: bool
    digest: bytes
    body: bytes

    @property
    def is_whole(self) -> bool:
        """Whether the bytes are those that were stored."""
        return hashlib.sha256(self.body).digest() == self.digest


@dataclass(slots=True)
class Content:
    """What could be read. `broken` names the tables whose reading stopped before their end."""

    bad_pages: list[int] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    misplaced: bool = False
    certificate: bytes = b""
    public_key: bytes = b""
    records: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    parts: dict[bytes, list[StoredPart]] = field(default_factory=dict)
    proofs: list[tuple[Any, ...]] = field(default_factory=list)
    region: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    region_parts: dict[tuple[str, int], list[StoredPart]] = field(default_factory=dict)


def read(path: Path) -> Content:
    """Read everything that can be read. Raises NotAJournal."""
    raw = path.read_bytes()
    bad_pages = _bad_pages(raw)
    pages = len(raw) // PAGE_BYTES
    if pages == 0 or len(bad_pages) > pages // 2 or (not raw.startswith(_MAGIC) and 1 not in bad_pages):
        raise NotAJournal("filen är ingen kassajournal")
    content = Content(bad_pages=bad_pages)
    with _copied(path) as copy:
        _read_tables(copy, content)
    return content


def _bad_pages(raw: bytes) -> list[int]:
    """Pages whose checksum (SQLite's cksumvfs) does not hold, from 1. A cut last page counts."""
    bad = []
    for number, at in enumerate(range(0, len(raw), PAGE_BYTES), start=1):
        page = raw[at : at + PAGE_BYTES]
        if len(page) < PAGE_BYTES or _SUMS.pack(*_checksum(page)) != page[-8:] or not any(page):
            bad.append(number)  # Zeros have the right checksum, and no page of a journal is empty.
    return bad


def _checksum(page: bytes) -> tuple[int, int]:
    words = _WORDS.unpack_from(page)
    first = second = 0
    for index in range(0, len(words), 2):
        first = (first + words[index] + second) & 0xFFFFFFFF
        second = (second + words[index + 1] + first) & 0xFFFFFFFF
    return first, second


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kassa-verify-") as folder:
        copy = Path(folder) / "journal.db"
        shutil.copyfile(path, copy)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
        yield copy


def _read_tables(copy: Path, content: Content) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = bytes  # Damaged text must not stop the reading.
        _check_integrity(connection, content)
        for row in _rows(connection, content, "chain", "SELECT public_key, certificate FROM chain ORDER BY n"):
            content.public_key, content.certificate = _blob(row[0]), _blob(row[1])
        record_rows = _rows(connection, content, "record", "SELECT seq, hash, env FROM record NOT INDEXED")
        content.records = sorted((_number(seq), _blob(digest), _blob(env)) for seq, digest, env in record_rows)
        for row in _rows(connection, content, "part", "SELECT hash, name, sealed, digest, body FROM part"):
            content.parts.setdefault(_blob(row[0]), []).append(_part(row[1:]))
        content.proofs = list(
            _rows(
                connection,
                content,
                "proof",
                "SELECT next, size, leaf, idx, inclusion, consistency, note FROM proof NOT INDEXED ORDER BY id",
            )
        )
        for kind, seq, env in _rows(connection, content, "region", "SELECT kind, seq, env FROM region"):
            content.region.setdefault(_word(kind), []).append((_number(seq), _blob(env)))
        region_parts = "SELECT kind, seq, name, sealed, digest, body FROM region_part"
        for row in _rows(connection, content, "region_part", region_parts):
            content.region_parts.setdefault((_word(row[0]), _number(row[1])), []).append(_part(row[2:]))


def _check_integrity(connection: sqlite3.Connection, content: Content) -> None:
    """Pages that are whole and lie in each other's places are found by SQLite's own check of the file."""
    if content.bad_pages:
        return
    verdict = [row[0] for row in _rows(connection, content, "integrity", "PRAGMA integrity_check(1)")]
    content.misplaced = verdict != [b"ok"]


def _rows(connection: sqlite3.Connection, content: Content, table: str, query: str) -> Iterator[tuple[Any, ...]]:
    """The rows that can be read; a table whose reading stops is noted and the rest goes on."""
    try:
        yield from connection.execute(query)
    except (sqlite3.Error, UnicodeDecodeError):  # The second: SQLite quoting damaged names in its own message.
        content.broken.add(table)


def _part(row: tuple[Any, ...]) -> StoredPart:
    name, sealed, digest, body = row
    return StoredPart(_word(name), sealed == 1, _blob(digest), _blob(body))


def _blob(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _word(value: Any) -> str:
    return _blob(value).decode("ascii", errors="replace")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1
