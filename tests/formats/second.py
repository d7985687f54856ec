"""A second reading of the format, with other libraries: what it says must be what `sync.wire` says.

Written from docs/JOURNAL.md and docs/SYNC.md, with rfc8785 and (where it is there) cryptography instead of our encoder
and libsodium, and nothing of ours imported. For machines without node, which has its own in `second.mjs`. The tree is
the definition of RFC 6962 section 2.1 word for word, and its proofs are verified from the top down, where
`sync.wire.tree` goes from the bottom up.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import rfc8785

RECORD = b"kassa/record/v1\0"
PART = b"kassa/part/v1\0"
ENTRY = b"kassa/entry/v1\0"
ENROL = b"kassa/enrol/v1\0"
SUCCESSOR = b"kassa/successor/v1\0"
SHADOW = b"kassa shadow 1\n"

Verify = Callable[[bytes, bytes, bytes], None]
"""(public key, signature, message): raises Wrong unless it was signed with that key."""


class Wrong(Exception):
    """It is not as it should be."""


def demand(condition: object, what: str) -> None:
    """Raise Wrong unless it is so."""
    if not condition:
        raise Wrong(what)


def sha(*pieces: bytes) -> bytes:
    """SHA-256 of the pieces joined."""
    return hashlib.sha256(b"".join(pieces)).digest()


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def canonical(raw: bytes) -> Any:
    """The value of canonical bytes. Raises Wrong for another spelling."""
    value = json.loads(raw)
    demand(rfc8785.dumps(value) == raw, "not canonical")
    return value


def verify_by_cryptography(key: bytes, signature: bytes, message: bytes) -> None:
    """Ed25519 by OpenSSL. Raises Wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        raise Wrong("signature") from None


def unjudged(key: bytes, signature: bytes, message: bytes) -> None:
    """Where there is no second library for Ed25519: every hash and every form is still looked at."""
    demand(len(key) == 32 and len(signature) == 64 and message, "form")


# ── Records ──────────────────────────────────────────────────────────────────────────────────────


class Frames:
    """Bytes that are taken from the front."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def take(self, count: int) -> bytes:
        """The next bytes. Raises Wrong when there are fewer."""
        demand(len(self.raw) >= count, "cut short")
        taken, self.raw = self.raw[:count], self.raw[count:]
        return taken

    def number(self, count: int) -> int:
        """The next unsigned integer."""
        return int.from_bytes(self.take(count), "big")


def record(env: bytes, key: bytes, verify: Verify) -> dict[str, Any]:
    """The header of a signed record, and its hash under "hash". Raises Wrong."""
    verify(key, env[:64], RECORD + env[64:])
    header = canonical(env[64:])
    return {**header, "hash": sha(RECORD, env[64:])}


def frames(raw: bytes, key: bytes, verify: Verify) -> list[dict[str, Any]]:
    """Every record with its parts under "carried", each compared with its commitment. Raises Wrong."""
    left, found = Frames(raw), []
    while left.raw:
        body = Frames(left.take(left.number(4)))
        header = record(body.take(body.number(4)), key, verify)
        carried = {}
        for _ in range(body.number(1)):
            name, salt = body.take(body.number(1)).decode("ascii"), body.take(32)
            data = body.take(body.number(4))
            demand(header["parts"][name] == b64(sha(PART, salt, data)), "commitment")
            carried[name] = canonical(data)
        demand(not body.raw, "length")
        found.append({**header, "carried": carried})
    return found


def second_medium(raw: bytes, key: bytes, verify: Verify) -> tuple[bytes, list[dict[str, Any]]]:
    """The chain of a second medium and its records, with the bytes of each part under "carried". Raises Wrong."""
    left, found = Frames(raw), []
    demand(left.take(len(SHADOW)) == SHADOW, "not a second medium")
    chain = left.take(16)
    while left.raw:
        length, checksum = left.number(4), left.number(4)
        body = Frames(left.take(length))
        demand(zlib.crc32(body.raw) == checksum, "checksum")
        header = record(body.take(body.number(2)), key, verify)
        carried = {}
        for _ in range(body.number(1)):
            name, sealed = body.take(body.number(1)).decode("ascii"), body.number(1)
            data = body.take(body.number(4))
            committed = header["parts"][name]
            demand(sealed or b64(sha(PART, data)) == committed, "commitment")
            demand(not sealed or data[:1] == b"\1", "seal")
            carried[name] = data
        demand(not body.raw, "length")
        found.append({**header, "carried": carried})
    return chain, found


# ── The tree ─────────────────────────────────────────────────────────────────────────────────────


def leaf(data: bytes) -> bytes:
    """A leaf's hash."""
    return sha(b"\0", data)


def node(left: bytes, right: bytes) -> bytes:
    """A node's hash."""
    return sha(b"\1", left, right)


def half(size: int) -> int:
    """The largest power of two below `size`."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves."""
    if len(leaves) < 2:
        return leaf(leaves[0]) if leaves else sha()
    middle = half(len(leaves))
    return node(root(leaves[:middle]), root(leaves[middle:]))


def root_with(index: int, size: int, digest: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to, from the leaf's hash. Raises Wrong for another length."""
    if size == 1:
        demand(not proof, "too long")
        return digest
    demand(proof, "too short")
    middle = half(size)
    if index < middle:
        return node(root_with(index, middle, digest, proof[:-1]), proof[-1])
    return node(proof[-1], root_with(index - middle, size - middle, digest, proof[:-1]))


def roots_with(old: int, size: int, known: bytes | None, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to; `known` is the old root while the tree so far is
    whole. Raises Wrong when the proof has another length."""
    if old == size:
        demand(len(proof) == (known is None), "length")
        digest = proof[0] if known is None else known
        return digest, digest
    demand(proof, "too short")
    middle = half(size)
    if old <= middle:
        before, after = roots_with(old, middle, known, proof[:-1])
        return before, node(after, proof[-1])
    before, after = roots_with(old - middle, size - middle, None, proof[:-1])
    return node(proof[-1], before), node(proof[-1], after)


def includes(data: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether the proof holds."""
    try:
        return 0 <= index < size and root_with(index, size, leaf(data), proof) == head
    except Wrong:
        return False


def continues(old: int, size: int, proof: Sequence[bytes], old_head: bytes, head: bytes) -> bool:
    """Whether the proof holds."""
    if old == 0:
        return not proof and old_head == sha()
    try:
        return 0 < old <= size and roots_with(old, size, old_head, proof) == (old_head, head)
    except Wrong:
        return False
