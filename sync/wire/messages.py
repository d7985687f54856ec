"""What register and region say to each other, as canonical JSON (records and configuration travel as frames).

    POST /v1/enrol                                EnrolRequest → Enrolled
    POST /v1/chains/{chain}/records               frames → Pushed | Conflict       Kassa-Start, Kassa-Known
    GET  /v1/chains/{chain}/records?from=N        → frames                         signed by the chain's key
    GET  /v1/chains/{chain}/certificate           → Enrolled                       signed by the chain's key
    POST /v1/chains/{chain}/successor             SuccessorRequest → Enrolled      signed by the chain's key
    GET  /v1/chains/{chain}/parent?from=N         → frames of the chain before     signed by the chain's key
    GET  /v1/chains/{chain}/parent/certificate    → Enrolled                       signed by the chain's key
    GET  /v1/config?from=N                        → frames                         signed by a register
    GET  /v1/ledger/checkpoint                    → the note, as text
    any refusal                                   → Refusal, and a header Kassa-Nonce with 401

Every `read` is strict: an unknown or missing field, another type or a value out of range raises Malformed.
"""

from dataclasses import dataclass
from typing import Any

from sync.wire import canonical, frame
from sync.wire.canonical import from_text, to_text
from sync.wire.entry import FORK, GAP
from sync.wire.errors import Malformed
from sync.wire.frame import Frame
from sync.wire.record import CHAIN_BYTES, HASH_BYTES
from sync.wire.signature import KEY_BYTES, SIGNATURE_BYTES, Signer, verify

MAX_BATCH_RECORDS = 500
MAX_BATCH_BYTES = 1_048_576
MAX_MESSAGE_BYTES = canonical.MAX_BYTES
MAX_PROOF_HASHES = 128
MAX_CONFIG_FRAMES = 100
ENROL_DOMAIN = b"kassa/enrol/v1\0"
SUCCESSOR_DOMAIN = b"kassa/successor/v1\0"

START_HEADER = "kassa-start"
KNOWN_HEADER = "kassa-known"
NONCE_HEADER = "kassa-nonce"


def config_path(first: int) -> str:
    """Path and query that ask for configuration records from seq `first`."""
    return f"/v1/config?from={first}"


def push_path(chain: bytes) -> str:
    """Path to which a chain's records are pushed."""
    return f"/v1/chains/{to_text(chain)}/records"


def aside_path(chain: bytes, first: int) -> str:
    """Path and query that ask for the records of a chain, from seq `first`, that the region keeps beside it."""
    return f"/v1/chains/{to_text(chain)}/aside?from={first}"


def certificate_path(chain: bytes) -> str:
    """Path that asks for a chain's certificate, with a new proof that the ledger holds it."""
    return f"/v1/chains/{to_text(chain)}/certificate"


def successor_path(chain: bytes) -> str:
    """Path to which a chain that cannot go on sends its SuccessorRequest."""
    return f"/v1/chains/{to_text(chain)}/successor"


def parent_path(chain: bytes, first: int) -> str:
    """Path and query that ask for the records, from seq `first`, of the chain that `chain` succeeds."""
    return f"/v1/chains/{to_text(chain)}/parent?from={first}"


def parent_certificate_path(chain: bytes) -> str:
    """Path that asks for the certificate of the chain that `chain` succeeds."""
    return f"/v1/chains/{to_text(chain)}/parent/certificate"


ENROL_PATH = "/v1/enrol"
CHECKPOINT_PATH = "/v1/ledger/checkpoint"


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """A new register shows its one-time code and its public key, signed with that key."""

    code: str
    till: str
    public_key: bytes
    signature: bytes

    @classmethod
    def made(cls, code: str, till: str, signer: Signer) -> "EnrolRequest":
        """Sign a request with the register's new key."""
        signed = signer.sign(_enrol_text(code, till, signer.public_key))
        return cls(code, till, signer.public_key, signed)

    def check(self) -> None:
        """Raise BadSignature unless the request was signed with the key it brings."""
        verify(self.public_key, self.signature, _enrol_text(self.code, self.till, self.public_key))

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "code": self.code,
                "till": self.till,
                "pub": to_text(self.public_key),
                "sig": to_text(self.signature),
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "EnrolRequest":
        value = _fields(raw, {"code", "till", "pub", "sig"})
        return cls(
            _string(value["code"], 64),
            _string(value["till"], 16),
            from_text(value["pub"], KEY_BYTES),
            from_text(value["sig"], SIGNATURE_BYTES),
        )


@dataclass(frozen=True, slots=True)
class SuccessorRequest:
    """A chain that cannot go on asks for one that can. `why` is `entry.FORK` or `entry.GAP`. `signature` is by the new
    key, and the HTTP request that carries this is signed by the old one, so that both keys say it."""

    public_key: bytes
    why: str
    signature: bytes

    @classmethod
    def made(cls, chain: bytes, why: str, signer: Signer) -> "SuccessorRequest":
        """Sign a request to succeed `chain` with the new key."""
        signed = signer.sign(_successor_text(chain, why, signer.public_key))
        return cls(signer.public_key, why, signed)

    def check(self, chain: bytes) -> None:
        """Raise BadSignature unless the new key signed a request to succeed `chain`."""
        verify(self.public_key, self.signature, _successor_text(chain, self.why, self.public_key))

    def encode(self) -> bytes:
        return canonical.encode({"pub": to_text(self.public_key), "sig": to_text(self.signature), "why": self.why})

    @classmethod
    def read(cls, raw: bytes) -> "SuccessorRequest":
        value = _fields(raw, {"pub", "sig", "why"})
        if value["why"] not in (FORK, GAP):
            raise Malformed("why")
        return cls(
            from_text(value["pub"], KEY_BYTES),
            value["why"],
            from_text(value["sig"], SIGNATURE_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The certificate (a ledger leaf), the proof that the ledger holds it, and the region's keys.

    `trust` is the whole trust chain as frames. The clinic's configuration is asked for next, with a signed GET.
    """

    leaf: bytes
    index: int
    inclusion: tuple[bytes, ...]
    note: str
    trust: tuple[Frame, ...]

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "entry": to_text(self.leaf),
                "idx": self.index,
                "incl": [to_text(digest) for digest in self.inclusion],
                "note": self.note,
                "trust": to_text(frame.encode_all(self.trust)),
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "Enrolled":
        value = _fields(raw, {"entry", "idx", "incl", "note", "trust"})
        return cls(
            from_text(value["entry"]),
            _count(value["idx"]),
            _hashes(value["incl"]),
            _string(value["note"], 8192),
            tuple(frame.decode_all(from_text(value["trust"]), at_most=MAX_CONFIG_FRAMES)),
        )


@dataclass(frozen=True, slots=True)
class Pushed:
    """Everything before `next` is stored, and here is the proof.

    `leaf` is the ledger's entry for record next-1, at `index`; `inclusion` proves it in the checkpoint `note`, and
    `consistency` proves that this ledger begins with the one the register knew. For a chain with no record yet the leaf
    is its enrolment. `config_seq` is the newest configuration record, `nonce` the one to sign the next request with.
    """

    next: int
    leaf: bytes
    index: int
    inclusion: tuple[bytes, ...]
    note: str
    consistency: tuple[bytes, ...]
    config_seq: int
    nonce: str

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "next": self.next,
                "entry": to_text(self.leaf),
                "idx": self.index,
                "incl": [to_text(digest) for digest in self.inclusion],
                "note": self.note,
                "cons": [to_text(digest) for digest in self.consistency],
                "cfg": self.config_seq,
                "nonce": self.nonce,
            }
        )

    @classmethod
    def read(cls, raw: bytes) -> "Pushed":
        value = _fields(raw, {"next", "entry", "idx", "incl", "note", "cons", "cfg", "nonce"})
        return cls(
            _count(value["next"]),
            from_text(value["entry"]),
            _count(value["idx"]),
            _hashes(value["incl"]),
            _string(value["note"], 8192),
            _hashes(value["cons"]),
            _count(value["cfg"]),
            _string(value["nonce"], 128),
        )


@dataclass(frozen=True, slots=True)
class Conflict:
    """The region stands elsewhere. `kind` "gap": go on from `next`, after the record with hash `head`.
    `kind` "fork": at `next` the region holds another record of this chain, `env`, signed by the same key; what was sent
    is kept in quarantine."""

    kind: str
    next: int
    head: bytes
    env: bytes = b""

    def encode(self) -> bytes:
        return canonical.encode(
            {"kind": self.kind, "next": self.next, "hash": to_text(self.head), "env": to_text(self.env)}
        )

    @classmethod
    def read(cls, raw: bytes) -> "Conflict":
        value = _fields(raw, {"kind", "next", "hash", "env"})
        if value["kind"] not in ("gap", "fork"):
            raise Malformed("kind")
        return cls(
            value["kind"],
            _count(value["next"]),
            from_text(value["hash"], HASH_BYTES),
            from_text(value["env"]),
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the region did not do it: a short word for programs. `index` is the first bad frame of a push, or -1."""

    why: str
    index: int = -1

    def encode(self) -> bytes:
        return canonical.encode({"why": self.why, "index": self.index})

    @classmethod
    def read(cls, raw: bytes) -> "Refusal":
        value = _fields(raw, {"why", "index"})
        index = value["index"]
        if not isinstance(index, int) or isinstance(index, bool) or index < -1:
            raise Malformed("index")
        return cls(_string(value["why"], 200), index)


def read_chain(text: str) -> bytes:
    """The chain id in a path. Raises Malformed."""
    return from_text(text, CHAIN_BYTES)


def _enrol_text(code: str, till: str, public_key: bytes) -> bytes:
    return ENROL_DOMAIN + canonical.encode({"code": code, "till": till, "pub": to_text(public_key)})


def _successor_text(chain: bytes, why: str, public_key: bytes) -> bytes:
    text = {"chain": to_text(chain), "pub": to_text(public_key), "why": why}
    return SUCCESSOR_DOMAIN + canonical.encode(text)


def _fields(raw: bytes, names: set[str]) -> dict[str, Any]:
    value = canonical.decode_object(raw)
    if set(value) != names:
        raise Malformed("fields of a message")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed("number in a message")
    return value


def _string(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise Malformed("text in a message")
    return value


def _hashes(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_PROOF_HASHES:
        raise Malformed("proof in a message")
    return tuple(from_text(item, HASH_BYTES) for item in value)
