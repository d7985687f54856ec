"""Signatures that were not judged before the answer are judged: at once when it is quiet, a while later when not."""

import asyncio

import pytest

from sync.client.engine import Push
from sync.server import ingest, storage
from sync.server.app import make_app
from sync.server.region import Region
from sync.server.verify import Judge
from tests.sync.builders import Clock, Till, enrol
from tests.sync.conftest import clock, sqlite_region

__all__ = ["clock", "sqlite_region"]
LATEST_S = 0.3


@pytest.fixture
def waiting(sqlite_region: Region, clock: Clock) -> list[bytes]:
    """Two chains whose records were stored and not judged."""
    return [_stored(sqlite_region, enrol(sqlite_region, clock)) for _ in range(2)]


def test_in_the_quiet_all_that_wait_are_judged(sqlite_region: Region, waiting: list[bytes]) -> None:
    judge = Judge(sqlite_region, is_quiet=lambda: True)

    asyncio.run(judge.judge(*waiting))

    assert _unjudged(sqlite_region) == []


def test_while_records_come_in_signatures_wait_but_not_for_ever(sqlite_region: Region, waiting: list[bytes]) -> None:
    judge = Judge(sqlite_region, is_quiet=lambda: False, latest_s=LATEST_S)

    async def looked_at_meanwhile() -> list[bytes]:
        judging = asyncio.create_task(judge.judge(*waiting))
        await asyncio.sleep(LATEST_S / 3)
        meanwhile = _unjudged(sqlite_region)
        await judging
        return meanwhile

    meanwhile = asyncio.run(looked_at_meanwhile())

    assert sorted(meanwhile) == sorted(waiting)
    assert _unjudged(sqlite_region) == []


def test_one_judges_for_all_who_ask(sqlite_region: Region, waiting: list[bytes]) -> None:
    quiet: list[bool] = []
    judge = Judge(sqlite_region, is_quiet=lambda: bool(quiet))

    async def ask_both() -> None:
        first = asyncio.create_task(judge.judge(waiting[0]))
        await asyncio.sleep(0)
        await judge.judge(waiting[1])
        assert len(_unjudged(sqlite_region)) == len(waiting)
        quiet.append(True)
        await first

    asyncio.run(ask_both())

    assert _unjudged(sqlite_region) == []


def test_what_an_earlier_process_left_is_judged_at_start(sqlite_region: Region, waiting: list[bytes]) -> None:
    async def start_and_look() -> None:
        app = make_app(sqlite_region)
        async with app.router.lifespan_context(app):
            for _ in range(100):
                if not _unjudged(sqlite_region):
                    return
                await asyncio.sleep(0.05)

    asyncio.run(start_and_look())

    assert waiting
    assert _unjudged(sqlite_region) == []


def _stored(region: Region, till: Till) -> bytes:
    push = Push(0, tuple(till.journal.sell(3)), 0)
    ingest.push(region, till.sender.chain, ingest.read_push(0, push.body), 0)
    return till.sender.chain


def _unjudged(region: Region) -> list[bytes]:
    with storage.reading(region.engine) as db:
        return storage.unverified_chains(db)
