"""Reads a journal's file without trusting it: every page against its checksum, then every row that can still be read.

The file is copied first, with its write-ahead log if the till was not closed, and only the copy is opened. What is read
is in `content.py`.
"""

import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from kassaapp.verify.content import Content, NotAJournal, StoredChain, StoredPart, StoredProof, StoredRecord

PAGE_BYTES = 4096
_MAGIC = b"SQLite format 3\0"
_WORDS = struct.Struct(f"<{(PAGE_BYTES - 8) // 4}I")
_SUMS = struct.Struct("<II")
_TRIES = 3


def read(path: Path, *, light: bool = False) -> Content:
    """Read everything that can be read; `light`: its parts as `StoredPart.light`. Raises NotAJournal."""
    with _copied(path) as copy:
        pages = copy.stat().st_size // PAGE_BYTES
        with copy.open("rb") as file:
            bad_pages = _bad_pages(file)
            file.seek(0)
            begins = file.read(len(_MAGIC)) == _MAGIC
        if pages == 0 or len(bad_pages) > pages // 2 or (not begins and 1 not in bad_pages):
            raise NotAJournal("filen är ingen kassajournal")
        content = Content(bad_pages=bad_pages)
        _read_tables(copy, content, light=light)
    return content


def _bad_pages(file: BinaryIO) -> list[int]:
    """Pages whose checksum (SQLite's cksumvfs) does not hold, from 1. A cut last page counts."""
    bad = []
    for number, page in enumerate(iter(lambda: file.read(PAGE_BYTES), b""), start=1):
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
    """A private copy. The till may be selling: copies of two moments would not hang together, so it is tried again."""
    with tempfile.TemporaryDirectory(prefix="kassa-verify-") as folder:
        copy = Path(folder) / "journal.db"
        log, log_copy = path.with_name(f"{path.name}-wal"), copy.with_name(f"{copy.name}-wal")
        for _ in range(_TRIES):
            before = _versions(path, log)
            shutil.copyfile(path, copy)
            log_copy.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(log, log_copy)
            if _versions(path, log) == before:
                break
        yield copy


def _versions(*files: Path) -> list[tuple[int, int]]:
    """What tells whether the files have been written to since."""
    return [(file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.exists()]


def _read_tables(copy: Path, content: Content, *, light: bool) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = bytes  # Damaged text must not stop the reading.
        _check_integrity(connection, content)
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        content.tables = {_word(name) for (name,) in _rows(connection, content, "tables", tables)}
        _read_chains(connection, content)
        for row in _rows(connection, content, "part", "SELECT hash, name, sealed, digest, body FROM part"):
            part = _part(row[1:])
            content.parts.setdefault(_blob(row[0]), []).append(part.light() if light else part)
        proofs = "SELECT chain, next, size, leaf, idx, inclusion, consistency, note FROM proof NOT INDEXED ORDER BY id"
        content.proofs = [_proof(row) for row in _rows(connection, content, "proof", proofs)]
        for kind, seq, env in _rows(connection, content, "region", "SELECT kind, seq, env FROM region"):
            content.region.setdefault(_word(kind), []).append((_number(seq), _blob(env)))
        region_parts = "SELECT kind, seq, name, sealed, digest, body FROM region_part"
        for row in _rows(connection, content, "region_part", region_parts):
            content.region_parts.setdefault((_word(row[0]), _number(row[1])), []).append(_part(row[2:]))


def _read_chains(connection: sqlite3.Connection, content: Content) -> None:
    for n, name, public_key, certificate in _rows(
        connection, content, "chain", "SELECT n, id, public_key, certificate FROM chain ORDER BY n"
    ):
        content.chains.append(StoredChain(_number(n), _blob(name), _blob(public_key), _blob(certificate)))
    query = "SELECT chain, seq, hash, env FROM record NOT INDEXED"
    for n, seq, digest, env in _rows(connection, content, "record", query):
        content.records.setdefault(_number(n), []).append(StoredRecord(_number(seq), _blob(digest), _blob(env)))
    for records in content.records.values():
        records.sort(key=lambda stored: stored.seq)
    if "gap" in content.tables:  # A file from before there were gaps has no such table.
        for n, seq, digest in _rows(connection, content, "gap", "SELECT chain, seq, hash FROM gap"):
            content.gaps.setdefault(_number(n), {})[_number(seq)] = _blob(digest) or None


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


def _proof(row: tuple[Any, ...]) -> StoredProof | None:
    """A proof as it was kept; None for a row that is none."""
    numbers, texts = (row[0], row[1], row[2], row[4]), (row[3], row[5], row[6], row[7])
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, bytes) for text in texts):
        return None
    return StoredProof(*row)


def _blob(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _word(value: Any) -> str:
    return _blob(value).decode("ascii", errors="replace")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1
