"""Watches every proof that any till keeps, at the moment it is written, and holds it against the truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kassaapp.journal import rows
from sync.client.engine import Proof
from tests.simulation.chance import swapped
from tests.simulation.truth import Truth, named_by, size_and_root

_NEWEST = "SELECT note FROM proof ORDER BY size DESC, id DESC LIMIT 1"
_RECORD = "SELECT hash FROM record WHERE chain = ? AND seq = ?"
_CERTIFICATE = "SELECT certificate FROM chain WHERE n = ?"


@contextmanager
def watched_proofs(truth: Truth, found: list[str]) -> Iterator[None]:
    """Until the block ends, note in `found` each proof kept that is not true."""
    keep = rows.insert_proof

    def watch(connection: Any, chain: int, proof: Proof) -> None:
        wrong = _wrong(connection, chain, proof, truth)
        if wrong is not None:
            found.append(f"believed: {wrong}")
        keep(connection, chain, proof)

    with swapped(rows, "insert_proof", watch):
        yield


def _wrong(connection: Any, chain: int, proof: Proof, truth: Truth) -> str | None:
    leaves = truth.trees.get(size_and_root(proof.checkpoint.note))
    if leaves is None:
        return "a head that no tree has"
    known = connection.execute(_NEWEST).get
    if known is not None:
        before = truth.trees[size_and_root(known)]
        if leaves[: len(before)] != before:
            return "a ledger that does not continue the one it knew"
    if not proof.index < len(leaves) or leaves[proof.index] != proof.leaf:
        return "an entry that is not in the ledger"
    if proof.next == 0:
        own = connection.execute(_CERTIFICATE, (chain,)).get
        return None if proof.leaf == own else "another's certificate to be its own"
    own = connection.execute(_RECORD, (chain, proof.next - 1)).get
    return None if own is None or named_by(proof.leaf) == own else "an entry that names another record"
