"""Cash that moves without a patient: float, bank, expense, opened drawer, a count in between (R05, R44, R50, R53)."""

from collections.abc import Mapping
from datetime import datetime

from kassaapp.domain import day_report, session
from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import BadAmount, NeedsApproval, NotEnoughCash, ReferenceMissing, SelfApproval
from kassaapp.domain.events import CashCounted, CashPurpose, CashTakenOut, DrawerOpened, FloatChanged
from kassaapp.domain.state import RegisterState, Session
from kassaapp.domain.text import reason_given, tidy
from kassaapp.domain.visit import Tender


def change_float(state: RegisterState, amount_ore: int, reason: str, *, at: datetime, by: str) -> FloatChanged:
    """The event that adds to the float, or takes from it. Raises NoOpenSession, LateClose, BadAmount, ReasonMissing,
    NotEnoughCash."""
    opened = session.require_open(state, at)
    if checked_amount(abs(amount_ore)) == 0:
        raise BadAmount(amount_ore)
    _check_held(opened, -amount_ore)
    return FloatChanged(at, by, opened.number, amount_ore, reason_given(reason, amount_ore))


def take_out(
    state: RegisterState,
    amount_ore: int,
    purpose: CashPurpose,
    reference: str,
    *,
    second: str | None,
    at: datetime,
    by: str,
    own_name: str,
) -> CashTakenOut:
    """The event that takes cash out of the till. To the bank: a bag number and a second name, not `own_name` (R53).

    Raises NoOpenSession, LateClose, BadAmount, NotEnoughCash, ReferenceMissing, NeedsApproval, SelfApproval.
    """
    opened = session.require_open(state, at)
    if checked_amount(amount_ore) == 0:
        raise BadAmount(amount_ore)
    if not tidy(reference):
        raise ReferenceMissing
    other = tidy(second)
    if purpose is CashPurpose.BANK and not other:
        raise NeedsApproval
    if other.casefold() in {by.casefold(), own_name.casefold()}:
        raise SelfApproval
    _check_held(opened, amount_ore)
    return CashTakenOut(at, by, opened.number, amount_ore, purpose, tidy(reference), other or None)


def open_drawer(state: RegisterState, reason: str, *, at: datetime, by: str) -> DrawerOpened:
    """The event that the drawer was opened without a sale. Raises NoOpenSession, LateClose, ReasonMissing."""
    opened = session.require_open(state, at)
    return DrawerOpened(at, by, opened.number, reason_given(reason))


def count(state: RegisterState, counted: Mapping[str, int], *, at: datetime, by: str) -> CashCounted:
    """The event that the till was counted; it changes nothing (R50). Raises NoOpenSession, BadAmount."""
    opened = session.require_session(state)
    compared = day_report.with_count(opened.figures, {tender: checked_amount(ore) for tender, ore in counted.items()})
    return CashCounted(at, by, opened.number, compared.counted_ore, compared.difference_ore)


def _check_held(opened: Session, out_ore: int) -> None:
    held_ore = day_report.expected(opened.figures)[Tender.CASH]
    if out_ore > held_ore:
        raise NotEnoughCash(held_ore)
