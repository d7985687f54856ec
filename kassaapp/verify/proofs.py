"""Does the region hold what it says it holds? Every proof it gave is checked again, and each against the one before."""

from typing import Any

from kassaapp.verify.reader import Content
from kassaapp.verify.report import Fault, Report
from sync.wire import checkpoint, entry, tree
from sync.wire.checkpoint import Checkpoint
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof, WireError
from sync.wire.record import HASH_BYTES, Record


def check(content: Content, enrolment: Enrolment, records: list[Record], trust: Trust, report: Report) -> None:
    """Check all proofs in order; note the first that does not hold."""
    known: Checkpoint | None = None
    if not content.proofs:
        report.add(Fault.PROOF, None, "beviset för kassans certifikat saknas")
    for row in content.proofs:
        try:
            known = _check(row, enrolment, records, trust, known)
        except (WireError, TypeError, ValueError, UnicodeDecodeError):
            report.add(Fault.PROOF, None, f"beviset för posterna före {row[0]} håller inte")
            return
        report.proved_next = row[0]
    if report.proved_next > report.records:
        report.add(Fault.MISSING, report.records, f"regionen har bevisat att den har {report.proved_next} poster")


def _check(
    row: tuple[Any, ...], enrolment: Enrolment, records: list[Record], trust: Trust, known: Checkpoint | None
) -> Checkpoint:
    following, size, leaf, index, inclusion, consistency, note = row
    numbers, texts = (following, size, index), (leaf, inclusion, consistency, note)
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, bytes) for text in texts):
        raise BadProof("not a proof")
    head = checkpoint.read(note.decode(), trust.origin, trust.ledger_key)
    if head.size != size:
        raise BadProof("size")
    if known is not None:
        tree.verify_consistency(known.size, head.size, _hashes(consistency), known.root, head.root)
    tree.verify_inclusion(leaf, index, head.size, _hashes(inclusion), head.root)
    if following == 0:
        if leaf != enrolment.encode():
            raise BadProof("another certificate")
    elif following <= len(records) and entry.named_record(leaf) != records[following - 1].hash:
        raise BadProof("another record")
    return head


def _hashes(joined: bytes) -> list[bytes]:
    if len(joined) % HASH_BYTES:
        raise BadProof("cut short")
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
