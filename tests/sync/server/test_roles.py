"""Each command works for a database user that has its role and nothing else, on PostgreSQL.

What those users may not do is in docs/DATABASE.md, and tested in test_hostile_statements.py.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from sync.client import enrol as client_enrol
from sync.client.status import Attention
from sync.client.transport import Transport, open_client
from sync.server import roles, storage
from sync.server.__main__ import main
from sync.server.audit import audit
from sync.server.region import found_region, open_region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from tests import postgres
from tests.sync.builders import Clock, Till, enrol, knock, new_code, publish, refusal, seal_many, signer, till_of
from tests.sync.processes import serving
from tests.sync.shapes import change
from tests.sync.succession import medium, succeed

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.toml"
RIGHTS = {
    "administrator": "CREATEROLE",
    "server": f"IN ROLE {roles.INGEST}",
    "office": f"IN ROLE {roles.OFFICE}",
    "auditor": f"IN ROLE {roles.AUDITOR}",
    "reader": f"IN ROLE {roles.READER}",
}


@pytest.fixture
def users(postgres_server: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A region in tmp_path/region that its administrator has made, and the database's URL for a user of each role."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres.database(postgres_server))
        urls = {user: _as(database, user) for user in RIGHTS}
        _create_user(stack, postgres_server, urls["administrator"], RIGHTS["administrator"])
        owned = make_url(database).database
        change(postgres_server, f"ALTER DATABASE {owned} OWNER TO {make_url(urls['administrator']).username}")
        stack.callback(change, postgres_server, f"ALTER DATABASE {owned} OWNER TO CURRENT_USER")
        stack.callback(change, database, f"DROP OWNED BY {make_url(urls['administrator']).username}")
        found_region(
            tmp_path / "region", "Demoregionen", database=urls["server"], owner=urls["administrator"], demo=True
        )
        for user in ("server", "office", "auditor", "reader"):
            _create_user(stack, postgres_server, urls[user], RIGHTS[user])
        yield urls


def _as(database: str, user: str) -> str:
    url = make_url(database)
    return url.set(username=f"{user}_{url.database}", password="demo").render_as_string(hide_password=False)


def _create_user(stack: ExitStack, admin: str, url: str, rights: str) -> None:
    name = make_url(url).username
    change(admin, f"CREATE USER {name} PASSWORD 'demo' {rights}")
    stack.callback(change, admin, f"DROP USER {name}")


def test_every_command_works_for_its_own_user(
    users: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, clock = str(tmp_path / "region"), Clock(int(datetime.now(UTC).timestamp() * 1000))
    office = ["--database", users["office"]]
    assert main(["publish", folder, str(DEMO), *office]) == 0
    capsys.readouterr()
    assert main(["register", "new", folder, "--clinic", "ekbacken", "--name", "R0417", "--till", "H", *office]) == 0
    code = capsys.readouterr().out.strip()

    with serving(Path(folder)) as url:
        line, key = Transport(open_client(url)), signer()
        till = till_of(client_enrol.enrol(code, "H", key, demo_keys().root.public_key, line), key, line, clock)
        till.journal.sell(5)
        stand = till.sync()
        line.close()
    chain = to_text(till.sender.chain)
    (tmp_path / "found.kj").write_bytes(medium(till.sender.chain, till.journal.sell(2)))
    recovery = ["--recovery-key", str(tmp_path / "region" / "keys" / "recovery.key")]

    assert (stand.unsent, stand.attention) == (0, None)
    assert main(["status", folder, *office]) == 0
    assert main(["register", "lost", folder, "--chain", chain, *office]) == 0
    assert main(["late", folder, str(tmp_path / "found.kj"), *recovery, *office]) == 0
    assert main(["audit", folder, "--database", users["auditor"]]) == 0
    assert main(["upgrade", folder, "--database", users["administrator"]]) == 0
    assert main(["audit", folder, "--database", users["auditor"]]) == 0


def test_the_server_needs_no_more_than_its_role_for_all_that_a_register_asks(
    users: dict[str, str], tmp_path: Path, clock: Clock
) -> None:
    office = open_region(tmp_path / "region", database=users["office"], clock=clock)
    publish(office)
    server = open_region(tmp_path / "region", role=roles.INGEST, clock=clock)
    till = enrol(server, clock, code=new_code(office))
    till.journal.sell(4)

    proved, heard = till.sync(), till.sync()
    frames = till.transport.records(till.sender, 0)
    certificate = till.transport.certificate(till.sender)
    forked = _forked(till)
    after = succeed(server, till, clock, signer())
    parents = till.transport.parent_records(after.sender, 0)
    wrong = knock(server).post("/v1/enrol", content=b"{}")

    assert (proved.unsent, heard.attention, forked) == (0, None, Attention.FORK)
    assert (len(frames), len(parents)) == (4, 4)
    assert certificate.leaf == till.journal.enrolment.encode()
    assert refusal(wrong) == (400, "malformed", -1)
    assert audit(tmp_path / "region", users["auditor"]).findings == []
    office.close()
    server.close()


def test_the_servers_user_cannot_do_the_offices_work(
    users: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["register", "new", str(tmp_path / "region"), "--clinic", "ekbacken", "--name", "R0417", "--till", "H"]

    assert main(order) == 2

    assert "GRANT kassa_office TO" in capsys.readouterr().err


def test_one_user_who_owns_the_database_can_do_everything_alone(
    users: dict[str, str], postgres_server: str, tmp_path: Path
) -> None:
    """No `--owner`: who makes the region works with it too. Here in a second database of the same user."""
    with _database_of(postgres_server, users["administrator"]) as alone_url:
        found_region(tmp_path / "second", "Andra", database=alone_url, demo=True)

        region = open_region(tmp_path / "second", role=roles.OFFICE)
        publish(region)
        region.close()

        assert main(["audit", str(tmp_path / "second")]) == 0


def test_a_report_sees_one_clinic_and_no_person(users: dict[str, str], tmp_path: Path, clock: Clock) -> None:
    office = open_region(tmp_path / "region", database=users["office"], clock=clock)
    till = enrol(office, clock)
    till.journal.sell(3)
    till.sync()
    office.close()

    seen = {clinic: _seen(users["reader"], clinic) for clinic in ("ekbacken", "tallbacken")}

    assert seen == {"ekbacken": (1, 3, ["a", "a", "a"]), "tallbacken": (0, 0, [])}


def test_a_server_whose_user_could_take_the_guards_down_is_warned_of(
    users: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        open_region(tmp_path / "region", role=roles.INGEST).close()
        fitting = caplog.text
        change(users["administrator"], f"GRANT {roles.INGEST} TO CURRENT_USER")
        open_region(tmp_path / "region", database=users["administrator"], role=roles.INGEST).close()

    assert "guards" not in fitting
    assert "could take the guards down" in caplog.text


def _forked(till: Till) -> Attention | None:
    """What the register is told when it comes with another past."""
    first = till.journal.records[:2]
    till.journal.records = first + seal_many(till.journal.enrolment, till.journal.key, 4, after=first, note="fork")
    return till.sync().attention


@contextmanager
def _database_of(admin: str, owner: str) -> Iterator[str]:
    """Another empty database of the same user."""
    url = make_url(owner)
    with postgres.database(admin) as database:
        change(database, f"ALTER DATABASE {make_url(database).database} OWNER TO {url.username}")
        yield url.set(database=make_url(database).database).render_as_string(hide_password=False)
        change(database, f"REASSIGN OWNED BY {url.username} TO CURRENT_USER")
        change(database, f"DROP OWNED BY {url.username}")


def _seen(database: str, clinic: str) -> tuple[int, int, list[str]]:
    """How many chains and records, and which parts, a report of that clinic sees."""
    engine = storage.open_engine(database, roles.READER)
    with storage.reading(engine) as db:
        db.execute(text("SELECT set_config('kassa.clinic', :clinic, true)"), {"clinic": clinic})
        chains, records = (
            db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own names
            for table in ("chain", "record")
        )
        parts = list(db.scalars(text("SELECT name FROM part")))
    engine.dispose()
    return chains, records, parts
