"""A sale as the counter makes it, beside the least that could be as safe.

Ours: the rules price and judge it, the record is sealed, signed and committed, the second medium has it, and the
history knows it. The floor: one Ed25519 signature over bytes as long, and the same bytes committed twice by APSW alone,
to a journal and to a second file, as durably.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path

import apsw

from kassaapp.app import Desk
from sync.wire.demo_keys import demo_keys
from tests.benchmarks import decade, kept
from tests.benchmarks.measured import Mark, Row, Scale, in_turn, timed_ms

NAME = "sale"
MARK = Mark("≤ 1.5 × a signature and two bare commits", most=1.5)
_SAME_BYTES = 1_200
"""A record with its parts, sealed as they lie on disk."""


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each length of journal."""
    for size in scale.sizes:
        yield _row(scale, size)


def _row(scale: Scale, size: int) -> Row:
    with kept.copied(decade.desk_folder(size)) as folder, decade.opened(folder) as desk:
        floor = Floor(folder)
        ours, least = in_turn(scale.rounds, lambda: floor.acts(scale.repeats), lambda: _sales(desk, scale.repeats))
        floor.close()
    return Row(NAME, "one sale, durable twice", "ms", MARK, ours, least, size)


def _sales(desk: Desk, count: int) -> float:
    """The median of so many sales (ms)."""
    return statistics.median(decade.sell(desk, count))


class Floor:
    """Two files that APSW commits to, and a key."""

    def __init__(self, folder: Path) -> None:
        self._files = [_file(folder / name) for name in ("floor.db", "floor-shadow.db")]
        self._signer = demo_keys().root

    def acts(self, count: int) -> float:
        """The median of so many (ms)."""
        return statistics.median(timed_ms(self._act) for _ in range(count))

    def _act(self) -> None:
        raw = bytes(_SAME_BYTES)
        signed = self._signer.sign(raw) + raw
        for file in self._files:
            file.execute("BEGIN IMMEDIATE")
            file.execute("INSERT INTO record (env) VALUES (?)", (signed,))
            file.execute("COMMIT")

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()


def _file(path: Path) -> apsw.Connection:
    """As durable as a journal: EXCLUSIVE, WAL, EXTRA (RECORDS 2.5)."""
    file = apsw.Connection(str(path))
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=EXTRA", "fullfsync=ON"):
        file.execute(f"PRAGMA {pragma}").fetchall()
    file.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, env BLOB NOT NULL) STRICT")
    return file
