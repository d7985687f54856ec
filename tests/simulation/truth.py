"""What is true, kept apart from the program: which trees there are, and which records have been acknowledged.

Shares no code with what it judges: the Merkle root is computed here in another way, and records are known by hash.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

Hashes = set[bytes]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of RFC 6962, as its definition reads."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def nodes_of(leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
    """The hashes of all complete subtrees, by level and index."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    nodes: dict[tuple[int, int], bytes] = {}
    height = 0
    while level:
        nodes.update({(height, at): digest for at, digest in enumerate(level)})
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        height += 1
    return nodes


def named_by(leaf: bytes) -> bytes | None:
    """The hash of the record that a ledger entry names, or None for an entry of another kind."""
    entry = json.loads(leaf)
    return base64.urlsafe_b64decode(entry["h"] + "=") if entry["k"] == "rec" else None


def size_and_root(note: str) -> tuple[int, bytes]:
    """What a checkpoint says, unchecked."""
    _, size, root = note.split("\n")[:3]
    return int(size), base64.b64decode(root)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A record of which somebody was told that it is safe, as its header says it; `receipt` is the register's name and
    the number on paper."""

    chain: str
    seq: int
    prev: str
    kind: str
    receipt: tuple[str, int] | None
    machine: str
    env: bytes
    event: object


@dataclass
class Truth:
    """All trees that a region has signed, and all records that were acknowledged; `destroyed` are those of which the
    history itself destroyed every copy."""

    trees: dict[tuple[int, bytes], tuple[bytes, ...]] = field(default_factory=dict)
    records: dict[bytes, Acknowledged] = field(default_factory=dict)
    destroyed: Hashes = field(default_factory=set)
    unfinished: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    """Records that were being written when the power went, by hash: chain and number. They may be there or not."""

    def envs(self) -> dict[bytes, bytes]:
        """Every acknowledged record's signed header, by hash."""
        return {digest: record.env for digest, record in self.records.items()}

    def saw_tree(self, leaves: Sequence[bytes]) -> None:
        """A region holds these entries, in this order, at this moment."""
        key = (len(leaves), root_of(leaves))
        self.trees.setdefault(key, tuple(leaves))

    def saw_signed(self, note: str, leaves: Sequence[bytes]) -> None:
        """A region signs a head while it holds these entries, and perhaps newer ones."""
        size, root = size_and_root(note)
        if (size, root) not in self.trees and size <= len(leaves) and root_of(leaves[:size]) == root:
            self.trees[size, root] = tuple(leaves[:size])

    def continues(self, note: str, older: str) -> bool:
        """Whether the tree of one head begins with the tree of another; not when one of them is no tree's."""
        try:
            new, old = self.trees.get(size_and_root(note)), self.trees.get(size_and_root(older))
        except ValueError:
            return False
        return new is not None and old is not None and new[: len(old)] == old
