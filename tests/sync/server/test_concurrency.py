"""Many registers at once, and one register twice at once: nothing lost, nothing stored twice, one tree."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sync.client.engine import Push
from sync.client.round import Round
from sync.client.status import SyncStatus
from sync.client.transport import Transport, open_client
from sync.server import storage
from sync.server.app import make_app
from sync.server.audit import audit
from sync.server.region import Region
from sync.wire.messages import Pushed
from tests.sync.builders import Clock, Till, enrol, make_region, transport_to
from tests.sync.processes import serving

TILLS = 6
ROUNDS = 4


def test_registers_that_push_at_the_same_time_share_one_tree(region: Region, clock: Clock) -> None:
    tills = [enrol(region, clock) for _ in range(TILLS)]

    with ThreadPoolExecutor(TILLS) as pool:
        stands = list(pool.map(_sell_and_push, tills))

    assert [(stand.unsent, stand.attention) for stand in stands] == [(0, None)] * TILLS
    assert _audited(region) == {"entries": TILLS + TILLS * ROUNDS * 5, "records": TILLS * ROUNDS * 5}


def test_one_register_that_pushes_the_same_from_several_places_is_stored_once(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    push = Push(0, tuple(till.journal.sell(20)), 0)
    lines = [transport_to(make_app(region)) for _ in range(4)]

    with ThreadPoolExecutor(len(lines)) as pool:
        answers = list(pool.map(lambda line: line.push(till.sender, push), lines))

    assert {answer.index for answer in answers if isinstance(answer, Pushed)} == {20}
    assert _audited(region) == {"entries": 21, "records": 20}


def test_two_server_processes_on_one_database_share_one_tree(region: Region, clock: Clock) -> None:
    tills = [enrol(region, clock) for _ in range(4)]

    with _two_servers(region) as urls, ThreadPoolExecutor(len(tills)) as pool:
        stands = list(pool.map(lambda till: _push_to_each(till, urls, clock), tills))

    assert [(stand.unsent, stand.attention) for stand in stands] == [(0, None)] * len(tills)
    assert _audited(region) == {"entries": 4 + 4 * 2 * ROUNDS, "records": 4 * 2 * ROUNDS}


@contextmanager
def _two_servers(region: Region) -> Iterator[list[str]]:
    with serving(region.settings.folder) as one, serving(region.settings.folder) as other:
        yield [one, other]


def _sell_and_push(till: Till) -> SyncStatus:
    for _ in range(ROUNDS):
        till.journal.sell(5)
        stand = till.sync()
    return stand


def _push_to_each(till: Till, urls: list[str], clock: Clock) -> SyncStatus:
    """Each round at every server in turn, so that each must continue the other's heads."""
    lines = [Transport(open_client(url)) for url in urls]
    rounds = [_round(till, line, clock) for line in lines]
    for _ in range(ROUNDS):
        for sync in rounds:
            till.journal.sell(1)
            stand = sync()
    for line in lines:
        line.close()
    return stand


def _round(till: Till, line: Transport, clock: Clock) -> Round:
    return Round(till.journal, till.configurations, till.paper.trust, line, till.journal.key, clock=clock.aware)


def _audited(region: Region) -> dict[str, int]:
    report = audit(region.settings.folder)
    assert report.findings == []
    return {name: report.counted[name] for name in ("entries", "records")}


def test_what_is_read_together_is_of_one_moment(tmp_path: Path, clock: Clock, postgres_url: str) -> None:
    """A push between two statements of a reading: on a busy machine it once gave an answer that proved nothing new."""
    region = make_region(tmp_path / "region", clock, postgres_url)
    till = enrol(region, clock)
    push = Push(0, tuple(till.journal.sell(3)), 0)

    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, till.journal.enrolment.chain)
        till.transport.push(till.sender, push)
        stored = storage.hashes(db, till.journal.enrolment.chain, 0, 3)

    assert chain is not None
    assert (chain.next_seq, len(stored)) == (0, 0)
    region.close()
