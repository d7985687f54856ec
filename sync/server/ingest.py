"""Accept first, judge later: whatever a register signed, chained and formed right is stored, and proved to be stored.

In this order (RECORDS 2.3): form, every link, every commitment, and the signature of the newest record, which through
`prev` covers those before it, with no lock held; then one transaction; then what was stored is read back; then the head
is signed and the answer proves the newest record in it. The other signatures are judged after the answer (`verify.py`).

The same records again are stored once and proved again. What contradicts a stored record, or does not continue the
chain, and is signed by its key, is kept in quarantine before the conflict is answered. A chain that has ended is
treated as any other, but for a flag: what comes is late. A business doubt is never a refusal: unknown kinds and
versions are stored like any other.
"""

import logging
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from sync.server import missing, quarantine, storage
from sync.server.errors import Busy, Damaged, Refused
from sync.server.ledger import Proved, proved
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import entry, frame
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.config import CONFIG_KIND
from sync.wire.entry import FORK, GAP
from sync.wire.errors import BadCommitment, BadSignature, BrokenLink, Malformed
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS, Conflict, Pushed
from sync.wire.signature import SIGNATURE_BYTES

_ATTEMPTS = 5
_LENGTH = struct.Struct(">I")
_log = logging.getLogger("kassa.region")

LATE = "late"
LINK = "link"


@dataclass(frozen=True, slots=True)
class Push:
    """What a register sent: frames from record `start` on. `fault` is what stands after the last readable one."""

    start: int
    frames: tuple[Frame, ...]
    fault: Refused | None = None

    @property
    def end(self) -> int:
        """The seq after the last frame."""
        return self.start + len(self.frames)

    def until(self, count: int, why: str) -> "Push":
        """The first `count` frames; the next one is at fault."""
        return replace(self, frames=self.frames[:count], fault=Refused(422, why, count))


def read_push(start: int, raw: bytes) -> Push:
    """Read the body of a push as far as it can be read. Raises Refused for too many records."""
    frames: list[Frame] = []
    at = 0
    while at < len(raw):
        end = at + 4 + (_LENGTH.unpack_from(raw, at)[0] if at + 4 <= len(raw) else 0)
        if len(frames) == MAX_BATCH_RECORDS:
            raise Refused(413, "too-many")
        try:
            frames += frame.decode_all(raw[at:end], at_most=1)
        except Malformed:
            return Push(start, tuple(frames), Refused(422, "malformed", len(frames)))
        at = end
    return Push(start, tuple(frames))


def push(region: Region, sender: bytes, sent: Push, known_size: int) -> Pushed | Conflict:
    """Store what a register sent and prove it. Raises Refused; what stood before the fault is stored then."""
    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, sender)
    assert chain is not None
    return push_after(region, chain, sent, known_size)


def push_after(region: Region, chain: Chain, sent: Push, known_size: int) -> Pushed | Conflict:
    """The same, for a chain that stood so a moment ago; if it has moved since, it is looked at again."""
    for _ in range(_ATTEMPTS):
        stored: list[bytes] = []
        if sent.start < chain.next_seq:
            chain, stored = _looked_at(region, chain, sent)
        outcome = _accept(region, chain, sent, stored, known_size)
        if outcome is not None:
            return outcome
        chain, _ = _looked_at(region, chain, sent)
    raise Busy


def _looked_at(region: Region, chain: Chain, sent: Push) -> tuple[Chain, list[bytes]]:
    """The chain, and those of its records that stand where the push has some, of one moment."""
    with storage.reading(region.engine) as db:
        now = storage.find_chain(db, chain.chain)
        assert now is not None
        return now, storage.hashes(db, chain.chain, sent.start, sent.end)


def _accept(
    region: Region, chain: Chain, sent: Push, stored: Sequence[bytes], known_size: int
) -> Pushed | Conflict | None:
    """The answer, or None when another request moved the chain meanwhile."""
    if sent.start > chain.next_seq:
        return _gap(region, chain, sent.frames)
    whole = sent.frames
    sent = _checked(chain, sent, stored)
    for at, (one, digest) in enumerate(zip(sent.frames, stored, strict=False)):
        if one.record.hash != digest:
            return _fork(region, chain, sent.start, whole, at)
    fresh = sent.frames[len(stored) :]
    if fresh and fresh[0].record.header.prev != chain.head:
        return _gap(region, chain, whole[len(stored) :])
    own = Storing(chain, sent, fresh, known_size)
    region.ledger.turns.take(own, lambda together: _settle(region, together))
    return own.outcome()


# ── Checks, with no lock held ────────────────────────────────────────────────────────────────────


def _checked(chain: Chain, sent: Push, stored: Sequence[bytes]) -> Push:
    """What of a push is in order: links, commitments, and a newest record that the register signed."""
    for at, one in enumerate(sent.frames):
        before = sent.frames[at - 1].record.hash if at else one.record.header.prev
        try:
            rec.check_link(one.record, chain=chain.chain, seq=sent.start + at, prev=before)
            rec.check_parts(one.record, one.parts)
        except BrokenLink:
            sent = sent.until(at, LINK)
            break
        except BadCommitment:
            sent = sent.until(at, "commitment")
            break
    return _signed(chain, sent, len(stored))


def _signed(chain: Chain, sent: Push, stored: int) -> Push:
    """Cut a push after the last new record that the register's key signed; that one vouches for all before it."""
    count = len(sent.frames)
    while count > stored and not _is_signed(chain, sent.frames[count - 1]):
        count -= 1
    return sent if count == len(sent.frames) else sent.until(count, "signature")


def _is_signed(chain: Chain, one: Frame) -> bool:
    try:
        rec.check_signature(one.record, chain.public_key)
    except BadSignature:
        return False
    return True


# ── One turn: several pushes stored, read back, signed for and proved ────────────────────────────


@dataclass(slots=True)
class Storing:
    """One push in its turn: `fresh` are the records of `sent` that are not stored yet. What comes of it: how the chain
    stands `after` (None: another request moved it), and the `answer` or why there is none."""

    chain: Chain
    sent: Push
    fresh: tuple[Frame, ...]
    known_size: int
    after: Chain | None = None
    answer: Pushed | None = None
    damage: Damaged | None = None

    def outcome(self) -> Pushed | None:
        """The answer; None when another request was first. Raises Refused, Damaged."""
        if self.damage is not None:
            raise self.damage
        if self.after is not None and self.sent.fault is not None:
            raise self.sent.fault
        return self.answer


def _settle(region: Region, together: Sequence[Storing]) -> None:
    _store(region, together)
    _answer(region, [one for one in together if one.after is not None and one.sent.fault is None])


def _store(region: Region, together: Sequence[Storing]) -> None:
    """Append records to their chains and to the ledger, in one transaction. Chains are locked in one order by all."""
    with storage.writing(region.engine) as db:
        for one in sorted(together, key=lambda one: one.chain.chain):
            one.after = _move(region, db, one)
        moved = [one for one in together if one.fresh and one.after is not None]
        if moved:
            _append(region, db, moved)
    for one in moved:
        _log.info("chain %s: %d records, next %d", to_text(one.chain.chain), len(one.fresh), one.sent.end)


def _move(region: Region, db: Connection, one: Storing) -> Chain | None:
    """The chain after its head was moved, or its register was heard from. None when another request was first."""
    if one.fresh:
        return storage.move_head(db, one.chain, _moved(one.chain, one.fresh, region.clock()))
    storage.note_contact(db, one.chain.chain, region.clock())
    return one.chain


def _moved(chain: Chain, fresh: Sequence[Frame], at_ms: int) -> Chain:
    newest = fresh[-1].record
    end = newest.header.seq + 1
    all_judged = len(fresh) == 1 and chain.verified_seq == chain.next_seq
    verified = end if all_judged else chain.verified_seq
    return replace(chain, next_seq=end, head=newest.hash, verified_seq=verified, contact_ms=at_ms)


def _append(region: Region, db: Connection, moved: Sequence[Storing]) -> None:
    """Parts go in before the ledger is locked, since every other writer waits from then on until the commit."""
    fresh = [frame for one in moved for frame in one.fresh]
    storage.add_parts(db, fresh)
    named = [one.record.hash for one in fresh]
    leaf, at_ms = region.ledger.append(db, lambda at_ms: [entry.encode_record(at_ms, digest) for digest in named])
    storage.add_records(db, fresh, leaf)
    _mark_aside(region, db, moved)
    for one in moved:
        if one.after is not None and one.after.closed_ms is not None:
            _mark_late(db, one.chain.chain, one.fresh[0].record.header.seq, at_ms)


def _mark_aside(region: Region, db: Connection, moved: Sequence[Storing]) -> None:
    """Flag what the records now stored contradict, or have passed by."""
    aside = storage.with_quarantine(db, [one.chain.chain for one in moved])
    if not aside:
        return
    _mark_forks(region, db, aside)
    for one in moved:
        if one.after is not None and one.chain.chain in aside:
            missing.mark(db, one.after, region.clock(), one.fresh[0].record.header.seq)


def _mark_late(db: Connection, chain: bytes, seq: int, at_ms: int) -> None:
    """Flag a chain that has ended at the first record that came all the same."""
    if not storage.has_flag(db, chain, LATE):
        storage.add_flag(db, chain, seq, LATE, at_ms)


# ── What does not fit ────────────────────────────────────────────────────────────────────────────


def _fork(region: Region, chain: Chain, start: int, frames: Sequence[Frame], at: int) -> Conflict:
    """Two records in one place. What the register's key signed is evidence: keep it, and show the other one."""
    if not _is_signed(chain, frames[at]):
        raise Refused(422, "signature", at)
    seq = start + at
    branch = _evidence(chain, frames[at:])
    with storage.writing(region.engine) as db:
        _keep_aside(region, db, chain, branch, FORK)
        ours = rec.read(storage.envs(db, chain.chain, seq, seq + 1)[0])
    _log.warning("chain %s: another record %d, signed by the same key", to_text(chain.chain), seq)
    return Conflict(FORK, seq, ours.hash, ours.env)


def _gap(region: Region, chain: Chain, frames: Sequence[Frame]) -> Conflict:
    """Records that do not continue the chain: the rest of a branch, what stands after a lost record, or a register that
    begins too far on. All that it signed is kept; what comes in its place later is stored as if this had not been."""
    branch = _evidence(chain, frames)
    if branch:
        with storage.writing(region.engine) as db:
            _keep_aside(region, db, chain, branch, GAP)
    return Conflict(GAP, chain.next_seq, chain.head)


def _evidence(chain: Chain, frames: Sequence[Frame]) -> list[Frame]:
    """Those that the chain's key signed for this chain, whole and whatever their place; the key proves them."""
    return [one for one in frames if _is_whole(chain, one) and _is_signed(chain, one)]


def _is_whole(chain: Chain, one: Frame) -> bool:
    try:
        rec.check_parts(one.record, one.parts)
    except BadCommitment:
        return False
    return one.record.header.chain == chain.chain


def _keep_aside(region: Region, db: Connection, chain: Chain, branch: Sequence[Frame], why: str) -> None:
    storage.note_contact(db, chain.chain, region.clock())  # First: who stores here waits, and then sees what is kept.
    quarantine.keep(db, chain.chain, branch, why, region.clock())
    _mark_forks(region, db, [chain.chain])
    now = storage.find_chain(db, chain.chain)
    assert now is not None
    seqs = [one.record.header.seq for one in branch]
    missing.mark(db, now, region.clock(), min(seqs, default=0), max(seqs, default=-1) + 1)


def _mark_forks(region: Region, db: Connection, chains: Collection[bytes]) -> None:
    """Flag a chain of which a place is claimed twice. Asked when a record is kept aside and when one is stored, since
    either may come first: the branch of a clone that is ahead, or ours."""
    for chain, seq in storage.contradicted(db, chains):
        storage.add_flag(db, chain, seq, FORK, region.clock())


# ── The answer ───────────────────────────────────────────────────────────────────────────────────


def _answer(region: Region, stored: Sequence[Storing]) -> None:
    """Read back what was stored, and only then have the head signed; what is not as it was stored gets no answer."""
    places: list[tuple[Storing, int, bytes]] = []
    with storage.reading(region.engine) as db:
        for one in stored:
            assert one.after is not None
            try:
                places.append((one, *_read_back(db, one.after, one.sent)))
            except Damaged as damage:
                one.damage = damage
    if not places:
        return
    head = region.ledger.head(at_least=max(max(leaf + 1, one.known_size) for one, leaf, _ in places))
    with storage.reading(region.engine) as db:
        proofs = proved(db, head, [(named, leaf, one.known_size) for one, leaf, named in places])
        newest = storage.newest_config(db, CONFIG_KIND)
    for (one, _, _), proof in zip(places, proofs, strict=True):
        one.answer = _pushed(region, one, proof, 0 if newest is None else newest.header.seq)


def _pushed(region: Region, one: Storing, proof: Proved, config_seq: int) -> Pushed:
    assert one.after is not None
    return Pushed(
        next=one.after.next_seq,
        leaf=proof.entry,
        index=proof.index,
        inclusion=proof.inclusion,
        note=proof.head.note,
        consistency=proof.consistency,
        config_seq=config_seq,
        nonce=region.nonces.make(region.clock()),
    )


def _read_back(db: Connection, chain: Chain, sent: Push) -> tuple[int, bytes]:
    """The chain's newest entry and its place, after each record that this proves anew was read back, hashed and found
    in its entry: all from where the register begins, whether it sent them or only asks how they stand."""
    end = chain.next_seq
    if end == 0:
        return chain.leaf, storage.leaves(db, chain.leaf, chain.leaf + 1)[0]
    first = max(min(sent.start, end - 1), end - MAX_BATCH_RECORDS)
    stored = storage.read_back(db, chain.chain, first, end)
    hashes = [rec.record_hash(env[SIGNATURE_BYTES:]) for env, _, _ in stored]
    if hashes != [entry.named_record(named) for _, _, named in stored] or hashes[-1] != chain.head:
        raise Damaged
    return stored[-1][1:]
