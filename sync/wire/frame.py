"""A record together with its parts, as carried: one after the other, each with its length in front.

    frame   u32 length of what follows
            u32 length of env ‖ env
            u8 number of parts, and for each:  u8 length of name ‖ name ‖ salt (32) ‖ u32 length ‖ json

Integers are big-endian. The same frames go in a push, in an answer that carries configuration, and on a stick.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync.wire import record as rec
from sync.wire.canonical import MAX_BYTES
from sync.wire.errors import Malformed
from sync.wire.record import MAX_ENV_BYTES, MAX_PARTS, SALT_BYTES, Part, Record

MAX_FRAME_BYTES = 1_048_576
_U32 = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Frame:
    """One record and those of its parts that are carried with it."""

    record: Record
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """The part of that name, or None when it is not carried."""
        return next((part for part in self.parts if part.name == name), None)


def encode(frame: Frame) -> bytes:
    """The bytes of one frame."""
    body = bytearray(_U32.pack(len(frame.record.env)) + frame.record.env)
    body.append(len(frame.parts))
    for part in frame.parts:
        name = part.name.encode("ascii")
        body.append(len(name))
        body += name + part.salt + _U32.pack(len(part.data)) + part.data
    return _U32.pack(len(body)) + bytes(body)


def encode_all(frames: Iterable[Frame]) -> bytes:
    """The bytes of several frames, in order."""
    return b"".join(encode(frame) for frame in frames)


def decode_all(raw: bytes, *, at_most: int) -> list[Frame]:
    """Read all frames; commitments and links are not checked here. Raises Malformed, also for more than `at_most`."""
    frames: list[Frame] = []
    for body in _bodies(raw):
        if len(frames) == at_most:
            raise Malformed(f"more than {at_most} frames")
        frames.append(_decode_body(body))
    return frames


def _bodies(raw: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(raw):
        length = _u32(raw, at)
        if length > MAX_FRAME_BYTES:
            raise Malformed("frame too long")
        yield _take(raw, at + 4, length)
        at += 4 + length


def _decode_body(body: bytes) -> Frame:
    try:
        record, at = _decode_record(body)
        count, at = body[at], at + 1
        if count > MAX_PARTS:
            raise Malformed("too many parts")
        parts = []
        for _ in range(count):
            part, at = _decode_part(body, at)
            parts.append(part)
    except (IndexError, struct.error):
        raise Malformed("frame cut short") from None
    if at != len(body):  # A length that leads past the end has given too little, and stands beyond it.
        raise Malformed("not as long as it says")
    return Frame(record, tuple(parts))


def _decode_record(body: bytes) -> tuple[Record, int]:
    """The record, and where its parts begin."""
    (length,) = _U32.unpack_from(body)
    if length > MAX_ENV_BYTES:
        raise Malformed("env too long")
    return rec.read(body[4 : 4 + length]), 4 + length


def _decode_part(body: bytes, at: int) -> tuple[Part, int]:
    """The part that begins at `at`, and where it ends. Raises IndexError, struct.error past the end of the body."""
    salt_at = at + 1 + body[at]
    data_at = salt_at + SALT_BYTES + 4
    (length,) = _U32.unpack_from(body, data_at - 4)
    if length > MAX_BYTES:
        raise Malformed("part too long")
    name = body[at + 1 : salt_at]
    if not name.isascii():
        raise Malformed("part name")
    return Part(name.decode("ascii"), body[salt_at : data_at - 4], body[data_at : data_at + length]), data_at + length


def _take(raw: bytes, at: int, length: int) -> bytes:
    piece = raw[at : at + length]
    if len(piece) != length:
        raise Malformed("frame cut short")
    return piece


def _u32(raw: bytes, at: int) -> int:
    return int(_U32.unpack(_take(raw, at, 4))[0])
