"""The second medium: the same records once more, appended to a plain file on another disk (RECORDS 2.5).

    file    "kassa shadow 1\\n" ‖ chain id (16), then frames
    frame   u32 length of what follows ‖ u32 CRC-32 of the body ‖ body
    body    u16 length of env ‖ env ‖ u8 number of parts, each:  u8 length ‖ name ‖ u8 sealed ‖ u32 length ‖ bytes

A frame is written and synced after the commit and before anything is printed. Records prove themselves, so the file
needs no signature of its own. Only at its very end may a frame be cut short (a torn write); a bad one with whole frames
after it is damage. Loss of the medium is a warning to a person, never a stop.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kassaapp.trouble import JournalUnreadable

MAGIC = b"kassa shadow 1\n"
_HEAD = struct.Struct(">II")
_MAX_BODY = 1_048_576


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as it lies on disk: salt ‖ json, or sealed."""

    name: str
    sealed: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies on disk."""

    env: bytes
    parts: tuple[StoredPart, ...]


class Shadow:
    """The open second medium of one chain. Errors of the file system come out as OSError: the caller warns."""

    def __init__(self, path: Path, chain: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("a+b")
        if self._file.tell() == 0:
            self._file.write(MAGIC + chain)
            self._sync()

    def append(self, record: StoredRecord) -> None:
        """Write one record and sync it."""
        body = _encode(record)
        self._file.write(_HEAD.pack(len(body), zlib.crc32(body)) + body)
        self._sync()

    def close(self) -> None:
        self._file.close()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class ShadowContent:
    """What a second medium holds. `whole_bytes` is where its last whole frame ends, `torn` whether bytes follow that;
    `damaged` is the number of the first frame that is not as written, or None."""

    chain: bytes
    records: tuple[StoredRecord, ...]
    whole_bytes: int
    torn: bool
    damaged: int | None


def read(path: Path) -> ShadowContent:
    """Read a second medium as far as it is whole. Raises JournalUnreadable when it is none."""
    raw = path.read_bytes()
    start = len(MAGIC) + 16
    if not raw.startswith(MAGIC) or len(raw) < start:
        raise JournalUnreadable("not a second medium")
    records: list[StoredRecord] = []
    at, damaged = start, None
    for frame, end in _frames(raw, start):
        if frame is None:
            damaged = len(records)
            break
        records.append(frame)
        at = end
    return ShadowContent(raw[len(MAGIC) : start], tuple(records), at, at != len(raw) and damaged is None, damaged)


def _frames(raw: bytes, at: int) -> Iterator[tuple[StoredRecord | None, int]]:
    """Every whole frame and where it ends; None for one that is not as written. A short end is not reported."""
    while at + _HEAD.size <= len(raw):
        length, checksum = _HEAD.unpack_from(raw, at)
        body = raw[at + _HEAD.size : at + _HEAD.size + length]
        if length > _MAX_BODY:
            yield None, at
            return
        if len(body) < length:
            if _follows(raw, at + _HEAD.size):
                yield None, at  # Whole frames lie after it: its length was changed, it is no torn end.
            return
        at += _HEAD.size + length
        yield (_decode(body) if zlib.crc32(body) == checksum else None), at


def _follows(raw: bytes, at: int) -> bool:
    """Whether a whole frame begins somewhere after `at`."""
    for start in range(at, len(raw) - _HEAD.size):
        length, checksum = _HEAD.unpack_from(raw, start)
        body = raw[start + _HEAD.size : start + _HEAD.size + length]
        if 0 < length <= _MAX_BODY and len(body) == length and zlib.crc32(body) == checksum:
            return True
    return False


def _encode(record: StoredRecord) -> bytes:
    body = bytearray(struct.pack(">H", len(record.env)) + record.env)
    body.append(len(record.parts))
    for part in record.parts:
        name = part.name.encode("ascii")
        body += bytes([len(name)]) + name + bytes([part.sealed]) + struct.pack(">I", len(part.body)) + part.body
    return bytes(body)


def _decode(body: bytes) -> StoredRecord | None:
    try:
        (length,) = struct.unpack_from(">H", body, 0)
        env, at = body[2 : 2 + length], 2 + length
        parts = []
        count, at = body[at], at + 1
        for _ in range(count):
            name_length = body[at]
            name = body[at + 1 : at + 1 + name_length].decode("ascii")
            at += 1 + name_length
            sealed, (size,) = bool(body[at]), struct.unpack_from(">I", body, at + 1)
            parts.append(StoredPart(name, sealed, body[at + 5 : at + 5 + size]))
            at += 5 + size
    except (IndexError, struct.error, UnicodeDecodeError):
        return None
    return StoredRecord(env, tuple(parts)) if at == len(body) else None
