"""The second medium's bytes: the same records once more in a plain file on another disk (RECORDS 2.5).

    file    "kassa shadow 1\\n" ‖ chain id (16), then frames
    frame   u32 length of what follows ‖ u32 CRC-32 of the body ‖ body
    body    u16 length of env ‖ env ‖ u8 number of parts, each:  u8 length ‖ name ‖ u8 sealed ‖ u32 length ‖ bytes

Records prove themselves, so the file needs no signature of its own. Only at its very end may a frame be cut short (a
torn write); a bad one with whole frames after it is damage. A till writes the file; when its machine is gone, the
region reads it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES

MAGIC = b"kassa shadow 1\n"
START = len(MAGIC) + CHAIN_BYTES
"""Where the first frame begins."""
_HEAD = struct.Struct(">II")
_MAX_BODY = 1_048_576


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as it lies on disk: salt ‖ json, or sealed (`sync.wire.sealing`)."""

    name: str
    sealed: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies on disk."""

    env: bytes
    parts: tuple[StoredPart, ...]


@dataclass(frozen=True, slots=True)
class ShadowContent:
    """What a second medium holds. `whole_bytes` is where its last whole frame ends, `torn` whether bytes follow that;
    `damaged` is the number of the first frame that is not as written, or None."""

    chain: bytes
    records: tuple[StoredRecord, ...]
    whole_bytes: int
    torn: bool
    damaged: int | None


def begin(chain: bytes) -> bytes:
    """The bytes that a file begins with."""
    return MAGIC + chain


def encode(record: StoredRecord) -> bytes:
    """The bytes of one record's frame."""
    body = _encode(record)
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def read(raw: bytes) -> ShadowContent:
    """Read a file's bytes as far as they are whole. Raises Malformed when they are no second medium."""
    if not raw.startswith(MAGIC) or len(raw) < START:
        raise Malformed("not a second medium")
    records: list[StoredRecord] = []
    at, damaged = START, None
    for frame, end in _frames(raw, START):
        if frame is None:
            damaged = len(records)
            break
        records.append(frame)
        at = end
    return ShadowContent(raw[len(MAGIC) : START], tuple(records), at, at != len(raw) and damaged is None, damaged)


def headers(file: BinaryIO, chain: bytes) -> Iterator[bytes]:
    """The signed header of each record in a file of that chain, read one at a time. Raises Malformed where it is not
    whole to its end: `read` says what of it can be used."""
    if file.read(START) != begin(chain):
        raise Malformed("not the chain's second medium")
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size:
            raise Malformed("torn")
        length, checksum = _HEAD.unpack(head)
        body = file.read(length) if length <= _MAX_BODY else b""
        found = _decode(body) if zlib.crc32(body) == checksum else None
        if found is None or len(body) != length:
            raise Malformed("damaged")
        yield found.env


def every_record(raw: bytes) -> Iterator[StoredRecord]:
    """Every whole frame wherever it lies, in order, also after damage: for whoever checks what each record proves."""
    at: int | None = START if raw.startswith(MAGIC) else _next_whole(raw, 0)
    while at is not None:
        found = _whole(raw, at)
        if found is None:
            at = _next_whole(raw, at + 1)
        else:
            record, at = found
            yield record


def shows_its_end(raw: bytes) -> bool:
    """Whether a whole frame stands at the very end: whatever is damaged before it, nothing came after it."""
    at: int | None = START
    while at is not None and at < len(raw):
        found = _whole(raw, at)
        at = _next_whole(raw, at + 1) if found is None else found[1]
    return at is not None


def _frames(raw: bytes, at: int) -> Iterator[tuple[StoredRecord | None, int]]:
    """Every whole frame and where it ends; None for one that is not as written. A short end is not reported."""
    while at + _HEAD.size <= len(raw):
        length, checksum = _HEAD.unpack_from(raw, at)
        body = raw[at + _HEAD.size : at + _HEAD.size + length]
        if length > _MAX_BODY:
            yield None, at
            return
        if len(body) < length:
            if _next_whole(raw, at + _HEAD.size) is not None:
                yield None, at  # Whole frames lie after it: its length was changed, it is no torn end.
            return
        at += _HEAD.size + length
        yield (_decode(body) if zlib.crc32(body) == checksum else None), at


def _next_whole(raw: bytes, at: int) -> int | None:
    """Where the next whole frame begins, at `at` or after it."""
    return next((start for start in range(at, len(raw) - _HEAD.size) if _whole(raw, start) is not None), None)


def _whole(raw: bytes, at: int) -> tuple[StoredRecord, int] | None:
    """The frame that begins at `at`, and where it ends; None when none does."""
    if at + _HEAD.size > len(raw):
        return None
    length, checksum = _HEAD.unpack_from(raw, at)
    end = at + _HEAD.size + length
    if not 0 < length <= _MAX_BODY or end > len(raw):
        return None
    body = raw[at + _HEAD.size : end]
    record = _decode(body) if zlib.crc32(body) == checksum else None
    return None if record is None else (record, end)


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
