"""A conto over several desks: the region grants only rights that nobody holds, and takes back only what a till holds.

    held by a till   its deposits − what it spent and paid back (its records) + grants − releases (table `transfer`)
    free             releases − grants of the account, over all tills; what the region may grant

A machine and the successors it asked for itself (after a fork or a gap) are one holder: the till's own state goes on
over its chains. What was born of a new code is another machine, also when it succeeds one. For an account the free and
the held amounts are together what was deposited and not spent, so as long as no till spends more than it holds nothing
is ever overdrawn, online or not. Rights of a lost machine stay with it until somebody decides (`take_back`); never by
the clock.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, case, func, select, text

from sync.server import storage, succession
from sync.server import tables as t
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.storage import Chain
from sync.wire import accounts
from sync.wire import record as rec
from sync.wire.accounts import Ask, Stands
from sync.wire.errors import Malformed
from sync.wire.frame import Frame

GRANT = "grant"
RELEASE = "release"
_STRETCH = 500
_MOVES = ("deposit", "repayment", "sale", "refund", "void")
"""Kinds of record that can move a conto (docs/JOURNAL.md, section 8)."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a chain's records say of each account (öre), up to record `next`."""

    next: int = 0
    sums: Counter[bytes] = field(default_factory=Counter)


class Accounts:
    """Answers what tills ask about accounts. Safe to use from several threads.

    What it remembers of records is only ever added to and could be read again: records are never changed.
    """

    def __init__(self) -> None:
        self._read: dict[bytes, _Read] = {}
        self._reading = threading.Lock()

    def grant(self, region: Region, asker: Chain, raw: bytes) -> Stands:
        """Give the till rights that nobody holds. Raises Refused: 409 `too-little` when there are not so many, `closed`
        when its chain has ended, `id-used`; 400 `malformed`."""
        return self._move(region, asker, _asked(raw), GRANT)

    def release(self, region: Region, asker: Chain, raw: bytes) -> Stands:
        """Take rights back that the till holds by the records it has delivered. Raises Refused as `grant`."""
        return self._move(region, asker, _asked(raw), RELEASE)

    def take_back(self, region: Region, chain: bytes) -> dict[bytes, int]:
        """Free what the machine of an ended chain held, by account (öre): a supervisor's decision, who takes the risk
        that it was spent. Doing it again frees nothing more. Raises Refused: 409 `not-closed`, 404."""
        with storage.writing(region.engine) as db:
            last = storage.find_chain(db, chain)
            if last is None:
                raise Refused(404, "unknown-chain")
            holder = _holder(db, last)
            if any(one.closed_ms is None for one in holder):
                raise Refused(409, "not-closed")
            storage.find_chain(db, holder[0].chain, lock=True)
            found = {account: self._held(db, holder, account) for account in self._known(db, holder)}
            freed = {account: held for account, held in found.items() if held > 0}
            for account, held in sorted(freed.items()):
                _lock(db, account)
                asked = Ask(account, held, _id_of(last.chain, account, _moved_count(db, account)))
                _add(db, asked, last, RELEASE, region.clock())
        return freed

    def stands(self, region: Region, chain: bytes, account: bytes) -> tuple[int, int]:
        """(free, held by that chain's machine), in öre."""
        with storage.reading(region.engine) as db:
            one = storage.find_chain(db, chain)
            assert one is not None
            return _free(db, account, one), self._held(db, _holder(db, one), account)

    def _move(self, region: Region, asker: Chain, asked: Ask, kind: str) -> Stands:
        with storage.writing(region.engine) as db:
            holder = _holder(db, asker)
            storage.find_chain(db, holder[0].chain, lock=True)
            _lock(db, asked.account)
            if asked.amount_ore and not _is_done(db, asked, holder, kind):
                self._check(db, asker, holder, asked, kind)
                _add(db, asked, asker, kind, region.clock())
            free, held = _free(db, asked.account, asker), self._held(db, holder, asked.account)
        return Stands(asked.account, asked.id, asked.amount_ore, free, held)

    def _check(self, db: Connection, asker: Chain, holder: list[Chain], asked: Ask, kind: str) -> None:
        if kind == GRANT and asker.closed_ms is not None:
            raise Refused(409, "closed")
        there = _free(db, asked.account, asker) if kind == GRANT else self._held(db, holder, asked.account)
        if asked.amount_ore > there:
            raise Refused(409, "too-little")

    def _held(self, db: Connection, holder: list[Chain], account: bytes) -> int:
        own = sum(self._caught_up(db, one).sums[account] for one in holder)
        return own + _granted(db, account, [one.chain for one in holder])

    def _known(self, db: Connection, holder: list[Chain]) -> set[bytes]:
        """Every account that the machine may hold rights of."""
        c = t.transfer.c
        moved = set(db.scalars(select(c.account).where(c.chain.in_([one.chain for one in holder]))))
        return moved.union(*(self._caught_up(db, one).sums for one in holder))

    def _caught_up(self, db: Connection, chain: Chain) -> _Read:
        """What the chain's records say, those included that came since it was last asked."""
        now = storage.find_chain(db, chain.chain)
        assert now is not None
        with self._reading:
            known = self._read.get(chain.chain, _Read())
            if known.next < now.next_seq:
                sums = Counter(known.sums)  # Kept only when all of it was read.
                for one in _moving(db, now, known.next):
                    sums.update(dict(moves(chain.clinic, chain.till, one)))
                known = self._read[chain.chain] = _Read(now.next_seq, sums)
            return known


def moves(clinic: str, till: str, one: Frame) -> Iterator[tuple[bytes, int]]:
    """What a record adds to what its till holds of an account (öre); nothing for one that does not move any."""
    said, person = (_content(one, name) for name in ("a", "p"))
    patient = person.get("id", {}) if isinstance(person.get("id"), Mapping) else {}
    kind, value = patient.get("kind"), patient.get("value")
    if not (isinstance(kind, str) and isinstance(value, str)):
        return
    amount_ore = _amount_ore(one.record.header.kind, said)
    if amount_ore:
        yield accounts.account(clinic, till, kind, value), amount_ore


def _amount_ore(kind: str, said: Mapping[str, Any]) -> int:
    match kind:
        case "deposit":
            return _whole(said.get("amount_ore"))
        case "repayment":
            return -_whole(said.get("amount_ore"))
        case "sale":
            return -_on_account(said)
        case "refund" | "void":
            return _on_account(said)
        case _:
            return 0


def _on_account(said: Mapping[str, Any]) -> int:
    payments = said.get("payments")
    if not isinstance(payments, list):
        return 0
    on_account = [one for one in payments if isinstance(one, Mapping) and one.get("by") == "on_account"]
    return sum(_whole(one.get("amount_ore")) for one in on_account)


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def _content(one: Frame, name: str) -> Mapping[str, Any]:
    part = one.part(name)
    try:
        return {} if part is None else part.content()
    except Malformed:
        return {}


def _moving(db: Connection, chain: Chain, first: int) -> Iterator[Frame]:
    """The chain's records from `first` whose kind can move an account."""
    for start in range(first, chain.next_seq, _STRETCH):
        end = min(start + _STRETCH, chain.next_seq)
        if any(rec.read(env).header.kind in _MOVES for env in storage.envs(db, chain.chain, start, end)):
            for one in storage.frames(db, chain.chain, start, end):
                if one.record.header.kind in _MOVES:
                    yield one


# ── Who holds ────────────────────────────────────────────────────────────────────────────────────


def _holder(db: Connection, one: Chain) -> list[Chain]:
    """The chains of one machine, the first before the others."""
    c = t.chain.c
    query = select(t.chain).where(c.clinic == one.clinic, c.till == one.till).order_by(c.leaf)
    family: dict[bytes, Chain] = {}
    every = {row.chain: Chain(**row._mapping) for row in db.execute(query)}
    going_on, root = _going_on(db, every), one
    while root.chain in going_on and root.parent is not None and root.parent in every:
        root = every[root.parent]
    for chain in every.values():
        if chain.chain == root.chain or (chain.chain in going_on and chain.parent in family):
            family[chain.chain] = chain
    return list(family.values())


def _going_on(db: Connection, chains: Iterable[bytes]) -> set[bytes]:
    """Of these, the chains that were asked for with the key of the chain before, and so by the machine itself."""
    c = t.flag.c
    asked = select(c.chain).where(c.chain.in_(list(chains)), c.why.in_((succession.PROVISIONAL, succession.CONFIRMED)))
    return set(db.scalars(asked))


# ── The table ────────────────────────────────────────────────────────────────────────────────────

_SIGNED = case((t.transfer.c.kind == GRANT, t.transfer.c.amount_ore), else_=-t.transfer.c.amount_ore)


def _free(db: Connection, account: bytes, asker: Chain) -> int:
    """What nobody holds of an account. Only tills of the asker's clinic and letter count: no other's money is there for
    who knows its name."""
    c = t.chain.c
    tills = select(c.chain).where(c.clinic == asker.clinic, c.till == asker.till)
    return -_granted(db, account, list(db.scalars(tills)))


def _granted(db: Connection, account: bytes, chains: list[bytes]) -> int:
    """Grants less releases of an account, to those chains."""
    c = t.transfer.c
    query = select(func.coalesce(func.sum(_SIGNED), 0)).where(c.account == account, c.chain.in_(chains))
    return int(db.execute(query).scalar_one())


def _moved_count(db: Connection, account: bytes) -> int:
    return int(db.execute(select(func.count()).where(t.transfer.c.account == account)).scalar_one())


def _is_done(db: Connection, asked: Ask, holder: list[Chain], kind: str) -> bool:
    """Whether this very request was done before, also for the chain that the machine has gone on from. Raises Refused
    when its id was another's."""
    row = db.execute(select(t.transfer).where(t.transfer.c.id == asked.id)).first()
    if row is None:
        return False
    same = (row.account, row.kind, row.amount_ore) == (asked.account, kind, asked.amount_ore)
    if not same or row.chain not in [one.chain for one in holder]:
        raise Refused(409, "id-used")
    return True


def _add(db: Connection, asked: Ask, chain: Chain, kind: str, at_ms: int) -> None:
    row = {"id": asked.id, "account": asked.account, "chain": chain.chain, "kind": kind}
    db.execute(t.transfer.insert().values(row | {"amount_ore": asked.amount_ore, "at_ms": at_ms}))


def _lock(db: Connection, account: bytes) -> None:
    """One at a time for an account. SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        number = int.from_bytes(account[:8], "big", signed=True)
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _id_of(chain: bytes, account: bytes, count: int) -> bytes:
    """The id of a release that no till asked for."""
    return hashlib.sha256(chain + account + count.to_bytes(8, "big")).digest()[: accounts.ID_BYTES]


def _asked(raw: bytes) -> Ask:
    try:
        return Ask.read(raw)
    except Malformed:
        raise Refused(400, "malformed") from None
