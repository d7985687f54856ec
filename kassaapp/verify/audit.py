"""The audit of one journal, in the order a sceptic would ask.

1. Is the file as it was written?            every page's checksum
2. Is every record there, as signed?         number, hash, link to the one before, parts, signature
3. Do the sums and numbers follow?           receipts, sessions and Z without gaps; every Z recomputed from its records
4. Does the region hold what it says?        the certificate and every proof, each ledger head an extension of the last
5. Were the prices the region's?             the trust and configuration chains, from the root key
6. Does the second medium agree?             record by record, if it is there
"""

from pathlib import Path

from kassaapp.journal import shadow
from kassaapp.journal.sealing import is_sealed
from kassaapp.trouble import JournalUnreadable
from kassaapp.verify import figures, prices, proofs
from kassaapp.verify.reader import Content, StoredPart, read
from kassaapp.verify.report import Fault, Report
from sync.wire import entry, record
from sync.wire.entry import Enrolment
from sync.wire.errors import BadSignature, BrokenLink, WireError
from sync.wire.record import SALT_BYTES, Part, Record


def audit(path: Path) -> Report:
    """Audit the journal file at `path`. Raises NotAJournal."""
    content = read(path)
    report = Report(path, records=len(content.records))
    if content.bad_pages:
        pages = ", ".join(str(page) for page in content.bad_pages[:5])
        report.add(Fault.FILE, None, f"sida {pages} i filen är inte som den skrevs")
    if content.misplaced:
        report.add(Fault.FILE, None, "filens sidor hänger inte ihop")
    enrolment = _certificate(content, report)
    if enrolment is None:
        return report
    report.register = f"{enrolment.register}{enrolment.till}"
    whole = _check_records(content, enrolment, report)
    figures.check(whole, content, report)
    trust = prices.check(path, content, report)
    if trust is not None:
        proofs.check(content, enrolment, whole, trust, report)
    _check_second_medium(path, enrolment, content, report)
    return report


def _certificate(content: Content, report: Report) -> Enrolment | None:
    try:
        enrolment = entry.read_enrolment(content.certificate)
    except WireError:
        report.add(Fault.FILE, 0, "kassans certifikat går inte att läsa, och därmed ingen post")
        return None
    if enrolment.public_key != content.public_key:
        report.add(Fault.CHANGED, 0, "nyckeln är inte den som certifikatet nämner")
    return enrolment


def _check_records(content: Content, enrolment: Enrolment, report: Report) -> list[Record]:
    """Check every record; the unbroken run from the first."""
    whole: list[Record] = []
    prev = enrolment.hash
    unbroken = True
    for expected, (seq, digest, env) in enumerate(content.records):
        if unbroken and seq != expected:
            report.add(Fault.MISSING, expected, f"nästa post i filen är {seq}")
            unbroken = False
        read_record = _check_record(content, enrolment, report, (seq, digest, env), prev if unbroken else None)
        unbroken = unbroken and read_record is not None
        if read_record is not None:
            prev = read_record.hash
            if unbroken:
                whole.append(read_record)
    if "record" in content.broken or "part" in content.broken:
        report.add(Fault.FILE, len(whole), "filen går inte att läsa längre än hit")
    return whole


def _check_record(
    content: Content, enrolment: Enrolment, report: Report, row: tuple[int, bytes, bytes], prev: bytes | None
) -> Record | None:
    """Check one record; None when it is not as it was signed. `prev` is None after a break: only itself is checked."""
    seq, digest, env = row
    try:
        stored = record.read(env)
        record.check_signature(stored, enrolment.public_key)
        record.check_link(stored, chain=enrolment.chain, seq=seq, prev=stored.header.prev if prev is None else prev)
    except BadSignature:
        report.add(Fault.SIGNATURE, seq, "kassans nyckel har inte signerat posten som den ser ut nu")
        return None
    except BrokenLink:
        report.add(Fault.LINK, seq, "posten följer inte på den före")
        return None
    except WireError:
        report.add(Fault.CHANGED, seq, "posten har inte postens form")
        return None
    if stored.hash != digest:
        report.add(Fault.CHANGED, seq, "posten ligger under ett annat namn än sitt eget")
        return None
    return stored if _check_parts(stored, content.parts.get(stored.hash, []), report) else None


def _check_parts(stored: Record, parts: list[StoredPart], report: Report) -> bool:
    seq = stored.header.seq
    for part in parts:
        committed = stored.header.parts.get(part.name)
        if (
            not part.is_whole
            or part.sealed != is_sealed(part.name)
            or (not part.sealed and opened(part).commitment != committed)
        ):
            report.add(Fault.PART, seq, f"del {part.name} är inte den som signerades")
            return False
        report.sealed += part.sealed
    if {part.name for part in parts} != set(stored.header.parts):
        report.add(Fault.PART, seq, "en del av posten saknas eller är för mycket")
        return False
    return True


def opened(part: StoredPart) -> Part:
    """A part that is not sealed, as it was signed."""
    return Part(part.name, part.body[:SALT_BYTES], part.body[SALT_BYTES:])


def _check_second_medium(path: Path, enrolment: Enrolment, content: Content, report: Report) -> None:
    """Compare with the second medium beside the journal, record by record."""
    beside = path.with_name("shadow.kj")
    if not beside.exists():
        return
    if not beside.is_file():
        report.add(Fault.SECOND_MEDIUM, None, "det andra mediet är ingen fil")
        return
    try:
        held = shadow.read(beside)
    except JournalUnreadable:
        report.add(Fault.SECOND_MEDIUM, None, "det andra mediet går inte att läsa")
        return
    if held.chain != enrolment.chain:
        report.add(Fault.SECOND_MEDIUM, None, "det andra mediet hör till en annan kassa")
        return
    if held.damaged is not None:
        report.add(Fault.SECOND_MEDIUM, None, f"det andra mediet är skadat vid post {held.damaged}")
    for (seq, digest, env), copy in zip(content.records, held.records, strict=False):
        own = {(part.name, part.sealed, part.body) for part in content.parts.get(digest, [])}
        if env != copy.env or own != {(part.name, part.sealed, part.body) for part in copy.parts}:
            report.add(Fault.SECOND_MEDIUM, seq, "det andra mediet har en annan post")
            return
    if len(held.records) > len(content.records):
        missing = len(content.records)
        report.add(Fault.MISSING, missing, f"det andra mediet har {len(held.records) - missing} poster till")
