"""Every hostile statement of docs/DATABASE.md ends as that page says, and the audit finds what gets through (T16).

The page is the list: each row of its tables is one test, run as the user it names, on a copy of a region that has
everything a region can hold. What is done is committed, and the audit is asked.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from sync.server import roles, storage
from sync.server.audit import audit
from sync.server.region import Region
from tests import postgres
from tests.sync.builders import Clock, enrol, make_region, new_code, publish, seal_many

PAGE = Path(__file__).parents[3] / "docs" / "DATABASE.md"
LOGINS = {"server": roles.INGEST, "office": roles.OFFICE, "auditor": roles.AUDITOR, "reader": roles.READER}
ROLES_AT_START = {"owner": roles.OWNER, "pinned": roles.INGEST}
SQLSTATES = {"42501": "right", "P0001": "guard", "23514": "rule", "23505": "key"}
GUARD = re.compile("is append-only|only moves forward")
UNTOUCHED = "–"


@dataclass(frozen=True)
class Row:
    """A row of the page."""

    user: str
    statement: str
    outcome: str
    found: str


def rows(heading: str) -> list[Row]:
    """The table under a heading of the page."""
    section = re.search(rf"^### {heading}$(.*?)(^##|\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert section is not None
    cells = re.findall(r"^\| (\w+) \| `([^`]+)` \| (\w+) \| ?(.*?) ?\|$", section[1], re.MULTILINE)
    return [Row(*row) for row in cells]


def _named(row: Row) -> str:
    return f"{row.user}: {row.statement}"


ON_POSTGRESQL, ON_SQLITE = rows("PostgreSQL"), rows("SQLite")


def test_every_row_of_the_page_is_a_test() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \w+ \| `\w+ ", line)]

    assert len(lines) == len(ON_POSTGRESQL) + len(ON_SQLITE)
    assert {row.outcome for row in ON_POSTGRESQL} == {"right", "guard", "rule", "key", "nothing", "done"}


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Site:
    """A filled region on PostgreSQL that nothing is connected to, and the ways into it."""

    admin: str
    folder: Path
    database: str
    partition: str

    def url(self, user: str, database: str) -> str:
        """The database as that user opens it."""
        url = make_url(self.admin).set(database=make_url(database).database)
        if user in LOGINS:
            url = url.set(username=_login(user, self.database), password="demo")
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def site(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site") / "region"
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database(postgres_server))
        region = filled(make_region(folder, Clock(), url))
        with storage.reading(region.engine) as db:
            partition = db.execute(text("SELECT tableoid::regclass::text FROM record LIMIT 1")).scalar_one()
        region.close()
        for user, role in LOGINS.items():
            name = _login(user, url)
            _as_administrator(postgres_server, f"CREATE USER {name} PASSWORD 'demo' IN ROLE {role}")
            stack.callback(_as_administrator, postgres_server, f"DROP USER {name}")
        yield Site(postgres_server, folder, url, partition.removeprefix("record"))


@pytest.mark.parametrize("row", [row for row in ON_POSTGRESQL if row.outcome != "done"], ids=_named)
def test_what_is_refused_on_postgresql(row: Row, site: Site) -> None:
    assert _try(site, row, site.database) == row.outcome


@pytest.mark.parametrize("row", [row for row in ON_POSTGRESQL if row.outcome == "done"], ids=_named)
def test_what_is_possible_on_postgresql(row: Row, site: Site) -> None:
    with _copy(site) as copy:
        ended = _try(site, row, copy)
        findings = audit(site.folder, site.url("auditor", copy)).findings

    assert ended == "done"
    assert _fits(row.found, findings), findings


def test_after_all_that_was_refused_nothing_is_changed(site: Site) -> None:
    assert audit(site.folder, site.url("auditor", site.database)).findings == []


def filled(region: Region) -> Region:
    """Two registers with records, a configuration, a fork with its flag, a code that is not used yet."""
    clock = Clock()
    publish(region)
    new_code(region)
    for _ in range(2):
        till = enrol(region, clock)
        till.journal.sell(7)
        till.sync()
    first = till.journal.records[:3]
    till.journal.records = first + seal_many(till.journal.enrolment, till.journal.key, 5, after=first, note="fork")
    till.sync()
    return region


def _login(user: str, database: str) -> str:
    return f"{user}_{make_url(database).database}"


@contextmanager
def _copy(site: Site) -> Iterator[str]:
    """A copy of the site's database."""
    name = f"{make_url(site.database).database}_copy"
    _as_administrator(site.admin, f"CREATE DATABASE {name} TEMPLATE {make_url(site.database).database}")
    try:
        yield make_url(site.database).set(database=name).render_as_string(hide_password=False)
    finally:
        _as_administrator(site.admin, f"DROP DATABASE {name} WITH (FORCE)")


def _as_administrator(admin: str, statement: str) -> None:
    with psycopg.connect(_plain(admin), autocommit=True) as db:
        db.execute(statement.encode())


def _try(site: Site, row: Row, database: str) -> str:
    """How the statement ends; what is done is committed."""
    statement = row.statement.replace("_NN", site.partition)
    options = roles.option(ROLES_AT_START.get(row.user, ""))
    try:
        with psycopg.connect(_plain(site.url(row.user, database)), options=options) as db:
            said = db.execute(statement.encode())
            while said.nextset():
                pass
            return "nothing" if said.rowcount == 0 else "done"
    except psycopg.Error as refused:
        return SQLSTATES[refused.sqlstate or ""]


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _fits(found: str, findings: list[str]) -> bool:
    """Whether the audit says what the page says it says: a dash stands for nothing at all."""
    return findings == [] if found == UNTOUCHED else any(found in finding for finding in findings)


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "region"
    filled(make_region(folder, Clock())).close()
    return folder


@pytest.mark.parametrize("row", ON_SQLITE, ids=_named)
def test_what_becomes_of_a_statement_on_sqlite(row: Row, sqlite_site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(sqlite_site / "region.db", copy)
    with closing(sqlite3.connect(copy)) as db:
        ended = _try_on_sqlite(db, row.statement)

    findings = audit(sqlite_site, f"sqlite:///{copy}").findings

    assert ended == row.outcome
    assert _fits(row.found or UNTOUCHED, findings), findings


def _try_on_sqlite(db: sqlite3.Connection, statement: str) -> str:
    before = db.total_changes
    try:
        db.executescript(statement)
    except sqlite3.IntegrityError as refused:
        return "rule" if "CHECK" in str(refused) else "guard" if GUARD.search(str(refused)) else str(refused)
    return "done" if db.total_changes > before else "nothing"
