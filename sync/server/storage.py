"""Every query there is, on both databases. Each function takes the connection of a transaction its caller opened.

A transaction that writes takes its locks at once (BEGIN IMMEDIATE on SQLite), a chain's always before the ledger's.
Nothing here decides anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, create_engine, event, false, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server import tables as t
from sync.server.errors import Damaged
from sync.wire import record as rec
from sync.wire.frame import Frame
from sync.wire.record import Part, Record
from sync.wire.tree import Nodes, Place

BUSY_S = 20.0
"""How long a writer waits for another (seconds) before the answer is 503."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A row of `chain`."""

    chain: bytes
    clinic: str
    register: str
    till: str
    public_key: bytes
    enrolment: bytes
    leaf: int
    next_seq: int
    head: bytes
    verified_seq: int
    contact_ms: int | None


@dataclass(frozen=True, slots=True)
class Code:
    """A row of `code`."""

    selector: str
    hash: bytes
    clinic: str
    register: str
    expires_ms: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class CodeTill:
    """A row of `code_till`: the till a code may enrol, the chain it succeeds, the chain it became."""

    selector: str
    till: str
    parent: bytes | None
    chain: bytes | None


# ── Connections ──────────────────────────────────────────────────────────────────────────────────


def open_engine(url: str) -> Engine:
    """Connect to a database; commits are durable before they return."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c synchronous_commit=on -c lock_timeout={int(BUSY_S * 1000)}"
    return create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True, connect_args={"options": options})


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and reads one moment: a chain and its records as they stood together.

    PostgreSQL's default shows each statement what has been committed by then; between two statements another push
    could move the chain, and the answer would speak of two moments. SQLite reads one moment as it is.
    """
    with engine.connect() as db:
        if engine.dialect.name == "postgresql":
            db = db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)  # noqa: PLW2901
        with db.begin():
            yield db


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed when the block ends without an exception."""
    with engine.connect().execution_options(kassa_writes=True) as db, db.begin():
        yield db


def _set_up_sqlite(connection: Any, _: object) -> None:
    # Not WAL: the SQLite that comes with Python (3.40 here) has the WAL-reset bug, which can lose a committed
    # transaction when several connections checkpoint at once. A rollback journal with EXTRA also syncs the folder.
    connection.isolation_level = None  # The driver would otherwise begin transactions of its own.
    for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(db: Connection) -> None:
    writes = db.get_execution_options().get("kassa_writes", False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# ── Chains and their records ─────────────────────────────────────────────────────────────────────


def find_chain(db: Connection, chain: bytes) -> Chain | None:
    """The chain with that id."""
    row = db.execute(select(t.chain).where(t.chain.c.chain == chain)).first()
    return None if row is None else Chain(**row._mapping)


def all_chains(db: Connection) -> list[Chain]:
    """Every chain, by clinic, register and till."""
    order = (t.chain.c.clinic, t.chain.c.register, t.chain.c.till, t.chain.c.leaf)
    return [Chain(**row._mapping) for row in db.execute(select(t.chain).order_by(*order))]


def add_chain(db: Connection, row: Chain) -> None:
    """A register is born."""
    db.execute(t.chain.insert().values({name: getattr(row, name) for name in Chain.__slots__}))


def move_head(db: Connection, before: Chain, after: Chain) -> bool:
    """Compare-and-swap of a chain's head. False: somebody else moved it after `before` was read."""
    c = t.chain.c
    done = db.execute(
        update(t.chain)
        .where(c.chain == before.chain, c.next_seq == before.next_seq, c.head == before.head)
        .values(next_seq=after.next_seq, head=after.head, verified_seq=after.verified_seq)
    )
    return done.rowcount == 1


def note_contact(db: Connection, chain: bytes, at_ms: int) -> None:
    """The register was heard from."""
    db.execute(update(t.chain).where(t.chain.c.chain == chain).values(contact_ms=at_ms))


def move_verified(db: Connection, chain: bytes, seq: int) -> None:
    """All signatures before `seq` have been judged."""
    c = t.chain.c
    db.execute(update(t.chain).where(c.chain == chain, c.verified_seq < seq).values(verified_seq=seq))


def unverified_chains(db: Connection) -> list[bytes]:
    """Chains with signatures still to be judged."""
    c = t.chain.c
    return list(db.scalars(select(c.chain).where(c.verified_seq < c.next_seq)))


def add_records(db: Connection, frames: Sequence[Frame], first_leaf: int) -> None:
    """Store records and their parts; the ledger entry of the first is `first_leaf`."""
    rows = [
        {"chain": r.header.chain, "seq": r.header.seq, "hash": r.hash, "env": r.env, "leaf": leaf}
        for leaf, r in enumerate((frame.record for frame in frames), start=first_leaf)
    ]
    parts = [
        {"chain": f.record.header.chain, "seq": f.record.header.seq, "name": p.name, "salt": p.salt, "data": p.data}
        for f in frames
        for p in f.parts
    ]
    db.execute(t.record.insert(), rows)
    if parts:
        db.execute(t.part.insert(), parts)


def hashes(db: Connection, chain: bytes, first: int, end: int) -> list[bytes]:
    """Hashes of records first..end-1."""
    c = t.record.c
    query = select(c.hash).where(c.chain == chain, c.seq >= first, c.seq < end).order_by(c.seq)
    return list(db.scalars(query))


def envs(db: Connection, chain: bytes, first: int, end: int) -> list[bytes]:
    """Envs of records first..end-1."""
    c = t.record.c
    query = select(c.env).where(c.chain == chain, c.seq >= first, c.seq < end).order_by(c.seq)
    return list(db.scalars(query))


def record_leaves(db: Connection, chain: bytes, first: int, end: int) -> list[tuple[int, bytes]]:
    """Where in the ledger records first..end-1 stand, and the entries there."""
    c = t.record.c
    query = select(t.leaf.c.idx, t.leaf.c.entry).join_from(t.record, t.leaf, c.leaf == t.leaf.c.idx)
    rows = db.execute(query.where(c.chain == chain, c.seq >= first, c.seq < end).order_by(c.seq))
    return [(row.idx, row.entry) for row in rows]


def frames(db: Connection, chain: bytes, first: int, end: int) -> list[Frame]:
    """Records first..end-1 with the parts that are there."""
    c = t.part.c
    query = select(c.seq, c.name, c.salt, c.data).where(c.chain == chain, c.seq >= first, c.seq < end)
    return _with_parts(envs(db, chain, first, end), db.execute(query.order_by(c.seq, c.name)))


def _with_parts(stored: Iterable[bytes], rows: Iterable[Any]) -> list[Frame]:
    parts: dict[int, list[Part]] = {}
    for seq, name, salt, data in rows:
        parts.setdefault(seq, []).append(Part(name, salt, data))
    records = [rec.read(env) for env in stored]
    return [Frame(record, tuple(parts.get(record.header.seq, ()))) for record in records]


# ── The ledger ───────────────────────────────────────────────────────────────────────────────────


def ledger_head(db: Connection, *, lock: bool = False) -> tuple[int, int]:
    """(size, time of the newest entry in ms). `lock` makes every other writer wait until this transaction ends."""
    query = select(t.ledger.c.size, t.ledger.c.at_ms)
    row = db.execute(query.with_for_update() if lock else query).one()
    return row.size, row.at_ms


def add_leaves(db: Connection, first: int, entries: Sequence[bytes], nodes: dict[Place, bytes], at_ms: int) -> None:
    """Append entries and the nodes that appear with them; needs the lock of `ledger_head`."""
    db.execute(t.leaf.insert(), [{"idx": idx, "entry": entry} for idx, entry in enumerate(entries, start=first)])
    db.execute(t.node.insert(), [{"lvl": lvl, "idx": idx, "hash": digest} for (lvl, idx), digest in nodes.items()])
    db.execute(update(t.ledger).values(size=first + len(entries), at_ms=at_ms))


def leaves(db: Connection, first: int, end: int) -> list[bytes]:
    """Entries first..end-1."""
    c = t.leaf.c
    return list(db.scalars(select(c.entry).where(c.idx >= first, c.idx < end).order_by(c.idx)))


def nodes(db: Connection, places: Iterable[Place]) -> Nodes:
    """The nodes at `places`, fetched at once. Raises Damaged when one is not there."""
    levels: dict[int, set[int]] = {}
    for lvl, idx in places:
        levels.setdefault(lvl, set()).add(idx)
    c = t.node.c
    wanted = or_(false(), *(and_(c.lvl == lvl, c.idx.in_(indexes)) for lvl, indexes in levels.items()))
    rows = db.execute(select(c.lvl, c.idx, c.hash).where(wanted))
    found: dict[Place, bytes] = {(row.lvl, row.idx): row.hash for row in rows}
    if len(found) != sum(map(len, levels.values())):
        raise Damaged
    return found.__getitem__


# ── Trust and configuration ──────────────────────────────────────────────────────────────────────


def newest_config(db: Connection, kind: str) -> Record | None:
    """The newest record of the trust or configuration chain."""
    c = t.config.c
    env = db.scalars(select(c.env).where(c.kind == kind).order_by(c.seq.desc()).limit(1)).first()
    return None if env is None else rec.read(env)


def add_config(db: Connection, kind: str, frame: Frame, leaf: int | None) -> None:
    """Store a trust or configuration record with its parts."""
    r = frame.record
    db.execute(t.config.insert().values(kind=kind, seq=r.header.seq, hash=r.hash, env=r.env, leaf=leaf))
    parts = [{"kind": kind, "seq": r.header.seq, "name": p.name, "salt": p.salt, "data": p.data} for p in frame.parts]
    if parts:
        db.execute(t.config_part.insert(), parts)


def config_frames(db: Connection, kind: str, first: int, at_most: int, names: Sequence[str]) -> list[Frame]:
    """Records of a chain from `first`, with only the parts called `names`."""
    c, p = t.config.c, t.config_part.c
    range_ = select(c.env).where(c.kind == kind, c.seq >= first, c.seq < first + at_most).order_by(c.seq)
    parts = select(p.seq, p.name, p.salt, p.data).where(
        p.kind == kind, p.seq >= first, p.seq < first + at_most, p.name.in_(names)
    )
    return _with_parts(db.scalars(range_), db.execute(parts.order_by(p.seq, p.name)))


def has_config_part(db: Connection, kind: str, name: str) -> bool:
    """Whether any record of a chain carries the part called `name`."""
    p = t.config_part.c
    return db.execute(select(p.seq).where(p.kind == kind, p.name == name).limit(1)).first() is not None


# ── Enrolment ────────────────────────────────────────────────────────────────────────────────────


def add_code(db: Connection, code: Code, tills: dict[str, bytes | None]) -> None:
    """A new one-time code, and for each till the chain it is to succeed."""
    db.execute(t.code.insert().values({name: getattr(code, name) for name in Code.__slots__}))
    rows = [{"selector": code.selector, "till": till, "parent": parent} for till, parent in tills.items()]
    db.execute(t.code_till.insert(), rows)


def find_code(db: Connection, selector: str) -> Code | None:
    """The code that begins so; locked, since the tries it has left are counted."""
    row = db.execute(select(t.code).where(t.code.c.selector == selector).with_for_update()).first()
    return None if row is None else Code(**row._mapping)


def use_try(db: Connection, selector: str) -> None:
    """A wrong try."""
    c = t.code.c
    db.execute(update(t.code).where(c.selector == selector).values(tries_left=c.tries_left - 1))


def find_code_till(db: Connection, selector: str, till: str) -> CodeTill | None:
    """What a code may do for a till."""
    c = t.code_till.c
    row = db.execute(select(t.code_till).where(c.selector == selector, c.till == till)).first()
    return None if row is None else CodeTill(**row._mapping)


def use_code(db: Connection, selector: str, till: str, chain: bytes) -> None:
    """The code has become this chain for the till."""
    c = t.code_till.c
    db.execute(update(t.code_till).where(c.selector == selector, c.till == till).values(chain=chain))


# ── What was found ───────────────────────────────────────────────────────────────────────────────


def add_quarantine(db: Connection, frames: Iterable[tuple[Record, bytes]], why: str, at_ms: int) -> None:
    """Keep records that contradict a chain; what is there already stays as it is."""
    for record, frame in frames:
        values = {"chain": record.header.chain, "seq": record.header.seq, "hash": record.hash}
        if db.execute(select(t.quarantine.c.seq).filter_by(**values)).first() is None:
            _insert_once(db, t.quarantine, {**values, "frame": frame, "why": why, "at_ms": at_ms})


def add_flag(db: Connection, chain: bytes, seq: int, why: str, at_ms: int) -> None:
    """Say once that something is doubtful about a record."""
    _insert_once(db, t.flag, {"chain": chain, "seq": seq, "why": why, "at_ms": at_ms})


def flags(db: Connection) -> list[tuple[bytes, int, str]]:
    """Every flag: chain, seq, why."""
    c = t.flag.c
    query = select(c.chain, c.seq, c.why).order_by(c.chain, c.seq, c.why)
    return [(row.chain, row.seq, row.why) for row in db.execute(query)]


def quarantined(db: Connection) -> dict[bytes, int]:
    """How many records lie in quarantine, by chain."""
    c = t.quarantine.c
    return {row[0]: row[1] for row in db.execute(select(c.chain, func.count()).group_by(c.chain))}


def _insert_once(db: Connection, table: Any, values: dict[str, object]) -> None:
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    db.execute(dialect.insert(table).values(values).on_conflict_do_nothing())
