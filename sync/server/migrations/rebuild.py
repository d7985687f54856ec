"""A table is made anew and every row carried over: the one way to change a table that is the same on both databases.

SQLite can change no column, PostgreSQL cannot partition a table that is there. The rows are counted before and after.
Indexes, triggers, rights and policies of the old table go with it: a step makes its indexes itself, the rest comes
back at the end of `shape.upgrade`.
"""

import sqlalchemy as sa
from alembic import op


def rebuild(new: sa.Table) -> None:
    """Replace the table of that name. Columns that the old one lacks are NULL; checks are checked for every row.

    `new` is bound to its own MetaData, names its primary key, and lists no index.
    """
    db, old = op.get_bind(), f"{new.name}_before"
    carried = ", ".join(column["name"] for column in sa.inspect(db).get_columns(new.name))
    op.rename_table(new.name, old)
    if db.dialect.name == "postgresql":
        _free_names(db, new.name, old)
    new.create(db)
    _partition(db, new)
    op.execute(f"INSERT INTO {new.name} ({carried}) SELECT {carried} FROM {old}")  # noqa: S608 - our own names
    assert _count(db, new.name) == _count(db, old)
    op.drop_table(old)


def _free_names(db: sa.Connection, name: str, old: str) -> None:
    """The new table's partitions and its index want the names of the old one's."""
    partitions = sa.text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:old AS regclass)")
    for partition in db.scalars(partitions, {"old": old}).all():
        op.rename_table(partition, f"{partition}_before")
    op.drop_constraint(f"{name}_pkey", old)


def _partition(db: sa.Connection, new: sa.Table) -> None:
    modulus = new.info.get("partitions", 0) if db.dialect.name == "postgresql" else 0
    for remainder in range(modulus):
        values = f"WITH (MODULUS {modulus}, REMAINDER {remainder})"
        op.execute(f"CREATE TABLE {new.name}_{remainder:02} PARTITION OF {new.name} FOR VALUES {values}")


def _count(db: sa.Connection, table: str) -> int:
    return int(db.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - our own names
