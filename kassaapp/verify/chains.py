"""Whose chains are these, and does each follow the one before? The certificates, the keys, and what was handed over.

A till has one chain until it is broken (a record in no copy, a second history); then a successor goes on in the same
file, with a certificate that names the head the region had of the chain before (docs/decisions/0007).
"""

from collections.abc import Iterator, Sequence

from kassaapp.domain.events import RecordsLost
from kassaapp.journal import payload
from kassaapp.trouble import JournalUnreadable
from kassaapp.verify.content import Content, StoredChain, StoredRecord
from kassaapp.verify.fault import Fault
from kassaapp.verify.records import Checked, Lost, Signed
from kassaapp.verify.report import Report
from sync.wire import canonical, entry, record
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.record import HASH_BYTES

_GAP_KIND = "gap"


def signed(content: Content, report: Report) -> list[Signed]:
    """Every chain of the file with its key, in order; one whose certificate cannot be read is left out, and told."""
    found: list[Signed] = []
    for stored in content.chains:
        enrolment = _certificate(stored, report)
        if enrolment is not None:
            lost = tuple(_lost(content, stored.n + 1))
            found.append(Signed(stored.n, enrolment.chain, enrolment.public_key, enrolment, lost))
    if not content.chains:
        report.add(Fault.FILE, 0, "kassans certifikat går inte att läsa, och därmed ingen post")
    numbers = {stored.n for stored in content.chains}
    for n in sorted(set(content.records) - numbers):
        report.add(Fault.KEY, 0, "filen har poster i en kedja som inte har något certifikat", chain=n)
    return found


def check(chains: Sequence[Checked], report: Report) -> None:
    """Note what does not follow from one chain to the next."""
    for place, chain in enumerate(chains):
        n, key = chain.signed.n, chain.signed.key
        if n != place + 1:
            report.add(Fault.MISSING, 0, f"kedja {place + 1} saknas i filen", chain=n)
        if any(key == other.signed.key for other in chains[:place]):
            report.add(Fault.SHARED_KEY, 0, "kedjan har samma nyckel som en kedja före", chain=n)
        if place:
            _check_parent(chains[place - 1], chain, report)


def _certificate(stored: StoredChain, report: Report) -> Enrolment | None:
    try:
        enrolment = entry.read_enrolment(stored.certificate)
    except WireError:
        text = "kassans certifikat går inte att läsa, och därmed ingen post"
        report.add(Fault.FILE, 0, text, chain=stored.n)
        return None
    if enrolment.public_key != stored.public_key:
        report.add(Fault.KEY, 0, "nyckeln i filen är inte den som certifikatet nämner", chain=stored.n)
    if enrolment.chain != stored.id:
        report.add(Fault.KEY, 0, "certifikatet är utfärdat för en annan kedja", chain=stored.n)
    return enrolment


def _check_parent(before: Checked, chain: Checked, report: Report) -> None:
    """A successor's certificate names the newest record that the region had of the chain before."""
    enrolment, own = chain.signed.enrolment, before.signed.enrolment
    assert enrolment is not None
    assert own is not None
    n = chain.signed.n
    if enrolment.parent is None:
        report.add(Fault.SUCCESSION, 0, "certifikatet nämner ingen kedja före", chain=n)
    elif enrolment.parent != own.hash and enrolment.parent not in before.hashes.values():
        text = f"regionen har en annan fortsättning av kedja {before.signed.n} än den som ligger här"
        report.add(Fault.FORK, None, text, chain=n)
    if (enrolment.clinic, enrolment.till) != (own.clinic, own.till):
        report.add(Fault.TILL, 0, "efterträdaren är utfärdad för en annan kassa", chain=n)
    if enrolment.register == own.register:
        report.add(Fault.SUCCESSION, 0, "efterträdaren har samma kassabeteckning som kedjan före", chain=n)


# ── what the till says is lost ───────────────────────────────────────────────────────────────────


def _lost(content: Content, n: int) -> Iterator[Lost]:
    """What chain `n` says that the chain before it has lost, as far as chain `n` signed it."""
    stored_chain = next((stored for stored in content.chains if stored.n == n), None)
    if stored_chain is None:
        return
    for stored in content.records.get(n, []):
        if b'"kind":"gap"' in stored.env:
            event = _recorded_loss(content, stored_chain, stored)
            if event is not None:
                yield Lost(event.first, event.count, _expected(event))


def _recorded_loss(content: Content, chain: StoredChain, stored: StoredRecord) -> RecordsLost | None:
    try:
        own = record.read(stored.env)
        record.check_signature(own, entry.read_enrolment(chain.certificate).public_key)
        (part,) = [part for part in content.parts.get(own.hash, []) if part.name == payload.ACCOUNTING]
        record.check_parts(own, (part.opened,))
        event = payload.impersonal_event_of(own.header.kind, part.opened.content(), has_person=False)
    except (WireError, JournalUnreadable, ValueError):
        return None
    return event if isinstance(event, RecordsLost) and own.header.kind == _GAP_KIND else None


def _expected(event: RecordsLost) -> bytes | None:
    try:
        return canonical.from_text(event.expected, HASH_BYTES)
    except WireError:
        return None
