"""Does the region hold what it says it holds? Every proof it gave is checked again, and each against those before it.

A proof tells of its own chain: the certificate, or the newest of the chain's records that the region had. The ledger is
one for all of them, so its head never shrinks and, where it does not grow, stays the same, over all chains of the file.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kassaapp.verify.content import Content, StoredProof
from kassaapp.verify.fault import Fault
from kassaapp.verify.records import Checked, Gap
from kassaapp.verify.report import Report
from sync.wire import checkpoint, entry, tree
from sync.wire.checkpoint import Checkpoint
from sync.wire.config import Trust
from sync.wire.errors import BadProof, WireError
from sync.wire.record import HASH_BYTES


@dataclass(slots=True)
class Witnessed:
    """What the region has signed, as far as it held: `heads` in order, the place of each chain's certificate in the
    ledger by chain number."""

    heads: list[Checkpoint] = field(default_factory=list)
    certificates: dict[int, int] = field(default_factory=dict)


class _Another(WireError):
    """The region has proved another record than the one that lies in its place."""


def check(
    content: Content, chains: Sequence[Checked], trust: Trust, put_back: Collection[tuple[int, int]], report: Report
) -> Witnessed:
    """Check all proofs in order; note the first that does not hold, and a chain for which there is none. `put_back` as
    in `Book`: a start that has said that it put records back has also said why what the region gave for them is away.
    """
    proofs = _Proofs({chain.signed.n: chain for chain in chains}, trust)
    for row in content.proofs:
        try:
            proofs.take(row)
        except _Another:
            assert row is not None
            text = "regionen har bevisat en annan post med det numret: posterna är omskrivna"
            report.add(Fault.FORK, row.next - 1, text, chain=row.n)
            return proofs.witnessed
        except (WireError, UnicodeDecodeError) as error:
            before = "" if row is None else f" för posterna före {row.next}"
            report.add(Fault.PROOF, None, f"beviset{before} håller inte ({error})", chain=1 if row is None else row.n)
            return proofs.witnessed
    for chain in chains:
        _check_end(chain, proofs, put_back, report)
    _check_times(chains, proofs.witnessed, put_back, report)
    return proofs.witnessed


def _check_end(chain: Checked, proofs: "_Proofs", put_back: Collection[tuple[int, int]], report: Report) -> None:
    n, proved = chain.signed.n, chain.chain.proved_next
    if n not in proofs.known and any(later > n for later, _ in put_back):
        text = "regionens bevis för kedjan gick förlorade när journalen sattes ihop igen: begär dem av regionen"
        report.warn(Fault.UNCHECKED, None, text, chain=n)
    elif n not in proofs.known:
        report.add(Fault.PROOF, None, "beviset för kassans certifikat saknas", chain=n)
    if proved > chain.chain.records:
        text = f"regionen har bevisat att den har {proved} poster"
        report.add(Fault.CUT, chain.chain.records, text, chain=n)


class _Proofs:
    """The proofs of a file, one after the other. `known` is the newest head of each chain."""

    def __init__(self, chains: dict[int, Checked], trust: Trust) -> None:
        self._chains = chains
        self._trust = trust
        self.known: dict[int, Checkpoint] = {}
        self.witnessed = Witnessed()

    def take(self, row: StoredProof | None) -> None:
        """Check one more. Raises WireError, UnicodeDecodeError."""
        chain = None if row is None else self._chains.get(row.n)
        if row is None or chain is None:
            raise BadProof("not a proof")
        head = checkpoint.read(row.note.decode(), self._trust.origin, self._trust.ledger_key)
        if head.size != row.size:
            raise BadProof("size")
        self._check_continues(row, head)
        tree.verify_inclusion(row.leaf, row.index, head.size, _hashes(row.inclusion), head.root)
        _check_leaf(row, chain)
        if row.next < chain.chain.proved_next:
            raise BadProof("it proves less than the one before")
        if row.next == 0:
            self.witnessed.certificates.setdefault(row.n, row.index)
        chain.chain.proved_next = row.next
        self.known[row.n] = head
        self.witnessed.heads.append(head)

    def _check_continues(self, row: StoredProof, head: Checkpoint) -> None:
        newest = self.witnessed.heads[-1] if self.witnessed.heads else None
        if newest is not None and (head.size < newest.size or (head.size == newest.size and head.root != newest.root)):
            raise BadProof("the ledger was rewritten")
        before = self.known.get(row.n, newest if row.consistency else None)
        if before is not None:
            tree.verify_consistency(before.size, head.size, _hashes(row.consistency), before.root, head.root)


def _check_leaf(row: StoredProof, chain: Checked) -> None:
    """The leaf must be the chain's certificate, or name record next-1; one that is not here cannot be compared."""
    enrolment = chain.signed.enrolment
    if row.next == 0:
        if enrolment is None or row.leaf != enrolment.encode():
            raise BadProof("another certificate")
        return
    named, held = entry.named_record(row.leaf), chain.hashes.get(row.next - 1)
    if held is not None and named != held:
        if named in chain.hashes.values():
            raise BadProof("it is about another record")
        raise _Another


def _check_times(
    chains: Sequence[Checked], witnessed: Witnessed, put_back: Collection[tuple[int, int]], report: Report
) -> None:
    """Each record names the head that its till had seen: never an older one than the record before it did, but for a
    start that put records back and did not reach the region again, and after a gap; and in a chain that has been
    succeeded never one that holds the successor's certificate already."""
    sizes = {head.hash: head.size for head in witnessed.heads}
    newest, unknown = 0, 0
    for chain in chains:
        closed = witnessed.certificates.get(chain.signed.n + 1)
        for step in chain.steps:
            if isinstance(step, Gap):
                newest = 0  # What is lost may have been such a start.
            if isinstance(step, Gap) or step.header.ack is None:
                continue
            size, seq = sizes.get(step.header.ack), step.header.seq
            if size is None:
                unknown += 1
                continue
            if size < newest and (chain.signed.n, seq) in put_back:
                text = "kassan hade satt tillbaka poster och ännu inte fått deras intyg av regionen igen"
                report.warn(Fault.UNCHECKED, seq, text, chain=chain.signed.n)
            elif size < newest:
                text = "posten nämner ett äldre intyg från regionen än posten före"
                report.add(Fault.PROOF, seq, text, chain=chain.signed.n)
                return
            if closed is not None and size > closed:
                text = "posten är gjord efter att kedjan hade fått en efterträdare"
                report.add(Fault.CLOSED, seq, text, chain=chain.signed.n)
                return
            newest = size
    if unknown:
        report.warn(Fault.UNCHECKED, None, f"{unknown} poster nämner intyg från regionen som inte ligger i filen")


def _hashes(joined: bytes) -> list[bytes]:
    if len(joined) % HASH_BYTES:
        raise BadProof("cut short")
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
