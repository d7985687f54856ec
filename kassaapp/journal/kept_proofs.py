"""The proofs in a damaged journal that can be believed.

What a proof holds is signed by the ledger. Which chain and which number it was kept under is signed by nobody, and is
believed as far as the records that it names say the same.
"""

import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress

from kassaapp.journal import rows
from kassaapp.journal.salvage import Salvage
from sync.client.engine import Proof
from sync.wire import record, tree
from sync.wire.config import Trust
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError


def newest_run(found: Salvage, chains: Sequence[Enrolment], trust: Trust) -> list[tuple[int, Proof]]:
    """The newest run of proofs, each with the number of its chain, of which each holds and continues the one before;
    empty when it has none of the newest chain. What one damaged proof cuts off before it is not needed."""
    stood = _where_records_stood(found)
    runs: list[list[tuple[int, Proof]]] = [[]]
    for number in sorted(found.proofs):
        n, *values = found.proofs[number]
        proof = _read(values, trust)
        if proof is None or not _is_in_place(chains, n, proof, stood):
            runs.append([])
            continue
        if runs[-1] and not _continues(runs[-1], n, proof):
            runs.append([])
        runs[-1].append((n, proof))
    useful = [run for run in runs if any(n == len(chains) for n, _ in run)]
    return useful[-1] if useful else []


def _read(values: Sequence[object], trust: Trust) -> Proof | None:
    """A proof that holds."""
    try:
        proof = rows.proof(values, trust)
        rows.check_proof(proof)
    except (WireError, ValueError, TypeError, struct.error):
        return None
    return proof


def _where_records_stood(found: Salvage) -> dict[bytes, tuple[bytes, int]]:
    """The chain and the number that each record that can be read says of itself, by its hash."""
    stood: dict[bytes, tuple[bytes, int]] = {}
    for on_disk in found.all():
        with suppress(WireError):
            read = record.read(on_disk.env)
            stood[read.hash] = (read.header.chain, read.header.seq)
    return stood


def _is_in_place(chains: Sequence[Enrolment], n: int, proof: Proof, stood: Mapping[bytes, tuple[bytes, int]]) -> bool:
    """Whether chain and number can be those of what is proved. Of a record that cannot be read, nothing speaks against
    them."""
    if not 1 <= n <= len(chains):
        return False
    chain, named = chains[n - 1].chain, proof.named()
    if named is None:
        return read_enrolment(proof.leaf).chain == chain
    seq, digest = named
    return stood.get(digest, (chain, seq)) == (chain, seq)


def _continues(run: Sequence[tuple[int, Proof]], n: int, proof: Proof) -> bool:
    """Whether the proof, of chain `n`, is of a later ledger than the last of the run, and not of an earlier record."""
    known, head = run[-1][1].checkpoint, proof.checkpoint
    try:
        tree.verify_consistency(known.size, head.size, proof.consistency, known.root, head.root)
    except WireError:
        return False
    return all(before.next <= proof.next for chain, before in run if chain == n)
