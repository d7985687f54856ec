"""What the server and the signer say to each other: one message each way and the connection ends.

    server   {"k":"last"}                                                       what was signed last?
             {"after":{"root":H,"size":n},"cons":[H…],"head":{"root":H,"size":n},"k":"sign"}
    signer   {"k":"head","root":H,"size":n}                                     the answer to the first
             {"k":"note","note":"…"}                                            the signed checkpoint
             {"k":"no","why":"overtaken" | "ledger-behind" | "malformed"}

Canonical JSON. Every `read` is strict: an unknown or missing field, another type or a value out of range raises
Malformed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.server.signer.ledger_signer import Head
from sync.wire import canonical, checkpoint
from sync.wire.canonical import from_text, to_text
from sync.wire.errors import Malformed
from sync.wire.messages import MAX_PROOF_HASHES
from sync.wire.record import HASH_BYTES

MAX_BYTES = 16_384
"""No message is longer: a proof of 128 hashes is 6 kB, a note at most 8 kB before it is escaped."""

OVERTAKEN, LEDGER_BEHIND, MALFORMED = "overtaken", "ledger-behind", "malformed"
_WHY = (OVERTAKEN, LEDGER_BEHIND, MALFORMED)


@dataclass(frozen=True, slots=True)
class Last:
    """Asks what was signed last."""

    def encode(self) -> bytes:
        """The message."""
        return canonical.encode({"k": "last"})


@dataclass(frozen=True, slots=True)
class Sign:
    """Asks for a signature over `head`, which continues `after` as `consistency` proves."""

    after: Head
    head: Head
    consistency: tuple[bytes, ...]

    def encode(self) -> bytes:
        """The message."""
        proof = [to_text(digest) for digest in self.consistency]
        return canonical.encode({"after": _json(self.after), "cons": proof, "head": _json(self.head), "k": "sign"})


@dataclass(frozen=True, slots=True)
class Note:
    """A signed checkpoint."""

    text: str

    def encode(self) -> bytes:
        """The message."""
        return canonical.encode({"k": "note", "note": self.text})


@dataclass(frozen=True, slots=True)
class No:
    """The signer does not sign."""

    why: str

    def encode(self) -> bytes:
        """The message."""
        return canonical.encode({"k": "no", "why": self.why})


def read_request(raw: bytes) -> Last | Sign:
    """What the server asks. Raises Malformed."""
    match _object(raw):
        case {"k": "last", **rest} if not rest:
            return Last()
        case {"k": "sign", "after": after, "head": head, "cons": proof, **rest} if not rest:
            return Sign(_head(after), _head(head), _hashes(proof))
    raise Malformed("not a request to the signer")


def encode_head(head: Head) -> bytes:
    """The answer to `Last`."""
    return canonical.encode({"k": "head", **_json(head)})


def read_answer(raw: bytes) -> Head | Note | No:
    """What the signer answers. Raises Malformed."""
    match _object(raw):
        case {"k": "head", **rest}:
            return _head(rest)
        case {"k": "note", "note": str(text), **rest} if not rest and len(text) <= checkpoint.MAX_NOTE_BYTES:
            return Note(text)
        case {"k": "no", "why": str(why), **rest} if not rest and why in _WHY:
            return No(why)
    raise Malformed("not an answer of the signer")


def _object(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise Malformed("too long")
    return canonical.decode_object(raw)


def _json(head: Head) -> dict[str, canonical.Json]:
    return {"root": to_text(head.root), "size": head.size}


def _head(value: object) -> Head:
    match value:
        case {"root": root, "size": int(size), **rest} if not rest and type(size) is int and size >= 0:
            return Head(size, from_text(root, HASH_BYTES))
    raise Malformed("not a head")


def _hashes(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_PROOF_HASHES:
        raise Malformed("not a proof")
    return tuple(from_text(text, HASH_BYTES) for text in value)
