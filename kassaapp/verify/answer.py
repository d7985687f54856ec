"""A region's answer against the till's journal: what it proves, and which record it is about.

`Pushed` is signed by the ledger and proves itself. `Conflict` is not: with "fork" it carries a record that must bear
the till's own signature, and that proves two histories; with "gap" it is only the region's word.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kassaapp.verify import prices
from kassaapp.verify.audit import Audited
from kassaapp.verify.fault import Fault
from kassaapp.verify.given import Given
from kassaapp.verify.records import Checked
from kassaapp.verify.report import Evidence, Report
from sync.wire import canonical, checkpoint, entry, record, tree
from sync.wire.checkpoint import Checkpoint
from sync.wire.config import Trust
from sync.wire.errors import BadProof, Malformed, WireError
from sync.wire.messages import Conflict, Pushed
from sync.wire.record import Record


def read(raw: bytes) -> Pushed | Conflict:
    """Read an answer. Raises Malformed."""
    try:
        return Pushed.read(raw)
    except Malformed:
        return Conflict.read(raw)


def audit(path: Path, answer: Pushed | Conflict, given: Given, journal: Audited | None) -> Report:
    """Say what the answer proves, and of which record."""
    report = Report(path, Evidence.ANSWER)
    chains: Sequence[Checked] = () if journal is None else journal.chains
    if journal is None:
        report.warn(Fault.UNCHECKED, None, "ingen kassajournal att jämföra med (--journal)")
    else:
        report.register = journal.report.register
        report.root_checked = journal.report.root_checked
    if isinstance(answer, Pushed):
        _check_pushed(answer, _trust(given, journal, report), chains, journal, report)
    elif answer.kind == "fork":
        _check_fork(answer, given, chains, report)
    else:
        _check_gap(answer, chains, report)
    return report


def _trust(given: Given, journal: Audited | None, report: Report) -> Trust | None:
    """The region's keys, from the trust chain that the auditor brings, or as the journal has them."""
    if not given.trust:
        return None if journal is None else journal.trust
    report.root_checked = given.root_key is not None
    try:
        return prices.newest_trust(given.trust, given.root_key)
    except WireError as error:
        report.add(Fault.CONFIGURATION, None, f"kedjan från regionens rotnyckel håller inte ({error})")
        return None


# ── Pushed ───────────────────────────────────────────────────────────────────────────────────────


def _check_pushed(
    answer: Pushed, trust: Trust | None, chains: Sequence[Checked], journal: Audited | None, report: Report
) -> None:
    report.said.append(f"Regionen säger att den har posterna före {answer.next}.")
    report.named = {"answer": "pushed", "next": answer.next}
    if trust is None:
        report.signatures_checked = False
        report.warn(Fault.UNCHECKED, None, "regionens signatur kunde inte prövas: dess nycklar fanns inte till hands")
    else:
        try:
            head = checkpoint.read(answer.note, trust.origin, trust.ledger_key)
            tree.verify_inclusion(answer.leaf, answer.index, head.size, answer.inclusion, head.root)
        except WireError as error:
            report.add(Fault.PROOF, None, f"svaret bevisar inte det det säger ({error})")
            return
        report.named |= {"size": head.size, "index": answer.index}
        report.said.append(f"Det är signerat av regionen, och plats {answer.index} av {head.size} i dess liggare.")
        if journal is not None:
            _check_continues(answer, head, trust, journal, report)
    _check_leaf(answer, chains, _certified(journal), report)


def _check_continues(answer: Pushed, head: Checkpoint, trust: Trust, journal: Audited, report: Report) -> None:
    """The head must be of the same ledger as those that the journal has kept."""
    heads = [_kept(proof.note, trust) for proof in journal.content.proofs if proof is not None]
    known = [kept for kept in heads if kept is not None]
    if any(kept.size == head.size and kept.root != head.root for kept in known):
        report.add(Fault.PROOF, None, "regionen har visat en annan liggare med samma antal poster")
    elif any(_continues(kept, head, answer.consistency) for kept in known):
        report.said.append("Liggaren fortsätter den som kassajournalen har bevis för.")
    elif known:
        report.warn(Fault.UNCHECKED, None, "svaret kunde inte knytas till något bevis i kassajournalen")


def _kept(note: bytes, trust: Trust) -> Checkpoint | None:
    try:
        return checkpoint.read(note.decode(), trust.origin, trust.ledger_key)
    except (WireError, UnicodeDecodeError):
        return None


def _continues(kept: Checkpoint, head: Checkpoint, consistency: Sequence[bytes]) -> bool:
    try:
        tree.verify_consistency(kept.size, head.size, consistency, kept.root, head.root)
    except BadProof:
        return False
    return True


def _certified(journal: Audited | None) -> Mapping[int, int]:
    """The place of each chain's certificate in the ledger, by chain number, as far as the journal has a proof of it."""
    proofs = () if journal is None else journal.content.proofs
    return {proof.n: proof.index for proof in proofs if proof is not None and proof.next == 0}


def _check_leaf(answer: Pushed, chains: Sequence[Checked], certified: Mapping[int, int], report: Report) -> None:
    if answer.next == 0:
        _check_certificate(answer, chains, report)
        return
    try:
        named = entry.named_record(answer.leaf)
    except WireError:
        report.add(Fault.PROOF, None, "svaret gäller ingen post")
        return
    report.named["hash"] = canonical.to_text(named)
    if not chains:
        return
    places = [(chain, seq) for chain in chains for seq, held in chain.hashes.items() if held == named]
    if not places:
        _tell_missing(answer, chains, certified, report)
        return
    chain, seq = places[0]
    report.named |= {"chain": chain.chain.id, "seq": seq}
    if seq != answer.next - 1:
        text = f"svaret gäller post {seq}, och säger sig gälla {answer.next - 1}"
        report.add(Fault.PROOF, seq, text, chain=chain.signed.n)
    else:
        report.said.append(f"Det gäller post {seq} i kedja {chain.chain.id}, som kassajournalen har.")


def _check_certificate(answer: Pushed, chains: Sequence[Checked], report: Report) -> None:
    try:
        enrolment = entry.read_enrolment(answer.leaf)
    except WireError:
        report.add(Fault.PROOF, None, "svaret gäller inget certifikat")
        return
    report.named["chain"] = canonical.to_text(enrolment.chain)
    report.said.append(f"Det gäller certifikatet för {enrolment.register}{enrolment.till}.")
    if chains and enrolment not in [chain.signed.enrolment for chain in chains]:
        report.add(Fault.KEY, None, "kassajournalen har inte det certifikatet")


def _tell_missing(answer: Pushed, chains: Sequence[Checked], certified: Mapping[int, int], report: Report) -> None:
    """The region has a record that the journal has not: its end was cut off, or its records are others."""
    seq, could_hold = answer.next - 1, _could_hold(answer.index, chains, certified)
    if len(could_hold) != 1:
        report.add(Fault.MISSING, None, f"regionen har en post {seq} som ingen kedja i journalen har")
        return
    (chain,) = could_hold
    n = chain.signed.n
    if seq < chain.chain.records:
        text = f"regionen har en post {seq} som journalen inte har: den är omskriven"
        report.add(Fault.FORK, None, text, chain=n)
    elif chain is not chains[-1]:
        text = f"regionen har en annan fortsättning av kedja {n} än den som ligger här: den har post {seq}"
        report.add(Fault.FORK, None, text, chain=n)
    else:
        text = f"regionen har post {seq}, och journalen slutar före den"
        report.add(Fault.CUT, chain.chain.records, text, chain=n)


def _could_hold(index: int, chains: Sequence[Checked], certified: Mapping[int, int]) -> list[Checked]:
    """The chains that a record at that place of the ledger can be of: the region takes none of a chain before its
    certificate, nor after its successor's."""
    ends = [*(certified.get(chain.signed.n) for chain in chains[1:]), None]
    return [
        chain
        for chain, end in zip(chains, ends, strict=True)
        if certified.get(chain.signed.n, -1) < index and (end is None or index < end)
    ]


# ── Conflict ─────────────────────────────────────────────────────────────────────────────────────


def _check_fork(answer: Conflict, given: Given, chains: Sequence[Checked], report: Report) -> None:
    try:
        other = record.read(answer.env)
    except WireError as error:
        report.add(Fault.MALFORMED, None, f"posten i svaret är inte skriven som en post ({error})")
        return
    header = other.header
    report.said.append(f"Regionen säger att den har en annan post {header.seq} ({header.kind}).")
    report.named = {"answer": "fork", "chain": canonical.to_text(header.chain), "seq": header.seq, "kind": header.kind}
    chain = next((one for one in chains if one.signed.id == header.chain), None)
    key = given.key if given.key is not None else None if chain is None else chain.signed.key
    if key is None:
        report.signatures_checked = False
        report.warn(Fault.UNCHECKED, None, "signaturen kunde inte prövas: kassans publika nyckel fanns inte till hands")
        return
    try:
        record.check_signature(other, key)
    except WireError:
        report.add(Fault.PROOF, None, "regionen visar en post som kassan inte har signerat: den bevisar ingenting")
        return
    _tell_fork(answer, other, chain, report)


def _tell_fork(answer: Conflict, other: Record, chain: Checked | None, report: Report) -> None:
    seq = other.header.seq
    if seq != answer.next:
        report.add(Fault.PROOF, None, f"posten i svaret är nummer {seq} och inte {answer.next}")
    held = None if chain is None else chain.hashes.get(seq)
    if chain is None or held is None:
        report.said.append("Posten är kassans egen; kassajournalen har ingen med det numret att jämföra med.")
    elif held == other.hash:
        report.add(Fault.PROOF, None, "posten är den som kassajournalen har: det finns ingen annan historia")
    else:
        text = "kassan har signerat två poster med det numret: den andra har regionen"
        report.add(Fault.FORK, seq, text, chain=chain.signed.n)


def _check_gap(answer: Conflict, chains: Sequence[Checked], report: Report) -> None:
    """Where the region says that it stands. It has not signed it, so nothing is proved by it."""
    report.said.append(f"Regionen säger att den väntar på post {answer.next}. Det är inte signerat.")
    report.named = {"answer": "gap", "next": answer.next, "hash": canonical.to_text(answer.head)}
    report.warn(Fault.UNCHECKED, None, "svaret är inte signerat och bevisar ingenting")
    for chain in chains:
        enrolment = chain.signed.enrolment
        own = enrolment.hash if answer.next == 0 and enrolment is not None else chain.hashes.get(answer.next - 1)
        if own == answer.head:
            report.named |= {"chain": chain.chain.id, "seq": answer.next - 1}
            report.said.append(f"Det stämmer med kedja {chain.chain.id} i kassajournalen.")
            return
    if chains:
        report.add(Fault.FORK, None, "kassajournalen har inte den post som regionen säger är dess senaste")
