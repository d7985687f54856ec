"""A database has the newest shape, made or migrated, with every guard and right; or nothing is served from it."""
# ruff: noqa: S608 - the names are our own

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from sync.client.round import Round
from sync.server import guards, roles, shape, storage
from sync.server.__main__ import main
from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.region import Region, found_region, open_region
from sync.server.shape import InUse, MayNot, OtherShape
from tests import postgres
from tests.sync.builders import Clock, Till, enrol, publish, transport_to
from tests.sync.shapes import MIGRATIONS, catalog, change, make_first, migrate


@pytest.fixture
def empty(region: Region, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the same kind as the region's."""
    if region.engine.dialect.name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def sold(region: Region, clock: Clock) -> Till:
    """A register of `region` that has sold, when prices were published too."""
    publish(region)
    till = enrol(region, clock)
    till.journal.sell(7)
    till.sync()
    return till


# ── What the migrations make ─────────────────────────────────────────────────────────────────────


def test_the_last_step_is_the_shape_that_the_tables_describe() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [shape.NEWEST]


def test_migrations_from_nothing_make_exactly_what_the_tables_say(region: Region, empty: str) -> None:
    make_first(empty)

    shape.upgrade(empty)

    assert catalog(empty) == catalog(region.settings.database)


def test_the_comparison_sees_a_missing_guard_and_a_missing_check(region: Region, empty: str) -> None:
    """What the test above goes by: each of these makes another catalog."""
    make_first(empty)
    shape.upgrade(empty)
    whole = catalog(empty)
    table = "record" if region.engine.dialect.name == "sqlite" else "record_07"
    trigger = "record_no_delete" if region.engine.dialect.name == "sqlite" else "record_no_truncate"

    on = "" if region.engine.dialect.name == "sqlite" else f" ON {table}"
    change(empty, f"DROP TRIGGER {trigger}{on}")
    change(empty, "ALTER TABLE leaf ADD COLUMN more BIGINT")
    changed = catalog(empty)

    differing = [name for name in whole | changed if whole.get(name) != changed.get(name)]
    assert any(trigger in name for name in differing)
    assert any("leaf" in name for name in differing)


def test_a_region_that_is_upgraded_loses_nothing_and_goes_on(
    region: Region, sold: Till, empty: str, clock: Clock
) -> None:
    make_first(empty, rows_of=region.settings.database)
    folder = region.settings.folder
    before = audit(folder).counted

    assert shape.upgrade(empty) == "0001"
    after = audit(folder, empty)
    upgraded = open_region(folder, database=empty, clock=clock)
    till = _again(sold, upgraded)
    till.journal.sell(3)
    stand = till.sync()
    upgraded.close()

    assert (after.counted, after.findings) == (before, [])
    assert (stand.unsent, stand.attention) == (0, None)
    assert audit(folder, empty).findings == []


def test_a_rebuilt_table_has_lost_its_guards_and_the_upgrade_puts_them_back(
    region: Region, sold: Till, empty: str
) -> None:
    make_first(empty, rows_of=region.settings.database)
    shape.upgrade(empty)
    guarded = _refused(empty, "UPDATE record SET seq = seq")

    engine = storage.open_engine(empty)
    with storage.writing(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        for younger in ("transfer", "access"):
            db.execute(text(f"DROP TABLE {younger}"))
        if db.dialect.name == "postgresql":
            roles.lift_row_security(db)
        migrate(db, shape.NEWEST)  # Alembic alone.
    engine.dispose()
    bare = _refused(empty, "UPDATE record SET seq = seq")
    shape.upgrade(empty)

    assert (guarded, bare) == (True, False)
    assert [table.name for table in guards.APPEND_ONLY if not _refused(empty, f"DELETE FROM {table.name}")] == [
        *("quarantine", "transfer", "access")  # which have no row to refuse
    ]


def test_guards_that_somebody_took_down_are_up_after_an_upgrade(region: Region) -> None:
    database = region.settings.database
    whole = catalog(database)
    on = "" if region.engine.dialect.name == "sqlite" else " ON part"
    trigger = "part_no_delete" if region.engine.dialect.name == "sqlite" else "part_no_change"
    change(database, f"DROP TRIGGER {trigger}{on}")
    changed = catalog(database)

    assert shape.upgrade(database) == shape.NEWEST

    assert changed != whole
    assert catalog(database) == whole


def test_a_row_that_breaks_a_rule_stops_the_upgrade_and_nothing_is_changed(
    region: Region, sold: Till, empty: str
) -> None:
    make_first(empty, rows_of=region.settings.database)
    change(empty, "INSERT INTO code VALUES ('SELECTOR', 'short', 'ekbacken', 'R0417', 0, 0)")
    before = catalog(empty)

    with pytest.raises(OtherShape, match=r"code_hash_length.*nothing was changed") as found:
        shape.upgrade(empty)

    assert "SELECTOR" not in str(found.value)
    assert catalog(empty) == before
    assert _refused(empty, "UPDATE record SET seq = seq")


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_who_owns_the_database_and_may_make_roles_needs_no_more(
    region: Region, sold: Till, empty: str, tmp_path: Path, clock: Clock
) -> None:
    """The rows are under FORCE ROW LEVEL SECURITY, which no superuser would notice."""
    administrator = _of_a_stranger(empty)
    user = make_url(administrator).username
    change(empty, f"ALTER USER {user} CREATEROLE")
    change(empty, f"ALTER DATABASE {make_url(empty).database} OWNER TO {user}")
    make_first(administrator, rows_of=region.settings.database)
    folder = region.settings.folder
    before = audit(folder).counted

    shape.upgrade(administrator)
    once = audit(folder, empty)
    change(empty, "UPDATE alembic_version SET version_num = '0001'")
    for younger in ("transfer", "access"):
        change(empty, f"DROP TABLE {younger}")
    shape.upgrade(administrator)

    assert (once.counted, once.findings) == (before, [])
    assert audit(folder, empty).counted == before


def test_the_command_upgrades_and_says_what_to_do_next(
    region: Region, sold: Till, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_first(empty, rows_of=region.settings.database)
    command = ["upgrade", str(region.settings.folder), "--database", empty]

    assert main(command) == 0
    first = capsys.readouterr().out
    assert main(command) == 0
    second = capsys.readouterr().out

    assert "from version 0001 to 0003: run `audit`" in first
    assert "has version 0003 already" in second


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["serve", "status"])
def test_an_older_database_is_refused_with_what_to_do(
    command: str, region: Region, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_first(empty)

    assert main([command, str(region.settings.folder), "--database", empty]) == 2

    said = capsys.readouterr().err
    assert "version 0001, this program needs 0003" in said
    assert "`upgrade DIR`" in said


def test_a_newer_database_is_refused_and_not_changed(region: Region, capsys: pytest.CaptureFixture[str]) -> None:
    change(region.settings.database, "UPDATE alembic_version SET version_num = '9999'")

    assert main(["serve", str(region.settings.folder)]) == 2
    with pytest.raises(OtherShape, match="a newer one"):
        shape.upgrade(region.settings.database)

    assert "version 9999, this program knows 0003" in capsys.readouterr().err


def test_an_empty_database_is_no_region(empty: str) -> None:
    with pytest.raises(OtherShape, match="`init DIR` makes one"):
        shape.check(empty, roles.INGEST)
    with pytest.raises(OtherShape, match="`init DIR` makes one"):
        shape.upgrade(empty)


def test_a_second_region_is_not_made_in_the_same_database(region: Region, tmp_path: Path) -> None:
    with pytest.raises(OtherShape, match="already"):
        found_region(tmp_path / "second", "Andra", database=region.settings.database, demo=True)

    assert not (tmp_path / "second" / "keys").exists()


def test_a_database_that_somebody_holds_is_not_upgraded(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_S", 0.1)

    with storage.writing(region.engine) as db:
        storage.ledger_head(db, lock=True)
        with pytest.raises(InUse, match="stop the servers"):
            shape.upgrade(region.settings.database)


def test_who_may_not_make_roles_and_tables_is_told_so(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(MayNot, match="connect as the database's owner"):
        found_region(tmp_path / "region", "Demo", database=_of_a_stranger(postgres_url), demo=True)

    assert not (tmp_path / "region" / "keys").exists()


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_a_user_without_a_role_is_told_which_it_needs(region: Region) -> None:
    stranger = _of_a_stranger(region.settings.database)
    change(region.settings.database, f"GRANT {roles.READER} TO {make_url(stranger).username}")

    with pytest.raises(MayNot, match="GRANT kassa_ingest TO"):
        open_region(region.settings.folder, database=stranger, role=roles.INGEST)


# ── Partitions ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_all_rows_of_a_chain_lie_in_partitions_of_one_number(region: Region, clock: Clock) -> None:
    tills = [enrol(region, clock) for _ in range(12)]
    for till in tills:
        till.journal.sell(2)
        till.sync()

    places = _places(region.settings.database)

    assert len(places) == len(tills)
    assert {len(numbers) for numbers in places.values()} == {1}
    assert len({number for numbers in places.values() for number in numbers}) > 3


@pytest.mark.parametrize("region", ["postgresql"], indirect=True)
def test_a_question_about_one_chain_reads_one_partition(region: Region) -> None:
    engine = storage.open_engine(region.settings.database)
    with storage.reading(engine) as db:
        asked = "EXPLAIN SELECT env FROM record WHERE chain = '\\x000102030405060708090a0b0c0d0e0f' AND seq >= 3"
        plan = "\n".join(db.scalars(text(asked)))
    engine.dispose()

    assert len(set(re.findall(r"record_\d\d", plan))) == 1


def _places(database: str) -> dict[bytes, set[str]]:
    engine = storage.open_engine(database)
    places: dict[bytes, set[str]] = {}
    with storage.reading(engine) as db:
        for table in ("record", "part"):
            for chain, partition in db.execute(text(f"SELECT chain, tableoid::regclass::text FROM {table}")):
                places.setdefault(bytes(chain), set()).add(partition.removeprefix(f"{table}_"))
    engine.dispose()
    return places


def _again(till: Till, region: Region) -> Till:
    """The same register, talking to a server that was started anew."""
    line = transport_to(make_app(region))
    sync = Round(till.journal, till.configurations, till.paper.trust, line, till.journal.key, clock=Clock().aware)
    return Till(till.journal, till.configurations, line, sync, till.paper)


def _refused(database: str, statement: str) -> bool:
    try:
        change(database, statement)
    except DBAPIError as refused:
        return "append-only" in str(refused)
    return False


def _of_a_stranger(database: str) -> str:
    """The same database, opened by a new user without any right."""
    url = make_url(database)
    name = f"stranger_{url.database}"
    change(database, f"CREATE USER {name} PASSWORD 'demo'")
    return url.set(username=name, password="demo").render_as_string(hide_password=False)
