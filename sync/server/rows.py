"""Many rows in one statement, on both databases: what a push stores, and the nodes that a proof needs.

PostgreSQL takes an array for each column; a statement for each row, which is what a driver makes of many rows
otherwise, costs both sides three times as much. It stays an INSERT, so rights, guards and row security hold.
SQLite runs one prepared statement for each row, in this process.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String, Table
from sqlalchemy.types import TypeEngine

from sync.wire.tree import Place

_ARRAYS = ((BigInteger, "bigint"), (Integer, "integer"), (LargeBinary, "bytea"), (String, "text"))
# A subquery for each place is always found by the key; of a join a planner may make a walk through the whole table.
_NODES = "SELECT {lvl}, {idx}, (SELECT hash FROM node WHERE lvl = {lvl} AND idx = {idx}) FROM {wanted}"
_NODES_POSTGRESQL = _NODES.format(lvl="w.l", idx="w.i", wanted="unnest(%b::integer[], %b::bigint[]) AS w (l, i)")
_NODES_SQLITE = _NODES.format(lvl="w.value ->> 0", idx="w.value ->> 1", wanted="json_each(?) AS w")


def insert(db: Connection, table: Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert `rows`, whose values stand in the order of the columns `names`."""
    if not rows:
        return
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(_insert_each(table, names), list(rows))
    else:
        db.exec_driver_sql(_insert_all(table, names), tuple(map(list, zip(*rows, strict=True))))


def nodes(db: Connection, places: Iterable[Place]) -> dict[Place, bytes]:
    """The ledger's nodes at `places`; what is not there is left out."""
    wanted = list(places)
    if not wanted:
        return {}
    if db.dialect.name == "sqlite":
        rows = db.exec_driver_sql(_NODES_SQLITE, (json.dumps(wanted),))
    else:
        rows = db.exec_driver_sql(_NODES_POSTGRESQL, ([lvl for lvl, _ in wanted], [idx for _, idx in wanted]))
    return {(lvl, idx): digest for lvl, idx, digest in rows if digest is not None}


@cache
def _insert_each(table: Table, names: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names


@cache
def _insert_all(table: Table, names: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%b::{_array(table.c[name].type)}[]" for name in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our own names


def _array(kind: TypeEngine[Any]) -> str:
    """The type of an array's elements. Text has no length here, or a cast would cut it to size."""
    return next(name for python, name in _ARRAYS if isinstance(kind, python))
