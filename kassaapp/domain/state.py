"""What is known of a till: its events added up. `apply` is the only way it changes, and it never refuses.

The state holds what the rules need and no more; receipts are looked up in `History`. Nothing here is stored: after a
crash the same events give the same state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from kassaapp.domain import day_report
from kassaapp.domain.events import (
    ConfigurationRefused,
    ConfigurationTaken,
    Event,
    Figures,
    GrandTotals,
    Locked,
    ProgramStarted,
    RegisterOpened,
    SaleRegistered,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    SignInFailed,
)


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
    """A till, as its events left it. `left_ore` is the float left at the last close (None before the first)."""

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
        case SaleRegistered():
            return _after_sale(state, event)
        case RegisterOpened():
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
        case SessionOpened():
            return _after_opening(state, event)
        case SessionClosed():
            return replace(state, session=None, left_ore=event.left_ore, next_z=event.z + 1)
        case ConfigurationTaken():
            return replace(state, configuration=event.number)
        case ConfigurationRefused():
            return replace(state, refused_configuration=event.number)
        case ProgramStarted() | SignedOut() | Locked() | SignedIn() | SignInFailed():
            return _after_person(state, event)


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


def _after_sale(state: RegisterState, event: SaleRegistered) -> RegisterState:
    assert state.session is not None, "a sale outside a session"
    session = replace(state.session, figures=day_report.add_sale(state.session.figures, event))
    return replace(state, session=session, grand=event.grand, next_receipt=event.receipt + 1)
