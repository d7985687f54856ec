"""What to send next, and what an answer means. No network, no clock, no disk: bytes and state in, a decision out.

An answer is believed only as far as it proves itself, in this order: the ledger's key signed the head; the head is not
smaller than one we have seen; it continues that one; our entry is in it; and the entry names our own newest record by
hash. Until all five hold nothing is kept, and the records stay unsent. Whatever the region says, the till sells on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.wire import checkpoint, entry, frame, tree
from sync.wire import record as rec
from sync.wire.checkpoint import Checkpoint
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import BadProof, WentBackwards, WireError
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_BYTES, MAX_BATCH_RECORDS, Conflict, Pushed


@dataclass(frozen=True, slots=True)
class Proof:
    """The region holds every record before `next`, and here is why.

    `leaf` is the ledger's entry for record next-1 (for the enrolment when `next` is 0), at `index`; `inclusion` shows
    it in `checkpoint`, and `consistency` shows that this ledger begins with the checkpoint that was known before.
    """

    next: int
    leaf: bytes
    index: int
    inclusion: tuple[bytes, ...]
    consistency: tuple[bytes, ...]
    checkpoint: Checkpoint

    def named(self) -> tuple[int, bytes] | None:
        """The number and the hash of the record that the proof is for; None when it is for the certificate."""
        return None if self.next == 0 else (self.next - 1, entry.named_record(self.leaf))


class Records(Protocol):
    """What the engine needs of a journal. Called on the sync thread."""

    @property
    def enrolment(self) -> Enrolment:
        """The certificate: which chain this is, and whose key."""

    def count(self) -> int:
        """How many records there are: the seq of the next one."""

    def hash_of(self, seq: int) -> bytes:
        """The hash of record `seq`; asked only for records there are."""

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        """Records from `first` with all their parts, in order; fewer than `at_most` only at the end."""

    def proof(self) -> Proof | None:
        """The newest proof kept."""

    def keep(self, proof: Proof) -> None:
        """Keep a proof; durable when it returns. Its `next` is never smaller than that of the one before."""


@dataclass(frozen=True, slots=True)
class Push:
    """What is sent: `frames` from record `start`, and the size of the ledger known. No frames: a heartbeat."""

    start: int
    frames: tuple[Frame, ...]
    known_size: int

    @property
    def end(self) -> int:
        """The seq after the last frame."""
        return self.start + len(self.frames)

    @property
    def body(self) -> bytes:
        """The frames' bytes."""
        return frame.encode_all(self.frames)


@dataclass(frozen=True, slots=True)
class Proved:
    """The answer proves itself: keep `proof`. The newest configuration record is number `config_seq`."""

    proof: Proof
    config_seq: int


@dataclass(frozen=True, slots=True)
class Resend:
    """The region stands elsewhere: push again from `start`."""

    start: int


@dataclass(frozen=True, slots=True)
class ForkFound:
    """The region holds another record `seq` of this chain, `env`, signed with our own key."""

    seq: int
    env: bytes


@dataclass(frozen=True, slots=True)
class RegionAhead:
    """The region says that it holds records of ours that we do not have: everything before `next`."""

    next: int


@dataclass(frozen=True, slots=True)
class RegionLied:
    """The answer does not prove what it claims. `why` is for the log."""

    why: str


Outcome = Proved | Resend | ForkFound | RegionAhead | RegionLied


def next_push(records: Records, *, start: int | None = None, at_most: int = MAX_BATCH_RECORDS) -> Push:
    """What to send: from the first record that is not proved, or from `start`; never more than a push may hold."""
    proof = records.proof()
    first = start if start is not None else 0 if proof is None else proof.next
    frames = records.frames(first, min(at_most, MAX_BATCH_RECORDS)) if at_most and first < records.count() else ()
    return Push(first, _within_bytes(frames), 0 if proof is None else proof.checkpoint.size)


def read_answer(records: Records, trust: Trust, push: Push, answer: Pushed | Conflict) -> Outcome:
    """What the answer to `push` means. Keeps nothing."""
    try:
        if isinstance(answer, Pushed):
            return _read_pushed(records, trust, push, answer)
        if answer.kind == "fork":
            return _read_fork(records, answer)
        return _read_gap(records, push, answer)
    except WireError as wrong:
        return RegionLied(f"{type(wrong).__name__}: {wrong}")


def unsent(records: Records) -> int:
    """How many records are not proved to be at the region."""
    proof = records.proof()
    return records.count() - (0 if proof is None else proof.next)


def batches(frames: Sequence[Frame]) -> Iterator[tuple[Frame, ...]]:
    """Records in order, cut into as many pushes as they need."""
    rest = tuple(frames)
    while rest:
        batch = _within_bytes(rest[:MAX_BATCH_RECORDS])
        yield batch
        rest = rest[len(batch) :]


def _within_bytes(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """As many as fit in a push, and at least one."""
    room = MAX_BATCH_BYTES
    for count, one in enumerate(frames):
        room -= len(frame.encode(one))
        if room < 0:
            return tuple(frames[: max(count, 1)])
    return tuple(frames)


def _read_pushed(records: Records, trust: Trust, push: Push, answer: Pushed) -> Outcome:
    known = records.proof()
    head = checkpoint.read(answer.note, trust.origin, trust.ledger_key)
    proof = Proof(answer.next, answer.leaf, answer.index, answer.inclusion, answer.consistency, head)
    _check_continues(known, proof)
    _check_inclusion(proof)
    if proof.next > records.count():
        return RegionAhead(proof.next)
    if proof.next < max(push.start, 0 if known is None else known.next):
        raise BadProof("the region claims to hold less than it has proved")
    if not _names_ours(records, proof):
        return _another(push, proof.next - 1)
    return Proved(proof, answer.config_seq)


def _check_continues(known: Proof | None, proof: Proof) -> None:
    if known is None:
        return
    before, head = known.checkpoint, proof.checkpoint
    if head.size < before.size:
        raise WentBackwards(f"{before.size} entries were known, {head.size} are left")
    tree.verify_consistency(before.size, head.size, proof.consistency, before.root, head.root)


def _check_inclusion(proof: Proof) -> None:
    head = proof.checkpoint
    tree.verify_inclusion(proof.leaf, proof.index, head.size, proof.inclusion, head.root)


def _names_ours(records: Records, proof: Proof) -> bool:
    if proof.next == 0:
        return proof.leaf == records.enrolment.encode()
    return entry.named_record(proof.leaf) == records.hash_of(proof.next - 1)


def _another(push: Push, seq: int) -> Outcome:
    """The region has another record `seq` than ours. Sending ours again makes it show its own, signed."""
    if seq < 0 or push.start <= seq < push.end:
        raise BadProof("the entry does not name the record that was sent")
    return Resend(seq)


def _read_gap(records: Records, push: Push, answer: Conflict) -> Outcome:
    if answer.next > records.count():
        return RegionAhead(answer.next)
    ours = records.hash_of(answer.next - 1) if answer.next else records.enrolment.hash
    if answer.head == ours and answer.next < push.start:
        return Resend(answer.next)
    if answer.head != ours and 0 < answer.next <= push.start:
        return Resend(answer.next - 1)
    raise BadProof("the region asks for what it was sent")


def _read_fork(records: Records, answer: Conflict) -> Outcome:
    if answer.next >= records.count():
        return RegionAhead(answer.next + 1)
    other = rec.read(answer.env)
    rec.check_signature(other, records.enrolment.public_key)
    header = other.header
    if (header.chain, header.seq) != (records.enrolment.chain, answer.next):
        raise BadProof("the record shown as a fork is another one")
    if other.hash == records.hash_of(answer.next):
        raise BadProof("the record shown as a fork is our own")
    return ForkFound(answer.next, answer.env)
