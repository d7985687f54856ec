"""What the records say of each patient's visits: DIR/patients.db, added up from them, and never a name or a number.

A patient is HMAC-SHA-256 of kind and number under a key of the region's own (`keys.patient_secret`), so the file alone
tells nothing about a person; days and sums stand there in clear. Only the tills H count: frikort is of the care that
the region's care choice covers. Reading a person's part needs the right to: on PostgreSQL `serve` has it, a report has
not.

mark       how far each chain has been read, and the hash of the record before
visit      one receipt: whose, of which machine's series, which day, what of it counts, and what the desk was shown
protected  patients whose identity some desk has recorded as protected
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, select

from sync.server import storage
from sync.server import tables as t
from sync.server.frikort import Visit
from sync.server.region import Region
from sync.server.side_file import SideFile
from sync.server.storage import Chain
from sync.wire import canonical
from sync.wire import record as rec
from sync.wire.errors import Malformed
from sync.wire.patient import PatientName

VERSION = 1
FILE = "patients.db"
TILL = "H"
CHUNK = 500
_KINDS = ("sale", "refund", "void", "deposit", "repayment")
_TABLES = """
CREATE TABLE mark (chain BLOB PRIMARY KEY, next INT NOT NULL, head BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE visit (patient BLOB, series BLOB, receipt INT, day TEXT NOT NULL, counts_ore INT NOT NULL,
                    shown_ore INT NOT NULL, shown_from TEXT, shown_until TEXT,
                    PRIMARY KEY (patient, series, receipt)) WITHOUT ROWID;
CREATE INDEX visit_by_receipt ON visit (series, receipt);
CREATE TABLE protected (patient BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_ADD = "INSERT OR IGNORE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_GIVE_BACK = "UPDATE visit SET counts_ore = max(counts_ore - ?, 0) WHERE series = ? AND receipt = ?"
_UNDO = "DELETE FROM visit WHERE series = ? AND receipt = ?"

Fields = Mapping[str, Any]


def patient_key(secret: bytes, who: PatientName) -> bytes:
    """What a patient is called under the region's key (32 bytes)."""
    return hmac.digest(secret, f"{who.kind}\0{who.value}".encode(), hashlib.sha256)


class Visits:
    """The file. Safe to use from several threads. Raises OSError when it cannot be used."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self._secret = secret
        self._lock = threading.Lock()
        self._file = SideFile(path, VERSION, _TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def key(self, who: PatientName) -> bytes:
        """What a patient is called here (32 bytes); nobody without the region's key can find out who it is."""
        return patient_key(self._secret, who)

    def of(self, patient: bytes) -> list[Visit]:
        """Every visit of a patient."""
        query = "SELECT day, counts_ore, shown_ore, shown_from, shown_until FROM visit WHERE patient = ?"
        with self._lock, self._file.ours():
            rows = self._file.db.execute(query, (patient,)).fetchall()
        return [_kept(*row) for row in rows]

    def is_protected(self, patient: bytes) -> bool:
        """Whether any desk has recorded that the patient's identity is protected."""
        with self._lock, self._file.ours():
            return self._file.db.execute("SELECT 1 FROM protected WHERE patient = ?", (patient,)).fetchone() is not None

    def catch_up(self, region: Region, most: int) -> bool:
        """Read what has come since the last time, at most about so many records. Whether that was all."""
        while behind := self._behind(region):
            for chain, series in behind:
                while read := self._read(region, chain, series):
                    most -= read
                    if most <= 0:
                        return False
        return True

    def _behind(self, region: Region) -> list[tuple[bytes, bytes]]:
        """The chains of which there is more than was read, or something else, each with the first of its series; a
        chain before those that succeed it."""
        with self._lock, self._file.ours():
            marks = {chain: (after, head) for chain, after, head in self._file.db.execute("SELECT * FROM mark")}
        with storage.reading(region.engine) as db:
            every = {one.chain: one for one in storage.all_chains(db)}
        if not marks.keys() <= every.keys():  # Another region's file.
            with self._writing():
                self._forget()
            marks = {}
        unread = [one for one in every.values() if one.till == TILL and not _is_read(one, marks.get(one.chain))]
        return [(one.chain, _first(every, one).chain) for one in sorted(unread, key=lambda one: one.leaf)]

    def _read(self, region: Region, chain: bytes, series: bytes) -> int:
        """Read on in a chain. How many records that was."""
        with self._writing() as file:
            row = file.execute("SELECT next, head FROM mark WHERE chain = ?", (chain,)).fetchone()
            first, head = (0, b"") if row is None else row
            with storage.reading(region.engine) as db:
                if first and storage.hashes(db, chain, first - 1, first) != [head]:
                    self._forget()
                    first = 0
                found = list(_records(db, chain, first))
            for _, kind, a, p in found:
                self._take(series, kind, a, p)
            if found:
                row = (chain, first + len(found), found[-1][0])
                file.execute("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)", row)
        return len(found)

    def _forget(self) -> None:
        """The records are not those that were read: begin anew."""
        for table in ("mark", "visit", "protected"):
            self._file.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def _take(self, series: bytes, kind: str, a: Fields, p: Fields) -> None:
        """Add a record. What is not as the format says adds nothing; the watch says so of it."""
        who = _who(p)
        if who is None:
            return
        patient = self.key(who)
        if p.get("protected") is True:
            self._file.db.execute("INSERT OR IGNORE INTO protected VALUES (?)", (patient,))
        visit, undone = _visit(a, p), a.get("sale_receipt")
        if kind == "sale" and visit is not None:
            self._file.db.execute(_ADD, (patient, series, *visit))
        elif kind == "refund" and type(undone) is int:
            self._file.db.execute(_GIVE_BACK, (_counts_ore(a), series, undone))
        elif kind == "void" and type(undone) is int:
            self._file.db.execute(_UNDO, (series, undone))

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._lock, self._file.writing():
            yield self._file.db


def _is_read(chain: Chain, mark: tuple[int, bytes] | None) -> bool:
    """Whether a chain ends where it was read to."""
    return chain.next_seq == 0 if mark is None else mark == (chain.next_seq, chain.head)


def _first(every: Mapping[bytes, Chain], chain: Chain) -> Chain:
    """The chain that began the series of numbers which this one goes on with."""
    while chain.parent is not None and chain.parent in every:
        chain = every[chain.parent]
    return chain


def _records(db: Connection, chain: bytes, first: int) -> Iterator[tuple[bytes, str, Fields, Fields]]:
    """Hash, kind and parts of the next records; no part of a kind that says nothing of visits."""
    r, a, p = t.record.c, t.part.alias(), t.part.alias()
    said = and_(a.c.chain == r.chain, a.c.seq == r.seq, a.c.name == "a")
    person = and_(p.c.chain == r.chain, p.c.seq == r.seq, p.c.name == "p")
    parts = t.record.outerjoin(a, said).outerjoin(p, person)
    query = select(r.hash, r.env, a.c.data, p.c.data).select_from(parts)
    for digest, env, accounting, personal in db.execute(
        query.where(r.chain == chain, r.seq >= first, r.seq < first + CHUNK).order_by(r.seq)
    ):
        kind = rec.read(env).header.kind
        tells = kind in _KINDS
        yield digest, kind, _object(accounting if tells else None), _object(personal if tells else None)


def _object(data: bytes | None) -> Fields:
    try:
        return {} if data is None else canonical.decode_object(data)
    except Malformed:
        return {}


def _who(p: Fields) -> PatientName | None:
    named = p.get("id")
    if not isinstance(named, Mapping):
        return None
    kind, value = named.get("kind"), named.get("value")
    return PatientName(kind, value) if isinstance(kind, str) and isinstance(value, str) else None


def _visit(a: Fields, p: Fields) -> tuple[int, str, int, int, str | None, str | None] | None:
    """A sale as it is kept: receipt, day, what counts, and what was shown."""
    receipt, day = a.get("receipt"), _said_day(a, "visit_date")
    if type(receipt) is not int or day is None:
        return None
    shown = p.get("paid_in_window_ore")
    shown_ore = shown if type(shown) is int and shown >= 0 else 0
    return receipt, day, _counts_ore(a), shown_ore, _said_day(p, "window_from"), _said_day(p, "frikort_until")


def _counts_ore(a: Fields) -> int:
    lines = a.get("lines")
    found = [one.get("counts_ore", 0) for one in lines if isinstance(one, Mapping)] if isinstance(lines, list) else []
    counts_ore = sum(ore for ore in found if type(ore) is int)
    return counts_ore if 0 <= counts_ore <= canonical.MAX_INTEGER else 0  # More is no money, and no integer to SQLite.


def _said_day(fields: Fields, name: str) -> str | None:
    said = fields.get(name)
    try:
        return date.fromisoformat(said).isoformat() if isinstance(said, str) else None
    except ValueError:
        return None


def _kept(day: str, counts_ore: int, shown_ore: int, shown_from: str | None, shown_until: str | None) -> Visit:
    return Visit(date.fromisoformat(day), counts_ore, shown_ore, _day(shown_from), _day(shown_until))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
