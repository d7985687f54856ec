"""The real region of a history, on an SQLite file in memory: it serves, stops anywhere, comes back, and can be copied.

Everything between a request and an answer is `sync.server`'s own code. Only HTTP is left out (`line.py`).
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event

from sync.client.errors import Offline, Rejected
from sync.server.errors import LedgerBehind, Refused, Unavailable
from sync.server.ledger import Ledger
from sync.server.region import Region, open_region
from sync.server.signer import LedgerSigner
from sync.server.verify import verify_waiting
from sync.wire.demo_keys import demo_keys
from sync.wire.errors import WireError
from sync.wire.messages import Conflict
from sync.wire.record import read
from tests.simulation.truth import Truth, size_and_root

START_MS = 1_795_416_000_000
"""The morning of the demo clinic's Monday."""
RETRY_AFTER_S = 15.0
SLACK_MS = 2000
DATABASE = "region.db"
SIGNED_HEAD = "signed-head.json"
T = TypeVar("T")


class RegionStopped(Exception):
    """The region's machine lost its power in the middle of a statement."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A region as it lay on disk at one moment."""

    database: bytes
    signed_head: bytes


class Host:
    """Where regions run: one folder in memory, one engine, used by one history after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.statements_left: int | None = None
        opened = open_region(folder, clock=lambda: START_MS)
        self.settings, self.engine, self.nonces = opened.settings, opened.engine, opened.nonces
        event.listen(self.engine, "before_cursor_execute", self._count)
        event.listen(self.engine, "commit", self._count)

    def load(self, copy: Copy) -> None:
        """Put a region's files in place."""
        self.engine.dispose()
        (self.folder / DATABASE).write_bytes(copy.database)
        (self.folder / SIGNED_HEAD).write_bytes(copy.signed_head)

    def copied(self) -> Copy:
        """The region's files, as an operator's backup takes them."""
        return Copy((self.folder / DATABASE).read_bytes(), (self.folder / SIGNED_HEAD).read_bytes())

    def _count(self, *_: Any) -> None:
        if self.statements_left is not None:
            self.statements_left -= 1
            if self.statements_left < 0:
                raise RegionStopped


class Site:
    """One region during one history."""

    def __init__(self, host: Host, copy: Copy, truth: Truth, elapsed_s: Callable[[], float]) -> None:
        self.host = host
        self.truth = truth
        self.clock_off_ms = 0
        self.is_up = True
        self.stops = 0
        self.is_faulty = False
        """Whether its machine has stored something else than it was told to."""
        self.wrong: list[str] = []
        self._elapsed_s = elapsed_s
        self._leaves: list[bytes] = []
        host.statements_left = None
        host.load(copy)
        self._raw: sqlite3.Connection | None = None
        self.region = self._region()

    def now_ms(self) -> int:
        """The region's clock."""
        return START_MS + int(self._elapsed_s() * 1000) + self.clock_off_ms

    # ── serving ──────────────────────────────────────────────────────────────────────────────────────────────────

    def serve(self, request: Callable[[Region], T]) -> T:
        """The answer to a request. Raises Offline or Rejected, as a register's transport would."""
        try:
            if not self.is_up:
                raise Offline
            return request(self.region)
        except Refused as refused:
            raise Rejected(refused.status, refused.why, refused.index) from None
        except Unavailable:
            raise Offline(RETRY_AFTER_S) from None
        except WireError:
            if not self.is_faulty:
                raise
            raise Offline from None  # Status 500: what it has stored cannot be read.
        except RegionStopped:
            self.is_up = False
            self.stops += 1
            raise Offline from None
        finally:
            self.host.statements_left = None

    def stop_after(self, statements: int) -> None:
        """Lose power during the next request, before its statement number `statements`."""
        self.host.statements_left = statements

    def start(self) -> None:
        """Come back as `sync.server serve` does. A region that lacks what it has signed stays away."""
        self.region = self._region()
        try:
            self.region.ledger.check()
            verify_waiting(self.region)
        except LedgerBehind:
            self.is_up = False
        except WireError:
            assert self.is_faulty
            self.is_up = False
        except Unavailable:
            self.is_up = True  # Its clock is wrong: it answers 503 until that is put right.
        else:
            self.is_up = True

    def _region(self) -> Region:
        host = self.host
        signer = LedgerSigner(host.settings.signed_head, host.settings.origin, demo_keys().ledger)
        return Region(host.settings, host.engine, Ledger(host.engine, signer, self.now_ms), host.nonces, self.now_ms)

    # ── what lies there ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def raw(self) -> sqlite3.Connection:
        """The database, past all of the server's code."""
        if self._raw is None:
            self._raw = sqlite3.connect(self.host.folder / DATABASE, isolation_level=None)
        return self._raw

    def leaves(self) -> list[bytes]:
        """Every entry of the ledger, in order."""
        query = "SELECT entry FROM leaf WHERE idx >= ? ORDER BY idx"
        self._leaves += [entry for (entry,) in self.raw.execute(query, (len(self._leaves),))]
        return self._leaves

    def chain_hashes(self, chain: bytes) -> list[bytes]:
        """The hashes of a chain's records, in order."""
        return [row[0] for row in self.raw.execute("SELECT hash FROM record WHERE chain = ? ORDER BY seq", (chain,))]

    def main_hashes(self) -> set[bytes]:
        """Every record in a chain."""
        return {row[0] for row in self.raw.execute("SELECT hash FROM record")}

    def quarantined(self) -> set[bytes]:
        """Every record in quarantine."""
        return {row[0] for row in self.raw.execute("SELECT hash FROM quarantine")}

    def flags(self) -> set[tuple[bytes, str]]:
        """What has been flagged: chain and why."""
        return set(self.raw.execute("SELECT chain, why FROM flag"))

    def gaps(self) -> set[tuple[bytes, int]]:
        """Records that are flagged as missing: chain and number."""
        return set(self.raw.execute("SELECT chain, seq FROM flag WHERE why = 'gap'"))

    def saw(self, note: str) -> None:
        """Remember the tree that a signed head stands for. What is stored wrong must never be signed or proved."""
        self.truth.saw_signed(note, self.leaves())
        if self.is_faulty and size_and_root(note) not in self.truth.trees:
            self.wrong.append("missed: the region signs what it does not hold")

    @contextmanager
    def keeping_time(self) -> Iterator[None]:
        """Nothing may be appended in the block when the clock is behind the newest entry."""
        query = "SELECT size, at_ms FROM ledger"
        size, at_ms = self.raw.execute(query).fetchone()
        yield
        if self.now_ms() < at_ms - SLACK_MS and self.raw.execute(query).fetchone()[0] > size:
            self.wrong.append("missed: the region goes on although its clock went back")

    def check_stored(self, chain: bytes, first: int, end: int) -> None:
        """What a till has just sent, and is proved, lies there as it came."""
        if self.is_faulty:
            sent = "SELECT hash, env FROM record WHERE chain = ? AND seq >= ? AND seq < ?"
            rows = self.raw.execute(sent, (chain, first, end))
            if any(sha256(b"kassa/record/v1\0" + env[64:]).digest() != digest for digest, env in rows):
                self.wrong.append("missed: the region proves a record that it has not stored")

    def check_flagged(self, answer: Conflict) -> None:
        """Whoever is shown a fork is shown one that the region has flagged."""
        if answer.kind == "fork" and (read(answer.env).header.chain, "fork") not in self.flags():
            self.wrong.append("missed: a fork is not flagged when it is found")

    # ── copies ───────────────────────────────────────────────────────────────────────────────────────────────────

    def copied(self) -> Copy:
        """A backup."""
        return self.host.copied()

    def restore(self, copy: Copy, *, signer_too: bool) -> None:
        """Put a backup back. Whoever holds the ledger's key can make the signer forget as well."""
        head = copy.signed_head if signer_too else (self.host.folder / SIGNED_HEAD).read_bytes()
        self.close()
        self.host.load(Copy(copy.database, head))
        self.forget()

    def forget(self) -> None:
        """The store has been changed past the server's code: nothing of it is remembered."""
        self._leaves = []
        self.region = self._region()

    def close(self) -> None:
        """Let go of the files."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None


def new_host(folder: Path, copy: Copy, keys: Path) -> Host:
    """Another region with the same keys in a folder of its own: what each further face of a region needs."""
    folder.mkdir(parents=True)
    shutil.copytree(keys / "keys", folder / "keys")
    shutil.copy(keys / "settings.toml", folder / "settings.toml")
    (folder / DATABASE).write_bytes(copy.database)
    (folder / SIGNED_HEAD).write_bytes(copy.signed_head)
    return Host(folder)
