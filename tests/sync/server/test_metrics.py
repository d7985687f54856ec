"""What the region counts of itself, who may ask, and that nothing of a clinic can be read off it."""

import logging
import re
import socket
from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from sync.server import metrics
from sync.server.app import make_app
from sync.server.metrics import BUCKETS_S, Counting, Measured, Metrics
from sync.server.region import Region
from sync.wire import frame
from tests.sync.builders import Clock, enrol, knock, post_records, seal_many

_LINE = re.compile(r'(# (HELP|TYPE) kassa_[a-z_]+ .+|kassa_[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+-]+)')


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    return sqlite_region


@pytest.fixture
def counted() -> Iterator[Metrics]:
    """The numbers of a process, counted until the test ends."""
    made = Metrics()
    handler, log = Counting(made), logging.getLogger("kassa.region")
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield made
    log.removeHandler(handler)
    log.setLevel(before)


def scraped(region: Region, counted: Metrics) -> dict[str, float]:
    """The samples that a scrape gets."""
    text = TestClient(metrics.make_metrics_app(region, counted)).get("/metrics").text
    assert all(_LINE.fullmatch(line) for line in text.splitlines())
    samples = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def test_pushes_records_and_refusals_are_counted(region: Region, clock: Clock, counted: Metrics) -> None:
    till = enrol(region, clock, Measured(make_app(region), counted))
    till.journal.sell(3)
    till.sync()
    client = TestClient(Measured(make_app(region), counted), base_url="http://region.test")
    client.post("/v1/chains/AAAAAAAAAAAAAAAAAAAAAA/records")
    client.get("/nothing")

    now = scraped(region, counted)

    assert now["kassa_records_total"] == 3
    assert now['kassa_pushes_total{status="200"}'] >= 1
    assert now['kassa_refusals_total{why="no-such-thing"}'] == 1
    assert now['kassa_refusals_total{why="not-signed"}'] >= 1
    assert now["kassa_push_seconds_count"] == now['kassa_push_seconds_bucket{le="+Inf"}'] >= 2
    assert (now["kassa_registers"], now["kassa_database_up"]) == (1, 1)


def test_a_fork_is_counted_and_its_records_are_in_quarantine(region: Region, clock: Clock, counted: Metrics) -> None:
    till = enrol(region, clock)
    till.journal.sell(2)
    till.sync()
    other = seal_many(till.journal.enrolment, till.journal.key, 2, note="other")

    post_records(region, till.sender, frame.encode_all(other))

    now = scraped(region, counted)
    assert (now["kassa_forks_total"], now["kassa_quarantined_records"], now["kassa_flags"]) == (1, 2, 1)


def test_a_silent_register_is_counted(region: Region, clock: Clock, counted: Metrics) -> None:
    enrol(region, clock).sync()
    before = scraped(region, counted)["kassa_registers_silent"]
    clock.pass_s(8 * 86_400)

    assert (before, scraped(region, counted)["kassa_registers_silent"]) == (0, 1)


def test_a_database_that_is_away_is_said_and_the_counters_are_there_all_the_same(
    region: Region, counted: Metrics
) -> None:
    region.engine.dispose()
    (region.settings.folder / "region.db").write_bytes(b"no database" * 1000)

    now = scraped(region, counted)

    assert now["kassa_database_up"] == 0
    assert "kassa_ledger_entries" not in now
    assert now["kassa_records_total"] == 0


def test_a_bucket_holds_all_that_was_as_quick() -> None:
    counted = Metrics()
    for seconds in (0.0, 0.3, 99.0):
        counted.took(seconds)

    lines = [line for line in counted.text().splitlines() if "_bucket" in line]

    assert [int(line.rpartition(" ")[2]) for line in lines] == [1 if most < 0.3 else 2 for most in BUCKETS_S] + [3]


def test_reasons_cannot_fill_the_memory(region: Region) -> None:
    counted = Metrics()
    for number in range(1000):
        counted.count("kassa_refusals_total", why=str(number))

    assert counted.text().count("why=") == 200


def test_the_public_port_has_no_metrics(region: Region) -> None:
    assert knock(region).get("/metrics").status_code == 404


def test_metrics_are_served_on_a_socket_of_their_own(region: Region) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    with listener, metrics.beside(region, Metrics(), listener):
        answer = httpx2.get(f"http://127.0.0.1:{port}/metrics")
        other = httpx2.get(f"http://127.0.0.1:{port}/v1/ledger/checkpoint")

    assert (answer.status_code, answer.headers["content-type"]) == (200, metrics.MEDIA_TYPE)
    assert "kassa_database_up 1" in answer.text
    assert other.status_code == 404
