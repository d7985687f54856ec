"""The first meeting with the region: a one-time code and a new key become a certificate that the ledger holds.

The region is believed because its root key, which stands in the clinic file, names the key that signed the ledger's
head.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.client.engine import Proof
from sync.client.link import Link
from sync.client.round import fetch_configuration
from sync.client.transport import Sender
from sync.wire import checkpoint, config, entry, tree
from sync.wire import record as rec
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof, BrokenLink
from sync.wire.frame import Frame
from sync.wire.messages import Enrolled, EnrolRequest
from sync.wire.record import Record
from sync.wire.signature import Signer


@dataclass(frozen=True, slots=True)
class NewRegister:
    """All that a new register keeps of its first meeting: its certificate, the first proof, the region's keys, and the
    configuration records that there are so far."""

    enrolment: Enrolment
    proof: Proof
    trust: Trust
    trust_chain: tuple[Frame, ...]
    configuration: tuple[Frame, ...]


def enrol(code: str, till: str, signer: Signer, root_key: bytes, transport: Link) -> NewRegister:
    """Enrol with a one-time code. May be repeated with the same key when the answer was lost.

    Raises Offline, Rejected (403: code, code-locked, code-expired, code-used, till), or WireError when the region is
    not the one whose root key this is, or does not prove what it says.
    """
    answer = transport.enrol(EnrolRequest.made(code, till, signer))
    enrolment, trust, proof = certified(answer, root_key, signer)
    if enrolment.till != till:
        raise BadProof("the certificate is another register's")
    received = Received()
    fetch_configuration(received, trust, transport, Sender(enrolment.chain, signer, enrolment.clinic), None)
    return NewRegister(enrolment, proof, trust, answer.trust, tuple(received.frames))


def certified(answer: Enrolled, root_key: bytes, signer: Signer) -> tuple[Enrolment, Trust, Proof]:
    """The certificate of the signer's key, whom it makes us trust, and the first proof there is: that the ledger holds
    it. Raises WireError."""
    trust = config.read_trust(answer.trust, root_key)
    enrolment = entry.read_enrolment(answer.leaf)
    if enrolment.public_key != signer.public_key:
        raise BadProof("the certificate is another register's")
    head = checkpoint.read(answer.note, trust.origin, trust.ledger_key)
    tree.verify_inclusion(answer.leaf, answer.index, head.size, answer.inclusion, head.root)
    return enrolment, trust, Proof(0, answer.leaf, answer.index, answer.inclusion, (), head)


def parent_records(enrolment: Enrolment, sender: Sender, transport: Link) -> list[Frame]:
    """All records of the chain that this one succeeds, as far as the certificate names it: so that a new machine goes
    on with the numbers and sums of the old one. Empty for a chain that succeeds none, or one that held no record.

    They are proved back from `enrolment.parent`, which the ledger holds: each record names the one before it by hash,
    the last is the one that the certificate names, and every part is what its header committed to. What came late,
    after the certificate was made, is left out. Raises Offline, Rejected, or WireError when it does not hold.
    """
    found: list[Frame] = []
    if enrolment.parent is None:
        return found
    while page := transport.parent_records(sender, len(found)):
        for one in page:
            _check_follows(one, found)
            found.append(one)
            if one.record.hash == enrolment.parent:
                return found
    if found:
        raise BrokenLink("the records end before the one that the certificate names")
    born = entry.read_enrolment(transport.parent_certificate(sender).leaf)
    if born.hash != enrolment.parent:
        raise BrokenLink("the chain before held records, and none was given")
    return found


def _check_follows(one: Frame, before: Sequence[Frame]) -> None:
    """Raise WireError unless a record is the next after those before it, with all its parts."""
    header = one.record.header
    chain = before[0].record.header.chain if before else header.chain
    prev = before[-1].record.hash if before else header.prev
    rec.check_link(one.record, chain=chain, seq=len(before), prev=prev)
    rec.check_parts(one.record, one.parts)


class Received:
    """Keeps configuration records in memory, until the caller has somewhere to put them."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def newest(self) -> Record | None:
        return self.frames[-1].record if self.frames else None

    def keep(self, frames: Sequence[Frame]) -> None:
        self.frames += frames
