"""The region's ledger: one Merkle tree over everything it has accepted, and the proofs that it only grows.

Entries are appended inside the transaction that stores what they name. The head is signed only after the commit, and
only after everything since the last signed head has been read back and hashed anew from the stored bytes.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from sync.server import storage
from sync.server.errors import Busy, ClockWentBack, Damaged, LedgerBehind
from sync.server.signer import Head, Overtaken
from sync.server.turns import Turns
from sync.wire import tree
from sync.wire.checkpoint import Checkpoint
from sync.wire.tree import Nodes

CLOCK_SLACK_MS = 2000
_CHUNK = 4096
_ATTEMPTS = 10
_log = logging.getLogger("kassa.region")

Clock = Callable[[], int]
"""The region's clock: milliseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry, its place, and the proofs for it in a signed head."""

    entry: bytes
    index: int
    inclusion: tuple[bytes, ...]
    head: Checkpoint
    consistency: tuple[bytes, ...]


class HeadSigner(Protocol):
    """Signs the ledger's head: in this process (`LedgerSigner`), or in one of its own (`SignerLine`)."""

    def last(self) -> Head:
        """What was signed last."""

    def sign(self, after: Head, head: Head, consistency: Sequence[bytes]) -> Checkpoint:
        """Sign `head`, which continues `after` as `consistency` proves. Raises Overtaken or LedgerBehind."""


class Ledger:
    """Appends, signs and proves. Safe to use from several threads, and from several processes on one database."""

    def __init__(self, engine: Engine, signer: HeadSigner, clock: Clock) -> None:
        self._engine = engine
        self._signer = signer
        self._clock = clock
        self._signing = threading.Lock()
        self._newest: Checkpoint | None = None
        self.turns: Turns[Any] = Turns()

    def append(self, db: Connection, entries: Callable[[int], Sequence[bytes]]) -> tuple[int, int]:
        """Append what `entries` makes of the time (ms); returns the place of the first, and the time.

        The transaction then holds the ledger's lock: end it soon. Raises ClockWentBack or LedgerBehind.
        """
        signed = self._signer.last().size  # Before the lock: the signer may be another process.
        size, newest_ms = storage.ledger_head(db, lock=True)
        if size < signed:
            raise LedgerBehind(f"the database holds {size} entries, {signed} were signed")
        at_ms = self._time_after(newest_ms)
        added = entries(at_ms)
        hashes = [tree.leaf_hash(entry) for entry in added]
        nodes = storage.nodes(db, _edge(size))
        storage.add_leaves(db, size, added, tree.append(size, hashes, nodes), at_ms)
        return size, at_ms

    def prove(self, index: int, known_size: int) -> Proved:
        """Prove entry `index` in a signed head, and that the head continues the tree of `known_size`.

        When that tree is larger than this one there is no such proof, and the register will say so.
        """
        head = self.head(at_least=max(index + 1, known_size))
        with storage.reading(self._engine) as db:
            return proved(db, head, [(storage.leaves(db, index, index + 1)[0], index, known_size)])[0]

    def head(self, *, at_least: int | None = None) -> Checkpoint:
        """A signed head: the current one, or one signed a moment ago when it holds `at_least` entries."""
        with self._signing:
            newest = self._newest
            if newest is None or at_least is None or newest.size < at_least:
                newest = self._newest = self._sign()
            return newest

    def check(self) -> None:
        """Raise LedgerBehind unless the database holds at least what was signed. For the start of a server."""
        self.head()

    def _time_after(self, newest_ms: int) -> int:
        now_ms = self._clock()
        if now_ms < newest_ms - CLOCK_SLACK_MS:
            _log.error("the clock is %d ms behind the newest entry: nothing is signed", newest_ms - now_ms)
            raise ClockWentBack
        return max(now_ms, newest_ms)

    def _sign(self) -> Checkpoint:
        for _ in range(_ATTEMPTS):
            last = self._signer.last()
            head, consistency = self._read_back(last)
            try:
                return self._signer.sign(last, head, consistency)
            except Overtaken:
                continue
        raise Busy

    def _read_back(self, last: Head) -> tuple[Head, list[bytes]]:
        """The committed head and the proof that it continues `last`, from stored bytes only."""
        with storage.reading(self._engine) as db:
            size, newest_ms = storage.ledger_head(db)
            self._time_after(newest_ms)
            if size < last.size:
                _log.error("the database holds %d entries but %d were signed", size, last.size)
                raise LedgerBehind(f"the database holds {size} entries, {last.size} were signed")
            for first in range(last.size, size, _CHUNK):
                _check_stored(db, first, min(first + _CHUNK, size))
            needed = tree.places(lambda nodes: (tree.root(size, nodes), tree.consistency(last.size, size, nodes)))
            nodes = storage.nodes(db, needed)
        return Head(size, tree.root(size, nodes)), tree.consistency(last.size, size, nodes)


def proved(db: Connection, head: Checkpoint, wanted: Sequence[tuple[bytes, int, int]]) -> list[Proved]:
    """For each entry, its place and the size of a tree: the proof of the entry in `head`, which continues that tree."""

    def proof(nodes: Nodes, entry: bytes, index: int, known_size: int) -> Proved:
        known = known_size if known_size <= head.size else 0
        inclusion, consistency = tree.inclusion(index, head.size, nodes), tree.consistency(known, head.size, nodes)
        return Proved(entry, index, tuple(inclusion), head, tuple(consistency))

    nodes = storage.nodes(db, tree.places(lambda nodes: [proof(nodes, *one) for one in wanted]))
    return [proof(nodes, *one) for one in wanted]


def _check_stored(db: Connection, first: int, end: int) -> None:
    """Raise Damaged unless entries first..end-1, hashed anew, give the nodes that were stored with them.

    One bit that flipped between computing a hash and storing the entry ended a certificate log in 2022.
    """
    hashes = [tree.leaf_hash(entry) for entry in storage.leaves(db, first, end)]
    stored = storage.nodes(db, [*_edge(first), *_new(first, end)])
    computed = tree.append(first, hashes, stored)
    if len(hashes) != end - first or any(stored(place) != digest for place, digest in computed.items()):
        _log.error("entries %d to %d are not what was stored", first, end - 1)
        raise Damaged


def _new(first: int, end: int) -> set[tree.Place]:
    """The subtrees that become complete when leaves first..end-1 are added."""
    return {(level, index) for level in range(end.bit_length()) for index in range(first >> level, end >> level)}


def _edge(size: int) -> list[tree.Place]:
    """The complete subtrees of a tree of `size` leaves: all that an append can need."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]
