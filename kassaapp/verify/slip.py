"""A slip of paper against a journal: the record that its QR code carries, or the head of the chain that a Z printed.

Paper in somebody's hand is outside the reach of whoever owns the machine. If the journal holds another record with the
number that the till signed on paper, the journal was rewritten; if it holds none, its end was cut off (RECORDS 5, 6-7).
"""

from pathlib import Path

from kassaapp.printout.qr import Kind, read_digits
from kassaapp.verify.audit import Audited
from kassaapp.verify.fault import Fault
from kassaapp.verify.given import Given
from kassaapp.verify.records import Checked, signed_by
from kassaapp.verify.report import Evidence, Report
from sync.wire import canonical, record
from sync.wire.errors import Malformed
from sync.wire.record import HASH_BYTES, Record

_CLOSE_KIND = "session-close"


def audit(path: Path, text: str, given: Given, journal: Audited | None) -> Report:
    """Say what the digits are and whether the journal holds it. Raises Malformed for what no slip of ours carries."""
    try:
        kind, data = read_digits("".join(text.split()))
    except ValueError:
        raise Malformed("not the code of a slip") from None
    report = Report(path, Evidence.SLIP)
    if journal is not None:
        report.register = journal.report.register
        report.root_checked = journal.report.root_checked
        if journal.report.findings:
            text = f"kassajournalen har själv {len(journal.report.findings)} fynd: granska den för sig"
            report.warn(Fault.UNCHECKED, None, text)
    if kind is Kind.RECEIPT:
        _check_record(record.read(data), given, journal, report)
    else:
        _check_head(data, journal, report)
    return report


# ── kind 1: a receipt's record ───────────────────────────────────────────────────────────────────


def _check_record(own: Record, given: Given, journal: Audited | None, report: Report) -> None:
    header = own.header
    chain = _chain(journal, header.chain)
    report.named = {
        "kind": header.kind,
        "chain": canonical.to_text(header.chain),
        "seq": header.seq,
        "hash": canonical.to_text(own.hash),
    }
    report.said.append(f"Post {header.seq} av slaget {header.kind} i kedja {canonical.to_text(header.chain)}.")
    _check_signature(own, _key(chain, given), chain, report)
    if journal is None:
        report.named["journal"] = "unknown"
        report.warn(Fault.UNCHECKED, None, "ingen kassajournal att jämföra med (--journal)")
    elif chain is None:
        report.named["journal"] = "none"
        report.add(Fault.MISSING, None, "posten hör till en kedja som inte finns i den kassajournalen")
    else:
        _compare(own, chain, report)


def _check_signature(own: Record, key: bytes | None, chain: Checked | None, report: Report) -> None:
    seq, n = own.header.seq, 1 if chain is None else chain.signed.n
    report.signatures_checked = key is not None
    report.named["signature"] = None if key is None else signed_by(own.env, key)
    if key is None:
        report.warn(Fault.UNCHECKED, None, "signaturen kunde inte prövas: ingen publik nyckel fanns till hands")
    elif not report.named["signature"]:
        report.add(Fault.SIGNATURE, seq, "kassans nyckel har inte signerat det som står på papperet", chain=n)
    else:
        report.said.append("Signaturen är kassans.")


def _compare(own: Record, chain: Checked, report: Report) -> None:
    seq, n = own.header.seq, chain.signed.n
    held = chain.hashes.get(seq)
    signed = report.named["signature"]
    if held == own.hash and seq in chain.gaps:
        report.named["journal"] = "gap"
        report.said.append("Det är posten som saknas i journalen: papperet visar att den har funnits.")
        report.add(Fault.MISSING, seq, "posten är i ingen kopia; papperet nämner den som kedjan nämner", chain=n)
    elif held == own.hash:
        report.named["journal"] = "same"
        report.said.append("Kassajournalen har just den posten.")
    elif held is not None:
        report.named["journal"] = "another"
        if signed:
            text = "kassan har signerat två poster med det numret: journalen är omskriven"
            report.add(Fault.FORK, seq, text, chain=n)
    elif seq >= chain.chain.records:
        report.named["journal"] = "none"
        text = f"journalen slutar före post {seq}, som står på papperet: slutet är avkortat"
        report.add(Fault.CUT, chain.chain.records, text, chain=n)
    else:
        report.named["journal"] = "none"
        report.add(Fault.MISSING, seq, "posten som står på papperet är inte hel i journalen", chain=n)


# ── kind 2: the head of the chain on a Z ─────────────────────────────────────────────────────────


def _check_head(digest: bytes, journal: Audited | None, report: Report) -> None:
    if len(digest) != HASH_BYTES:
        raise Malformed("not the head of a chain")
    report.named = {"kind": "head", "hash": canonical.to_text(digest), "journal": "unknown"}
    report.said.append(f"Kedjans huvud på en Z-rapport: {digest.hex()[:8].upper()}.")
    if journal is None:
        report.unreadable = "huvudet på en Z-rapport kan bara hållas mot en kassajournal (--journal)"
        return
    place = next(((chain, seq) for chain in journal.chains for seq, own in chain.hashes.items() if own == digest), None)
    if place is None:
        report.named["journal"] = "none"
        text = "ingen post i journalen har det huvudet: den är omskriven eller avkortad, eller papperet en annan kassas"
        report.add(Fault.MISSING, None, text)
        return
    chain, seq = place
    kind = chain.records[seq].header.kind if seq in chain.records else "okänt"
    report.named |= {"journal": "same", "chain": chain.chain.id, "seq": seq}
    report.said.append(f"Det är post {seq} i kedja {chain.chain.id}, av slaget {kind}.")
    if kind != _CLOSE_KIND:
        text = "posten är ingen stängning: ingen Z-rapport har det huvudet"
        report.add(Fault.CHANGED, seq, text, chain=chain.signed.n)


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def _chain(journal: Audited | None, chain: bytes) -> Checked | None:
    return None if journal is None else next((one for one in journal.chains if one.signed.id == chain), None)


def _key(chain: Checked | None, given: Given) -> bytes | None:
    """The till's public key: the auditor's own goes before the journal's."""
    if given.key is not None:
        return given.key
    return None if chain is None else chain.signed.key
