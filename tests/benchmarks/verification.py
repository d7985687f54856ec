"""Full verification of a journal: everything the auditor's tool checks, beside the signatures alone.

Floor: a raw Ed25519 verification of every record's signature, by a process for each core. Ours: `python -m kassaapp
verify`: pages, every hash, link, part and signature, numbers and sums, prices, proofs, and the second medium.
"""

from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.pool import Pool
from os import cpu_count
from pathlib import Path

from kassaapp import enrolment
from kassaapp.verify.audit import audit
from sync.wire.record import RECORD_DOMAIN
from sync.wire.shadow import read
from sync.wire.signature import SIGNATURE_BYTES, verify
from tests.benchmarks import decade
from tests.benchmarks.measured import Mark, Row, Scale, in_turn, timed_ms
from tests.storm.floor import meet

NAME = "verify"
MARK = Mark("≥ 0.8 × raw Ed25519 on all cores", least=0.8)
_CHUNK = 500


def rows(scale: Scale) -> Iterator[Row]:
    """A row for the longest journal."""
    size = scale.sizes[-1]
    folder = decade.desk_folder(size)
    path = enrolment.journal_path(folder, decade.TILL)
    key, envs = decade.certificate(folder).public_key, _envs(folder)
    context, cores = get_context("spawn"), cpu_count() or 1
    with context.Pool(cores, meet, (context.Barrier(cores),)) as workers:
        workers.map(abs, range(cores))  # All are started.

        def raw() -> float:
            return _rate(len(envs), lambda: _verify_raw(workers, key, envs))

        taken, least = in_turn(scale.rounds, raw, lambda: _rate(len(envs), lambda: _verify_whole(path)))
    yield Row(NAME, "records verified", "records/s", MARK, taken, least, size, {"cores": str(cores)})


def _rate(count: int, act: Callable[[], None]) -> float:
    return count / timed_ms(act) * 1e3


def _verify_whole(path: Path) -> None:
    report = audit(path)
    assert report.findings == [], report.findings[:3]


def _verify_raw(workers: Pool, key: bytes, envs: Sequence[bytes]) -> None:
    jobs = [(key, envs[first : first + _CHUNK]) for first in range(0, len(envs), _CHUNK)]
    assert sum(workers.imap_unordered(_verified, jobs)) == len(envs)


def _verified(job: tuple[bytes, Sequence[bytes]]) -> int:
    key, envs = job
    for env in envs:
        verify(key, env[:SIGNATURE_BYTES], RECORD_DOMAIN + env[SIGNATURE_BYTES:])
    return len(envs)


def _envs(folder: Path) -> list[bytes]:
    """Every signed header, from the second medium."""
    return [record.env for record in read((folder / decade.TILL / "shadow.kj").read_bytes()).records]
