"""Everything a person can do at the till, one method each. The window and the headless acts call only these.

A method asks a rule in `domain` for an event, signs and stores it, and only then lets it have happened. A refusal
leaves the journal as it was. (A wrong PIN is refused and is itself an event: attempts are counted.)
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from nacl import exceptions, pwhash

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain import day_report, fees, people, sale, session
from kassaapp.domain.errors import NoPatient, NotSignedIn, TooManyAttempts, WrongPin
from kassaapp.domain.events import (
    ConfigurationRefused,
    ConfigurationTaken,
    Event,
    Figures,
    Locked,
    Patient,
    ProgramStarted,
    SaleRegistered,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
)
from kassaapp.domain.fees import Quote, Wish
from kassaapp.domain.patient_id import PatientId, read_patient_id
from kassaapp.domain.people import Role, User
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.domain.tender import Offer
from kassaapp.journal.journal import E, Journal, Written

Sold = Written[SaleRegistered]
"""A visit that has been registered, with its place in the journal."""
Listener = Callable[[Written[Event]], None]


class Register:
    """One till. `now` gives aware local time to the second; only `app.py` knows where it comes from."""

    def __init__(
        self,
        journal: Journal,
        past: Sequence[Written[Event]],
        configuration: Configuration,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._state = fold(written.event for written in past)
        self._configuration = configuration
        self._now = now
        self._listeners: list[Listener] = []

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

    def listen(self, listener: Listener) -> None:
        """Call `listener` after each event that has been recorded, on the thread that recorded it."""
        self._listeners.append(listener)

    # ── the program itself ───────────────────────────────────────────────────────────────────────────────────────

    def start(self, version: str) -> None:
        """The program has started and the journal is checked. Nobody is signed in after this."""
        self._record(ProgramStarted(at=self._now(), version=version))
        self.take_configuration(self._configuration)

    def take_configuration(self, configuration: Configuration) -> None:
        """A checked configuration comes into force; recorded when it is another than before (R20)."""
        self._configuration = configuration
        if configuration.number != self._state.configuration:
            self._record(ConfigurationTaken(at=self._now(), number=configuration.number))

    def refuse_configuration(self, number: int, where: str) -> None:
        """A signed configuration cannot be used; the one in force stays. Recorded once (R17)."""
        if number > self._state.refused_configuration:
            self._record(ConfigurationRefused(at=self._now(), number=number, where=where))

    # ── who is at the till ───────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, user: str, pin: str) -> User:
        """Sign in with id and PIN. Raises WrongPin, TooManyAttempts."""
        person = self._check_pin(user, pin)
        self._record(SignedIn(at=self._now(), by=person.id))
        return person

    def sign_out(self) -> None:
        """Sign out. Raises NotSignedIn."""
        if self._state.user is None:
            raise NotSignedIn
        self._record(SignedOut(at=self._now(), by=self._state.user))

    def lock(self) -> None:
        """Lock the till until somebody signs in. Raises NotSignedIn."""
        self._record(Locked(at=self._now(), by=people.signed_in(self._state)))

    # ── the day ──────────────────────────────────────────────────────────────────────────────────────────────────

    def open_session(self, counted_ore: int, reason: str | None = None) -> SessionOpened:
        """Open the till with a counted float. Raises SessionAlreadyOpen, ReasonMissing, BadAmount."""
        user = self.require_counter()
        event = session.open_session(
            self._state, counted_ore, float_ore=self.till.float_ore, reason=reason, at=self._now(), by=user.id
        )
        self._record(event)
        return event

    def close_session(self, count: Count, pin: str, reason: str | None = None) -> Written[SessionClosed]:
        """Count, compare, sign with the PIN and close; the event holds the Z. Raises NoOpenSession, ReasonMissing,
        BadAmount, WrongPin, TooManyAttempts."""
        user = self.require_counter()
        event = session.close_session(self._state, count, reason=reason, at=self._now(), by=user.id)
        self._check_pin(user.id, pin)
        return self._record(event)

    def compare(self, count: Count) -> Figures:
        """What a close with this count would show. Records nothing. Raises NoOpenSession, BadAmount."""
        self.require_counter()
        opened = session.require_session(self._state)
        return day_report.with_count(opened.figures, count.by_tender())

    def x_report(self) -> Figures:
        """The figures so far (R45). Raises NoOpenSession."""
        self.require_reader()
        return session.require_session(self._state).figures

    def require_counter(self) -> User:
        """The person at the till, who may sell. Raises NotSignedIn, NotAllowed."""
        return self._require(Role.CASHIER, Role.SUPERVISOR)

    def require_reader(self) -> User:
        """The person at the till, who may look back. Raises NotSignedIn, NotAllowed."""
        return self._require(Role.CASHIER, Role.SUPERVISOR, Role.AUDITOR)

    # ── a visit ──────────────────────────────────────────────────────────────────────────────────────────────────

    def look_up(self, text: str, *, scanned: bool = False) -> PatientId:
        """Read a typed or scanned identity number (R34–R36). Raises NotSignedIn, BadIdentity."""
        self.require_reader()
        return read_patient_id(text, today=self._now().date(), scanned=scanned)

    def quote(self, patient: Patient | None, wishes: Sequence[Wish], visit_date: date | None = None) -> Quote:
        """What a basket costs this patient on the day of the visit (today when not said).

        Raises NoPatient, EmptyBasket, BadQuantity, UnknownArticle, WrongTill.
        """
        self.require_counter()
        if patient is None:
            raise NoPatient
        return fees.quote(
            self._configuration.catalogue,
            self._configuration.fees,
            patient,
            wishes,
            till=self._state.till,
            visit_date=visit_date or self._now().date(),
        )

    def sell(
        self,
        patient: Patient | None,
        wishes: Sequence[Wish],
        offers: Sequence[Offer],
        visit_date: date | None = None,
    ) -> Sold:
        """Register a visit, paid or free. Raises as `quote`, and NoName, NoOpenSession, LateClose, PaymentDoesNotAddUp,
        TenderNotOffered."""
        user = self.require_counter()
        at = self._now()
        session.require_open(self._state, at)
        quoted = self.quote(patient, wishes, visit_date)
        assert patient is not None
        event = sale.sell(self._state, patient, quoted, offers, visit_date=visit_date or at.date(), at=at, by=user.id)
        return self._record(event)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _record(self, event: E) -> Written[E]:
        """Sign and store first. Only what is stored has happened."""
        written = self._journal.append(event)
        self._state = apply(self._state, event)
        for listener in self._listeners:
            listener(written)
        return written

    def _require(self, *roles: Role) -> User:
        """The signed-in person, with one of the roles. Raises NotSignedIn, NotAllowed."""
        user = self._configuration.users.get(people.signed_in(self._state))
        if user is None:  # Taken out of the configuration while signed in.
            raise NotSignedIn
        people.require(user, *roles)
        return user

    def _check_pin(self, user: str, pin: str) -> User:
        """The user, if that is the PIN. A wrong PIN is recorded before it is refused."""
        at = self._now()
        people.may_try(self._state, user, at)
        person = self._configuration.users.get(user)
        if person is not None and _is_pin(person.verifier, pin):
            return person
        attempts = self._configuration.policy.pin_attempts
        failed = people.failed_attempt(self._state, user if person is not None else "?", at, attempts)
        self._record(failed)
        if failed.locked_until is not None:
            raise TooManyAttempts(failed.locked_until)
        raise WrongPin(attempts - self._state.failures[failed.user].count)


def _is_pin(verifier: str, pin: str) -> bool:
    try:
        return pwhash.verify(verifier.encode("ascii"), pin.encode())
    except exceptions.InvalidkeyError:
        return False
