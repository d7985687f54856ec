"""What the region's watch remembers between two looks: DIR/watch.db, a file that may be deleted at any time.

Everything in it was added up from records and is added up again when it is gone. It lies beside the region, not in its
database: the watch needs no right to write there. No text of a record is kept but days and the words of figures.

mark      how far each chain has been read: the next seq, the hash of the record before, and the sums there
session   each session: its day, its first and its closing record, and the sums before it
finding   what did not follow;  price   what each article of a list has cost on each day of visit, and where first
"""

import json
from dataclasses import dataclass
from pathlib import Path

from sync.server.side_file import SideFile
from sync.server.sums import Found, Sums

VERSION = 3
FILE = "watch.db"
_TABLES = """
CREATE TABLE mark (chain BLOB PRIMARY KEY, next INT NOT NULL, head BLOB NOT NULL, sums TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE session (chain BLOB, first INT, number INT NOT NULL, day TEXT NOT NULL, last INT, before TEXT NOT NULL,
                      PRIMARY KEY (chain, first)) WITHOUT ROWID;
CREATE INDEX session_by_day ON session (chain, day);
CREATE TABLE finding (chain BLOB, seq INT, word TEXT, says TEXT, day TEXT NOT NULL,
                      PRIMARY KEY (chain, seq, word, says)) WITHOUT ROWID;
CREATE TABLE price (prices TEXT, article INT, day TEXT, price_ore INT, chain BLOB NOT NULL, seq INT NOT NULL,
                    PRIMARY KEY (prices, article, day, price_ore)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One session as it was found: `first` and `last` are the seqs of its opening and its close (None: open), `before`
    the sums when it began."""

    number: int
    day: str
    first: int
    last: int | None
    before: Sums


@dataclass(frozen=True, slots=True)
class Finding:
    """What did not follow, at which record, and on which day of that till."""

    chain: bytes
    seq: int
    day: str
    found: Found


class Memory:
    """The file. One process at a time writes; another waits. Raises OSError when the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, VERSION, _TABLES)
        self._db = self._file.db
        self.writing = self._file.writing
        self.close = self._file.close

    # ── How far a chain has been read ────────────────────────────────────────────────────────────

    def mark(self, chain: bytes) -> tuple[int, bytes, Sums]:
        """The next seq to read, the hash of the record before it, and the sums there."""
        row = self._db.execute("SELECT next, head, sums FROM mark WHERE chain = ?", (chain,)).fetchone()
        return (0, b"", Sums()) if row is None else (row[0], row[1], Sums.from_json(json.loads(row[2])))

    def move(self, chain: bytes, after: int, head: bytes, sums: Sums) -> None:
        """It has been read up to there."""
        row = (chain, after, head, json.dumps(sums.as_json()))
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?)", row)

    def forget(self, chain: bytes) -> None:
        """The chain is not the one that was read: begin anew with it."""
        for table in ("mark", "session", "finding", "price"):
            self._db.execute(f"DELETE FROM {table} WHERE chain = ?", (chain,))  # noqa: S608 - our own names

    # ── Sessions, findings, prices ───────────────────────────────────────────────────────────────

    def opened(self, chain: bytes, kept: Kept) -> None:
        """A session began."""
        row = (chain, kept.first, kept.number, kept.day, kept.last, json.dumps(kept.before.as_json()))
        self._db.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?)", row)

    def closed(self, chain: bytes, first: int, last: int) -> None:
        """It was closed with record `last`."""
        self._db.execute("UPDATE session SET last = ? WHERE chain = ? AND first = ?", (last, chain, first))

    def sessions(self, chain: bytes, day: str) -> list[Kept]:
        """The sessions of a chain that were opened on a day."""
        query = "SELECT number, day, first, last, before FROM session WHERE chain = ? AND day = ? ORDER BY first"
        return [_kept(*row) for row in self._db.execute(query, (chain, day))]

    def open_before(self, day: str) -> list[tuple[bytes, Kept]]:
        """Sessions that were opened before a day and have not been closed."""
        query = "SELECT chain, number, day, first, last, before FROM session WHERE last IS NULL AND day < ?"
        return [(row[0], _kept(*row[1:])) for row in self._db.execute(query, (day,))]

    def note(self, finding: Finding) -> None:
        """Remember a finding."""
        row = (finding.chain, finding.seq, finding.found.word, finding.found.says, finding.day)
        self._db.execute("INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?, ?)", row)

    def findings(self) -> list[Finding]:
        """All of them, by chain and place."""
        query = "SELECT chain, seq, day, word, says FROM finding ORDER BY chain, seq, word, says"
        return [Finding(chain, seq, day, Found(word, says)) for chain, seq, day, word, says in self._db.execute(query)]

    def findings_of(self, chain: bytes) -> list[Finding]:
        """Those of one chain, by place."""
        query = "SELECT chain, seq, day, word, says FROM finding WHERE chain = ? ORDER BY seq, word, says"
        rows = self._db.execute(query, (chain,))
        return [Finding(chain, seq, day, Found(word, says)) for chain, seq, day, word, says in rows]

    def priced(self, prices: str, article: int, day: str, price_ore: int, chain: bytes, seq: int) -> list[int]:
        """An article was sold for that on a day of visit. What else it has cost that day among the same `prices`."""
        row = (prices, article, day, price_ore, chain, seq)
        self._db.execute("INSERT OR IGNORE INTO price VALUES (?, ?, ?, ?, ?, ?)", row)
        query = "SELECT price_ore FROM price WHERE prices = ? AND article = ? AND day = ? AND price_ore <> ?"
        return [others for (others,) in self._db.execute(query, row[:4])]


def _kept(number: int, day: str, first: int, last: int | None, before: str) -> Kept:
    return Kept(number, day, first, last, Sums.from_json(json.loads(before)))
