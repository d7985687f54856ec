"""Makes the registers of a storm: enrolled chains of signed records as tills write them, packed as a push carries them.

Everything follows from a seed, so it is made once, by all cores, and kept in a file outside the repository
(`$KASSA_STORM`, else the machine's folder for temporary files). The person in a record is one of few, with a published
test number; sums do not run on from day to day, for the region asks nothing about them.

    file    "kassa-storm-v2\\n", and for each register:
            u32 hashes ‖ 32 bytes each;  u16 packs, and for each pack:  u32 records ‖ u32 length ‖ frames, gzip
"""

import gzip
import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from random import Random

from sync.client.engine import batches
from sync.server.settings import origin_of
from sync.wire import canonical, frame
from sync.wire import record as rec
from sync.wire.checkpoint import Checkpoint
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.messages import MAX_BATCH_RECORDS
from sync.wire.record import CHAIN_BYTES, HASH_BYTES, SALT_BYTES, Header, Part
from sync.wire.signature import KEY_BYTES, Signer
from sync.wire.tree import EMPTY_ROOT
from tests.storm.contents import day

FOUNDED_MS = 1_750_000_000_000
"""When all of them were enrolled: before any clock that a server of today may have."""
RECORDS_A_DAY = 30
REGION = "Demoregionen"
FIRST_HEAD = Checkpoint(origin_of(REGION), 0, EMPTY_ROOT, "").hash
"""The head that each of them was last shown: that of the empty ledger, which every region of that name has had."""
_MAGIC = b"kassa-storm-v2\n"
_U32, _U16 = struct.Struct(">I"), struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Pack:
    """What one push carries: `records` frames, compressed."""

    records: int
    body: bytes

    def frames(self) -> list[Frame]:
        """The frames again."""
        return frame.decode_all(gzip.decompress(self.body), at_most=MAX_BATCH_RECORDS)


@dataclass(frozen=True, slots=True)
class Written:
    """What a register has written since it was enrolled: the hash of each record, and the pushes that carry them."""

    hashes: tuple[bytes, ...]
    packs: tuple[Pack, ...]


@dataclass(frozen=True)
class Paper:
    """Who register `number` of a storm is."""

    seed: int
    number: int

    @cached_property
    def signer(self) -> Signer:
        """Its key."""
        return Signer(Random(f"{self.seed}/{self.number}/key").randbytes(KEY_BYTES))

    @cached_property
    def enrolment(self) -> Enrolment:
        """Its certificate. Two registers stand in each clinic."""
        return Enrolment(
            at_ms=FOUNDED_MS,
            chain=Random(f"{self.seed}/{self.number}/chain").randbytes(CHAIN_BYTES),
            clinic=f"clinic-{self.number // 2}",
            register=f"R{self.number:05d}",
            till="H",
            public_key=self.signer.public_key,
        )


def papers(seed: int, registers: int) -> list[Paper]:
    """The registers of a storm."""
    return [Paper(seed, number) for number in range(registers)]


def written(seed: int, registers: int, records: int) -> list[Written]:
    """What each of them has to push: from the file, which is made when it is not there."""
    path = _folder() / f"{seed}-{registers}-{records}-v2.bin"
    if not path.exists():
        _make(path, seed, registers, records)
    return list(_read(path.read_bytes()))


def _folder() -> Path:
    folder = Path(os.environ.get("KASSA_STORM") or Path(tempfile.gettempdir()) / "kassa-storm")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# ── Making ───────────────────────────────────────────────────────────────────────────────────────


def frames_of(paper: Paper, records: int) -> list[Frame]:
    """The first records of a register: sealed, chained, with their parts."""
    random = Random(f"{paper.seed}/{paper.number}/records")
    made: list[Frame] = []
    prev = paper.enrolment.hash
    while len(made) < records:
        cfg = random.randbytes(HASH_BYTES)
        for kind, contents in day(random, RECORDS_A_DAY):
            parts = tuple(
                Part(name, random.randbytes(SALT_BYTES), canonical.encode(content))
                for name, content in contents.items()
            )
            committed = {part.name: part.commitment for part in parts}
            header = Header(paper.enrolment.chain, len(made), prev, kind, committed, FIRST_HEAD, cfg)
            made.append(Frame(rec.seal(header, paper.signer), parts))
            prev = made[-1].record.hash
    return made[:records]


def _make(path: Path, seed: int, registers: int, records: int) -> None:
    jobs = [(paper, records) for paper in papers(seed, registers)]
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as file, get_context("spawn").Pool(_processes(registers * records)) as pool:
        file.write(_MAGIC)
        for blob in pool.imap(_packed, jobs, chunksize=8):
            file.write(blob)
    os.replace(fresh, path)


def _processes(records: int) -> int:
    return (os.cpu_count() or 1) if records > 10_000 else 1


def _packed(job: tuple[Paper, int]) -> bytes:
    frames = frames_of(*job)
    packs = [Pack(len(cut), gzip.compress(frame.encode_all(cut), 6, mtime=0)) for cut in batches(frames)]
    hashes = b"".join(one.record.hash for one in frames)
    carried = b"".join(_U32.pack(pack.records) + _U32.pack(len(pack.body)) + pack.body for pack in packs)
    return _U32.pack(len(frames)) + hashes + _U16.pack(len(packs)) + carried


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def _read(raw: bytes) -> Iterator[Written]:
    assert raw.startswith(_MAGIC), "not a storm's file"
    at = len(_MAGIC)
    while at < len(raw):
        count, at = _U32.unpack_from(raw, at)[0], at + 4
        hashes = tuple(raw[at + HASH_BYTES * n : at + HASH_BYTES * (n + 1)] for n in range(count))
        at += HASH_BYTES * count
        packs, at = _read_packs(raw, at)
        yield Written(hashes, packs)


def _read_packs(raw: bytes, at: int) -> tuple[tuple[Pack, ...], int]:
    count, at = _U16.unpack_from(raw, at)[0], at + 2
    packs = []
    for _ in range(count):
        records, length = _U32.unpack_from(raw, at)[0], _U32.unpack_from(raw, at + 4)[0]
        packs.append(Pack(records, raw[at + 8 : at + 8 + length]))
        at += 8 + length
    return tuple(packs), at
