"""Programs that replicate logs, with the same records on the same machine: PouchDB, hypercore and scuttlebutt.

They are installed by npm, once, into the folder of what is kept, and are no dependency of the project. Each stores the
records and replicates them to a fresh peer in a process of its own; what it does not do is said in its row. Ours is a
region with PostgreSQL and a server for each core that takes the same records in pushes of 100, with every proof checked
by who sent them.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests import postgres
from tests.benchmarks import kept
from tests.benchmarks.measured import Mark, Row, Scale
from tests.storm import chains, floor

NAME = "peers"
MARK = Mark("≥ 4 × the best of them, durable, with proof", least=4)
_SEED = 4
_BATCH = 100
_PATIENCE_S = 120
_TRIES = 3
_PROGRAMS = Path(__file__).parent / "peers_js"
PEERS = {
    "pouchdb": ("no signature, no proof, not durable", ("pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@5.1.0")),
    "hypercore": ("head signed, records not; not durable", ("hypercore@11.37.1",)),
    "ssb": (
        "every signature checked; no proof, not durable",
        (
            "secret-stack@6.4.2",
            "ssb-caps@1.1.0",
            "ssb-keys@8.5.0",
            "ssb-db2@8.1.0",
            "ssb-classic@1.1.0",
            "ssb-ebt@9.1.2",
        ),
    ),
}
"""What each lacks beside ours, and the packages."""


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each peer, ours over theirs; the mark is against each."""
    if scale.peers == 0 or shutil.which("npm") is None:
        return
    os.environ.setdefault("KASSA_STORM", str(kept.folder() / "storm"))
    registers = scale.peers // _BATCH
    records = _records(registers)
    rounds = min(scale.rounds, 3)
    ours = [_ours(registers) for _ in range(rounds)]
    for name, (lacks, packages) in PEERS.items():
        theirs = [_tried(name, packages, records) for _ in range(rounds)]
        replicated = [one["replicate"] for one in theirs]
        more: dict[str, float | str] = {"its own store records/s": max(one["store"] for one in theirs), name: lacks}
        yield Row(f"{NAME} {name}", "records replicated", "records/s", MARK, ours, replicated, more=more)


def _ours(registers: int) -> float:
    papers, written = chains.papers(_SEED, registers), chains.written(_SEED, registers, _BATCH)
    with kept.scratch() as folder, postgres.server() as admin_url, postgres.database(admin_url) as url:
        return floor.region(folder, url, papers, written, os.cpu_count() or 1).records_s


def _records(registers: int) -> list[str]:
    """The same records as JSON, a line each: what a peer would have to carry."""
    lines = []
    for written in chains.written(_SEED, registers, _BATCH):
        for frame in (one for pack in written.packs for one in pack.frames()):
            header = json.loads(frame.record.header_bytes)
            parts = {part.name: [part.salt.hex(), json.loads(part.data)] for part in frame.parts}
            lines.append(json.dumps({"header": header, "contents": parts}, ensure_ascii=False))
    return lines


def _tried(name: str, packages: tuple[str, ...], records: list[str]) -> dict[str, float]:
    """The same, a few times: two scuttlebutt peers do not always come to speak with each other."""
    for _ in range(_TRIES - 1):
        with suppress(subprocess.TimeoutExpired):
            return _peer(name, packages, records)
    return _peer(name, packages, records)


def _peer(name: str, packages: tuple[str, ...], records: list[str]) -> dict[str, float]:
    """What a peer was seen to do (records/s)."""
    installed = kept.made_once(f"npm-{name}-v1", lambda folder: _install(folder, packages))
    for program in _PROGRAMS.glob("*.js"):
        shutil.copy(program, installed)
    with kept.scratch() as folder:
        (folder / "records.jsonl").write_text("\n".join(records), encoding="utf-8")
        (folder / "room").mkdir()
        command = ["node", str(installed / f"{name}.js"), str(folder / "records.jsonl"), str(folder / "room")]
        done = subprocess.run(
            command, cwd=installed, stdout=subprocess.PIPE, text=True, check=True, timeout=_PATIENCE_S
        )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _install(folder: Path, packages: tuple[str, ...]) -> None:
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--save-exact", *packages], cwd=folder, check=True)
