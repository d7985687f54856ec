"""The region's tables, the same on PostgreSQL and SQLite, and the guards that make some of them append-only.

record, part      what registers sent, byte for byte; keyed by chain, so that they can be partitioned and sharded by it
config            the trust chain and the configuration chain, with config_part
leaf, node        the ledger: its entries and the hashes of its complete subtrees (`sync.wire.tree`)
ledger            one row: how many leaves there are. The only row that every write waits for
chain             one register's life: its certificate's facts, and the three columns that move (head and contact)
code, code_till   one-time codes, hashed, and what each till made of its own
quarantine        records that contradict a chain, kept as evidence; flag: what was found and not refused

The guards are rails: an owner can take them down. The tree, whose head two thousand registers remember, is the proof.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

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
    sqlite_with_rowid=False,
)

part = Table(
    "part",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

config = Table(
    "config",
    metadata,
    Column("kind", String(16), primary_key=True),  # "trust" or "config"
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("env", LargeBinary, nullable=False),
    Column("leaf", BigInteger),  # None in the trust chain, which the root key vouches for
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
    sqlite_with_rowid=False,
)

ledger = Table(
    "ledger",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("size", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
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
    sqlite_with_rowid=False,
)

flag = Table(
    "flag",
    metadata,
    Column("chain", LargeBinary, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("why", String(32), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

Index("chain_by_register", chain.c.clinic, chain.c.register, chain.c.till)

GUARDED = (record, part, config, config_part, leaf, node, quarantine)
"""Rows of these are only ever added."""


_REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
)


def create(db: Connection) -> None:
    """Make the tables and their guards, and the ledger's one row, in an empty database."""
    metadata.create_all(db)
    guard(db)
    db.execute(ledger.insert().values(one=1, size=0, at_ms=0))


def guard(db: Connection) -> None:
    """Put up the guards. After a migration that rebuilds a table this must run again (a rebuild drops triggers)."""
    statements = _sqlite_guards if db.dialect.name == "sqlite" else _postgresql_guards
    for table in GUARDED:
        for statement in statements(table):
            db.exec_driver_sql(statement)


def _sqlite_guards(table: Table) -> list[str]:
    """No UPDATE, no DELETE, and no second row in a place: INSERT OR REPLACE deletes without a DELETE trigger."""
    name = table.name
    same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
    again = f"EXISTS (SELECT 1 FROM {name} WHERE {same})"  # noqa: S608 - our own names
    return [
        f"DROP TRIGGER IF EXISTS {name}_no_update",
        f"DROP TRIGGER IF EXISTS {name}_no_delete",
        f"DROP TRIGGER IF EXISTS {name}_no_replace",
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {refuse}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refuse}",
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN {again} {refuse}",
    ]


def _postgresql_guards(table: Table) -> list[str]:
    """A row trigger does not see TRUNCATE, hence two. Partitions need the second one each."""
    name = table.name
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION refuse_change()" for each in ("ROW", "STATEMENT"))
    return [
        _REFUSE_CHANGE,
        f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} {row}",
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} {statement}",
    ]
