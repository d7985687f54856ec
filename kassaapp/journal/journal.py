"""The journal of one till: append an event and it has happened; open it and every record has been checked.

One connection, one lock, held for the length of one append or one batch (HOUSE 4.5). `append` returns when the record
is durable in the file and written to the second medium; nothing may be printed or shown as paid before that.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

import apsw

from kassaapp.domain.events import Event, ProgramStarted, SessionClosed
from kassaapp.journal import asides, check, database, rows, shadow
from kassaapp.journal.chain import Chain
from kassaapp.journal.configurations import Configurations
from kassaapp.journal.sealing import Sealer
from kassaapp.journal.second_medium import SecondMedium
from kassaapp.journal.signing_key import Custody, Mark
from kassaapp.journal.till_secrets import Secrets, custody_name, fetched, write_certificates
from kassaapp.journal.whole import Whole, event_of
from kassaapp.trouble import JournalDamaged, JournalMissing
from sync.client.engine import Proof
from sync.client.enrol import NewRegister
from sync.wire import config, record
from sync.wire.config import Trust
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.signature import SIGNATURE_BYTES, Signer

_FIRST = 1
_HEARTBEAT_KEPT_S = 6 * 3600


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
        chains: Sequence[Enrolment],
        trust: Trust,
        own: Secrets,
        second_medium: Callable[[str], Path | None],
    ) -> None:
        self._file = database.File(connection)
        self._appending = threading.Lock()
        self.chains = list(chains)
        self._chain = Chain(len(chains), chains[-1])
        self.trust = trust
        self.secrets = own
        self._sealer = Sealer(own.sealing_key, trust.recovery_key, secrets.token_bytes)
        self.configurations = Configurations(self._file, self._sealer, trust, self.enrolment.clinic)
        self._proof_kept_s = time.monotonic()
        self._proof = rows.newest_proof(connection, self._chain.n, trust)
        self.second_medium_of = second_medium
        self._second_medium = SecondMedium(second_medium(self.enrolment.register), self.enrolment.chain)
        self._custody: Custody | None = None
        self._marking = False
        self.restored = 0

    @property
    def enrolment(self) -> Enrolment:
        """The certificate of the chain that is written to."""
        return self.chains[-1]

    @classmethod
    def create(cls, path: Path, register: NewRegister, own: Secrets) -> "Journal":
        """Begin the journal of a newly enrolled till, with what the region gave. It holds no record yet, and has no
        second medium before it is opened: until it has its name, it may be begun again with another birth."""
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = database.create(path)
        enrolment = register.enrolment
        with database.translated_errors(), connection:
            rows.insert_chain(connection, _FIRST, enrolment)
            sealer = Sealer(own.sealing_key, register.trust.recovery_key, secrets.token_bytes)
            for kind, frames in (("trust", register.trust_chain), ("config", register.configuration)):
                for frame in frames:
                    rows.insert_region(connection, kind, frame, rows.stored(frame, sealer))
            rows.insert_proof(connection, _FIRST, register.proof)
        write_certificates(path, [enrolment])
        return cls(connection, [enrolment], register.trust, own, lambda _: None)

    @classmethod
    def open(
        cls,
        path: Path,
        custody: Custody,
        root_key: bytes,
        *,
        second_medium: Callable[[str], Path | None],
        remember: bool = True,
    ) -> tuple["Journal", list[Written[Event]]]:
        """Open and check a journal; return it with every event there is, in order, or with none if it is not to
        `remember` them. `second_medium` says where the shadow of a register with that name lies.

        Raises JournalMissing, JournalInUse, JournalUnreadable, JournalDamaged, KeyMissing, NoKeyring, DiskFailed.
        """
        if not path.exists() or path.stat().st_size < database.PAGE_BYTES:
            raise JournalMissing  # Less than a page is what a power cut leaves of a new file: it says nothing.
        connection = database.open_existing(path)
        try:
            with database.translated_errors():
                database.check_pages(connection)
                database.check_schema(connection)
                chains = rows.chains(connection)
                own = fetched(custody, chains[-1])
                journal = cls(connection, chains, _trust(connection, root_key), own, second_medium)
                written = journal._check(connection, remember=remember)
            written += journal._restore(path)
            journal._check_proved()
            journal._attach_second_medium()
            journal._custody = custody
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
        with self._appending:
            assert self._proof is not None
            frames = self._chain.sealed(
                events,
                self.secrets.signer,
                ack=self._proof.checkpoint.hash,
                cfg=self.configurations.in_force_hash(),
            )
            on_disk = [rows.stored(frame, self._sealer) for frame in frames]
            self._insert(frames, on_disk)
            # The records are durable from here on: what follows may be missing after a crash, and is then added again.
            self._chain.hashes.extend(frame.record.hash for frame in frames)
            self._second_medium.append(on_disk)
        self._marking |= any(isinstance(event, ProgramStarted) for event in events)
        if any(isinstance(event, ProgramStarted | SessionClosed) for event in events):
            self._keep_mark()
        return [
            Written(event, frame.record.header.seq, frame.record.hash, frame.record.env)
            for event, frame in zip(events, frames, strict=True)
        ]

    def _insert(self, frames: Sequence[Frame], on_disk: Sequence[shadow.StoredRecord]) -> None:
        with self._file.transaction() as connection:
            for frame, record_on_disk in zip(frames, on_disk, strict=True):
                rows.insert_record(connection, self._chain.n, frame, record_on_disk)

    # ── for the sync thread: sync.client.engine.Records ──────────────────────────────────────────────────────────

    def count(self) -> int:
        """How many records there are."""
        return len(self._chain.hashes)

    def hash_of(self, seq: int) -> bytes:
        """The hash of record `seq`."""
        return self._chain.hashes[seq]

    @property
    def head(self) -> bytes:
        """What the next record follows."""
        return self._chain.head

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        """Records `first`… with all their parts, at most so many, up to the end or a gap."""
        end = min((seq for seq in self._chain.gaps if seq >= first), default=self.count())
        with self._file.used() as connection:
            on_disk = rows.records(connection, self._chain.n, first, min(at_most, end - first))
        return [rows.opened(stored, self._sealer) for _, stored in on_disk]

    def proof(self) -> Proof | None:
        """The newest proof from the region."""
        return self._proof

    def keep(self, proof: Proof) -> None:
        """Keep a checked proof, durably."""
        if self._is_mere_heartbeat(proof):
            return
        with self._file.transaction() as connection:
            rows.insert_proof(connection, self._chain.n, proof)
        self._proof, self._proof_kept_s = proof, time.monotonic()
        self._keep_mark()

    def _is_mere_heartbeat(self, proof: Proof) -> bool:
        """Whether a proof says nothing new about our records: such a one is kept a few times a day, as a newer head of
        the ledger, and not every five minutes for ten years."""
        same = self._proof is not None and proof.next == self._proof.next
        return same and time.monotonic() - self._proof_kept_s < _HEARTBEAT_KEPT_S

    @property
    def sealer(self) -> Sealer:
        """Seals what lies on this machine and is nobody else's to read."""
        return self._sealer

    @property
    def second_medium_lost(self) -> bool:
        """Whether the second medium could not be written: a warning, never a stop."""
        return self._second_medium.is_lost

    def unsent(self) -> int:
        """How many records the region has not yet proved to hold."""
        return len(self._chain.hashes) - (self._proof.next if self._proof is not None else 0)

    @property
    def signer(self) -> Signer:
        """Signs records and requests."""
        return self.secrets.signer

    def whole(self) -> Whole:
        """All that is in the file at this moment."""
        return Whole(self._file, self._sealer, self.chains)

    def past(self) -> Iterator[tuple[Enrolment, Written[Event]]]:
        """Every event of all the chains in order, each with its chain's certificate: read from the disk a piece at a
        time, so that a journal of any length fits in memory. Raises JournalDamaged, DiskFailed."""
        for enrolment, frame in self.whole().frames():
            yield enrolment, _written(frame)

    def verify_older(self, first: int, at_most: int) -> int | None:
        """Check signatures, of all chains one after the other, from place `first`; the place to go on at, or None at
        the end. The start checks only those that nothing else vouches for. Raises JournalDamaged, DiskFailed."""
        before = 0
        with self._file.used() as connection:
            for n, enrolment in enumerate(self.chains, 1):
                end = connection.execute("SELECT coalesce(max(seq), -1) + 1 FROM record WHERE chain = ?", (n,)).get
                if first < before + end:
                    check.signatures(connection, n, enrolment, first - before, at_most)
                    return min(first + at_most, before + int(end))
                before += int(end)
        return None

    # ── the mark: how far we had come, kept away from the journal ────────────────────────────────────────────────

    def _keep_mark(self) -> None:
        """Remember the newest record in custody (RECORDS 2.2): at each start, close and contact. Not before the start
        is recorded, which says whether the mark before was found again."""
        if self._custody is not None and self._marking:
            newest = Mark(self.enrolment.chain, len(self._chain.hashes) - 1, self._chain.hashes[-1])
            self._custody.keep_mark(custody_name(self.enrolment.public_key), newest)

    def beyond_mark(self) -> int | None:
        """The number of the record that the mark names and this chain does not hold; None when it holds it."""
        mark = None if self._custody is None else self._custody.mark(custody_name(self.enrolment.public_key))
        if mark is None or mark.chain != self.enrolment.chain:
            return None
        held = mark.seq < len(self._chain.hashes) and self._chain.hashes[mark.seq] == mark.hash
        return None if held else mark.seq

    # ── for recovery ─────────────────────────────────────────────────────────────────────────────────────────────

    def lost_before(self) -> list[tuple[int, int, bytes | None]]:
        """What no copy holds of the chain before this one: first number, how many, and the hash of the first."""
        lost: list[tuple[int, int, bytes | None]] = []
        with self._file.used() as connection:
            gaps = rows.gaps(connection, self._chain.n - 1)
        for seq in sorted(gaps):
            if lost and lost[-1][0] + lost[-1][1] == seq:
                lost[-1] = (lost[-1][0], lost[-1][1] + 1, lost[-1][2])
            else:
                lost.append((seq, 1, gaps[seq]))
        return lost

    def holds(self, other: record.Record) -> bool:
        """Whether the chain has this very record."""
        return self._chain.holds(other)

    def has(self, digest: bytes) -> bool:
        """Whether any of the chains has a record with this hash."""
        with self._file.used() as connection:
            return rows.has(connection, digest)

    def opened(self, on_disk: shadow.StoredRecord) -> Frame:
        """A record of this till as it lies on a medium, its sealed parts opened. Raises JournalDamaged, WireError."""
        return rows.opened(on_disk, self._sealer)

    @property
    def second_medium_path(self) -> Path | None:
        """Where the second medium lies."""
        return self.second_medium_of(self.enrolment.register)

    @property
    def gaps(self) -> Mapping[int, bytes | None]:
        """The places of the chain's records that no copy holds, with the hash they are known by."""
        return self._chain.gaps

    def runs(self, first: int, at_most: int) -> Iterator[Sequence[Frame]]:
        """Records from `first` to the end, without a gap within one piece and none longer than `at_most`."""
        while first < self.count():
            piece = self.frames(first, at_most)
            if piece:
                yield piece
            first += len(piece) or 1

    def restore(self, frames: Sequence[Frame]) -> list[Written[Event]]:
        """Add our own next records, as another copy of the chain gave them, byte for byte. Raises JournalDamaged for
        one that is not ours or not the next; those before it are kept."""
        restored: list[Written[Event]] = []
        for frame in frames:
            self._chain.check_next(frame)
            on_disk = rows.stored(frame, self._sealer)
            restored.append(self._add(frame, on_disk))
            self._second_medium.append([on_disk])
        self.restored += len(restored)
        return restored

    def succeed(self, register: NewRegister, own: Secrets) -> None:
        """Close the chain and write to its successor from now on, which holds no record yet; durably."""
        enrolment = register.enrolment
        with self._file.transaction() as connection:
            rows.insert_chain(connection, self._chain.n + 1, enrolment)
            rows.insert_proof(connection, self._chain.n + 1, register.proof)
        self._second_medium.close()
        self.chains.append(enrolment)
        self._chain = Chain(len(self.chains), enrolment)
        self.secrets, self._proof = own, register.proof
        self._second_medium = SecondMedium(self.second_medium_of(enrolment.register), enrolment.chain)
        self._attach_second_medium()

    # ── opening and closing ──────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Let go of the file. A clean close leaves one file and no write-ahead log."""
        try:
            with self._appending:
                self._second_medium.close()
        finally:
            self._file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _check(self, connection: apsw.Connection, *, remember: bool) -> list[Written[Event]]:
        written: list[Written[Event]] = []
        parts = 0
        for n, enrolment in enumerate(self.chains, 1):
            proof = rows.newest_proof(connection, n, self.trust)
            proved_next = proof.next if proof is not None else 0
            self._chain = Chain(n, enrolment)
            self._chain.gaps = rows.gaps(connection, n)
            checked = check.checked_frames(connection, n, enrolment, self._sealer, proved_next=proved_next)
            for digest, frame in checked:
                self._chain.hashes.append(digest)
                parts += 0 if frame is None else len(frame.parts)
                if frame is not None and remember:
                    written.append(_written(frame))
        if rows.count_parts(connection) != parts:
            raise JournalDamaged(None, "a part is no record's")
        return written

    def _restore(self, path: Path) -> list[Written[Event]]:
        """What only the second medium has. It is passed over when it has another history, of which all was kept already
        when the journal at `path` was put together: it can only be read, or has come back. Raises JournalDamaged."""
        count = self.count()
        try:
            return self._from_second_medium()
        except JournalDamaged:
            placeless = asides.placeless(path, None)

            def is_kept(one: shadow.StoredRecord) -> bool:
                return one.env in placeless or self.has(record.record_hash(one.env[SIGNATURE_BYTES:]))

            if self.count() > count or not self._second_medium.pass_over(is_kept):
                raise
            return []

    def _from_second_medium(self) -> list[Written[Event]]:
        """Fetch records that only the second medium has, byte for byte: they carry our own signature (RECORDS 2.2).

        Raises JournalDamaged when it holds another record at one of our numbers.
        """
        held = self._second_medium.held()
        if self._chain.gaps:
            self._look_for_lost([*held, *self._second_medium.after_damage()])
            return []
        common = min(len(held), len(self._chain.hashes))
        if common and record.read(held[common - 1].env).hash != self._chain.hashes[common - 1]:
            raise JournalDamaged(common - 1, "the second medium has another record")
        restored: list[Written[Event]] = []
        self._check_proved_one(held)
        for on_disk in held[common:]:
            frame = rows.opened(on_disk, self._sealer)
            self._chain.check_next(frame)
            restored.append(self._add(frame, on_disk))
        self.restored = len(restored)
        for on_disk in self._second_medium.after_damage():
            if self._chain.is_later(on_disk.env):
                raise JournalDamaged(self.count(), "the second medium has later records, and not this one")
        return restored

    def _add(self, frame: Frame, on_disk: shadow.StoredRecord) -> Written[Event]:
        """Store a record that was signed before. Raises JournalDamaged when something stands in its place."""
        try:
            self._insert([frame], [on_disk])
        except apsw.ConstraintError as error:
            raise JournalDamaged(self.count(), str(error)) from None
        self._chain.hashes.append(frame.record.hash)
        return _written(frame)

    def _look_for_lost(self, held: Iterable[shadow.StoredRecord]) -> None:
        """A chain with gaps is about to end, and is not written to. Raises JournalDamaged when a copy of what was lost
        has turned up, or of what has been cut off since, so that the journal is put together with it."""
        for on_disk in held:
            if (seq := self._chain.fills(on_disk.env)) is not None:
                raise JournalDamaged(seq, "a lost record is there again")
            if self._chain.is_later(on_disk.env):
                raise JournalDamaged(self.count(), "the second medium has later records")

    def _check_proved(self) -> None:
        """The region has proved that it holds our records; none of those may be missing here, or be another."""
        if self._proof is None:
            raise JournalDamaged(None, "the region's proofs are gone")
        proved = self._proof.named()
        if proved is None:
            return
        seq, digest = proved
        if seq >= self.count():
            raise JournalDamaged(self.count(), "the region holds records that are missing here")
        if seq not in self._chain.gaps and self._chain.hashes[seq] != digest:
            raise JournalDamaged(seq, "the region has proved another record")

    def _check_proved_one(self, held: Sequence[shadow.StoredRecord]) -> None:
        """What is taken from the second medium must be what the region has proved."""
        proved = None if self._proof is None else self._proof.named()
        if proved is None or not self.count() <= proved[0] < len(held):
            return
        if record.read(held[proved[0]].env).hash != proved[1]:
            raise JournalDamaged(proved[0], "the second medium has another record than the region")

    def _attach_second_medium(self) -> None:
        """Bring the second medium up to date with the journal."""
        if self._chain.gaps:
            return

        def records_from(seq: int) -> list[shadow.StoredRecord]:
            with self._file.used() as connection:
                return [on_disk for _, on_disk in rows.records(connection, self._chain.n, seq, self.count() - seq)]

        self._second_medium.attach(self.count(), records_from)


def _trust(connection: apsw.Connection, root_key: bytes) -> Trust:
    frames = [
        Frame(record.read(on_disk.env), tuple(rows.plain(part) for part in on_disk.parts))
        for _, on_disk in rows.region(connection, config.TRUST_KIND)
    ]
    try:
        return config.read_trust(frames, root_key)
    except WireError as error:
        raise JournalDamaged(None, f"trust: {error}") from None


def _written(frame: Frame) -> Written[Event]:
    return Written(event_of(frame), frame.record.header.seq, frame.record.hash, frame.record.env)
