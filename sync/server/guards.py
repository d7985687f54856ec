"""Triggers that keep what is stored from being changed by mistake, on both databases.

append-only       record, part, config, config_part, leaf, node, quarantine, transfer, access: rows are only ever added
only forward      chain, ledger: no row goes, what was certified stays, and no number becomes smaller

They are rails: who owns the tables can take them down. The tree, whose head two thousand registers remember, is the
proof. Putting them up twice does no harm, and it is done after every migration, since one that rebuilds a table drops
its triggers without a word (SQLite).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table

from sync.server import tables as t


@dataclass(frozen=True, slots=True)
class Moving:
    """What of a row may change: `number`, which never becomes smaller, `with_it` only when the number does, and
    `free` at any time. All else stays as it was born."""

    number: Column[int]
    with_it: Column[Any]
    free: tuple[str, ...]


APPEND_ONLY = (t.record, t.part, t.config, t.config_part, t.leaf, t.node, t.quarantine, t.transfer, t.access)
"""Rows of these are only ever added."""

ONLY_FORWARD = {
    t.chain: Moving(t.chain.c.next_seq, t.chain.c.head, ("verified_seq", "contact_ms", "closed_ms")),
    t.ledger: Moving(t.ledger.c.size, t.ledger.c.at_ms, ()),
}
"""Rows of these stay, and say of their own what of them moves."""

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' ' || TG_ARGV[0]; END $$
"""


def put_up(db: Connection) -> None:
    """Put up every guard; those that stand already are replaced."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(_FUNCTION)
    for statement in _sqlite() if db.dialect.name == "sqlite" else _postgresql():
        db.exec_driver_sql(statement)


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────


def _sqlite() -> Iterable[str]:
    for table in APPEND_ONLY:
        yield from _sqlite_trigger(table, "no_update", "UPDATE", "is append-only")
        yield from _sqlite_kept(table, "is append-only")
    for table in ONLY_FORWARD:
        yield from _sqlite_trigger(table, "forward", "UPDATE", "only moves forward", _backward(table, "IS NOT"))
        yield from _sqlite_kept(table, "only moves forward")


def _sqlite_kept(table: Table, says: str) -> Iterable[str]:
    """No DELETE, and no second row in a place: INSERT OR REPLACE deletes without a DELETE trigger."""
    same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    yield from _sqlite_trigger(table, "no_delete", "DELETE", says)
    again = f"EXISTS (SELECT 1 FROM {table.name} WHERE {same})"  # noqa: S608 - our own names
    yield from _sqlite_trigger(table, "no_replace", "INSERT", says, again)


def _sqlite_trigger(table: Table, name: str, act: str, says: str, when: str = "1") -> Iterable[str]:
    yield f"DROP TRIGGER IF EXISTS {table.name}_{name}"
    yield (
        f"CREATE TRIGGER {table.name}_{name} BEFORE {act} ON {table.name} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table.name} {says}'); END"
    )


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


def _postgresql() -> Iterable[str]:
    """A row trigger of a partitioned table is every partition's; one against TRUNCATE each must have itself."""
    for table in APPEND_ONLY:
        yield _postgresql_trigger(table.name, "no_change", "UPDATE OR DELETE", "is append-only")
        yield from _no_truncate(table, "is append-only")
    for table in ONLY_FORWARD:
        when = _backward(table, "IS DISTINCT FROM")
        yield _postgresql_trigger(table.name, "forward", "UPDATE", "only moves forward", when)
        yield _postgresql_trigger(table.name, "no_delete", "DELETE", "only moves forward")
        yield from _no_truncate(table, "only moves forward")


def _no_truncate(table: Table, says: str) -> Iterable[str]:
    names = [table.name, *(t.partitions(table.name) if table in t.BY_CHAIN else ())]
    for name in names:
        yield (
            f"CREATE OR REPLACE TRIGGER {table.name}_no_truncate BEFORE TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{says}')"
        )


def _postgresql_trigger(table: str, name: str, act: str, says: str, when: str = "true") -> str:
    return (
        f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {act} ON {table} "
        f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change('{says}')"
    )


def _backward(table: Table, differs: str) -> str:
    """The condition under which an UPDATE is refused; `differs` is how a database compares what may be NULL."""
    moving = ONLY_FORWARD[table]
    number, with_it = moving.number.name, moving.with_it.name
    fixed = [name for name in table.columns.keys() if name not in (number, with_it, *moving.free)]  # noqa: SIM118
    changed = [f"NEW.{name} {differs} OLD.{name}" for name in fixed]
    alone = f"(NEW.{number} = OLD.{number} AND NEW.{with_it} {differs} OLD.{with_it})"
    return " OR ".join([f"NEW.{number} < OLD.{number}", alone, *changed])
