"""A database has the newest shape, or the program says which one it has and what to do; nothing is served in between.

A new one is made in the newest shape at once (`tables`), an older one is brought to it by `migrations`, in one
transaction that leaves the old shape when it fails. Either way the guards are put up and the rights given at the end.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from sync.server import guards, roles, storage, tables
from sync.server.errors import RegionError

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0003"
"""The version that `tables` describes; a test compares it with the last step of `migrations`."""
_UNNUMBERED = "0001"
_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 0x6B61737361  # "kassa": the key of PostgreSQL's advisory lock
_log = logging.getLogger("kassa.region")


class OtherShape(RegionError):
    """The database is not of the newest shape; the text says what it is and what to do."""


class InUse(RegionError):
    """Somebody else holds the database."""


class MayNot(RegionError):
    """The database user lacks a right; the text says which."""


def check(database: str, role: str) -> None:
    """Raise OtherShape or MayNot unless the database is of the newest shape and its user may have that role."""
    engine = storage.open_engine(database)
    try:
        with storage.reading(engine) as db:
            found = version(db)
            if found != NEWEST:
                raise OtherShape(_said(found))
            if db.dialect.name == "postgresql":
                _check_user(db, role)
    finally:
        engine.dispose()


def version(db: Connection) -> str | None:
    """Which shape a database has: a number of `migrations`, or None for one without our tables."""
    there = set(inspect(db).get_table_names())
    if roles.VERSION_TABLE in there:
        return str(db.execute(text(f"SELECT version_num FROM {roles.VERSION_TABLE}")).scalar_one())  # noqa: S608
    return _UNNUMBERED if tables.ledger.name in there else None


@contextmanager
def create(database: str, *, alone: bool = True) -> Iterator[Connection]:
    """Make everything in an empty database; the block adds the first rows, in the same transaction.

    On PostgreSQL `alone` says that the user who makes it will also work with it.
    Raises OtherShape when there are tables already, MayNot when the user may not make them.
    """
    with _changing(database) as db:
        if version(db) is not None:
            raise OtherShape("there is a region in this database already")
        if db.dialect.name == "postgresql":
            roles.make(db, alone=alone)
            roles.become_owner(db)
        tables.create(db)
        _number(db, NEWEST)
        _protect(db)
        yield db


def upgrade(database: str) -> str:
    """Bring a database to the newest shape; returns the version it had. Stop the servers, and `audit` afterwards.

    Raises OtherShape when it is no region's or a newer program's, MayNot when the user may not change it, InUse when
    somebody holds it for longer than `storage.BUSY_S`.
    """
    with _changing(database) as db:
        before = version(db)
        if before is None or before > NEWEST:
            raise OtherShape(_said(before))
        if db.dialect.name == "postgresql":
            roles.make(db)
            roles.become_owner(db)
            db.exec_driver_sql(f"LOCK TABLE {tables.ledger.name} IN ACCESS EXCLUSIVE MODE")  # No server writes now.
            roles.lift_row_security(db)
        if before == _UNNUMBERED:
            _number(db, before)
        _alembic().upgrade(_config(db), NEWEST)
        _protect(db)
    _log.info("database: from version %s to %s", before, NEWEST)
    return before


@contextmanager
def _changing(database: str) -> Iterator[Connection]:
    """A transaction that nobody else changes the shape beside."""
    engine = storage.open_engine(database)
    try:
        with storage.writing(engine) as db:
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            yield db
    except (IntegrityError, OperationalError, ProgrammingError) as trouble:
        _translate(trouble.orig)
        raise
    finally:
        engine.dispose()


def _translate(trouble: BaseException | None) -> None:
    """Raise what a database says in our words, where we have some."""
    if isinstance(trouble, psycopg.errors.InsufficientPrivilege):
        raise MayNot(f"{trouble.diag.message_primary}: connect as the database's owner, who may make roles") from None
    if isinstance(trouble, psycopg.errors.CheckViolation):
        raise OtherShape(f"a row breaks the rule {trouble.diag.constraint_name}; nothing was changed") from None
    if isinstance(trouble, sqlite3.IntegrityError):
        raise OtherShape(f"{trouble}; nothing was changed") from None
    if isinstance(trouble, psycopg.errors.LockNotAvailable) or "database is locked" in str(trouble):
        raise InUse("somebody else holds the database: stop the servers first") from None


def _protect(db: Connection) -> None:
    guards.put_up(db)
    if db.dialect.name == "postgresql":
        roles.grant(db)


def _number(db: Connection, number: str) -> None:
    _alembic().stamp(_config(db), number)


def _alembic() -> ModuleType:
    """Alembic's commands, loaded when they are needed: it takes a third of a second."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # We say ourselves what was done.
    from alembic import command

    return command


def _config(db: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = db
    return config


def _check_user(db: Connection, role: str) -> None:
    if not roles.may_take(db, role):
        raise MayNot(f"the database user may not work as {role}: GRANT {role} TO that user")
    if role == roles.INGEST and roles.may_take(db, roles.OWNER):
        _log.warning("the server's database user could take the guards down; give it %s and nothing else", role)


def _said(found: str | None) -> str:
    if found is None:
        return "there is no region in this database: `init DIR` makes one"
    if found > NEWEST:
        return (
            f"the database has version {found}, this program knows {NEWEST}: it was made by a newer one, install that"
        )
    return f"the database has version {found}, this program needs {NEWEST}: stop the servers and run `upgrade DIR`"
