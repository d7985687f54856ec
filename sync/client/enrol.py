"""The first meeting with the region: a one-time code and a new key become a certificate that the ledger holds.

The region is believed because its root key, which stands in the clinic file, names the key that signed the ledger's
head.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.client.engine import Proof
from sync.client.round import fetch_configuration
from sync.client.transport import Sender, Transport
from sync.wire import checkpoint, config, entry, tree
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof
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


def enrol(code: str, till: str, signer: Signer, root_key: bytes, transport: Transport) -> NewRegister:
    """Enrol with a one-time code. May be repeated with the same key when the answer was lost.

    Raises Offline, Rejected (403: code, code-locked, code-expired, code-used, till), or WireError when the region is
    not the one whose root key this is, or does not prove what it says.
    """
    answer = transport.enrol(EnrolRequest.made(code, till, signer))
    trust = config.read_trust(answer.trust, root_key)
    enrolment = entry.read_enrolment(answer.leaf)
    if (enrolment.till, enrolment.public_key) != (till, signer.public_key):
        raise BadProof("the certificate is another register's")
    proof = _proof(answer, trust)
    received = _Received()
    fetch_configuration(received, trust, transport, Sender(enrolment.chain, signer, enrolment.clinic), None)
    return NewRegister(enrolment, proof, trust, answer.trust, tuple(received.frames))


class _Received:
    """Keeps configuration records in memory, until the caller has somewhere to put them."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def newest(self) -> Record | None:
        return self.frames[-1].record if self.frames else None

    def keep(self, frames: Sequence[Frame]) -> None:
        self.frames += frames


def _proof(answer: Enrolled, trust: Trust) -> Proof:
    """The first proof there is: of the certificate. Raises WireError unless the ledger holds it."""
    head = checkpoint.read(answer.note, trust.origin, trust.ledger_key)
    tree.verify_inclusion(answer.leaf, answer.index, head.size, answer.inclusion, head.root)
    return Proof(0, answer.leaf, answer.index, answer.inclusion, (), head)
