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
    env_length = _u32(body, 0)
    if env_length > MAX_ENV_BYTES:
        raise Malformed("env too long")
    record = rec.read(_take(body, 4, env_length))
    at = 4 + env_length
    count = _take(body, at, 1)[0]
    if count > MAX_PARTS:
        raise Malformed("too many parts")
    at += 1
    parts = []
    for _ in range(count):
        part, at = _decode_part(body, at)
        parts.append(part)
    if at != len(body):
        raise Malformed("bytes after the last part")
    return Frame(record, tuple(parts))


def _decode_part(body: bytes, at: int) -> tuple[Part, int]:
    name_length = _take(body, at, 1)[0]
    name = _take(body, at + 1, name_length)
    at += 1 + name_length
    salt = _take(body, at, SALT_BYTES)
    length = _u32(body, at + SALT_BYTES)
    if length > MAX_BYTES:
        raise Malformed("part too long")
    at += SALT_BYTES + 4
    data = _take(body, at, length)
    if not name.isascii():
        raise Malformed("part name")
    return Part(name.decode("ascii"), salt, data), at + length


def _take(raw: bytes, at: int, length: int) -> bytes:
    piece = raw[at : at + length]
    if len(piece) != length:
        raise Malformed("frame cut short")
    return piece


def _u32(raw: bytes, at: int) -> int:
    return int(_U32.unpack(_take(raw, at, 4))[0])
