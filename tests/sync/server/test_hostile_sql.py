"""T16: hostile SQL by the owner of the region's database: what each statement does on SQLite and PostgreSQL, exactly.

What is refused, by whom; what is possible, and what finds it; and what nothing finds, which docs/GUARANTEES.md says.
What each *role* may do is another test's.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.region import open_region
from sync.server.settings import DATABASE_FILE
from sync.wire import canonical
from tests.sync.builders import Clock, Till, enrol, make_region, publish, seal_many, till_of, transport_to
from tests.sync.server.hostile import DONE, HARMLESS, HEAD_MOVED_BACK, POSSIBLE, REFUSED, UNPROVED, Possible

SQLITE, POSTGRESQL = "sqlite", "postgresql"
Run = Callable[[str], str]
"""Runs one statement and commits; says DONE, or what the database said."""

# ── A region to do harm to ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Filled:
    """A region that is not running, with all it can hold, and the register that knows it."""

    folder: Path
    dialect: str
    database: str
    till: Till

    @property
    def chain(self) -> str:
        """The register's chain, as findings name it."""
        return canonical.to_text(self.till.journal.enrolment.chain)

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Filled"]:
        """The same region once more, to be changed."""
        shutil.copytree(self.folder, folder)
        if self.dialect == SQLITE:
            yield Filled(folder, SQLITE, f"sqlite:///{folder / DATABASE_FILE}", self.till)
            return
        original = make_url(self.database)
        name = f"{original.database}_copy"
        with psycopg.connect(_plain(str(original.set(database="postgres"))), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {original.database}".encode())
            try:
                copy = original.set(database=name).render_as_string(hide_password=False)
                yield Filled(folder, POSTGRESQL, copy, self.till)
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @contextmanager
    def owner(self) -> Iterator[Run]:
        """A connection of the database's owner, with no program of ours between."""
        if self.dialect == SQLITE:
            connection = sqlite3.connect(make_url(self.database).database or "", isolation_level=None)
            yield lambda sql: _said(lambda: connection.execute(sql).fetchall())
            connection.close()
            return
        with psycopg.connect(_plain(self.database), autocommit=True) as server:
            yield lambda sql: _said(lambda: server.execute(sql.encode()))

    def findings(self) -> list[str]:
        """What the audit finds, or that it cannot be done."""
        try:
            return audit(self.folder, self.database).findings
        except SQLAlchemyError as error:
            return [f"cannot be done: {type(error).__name__}"]


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _said(statement: Callable[[], object]) -> str:
    try:
        statement()
    except (sqlite3.Error, psycopg.Error) as error:
        return str(error)
    return DONE


@pytest.fixture(scope="module", params=[SQLITE, POSTGRESQL])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A register with seven records, a second one, two configurations, a fork with its evidence, and a code."""
    folder = tmp_path_factory.mktemp("hostile") / "region"
    database = None
    if request.param == POSTGRESQL:
        database = request.getfixturevalue("postgres_module_url")
    clock = Clock()
    region = make_region(folder, clock, database)
    publish(region)
    other, till = enrol(region, clock), enrol(region, clock)
    for one in (other, till):
        one.journal.sell(7)
        one.sync()
    publish(region)
    branch = seal_many(other.journal.enrolment, other.journal.key, 5, after=other.journal.records[:3], note="fork")
    other.journal.records = other.journal.records[:3] + branch
    other.sync()
    url = region.settings.database
    region.close()
    return Filled(folder, request.param, url, till)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def _outcomes(filled: Filled, statements: list[tuple[str, str | None, str | None]], folder: Path) -> dict[str, str]:
    """What was said of each statement that is one there, in order, of one copy."""
    place = 1 if filled.dialect == SQLITE else 2
    with filled.copied(folder) as copy:
        with copy.owner() as run:
            said = {one[0]: run(one[0]) for one in statements if one[place] is not None}
        assert copy.findings() == []
        assert _sells_on(copy) == (0, True)
    return said


def test_what_is_refused_is_refused_and_nothing_is_changed(filled: Filled, tmp_path: Path) -> None:
    place = 1 if filled.dialect == SQLITE else 2

    said = _outcomes(filled, REFUSED, tmp_path / "copy")

    wrong = {one[0]: said[one[0]] for one in REFUSED if one[place] is not None and str(one[place]) not in said[one[0]]}
    assert wrong == {}
    assert len(said) >= 30


def test_what_is_harmless_is_done_and_nothing_is_changed(filled: Filled, tmp_path: Path) -> None:
    said = _outcomes(filled, HARMLESS, tmp_path / "copy")

    assert {sql: answer for sql, answer in said.items() if answer != DONE} == {}


# ── What is possible ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("possible", POSSIBLE, ids=lambda possible: possible.name)
def test_what_is_possible_is_found_by_what_is_said_here(filled: Filled, tmp_path: Path, possible: Possible) -> None:
    statements = possible.sqlite if filled.dialect == SQLITE else possible.postgresql
    with filled.copied(tmp_path / "copy") as copy:
        with copy.owner() as run:
            said = [run(sql) for sql in statements]

        assert said == [DONE] * len(statements)
        findings = copy.findings()

    if possible.found is None:
        assert findings == []
    else:
        assert any(possible.found in finding for finding in findings), findings


# ── What the register and the server themselves see ──────────────────────────────────────────────


def _sells_on(copy: Filled, count: int = 1) -> tuple[int, bool]:
    """A region is started on the copy and the register sells: how many records stay unsent, and whether it answered."""
    clock = Clock()
    region = open_region(copy.folder, database=copy.database, clock=clock)
    try:
        known = copy.till
        till = till_of(known.paper, known.journal.key, transport_to(make_app(region)), clock)
        till.journal.records = list(known.journal.records)
        till.journal.kept = list(known.journal.kept)
        till.configurations.frames = list(known.configurations.frames)
        till.journal.sell(count)
        status = till.sync()
        return status.unsent, status.reachable
    finally:
        region.close()


@pytest.mark.parametrize("unproved", UNPROVED, ids=lambda unproved: unproved.name)
def test_what_keeps_a_record_from_being_stored_as_sent_is_never_proved(
    filled: Filled, tmp_path: Path, unproved: Possible, caplog: pytest.LogCaptureFixture
) -> None:
    """The region reads back before it signs: the register gets no proof, and its record stays unsent."""
    with filled.copied(tmp_path / "copy") as copy:
        with copy.owner() as run:
            said = [run(sql) for sql in (unproved.sqlite if copy.dialect == SQLITE else unproved.postgresql)]
        assert said == [DONE] * len(said)

        unsent, _ = _sells_on(copy)

        assert unsent >= 1
        assert (
            "region's answer proves nothing" not in caplog.text
        )  # It was never signed: the till had nothing to doubt.


def test_a_head_that_was_moved_back_is_put_right_by_the_next_push(filled: Filled, tmp_path: Path) -> None:
    """The register is asked for what is there already, sends it again, and nothing is stored twice."""
    with filled.copied(tmp_path / "copy") as copy:
        with copy.owner() as run:
            moved = HEAD_MOVED_BACK.sqlite if copy.dialect == SQLITE else HEAD_MOVED_BACK.postgresql
            assert [run(sql) for sql in moved] == [DONE] * len(moved)
        assert copy.findings() != []

        assert _sells_on(copy) == (0, True)

        assert [finding for finding in copy.findings() if copy.chain in finding] == []


def test_the_copy_is_a_region_that_takes_records(filled: Filled, tmp_path: Path) -> None:
    """What the tests above would say of an honest region."""
    with filled.copied(tmp_path / "copy") as copy:
        assert _sells_on(copy, 3) == (0, True)
        assert copy.findings() == []
