"""What the ledger's leaves say: canonical JSON, one small object an entry.

`{"at":ms,"h":hash,"k":"rec"}`   a register's record (its newest in a push stands for all before it through `prev`,
                                 but every record has an entry of its own)
`{"at":ms,"h":hash,"k":"cfg"}`   a configuration record
`{"at":ms,"chain":…,"clinic":…,"k":"enrol","parent":…,"pub":…,"reg":…,"till":…}`   a register's birth: this entry is
                                 its certificate, and its hash is `prev` of the chain's first record

`at` is the region's clock in milliseconds since 1970 (UTC) and never decreases.

Names follow one rule, when an entry is written and when it is read: what cannot be read back is never appended.
`clinic` is 1 to 32 of a-z, 0-9 and hyphen; `reg` (kassabeteckning, DOMAIN 1.8) 1 to 16 of A-Z, 0-9 and hyphen; neither
begins with a hyphen; `till` is H or E.
"""

import hashlib
import re
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


def check_till(letter: object) -> str:
    """The letter of a till, if it is one. Raises Malformed."""
    if not isinstance(letter, str) or letter not in TILLS:
        raise Malformed("a till is H or E")
    return letter


def encode_record(at_ms: int, record_hash: bytes) -> bytes:
    """The leaf of a register's record."""
    return canonical.encode({"at": at_ms, "h": canonical.to_text(record_hash), "k": "rec"})


def encode_config(at_ms: int, record_hash: bytes) -> bytes:
    """The leaf of a configuration record."""
    return canonical.encode({"at": at_ms, "h": canonical.to_text(record_hash), "k": "cfg"})


def named_record(leaf: bytes) -> bytes:
    """The hash of the register's record that the leaf is about. Raises Malformed."""
    value = canonical.decode_object(leaf)
    if set(value) != {"at", "h", "k"} or value["k"] != "rec" or not isinstance(value["at"], int):
        raise Malformed("not the entry of a record")
    return canonical.from_text(value["h"], HASH_BYTES)


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
        at_ms=_milliseconds(value["at"]),
        chain=canonical.from_text(value["chain"], CHAIN_BYTES),
        clinic=check_clinic(value["clinic"]),
        register=check_register(value["reg"]),
        till=check_till(value["till"]),
        public_key=canonical.from_text(value["pub"], KEY_BYTES),
        parent=None if parent is None else canonical.from_text(parent, HASH_BYTES),
    )


def _milliseconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed("time")
    return value
