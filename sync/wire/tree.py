"""The Merkle tree of RFC 6962 section 2.1, and the proofs that it has only grown.

A leaf is hashed as SHA-256(0x00 ‖ leaf), an inner node as SHA-256(0x01 ‖ left ‖ right). The tree is kept as the hashes
of its complete subtrees, `(level, index)`, where level 0 holds the leaf hashes: an append only adds nodes and never
changes one. Verifying follows RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from sync.wire.errors import BadProof

Place = tuple[int, int]
"""(level, index) of a complete subtree: it covers leaves index·2^level up to (index+1)·2^level."""
Nodes = Callable[[Place], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def append(size: int, leaf_hashes: Iterable[bytes], nodes: Nodes) -> dict[Place, bytes]:
    """The nodes that appear when leaves are added to a tree of `size` leaves; `nodes` gives those there already."""
    new: dict[Place, bytes] = {}
    for leaf_index, leaf in enumerate(leaf_hashes, start=size):
        level, index, digest = 0, leaf_index, leaf
        new[level, index] = digest
        while index & 1:
            left = level, index - 1
            digest = node_hash(new[left] if left in new else nodes(left), digest)
            level, index = level + 1, index >> 1
            new[level, index] = digest
    return new


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the tree's first `size` leaves."""
    return _range_hash(0, size, nodes) if size else EMPTY_ROOT


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Proof that leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1)."""
    assert 0 <= index < size
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            proof.append(_range_hash(start, middle, nodes))
            start = middle
    proof.reverse()
    return proof


def consistency(old_size: int, size: int, nodes: Nodes) -> list[bytes]:
    """Proof that the tree of `size` leaves begins with the tree of `old_size` leaves (RFC 6962 section 2.1.2)."""
    assert 0 <= old_size <= size
    if old_size == 0:
        return []
    proof: list[bytes] = []
    start, end, whole = 0, size, True
    while old_size != end - start:
        half = _split(end - start)
        if old_size <= half:
            proof.append(_range_hash(start + half, end, nodes))
            end = start + half
        else:
            proof.append(_range_hash(start, start + half, nodes))
            start, old_size, whole = start + half, old_size - half, False
    if not whole:
        proof.append(_range_hash(start, end, nodes))
    proof.reverse()
    return proof


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Raise BadProof unless `proof` shows `leaf` at `index` in the tree of `size` leaves with that root."""
    if not 0 <= index < size:
        raise BadProof("leaf outside the tree")
    position, last, digest = index, size - 1, leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            raise BadProof("inclusion proof too long")
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            digest = node_hash(digest, sibling)
        position >>= 1
        last >>= 1
    if last != 0 or digest != root_hash:
        raise BadProof("leaf is not in the tree")


def verify_consistency(old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root_hash: bytes) -> None:
    """Raise BadProof unless `proof` shows that the tree of `size` begins with the tree of `old_size`."""
    if old_size > size or old_size < 0:
        raise BadProof("the tree shrank")
    if old_size == size or old_size == 0:
        same = old_root == (root_hash if old_size else EMPTY_ROOT)
        if proof or not same:
            raise BadProof("the tree was rewritten")
        return
    path = list(proof)
    if old_size & (old_size - 1) == 0:  # A complete tree is itself the first node.
        path.insert(0, old_root)
    if not path:
        raise BadProof("consistency proof too short")
    if _both_roots(old_size, size, path) != (old_root, root_hash):
        raise BadProof("the tree was rewritten")


def _both_roots(old_size: int, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the old and the new tree that a consistency proof leads to."""
    position, last = old_size - 1, size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_digest = digest = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadProof("consistency proof too long")
        if position & 1 or position == last:
            old_digest, digest = node_hash(sibling, old_digest), node_hash(sibling, digest)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            digest = node_hash(digest, sibling)
        position >>= 1
        last >>= 1
    if last != 0:
        raise BadProof("consistency proof too short")
    return old_digest, digest


def places(work: Callable[[Nodes], object]) -> set[Place]:
    """Which nodes `work` asks for, so that a store can fetch them at once: `places(lambda n: inclusion(3, 9, n))`."""
    asked: set[Place] = set()

    def note(place: Place) -> bytes:
        asked.add(place)
        return EMPTY_ROOT

    work(note)
    return asked


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    size = end - start
    if size & (size - 1) == 0 and start % size == 0:
        return nodes((size.bit_length() - 1, start // size))
    middle = start + _split(size)
    return node_hash(_range_hash(start, middle, nodes), _range_hash(middle, end, nodes))
