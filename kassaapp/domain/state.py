"""What is known of a till: its events added up. `apply` is the only way it changes, and it never refuses.

The state holds what the rules need and no more; receipts are looked up in `History`. Nothing here is stored: after a
crash the same events give the same state. Events may be missing in the middle, where a chain has a gap: what comes
after counts for what it says itself, and no number is used again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from kassaapp.domain import day_report
from kassaapp.domain.events import (
    ConfigurationRefused,
    ConfigurationTaken,
    DepositRepaid,
    DepositTaken,
    Event,
    Locked,
    PaymentBegun,
    PaymentEnded,
    ProgramStarted,
    RegisterOpened,
    ReleaseTaken,
    RightsAsked,
    RightsGranted,
    RightsReleased,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    SignInFailed,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.figures import Figures, GrandTotals
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import Tender


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: every opening is one, numbered without gaps (R02)."""

    number: int
    opened_at: datetime
    opened_by: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong PINs in a row for one user, and until when signing in is closed."""

    count: int
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegisterState:
    """A till, as its events left it. `left_ore` is the float left at the last close (None before the first); `balances`
    is what the till holds of patients' money a conto, in öre; `parked` the sales put aside; `open_payment` was asked
    for, and has neither a receipt nor another end yet; `open_requests` are what the region has not answered, by their
    id, oldest first."""

    register: str = ""
    till: str = ""
    clinic: str = ""
    next_receipt: int = 1
    next_session: int = 1
    next_z: int = 1
    grand: GrandTotals = field(default_factory=GrandTotals)
    session: Session | None = None
    left_ore: int | None = None
    user: str | None = None
    locked: bool = False
    failures: Mapping[str, Failures] = field(default_factory=dict)
    configuration: int = -1
    refused_configuration: int = -1
    balances: Mapping[PatientId, int] = field(default_factory=dict)
    parked: Mapping[int, SaleParked] = field(default_factory=dict)
    next_parked: int = 1
    trainee: str | None = None
    recalled: Mapping[PatientId, SaleRecalled] = field(default_factory=dict)
    open_payment: PaymentBegun | None = None
    next_attempt: int = 1
    open_requests: Mapping[str, RightsAsked | RightsReleased] = field(default_factory=dict)

    @property
    def training(self) -> bool:
        """Whether the till is in training (R43)."""
        return self.trainee is not None

    last_at: datetime | None = None


def fold(events: Iterable[Event]) -> RegisterState:
    """The state after all `events`, from birth."""
    state = RegisterState()
    for event in events:
        state = apply(state, event)
    return state


def apply(state: RegisterState, event: Event) -> RegisterState:
    """The state after one more event."""
    state = replace(state, last_at=event.at)
    match event:
        case RegisterOpened():
            return _after_birth(state, event)
        case ConfigurationTaken():
            return replace(state, configuration=event.number)
        case ConfigurationRefused():
            return replace(state, refused_configuration=event.number)
        case ProgramStarted() | SignedOut() | Locked() | SignedIn() | SignInFailed():
            return _after_person(state, event)
        case SessionOpened():
            return _after_opening(state, event)
        case SessionClosed():
            grand = max(state.grand, event.figures.grand, key=lambda one: (one.sales_ore, one.returns_ore))
            numbered = _numbered(state, event)
            return replace(
                numbered, session=None, left_ore=event.left_ore, next_z=event.z + 1, recalled={}, grand=grand
            )
        case TrainingBegun():
            return replace(state, trainee=event.by)
        case TrainingEnded():
            return replace(_counted(state, event), trainee=None)
        case _:
            return _after_act(_counted(_numbered(state, event), event), event)


def _numbered(state: RegisterState, event: Event) -> RegisterState:
    """The state in which a session whose opening is lost has its number all the same. One that is open is over, and
    nobody knows what it left in the drawer; of one that was closed that is known."""
    number: int = getattr(event, "session", 0)
    if number < state.next_session:
        return state
    left_ore = state.left_ore if state.session is None else None
    return replace(state, next_session=number + 1, session=None, left_ore=left_ore, recalled={})


def _counted(state: RegisterState, event: Event) -> RegisterState:
    """The state with the event in the open session's figures."""
    if state.session is None:
        return state
    return replace(state, session=replace(state.session, figures=day_report.add(state.session.figures, event)))


def _after_act(state: RegisterState, event: Event) -> RegisterState:
    """The state after something that has a number of its own, or moves a balance."""
    match event:
        case SaleRegistered() | SaleRefunded() | SaleVoided():
            spent_ore = sum(payment.amount_ore for payment in event.payments if payment.by is Tender.ON_ACCOUNT)
            sign = -1 if isinstance(event, SaleRegistered) else 1
            state = _settled(_moved(state, event.patient.id, sign * spent_ore), event)
            return replace(_finished(state, event), grand=event.grand, next_receipt=event.receipt + 1)
        case DepositTaken() | DepositRepaid():
            sign = 1 if isinstance(event, DepositTaken) else -1
            state = _moved(state, event.patient.id, sign * event.amount_ore)
            state = _settled(state, event) if isinstance(event, DepositTaken) else state
            return replace(state, next_receipt=event.receipt + 1)
        case SaleParked():
            parked = {**state.parked, event.parked: event}
            return replace(state, parked=parked, next_parked=event.parked + 1)
        case SaleRecalled():
            left = {number: sale for number, sale in state.parked.items() if number != event.parked}
            put_aside = state.parked.get(event.parked)
            recalled = {} if put_aside is None else {put_aside.patient.id: event}
            return replace(state, parked=left, recalled={**state.recalled, **recalled})
        case PaymentBegun():
            return replace(state, open_payment=event, next_attempt=event.attempt + 1)
        case PaymentEnded():
            return replace(state, open_payment=None)
        case RightsAsked() | RightsGranted() | RightsReleased() | ReleaseTaken():
            return _after_request(state, event)
        case _:
            return state


def _after_request(
    state: RegisterState, event: RightsAsked | RightsGranted | RightsReleased | ReleaseTaken
) -> RegisterState:
    """The state after rights to money a conto were asked for, came, or went."""
    match event:
        case RightsAsked():
            return replace(state, open_requests={**state.open_requests, event.request: event})
        case RightsReleased():
            state = _moved(state, event.patient.id, -event.amount_ore)
            return replace(state, open_requests={**state.open_requests, event.request: event})
        case RightsGranted():
            state = _moved(state, event.patient.id, event.amount_ore)
    left = {request: open_ for request, open_ in state.open_requests.items() if request != event.request}
    return replace(state, open_requests=left)


def _settled(state: RegisterState, event: SaleRegistered | DepositTaken | SaleRefunded | SaleVoided) -> RegisterState:
    """The state in which the open payment is over when this is its receipt: the record that says so may be lost."""
    begun = state.open_payment
    return replace(state, open_payment=None) if begun is not None and begun.is_settled_by(event) else state


def _finished(state: RegisterState, event: Event) -> RegisterState:
    """The state in which a recalled sale has been finished."""
    if not isinstance(event, SaleRegistered) or event.finishes is None:
        return state
    left = {whose: recalled for whose, recalled in state.recalled.items() if recalled.parked != event.finishes}
    return replace(state, recalled=left)


def _moved(state: RegisterState, patient: PatientId, ore: int) -> RegisterState:
    """The state with a patient's balance moved; a balance of nothing is forgotten."""
    if ore == 0:
        return state
    balances = {**state.balances, patient: state.balances.get(patient, 0) + ore}
    return replace(state, balances={whose: left for whose, left in balances.items() if left})


def _after_birth(state: RegisterState, event: RegisterOpened) -> RegisterState:
    return replace(
        state,
        register=event.register,
        till=event.till,
        clinic=event.clinic,
        grand=event.grand,
        next_receipt=event.next_receipt,
        next_session=event.next_session,
        next_z=event.next_z,
    )


def _after_person(
    state: RegisterState, event: ProgramStarted | SignedOut | Locked | SignedIn | SignInFailed
) -> RegisterState:
    match event:
        case ProgramStarted() | SignedOut():
            return replace(state, user=None, locked=False)
        case Locked():
            return replace(state, locked=True)
        case SignedIn():
            failures = {user: count for user, count in state.failures.items() if user != event.by}
            return replace(state, user=event.by, locked=False, failures=failures)
        case SignInFailed():
            before = state.failures.get(event.user)
            count = before.count if before is not None and before.locked_until is None else 0
            failures = {**state.failures, event.user: Failures(count + 1, event.locked_until)}
            return replace(state, failures=failures)


def _after_opening(state: RegisterState, event: SessionOpened) -> RegisterState:
    figures = day_report.opening(event.counted_ore, state.grand)
    session = Session(event.session, event.at, event.by, figures)
    return replace(state, session=session, next_session=event.session + 1)
