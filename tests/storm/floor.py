"""What the region's work costs beside the least there can be (DESIGN 6): `python -m tests.storm.floor`.

    --registers N   so many pushes (400), of 100 records each
    --rounds N      floor and region take turns so many times (2); the best of each counts
    --servers N     `serve` processes, and processes for the floor (as many as cores)

The floor does in as many processes, for each batch: unpack, hash every record and part, verify one signature, COPY the
same bytes into the same two tables of a PostgreSQL of the same kind, commit. No web, no reading of headers, no tree, no
reading back, no proof. Wanted is 0.6 of it. The region's side includes what sends the pushes and checks the proofs,
which runs on the same cores; the second ratio compares processor time without that, and is less moved by other load.
"""

import argparse
import asyncio
import gzip
import hashlib
import os
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from sync.wire.record import PART_DOMAIN, RECORD_DOMAIN, SALT_BYTES
from sync.wire.signature import SIGNATURE_BYTES, verify
from tests import postgres
from tests.storm import chains, site, storm
from tests.storm.chains import Paper, Written
from tests.storm.register import Book, Register, Tally
from tests.storm.site import Server

RECORDS = 100
SEED = 2
TOGETHER = 12
"""So many registers push at once to each server: none has to be turned away."""
NO_REST = 1e9
WANTED = 0.6
_U32 = struct.Struct(">I")
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Records a second, and processor time of those who work for a record (µs)."""

    records_s: float
    cpu_us: float


# ── The floor ────────────────────────────────────────────────────────────────────────────────────


def floor(url: str, papers: Sequence[Paper], written: Sequence[Written], processes: int) -> Figure:
    """Store everything with the least work there can be."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    jobs = [(plain, papers[first::processes], written[first::processes]) for first in range(processes)]
    before_s = storm.database_cpu_s(url)
    context = get_context("spawn")
    with context.Pool(processes, meet, (context.Barrier(processes),)) as pool:
        pool.map(abs, range(processes))  # All are started, and have imported everything.
        began_s = time.monotonic()
        own_s = sum(pool.map(store, jobs, chunksize=1))
        took_s = time.monotonic() - began_s
    return _figure(written, took_s, own_s + storm.database_cpu_s(url) - before_s)


def meet(all_there: Barrier) -> None:
    """Wait until every process of a pool has come so far."""
    all_there.wait()


def store(job: tuple[str, Sequence[Paper], Sequence[Written]]) -> float:
    """Store what these registers wrote, in this process; the processor time it took (seconds)."""
    url, papers, written = job
    began_s = time.process_time()
    with psycopg.connect(url) as connection:
        for paper, own in zip(papers, written, strict=True):
            for pack in own.packs:
                _store_pack(connection, paper, gzip.decompress(pack.body))
    return time.process_time() - began_s


def _store_pack(connection: psycopg.Connection, paper: Paper, raw: bytes) -> None:
    records: list[Row] = []
    parts: list[Row] = []
    env = b""
    for seq, (env, carried) in enumerate(_frames(raw)):
        digest = hashlib.sha256(RECORD_DOMAIN + env[SIGNATURE_BYTES:]).digest()
        records.append((paper.enrolment.chain, seq, digest, env, 0))
        for name, salt, data in carried:
            hashlib.sha256(PART_DOMAIN + salt + data).digest()
            parts.append((paper.enrolment.chain, seq, name, salt, data))
    verify(paper.signer.public_key, env[:SIGNATURE_BYTES], RECORD_DOMAIN + env[SIGNATURE_BYTES:])
    with connection.cursor() as cursor:
        _copy(cursor, "record(chain, seq, hash, env, leaf)", ["bytea", "int8", "bytea", "bytea", "int8"], records)
        _copy(cursor, "part(chain, seq, name, salt, data)", ["bytea", "int8", "text", "bytea", "bytea"], parts)
    connection.commit()


def _copy(cursor: psycopg.Cursor, table: str, types: list[str], rows: Sequence[Row]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _frames(raw: bytes) -> Iterator[tuple[bytes, list[tuple[str, bytes, bytes]]]]:
    """Each record's env and parts, not looked at."""
    at = 0
    while at < len(raw):
        length = _U32.unpack_from(raw, at + 4)[0]
        env, at = raw[at + 8 : at + 8 + length], at + 8 + length
        count, at = raw[at], at + 1
        parts = []
        for _ in range(count):
            name, at = raw[at + 1 : at + 1 + raw[at]].decode(), at + 1 + raw[at]
            salt, length = raw[at : at + SALT_BYTES], _U32.unpack_from(raw, at + SALT_BYTES)[0]
            at += SALT_BYTES + 4
            parts.append((name, salt, raw[at : at + length]))
            at += length
        yield env, parts


# ── The region ───────────────────────────────────────────────────────────────────────────────────


def region(folder: Path, url: str, papers: Sequence[Paper], written: Sequence[Written], processes: int) -> Figure:
    """Have everything pushed to servers, and every proof checked."""
    founded = site.found(folder / "region", url, papers)
    servers = [Server(founded.folder, folder / f"server-{number}.log") for number in range(processes)]
    tally = Tally()
    registers = [
        Register(Book(paper, own, proof), paper, founded.trust, servers[n % processes].port, tally, NO_REST)
        for n, (paper, own, proof) in enumerate(zip(papers, written, founded.proofs, strict=True))
    ]
    try:
        for server in servers:
            server.start()
        before_s = sum(server.cpu_s for server in servers) + storm.database_cpu_s(url)
        asyncio.run(_push_all(registers, TOGETHER * processes))
        cpu_s = sum(server.cpu_s for server in servers) + storm.database_cpu_s(url) - before_s
    finally:
        for server in servers:
            server.stop()
    assert tally.wrong == []
    assert tally.records == sum(len(own.hashes) for own in written)
    return _figure(written, tally.last_s - (tally.first_s or 0.0), cpu_s)


async def _push_all(registers: Sequence[Register], together: int) -> None:
    gate = asyncio.Semaphore(together)

    async def push(register: Register) -> None:
        async with gate:
            await register.come_back()

    await asyncio.gather(*map(push, registers))


def _figure(written: Sequence[Written], took_s: float, cpu_s: float) -> Figure:
    records = sum(len(own.hashes) for own in written)
    return Figure(records / took_s, cpu_s / records * 1e6)


# ── Side by side ─────────────────────────────────────────────────────────────────────────────────


def main() -> int:
    """Print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registers", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--servers", type=int, default=os.cpu_count())
    chosen = parser.parse_args()
    papers = chains.papers(SEED, chosen.registers)
    written = chains.written(SEED, chosen.registers, RECORDS)
    floors, regions = [], []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="kassa-floor-") as folder:
            with postgres.server() as admin_url, postgres.database(admin_url) as url:
                site.found(Path(folder) / "floor", url, papers)
                floors.append(floor(url, papers, written, chosen.servers))
            with postgres.server() as admin_url, postgres.database(admin_url) as url:
                regions.append(region(Path(folder), url, papers, written, chosen.servers))
    say(_told(floors, regions))
    return 0


def _told(floors: Sequence[Figure], regions: Sequence[Figure]) -> str:
    least, ours = (
        Figure(max(one.records_s for one in figures), min(one.cpu_us for one in figures))
        for figures in (floors, regions)
    )
    return (
        f"floor    {least.records_s:7.0f} records/s   {least.cpu_us:5.0f} µs of processor a record\n"
        f"region   {ours.records_s:7.0f} records/s   {ours.cpu_us:5.0f} µs of processor a record\n"
        f"ratio    {ours.records_s / least.records_s:7.2f} of the records/s, "
        f"{least.cpu_us / ours.cpu_us:.2f} by processor time (wanted {WANTED}); load {storm.load():.1f}\n"
    )


def say(text: str) -> None:
    """To the terminal."""
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
