"""The kinds of columns that the tables have, in short words for the steps. What one means never changes."""

from typing import Any

import sqlalchemy as sa

BYTES, NUMBER, SMALL = sa.LargeBinary(), sa.BigInteger(), sa.Integer()


def words(length: int) -> sa.String:
    """Text of at most so many characters."""
    return sa.String(length)


def key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A column of the primary key."""
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def value(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def perhaps(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A column that may be NULL."""
    return sa.Column(name, kind)


def length(table: str, column: str, expected: int) -> sa.CheckConstraint:
    """The check that a column holds bytes of one length only."""
    return sa.CheckConstraint(f"length({column}) = {expected}", name=f"{table}_{column}_length")
