"""The journal of one till: append an event and it has happened; open it and every record has been checked.

One connection, one lock, held for the length of one append or one batch (HOUSE 4.5). `append` returns when the record
is durable in the file and written to the second medium; nothing may be printed or shown as paid before that.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

import apsw

from kassaapp.domain.events import Event, kind_of
from kassaapp.journal import check, database, payload, rows, shadow
from kassaapp.journal.configurations import Configurations
from kassaapp.journal.sealing import Sealer
from kassaapp.journal.second_medium import SecondMedium
from kassaapp.journal.signing_key import SECRET_BYTES, Custody
from kassaapp.trouble import DiskFailed, JournalDamaged, JournalMissing, KeyMissing
from sync.client.engine import Proof
from sync.client.enrol import NewRegister
from sync.wire import canonical, config, record
from sync.wire.config import Trust
from sync.wire.entry import Enrolment, read_enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import SALT_BYTES, Header, Part
from sync.wire.signature import KEY_BYTES, Signer

_CHAIN = 1
_HEARTBEAT_KEPT_S = 6 * 3600


@dataclass(frozen=True, slots=True)
class Secrets:
    """The till's signing key and the key its personal parts are sealed with."""

    signer: Signer
    sealing_key: bytes

    @classmethod
    def made(cls, random: Callable[[int], bytes] = secrets.token_bytes) -> tuple["Secrets", bytes]:
        """New secrets, and the bytes to give into custody."""
        kept = random(SECRET_BYTES)
        return cls.of(kept), kept

    @classmethod
    def of(cls, kept: bytes) -> "Secrets":
        """The secrets from what custody kept."""
        return cls(Signer(kept[:KEY_BYTES]), kept[KEY_BYTES:])


def custody_name(public_key: bytes) -> str:
    """Under which name the secrets of this key are in custody."""
    return canonical.to_text(public_key)[:22]


E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Written(Generic[E_co]):
    """An event as it was recorded. `env` is the signed header, which the receipt's QR carries."""

    event: E_co
    seq: int
    hash: bytes
    env: bytes


class Journal:
    """One till's open journal. Fits `sync.client.engine.Records`. Made by `create` or `open`."""

    def __init__(
        self,
        connection: apsw.Connection,
        enrolment: Enrolment,
        trust: Trust,
        own: Secrets,
        second_medium: Path | None,
    ) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.enrolment = enrolment
        self.trust = trust
        self._signer = own.signer
        self._sealer = Sealer(own.sealing_key, trust.recovery_key, secrets.token_bytes)
        self.configurations = Configurations(connection, self._lock, self._sealer)
        self._hashes: list[bytes] = []
        self._proof_kept_s = time.monotonic()
        self._proof = rows.newest_proof(connection, _CHAIN, trust)
        self._second_medium = SecondMedium(second_medium, enrolment.chain)
        self.restored = 0
        self._broken = False

    @classmethod
    def create(cls, path: Path, register: NewRegister, own: Secrets, *, second_medium: Path | None) -> "Journal":
        """Begin the journal of a newly enrolled till, with what the region gave. It holds no record yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = database.create(path)
        enrolment = register.enrolment
        with database.translated_errors(), connection:
            connection.execute(
                "INSERT INTO chain (n, id, public_key, certificate) VALUES (?, ?, ?, ?)",
                (_CHAIN, enrolment.chain, enrolment.public_key, enrolment.encode()),
            )
            sealer = Sealer(own.sealing_key, register.trust.recovery_key, secrets.token_bytes)
            for kind, frames in (("trust", register.trust_chain), ("config", register.configuration)):
                for frame in frames:
                    rows.insert_region(connection, kind, frame, rows.stored(frame, sealer))
            rows.insert_proof(connection, _CHAIN, register.proof)
        journal = cls(connection, enrolment, register.trust, own, second_medium)
        journal._attach_second_medium()
        return journal

    @classmethod
    def open(
        cls, path: Path, custody: Custody, root_key: bytes, *, second_medium: Callable[[str], Path]
    ) -> tuple["Journal", list[Written[Event]]]:
        """Open and check a journal; return it with every event there is, in order. `second_medium` says where the
        shadow of a register with that name lies.

        Raises JournalMissing, JournalInUse, JournalUnreadable, JournalDamaged, KeyMissing, NoKeyring, DiskFailed.
        """
        if not path.exists():
            raise JournalMissing
        connection = database.open_existing(path)
        try:
            with database.translated_errors():
                database.check_pages(connection)
                enrolment = _certificate(connection)
                own = Secrets.of(custody.fetch(custody_name(enrolment.public_key)))
                if own.signer.public_key != enrolment.public_key:
                    raise KeyMissing("the key belongs to another till")
                trust = _trust(connection, root_key)
                journal = cls(connection, enrolment, trust, own, second_medium(enrolment.register))
                written = journal._check()
                written += journal._restore()
                journal._check_proved()
            journal._attach_second_medium()
        except BaseException:
            connection.close()
            raise
        return journal, written

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def append(self, event: E) -> Written[E]:
        """Sign and store an event. When this returns it has happened; when it raises, it has not.

        Raises DiskFull (nothing stored, try again later), DiskFailed (end the program).
        """
        return self.append_all([event])[0]

    def append_all(self, events: Sequence[E]) -> list[Written[E]]:
        """Sign and store events that belong together: all of them have happened, or none. Raises as `append`."""
        with self._lock:
            if self._broken:
                raise DiskFailed("the disk failed earlier")
            frames: list[Frame] = []
            for event in events:
                frames.append(self._sealed(event, frames))
            on_disk = [rows.stored(frame, self._sealer) for frame in frames]
            try:
                with database.translated_errors():
                    self._insert(frames, on_disk)
            except (DiskFailed, JournalDamaged):
                self._broken = True
                raise
            # The records are durable from here on: what follows may be missing after a crash, and is then added again.
            self._hashes.extend(frame.record.hash for frame in frames)
            for record_on_disk in on_disk:
                self._second_medium.append(record_on_disk)
        return [
            Written(event, frame.record.header.seq, frame.record.hash, frame.record.env)
            for event, frame in zip(events, frames, strict=True)
        ]

    def _insert(self, frames: Sequence[Frame], on_disk: Sequence[shadow.StoredRecord]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for frame, record_on_disk in zip(frames, on_disk, strict=True):
                rows.insert_record(self._connection, _CHAIN, frame, record_on_disk)
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(apsw.Error):  # SQLite may have rolled back already.
                self._connection.execute("ROLLBACK")
            raise

    def _sealed(self, event: Event, before: Sequence[Frame]) -> Frame:
        """The event's record, after all there are and those of `before`."""
        prev = before[-1].record.hash if before else self._hashes[-1] if self._hashes else self.enrolment.hash
        parts = tuple(
            Part(name, secrets.token_bytes(SALT_BYTES), canonical.encode(content))
            for name, content in payload.contents(event).items()
        )
        assert self._proof is not None
        header = Header(
            chain=self.enrolment.chain,
            seq=len(self._hashes) + len(before),
            prev=prev,
            kind=kind_of(event),
            parts={part.name: part.commitment for part in parts},
            ack=self._proof.checkpoint.hash,
            cfg=self.configurations.in_force_hash(),
        )
        return Frame(record.seal(header, self._signer), parts)

    # ── for the sync thread: sync.client.engine.Records ──────────────────────────────────────────────────────────

    def count(self) -> int:
        """How many records there are."""
        return len(self._hashes)

    def hash_of(self, seq: int) -> bytes:
        """The hash of record `seq`."""
        return self._hashes[seq]

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        """Records `first`… with all their parts, at most so many."""
        with self._lock, database.translated_errors():
            on_disk = rows.records(self._connection, _CHAIN, first, at_most)
        return [rows.opened(stored, self._sealer) for _, stored in on_disk]

    def proof(self) -> Proof | None:
        """The newest proof from the region."""
        return self._proof

    def keep(self, proof: Proof) -> None:
        """Keep a checked proof, durably."""
        with self._lock, database.translated_errors(), self._connection:
            if self._is_mere_heartbeat(proof):
                return
            self._proof_kept_s = time.monotonic()
            rows.insert_proof(self._connection, _CHAIN, proof)
            self._proof = proof

    def _is_mere_heartbeat(self, proof: Proof) -> bool:
        """Whether a proof says nothing new about our records: such a one is kept a few times a day, as a newer head of
        the ledger, and not every five minutes for ten years."""
        same = self._proof is not None and proof.next == self._proof.next
        return same and time.monotonic() - self._proof_kept_s < _HEARTBEAT_KEPT_S

    @property
    def second_medium_lost(self) -> bool:
        """Whether the second medium could not be written: a warning, never a stop."""
        return self._second_medium.is_lost

    def unsent(self) -> int:
        """How many records the region has not yet proved to hold."""
        return len(self._hashes) - (self._proof.next if self._proof is not None else 0)

    @property
    def signer(self) -> Signer:
        """Signs records and requests."""
        return self._signer

    # ── opening and closing ──────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Let go of the file. A clean close leaves one file and no write-ahead log."""
        with self._lock:
            self._second_medium.close()
            self._connection.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _check(self) -> list[Written[Event]]:
        written: list[Written[Event]] = []
        proved_next = self._proof.next if self._proof is not None else 0
        frames = check.checked_frames(self._connection, _CHAIN, self.enrolment, self._sealer, proved_next=proved_next)
        for frame in frames:
            event = _event(frame)
            written.append(Written(event, frame.record.header.seq, frame.record.hash, frame.record.env))
            self._hashes.append(frame.record.hash)
        return written

    def _restore(self) -> list[Written[Event]]:
        """Fetch records that only the second medium has, byte for byte: they carry our own signature (RECORDS 2.2).

        Raises JournalDamaged when it holds another record at one of our numbers.
        """
        held = self._second_medium.held()
        common = min(len(held), len(self._hashes))
        if common and record.read(held[common - 1].env).hash != self._hashes[common - 1]:
            raise JournalDamaged(common - 1, "the second medium has another record")
        restored: list[Written[Event]] = []
        for on_disk in held[common:]:
            frame = self._checked_own(on_disk)
            self._insert([frame], [on_disk])
            self._hashes.append(frame.record.hash)
            restored.append(Written(_event(frame), frame.record.header.seq, frame.record.hash, frame.record.env))
        self.restored = len(restored)
        return restored

    def _checked_own(self, on_disk: shadow.StoredRecord) -> Frame:
        """A record from outside that must be our next. Raises JournalDamaged."""
        seq = len(self._hashes)
        try:
            frame = rows.opened(on_disk, self._sealer)
            prev = self._hashes[-1] if self._hashes else self.enrolment.hash
            record.check_link(frame.record, chain=self.enrolment.chain, seq=seq, prev=prev)
            record.check_signature(frame.record, self.enrolment.public_key)
            record.check_parts(frame.record, frame.parts)
        except WireError as error:
            raise JournalDamaged(seq, f"second medium: {error}") from None
        return frame

    def _check_proved(self) -> None:
        """The region has proved that it holds our records; none of those may be missing here."""
        if self._proof is not None and len(self._hashes) < self._proof.next:
            raise JournalDamaged(len(self._hashes), "the region holds records that are missing here")

    def _attach_second_medium(self) -> None:
        """Bring the second medium up to date with the journal."""

        def records_from(seq: int) -> list[shadow.StoredRecord]:
            return [on_disk for _, on_disk in rows.records(self._connection, _CHAIN, seq, self.count() - seq)]

        self._second_medium.attach(self.count(), records_from)


def _certificate(connection: apsw.Connection) -> Enrolment:
    row = connection.execute("SELECT certificate FROM chain WHERE n = ?", (_CHAIN,)).fetchone()
    if row is None:
        raise JournalMissing
    try:
        return read_enrolment(row[0])
    except WireError as error:
        raise JournalDamaged(None, f"certificate: {error}") from None


def _trust(connection: apsw.Connection, root_key: bytes) -> Trust:
    frames = [
        Frame(record.read(on_disk.env), tuple(_plain(part) for part in on_disk.parts))
        for _, on_disk in rows.region(connection, config.TRUST_KIND)
    ]
    try:
        return config.read_trust(frames, root_key)
    except WireError as error:
        raise JournalDamaged(None, f"trust: {error}") from None


def _plain(part: shadow.StoredPart) -> Part:
    return Part(part.name, part.body[:SALT_BYTES], part.body[SALT_BYTES:])


def _event(frame: Frame) -> Event:
    try:
        return payload.event_of(frame.record.header.kind, {part.name: part.content() for part in frame.parts})
    except WireError as error:
        raise JournalDamaged(frame.record.header.seq, str(error)) from None
