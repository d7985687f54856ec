"""Who is at the till, and how what they do becomes a record: sign and store first; only what is stored has happened.

`Register` adds the things a person can do. Here are the parts they share: the state, the PIN, the second person, and
the one place that writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain import disk_room, people
from kassaapp.domain.disk_room import DiskRoom
from kassaapp.domain.errors import NotSignedIn, TooManyAttempts, WrongPin
from kassaapp.domain.events import ApprovalGiven, ClockSetBack, Event, kind_of
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.people import Role, User
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.domain.visit import PROTECTED_NAME, Patient
from kassaapp.journal.journal import E, Journal, Written
from kassaapp.journal.space import Space
from kassaapp.pins import Signature, is_pin
from kassaapp.trouble import DiskFull

Listener = Callable[[Written[Event]], None]

CLOCK_TOLERANCE = timedelta(minutes=1)
"""A clock that goes back by less is put right without a word; by more, it is recorded (R65)."""
COUNTER_ROLES = (Role.CASHIER, Role.SUPERVISOR)


class Recorder:
    """One till's state and its journal. `now` gives aware local time to the second; `protected` is whom the desk knows
    to be protected, shared by its tills; `space` watches over the disk, None where nobody needs to."""

    def __init__(
        self,
        journal: Journal,
        past: Sequence[Written[Event]],
        configuration: Configuration,
        *,
        now: Callable[[], datetime],
        protected: set[PatientId] | None = None,
        space: Space | None = None,
    ) -> None:
        self._journal = journal
        self._state = fold(written.event for written in past)
        self.receipts = Receipts()
        self._protected = set[PatientId]() if protected is None else protected
        for written in past:
            self.receipts.add(written.event)
            self._remember(written.event)
        self._configuration = configuration
        self._now = now
        self._listeners: list[Listener] = []
        self.pin_guard: Recorder = self
        self._space = space

    # ── what is known ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> RegisterState:
        """The till as its events left it."""
        return self._state

    @property
    def configuration(self) -> Configuration:
        """The signed configuration in force."""
        return self._configuration

    @property
    def till(self) -> TillName:
        """This till's letter, name and float."""
        return self._configuration.till(self._state.till)

    @property
    def user(self) -> User | None:
        """Who is signed in; None when nobody is, or the till is locked."""
        if self._state.user is None or self._state.locked:
            return None
        return self._configuration.users.get(self._state.user)

    def now(self) -> datetime:
        """The till's time."""
        return self._now()

    @property
    def disk_room(self) -> DiskRoom | None:
        """How much room there is for more records; None when nobody watches. Raises DiskFailed."""
        return None if self._space is None else self._space.room()

    def listen(self, listener: Listener) -> None:
        """Call `listener` after each event that has been recorded, on the thread that recorded it."""
        self._listeners.append(listener)

    # ── who is at the till ───────────────────────────────────────────────────────────────────────────────────────

    def check_signature(self, given: Signature) -> None:
        """Check a second person's PIN. Raises WrongPin, TooManyAttempts."""
        self._check_pin(given)

    def require_counter(self) -> User:
        """The person at the till, who may sell. Raises NotSignedIn, NotAllowed."""
        return self._require(*COUNTER_ROLES)

    def require_reader(self) -> User:
        """The person at the till, who may look back. Raises NotSignedIn, NotAllowed."""
        return self._require(*COUNTER_ROLES, Role.AUDITOR)

    # ── whom nobody may name ─────────────────────────────────────────────────────────────────────────────────────

    def known(self, patient: Patient) -> Patient:
        """The patient as may be put on record today: who has been protected at this desk stays so; only the region
        could take that back (R58)."""
        if patient.id not in self._protected:
            return patient
        return replace(patient, name=PROTECTED_NAME, protected=True, address=None)

    def _masked(self, event: E) -> E:
        """The event as may be recorded: with no name of a patient who has become protected since. An address that is
        Skatteverket's own stays."""
        patient: Patient | None = getattr(event, "patient", None)
        if patient is None or patient.protected or patient.id not in self._protected:
            return event
        changes: dict[str, Any] = {"patient": self.known(patient)}
        return replace(event, **changes)

    def _remember(self, event: Event) -> None:
        patient: Patient | None = getattr(event, "patient", None)
        if patient is not None and patient.protected:
            self._protected.add(patient.id)

    # ── for Register ─────────────────────────────────────────────────────────────────────────────────────────────

    def _record(self, event: E) -> Written[E]:
        """Sign and store first. Only what is stored has happened."""
        return self._record_all([event])[-1]

    def _record_all(self, events: Sequence[E]) -> list[Written[E]]:
        """Record events that belong together: all of them, or none. Raises DiskAlmostFull for new ones."""
        self._make_room(events)
        last_at = self._state.last_at
        if last_at is not None and events[0].at < last_at - CLOCK_TOLERANCE:
            self._take_in(self._append([ClockSetBack(events[0].at, last_at)]))
        written = self._append([self._masked(event) for event in events])
        self._take_in(written)
        return written

    def _append(self, events: Sequence[E]) -> list[Written[E]]:
        """Sign and store; on a full disk once more, with the ballast's room, unless it adds something new."""
        try:
            return self._journal.append_all(events)
        except DiskFull:  # Nothing of it was stored, and nothing failed: after any other error there is no second try.
            if disk_room.adds(events) or self._space is None or not self._space.let_go():
                raise
            return self._journal.append_all(events)

    def _make_room(self, events: Sequence[Event]) -> None:
        if self._space is not None:
            disk_room.require(self._space.room(), events)
            if self._space.is_spent():
                self._space.let_go()

    def _take_in(self, all_written: Sequence[Written[Event]]) -> None:
        for written in all_written:
            self._state = apply(self._state, written.event)
            self.receipts.add(written.event)
            self._remember(written.event)
        for written in all_written:
            for listener in self._listeners:
                listener(written)

    def _record_approved(
        self, event: E, approval: Signature | None, roles: tuple[Role, ...], ends: Event | None = None
    ) -> Written[E]:
        """Record an event that a second person has approved, after checking who that is; the approval with it (R11),
        and what it `ends`."""
        all_of_it: list[Event] = [event] if ends is None else [event, ends]
        person = self._second_person(approval, roles)
        if person is not None:
            asked_by = people.signed_in(self._state)
            all_of_it.insert(0, ApprovalGiven(event.at, by=person.id, asked_by=asked_by, act=kind_of(event)))
        written = self._record_all(all_of_it)[all_of_it.index(event)]
        return Written(event, written.seq, written.hash, written.env)

    def _second_person(self, approval: Signature | None, roles: tuple[Role, ...]) -> User | None:
        """Who has signed with the right PIN and may; None when nobody has. Raises SelfApproval, WrongPin, NotAllowed,
        TooManyAttempts."""
        if approval is None:
            return None
        people.check_other(people.signed_in(self._state), approval.user)
        person = self._check_pin(approval)
        people.require(person, *roles)
        return person

    def _require(self, *roles: Role) -> User:
        """The signed-in person, with one of the roles. Raises NotSignedIn, NotAllowed."""
        user = self._configuration.users.get(people.signed_in(self._state))
        if user is None:  # Taken out of the configuration while signed in.
            raise NotSignedIn
        people.require(user, *roles)
        return user

    def _check_pin(self, given: Signature) -> User:
        """The user, if that is the PIN. Attempts are counted and recorded at one till of the desk, so that a second
        till or practice gives no second chance."""
        return self.pin_guard._check_pin_here(given)

    def _check_pin_here(self, given: Signature) -> User:
        """The user, if that is the PIN. A wrong PIN is recorded before it is refused."""
        at = self._now()
        people.may_try(self._state, given.user, at)
        person = self._configuration.users.get(given.user)
        if person is not None and is_pin(person.verifier, given.pin):
            return person
        attempts = self._configuration.policy.pin_attempts
        failed = people.failed_attempt(self._state, given.user if person is not None else "?", at, attempts)
        self._record(failed)
        if failed.locked_until is not None:
            raise TooManyAttempts(failed.locked_until)
        raise WrongPin(attempts - self._state.failures[failed.user].count)
