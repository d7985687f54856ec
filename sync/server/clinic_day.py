"""All visits of a clinic on a day: whether every one of them is here, and the proof that can be carried away.

Of each till of the clinic: its sessions of that day, read anew from the stored bytes, every link and every sum; the
number of the first and the last receipt; and that the till was heard from after the day was over, so that nothing of it
can still lie there unsent. The closing record of each session is proved to be in a signed ledger. It vouches for all
records before it through `prev`, and its Z for their sums, so who has the proof needs neither region nor network.

A day is that of the till's session: sales are made on the day their float was counted (R51). A visit that is registered
on a later day is in that day's answer.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from sync.server import configuration, ledger, storage
from sync.server.memory import Kept, Memory
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.sums import GAP, NUMBERED, moment, number
from sync.server.watch import ACCOUNTS, ZONE, Entry, entries, judged, midnight_after
from sync.wire import canonical, entry
from sync.wire import record as rec
from sync.wire.canonical import Json, to_text
from sync.wire.checkpoint import Checkpoint
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.messages import Pushed
from sync.wire.record import Part

_DOUBTS = ("fork", "signature")


@dataclass(frozen=True, slots=True)
class Proof:
    """A record and the proof of it: the region's answer as a till would have got it, which `kassaapp verify` reads, and
    the same as a C2SP tlog-proof of the leaf. `a` is its accounting part, which the record commits to."""

    seq: int
    env: bytes
    a: Part | None
    answer: Pushed

    def tlog_proof(self) -> str:
        """https://c2sp.org/tlog-proof, of the leaf `answer.leaf`."""
        hashes = [base64.b64encode(digest).decode() for digest in self.answer.inclusion]
        return "\n".join(["c2sp.org/tlog-proof@v1", f"index {self.answer.index}", *hashes, "", self.answer.note])

    def as_json(self) -> Json:
        """For programs."""
        return {
            "seq": self.seq,
            "hash": to_text(rec.read(self.env).hash),
            "env": to_text(self.env),
            "a": None if self.a is None else {"salt": to_text(self.a.salt), "content": self.a.data.decode()},
            "answer": canonical.decode_object(self.answer.encode()),
            "tlog_proof": self.tlog_proof(),
        }


@dataclass(frozen=True, slots=True)
class SessionOfDay:
    """One session, from record `opened` to record `closed`, which is None while it is open, as `z` is. `receipts` are
    the numbers of its first and last receipt, and `wrong` is what does not follow, with the place."""

    number: int
    opened: int
    closed: int | None
    z: int | None
    visits: int
    receipts: tuple[int, int] | None
    wrong: tuple[str, ...]
    proof: Proof | None = None

    def as_json(self) -> Json:
        """For programs."""
        return {
            "session": self.number,
            "first_record": self.opened,
            "closing_record": self.closed,
            "z": self.z,
            "visits": self.visits,
            "receipts": None if self.receipts is None else list(self.receipts),
            "wrong": list(self.wrong),
            "proof": None if self.proof is None else self.proof.as_json(),
        }


@dataclass(frozen=True, slots=True)
class TillOfDay:
    """One till on that day: its sessions, until when it is known, and what is `missing` before it can be called whole.
    `head` proves its newest record when it had no session to prove."""

    register: str
    till: str
    chain: str
    records: int
    known_until: str | None
    sessions: tuple[SessionOfDay, ...]
    missing: tuple[str, ...]
    head: Proof | None = None

    def as_json(self) -> Json:
        """For programs."""
        return {
            "register": self.register,
            "till": self.till,
            "chain": self.chain,
            "records": self.records,
            "known_until": self.known_until,
            "sessions": [one.as_json() for one in self.sessions],
            "missing": list(self.missing),
            "head": None if self.head is None else self.head.as_json(),
        }


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """The answer. `missing` is empty when all visits are here."""

    clinic: str
    day: str
    tills: tuple[TillOfDay, ...]
    missing: tuple[str, ...]

    def as_json(self) -> Json:
        """For programs."""
        return {
            "clinic": self.clinic,
            "day": self.day,
            "complete": not self.missing,
            "missing": list(self.missing),
            "tills": [one.as_json() for one in self.tills],
        }


def answer(region: Region, memory: Memory, clinic: str, day: date) -> ClinicDay:
    """Whether all visits of a clinic on a day are here. `memory` must have looked a moment ago."""
    head = region.ledger.head()
    newest = configuration.newest_seq(region)
    with storage.reading(region.engine) as db:
        chains = [one for one in storage.all_chains(db) if one.clinic == clinic and _concerns(db, one, day)]
        doubts = _doubts(db)
        tills = []
        for chain in chains:
            till = _till(db, memory, chain, day, doubts.get(chain.chain, ()))
            tills.append(_proved(db, chain, till, head, newest))
    missing = [f"{one.register}-{one.till}: {what}" for one in tills for what in one.missing]
    if not tills:
        missing = ["no till of that clinic was enrolled by then"]
    return ClinicDay(clinic, day.isoformat(), tuple(tills), tuple(missing))


# ── One till ─────────────────────────────────────────────────────────────────────────────────────


def _concerns(db: Connection, chain: Chain, day: date) -> bool:
    """Whether the chain was born before the day ended, and had not ended before it began."""
    born = entry.read_enrolment(storage.leaves(db, chain.leaf, chain.leaf + 1)[0]).at_ms
    begins = datetime.combine(day, datetime.min.time(), ZONE)
    return _at(born) < midnight_after(day) and (chain.closed_ms is None or _at(chain.closed_ms) >= begins)


def _doubts(db: Connection) -> dict[bytes, list[str]]:
    """What the region has noted of each chain that makes its records doubtful."""
    found: dict[bytes, list[str]] = {}
    for chain, seq, why in storage.flags(db):
        if why in _DOUBTS:
            found.setdefault(chain, []).append(f"{why} at record {seq}")
    for chain, count in storage.quarantined(db).items():
        found.setdefault(chain, []).append(f"{count} records in quarantine")
    return found


def _till(db: Connection, memory: Memory, chain: Chain, day: date, doubts: Sequence[str]) -> TillOfDay:
    sessions = tuple(_session(db, chain, kept) for kept in memory.sessions(chain.chain, day.isoformat()))
    known, unheard = _known_until(db, chain, day)
    missing = [*doubts, *_lost(db, memory, chain, day), *unheard]
    for one in sessions:
        missing += [f"session {one.number}: {what}" for what in one.wrong]
        missing += [f"session {one.number} is not closed"] if one.closed is None else []
    return TillOfDay(
        chain.register, chain.till, to_text(chain.chain), chain.next_seq, known, sessions, tuple(dict.fromkeys(missing))
    )


def _known_until(db: Connection, chain: Chain, day: date) -> tuple[str | None, list[str]]:
    """Until when the till has told, by a record of its own or by being heard from; and what is lacking."""
    over = midnight_after(day)
    newest = entries(db, chain.chain, chain.next_seq - 1, chain.next_seq) if chain.next_seq else []
    told = [at for at in map(_told, newest) if at is not None]
    if chain.contact_ms is not None:
        told.append(_at(chain.contact_ms))
    known = max(told, default=None)
    if known is not None and known >= over:
        return _shown(known), []
    if chain.closed_ms is not None:
        return _shown(known), [f"it ended before record {chain.next_seq}: what it sold after that is not here"]
    since = "has never been heard from" if known is None else f"was last heard from {_shown(known)}"
    return _shown(known), [f"{since}, before the day was over"]


def _lost(db: Connection, memory: Memory, chain: Chain, day: date) -> Iterator[str]:
    """Records that the till says are in no copy, when they may be of that day."""
    for finding in memory.findings_of(chain.chain):
        if finding.found.word != GAP:
            continue
        before = entries(db, chain.chain, finding.seq - 1, finding.seq)
        since = _told(before[0]) if before else None
        if finding.seq < 2 or since is None or since.date() <= day <= date.fromisoformat(finding.day):
            yield f"record {finding.seq}: {finding.found.says}"


# ── One session, from the stored bytes ───────────────────────────────────────────────────────────


def _session(db: Connection, chain: Chain, kept: Kept) -> SessionOfDay:
    end = chain.next_seq if kept.last is None else kept.last + 1
    found = entries(db, chain.chain, kept.first, end)
    sums, wrong = kept.before, _unlinked(storage.frames(db, chain.chain, kept.first, end), chain, kept.first, end)
    for one in found:
        wrong += [f"record {one.seq}: {what.says}" for what in judged(sums, one)]
    receipts = [_number(one, "receipt") for one in found if one.kind in NUMBERED]
    numbers = [one for one in receipts if one is not None]
    return SessionOfDay(
        number=kept.number,
        opened=kept.first,
        closed=kept.last,
        z=_number(found[-1], "z") if found and kept.last is not None else None,
        visits=sum(1 for one in found if one.kind == "sale"),
        receipts=(numbers[0], numbers[-1]) if numbers else None,
        wrong=tuple(wrong),
    )


def _number(one: Entry, name: str) -> int | None:
    """A number that a record states; None when it states none, which is among what is wrong."""
    try:
        return number(one.a or {}, name)
    except Malformed:
        return None


def _told(one: Entry) -> datetime | None:
    """When a record says that it was made."""
    try:
        return moment(one.a or {})
    except Malformed:
        return None


def _unlinked(found: Sequence[Frame], chain: Chain, first: int, end: int) -> list[str]:
    """Records first..end-1 must be there, each following the one before, each with the accounts it was signed with."""
    if [one.record.header.seq for one in found] != list(range(first, end)):
        return [f"records {first} to {end - 1} are not all there"]
    prev = None
    for seq, one in enumerate(found, start=first):
        accounts = tuple(part for part in one.parts if part.name == ACCOUNTS)
        own = one.record.header.prev if prev is None else prev
        try:
            rec.check_link(one.record, chain=chain.chain, seq=seq, prev=own)
            rec.check_parts(one.record, accounts, all_present=False)
        except WireError as mistake:
            return [f"record {seq}: {type(mistake).__name__}"]
        prev = one.record.hash
    return []


# ── Proofs ───────────────────────────────────────────────────────────────────────────────────────


def _proved(db: Connection, chain: Chain, till: TillOfDay, head: Checkpoint, newest: int) -> TillOfDay:
    """The till with a proof of each closing record, or of its newest record when it has none to prove."""
    sessions = tuple(
        one if one.closed is None else replace(one, proof=_proof(db, chain, one.closed, head, newest))
        for one in till.sessions
    )
    if sessions or not chain.next_seq:
        return replace(till, sessions=sessions)
    return replace(till, head=_proof(db, chain, chain.next_seq - 1, head, newest))


def _proof(db: Connection, chain: Chain, seq: int, head: Checkpoint, newest: int) -> Proof | None:
    """The proof of a record; None when it came after `head` was signed."""
    [frame] = storage.frames(db, chain.chain, seq, seq + 1)
    [(env, place, leaf)] = storage.read_back(db, chain.chain, seq, seq + 1)
    if place >= head.size:
        return None
    [proved] = ledger.proved(db, head, [(leaf, place, 0)])
    pushed = Pushed(seq + 1, leaf, place, proved.inclusion, head.note, (), newest, "")
    return Proof(seq, env, frame.part(ACCOUNTS), pushed)


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _shown(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(ZONE).isoformat(timespec="seconds")
