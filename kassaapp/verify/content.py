"""What lies in a journal's file, row by row, as it was read and before anything of it is believed."""

import hashlib
from dataclasses import dataclass, field

from sync.wire.record import SALT_BYTES, Part


class NotAJournal(Exception):
    """The file is no cash journal."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as it lies in the file. One that was `looked_at` had the right digest when it was read, and keeps none,
    nor a body that is sealed."""

    name: str
    sealed: bool
    digest: bytes
    body: bytes
    looked_at: bool = False

    @classmethod
    def of(cls, name: str, body: bytes, *, sealed: bool) -> "StoredPart":
        """A part from where no digest is kept."""
        return cls(name, sealed, hashlib.sha256(body).digest(), body)

    @property
    def is_whole(self) -> bool:
        """Whether the bytes are those that were stored."""
        return self.looked_at or hashlib.sha256(self.body).digest() == self.digest

    def light(self) -> "StoredPart":
        """The part without what nobody needs who compares it with no other copy."""
        if not self.is_whole:
            return self
        return StoredPart(self.name, self.sealed, b"", b"" if self.sealed else self.body, looked_at=True)

    @property
    def opened(self) -> Part:
        """A part that is not sealed, as it was signed."""
        return Part(self.name, self.body[:SALT_BYTES], self.body[SALT_BYTES:])


@dataclass(frozen=True, slots=True)
class StoredChain:
    """A chain as it lies in the file: number `n`, its id and key, and the certificate that should say the same."""

    n: int
    id: bytes
    public_key: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it lies in the file: the place and the name it is stored under, and its bytes."""

    seq: int
    hash: bytes
    env: bytes


@dataclass(frozen=True, slots=True)
class StoredProof:
    """A proof as it was kept: the region holds every record of chain `n` before `next`."""

    n: int
    next: int
    size: int
    leaf: bytes
    index: int
    inclusion: bytes
    consistency: bytes
    note: bytes


@dataclass(slots=True)
class Content:
    """What could be read. `broken` names the tables whose reading stopped before their end; `records` and `gaps` are by
    chain number, `gaps` further by place, with the hash that the next record names, if there was one."""

    bad_pages: list[int] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    misplaced: bool = False
    chains: list[StoredChain] = field(default_factory=list)
    records: dict[int, list[StoredRecord]] = field(default_factory=dict)
    gaps: dict[int, dict[int, bytes | None]] = field(default_factory=dict)
    parts: dict[bytes, list[StoredPart]] = field(default_factory=dict)
    proofs: list[StoredProof | None] = field(default_factory=list)
    region: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    region_parts: dict[tuple[str, int], list[StoredPart]] = field(default_factory=dict)
