"""The region's tables in their newest shape, the same on PostgreSQL and SQLite.

record, part      what registers sent, byte for byte
config            the trust chain and the configuration chain, with config_part
leaf, node        the ledger: its entries and the hashes of its complete subtrees (`sync.wire.tree`)
ledger            one row: how many leaves there are. The only row that every write waits for
chain             one register's life: its certificate's facts, and the columns that move (head, contact, closed)
code, code_till   one-time codes, hashed, and what each till made of its own
transfer          rights to money a conto that went from the region to a till (grant) or back (release)
access            which register asked about another desk's receipt or a patient's account, and when
quarantine        records that contradict a chain, kept as evidence; flag: what was found and not refused

On PostgreSQL `record`, `part`, `quarantine` and `flag` lie in sixteen partitions by hash of the chain, so that one
chain's rows are always in partitions of one number, and a number can move to a machine of its own. This file is the
one truth of the newest shape; `migrations` bring an older database to it, and a test compares the two. What may be
done to the rows is said by `guards` (triggers, both databases) and `roles` (PostgreSQL).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from sync.wire.record import CHAIN_BYTES, HASH_BYTES, SALT_BYTES
from sync.wire.signature import KEY_BYTES

PARTITIONS = 16
"""How many partitions a table has that grows with the registers.

A year of the whole region (15 million records) is a million rows in each: small enough to vacuum, index, copy and
check in minutes, and up to sixteen machines without moving a row between partitions. One of them can be split later
(modulus 32) without touching the others. More would cost every question that names no chain.
"""
_BY_CHAIN = "HASH (chain)"


def _length(column: str, expected: int) -> CheckConstraint:
    """Bytes of one length only; `length` counts the bytes of a blob on both databases."""
    return CheckConstraint(f"length({column}) = {expected}", name=f"{column}_length")


metadata = MetaData(naming_convention={"ck": "%(table_name)s_%(constraint_name)s"})

chain = Table(
    "chain",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("clinic", String(64), nullable=False),
    Column("register", String(64), nullable=False),
    Column("till", String(16), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("enrolment", LargeBinary, nullable=False),  # hash of the certificate: `prev` of record 0
    Column("leaf", BigInteger, nullable=False),
    Column("next_seq", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),  # hash of record next_seq-1, or of the certificate
    Column("verified_seq", BigInteger, nullable=False),  # signatures of all records before it have been judged
    Column("contact_ms", BigInteger),
    Column("parent", LargeBinary),  # the chain that this one succeeds
    Column("closed_ms", BigInteger),  # lost, forked or broken: what still comes is kept and marked late
    _length("chain", CHAIN_BYTES),
    _length("public_key", KEY_BYTES),
    _length("enrolment", HASH_BYTES),
    _length("head", HASH_BYTES),
    CheckConstraint("next_seq >= 0 AND verified_seq <= next_seq", name="numbers"),
    sqlite_with_rowid=False,
)

record = Table(
    "record",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("env", LargeBinary, nullable=False),
    Column("leaf", BigInteger, nullable=False),
    _length("chain", CHAIN_BYTES),
    _length("hash", HASH_BYTES),
    CheckConstraint("seq >= 0", name="numbers"),
    sqlite_with_rowid=False,
    postgresql_partition_by=_BY_CHAIN,
)

part = Table(
    "part",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    _length("chain", CHAIN_BYTES),
    _length("salt", SALT_BYTES),
    sqlite_with_rowid=False,
    postgresql_partition_by=_BY_CHAIN,
)

config = Table(
    "config",
    metadata,
    Column("kind", String(16), primary_key=True),  # "trust" or "config"
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("env", LargeBinary, nullable=False),
    Column("leaf", BigInteger),  # None in the trust chain, which the root key vouches for
    _length("hash", HASH_BYTES),
    sqlite_with_rowid=False,
)

config_part = Table(
    "config_part",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    _length("salt", SALT_BYTES),
    sqlite_with_rowid=False,
)

leaf = Table(
    "leaf",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

node = Table(
    "node",
    metadata,
    Column("lvl", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    _length("hash", HASH_BYTES),
    sqlite_with_rowid=False,
)

ledger = Table(
    "ledger",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("size", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    CheckConstraint("one = 1 AND size >= 0", name="one_row"),
)

code = Table(
    "code",
    metadata,
    Column("selector", String(8), primary_key=True),  # the first eight characters find the code
    Column("hash", LargeBinary, nullable=False),
    Column("clinic", String(64), nullable=False),
    Column("register", String(64), nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("tries_left", Integer, nullable=False),
    _length("hash", HASH_BYTES),
)

code_till = Table(
    "code_till",
    metadata,
    Column("selector", String(8), primary_key=True),
    Column("till", String(16), primary_key=True),
    Column("parent", LargeBinary),  # the chain that this one succeeds
    Column("chain", LargeBinary),  # set when it has been used
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, primary_key=True),
    Column("frame", LargeBinary, nullable=False),
    Column("why", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    _length("chain", CHAIN_BYTES),
    _length("hash", HASH_BYTES),
    sqlite_with_rowid=False,
    postgresql_partition_by=_BY_CHAIN,
)

flag = Table(
    "flag",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("why", String(32), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    _length("chain", CHAIN_BYTES),
    sqlite_with_rowid=False,
    postgresql_partition_by=_BY_CHAIN,
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # the register's own, so that asking again is asking once
    Column("account", LargeBinary, nullable=False),  # `sync.wire.accounts`: a hash, of clinic, till and patient
    Column("chain", LargeBinary, nullable=False),
    Column("kind", String(16), nullable=False),  # "grant" or "release"
    Column("amount_ore", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    _length("id", CHAIN_BYTES),
    _length("account", HASH_BYTES),
    _length("chain", CHAIN_BYTES),
    CheckConstraint("amount_ore > 0", name="amount"),
    sqlite_with_rowid=False,
)

access = Table(
    "access",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),  # who asked
    Column("what", String(16), nullable=False),
    Column("about", String(128), nullable=False),  # never an identity number
    _length("id", CHAIN_BYTES),
    _length("chain", CHAIN_BYTES),
    sqlite_with_rowid=False,
)

Index("transfer_by_account", transfer.c.account)
Index("chain_by_register", chain.c.clinic, chain.c.register, chain.c.till)

BY_CHAIN = (record, part, quarantine, flag)
"""What grows with the registers: keyed by chain first, and partitioned by it on PostgreSQL."""


def create(db: Connection) -> None:
    """Make the tables, and the ledger's one row, in an empty database. They have no guards and no rights yet."""
    metadata.create_all(db)
    for table in BY_CHAIN:
        partition(db, table.name)
    db.execute(ledger.insert().values(one=1, size=0, at_ms=0))


def partition(db: Connection, table: str) -> None:
    """Give a new table its partitions; SQLite has none."""
    if db.dialect.name == "sqlite":
        return
    for remainder, name in enumerate(partitions(table)):
        values = f"WITH (MODULUS {PARTITIONS}, REMAINDER {remainder})"
        db.exec_driver_sql(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {values}")


def partitions(table: str) -> list[str]:
    """The names of a table's partitions: record_00 to record_15."""
    return [f"{table}_{remainder:02}" for remainder in range(PARTITIONS)]
