"""Asks the region for a receipt of another desk, and believes it only as far as it proves itself."""

from dataclasses import dataclass
from typing import Protocol

from sync.client.transport import Sender
from sync.wire import checkpoint, entry, tree
from sync.wire import record as rec
from sync.wire.checkpoint import Checkpoint
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof
from sync.wire.frame import Frame
from sync.wire.lookup import RECEIPTS, RETURNS, Found, Included, ReceiptName


class Asking(Protocol):
    """The way to the region that a lookup needs. `transport.Transport` fits."""

    def receipt(self, sender: Sender, name: ReceiptName) -> Found:
        """What the region says of a receipt; unchecked. Raises Offline, Rejected, Malformed."""


@dataclass(frozen=True, slots=True)
class KnownReceipt:
    """A receipt of another desk, proved: its record, and what was given back of it as far as the region knew at
    `head`. With `more` there are further returns that were not shown: nothing may be given back on this alone."""

    certificate: Enrolment
    receipt: Frame
    returns: tuple[Frame, ...]
    more: bool
    head: Checkpoint


def ask(line: Asking, sender: Sender, trust: Trust, name: ReceiptName) -> KnownReceipt:
    """The receipt, checked. Raises Offline, Rejected (404 `no-receipt`), and WireError when the answer proves nothing.

    What is proved: the ledger's key signed the head; the certificate is in it and names that clinic, register and till;
    each record is in it, is signed by the certificate's key, is whole, and says that number. What is not: that no
    further refund exists, for the other desk may be offline, and the region may keep one back.
    """
    return checked(line.receipt(sender, name), trust, name)


def checked(found: Found, trust: Trust, name: ReceiptName) -> KnownReceipt:
    """What the answer proves. Raises WireError."""
    head = checkpoint.read(found.note, trust.origin, trust.ledger_key)
    _check_included(found.certificate, head)
    certificate = entry.read_enrolment(found.certificate.leaf)
    if (certificate.clinic, certificate.register, certificate.till) != (name.clinic, name.register, name.till):
        raise BadProof("another register's certificate")
    for one, proof in found.records:
        _check_record(one, proof, certificate, head)
    receipt, *returns = (one for one, _ in found.records)
    _check_says(receipt, RECEIPTS, "receipt", name.number)
    for one in returns:
        _check_says(one, RETURNS, "sale_receipt", name.number)
    if len({one.record.hash for one, _ in found.records}) != len(found.records):
        raise BadProof("a record is shown twice")
    return KnownReceipt(certificate, receipt, tuple(returns), found.more, head)


def _check_record(one: Frame, proof: Included, certificate: Enrolment, head: Checkpoint) -> None:
    _check_included(proof, head)
    if entry.named_record(proof.leaf) != one.record.hash or one.record.header.chain != certificate.chain:
        raise BadProof("the entry does not name the record")
    rec.check_signature(one.record, certificate.public_key)
    rec.check_parts(one.record, one.parts)


def _check_included(proof: Included, head: Checkpoint) -> None:
    tree.verify_inclusion(proof.leaf, proof.index, head.size, proof.inclusion, head.root)


def _check_says(one: Frame, kinds: tuple[str, ...], field: str, number: int) -> None:
    part = one.part("a")
    if one.record.header.kind not in kinds or part is None or part.content().get(field) != number:
        raise BadProof("another receipt than the one that was asked for")
