"""A reconnect storm: registers that were offline for days come back to real servers at once, and everything is counted.

What must hold: nothing lost, nothing twice, every answer proved, the audit clean. What is measured is a report.
"""

import asyncio
import os
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy.engine import make_url

from sync.server import storage
from sync.server.audit import audit
from sync.server.region import open_region
from tests import postgres, proc
from tests.storm import chains, site
from tests.storm.chains import Paper, Written
from tests.storm.register import Book, Register, Tally
from tests.storm.site import Founded, Server

LOOK_EVERY_S = 0.5
FLAT_KB = 65_536
"""So much may a server's memory grow in a storm of any length: what it holds at once is limited."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a storm, against what. `factor` divides every rest; `kills` servers are killed and started again."""

    registers: int
    records: int
    database: str = "sqlite"
    servers: int = 1
    factor: float = 10.0
    kills: int = 0
    seed: int = 1
    audited: bool = True


@dataclass
class Report:
    """What came of a storm. Times in seconds; `faults` is what must be empty."""

    plan: Plan
    tally: Tally
    faults: list[str] = field(default_factory=list)
    memory_kb: list[tuple[int, ...]] = field(default_factory=list)
    """For each server: before, after each quarter of the storm, and when all was judged."""
    kills: int = 0
    generator_cpu_s: float = 0.0
    server_cpu_s: float = 0.0
    database_cpu_s: float = 0.0
    judged_s: float = 0.0
    audit_s: float = 0.0

    @property
    def took_s(self) -> float:
        """From the first request to the last proof."""
        return self.tally.last_s - (self.tally.first_s or self.tally.last_s)


def run(plan: Plan, folder: Path, url: str | None) -> Report:
    """Make it on an empty database (None: an SQLite file in `folder`), let it blow, count."""
    papers = chains.papers(plan.seed, plan.registers)
    written = chains.written(plan.seed, plan.registers, plan.records)
    founded = site.found(folder / "region", url, papers)
    report = _blow(plan, founded, folder, papers, written)
    began_s = time.monotonic()
    report.faults += _faults(plan, founded, papers, written)
    report.audit_s = time.monotonic() - began_s
    return report


@contextmanager
def database(kind: str) -> Iterator[str | None]:
    """The URL of a fresh database; None for the SQLite file in the region's folder."""
    if kind == "sqlite":
        yield None
        return
    with postgres.server() as admin_url, postgres.database(admin_url) as url:
        yield url


# ── The storm ────────────────────────────────────────────────────────────────────────────────────


def _blow(plan: Plan, founded: Founded, folder: Path, papers: Sequence[Paper], written: Sequence[Written]) -> Report:
    servers = [Server(founded.folder, folder / f"server-{number}.log") for number in range(plan.servers)]
    report = Report(plan, Tally())
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.look()
        with _processor_time(report, servers, founded.database):
            asyncio.run(_come_back(plan, founded, servers, papers, written, report))
        report.judged_s = _wait_until_judged(founded)
        report.memory_kb = [_quarters(server) for server in servers]
    finally:
        for server in servers:
            server.stop()
    report.faults += report.tally.wrong
    grown = [max(seen) - seen[0] for seen in report.memory_kb]
    report.faults += [f"a server's memory grew by {kb // 1024} MB" for kb in grown if kb > FLAT_KB]
    return report


def _quarters(server: Server) -> tuple[int, ...]:
    seen_kb, last = server.seen_kb, len(server.seen_kb) - 1
    return (*(seen_kb[last * quarter // 4] for quarter in range(5)), server.look())


async def _come_back(
    plan: Plan,
    founded: Founded,
    servers: Sequence[Server],
    papers: Sequence[Paper],
    written: Sequence[Written],
    report: Report,
) -> None:
    registers = [
        Register(
            Book(paper, own, proof),
            paper,
            founded.trust,
            servers[number % len(servers)].port,
            report.tally,
            plan.factor,
        )
        for number, (paper, own, proof) in enumerate(zip(papers, written, founded.proofs, strict=True))
    ]
    watch = asyncio.create_task(_watch(servers))
    killer = asyncio.create_task(_kill(plan, servers, report, sum(len(own.packs) for own in written)))
    await asyncio.gather(*(register.come_back() for register in registers))
    watch.cancel()
    await asyncio.wait_for(killer, timeout=site.START_S)


async def _watch(servers: Sequence[Server]) -> None:
    """Look at the servers' memory now and then."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        for server in servers:
            server.look()


async def _kill(plan: Plan, servers: Sequence[Server], report: Report, pushes: int) -> None:
    """Kill servers when so many pushes have been proved as chance says, and start each again at once."""
    random = Random(f"{plan.seed}/kills")
    for due in sorted(random.randrange(pushes // 10, pushes * 8 // 10) for _ in range(plan.kills)):
        while report.tally.proved < due:
            await asyncio.sleep(0.01)
        await asyncio.sleep(random.uniform(0.0, 0.05))
        server = random.choice(servers)
        server.kill()
        report.kills += 1
        await asyncio.to_thread(server.start)


@contextmanager
def _processor_time(report: Report, servers: Sequence[Server], database: str | None) -> Iterator[None]:
    """Who used how much of it while the block ran."""
    before = _own_cpu_s(), sum(server.cpu_s for server in servers), database_cpu_s(database)
    yield
    report.generator_cpu_s = _own_cpu_s() - before[0]
    report.server_cpu_s = sum(server.cpu_s for server in servers) - before[1]
    report.database_cpu_s = database_cpu_s(database) - before[2]


def _own_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def database_cpu_s(url: str | None) -> float:
    """Processor time of PostgreSQL's processes until now, those that have ended too (seconds); 0 when it runs on
    another machine, or there is none."""
    if url is None:
        return 0.0
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as db:
        postmaster = proc.parent(db.info.backend_pid)
    return proc.family_cpu_s(postmaster) if postmaster > 1 else 0.0


# ── What came of it ──────────────────────────────────────────────────────────────────────────────


def _wait_until_judged(founded: Founded) -> float:
    """How long the servers go on judging signatures after the last answer (seconds)."""
    began_s = time.monotonic()
    region = open_region(founded.folder)
    try:
        while True:
            with storage.reading(region.engine) as db:
                if not storage.unverified_chains(db):
                    return time.monotonic() - began_s
            time.sleep(0.2)
    finally:
        region.close()


def _faults(plan: Plan, founded: Founded, papers: Sequence[Paper], written: Sequence[Written]) -> list[str]:
    """Lost, twice, out of place, or not clean."""
    found = []
    region = open_region(founded.folder)
    try:
        with storage.reading(region.engine) as db:
            rows = {row.chain: row for row in storage.all_chains(db)}
            size, _ = storage.ledger_head(db)
            flags, aside = storage.flags(db), storage.quarantined(db)
    finally:
        region.close()
    for paper, own in zip(papers, written, strict=True):
        row = rows[paper.enrolment.chain]
        if (row.next_seq, row.head) != (len(own.hashes), own.hashes[-1]):
            found.append(f"register {paper.number} stands at {row.next_seq} of {len(own.hashes)}")
    expected = founded.size + sum(len(own.hashes) for own in written)
    if size != expected:
        found.append(f"the ledger holds {size} entries instead of {expected}")
    found += [f"flag {why} at {seq}" for _, seq, why in flags] + [f"{count} in quarantine" for count in aside.values()]
    return found + (_audited(plan, founded) if plan.audited else [])


def _audited(plan: Plan, founded: Founded) -> list[str]:
    report = audit(founded.folder)
    records = plan.registers * plan.records
    counted = [] if report.counted["records"] == records else [f"the audit counts {report.counted}"]
    return report.findings[:20] + counted


def load() -> float:
    """How busy the machine is beside us: the mean of the last minute."""
    return os.getloadavg()[0]
