"""The region of a storm: founded, published, and all registers enrolled in one transaction; then its server processes.

A register knows the checkpoint of that moment, so every answer must also prove that the ledger continues it.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.client.engine import Proof
from sync.server import storage
from sync.server.region import Region, found_region, open_region
from sync.server.storage import Chain
from sync.wire import checkpoint
from sync.wire.config import Trust
from sync.wire.demo_keys import demo_keys
from tests import proc
from tests.storm.chains import FOUNDED_MS, REGION, Paper
from tests.sync.builders import Clock, publish

START_S = 60.0


@dataclass(frozen=True, slots=True)
class Founded:
    """A region's folder and database, what registers trust, how many entries there were before the storm, and the
    proof that each register already holds."""

    folder: Path
    database: str | None
    trust: Trust
    size: int
    proofs: tuple[Proof, ...]


def found(folder: Path, database: str | None, papers: Sequence[Paper]) -> Founded:
    """Make a region in which all these registers are enrolled."""
    found_region(folder, REGION, database=database, demo=True)
    region = open_region(folder, clock=Clock(FOUNDED_MS))
    try:
        publish(region)
        first = _enrol(region, papers)
        head = region.ledger.head()
        keys, settings = demo_keys(), region.settings
        trust = Trust(settings.region, settings.origin, keys.ledger.public_key, keys.config.public_key, b"")
    finally:
        region.close()
    known = checkpoint.read(head.note, trust.origin, trust.ledger_key)
    proofs = [Proof(0, paper.enrolment.encode(), first + n, (), (), known) for n, paper in enumerate(papers)]
    return Founded(folder, database, trust, head.size, tuple(proofs))


def _enrol(region: Region, papers: Sequence[Paper]) -> int:
    """Append all certificates; the place of the first."""
    with storage.writing(region.engine) as db:
        first, _ = region.ledger.append(db, lambda _: [paper.enrolment.encode() for paper in papers])
        for leaf, paper in enumerate(papers, start=first):
            storage.add_chain(db, _row(paper, leaf))
    return first


def _row(paper: Paper, leaf: int) -> Chain:
    born = paper.enrolment
    return Chain(
        chain=born.chain,
        clinic=born.clinic,
        register=born.register,
        till=born.till,
        public_key=born.public_key,
        enrolment=born.hash,
        leaf=leaf,
        next_seq=0,
        head=born.hash,
        verified_seq=0,
        contact_ms=born.at_ms,
    )


# ── Processes ────────────────────────────────────────────────────────────────────────────────────


class Server:
    """One `serve` process on a port of its own, that can be killed and started again."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._log = log
        self._cpu_s = 0.0
        self.lives = 0
        self.seen_kb: list[int] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "sync.server", "serve", str(self._folder), "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self.lives += 1
        deadline_s = time.monotonic() + START_S
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline_s, "the server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """As the power cut would: no signal that it could handle."""
        self.look()
        self._cpu_s += proc.cpu_s(self._process.pid)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(timeout=START_S)

    def look(self) -> int:
        """How much memory it holds now (kB); kept in `seen_kb`."""
        self.seen_kb.append(proc.memory_kb(self._process.pid))
        return self.seen_kb[-1]

    @property
    def cpu_s(self) -> float:
        """The processor time of all its lives (seconds)."""
        return self._cpu_s + proc.cpu_s(self._process.pid)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
