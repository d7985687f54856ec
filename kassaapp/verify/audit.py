"""The audit of one journal, in the order a sceptic would ask.

1. Is the file as it was written?            every page's checksum
2. Is every record there, as signed?         number, hash, link to the one before, parts, signature; chain after chain
3. Do the sums and numbers follow?           receipts, sessions and Z without gaps; every Z recomputed from its records
4. Were the prices the region's?             the trust and configuration chains, from the root key
5. Does the region hold what it says?        the certificates and every proof, each ledger head an extension of the last
6. Do the mark and the second medium agree?  record by record, if they are there
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from kassaapp.verify import chains as succession
from kassaapp.verify import desk, figures, prices, proofs, reader, records, second_medium
from kassaapp.verify.content import Content
from kassaapp.verify.desk import Mark
from kassaapp.verify.fault import Fault
from kassaapp.verify.given import Given
from kassaapp.verify.records import Checked, Signed
from kassaapp.verify.report import Chain, Report
from kassaapp.verify.second_medium import Medium
from sync.wire import canonical
from sync.wire.config import Trust
from sync.wire.errors import Malformed


@dataclass(slots=True)
class Audited:
    """A journal that has been audited: the verdict, and what other evidence can be held against. `put_back` as in
    `Book`."""

    report: Report
    content: Content
    chains: list[Checked]
    trust: Trust | None = None
    put_back: list[tuple[int, int]] = field(default_factory=list)


def audit(path: Path, given: Given | None = None) -> Report:
    """Audit the journal file at `path`. Raises NotAJournal."""
    return audited(path, given or Given()).report


def audited(path: Path, given: Given) -> Audited:
    """As `audit`, with all that was read. Raises NotAJournal."""
    marks = desk.marks(path)
    media = [] if given.alone else _media(path)
    content = reader.read(path, light=given.alone)
    report = Report(path)
    _check_file(content, report)
    signed = succession.signed(content, report)
    checked = walk(content, signed, report)
    succession.check(checked, report)
    if "record" in content.broken or "part" in content.broken:
        _tell_where_it_ends(checked, report)
    book = figures.check(checked, content, report, keep=not given.alone)
    own = Audited(report, content, checked)
    root_key = given.root_key or desk.root_key(path)
    own.trust = prices.check(content, root_key, checked, report)
    if own.trust is not None:
        proofs.check(content, checked, own.trust, book.put_back, report)
    _check_marks(marks, checked, report)
    own.put_back = book.put_back
    if given.alone:
        report.warn(Fault.UNCHECKED, None, "det andra mediet är inte jämfört här")
    _compare(path, media, own)
    name_strangers(own, checked)
    return own


def name_strangers(own: Audited, others: list[Checked]) -> None:
    """Say of records that the till did not sign which of the other chains' keys did, if any."""
    for place, finding in enumerate(own.report.findings):
        if finding.fault is not Fault.SIGNATURE:
            continue
        envs = [one.env for one in own.content.records.get(finding.chain, []) if one.seq == finding.seq]
        signer = next((one for one in others for env in envs if records.signed_by(env, one.signed.key)), None)
        if signer is not None:
            text = f"posten är signerad med nyckeln för {signer.chain.register}"
            own.report.findings[place] = replace(finding, fault=Fault.KEY, text=text)


def walk(content: Content, signed: list[Signed], report: Report) -> list[Checked]:
    """Check every record of every chain."""
    checked = []
    for one in signed:
        name = "" if one.enrolment is None else f"{one.enrolment.register}{one.enrolment.till}"
        chain = Chain(one.n, canonical.to_text(one.id), name)
        report.chains.append(chain)
        report.register = name or report.register
        checked.append(records.check(one, content, chain, report))
    return checked


def _check_file(content: Content, report: Report) -> None:
    if content.bad_pages:
        pages = ", ".join(str(page) for page in content.bad_pages[:5])
        report.add(Fault.FILE, None, f"sida {pages} i filen är inte som den skrevs")
    if content.misplaced:
        report.add(Fault.FILE, None, "filens sidor hänger inte ihop")


def _tell_where_it_ends(checked: list[Checked], report: Report) -> None:
    """A table could not be read to its end: what cannot be relied on begins with the first record that was not."""
    broken = next((one for one in checked if not one.is_unbroken), checked[-1] if checked else None)
    if broken is not None:
        report.add(Fault.FILE, len(broken.steps), "filen går inte att läsa längre än hit", chain=broken.signed.n)


def _check_marks(marks: list[Mark], checked: list[Checked], report: Report) -> None:
    """A mark ahead of the journal: its end has been cut off since."""
    for mark in marks:
        chain = next((one for one in checked if one.signed.id == mark.chain), None)
        if chain is None or chain.hashes.get(mark.seq) == mark.hash:
            continue
        n = chain.signed.n
        if mark.seq >= chain.chain.records:
            text = f"kassan minns post {mark.seq}, som inte ligger här"
            report.add(Fault.CUT, chain.chain.records, text, chain=n)
        elif mark.seq in chain.hashes:
            report.add(Fault.FORK, mark.seq, "kassan minns en annan post med det numret", chain=n)


# ── the second medium ────────────────────────────────────────────────────────────────────────────


def _media(path: Path) -> list[Medium | str]:
    """The second media at hand, or in words why one cannot be read."""
    found: list[Medium | str] = []
    for place in desk.media_of(path):
        if not place.is_file():
            found.append("det andra mediet är ingen fil")
            continue
        try:
            found.append(second_medium.read(place.read_bytes()))
        except (Malformed, OSError):
            found.append("det andra mediet går inte att läsa")
    return found


def _compare(path: Path, media: list[Medium | str], own: Audited) -> None:
    """Compare with the medium beside the journal; of those on another disk with those that are this till's."""
    chains = {chain.signed.id for chain in own.chains}
    alone = desk.has_own_medium(path)
    for medium in media if own.chains else []:
        if isinstance(medium, str):
            own.report.add(Fault.SECOND_MEDIUM, None, medium)
        elif alone or medium.chain in chains:
            second_medium.compare(medium, own.chains, own.content, own.put_back, own.report)
