"""A record is a signed skeleton that commits to its contents.

    header  canonical JSON: v, chain, seq, prev, kind, parts, and for a register's records ack and cfg
    sig     Ed25519(key, "kassa/record/v1\\0" ‖ header)                    64 bytes
    env     sig ‖ header                                                  stored, sent and hashed exactly so
    hash    SHA-256("kassa/record/v1\\0" ‖ header)                         the record's name
    part    salt (32 random bytes) and canonical JSON
            commitment = SHA-256("kassa/part/v1\\0" ‖ salt ‖ json)         this is what the header holds

The header holds no amount and no person, so the chain can be shown to anyone and outlives its contents.

`prev`  hash of the record before; for seq 0 the hash of the ledger entry that enrolled the chain (a configuration or
        trust chain starts from 32 zero bytes).
`ack`   SHA-256 of the text of the newest checkpoint held when the record was made: it cannot be older than that.
`cfg`   hash of the configuration record in force: which price list applied is part of the proof.

Nothing here knows what the parts mean. A header with a `v` above 1 is kept and linked, its further fields unread.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from sync.wire import canonical, signature
from sync.wire.errors import BadCommitment, BadSignature, BrokenLink, Malformed

RECORD_DOMAIN = b"kassa/record/v1\0"
PART_DOMAIN = b"kassa/part/v1\0"
VERSION = 1
HASH_BYTES = 32
CHAIN_BYTES = 16
SALT_BYTES = 32
MAX_ENV_BYTES = 4096
"""A header is about 330 bytes; ten parts with long names still fit."""
MAX_PARTS = 32

NO_RECORD = bytes(HASH_BYTES)
"""`prev` of the first record of a configuration or trust chain."""

_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")
_PART_NAME = re.compile(r"[a-z][a-z0-9/._-]{0,63}")
_ALWAYS = {"v", "chain", "seq", "prev", "kind", "parts"}
_OPTIONAL = {"ack", "cfg"}
_H = rb"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
"""Base64url of 32 bytes: the last letter has two bits that must be 0."""
_COMMITTED = rb'"([a-z][a-z0-9/._-]{0,63})":"(%b)"' % _H
_USUAL = re.compile(
    rb'\{(?:"ack":"(%b)",)?(?:"cfg":"(%b)",)?"chain":"([A-Za-z0-9_-]{21}[AQgw])","kind":"([a-z][a-z0-9-]{0,31})",'
    rb'"parts":\{(?:%b(?:,%b)?)?\},"prev":"(%b)","seq":(0|[1-9][0-9]{0,14}),"v":1\}'
    % (_H, _H, _COMMITTED, _COMMITTED, _H)
)
"""Canonical JSON has one spelling, so this is how a header looks that has two parts or fewer; there are millions, read
again and again. What does not look so is read as any JSON: that alone says what is refused, and why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a record's contents: `data` is canonical JSON, `salt` 32 random bytes."""

    name: str
    salt: bytes
    data: bytes

    @property
    def commitment(self) -> bytes:
        """What the header holds instead of the part (32 bytes)."""
        return hashlib.sha256(PART_DOMAIN + self.salt + self.data).digest()

    def content(self) -> dict[str, Any]:
        """The part as an object. Raises Malformed."""
        return canonical.decode_object(self.data)


@dataclass(frozen=True, slots=True)
class Header:
    """What is signed. `parts` maps a part's name to its commitment; ack and cfg are None in configuration chains."""

    chain: bytes
    seq: int
    prev: bytes
    kind: str
    parts: dict[str, bytes]
    ack: bytes | None = None
    cfg: bytes | None = None
    v: int = VERSION

    def encode(self) -> bytes:
        """The canonical bytes that are signed."""
        value: dict[str, Any] = {
            "v": self.v,
            "chain": canonical.to_text(self.chain),
            "seq": self.seq,
            "prev": canonical.to_text(self.prev),
            "kind": self.kind,
            "parts": {name: canonical.to_text(commitment) for name, commitment in self.parts.items()},
        }
        if self.ack is not None:
            value["ack"] = canonical.to_text(self.ack)
        if self.cfg is not None:
            value["cfg"] = canonical.to_text(self.cfg)
        return canonical.encode(value)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as stored and sent: `env`, what its header says, and its hash. Made by `seal` or `read`."""

    env: bytes
    header: Header
    hash: bytes

    @property
    def header_bytes(self) -> bytes:
        return self.env[signature.SIGNATURE_BYTES :]


def record_hash(header_bytes: bytes) -> bytes:
    """The hash that names the record with these header bytes."""
    return hashlib.sha256(RECORD_DOMAIN + header_bytes).digest()


def seal(header: Header, signer: signature.Signer) -> Record:
    """Sign `header`. The result reads back as itself: a header that could not be read is never signed."""
    header_bytes = header.encode()
    env = signer.sign(RECORD_DOMAIN + header_bytes) + header_bytes
    record = read(env)
    assert record.header == header
    return record


def read(env: bytes) -> Record:
    """Read an env without checking who signed it. Raises Malformed."""
    if not signature.SIGNATURE_BYTES < len(env) <= MAX_ENV_BYTES:
        raise Malformed("a record is 65 to 4096 bytes")
    header_bytes = env[signature.SIGNATURE_BYTES :]
    header = _usual_header(header_bytes) or _read_header(canonical.decode_object(header_bytes))
    return Record(env, header, record_hash(header_bytes))


def check_signature(record: Record, public_key: bytes) -> None:
    """Raise BadSignature unless the private half of `public_key` signed the record."""
    try:
        signature.verify(public_key, record.env[: signature.SIGNATURE_BYTES], RECORD_DOMAIN + record.header_bytes)
    except BadSignature:
        raise BadSignature(f"record {record.header.seq} was not signed by its register") from None


def check_link(record: Record, *, chain: bytes, seq: int, prev: bytes) -> None:
    """Raise BrokenLink unless the record is number `seq` of `chain`, after the record or entry with hash `prev`."""
    header = record.header
    if header.chain != chain:
        raise BrokenLink(f"record {header.seq} belongs to another chain")
    if header.seq != seq:
        raise BrokenLink(f"record {header.seq} stands where {seq} should")
    if header.prev != prev:
        raise BrokenLink(f"record {seq} does not follow the record before it")


def check_parts(record: Record, parts: tuple[Part, ...], *, all_present: bool = True) -> None:
    """Raise BadCommitment unless every part is one the header committed to, and (by default) none is missing."""
    committed = record.header.parts
    seen: set[str] = set()
    for part in parts:
        if part.name in seen or committed.get(part.name) != part.commitment:
            raise BadCommitment(f"part {part.name} of record {record.header.seq} is not the one that was signed")
        seen.add(part.name)
    if all_present and seen != set(committed):
        raise BadCommitment(f"record {record.header.seq} lacks a part")


def _usual_header(header_bytes: bytes) -> Header | None:
    """The header, if it has the usual form; None leaves it to `_read_header`."""
    found = _USUAL.fullmatch(header_bytes)
    if found is None:
        return None
    ack, cfg, chain, kind, name, committed, other, also, prev, seq = found.groups()
    if other is not None and name >= other:
        return None
    named = [(one.decode(), canonical.bytes_of(text)) for one, text in ((name, committed), (other, also)) if one]
    return Header(
        chain=canonical.bytes_of(chain),
        seq=int(seq),
        prev=canonical.bytes_of(prev),
        kind=kind.decode(),
        parts=dict(named),
        ack=None if ack is None else canonical.bytes_of(ack),
        cfg=None if cfg is None else canonical.bytes_of(cfg),
    )


def _read_header(value: dict[str, Any]) -> Header:
    version = _integer(value, "v", 1)
    fields = set(value)
    if not fields >= _ALWAYS or (version == VERSION and not fields <= _ALWAYS | _OPTIONAL):
        raise Malformed("header fields")
    kind, parts = value["kind"], value["parts"]
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise Malformed("kind")
    if not isinstance(parts, dict) or len(parts) > MAX_PARTS:
        raise Malformed("parts")
    if not all(_PART_NAME.fullmatch(name) for name in parts):
        raise Malformed("part name")
    return Header(
        chain=canonical.from_text(value["chain"], CHAIN_BYTES),
        seq=_integer(value, "seq", 0),
        prev=canonical.from_text(value["prev"], HASH_BYTES),
        kind=kind,
        parts={name: canonical.from_text(text, HASH_BYTES) for name, text in parts.items()},
        ack=_optional_hash(value, "ack"),
        cfg=_optional_hash(value, "cfg"),
        v=version,
    )


def _integer(value: dict[str, Any], name: str, least: int) -> int:
    number = value.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        raise Malformed(name)
    return number


def _optional_hash(value: dict[str, Any], name: str) -> bytes | None:
    return canonical.from_text(value[name], HASH_BYTES) if name in value else None
