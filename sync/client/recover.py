"""What a register asks of its region when its own memory is not whole: its certificate, its records, a successor.

Nothing here is believed because the region says it. Records must be signed with our key and hang together; a
certificate must lie in a ledger that continues the one we knew.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sync.client import engine
from sync.client.engine import Proof, Proved, Push, Records, RegionAhead
from sync.client.enrol import NewRegister, Received, certified
from sync.client.errors import Rejected
from sync.client.link import Link
from sync.client.round import fetch_configuration
from sync.client.transport import Sender
from sync.wire import record
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof
from sync.wire.frame import Frame
from sync.wire.messages import SuccessorRequest
from sync.wire.signature import Signer


class Taken(BadProof):
    """The key's chain has records already: a twin of this machine, with the same key, sells in it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the region holds of a chain beside what the register holds: `missing` records follow ours; or from record
    `fork` on it holds others than ours, also signed with our key."""

    missing: tuple[Frame, ...] = ()
    fork: int | None = None


def compare(records: Records, sender: Sender, link: Link) -> Compared:
    """Read everything the region holds after what it has proved. Raises Offline, Rejected, WireError: a record that is
    not signed with our key, or does not follow, is none of ours and a lie."""
    proof = records.proof()
    seq = 0 if proof is None else min(proof.next, records.count())
    prev = records.hash_of(seq - 1) if seq else records.enrolment.hash
    missing: list[Frame] = []
    while frames := link.records(sender, seq):
        for frame in frames:
            record.check_link(frame.record, chain=sender.chain, seq=seq, prev=prev)
            record.check_signature(frame.record, records.enrolment.public_key)
            record.check_parts(frame.record, frame.parts)
            if seq >= records.count():
                missing.append(frame)
            elif frame.record.hash != records.hash_of(seq):
                return Compared(fork=seq)
            seq, prev = seq + 1, frame.record.hash
    return Compared(tuple(missing))


def holds(seq: int, digest: bytes | None, records: Records, sender: Sender, link: Link) -> bool:
    """Whether the region has by now our record `seq`, with this hash if it is known: a twin, or the till that this one
    was copied from, may have sent it, or we as part of a branch. A twin's own record in that place is not ours. What
    is there a rebuilt journal has a place for. Raises Offline, Rejected, WireError: what is shown is no record of this
    key and number."""
    prev = records.hash_of(seq - 1) if seq else records.enrolment.hash
    beside = [one for one in aside(sender, seq, link) if one.record.hash == digest]
    for frame in beside or link.records(sender, seq)[:1]:
        found = frame.record
        record.check_link(found, chain=sender.chain, seq=seq, prev=found.header.prev)
        record.check_signature(found, records.enrolment.public_key)
        record.check_parts(found, frame.parts)
        return found.hash == digest if digest is not None else found.header.prev == prev
    return False


def aside(sender: Sender, first: int, link: Link) -> list[Frame]:
    """What the region keeps beside our chain from record `first`, unchecked; nothing where it gives none back. Raises
    Offline, Malformed."""
    try:
        return link.aside(sender, first)
    except Rejected:
        return []


def all_aside(sender: Sender, first: int, link: Link) -> Iterator[Frame]:
    """The same, page by page to the end. Raises Offline, Malformed."""
    seq = first
    while (page := aside(sender, seq, link)) and page[-1].record.header.seq >= seq:
        yield from page
        seq = max(seq + 1, page[-1].record.header.seq)  # A page may end among several of one number.


def deliver(pieces: Iterable[Sequence[Frame]], records: Records, sender: Sender, link: Link) -> None:
    """Give the region records that do not continue what it holds; it keeps them in quarantine and answers with a
    conflict. No answer is believed: afterwards it must show each of them, beside the chain or in it. Raises Offline,
    Rejected, WireError."""
    proof = records.proof()
    known = 0 if proof is None else proof.checkpoint.size
    wanted: dict[bytes, int] = {}
    for piece in pieces:
        for frames in engine.batches(piece):
            link.push(sender, Push(frames[0].record.header.seq, frames, known))
            wanted |= {one.record.hash: one.record.header.seq for one in frames}
    for shown in (link.aside, link.records):
        _cross_off(wanted, partial(shown, sender))
    if wanted:
        raise BadProof("what was delivered is not there")


def _cross_off(wanted: dict[bytes, int], shown: Callable[[int], Sequence[Frame]]) -> None:
    """Take away the hashes of the records that are `shown`, page by page, between the first and the last number."""
    seq, end = min(wanted.values(), default=0), max(wanted.values(), default=-1) + 1
    while wanted and seq < end and (found := shown(seq)):
        for one in found:
            wanted.pop(one.record.hash, None)
        # A page may end among several of one number. Whatever the region says, this comes to an end.
        seq = max(seq + 1, found[-1].record.header.seq)


def certificate(sender: Sender, root_key: bytes, link: Link) -> NewRegister:
    """The certificate of a chain of ours again, with the keys and the configuration. Raises Offline, Rejected,
    WireError."""
    answer = link.certificate(sender)
    enrolment, trust, proof = certified(answer, root_key, sender.signer)
    if enrolment.chain != sender.chain:
        raise BadProof("the certificate is another chain's")
    received = Received()
    fetch_configuration(received, trust, link, Sender(enrolment.chain, sender.signer, enrolment.clinic), None)
    return NewRegister(enrolment, proof, trust, answer.trust, tuple(received.frames))


def successor(records: Records, sender: Sender, why: str, new: Signer, root_key: bytes, link: Link) -> NewRegister:
    """The chain that goes on after ours, for a new key. May be repeated with the same key.

    Its proof continues the newest checkpoint that the old chain had: a region cannot use the change to show another
    ledger. Raises Taken, Offline, Rejected, WireError.
    """
    answer = link.successor(sender, SuccessorRequest.made(sender.chain, why, new))
    enrolment, trust, proof = certified(answer, root_key, new)
    old = records.enrolment
    if (enrolment.clinic, enrolment.till) != (old.clinic, old.till) or enrolment.parent is None:
        raise BadProof("the certificate is not a successor's")
    known = records.proof()
    assert known is not None
    newborn = _Newborn(enrolment, replace(proof, checkpoint=known.checkpoint))
    push = engine.next_push(newborn)
    outcome = engine.read_answer(newborn, trust, push, link.push(Sender(enrolment.chain, new, old.clinic), push))
    if isinstance(outcome, RegionAhead):
        raise Taken
    if not isinstance(outcome, Proved):
        raise BadProof(f"the successor is not proved: {outcome}")
    return NewRegister(enrolment, outcome.proof, trust, answer.trust, ())


@dataclass(frozen=True, slots=True)
class _Newborn:
    """A chain with no record yet. Fits `engine.Records`."""

    enrolment: Enrolment
    known: Proof

    def count(self) -> int:
        return 0

    def hash_of(self, seq: int) -> bytes:
        raise AssertionError(seq)

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        return ()

    def proof(self) -> Proof:
        return self.known

    def keep(self, proof: Proof) -> None:
        raise AssertionError(proof)
