"""Puts the parts of a desk together. The only place that reads the clock; no window here.

A desk is a folder: `clinic.toml`, and for each till a folder with its journal. Opening it checks every journal, and
what cannot be trusted stops the till with words (`trouble.py`).
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from kassaapp import VERSION, draft, enrolment, printer, printout, recovery, standing
from kassaapp.background_check import FIRST_REST_S, BackgroundCheck
from kassaapp.clinic import Clinic
from kassaapp.clinic import read as read_clinic
from kassaapp.domain.events import Event, SessionClosed, SessionOpened
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.people import User
from kassaapp.exporting import Export, Request, Source
from kassaapp.history import History
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.signing_key import custody
from kassaapp.journal.space import BALLAST_BYTES, Space
from kassaapp.occupied import Occupied
from kassaapp.papers import Slips, put
from kassaapp.register import Register
from kassaapp.standing import StandingFile
from kassaapp.sync_thread import SyncThread
from kassaapp.till import Till, newest_usable, rights
from kassaapp.training import Training
from kassaapp.trouble import NotEnrolled
from sync.client.loop import Pace
from sync.client.round import Round
from sync.client.status import SyncStatus
from sync.client.transport import Transport, open_client

START_TIMEOUT_S = 2.0
"""How long a start waits for the region. Longer would be felt by a queue; shorter would miss a slow line."""


class Clock:
    """The till's time: the computer's, or for a demo what it was told. Aware, local, to the second."""

    def __init__(self) -> None:
        self._told: datetime | None = None

    def set(self, at: datetime) -> None:
        """Stand still at `at` until told again (demo tills only)."""
        self._told = at.replace(microsecond=0)

    def __call__(self) -> datetime:
        return self._told if self._told is not None else datetime.now().astimezone().replace(microsecond=0)

    @property
    def zone(self) -> tzinfo:
        """The zone of the till's time."""
        zone = self().tzinfo
        assert zone is not None
        return zone


StatusListener = Callable[[str, SyncStatus], None]
FailureListener = Callable[[BaseException], None]


class Desk:
    """An enrolled desk with its tills open. Close it, or the journals stay locked."""

    def __init__(self, folder: Path, clinic: Clinic, clock: Clock) -> None:
        self.folder = folder
        self.clinic = clinic
        self.clock = clock
        self._tills: dict[str, Till[Desk]] = {}
        self._listeners: list[StatusListener] = []
        self._failure_listeners: list[FailureListener] = []
        self.space = Space(folder, ballast_bytes=0 if clinic.demo else BALLAST_BYTES)
        self.printer = printer.opened(clinic.printer, clinic.printer_model)
        self._protected: set[PatientId] = set()
        self._occupied = Occupied(folder, clock())
        left = self._occupied.left
        self.ended = standing.ended_badly(folder, None if left is None else left.since)
        self.standing = StandingFile(folder, VERSION, clock, self._tills_now, lambda: self.name)

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> "Desk":
        """Open the desk in `folder`, check its journals and record the start. Raises Trouble of many kinds."""
        if not enrolment.is_enrolled(folder):
            raise NotEnrolled
        clinic = read_clinic(folder / enrolment.CLINIC_NAME)
        enrolment.require_place(folder, clinic)
        desk = cls(folder, clinic, clock or Clock())
        try:
            if desk.space.is_spent():
                desk.space.let_go()
            for letter in desk.clinic.tills:
                desk._tills[letter] = desk._open_till(letter)
                desk._tills[letter].register.pin_guard = desk._tills[desk.tills[0]].register
            for till in desk._tills.values():
                till.training.resume()
            desk.standing.write()
        except BaseException:
            desk.close()
            raise
        return desk

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def tills(self) -> tuple[str, ...]:
        """The letters of the desk's tills."""
        return tuple(self._tills)

    def register(self, letter: str) -> Register:
        """A till's register."""
        return self._tills[letter].register

    def history(self, letter: str) -> History:
        """What a till remembers."""
        return self._tills[letter].history

    def acting(self, letter: str) -> Register:
        """The register that acts go to: the till's, or its practice while in training (R43)."""
        practice = self._tills[letter].practice
        return self.register(letter) if practice is None else practice.register(letter)

    def practice(self, letter: str) -> "Desk | None":
        """The desk of the practice at a till, while in training (R43)."""
        return self._tills[letter].practice

    def memory(self, letter: str) -> History:
        """The history of `acting`."""
        practice = self._tills[letter].practice
        return self.history(letter) if practice is None else practice.history(letter)

    @property
    def name(self) -> str:
        """What people call the desk: as the clinic file says, else as the configuration does."""
        return next((till.register.configuration.desk for till in self._tills.values()), self.clinic.desk or "")

    @property
    def support(self) -> str:
        """The telephone number that messages give."""
        return next((till.register.configuration.support for till in self._tills.values()), "")

    def drafts(self, letter: str) -> draft.DraftFile:
        """Where the sale at a till that is not yet registered lies, sealed, so that a crash does not lose it."""
        return draft.DraftFile(self.folder / letter / draft.NAME, self._tills[letter].journal.sealer)

    def records(self, letter: str) -> int:
        """How many records a till's journal holds."""
        return self._tills[letter].journal.count()

    @property
    def trouble_at_start(self) -> tuple[str, ...]:
        """Letters of tills whose second medium could not be written."""
        return tuple(letter for letter, till in self._tills.items() if till.journal.second_medium_lost)

    def stranded(self, letter: str) -> tuple[str, ...]:
        """Names of a till's second media that only the region can read."""
        return self._tills[letter].stranded

    # ── who is at the desk: the same person at every till ────────────────────────────────────────────────────────

    def sign_in(self, user: str, pin: str) -> User:
        """Sign in at every till. Raises WrongPin, TooManyAttempts."""
        first, *others = self._all_registers()
        person = first.sign_in(user, pin)
        for register in others:
            register.follow(person)
        for letter, till in self._tills.items():
            if till.practice is not None and till.practice.register(letter).state.session is None:
                till.practice.register(letter).open_session(till.register.till.float_ore)
        return person

    def sign_out(self) -> None:
        """Sign out of every till. Raises NotSignedIn."""
        for register in self._all_registers():
            register.sign_out()

    def lock(self) -> None:
        """Lock every till. Raises NotSignedIn."""
        for register in self._all_registers():
            register.lock()

    def _all_registers(self) -> list[Register]:
        registers = [till.register for till in self._tills.values()]
        practices = [(letter, till.practice) for letter, till in self._tills.items() if till.practice is not None]
        return registers + [practice.register(letter) for letter, practice in practices]

    # ── training: a desk of its own inside the till's folder (R43) ───────────────────────────────────────────────

    def begin_training(self, letter: str) -> None:
        """Begin to practise. Raises NotSignedIn, NoOpenSession, InTraining."""
        self._tills[letter].training.begin()

    def end_training(self, letter: str) -> None:
        """Back to work. Raises NotInTraining."""
        self._tills[letter].training.end()

    def _open_practice(self, letter: str, folder: Path) -> "Desk":
        """The desk of one training, whose PINs are guarded by the real one."""
        practice = Desk.open(folder, self.clock)
        practice.register(letter).pin_guard = self._tills[letter].register.pin_guard
        return practice

    # ── the region ───────────────────────────────────────────────────────────────────────────────────────────────

    def sync_status(self, letter: str) -> SyncStatus:
        """How a till stands with the region; `unsent` counts at once after a sale."""
        till = self._tills[letter]
        return replace(till.status, unsent=till.journal.unsent())

    def listen_sync(self, listener: StatusListener) -> None:
        """Call `listener` after each contact, on the thread that made it."""
        self._listeners.append(listener)

    def listen_failure(self, listener: FailureListener) -> None:
        """Call `listener` when work beside the till has failed for good, on the thread it failed on: the till must take
        no more money."""
        self._failure_listeners.append(listener)

    def start_sync(self, pace: Pace | None = None) -> None:
        """Begin to carry records to the region beside the till."""
        for letter, till in self._tills.items():
            if till.round is not None and till.thread is None:
                till.thread = SyncThread(
                    till.contact,
                    self._teller(letter),
                    pace or Pace(),
                    f"sync-{letter}",
                    standing=partial(self.sync_status, letter),
                    failed=self._tell_failure,
                )
                till.thread.start()

    def start_check(self, first_rest_s: float = FIRST_REST_S) -> None:
        """Begin to check every signature of the journals beside the tills."""
        for letter, till in self._tills.items():
            if till.check is None:
                till.check = BackgroundCheck(
                    till.journal.verify_older, self._tell_failure, f"check-{letter}", first_rest_s=first_rest_s
                )
                till.check.start()

    def _tell_failure(self, error: BaseException) -> None:
        for listener in self._failure_listeners:
            listener(error)

    def sync_now(self, letter: str) -> SyncStatus:
        """Contact the region now, on this thread, until all is sent or it gets no further; without a region, only what
        is known."""
        till = self._tills[letter]
        if till.round is not None:
            assert till.thread is None, "the sync thread is running"
            before, status = -1, till.contact()
            while status.reachable and status.unsent and status.proved_seq > before:
                before, status = status.proved_seq, till.contact()
            self._teller(letter)(status)
            self.refresh_configuration(letter)
        return self.sync_status(letter)

    def refresh_configuration(self, letter: str) -> None:
        """Let what came from the region come into force: answers about money a conto, and a newer configuration. One
        that lacks something leaves the old in force."""
        self._tills[letter].refresh_configuration()

    # ── paper ────────────────────────────────────────────────────────────────────────────────────────────────────

    def slips(self, letter: str) -> Slips:
        """The papers of the till that acts go to: in training those of the practice, marked so (R43)."""
        till = self._tills[letter]
        if till.practice is not None:
            return replace(till.practice.slips(letter), marking=printout.Marking.TRAINING)
        return Slips(letter, till.journal, till.register, till.history, self.clinic.demo)

    def paper_folder(self, letter: str) -> Path:
        """Where papers are put as PDF; what is practised stays with the practice."""
        practice = self._tills[letter].practice
        if practice is not None:
            return practice.paper_folder(letter)
        return self.clinic.receipts or self.folder / "kvitton"

    def save_receipt(self, letter: str, receipt: int) -> Path | None:
        """Put the paper of a receipt number as PDF in the receipts folder; None for protected identity, which is never
        printed unasked (DOMAIN 6.3). Raises UnknownReceipt."""
        if self.memory(letter).receipt(receipt).event.patient.protected:
            return None
        slips = self.slips(letter)
        return put(self.paper_folder(letter), slips.receipt_name(receipt), slips.receipt(receipt))

    def slip(self, letter: str, receipt: int, *, copy: bool = False) -> printout.slip.Slip:
        """The paper of a receipt number, whatever it is for, as the clinic was when it was made. Raises
        UnknownReceipt."""
        return self.slips(letter).receipt(receipt, copy=copy)

    def export(self, letter: str, request: Request) -> Export:
        """What leaves the till as a file, asked for by who is signed in there; not in training. Its steps are told in
        `kassaapp.exporting.export`. Raises NotSignedIn, NotAllowed."""
        till = self._tills[letter]
        user = till.register.require_reader()
        return Export(Source(till.journal, letter, self.clinic, frozenset(self._protected)), request, by=user.id)

    def exported(self, letter: str, made: Export) -> list[Path]:
        """Put on record what was made, and give it its name; the paths. Raises as `Export.finish`, and NotSignedIn,
        NotAllowed, DiskAlmostFull, and then nothing is left of it."""
        try:
            self._tills[letter].register.exported(made.event(self.clock()), made.named.values())
        except BaseException:
            made.abandon()
            raise
        return made.finish()

    def save_z(self, letter: str, closed: Written[SessionClosed]) -> Path:
        """Put the Z report as PDF in the receipts folder."""
        slips = self.slips(letter)
        return put(self.paper_folder(letter), slips.z_name(closed), slips.z(closed))

    # ── opening and closing ──────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Stop the sync threads and let go of the journals."""
        with ExitStack() as closing:  # One that fails to close keeps no other open.
            closing.callback(self._occupied.close)
            if self._tills:
                closing.callback(self.standing.write)
            for till in self._tills.values():
                closing.callback(till.journal.close)
                if till.transport is not None:
                    closing.callback(till.transport.close)
                closing.callback(till.training.close)
            for till in self._tills.values():
                for beside in (till.thread, till.check):
                    if beside is not None:
                        closing.callback(beside.close)
        self._tills.clear()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_till(self, letter: str) -> "Till[Desk]":
        opened = self._opened(letter)
        journal, past = opened.journal, opened.past
        try:
            usable, refused = newest_usable(journal, self.clinic.desk)
            register = Register(journal, past, usable, now=self.clock, protected=self._protected, space=self.space)
            history = History(past, self._protected)
            register.listen(history.add)
            register.listen(self._nudger(letter))
            register.listen(self._tell_standing)
            register.start(VERSION, opened.restored, check=opened.check, mark=opened.mark)
            for number, where in refused:
                register.refuse_configuration(number, where)
        except BaseException:
            journal.close()
            raise
        proved = journal.proof()
        proved_seq = proved.next - 1 if proved is not None else -1
        status = SyncStatus(journal.unsent(), reachable=False, proved_seq=proved_seq, attention=None, last_contact=None)
        transport = None if self.clinic.server is None else Transport(open_client(self.clinic.server))
        training = Training[Desk](
            letter,
            self.folder / letter,
            journal,
            register,
            history,
            self.clinic.custody,
            self.clock,
            self._open_practice,
            self.clinic.desk,
        )
        contact = self._round(journal, transport), rights(journal, register, transport)
        return Till(
            journal,
            register,
            history,
            transport,
            *contact,
            status,
            training,
            desk=self.clinic.desk,
            stranded=opened.stranded,
        )

    def _opened(self, letter: str) -> recovery.Opened:
        """The till's journal, made whole where it must be, after one short word with the region."""
        link = None if self.clinic.server is None else Transport(open_client(self.clinic.server, START_TIMEOUT_S))
        try:
            return recovery.open_till(
                enrolment.journal_path(self.folder, letter),
                custody(self.clinic.custody, self.folder / letter),
                self.clinic.root_key,
                second_medium=lambda name: enrolment.second_medium_path(self.folder, self.clinic, letter, name),
                link=link,
                now=self.clock,
            )
        finally:
            if link is not None:
                link.close()

    def _tell_standing(self, written: Written[Event]) -> None:
        if isinstance(written.event, SessionOpened | SessionClosed) and self._tills:
            self.standing.write()

    def _tills_now(self) -> tuple[standing.TillStanding, ...]:
        return tuple(till.standing(self.sync_status(letter)) for letter, till in list(self._tills.items()))

    def _round(self, journal: Journal, transport: Transport | None) -> Round | None:
        if transport is None:
            return None
        return Round(journal, journal.configurations, journal.trust, transport, journal.signer, clock=self.clock)

    def _nudger(self, letter: str) -> Callable[[Written[Event]], None]:
        def nudge(_: Written[Event]) -> None:
            till = self._tills.get(letter)
            if till is not None and till.thread is not None:
                till.thread.nudge()

        return nudge

    def _teller(self, letter: str) -> Callable[[SyncStatus], None]:
        def tell(status: SyncStatus) -> None:
            self._tills[letter].status = status
            self.standing.write()
            for listener in self._listeners:
                listener(letter, status)

        return tell
