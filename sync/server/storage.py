"""Every query there is, on both databases, but those of one-time codes (`codes.py`). Each function takes the connection
of a transaction its caller opened.

A transaction that writes takes its locks at once (BEGIN IMMEDIATE on SQLite), a chain's always before the ledger's.
Nothing here decides anything.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, create_engine, delete, event, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.server import roles, rows
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
    parent: bytes | None = None
    closed_ms: int | None = None


# ── Connections ──────────────────────────────────────────────────────────────────────────────────


def open_engine(url: str, role: str = "") -> Engine:
    """Connect to a database, on PostgreSQL as one of `roles`; commits are durable before they return."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_S}, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c synchronous_commit=on -c lock_timeout={int(BUSY_S * 1000)} {roles.option(role)}"
    return create_engine(url, pool_size=10, max_overflow=30, connect_args={"options": options}, hide_parameters=True)


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


_CHAIN = select(t.chain).where(t.chain.c.chain == bindparam("own"))
_CHAIN_LOCKED = _CHAIN.with_for_update()


def find_chain(db: Connection, chain: bytes, *, lock: bool = False) -> Chain | None:
    """The chain with that id. `lock` keeps it as it is until this transaction ends."""
    row = db.execute(_CHAIN_LOCKED if lock else _CHAIN, {"own": chain}).first()
    return None if row is None else Chain(**row._mapping)


def chains_of_key(db: Connection, public_key: bytes) -> list[Chain]:
    """The chains whose certificates name that key."""
    return [Chain(**row._mapping) for row in db.execute(select(t.chain).where(t.chain.c.public_key == public_key))]


def open_chains(db: Connection, register: str, till: str, clinic: str | None) -> list[Chain]:
    """The chains of that name that have not ended, at one clinic or at any."""
    c = t.chain.c
    query = select(t.chain).where(c.register == register, c.till == till, c.closed_ms.is_(None))
    found = db.execute(query if clinic is None else query.where(c.clinic == clinic))
    return [Chain(**row._mapping) for row in found]


def successor_count(db: Connection, chain: bytes) -> int:
    """How many chains succeed that one."""
    return db.execute(select(func.count()).where(t.chain.c.parent == chain)).scalar_one()


def register_names(db: Connection, clinic: str) -> set[str]:
    """The names of a clinic's registers, those that have ended too."""
    return set(db.scalars(select(t.chain.c.register).where(t.chain.c.clinic == clinic)))


def tills_of(db: Connection, clinic: str, register: str) -> set[str]:
    """The tills that a register of that name has or has had."""
    c = t.chain.c
    return set(db.scalars(select(c.till).where(c.clinic == clinic, c.register == register)))


def all_chains(db: Connection) -> list[Chain]:
    """Every chain, by clinic, register and till."""
    order = (t.chain.c.clinic, t.chain.c.register, t.chain.c.till, t.chain.c.leaf)
    return [Chain(**row._mapping) for row in db.execute(select(t.chain).order_by(*order))]


def add_chain(db: Connection, row: Chain) -> None:
    """A register is born."""
    db.execute(t.chain.insert().values({name: getattr(row, name) for name in Chain.__slots__}))


_MOVE_HEAD = (
    update(t.chain)
    .where(t.chain.c.chain == bindparam("own"), t.chain.c.next_seq == bindparam("was_seq"))
    .where(t.chain.c.head == bindparam("was_head"))
    .returning(*t.chain.c)
)


def move_head(db: Connection, before: Chain, after: Chain) -> Chain | None:
    """Compare-and-swap of a chain's head; the row as it stands then. None: somebody else moved it after `before` was
    read."""
    was = {"own": before.chain, "was_seq": before.next_seq, "was_head": before.head}
    moved = {name: getattr(after, name) for name in ("next_seq", "head", "verified_seq", "contact_ms")}
    row = db.execute(_MOVE_HEAD, was | moved).first()
    return None if row is None else Chain(**row._mapping)


def close_chain(db: Connection, chain: bytes, at_ms: int) -> None:
    """The chain has ended: what still comes is late."""
    db.execute(update(t.chain).where(t.chain.c.chain == chain).values(closed_ms=at_ms))


_NOTE_CONTACT = update(t.chain).where(t.chain.c.chain == bindparam("own"))


def note_contact(db: Connection, chain: bytes, at_ms: int) -> None:
    """The register was heard from."""
    db.execute(_NOTE_CONTACT, {"own": chain, "contact_ms": at_ms})


def move_verified(db: Connection, chain: bytes, seq: int) -> None:
    """All signatures before `seq` have been judged."""
    c = t.chain.c
    db.execute(update(t.chain).where(c.chain == chain, c.verified_seq < seq).values(verified_seq=seq))


def unverified_chains(db: Connection) -> list[bytes]:
    """Chains with signatures still to be judged."""
    c = t.chain.c
    return list(db.scalars(select(c.chain).where(c.verified_seq < c.next_seq)))


def add_parts(db: Connection, frames: Sequence[Frame]) -> None:
    """Store the parts of records; needs no lock but their chain's."""
    stored = [
        (f.record.header.chain, f.record.header.seq, part.name, part.salt, part.data)
        for f in frames
        for part in f.parts
    ]
    rows.insert(db, t.part, ("chain", "seq", "name", "salt", "data"), stored)


def add_records(db: Connection, frames: Sequence[Frame], first_leaf: int) -> None:
    """Store records without their parts; the ledger entry of the first is `first_leaf`."""
    numbered = enumerate((frame.record for frame in frames), start=first_leaf)
    stored = [(r.header.chain, r.header.seq, r.hash, r.env, leaf) for leaf, r in numbered]
    rows.insert(db, t.record, ("chain", "seq", "hash", "env", "leaf"), stored)


_IN_RANGE = (
    t.record.c.chain == bindparam("own"),
    t.record.c.seq >= bindparam("first"),
    t.record.c.seq < bindparam("end"),
)
_HASHES = select(t.record.c.hash).where(*_IN_RANGE).order_by(t.record.c.seq)
_ENVS = select(t.record.c.env).where(*_IN_RANGE).order_by(t.record.c.seq)
_READ_BACK = (
    select(t.record.c.env, t.leaf.c.idx, t.leaf.c.entry)
    .join_from(t.record, t.leaf, t.record.c.leaf == t.leaf.c.idx)
    .where(*_IN_RANGE)
    .order_by(t.record.c.seq)
)


def hashes(db: Connection, chain: bytes, first: int, end: int) -> list[bytes]:
    """Hashes of records first..end-1."""
    return list(db.scalars(_HASHES, {"own": chain, "first": first, "end": end}).all())


def envs(db: Connection, chain: bytes, first: int, end: int) -> list[bytes]:
    """Envs of records first..end-1."""
    return list(db.scalars(_ENVS, {"own": chain, "first": first, "end": end}).all())


def read_back(db: Connection, chain: bytes, first: int, end: int) -> list[tuple[bytes, int, bytes]]:
    """Records first..end-1 as they are stored: env, where in the ledger each stands, and the entry there."""
    stored = db.execute(_READ_BACK, {"own": chain, "first": first, "end": end})
    return [(env, idx, entry) for env, idx, entry in stored.all()]


def frames(db: Connection, chain: bytes, first: int, end: int) -> list[Frame]:
    """Records first..end-1 with the parts that are there."""
    c = t.part.c
    query = select(c.seq, c.name, c.salt, c.data).where(c.chain == chain, c.seq >= first, c.seq < end)
    return _with_parts(envs(db, chain, first, end), db.execute(query.order_by(c.seq, c.name)))


def _with_parts(stored: Iterable[bytes], stored_parts: Iterable[Any]) -> list[Frame]:
    parts: dict[int, list[Part]] = {}
    for seq, name, salt, data in stored_parts:
        parts.setdefault(seq, []).append(Part(name, salt, data))
    records = [rec.read(env) for env in stored]
    return [Frame(record, tuple(parts.get(record.header.seq, ()))) for record in records]


# ── The ledger ───────────────────────────────────────────────────────────────────────────────────


_LEDGER = select(t.ledger.c.size, t.ledger.c.at_ms)
_LEDGER_LOCKED = _LEDGER.with_for_update()
_MOVE_LEDGER = update(t.ledger)
_LEAVES = (
    select(t.leaf.c.entry)
    .where(t.leaf.c.idx >= bindparam("first"), t.leaf.c.idx < bindparam("end"))
    .order_by(t.leaf.c.idx)
)


def ledger_head(db: Connection, *, lock: bool = False) -> tuple[int, int]:
    """(size, time of the newest entry in ms). `lock` makes every other writer wait until this transaction ends."""
    row = db.execute(_LEDGER_LOCKED if lock else _LEDGER).one()
    return row.size, row.at_ms


def add_leaves(db: Connection, first: int, entries: Sequence[bytes], nodes: dict[Place, bytes], at_ms: int) -> None:
    """Append entries and the nodes that appear with them; needs the lock of `ledger_head`."""
    rows.insert(db, t.leaf, ("idx", "entry"), list(enumerate(entries, start=first)))
    rows.insert(db, t.node, ("lvl", "idx", "hash"), [(lvl, idx, digest) for (lvl, idx), digest in nodes.items()])
    db.execute(_MOVE_LEDGER, {"size": first + len(entries), "at_ms": at_ms})


def leaves(db: Connection, first: int, end: int) -> list[bytes]:
    """Entries first..end-1."""
    return list(db.scalars(_LEAVES, {"first": first, "end": end}).all())


def nodes(db: Connection, places: Collection[Place]) -> Nodes:
    """The nodes at `places`, fetched at once. Raises Damaged when one is not there."""
    found = rows.nodes(db, places)
    if len(found) != len(set(places)):
        raise Damaged
    return found.__getitem__


# ── Trust and configuration ──────────────────────────────────────────────────────────────────────


_NEWEST_CONFIG = (
    select(t.config.c.env).where(t.config.c.kind == bindparam("chosen")).order_by(t.config.c.seq.desc()).limit(1)
)


def newest_config(db: Connection, kind: str) -> Record | None:
    """The newest record of the trust or configuration chain."""
    env = db.scalars(_NEWEST_CONFIG, {"chosen": kind}).first()
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


# ── What was found ───────────────────────────────────────────────────────────────────────────────


def add_quarantine(db: Connection, frames: Iterable[tuple[Record, bytes]], why: str, at_ms: int) -> None:
    """Keep records that contradict a chain; what is there already stays as it is."""
    for record, frame in frames:
        values = {"chain": record.header.chain, "seq": record.header.seq, "hash": record.hash}
        if db.execute(select(t.quarantine.c.seq).filter_by(**values)).first() is None:
            _insert_once(db, t.quarantine, {**values, "frame": frame, "why": why, "at_ms": at_ms})


def with_quarantine(db: Connection, chains: Collection[bytes]) -> set[bytes]:
    """Those of these chains of which something lies in quarantine."""
    c = t.quarantine.c
    return set(db.scalars(select(c.chain).where(c.chain.in_(chains)).distinct()))


def contradicted(db: Connection, chains: Collection[bytes]) -> list[tuple[bytes, int]]:
    """Of these chains, the first place each that two records claim: one lies in quarantine, and another stands in the
    chain or lies there too."""
    q, r, other = t.quarantine.c, t.record.c, t.quarantine.alias().c
    stored = select(r.seq).where(r.chain == q.chain, r.seq == q.seq, r.hash != q.hash)
    aside = select(other.seq).where(other.chain == q.chain, other.seq == q.seq, other.hash != q.hash)
    query = select(q.chain, func.min(q.seq)).where(q.chain.in_(chains), or_(stored.exists(), aside.exists()))
    return [(row[0], row[1]) for row in db.execute(query.group_by(q.chain))]


def add_flag(db: Connection, chain: bytes, seq: int, why: str, at_ms: int) -> None:
    """Say once that something is doubtful about a record."""
    _insert_once(db, t.flag, {"chain": chain, "seq": seq, "why": why, "at_ms": at_ms})


def has_flag(db: Connection, chain: bytes, why: str) -> bool:
    """Whether that has been said of any record of the chain."""
    c = t.flag.c
    return db.execute(select(c.seq).where(c.chain == chain, c.why == why).limit(1)).first() is not None


def remove_flag(db: Connection, chain: bytes, why: str) -> bool:
    """It is no longer doubtful. False: nobody had said so."""
    c = t.flag.c
    return db.execute(delete(t.flag).where(c.chain == chain, c.why == why)).rowcount > 0


def flags(db: Connection, chain: bytes | None = None) -> list[tuple[bytes, int, str]]:
    """Every flag ever put up, of one chain or of all: chain, seq, why. Which of them stand, `missing.flags` says."""
    c = t.flag.c
    query = select(c.chain, c.seq, c.why).order_by(c.chain, c.seq, c.why)
    found = db.execute(query if chain is None else query.where(c.chain == chain))
    return [(row.chain, row.seq, row.why) for row in found]


def quarantined(db: Connection) -> dict[bytes, int]:
    """How many records lie in quarantine, by chain; not those that have come to stand in their chain since."""
    q, r = t.quarantine.c, t.record.c
    stored = and_(r.chain == q.chain, r.seq == q.seq, r.hash == q.hash)
    query = select(q.chain, func.count()).select_from(t.quarantine.outerjoin(t.record, stored))
    return {row[0]: row[1] for row in db.execute(query.where(r.seq.is_(None)).group_by(q.chain))}


def quarantined_hashes(db: Connection, chain: bytes) -> set[bytes]:
    """The hashes of a chain's records in quarantine."""
    c = t.quarantine.c
    return set(db.scalars(select(c.hash).where(c.chain == chain)))


def _insert_once(db: Connection, table: Any, values: dict[str, object]) -> None:
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    db.execute(dialect.insert(table).values(values).on_conflict_do_nothing())
