"""What has been stored cannot be changed by mistake, on either database."""
# ruff: noqa: S608 - the names are our own

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from sync.server import guards, storage, tables
from sync.server.region import Region
from tests.sync.builders import Clock, enrol, publish

NAMES = [table.name for table in guards.APPEND_ONLY if table.name != "quarantine"]


@pytest.fixture
def engine(region: Region, clock: Clock) -> Iterator[Engine]:
    """The database, opened by who may do anything, of a region in which every guarded table has rows."""
    publish(region)
    till = enrol(region, clock)
    till.journal.sell(2)
    till.sync()
    opened = storage.open_engine(region.settings.database)
    with storage.writing(opened) as db:
        moved = {"id": b"i" * 16, "account": b"a" * 32, "chain": b"c" * 16, "kind": "grant", "amount_ore": 1}
        moved["at_ms"] = 0
        db.execute(tables.transfer.insert().values(moved))
        asked = {"id": b"i" * 16, "at_ms": 0, "chain": b"c" * 16, "what": "receipt", "about": "R0417/H/1"}
        db.execute(tables.access.insert().values(asked))
    yield opened
    opened.dispose()


def test_no_row_can_be_changed(engine: Engine) -> None:
    keys = {name: tables.metadata.tables[name].primary_key.columns[0].name for name in NAMES}

    assert _open_to(engine, {name: f"UPDATE {name} SET {key} = {key}" for name, key in keys.items()}) == []


def test_no_row_can_be_removed(engine: Engine) -> None:
    assert _open_to(engine, {name: f"DELETE FROM {name}" for name in NAMES}) == []


@pytest.mark.parametrize("region", ["sqlite"], indirect=True)
def test_no_row_can_be_replaced(engine: Engine) -> None:
    assert _open_to(engine, {name: f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}" for name in NAMES}) == []


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_no_row_can_be_upserted(engine: Engine) -> None:
    keys = {name: [column.name for column in tables.metadata.tables[name].primary_key] for name in NAMES}

    assert _open_to(engine, {name: _upsert(name, key) for name, key in keys.items()}) == []


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_no_table_can_be_emptied(engine: Engine) -> None:
    assert _open_to(engine, {name: f"TRUNCATE {name}" for name in NAMES}) == []


def test_evidence_cannot_be_removed(engine: Engine, region: Region) -> None:
    with storage.writing(engine) as db:
        row = {"chain": b"c" * 16, "seq": 0, "hash": b"h" * 32, "frame": b"f", "why": "fork", "at_ms": 0}
        db.execute(tables.quarantine.insert().values(row))

    assert _open_to(engine, {"quarantine": "DELETE FROM quarantine"}) == []


def test_sqlite_commits_through_a_rollback_journal_with_every_sync(sqlite_region: Region) -> None:
    with storage.reading(sqlite_region.engine) as db:
        modes = [db.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]

    assert modes == ["delete", 3]


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_postgresql_commits_before_it_answers(region: Region) -> None:
    with storage.reading(region.engine) as db:
        assert db.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


def _upsert(name: str, key: list[str]) -> str:
    change = f"DO UPDATE SET {key[0]} = EXCLUDED.{key[0]}"
    return f"INSERT INTO {name} SELECT * FROM {name} ON CONFLICT ({', '.join(key)}) {change}"


def _open_to(engine: Engine, statements: dict[str, str]) -> list[str]:
    """The tables that did not refuse their statement."""
    return [name for name, statement in statements.items() if not _refused(engine, statement)]


def _refused(engine: Engine, statement: str) -> bool:
    try:
        with storage.writing(engine) as db:
            db.execute(text(statement))
    except DBAPIError as refused:
        return "append-only" in str(refused)
    return False
