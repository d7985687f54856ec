"""The auditor's recomputation: every leaf, hash, link, commitment, signature and root, from the stored bytes alone.

Shares nothing with the code that stored them but `sync.wire`, so that one mistake cannot hide another. Runs beside a
serving region: what is committed while it runs may be counted or not, but is never taken for a finding.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, create_engine, text

from sync.server import settings
from sync.server.heads import Heads
from sync.server.settings import Settings
from sync.server.signer.line import last_signed
from sync.wire import canonical, config, entry, tree
from sync.wire import record as rec
from sync.wire.config import Trust
from sync.wire.entry import Closing, Enrolment
from sync.wire.errors import Malformed, WireError
from sync.wire.frame import Frame
from sync.wire.record import Part, Record

_CHUNK = 2048


@dataclass(slots=True)
class Report:
    """What was counted and what was found. A finding is one line with numbers in it and no personal data."""

    counted: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def found(self, finding: str) -> None:
        """Note a finding."""
        self.findings.append(finding)


@dataclass(slots=True)
class Entries:
    """What the ledger says: the hash that each `rec` and `cfg` entry names, each certificate and each chain's end, by
    place; and every head that it had on the way."""

    heads: Heads
    are_sound: bool = True

    records: dict[int, bytes] = field(default_factory=dict)
    configs: dict[int, bytes] = field(default_factory=dict)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    closings: dict[int, Closing] = field(default_factory=dict)


def audit(folder: Path, database: str | None = None) -> Report:
    """Recompute a region. Raises FileNotFoundError when there is none."""
    chosen = settings.load(folder, database)
    report = Report()
    isolation = _one_moment(chosen.database)
    engine = create_engine(chosen.database, isolation_level=isolation, hide_parameters=True)
    try:
        with engine.connect() as db, db.begin():
            if engine.dialect.name == "sqlite":
                db.exec_driver_sql("BEGIN")
            _audit(db, chosen, report)
    finally:
        engine.dispose()
    return report


def _one_moment(url: str) -> Any:
    """The isolation in which a long reading sees one moment. On SQLite the reading begins its own transaction."""
    return "AUTOCOMMIT" if url.startswith("sqlite") else "REPEATABLE READ"


def _audit(db: Connection, chosen: Settings, report: Report) -> None:
    entries = _Ledger(db, chosen, report).check()
    _check_configuration(db, chosen, entries, report)
    _check_chains(db, entries, report)
    _check_succession(db, entries, report)


# ── The ledger ───────────────────────────────────────────────────────────────────────────────────


class _Ledger:
    """Walks the entries once, from the first to the last."""

    def __init__(self, db: Connection, chosen: Settings, report: Report) -> None:
        self._db = db
        self._report = report
        self._edge: dict[tree.Place, bytes] = {}
        self._newest_ms = 0
        self._entries = Entries(Heads(chosen.origin))
        signed = last_signed(chosen)
        self._signed_size, self._signed_root = signed.size, signed.root

    def check(self) -> Entries:
        """Recompute the tree and compare it with what is stored and what was signed."""
        size = int(self._db.execute(text("SELECT size FROM ledger")).scalar_one())
        nodes = 0
        for first in range(0, size, _CHUNK):
            nodes += self._check_chunk(first, min(first + _CHUNK, size))
        self._count("leaf", size)
        self._count("node", nodes)
        self._check_signed(size)
        self._report.counted["entries"] = size
        self._entries.are_sound = not self._report.findings
        return self._entries

    def _check_chunk(self, first: int, end: int) -> int:
        """Leaves first..end-1. Split where the signed head lies, so that its root can be taken on the way."""
        if first < self._signed_size < end:
            return self._check_chunk(first, self._signed_size) + self._check_chunk(self._signed_size, end)
        hashes = []
        for idx, raw in enumerate(self._leaves(first, end), start=first):
            hashes.append(tree.leaf_hash(raw))
            self._entries.heads.grow(hashes[-1])
            self._read_entry(idx, raw)
        computed = tree.append(first, hashes, self._edge.__getitem__)
        self._compare(computed, first, end)
        known = self._edge | computed
        self._edge = {place: known[place] for place in _edge_places(end)}
        if end == self._signed_size and tree.root(end, self._edge.__getitem__) != self._signed_root:
            self._report.found(f"ledger: the root of {end} entries is not the one that was signed")
        return len(computed)

    def _leaves(self, first: int, end: int) -> Iterator[bytes]:
        """The entries, with an empty one in the place of any that is missing."""
        rows = self._db.execute(
            text("SELECT idx, entry FROM leaf WHERE idx >= :first AND idx < :end"), {"first": first, "end": end}
        )
        found = {idx: bytes(raw) for idx, raw in rows}
        for idx in range(first, end):
            if idx not in found:
                self._report.found(f"entry {idx} is missing")
            yield found.get(idx, b"")

    def _compare(self, computed: dict[tree.Place, bytes], first: int, end: int) -> None:
        stored: dict[tree.Place, bytes] = {}
        query = text("SELECT lvl, idx, hash FROM node WHERE lvl = :lvl AND idx >= :first AND idx < :end")
        for level in range(end.bit_length()):
            bounds = {"lvl": level, "first": first >> level, "end": end >> level}
            stored |= {(lvl, idx): bytes(digest) for lvl, idx, digest in self._db.execute(query, bounds)}
        for place, digest in computed.items():
            if stored.get(place) != digest:
                self._report.found(f"node {place[0]}/{place[1]} is not the hash of what is below it")

    def _read_entry(self, idx: int, raw: bytes) -> None:
        try:
            value = canonical.decode_object(raw)
            at_ms = value.get("at")
            match value.get("k"):
                case "rec":
                    self._entries.records[idx] = entry.named_record(raw)
                case "cfg":
                    self._entries.configs[idx] = canonical.from_text(value.get("h"), rec.HASH_BYTES)
                case "enrol":
                    self._entries.enrolments[idx] = entry.read_enrolment(raw)
                case "close":
                    self._entries.closings[idx] = entry.read_closing(raw)
                case _:
                    raise Malformed("unknown entry")
        except WireError as mistake:
            self._report.found(f"entry {idx}: {mistake}")
            return
        if not isinstance(at_ms, int) or at_ms < self._newest_ms:
            self._report.found(f"entry {idx}: time went back")
        else:
            self._newest_ms = at_ms

    def _count(self, table: str, expected: int) -> None:
        stored = self._db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own names
        if stored != expected:
            self._report.found(f"table {table} holds {stored} rows where {expected} should be")

    def _check_signed(self, size: int) -> None:
        if self._signed_size > size:
            self._report.found(f"ledger: {self._signed_size} entries were signed, {size} are here")


def _edge_places(size: int) -> list[tree.Place]:
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


# ── Trust and configuration ──────────────────────────────────────────────────────────────────────


def _check_configuration(db: Connection, chosen: Settings, entries: Entries, report: Report) -> None:
    named = dict(entries.configs)
    try:
        trust = config.read_trust([frame for frame, _ in _config_frames(db, "trust")], chosen.root_key)
        _check_config_chain(db, trust, named, report)
    except WireError as mistake:
        report.found(f"configuration: {mistake}")
    for idx in named:
        report.found(f"entry {idx} names a configuration record that is not here")


def _check_config_chain(db: Connection, trust: Trust, named: dict[int, bytes], report: Report) -> None:
    before: Record | None = None
    frames = _config_frames(db, "config")
    for frame, leaf in frames:
        seq = frame.record.header.seq
        if named.pop(leaf, None) != frame.record.hash:
            report.found(f"configuration {seq} is not in the ledger where it should be")
        config.check_configuration([frame], trust, after=before)
        rec.check_parts(frame.record, frame.parts)
        before = frame.record
    report.counted["configurations"] = len(frames)


def _config_frames(db: Connection, kind: str) -> list[tuple[Frame, int]]:
    parts: dict[int, list[Part]] = {}
    for seq, name, salt, data in db.execute(
        text("SELECT seq, name, salt, data FROM config_part WHERE kind = :kind"), {"kind": kind}
    ):
        parts.setdefault(seq, []).append(Part(name, bytes(salt), bytes(data)))
    rows = db.execute(text("SELECT seq, env, leaf FROM config WHERE kind = :kind ORDER BY seq"), {"kind": kind})
    return [(Frame(rec.read(bytes(env)), tuple(parts.get(seq, ()))), leaf) for seq, env, leaf in rows]


# ── The registers' chains ────────────────────────────────────────────────────────────────────────


def _check_chains(db: Connection, entries: Entries, report: Report) -> None:
    records = 0
    certificates = dict(entries.enrolments)
    for row in db.execute(text("SELECT * FROM chain ORDER BY leaf")).all():
        certificate = certificates.pop(row.leaf, None)
        name = canonical.to_text(bytes(row.chain))
        if certificate is None or not _is_of(certificate, row):
            report.found(f"chain {name}: its certificate is not in the ledger where it should be")
            continue
        records += _Chain(db, certificate, name, entries, report).check(row)
    for idx in certificates:
        report.found(f"entry {idx} is a certificate of a chain that is not here")
    for idx in entries.records:
        report.found(f"entry {idx} names a record that is not here")
    report.counted["records"] = records


def _is_of(certificate: Enrolment, row: Row[Any]) -> bool:
    stated = (certificate.chain, certificate.clinic, certificate.register, certificate.till, certificate.public_key)
    stored = (bytes(row.chain), row.clinic, row.register, row.till, bytes(row.public_key))
    return stated == stored and certificate.hash == bytes(row.enrolment)


class _Chain:
    """Walks one chain. What the ledger's entries name and is accounted for is taken out of them."""

    def __init__(self, db: Connection, certificate: Enrolment, name: str, entries: Entries, report: Report):
        self._db = db
        self._certificate = certificate
        self._name = name
        self._named = entries.records
        self._heads = entries.heads if entries.are_sound else None
        self._report = report

    def check(self, row: Row[Any]) -> int:
        """Check every record; returns how many there are."""
        seq, prev = 0, self._certificate.hash
        while chunk := self._rows(seq):
            parts = self._parts(seq)
            for one in chunk:
                record = self._read(one)
                if record is not None:
                    self._check_record(Frame(record, tuple(parts.get(one.seq, ()))), one.leaf, seq, prev)
                    prev = record.hash
                seq = one.seq + 1
        if (row.next_seq, bytes(row.head)) != (seq, prev):
            self._found(f"its head is said to be before {row.next_seq}, but the records end before {seq}")
        return seq

    def _check_record(self, frame: Frame, leaf: int, seq: int, prev: bytes) -> None:
        record = frame.record
        if self._named.pop(leaf, None) != record.hash:
            self._found(f"record {record.header.seq} is not in the ledger where it should be")
        self._check_ack(record)
        self._try(lambda: rec.check_link(record, chain=self._certificate.chain, seq=seq, prev=prev))
        self._try(lambda: rec.check_parts(record, frame.parts))
        self._try(lambda: rec.check_signature(record, self._certificate.public_key))

    def _check_ack(self, record: Record) -> None:
        """The head that the register knew is one of this ledger. One that was changed has no heads to compare with."""
        ack = record.header.ack
        if ack is not None and self._heads is not None and ack not in self._heads:
            self._found(f"record {record.header.seq} names a head that this ledger never had")

    def _try(self, check: Callable[[], None]) -> None:
        try:
            check()
        except WireError as mistake:
            self._found(str(mistake))

    def _rows(self, first: int) -> Sequence[Row[Any]]:
        query = text("SELECT * FROM record WHERE chain = :chain AND seq >= :first AND seq < :end ORDER BY seq")
        return self._db.execute(query, self._bounds(first)).all()

    def _parts(self, first: int) -> dict[int, list[Part]]:
        query = text("SELECT seq, name, salt, data FROM part WHERE chain = :chain AND seq >= :first AND seq < :end")
        parts: dict[int, list[Part]] = {}
        for seq, name, salt, data in self._db.execute(query, self._bounds(first)):
            parts.setdefault(seq, []).append(Part(name, bytes(salt), bytes(data)))
        return parts

    def _bounds(self, first: int) -> dict[str, object]:
        return {"chain": self._certificate.chain, "first": first, "end": first + _CHUNK}

    def _read(self, row: Row[Any]) -> Record | None:
        try:
            record = rec.read(bytes(row.env))
        except WireError as mistake:
            self._found(f"record {row.seq} cannot be read: {mistake}")
            return None
        if record.hash != bytes(row.hash) or record.header.seq != row.seq:
            self._found(f"record {row.seq} is stored under another name than its own")
        return record

    def _found(self, finding: str) -> None:
        self._report.found(f"chain {self._name}: {finding}")


# ── Chains that have ended, and those that go on after them ──────────────────────────────────────


def _check_succession(db: Connection, entries: Entries, report: Report) -> None:
    ended: dict[bytes, int] = {}
    for idx, closing in entries.closings.items():
        chain = db.execute(text("SELECT * FROM chain WHERE chain = :chain"), {"chain": closing.chain}).first()
        if chain is None or chain.leaf > idx:
            report.found(f"entry {idx} ends a chain that is not here")
        elif closing.chain in ended:
            report.found(f"entry {idx} ends a chain that had ended")
        elif _head_before(db, chain, idx) != (closing.next, closing.head):
            report.found(f"entry {idx} ends a chain elsewhere than where it was")
        ended.setdefault(closing.chain, closing.at_ms)
    for chain in db.execute(text("SELECT * FROM chain ORDER BY leaf")).all():
        if chain.closed_ms != ended.get(bytes(chain.chain)):
            report.found(f"chain {canonical.to_text(bytes(chain.chain))}: its end is not as the ledger says")
        _check_parent(db, chain, entries.enrolments.get(chain.leaf), report)


def _check_parent(db: Connection, chain: Row[Any], certificate: Enrolment | None, report: Report) -> None:
    """The chain before is the one whose newest record, at the time, the certificate names."""
    before = db.execute(text("SELECT * FROM chain WHERE chain = :chain"), {"chain": chain.parent}).first()
    head = None if before is None else _head_before(db, before, chain.leaf)[1]
    if certificate is not None and certificate.parent != head:
        report.found(f"chain {canonical.to_text(bytes(chain.chain))}: it succeeds another than its certificate says")


def _head_before(db: Connection, chain: Row[Any], idx: int) -> tuple[int, bytes]:
    """How many records of a chain stand before entry `idx`, and the hash of the newest (of its certificate: none)."""
    query = text("SELECT seq, hash FROM record WHERE chain = :chain AND leaf < :idx ORDER BY seq DESC LIMIT 1")
    newest = db.execute(query, {"chain": chain.chain, "idx": idx}).first()
    return (0, bytes(chain.enrolment)) if newest is None else (newest.seq + 1, bytes(newest.hash))
