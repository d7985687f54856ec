"""Opening and closing the till (R02–R04, R46–R51)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kassaapp.domain import day_report, people
from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import (
    InTraining,
    LateClose,
    NoOpenSession,
    ParkedSalesLeft,
    PaymentUnderWay,
    SessionAlreadyOpen,
)
from kassaapp.domain.events import SessionClosed, SessionOpened
from kassaapp.domain.state import RegisterState, Session
from kassaapp.domain.text import reason_given
from kassaapp.domain.visit import Tender


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted at close, in öre; card and Swish as their own lists say, None when not compared."""

    cash_ore: int
    card_ore: int | None = None
    swish_ore: int | None = None
    denominations: Mapping[int, int] = field(default_factory=dict)

    def by_tender(self) -> dict[str, int]:
        """The amounts that were counted, by tender. Raises BadAmount."""
        counted = {Tender.CASH: self.cash_ore, Tender.CARD: self.card_ore, Tender.SWISH: self.swish_ore}
        return {tender.value: checked_amount(ore) for tender, ore in counted.items() if ore is not None}


def open_session(
    state: RegisterState, counted_ore: int, *, float_ore: int, reason: str | None, at: datetime, by: str
) -> SessionOpened:
    """Open the till with a counted float.

    `float_ore` is what should be there before the first close ever; after that, what was left at the last one. Raises
    SessionAlreadyOpen, ReasonMissing when the count differs (R04), BadAmount.
    """
    if state.session is not None:
        raise SessionAlreadyOpen(state.session.opened_by, state.session.opened_at)
    expected_ore = float_ore if state.left_ore is None else state.left_ore
    difference_ore = checked_amount(counted_ore) - expected_ore
    return SessionOpened(
        at=at,
        by=by,
        session=state.next_session,
        counted_ore=counted_ore,
        expected_ore=expected_ore,
        reason=_reason_for(difference_ore, reason),
    )


def require_session(state: RegisterState) -> Session:
    """The open session. Raises NoOpenSession."""
    if state.session is None:
        raise NoOpenSession
    return state.session


def require_open(state: RegisterState, at: datetime) -> Session:
    """The open session, for something that happens now. Raises NoOpenSession, InTraining (R43), LateClose over
    midnight (R51)."""
    session = require_session(state)
    if state.training:
        raise InTraining
    if session.opened_at.date() < at.date():
        raise LateClose(session.opened_at)
    return session


def require_closable(state: RegisterState) -> Session:
    """The session that is open, with nothing that has to be done before it is closed. Raises NoOpenSession, InTraining,
    PaymentUnderWay, ParkedSalesLeft."""
    session = require_session(state)
    if state.training:
        raise InTraining
    require_no_payment(state)
    if state.parked:
        raise ParkedSalesLeft(len(state.parked))
    return session


def require_no_payment(state: RegisterState) -> None:
    """Raises PaymentUnderWay while nobody has said how a payment ended."""
    begun = state.open_payment
    if begun is not None:
        raise PaymentUnderWay(begun.tender, begun.amount_ore, begun.at, is_return=begun.is_return)


def close_session(
    state: RegisterState,
    count: Count,
    *,
    reason: str | None,
    second: str | None,
    limit_ore: int,
    at: datetime,
    by: str,
) -> SessionClosed:
    """Close the till with what was counted.

    Raises NoOpenSession, InTraining, PaymentUnderWay, ParkedSalesLeft, BadAmount, ReasonMissing for any difference
    (R49), NeedsApproval and SelfApproval for one above `limit_ore` without a second person.
    """
    session = require_closable(state)
    figures = day_report.with_count(session.figures, count.by_tender())
    worst_ore = max(figures.difference_ore.values(), key=abs)
    explained = _reason_for(worst_ore, reason)
    if abs(worst_ore) > limit_ore:
        people.check_approval(by, second, over_ore=limit_ore)
    return SessionClosed(
        at=at,
        by=by,
        session=session.number,
        z=state.next_z,
        figures=figures,
        left_ore=count.cash_ore,
        reason=explained,
        denominations={str(value): pieces for value, pieces in count.denominations.items()} or None,
        late=session.opened_at.date() < at.date(),
        second=second if abs(worst_ore) > limit_ore else None,
    )


def _reason_for(difference_ore: int, reason: str | None) -> str | None:
    """The reason as recorded: demanded when there is a difference, dropped when there is none."""
    return None if difference_ore == 0 else reason_given(reason, difference_ore)
