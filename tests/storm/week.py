"""One register that was away for a week comes back alone, with the program's own loop, round and transport."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sync.client import loop
from sync.client.loop import Pace
from sync.client.round import Round
from sync.client.status import SyncStatus
from sync.client.transport import Transport, open_client
from sync.server import storage
from sync.server.region import open_region
from tests.storm import chains, site
from tests.storm.site import Founded, Server
from tests.sync.builders import MemoryConfigurations, MemoryJournal

RECORDS = 2500
"""A week of a desk with 350 records a day: twelve times the mean."""


@dataclass(frozen=True, slots=True)
class Week:
    """How a week was brought home: where the proof stood after each round, and how long it took (seconds)."""

    records: int
    proved: tuple[int, ...]
    took_s: float
    stored: int


def run(folder: Path, database: str | None, records: int = RECORDS) -> Week:
    """Let a register with so many records find its region again."""
    paper = chains.papers(1, 1)[0]
    founded = site.found(folder / "region", database, [paper])
    journal = MemoryJournal(paper.enrolment, paper.signer, [founded.proofs[0]], chains.frames_of(paper, records))
    server = Server(founded.folder, folder / "server.log")
    server.start()
    try:
        proved, took_s = _come_home(journal, founded, f"http://127.0.0.1:{server.port}")
    finally:
        server.stop()
    return Week(records, proved, took_s, _stored(founded, paper.enrolment.chain))


def _come_home(journal: MemoryJournal, founded: Founded, url: str) -> tuple[tuple[int, ...], float]:
    stop, wake, told = Event(), Event(), list[SyncStatus]()
    transport = Transport(open_client(url))
    step = Round(
        journal, MemoryConfigurations(), founded.trust, transport, journal.key, clock=lambda: datetime.now(UTC)
    )

    def tell(status: SyncStatus) -> None:
        told.append(status)
        if status.unsent == 0 or status.attention is not None:
            stop.set()
            wake.set()

    began_s = time.monotonic()
    try:
        loop.run(step, stop=stop, wake=wake, tell=tell, pace=Pace(first_s=0.0))
    finally:
        transport.close()
    return tuple(status.proved_seq for status in told), time.monotonic() - began_s


def _stored(founded: Founded, chain: bytes) -> int:
    region = open_region(founded.folder)
    try:
        with storage.reading(region.engine) as db:
            row = storage.find_chain(db, chain)
            return 0 if row is None else row.next_seq
    finally:
        region.close()


def told(week: Week) -> str:
    """The report for people."""
    rounds = ", ".join(map(str, week.proved))
    return (
        f"{week.records} records, {week.stored} stored, in {week.took_s:.1f} s "
        f"= {week.records / week.took_s:.0f} records/s\nproved after each round: {rounds}\n"
    )
