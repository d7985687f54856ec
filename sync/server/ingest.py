"""Accept first, judge later: whatever a register signed, chained and formed right is stored, and proved to be stored.

In this order (RECORDS 2.3): form, every link, every commitment, and the signature of the newest record, which through
`prev` covers those before it, with no lock held; then one transaction; then what was stored is read back; then the head
is signed and the answer proves the newest record in it. The other signatures are judged after the answer (`verify.py`).

The same records again are stored once and proved again. A record that contradicts a stored one is kept in quarantine.
A business doubt is never a refusal: unknown kinds and versions are stored like any other.
"""

import logging
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sync.server import configuration, storage
from sync.server.errors import Busy, Damaged, Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import entry, frame
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.errors import BadCommitment, BadSignature, BrokenLink, Malformed
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS, Conflict, Pushed
from sync.wire.signature import SIGNATURE_BYTES

_ATTEMPTS = 5
_LENGTH = struct.Struct(">I")
_log = logging.getLogger("kassa.region")

FORK = "fork"


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
    for _ in range(_ATTEMPTS):
        with storage.reading(region.engine) as db:
            chain = storage.find_chain(db, sender)
            stored = storage.hashes(db, sender, sent.start, sent.end)
        assert chain is not None
        outcome = _accept(region, chain, sent, stored)
        if outcome is not None:
            return outcome if isinstance(outcome, Conflict) else _answer(region, outcome, sent, known_size)
    raise Busy


def _accept(region: Region, chain: Chain, sent: Push, stored: Sequence[bytes]) -> Conflict | Chain | None:
    """The chain as it stands afterwards, a conflict, or None when another request moved the chain meanwhile."""
    if sent.start > chain.next_seq:
        return Conflict("gap", chain.next_seq, chain.head)
    sent = _checked(chain, sent, stored)
    for at, (one, digest) in enumerate(zip(sent.frames, stored, strict=False)):
        if one.record.hash != digest:
            return _fork(region, chain, sent, at)
    fresh = sent.frames[len(stored) :]
    if fresh and fresh[0].record.header.prev != chain.head:
        return Conflict("gap", chain.next_seq, chain.head)
    after = _store(region, chain, fresh)
    if after is not None and sent.fault is not None:
        raise sent.fault
    return after


# ── Checks, with no lock held ────────────────────────────────────────────────────────────────────


def _checked(chain: Chain, sent: Push, stored: Sequence[bytes]) -> Push:
    """What of a push is in order: links, commitments, and a newest record that the register signed."""
    for at, one in enumerate(sent.frames):
        before = sent.frames[at - 1].record.hash if at else one.record.header.prev
        try:
            rec.check_link(one.record, chain=chain.chain, seq=sent.start + at, prev=before)
            rec.check_parts(one.record, one.parts)
        except BrokenLink:
            sent = sent.until(at, "link")
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


# ── The transaction ──────────────────────────────────────────────────────────────────────────────


def _store(region: Region, chain: Chain, fresh: Sequence[Frame]) -> Chain | None:
    """Append records to their chain and to the ledger. None when another request moved the chain's head."""
    with storage.writing(region.engine) as db:
        if not fresh:
            storage.note_contact(db, chain.chain, region.clock())
            return chain
        after = _moved(chain, fresh)
        if not storage.move_head(db, chain, after):
            return None
        named = [one.record.hash for one in fresh]
        leaf, at_ms = region.ledger.append(db, lambda at_ms: [entry.encode_record(at_ms, digest) for digest in named])
        storage.add_records(db, fresh, leaf)
        storage.note_contact(db, chain.chain, at_ms)
    _log.info("chain %s: %d records, next %d", to_text(chain.chain), len(fresh), after.next_seq)
    return after


def _moved(chain: Chain, fresh: Sequence[Frame]) -> Chain:
    newest = fresh[-1].record
    end = newest.header.seq + 1
    all_judged = len(fresh) == 1 and chain.verified_seq == chain.next_seq
    return replace(chain, next_seq=end, head=newest.hash, verified_seq=end if all_judged else chain.verified_seq)


def _fork(region: Region, chain: Chain, sent: Push, at: int) -> Conflict:
    """Two records in one place. What the register's key signed is evidence: keep it, and show the other one."""
    if not _is_signed(chain, sent.frames[at]):
        raise Refused(422, "signature", at)
    seq, now_ms = sent.start + at, region.clock()
    branch = [(one.record, frame.encode(one)) for one in sent.frames[at:] if _is_signed(chain, one)]
    with storage.writing(region.engine) as db:
        storage.add_quarantine(db, branch, FORK, now_ms)
        storage.add_flag(db, chain.chain, seq, FORK, now_ms)
        storage.note_contact(db, chain.chain, now_ms)
        ours = rec.read(storage.envs(db, chain.chain, seq, seq + 1)[0])
    _log.warning("chain %s: another record %d, signed by the same key", to_text(chain.chain), seq)
    return Conflict(FORK, seq, ours.hash, ours.env)


# ── The answer ───────────────────────────────────────────────────────────────────────────────────


def _answer(region: Region, chain: Chain, sent: Push, known_size: int) -> Pushed:
    leaf = _read_back(region, chain, sent)
    proved = region.ledger.prove(leaf, known_size)
    return Pushed(
        next=chain.next_seq,
        leaf=proved.entry,
        index=proved.index,
        inclusion=proved.inclusion,
        note=proved.head.note,
        consistency=proved.consistency,
        config_seq=configuration.newest_seq(region),
        nonce=region.nonces.make(region.clock()),
    )


def _read_back(region: Region, chain: Chain, sent: Push) -> int:
    """The place of the chain's newest entry, after each record sent was read back, hashed and found in its entry."""
    end = chain.next_seq
    if end == 0:
        return chain.leaf
    first = max(sent.start, end - MAX_BATCH_RECORDS) if sent.frames else end - 1
    with storage.reading(region.engine) as db:
        envs = storage.envs(db, chain.chain, first, end)
        leaves = storage.record_leaves(db, chain.chain, first, end)
    hashes = [rec.record_hash(env[SIGNATURE_BYTES:]) for env in envs]
    if hashes != [entry.named_record(named) for _, named in leaves] or hashes[-1] != chain.head:
        raise Damaged
    return leaves[-1][0]
