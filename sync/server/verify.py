"""Judges the signatures that were not judged before a push was answered, and flags those that do not verify.

The newest record of each push was checked before it was stored and vouches for the others through `prev`, so a bad
signature among them is damage or a faulty register, never a stranger. The chain is marked; nothing is thrown away.
Runs after the answer, and at start for what an earlier process left. It costs as much as all else that is done with a
record, so in a storm it waits: chains are judged one after the other while no records come in, and each a minute later
at the latest.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.concurrency import run_in_threadpool

from sync.server import storage
from sync.server.region import Region
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.errors import BadSignature

SIGNATURE = "signature"
LATEST_S = 60.0
_LOOK_EVERY_S = 0.1
_CHUNK = 500
_log = logging.getLogger("kassa.region")


def verify_chain(region: Region, chain_id: bytes) -> None:
    """Judge every signature of a chain that has not been judged."""
    while True:
        with storage.reading(region.engine) as db:
            chain = storage.find_chain(db, chain_id)
            assert chain is not None
            end = min(chain.verified_seq + _CHUNK, chain.next_seq)
            envs = storage.envs(db, chain_id, chain.verified_seq, end)
        if not envs:
            return
        bad = _unsigned(envs, chain.public_key)
        with storage.writing(region.engine) as db:
            for seq in bad:
                _log.error("chain %s: signature of record %d does not verify", to_text(chain_id), seq)
                storage.add_flag(db, chain_id, seq, SIGNATURE, region.clock())
            storage.move_verified(db, chain_id, end)


def verify_waiting(region: Region) -> None:
    """Judge what an earlier process left when it ended."""
    for chain in _waiting(region):
        verify_chain(region, chain)


class Judge:
    """Judges one chain after the other. `is_quiet` says whether no records are coming in. Belongs to one event loop."""

    def __init__(self, region: Region, is_quiet: Callable[[], bool], latest_s: float = LATEST_S) -> None:
        self._region = region
        self._is_quiet = is_quiet
        self._latest_s = latest_s
        self._due_s: dict[bytes, float] = {}
        self._is_busy = False

    async def judge(self, *chains: bytes) -> None:
        """Judge these when it is their turn. Who asks while nobody is at it does it, and all that comes meanwhile."""
        for chain in chains:
            self._due_s.setdefault(chain, time.monotonic() + self._latest_s)
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self._due_s:
                await self._judge_next()
        except (OperationalError, NoConnection) as trouble:
            _log.error("database: %s; signatures wait", type(trouble).__name__)
        finally:
            self._is_busy = False

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Until the block ends; begins with what an earlier process left."""
        begun = asyncio.create_task(self._begin())
        try:
            yield
        finally:
            begun.cancel()
            with suppress(asyncio.CancelledError):
                await begun

    async def _begin(self) -> None:
        await self.judge(*await run_in_threadpool(_waiting, self._region))

    async def _judge_next(self) -> None:
        chain, due_s = next(iter(self._due_s.items()))
        while not self._is_quiet() and time.monotonic() < due_s:
            await asyncio.sleep(_LOOK_EVERY_S)
        del self._due_s[chain]
        await run_in_threadpool(verify_chain, self._region, chain)


def _waiting(region: Region) -> list[bytes]:
    with storage.reading(region.engine) as db:
        return storage.unverified_chains(db)


def _unsigned(envs: list[bytes], public_key: bytes) -> list[int]:
    bad = []
    for env in envs:
        record = rec.read(env)
        try:
            rec.check_signature(record, public_key)
        except BadSignature:
            bad.append(record.header.seq)
    return bad
