"""Every proof of every small tree, and every way to change one element of it, judged by both implementations."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sync.wire import tree
from sync.wire.errors import BadProof
from tests.formats import second

LEAVES = 128
"""How large the trees of the gate become; `python -m tests.formats.long_run` goes on to 256."""
MOST = 256
_NONE: tree.Nodes = dict[tree.Place, bytes]().__getitem__
Proof = Sequence[bytes]
Roots = Mapping[int, bytes]
Judge = Callable[[Proof], bool]


@dataclass(slots=True)
class Judged:
    """How many proofs were held good, how many changed ones were judged, and which of those were held good too."""

    good: int = 0
    changed: int = 0
    wrongly_held: list[str] = field(default_factory=list)


def leaf(index: int) -> bytes:
    """What leaf `index` says."""
    return f"leaf {index}".encode()


def grow(size: int) -> dict[tree.Place, bytes]:
    """The nodes of the tree of `size` leaves."""
    return tree.append(0, [tree.leaf_hash(leaf(index)) for index in range(size)], _NONE)


def hash_of_every_proof(most: int) -> str:
    """SHA-256 over the root and all proofs of the trees of 1, 2 … `most` leaves, as `second.mjs` makes it."""
    nodes, whole = grow(most).__getitem__, hashlib.sha256()
    for size in range(1, most + 1):
        whole.update(tree.root(size, nodes))
        for index in range(size):
            whole.update(b"".join(tree.inclusion(index, size, nodes)))
        for old in range(1, size + 1):
            whole.update(b"".join(tree.consistency(old, size, nodes)))
    return whole.hexdigest()


def every_proof(most: int) -> Judged:
    """Judge all inclusion and consistency proofs of the trees up to `most` leaves, whole and changed."""
    nodes = grow(most).__getitem__
    roots = {size: tree.root(size, nodes) for size in range(most + 1)}
    judged = Judged()
    for size in range(1, most + 1):
        for index in range(size):
            proof = tree.inclusion(index, size, nodes)
            _judge(f"inclusion {index} {size}", proof, _inclusion(index, size, roots), judged)
        for old in range(size + 1):
            proof = tree.consistency(old, size, nodes)
            _judge(f"growth {old} {size}", proof, _growth(old, size, roots), judged)
            for other in (old, size) if 0 < old < size else ():
                judged.changed += 1
                if any(judge(proof) for judge in _growth(old, size, _with_other_root(roots, other))):
                    judged.wrongly_held.append(f"growth {old} {size}: another root")
    return judged


def every_claim(most: int) -> int:
    """Read each proof of the trees to `most` leaves as one of every other place, size and root; how many such claims
    both implementations hold good. They must say the same of each."""
    nodes = grow(most).__getitem__
    roots = {size: tree.root(size, nodes) for size in range(most + 1)}
    held = 0
    for size in range(1, most + 1):
        for place in range(size + 1):
            proofs = [tree.consistency(place, size, nodes)]
            proofs += [tree.inclusion(place, size, nodes)] if place < size else []
            for claimed_size in range(most + 1):
                for claimed in range(claimed_size + 2):
                    held += sum(_agreed(proof, place, size, claimed, claimed_size, roots) for proof in proofs)
    return held


def _agreed(proof: Proof, place: int, size: int, claimed: int, claimed_size: int, roots: Roots) -> int:
    """How many of the claims hold that this is a proof of leaf `place`, and of the growth from `place`, in a tree of
    another size whose root is that of `size`."""
    head, old_head = roots[size], roots[place]
    leaves, growths = (
        (
            _holds(lambda: tree.verify_inclusion(leaf(place), claimed, claimed_size, proof, head)),
            second.includes(leaf(place), claimed, claimed_size, proof, head),
        ),
        (
            _holds(lambda: tree.verify_consistency(claimed, claimed_size, proof, old_head, head)),
            second.continues(claimed, claimed_size, proof, old_head, head),
        ),
    )
    assert leaves[0] == leaves[1], f"inclusion {place} {size} as {claimed} {claimed_size}"
    assert growths[0] == growths[1], f"growth {place} {size} as {claimed} {claimed_size}"
    return leaves[0] + growths[0]


def changed(proof: Proof) -> Iterator[tuple[str, Proof]]:
    """The proof with one element flipped in a bit, removed, or put in."""
    own = list(proof)
    stranger = bytes(32)
    for at, element in enumerate(own):
        bit = at * 37 % 256
        flipped = bytearray(element)
        flipped[bit // 8] ^= 1 << bit % 8
        yield f"bit {bit} of {at}", [*own[:at], bytes(flipped), *own[at + 1 :]]
        yield f"{at} removed", own[:at] + own[at + 1 :]
    for at in range(len(own) + 1):
        yield f"one put in at {at}", [*own[:at], stranger, *own[at:]]


def _with_other_root(roots: Roots, at: int) -> Roots:
    """The roots, with a bit of one flipped."""
    other = bytearray(roots[at])
    other[at % 32] ^= 1
    return {**roots, at: bytes(other)}


def _judge(name: str, proof: Proof, judges: tuple[Judge, Judge], judged: Judged) -> None:
    assert all(judge(proof) for judge in judges), f"{name} is refused"
    judged.good += 1
    for what, other in changed(proof):
        judged.changed += 1
        if any(judge(other) for judge in judges):
            judged.wrongly_held.append(f"{name}: {what}")


def _inclusion(index: int, size: int, roots: Roots) -> tuple[Judge, Judge]:
    def ours(proof: Proof) -> bool:
        return _holds(lambda: tree.verify_inclusion(leaf(index), index, size, proof, roots[size]))

    return ours, lambda proof: second.includes(leaf(index), index, size, proof, roots[size])


def _growth(old: int, size: int, roots: Roots) -> tuple[Judge, Judge]:
    def ours(proof: Proof) -> bool:
        return _holds(lambda: tree.verify_consistency(old, size, proof, roots[old], roots[size]))

    return ours, lambda proof: second.continues(old, size, proof, roots[old], roots[size])


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except BadProof:
        return False
    return True
