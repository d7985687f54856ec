"""T16: hostile SQL on a till's journal: what is refused, what is harmless, what is possible and then found by whom."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import ProgramStarted
from kassaapp.journal import database, rows
from kassaapp.trouble import Trouble
from sync.wire import config, record
from sync.wire.record import Part
from sync.wire.signature import Signer
from tests.desks import a_clock
from tests.journal.hostile import DONE, HARMLESS, OWNER, POSSIBLE, PROGRAM, REFUSED, TOOL, Possible
from tests.rules.counter import ADULT, CARD, at_counter, events_of
from tests.verify.evidence import faults, verdict

QUICK = Path("/dev/shm")  # noqa: S108 - a sync costs nothing there, and what is tested is not the disk


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a session of two sales, closed. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("hostile") / "desk"
    with at_counter(folder) as counter:
        counter.sell()
        counter.sell()
        counter.close()
    return folder


@pytest.fixture
def desk(evidence: Path) -> Iterator[Path]:
    """A desk to do harm to."""
    with tempfile.TemporaryDirectory(dir=QUICK if QUICK.is_dir() else None, prefix="kassa-hostile-") as folder:
        yield shutil.copytree(evidence, Path(folder) / "desk")


def journal(desk: Path) -> Path:
    return desk / "H" / "journal.db"


def connection(who: str, path: Path) -> apsw.Connection:
    """The journal, as it is open to who comes by."""
    if who == TOOL:
        return apsw.Connection(str(path), vfs="win32" if sys.platform == "win32" else "unix")
    opened = database.open_existing(path)
    if who == OWNER:
        opened.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    return opened


def said(sql: apsw.Connection, statement: str) -> str:
    """What SQLite says of one statement."""
    try:
        sql.execute(statement).fetchall()
    except apsw.Error as error:
        return str(error)
    return DONE


def started(desk: Path) -> str:
    """How the desk starts without a region: what its check says, or the trouble. A bug comes through."""
    try:
        with Desk.open(desk, a_clock()) as open_desk:
            events = events_of(open_desk._tills["H"].journal)
    except Trouble as trouble:
        return type(trouble).__name__
    return [event.check.value for event in events if isinstance(event, ProgramStarted)][-1]


def sells_on(desk: Path) -> None:
    """The desk opens, sells, and is closed again; what is then in its journal's file is what it said."""
    with at_counter(desk, opened=False) as counter:
        counter.ok("open_session", till="H", counted_ore=100_000)
        counter.ok("sell", till="H", patient=ADULT, lines=[{"article": 1}], pay=[CARD])
        count = counter.journal().count()
    assert len(record_rows(desk)) == count


def test_what_is_refused_is_refused_and_nothing_is_changed(desk: Path) -> None:
    before = [one[1] for one in record_rows(desk)]
    with closing(connection(PROGRAM, journal(desk))) as sql:
        answers = {statement: said(sql, statement) for statement in REFUSED}

    assert {one: answers[one] for one, words in REFUSED.items() if words not in answers[one]} == {}
    assert [one[1] for one in record_rows(desk)] == before
    assert verdict(journal(desk))[0] == 0
    sells_on(desk)


def record_rows(desk: Path) -> list[tuple[int, bytes]]:
    """Every record in the file."""
    with closing(connection(PROGRAM, journal(desk))) as sql:
        return [(seq, stored.env) for seq, stored in rows.records(sql, 1, 0, 100)]


def test_what_is_harmless_is_done_and_no_record_is_different(desk: Path) -> None:
    before = record_rows(desk)
    with closing(connection(PROGRAM, journal(desk))) as sql:
        answers = {statement: said(sql, statement) for statement in HARMLESS}

    assert {one: answer for one, answer in answers.items() if answer != DONE} == {}
    assert record_rows(desk) == before
    assert verdict(journal(desk))[0] == 0
    sells_on(desk)


@pytest.mark.parametrize("possible", POSSIBLE, ids=lambda possible: f"{possible.who}: {possible.name}")
def test_what_is_possible_is_named_by_verify(desk: Path, possible: Possible) -> None:
    with closing(connection(possible.who, journal(desk))) as sql:
        assert said(sql, possible.statements) == DONE

    code, report = verdict(journal(desk))

    if possible.verify == "unreadable":
        assert code == 2
    else:
        assert code == (1 if possible.verify else 0), report
        assert set(possible.verify.split()) <= faults(report)


@pytest.mark.parametrize(
    "possible",
    [pytest.param(one, id=f"{one.who}: {one.name}") for one in POSSIBLE],
)
def test_what_is_possible_is_mended_at_the_start_or_stops_it_with_words(desk: Path, possible: Possible) -> None:
    with closing(connection(possible.who, journal(desk))) as sql:
        assert said(sql, possible.statements) == DONE

    found = started(desk)

    assert found in possible.start.split()
    if found in ("repaired", "restored"):
        assert verdict(journal(desk))[0] == 0
        sells_on(desk)


# ── What lies in wait for what comes ─────────────────────────────────────────────────────────────


def test_a_trigger_that_swallows_records_is_found_before_anything_is_sold(desk: Path) -> None:
    with closing(connection(PROGRAM, journal(desk))) as sql:
        for table in ("record", "part"):
            sql.execute(f"CREATE TRIGGER s_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END")

    sells_on(desk)


def test_a_trigger_that_twists_records_is_found_before_anything_is_sold(desk: Path) -> None:
    with closing(connection(PROGRAM, journal(desk))) as sql:
        sql.execute("DROP TRIGGER record_kept")
        sql.execute(
            "CREATE TRIGGER twist AFTER INSERT ON record BEGIN"
            " UPDATE record SET env = zeroblob(100) WHERE seq = NEW.seq; END"
        )

    assert started(desk) == "repaired"
    sells_on(desk)
    assert verdict(journal(desk))[0] == 0


def test_a_price_list_that_somebody_else_signed_never_comes_into_force(desk: Path) -> None:
    """With every guard up: it is the next one. Article 1 would cost 1 kr."""
    with closing(connection(PROGRAM, journal(desk))) as sql:
        (_, newest), *_rest = rows.region(sql, config.CONFIG_KIND)
        (region,) = [part for part in newest.parts if part.name == "region"]
        cheaper = Part("region", bytes(32), region.body[32:].replace(b'"price_ore":20000', b'"price_ore":100'))
        before = record.read(newest.env)
        forged = config.next_record(config.CONFIG_KIND, before.header.chain, before, [cheaper], Signer(bytes(32)))
        body = cheaper.salt + cheaper.data
        sql.execute("INSERT INTO region VALUES ('config', 1, ?)", (forged.record.env,))
        sql.execute(
            "INSERT INTO region_part VALUES ('config', 1, 'region', 0, ?, ?)", (hashlib.sha256(body).digest(), body)
        )
    assert "configuration" in faults(verdict(journal(desk))[1])

    try:
        with at_counter(desk, opened=False) as counter:
            quoted = counter.ok("quote", till="H", patient=ADULT, lines=[{"article": 1}])
    except Trouble:
        return

    assert quoted["total_ore"] == 20_000
