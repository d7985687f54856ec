"""A second medium by itself: found on a stick when its machine is gone, or beside a journal that is to be doubted.

Alone it holds one chain and no key. What proves itself without one is always said: form, links, hashes, commitments and
sums. Whether the till signed it needs the till's public key: from the journal, from the certificate that lies beside,
or from the auditor. Without one that is said too.
"""

from pathlib import Path

from kassaapp.verify import figures, second_medium
from kassaapp.verify.audit import Audited, audited, walk
from kassaapp.verify.content import NotAJournal
from kassaapp.verify.desk import JOURNAL_NAME, certificate
from kassaapp.verify.fault import Fault
from kassaapp.verify.given import Given
from kassaapp.verify.records import Signed
from kassaapp.verify.report import Evidence, Report
from sync.wire import entry
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError

_UNSIGNED = "signaturerna kunde inte prövas: kassans publika nyckel fanns inte till hands"
_UNCERTIFIED = "certifikatet fanns inte till hands: vad den första posten följer på är inte prövat"
_UNPRICED = "prislistan ligger inte på mediet: priserna är inte prövade"


def audit(path: Path, given: Given) -> Report:
    """Audit the second medium at `path`, and compare it with its journal if that is at hand. Raises Malformed."""
    medium = second_medium.read(path.read_bytes())
    report = Report(path, Evidence.SECOND_MEDIUM)
    journal = _journal(path, given)
    signed = _signed(path, medium.chain, given, journal, report)
    content = second_medium.content_of(medium, signed.n)
    checked = walk(content, [signed], report)
    second_medium.check(medium, signed.n, report)
    figures.check(checked, content, report)
    report.signatures_checked = signed.key is not None
    if signed.key is None:
        report.warn(Fault.UNCHECKED, None, _UNSIGNED)
    if signed.enrolment is None:
        report.warn(Fault.UNCHECKED, 0, _UNCERTIFIED)
    report.warn(Fault.UNCHECKED, None, _UNPRICED)
    if journal is not None and signed.n in {one.signed.n for one in journal.chains if one.signed.id == medium.chain}:
        second_medium.compare(medium, journal.chains, journal.content, journal.put_back, report)
    return report


def _journal(path: Path, given: Given) -> Audited | None:
    """The journal that the auditor names, or the one beside the medium."""
    place = given.journal or path.with_name(JOURNAL_NAME)
    if not place.is_file():
        return None
    try:
        return audited(place, given)
    except NotAJournal:
        return None


def _signed(path: Path, chain: bytes, given: Given, journal: Audited | None, report: Report) -> Signed:
    """Whose records they should be: what the auditor brings goes first."""
    held = next((one.signed for one in journal.chains if one.signed.id == chain), None) if journal is not None else None
    n = 1 if held is None else held.n
    if given.journal is not None and held is None:
        report.add(Fault.SECOND_MEDIUM, None, "mediet hör inte till den kassajournalen")
    known = [given.enrolment, None if held is None else held.enrolment, _read(certificate(path))]
    enrolment = next((one for one in known if one is not None and one.chain == chain), None)
    if given.enrolment is not None and given.enrolment.chain != chain:
        report.add(Fault.KEY, 0, "certifikatet i --key är utfärdat för en annan kedja", chain=n)
    key = given.key if given.key is not None else None if enrolment is None else enrolment.public_key
    if journal is not None and held is not None and given.key is None and journal.report.findings:
        text = "nyckeln är tagen ur kassajournalen, som själv har fynd: granska den för sig"
        report.warn(Fault.UNCHECKED, None, text)
    return Signed(n, chain, key, enrolment, () if held is None else held.lost)


def _read(leaf: bytes) -> Enrolment | None:
    try:
        return entry.read_enrolment(leaf)
    except WireError:
        return None
