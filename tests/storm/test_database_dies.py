"""PostgreSQL dies in the middle of pushes (RECORDS 4.2, T12): what was proved is there, and retries bring the rest."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy.engine import make_url

from sync.client.status import SyncStatus
from sync.server.audit import audit
from sync.server.region import Region
from tests import postgres
from tests.storm.cluster import Cluster, cluster
from tests.storm.faults import COMMIT, Steps, When
from tests.sync.builders import Clock, Till, enrol, make_region

RECORDS = 5
TILLS = 4
ROUNDS = 12
DEATHS = 2

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("KASSA_TEST_PG" in os.environ, reason="the server of $KASSA_TEST_PG is not ours to kill"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Cluster, str]]:
    """A server of our own; the URL is that of its `postgres` database."""
    try:
        with cluster() as made:
            yield made
    except postgres.NoPostgres as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture
def mortal(server: tuple[Cluster, str]) -> Cluster:
    return server[0]


@pytest.fixture
def region(server: tuple[Cluster, str], tmp_path: Path) -> Iterator[Region]:
    with postgres.database(server[1]) as url:
        made = make_region(tmp_path / "region", Clock(), url)
        yield made
        made.close()


@pytest.mark.parametrize(
    ("death", "when"), [("of the server", When.NOT_DONE), ("of the server", When.DONE), ("of its backends", When.DONE)]
)
def test_a_death_around_the_commit_of_a_push_costs_a_retry(
    region: Region, mortal: Cluster, death: str, when: When
) -> None:
    till = enrol(region, Clock())
    till.journal.sell(RECORDS)
    steps = Steps(region.engine)
    steps.strike = _killing(mortal, region) if death == "of its backends" else lambda: _restart(mortal)
    with steps.watched():
        till.sync()
        steps.fail(_commit_of_records(steps.names), when)
        till.journal.sell(RECORDS)

        failed = till.sync()
        healed = _until_home(till)

    assert (steps.has_failed, failed.reachable, failed.unsent) == (True, False, RECORDS)
    assert (healed.unsent, healed.attention) == (0, None)
    assert _audited(region) == 2 * RECORDS


def test_what_was_proved_before_the_server_died_is_there_when_it_lives_again(region: Region, mortal: Cluster) -> None:
    tills = [enrol(region, Clock()) for _ in range(TILLS)]
    random = Random(1)

    with ThreadPoolExecutor(TILLS + 1) as pool:
        working = [pool.submit(_work, till) for till in tills]
        for _ in range(DEATHS):
            time.sleep(random.uniform(0.2, 0.6))
            _restart(mortal)
        doubts = [one.result() for one in working]

    assert doubts == [set()] * TILLS
    assert _audited(region) == TILLS * ROUNDS * RECORDS


def test_a_statement_that_takes_too_long_is_given_up_and_tried_again(region: Region) -> None:
    till = enrol(region, Clock())
    till.journal.sell(RECORDS)
    url = make_url(region.settings.database)
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as other:
        other.execute(f"ALTER DATABASE {url.database} SET statement_timeout = '300ms'".encode())
        other.commit()
        region.engine.dispose()
        other.execute("SELECT size FROM ledger FOR UPDATE")

        waited = till.sync()

    healed = till.sync()

    assert (waited.reachable, waited.unsent) == (False, RECORDS)
    assert (healed.unsent, healed.attention) == (0, None)
    assert _audited(region) == RECORDS


# ── ──────────────────────────────────────────────────────────────────────────────────────────────


def _restart(mortal: Cluster) -> None:
    mortal.kill()
    mortal.start()


def _killing(mortal: Cluster, region: Region) -> Callable[[], None]:
    database = make_url(region.settings.database).database
    assert database is not None
    return lambda: mortal.kill_backends(database)


def _commit_of_records(names: list[str]) -> int:
    """The number of the step that commits what a push has brought."""
    stored = next(number for number, name in enumerate(names) if name.startswith("INSERT INTO record"))
    return names.index(COMMIT, stored)


def _until_home(till: Till) -> SyncStatus:
    """How the register stands once the server has recovered and everything is there."""
    deadline_s = time.monotonic() + postgres.START_S
    while (stand := till.sync()).unsent and stand.attention is None and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return stand


def _work(till: Till) -> set[object]:
    """Sell and push, whatever becomes of the region; what the register found doubtful."""
    doubts: set[object] = set()
    for _ in range(ROUNDS):
        till.journal.sell(RECORDS)
        doubts.add(till.sync().attention)
        time.sleep(0.05)
    stand = _until_home(till)
    doubts |= {stand.attention, stand.unsent or None}
    return doubts - {None}


def _audited(region: Region) -> int:
    """How many records there are, when the audit finds nothing wrong."""
    report = audit(region.settings.folder)
    assert report.findings == []
    return report.counted["records"]
