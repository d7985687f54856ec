"""What the ledger's leaves say: canonical JSON, one small object an entry.

`{"at":ms,"h":hash,"k":"rec"}`   a register's record (its newest in a push stands for all before it through `prev`,
                                 but every record has an entry of its own)
`{"at":ms,"h":hash,"k":"cfg"}`   a configuration record
`{"at":ms,"chain":…,"clinic":…,"k":"enrol","parent":…,"pub":…,"reg":…,"till":…}`   a register's birth: this entry is
                                 its certificate, and its hash is `prev` of the chain's first record
`{"at":ms,"chain":…,"head":hash,"k":"close","next":seq,"why":…}`   a chain's end, as the region knew it: it held every
                                 record before `next`, the newest with the hash `head`. `why` is "lost", "fork" or "gap"

`at` is the region's clock in milliseconds since 1970 (UTC) and never decreases.

Names follow one rule, when an entry is written and when it is read: what cannot be read back is never appended.
`clinic` is 1 to 32 of a-z, 0-9 and hyphen; `reg` (kassabeteckning, DOMAIN 1.8) 1 to 16 of A-Z, 0-9 and hyphen; neither
begins with a hyphen; `till` is H or E. A successor's name carries a letter more: R0417, R0417B, R0417C.
"""

import hashlib
import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sync.wire import canonical
from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES, HASH_BYTES
from sync.wire.signature import KEY_BYTES

ENTRY_DOMAIN = b"kassa/entry/v1\0"
TILLS = ("H", "E")
_CLINIC = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_REGISTER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_SUCCESSOR_LETTERS = "BCDFGJKLMNPQRSTUVWXYZ"
"""Not A, which would be the first of them; not E and H, which are tills; not I and O, which are read as digits."""
_SUCCESSOR = re.compile(rf"(.*[0-9]|.*-)([{_SUCCESSOR_LETTERS}]{{1,2}})")
_RECORD = re.compile(rb'\{"at":(?:0|[1-9][0-9]{0,14}),"h":"([A-Za-z0-9_-]{43})","k":"rec"\}')
"""Canonical JSON has one spelling, so this is all of them; there are millions, and each is read again and again."""
LOST, FORK, GAP = "lost", "fork", "gap"
CLOSINGS = (LOST, FORK, GAP)
"""Why a chain ends: its machine is gone, it has two histories, or a record of it is in no copy."""


def check_clinic(name: object) -> str:
    """The id of a clinic, if it is one. Raises Malformed."""
    if not isinstance(name, str) or not _CLINIC.fullmatch(name):
        raise Malformed("a clinic's id is 1 to 32 of a-z, 0-9 and hyphen, and does not begin with a hyphen")
    return name


def check_register(name: object) -> str:
    """The name of a register (kassabeteckning), if it is one. Raises Malformed."""
    if not isinstance(name, str) or not _REGISTER.fullmatch(name):
        raise Malformed("a register's name is 1 to 16 of A-Z, 0-9 and hyphen, and does not begin with a hyphen")
    return name


def next_register(name: str, taken: Collection[str]) -> str:
    """The name of the register that succeeds `name`: the next letter after a digit that is not in `taken`, the names at
    the clinic. R0417 → R0417B → R0417C; a name that ends in a letter gets a hyphen first, and after Z come two letters.
    Raises Malformed when there is no room for it."""
    found = _SUCCESSOR.fullmatch(check_register(name))
    stem, own = found.groups() if found else (name if name[-1] in "0123456789-" else f"{name}-", "")
    pairs = map("".join, itertools.product(_SUCCESSOR_LETTERS, repeat=2))
    suffixes = [*_SUCCESSOR_LETTERS, *pairs]
    later = suffixes[suffixes.index(own) + 1 :] if own else suffixes
    free = (stem + suffix for suffix in later if stem + suffix not in taken)
    return check_register(next(free, ""))


def check_till(letter: object) -> str:
    """The letter of a till, if it is one. Raises Malformed."""
    if not isinstance(letter, str) or letter not in TILLS:
        raise Malformed("a till is H or E")
    return letter


def encode_record(at_ms: int, record_hash: bytes) -> bytes:
    """The leaf of a register's record."""
    return b'{"at":%d,"h":"%s","k":"rec"}' % (at_ms, canonical.to_text(record_hash).encode())


def encode_config(at_ms: int, record_hash: bytes) -> bytes:
    """The leaf of a configuration record."""
    return canonical.encode({"at": at_ms, "h": canonical.to_text(record_hash), "k": "cfg"})


def named_record(leaf: bytes) -> bytes:
    """The hash of the register's record that the leaf is about. Raises Malformed."""
    found = _RECORD.fullmatch(leaf)
    if not found:
        raise Malformed("not the entry of a record")
    return canonical.from_text(found[1].decode(), HASH_BYTES)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A register's certificate: which key signs for which chain, till and clinic, from when.

    `parent` is the hash of the newest record known of the chain it succeeds, or None for a new register."""

    at_ms: int
    chain: bytes
    clinic: str
    register: str
    till: str
    public_key: bytes
    parent: bytes | None = None

    def encode(self) -> bytes:
        """The ledger leaf. Raises Malformed for a name that could not be read back."""
        return canonical.encode(
            {
                "k": "enrol",
                "at": self.at_ms,
                "chain": canonical.to_text(self.chain),
                "clinic": check_clinic(self.clinic),
                "reg": check_register(self.register),
                "till": check_till(self.till),
                "pub": canonical.to_text(self.public_key),
                "parent": None if self.parent is None else canonical.to_text(self.parent),
            }
        )

    @property
    def hash(self) -> bytes:
        """`prev` of the chain's first record."""
        return hashlib.sha256(ENTRY_DOMAIN + self.encode()).digest()


def read_enrolment(leaf: bytes) -> Enrolment:
    """Read a certificate. Raises Malformed."""
    value = canonical.decode_object(leaf)
    if set(value) != {"k", "at", "chain", "clinic", "reg", "till", "pub", "parent"} or value["k"] != "enrol":
        raise Malformed("not an enrolment")
    parent = value["parent"]
    return Enrolment(
        at_ms=_whole(value["at"]),
        chain=canonical.from_text(value["chain"], CHAIN_BYTES),
        clinic=check_clinic(value["clinic"]),
        register=check_register(value["reg"]),
        till=check_till(value["till"]),
        public_key=canonical.from_text(value["pub"], KEY_BYTES),
        parent=None if parent is None else canonical.from_text(parent, HASH_BYTES),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """A chain's end as the region knew it then. Records that come later are kept, and marked late.

    `next` is how many records it held, `head` the hash of the newest (of the certificate when there was none)."""

    at_ms: int
    chain: bytes
    next: int
    head: bytes
    why: str

    def encode(self) -> bytes:
        """The ledger leaf."""
        return canonical.encode(
            {
                "k": "close",
                "at": self.at_ms,
                "chain": canonical.to_text(self.chain),
                "next": self.next,
                "head": canonical.to_text(self.head),
                "why": self.why,
            }
        )


def read_closing(leaf: bytes) -> Closing:
    """Read a chain's end. Raises Malformed."""
    value = canonical.decode_object(leaf)
    if set(value) != {"k", "at", "chain", "next", "head", "why"} or value["k"] != "close":
        raise Malformed("not the end of a chain")
    if value["why"] not in CLOSINGS:
        raise Malformed("why a chain ends")
    return Closing(
        at_ms=_whole(value["at"]),
        chain=canonical.from_text(value["chain"], CHAIN_BYTES),
        next=_whole(value["next"]),
        head=canonical.from_text(value["head"], HASH_BYTES),
        why=value["why"],
    )


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed("number")
    return value
