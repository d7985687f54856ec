"""What the region does with a push, beside hashing, one signature and COPY: PostgreSQL, batches of 100, all cores.

Floor: `tests.storm.floor.store`, in a process for each core. Ours, in as many processes with four threads each, is all
that happens between the unpacked request and the answer: reading, every link and commitment, the newest signature, the
tree, one durable transaction, reading back, the signed head and the proof.
Through HTTP, with what sends on the same cores, it is measured by `storm` and `peers`.
"""

import gzip
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy.engine import make_url

from sync.server import ingest, roles
from sync.server.region import Region, open_region
from sync.wire.messages import Pushed
from tests import postgres
from tests.benchmarks import kept
from tests.benchmarks.measured import Mark, Row, Scale, in_turn, timed_ms
from tests.storm import chains, floor, site
from tests.storm.chains import Paper, Written

NAME = "ingest"
MARK = Mark("≥ 0.6 × hash, one verify a batch, COPY", least=0.6)
BATCH = 100
THREADS = 4
_SEED = 3
_FILLED = 500
"""Records of each register that was there before."""
_MEASURED = 20_000
"""Records in a round, when the largest ledger is ten years of a register long."""

Job = tuple[bytes, int, tuple[bytes, ...]]
"""A chain, the size of the ledger it knows, and its pushes."""


@dataclass(frozen=True, slots=True)
class _Load:
    """Registers with what they have to push: those that filled the ledger before, and fresh ones for every round."""

    before: Sequence[tuple[Paper, Written]]
    rounds: Sequence[Sequence[tuple[Paper, Written]]]

    @property
    def papers(self) -> list[Paper]:
        everybody = [*self.before, *(one for part in self.rounds for one in part)]
        return [paper for paper, _ in everybody]


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each size of ledger: forty times the records of a register."""
    os.environ.setdefault("KASSA_STORM", str(kept.folder() / "storm"))
    for size in scale.sizes:
        yield _row(scale, size * 4, max(2, _MEASURED * scale.sizes[-1] // 75_000 // BATCH))


def _row(scale: Scale, ledger: int, registers: int) -> Row:
    load = _load(scale.rounds, ledger, registers)
    with (
        kept.scratch() as folder,
        postgres.server() as admin_url,
        postgres.database(admin_url) as least_url,
        postgres.database(admin_url) as url,
    ):
        site.found(folder / "floor", least_url, load.papers)
        founded = site.found(folder / "region", url, load.papers)
        with _workers(founded.folder) as workers:
            _push_all(workers, load.before, founded.size)
            least_rounds, our_rounds = iter(load.rounds), iter(load.rounds)
            ours, least = in_turn(
                scale.rounds,
                lambda: _floor(workers, least_url, next(least_rounds)),
                lambda: _rate(workers, next(our_rounds), founded.size),
            )
    return Row(NAME, "records taken in", "records/s", MARK, ours, least, ledger)


def _load(rounds: int, ledger: int, registers: int) -> _Load:
    filling = ledger // _FILLED
    papers = chains.papers(_SEED, filling)
    before = list(zip(papers, chains.written(_SEED, filling, _FILLED), strict=True)) if filling else []
    fresh = registers * rounds
    new = list(zip(chains.papers(_SEED + 1, fresh), chains.written(_SEED + 1, fresh, BATCH), strict=True))
    return _Load(before, [new[first : first + registers] for first in range(0, fresh, registers)])


def _floor(workers: Pool, url: str, part: Sequence[tuple[Paper, Written]]) -> float:
    """The floor's records a second, by the same processes."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    shares = [tuple(zip(*part[first :: _processes()], strict=True)) for first in range(_processes())]
    jobs = [(plain, papers, written) for papers, written in shares]
    took_ms = timed_ms(lambda: workers.map(floor.store, jobs, chunksize=1))
    return sum(len(written.hashes) for _, written in part) / took_ms * 1e3


def _rate(workers: Pool, part: Sequence[tuple[Paper, Written]], known_size: int) -> float:
    took_ms = timed_ms(lambda: _push_all(workers, part, known_size))
    return sum(len(written.hashes) for _, written in part) / took_ms * 1e3


def _push_all(workers: Pool, part: Sequence[tuple[Paper, Written]], known_size: int) -> None:
    jobs: list[Job] = [
        (paper.enrolment.chain, known_size, tuple(pack.body for pack in written.packs)) for paper, written in part
    ]
    shares = [jobs[first :: _processes()] for first in range(_processes())]
    assert sum(workers.map(_take_in, shares, chunksize=1)) == sum(len(written.hashes) for _, written in part)


def _processes() -> int:
    return os.cpu_count() or 1


# ── In a process of its own ──────────────────────────────────────────────────────────────────────

_region: Region | None = None


def _workers(folder: Path) -> Pool:
    """Processes that have the region open. None begins to work before all can."""
    context = get_context("spawn")
    return context.Pool(_processes(), _open, (folder, context.Barrier(_processes())))


def _open(folder: Path, all_there: Barrier) -> None:
    global _region  # noqa: PLW0603 - a worker of a pool has no other place
    _region = open_region(folder, role=roles.INGEST)
    all_there.wait()


def _take_in(jobs: Sequence[Job]) -> int:
    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(_push, jobs))


def _push(job: Job) -> int:
    """Push everything of one register; how many records were proved."""
    assert _region is not None
    chain, known_size, bodies = job
    start = 0
    for body in bodies:
        outcome = ingest.push(_region, chain, ingest.read_push(start, gzip.decompress(body)), known_size)
        assert isinstance(outcome, Pushed), outcome
        start = outcome.next
    return start
