"""A conto: a patient's own money at this till. A debt to the patient, never a sale, and never below zero (R54).

A till spends only what it holds itself: deposits taken here, and what the region has granted it (`rights`).
"""

from collections.abc import Sequence
from datetime import datetime

from kassaapp.domain import day_report, people, session
from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import BadAmount, BalanceTooLow, NotEnoughCash
from kassaapp.domain.events import DepositRepaid, DepositTaken
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.sale import named
from kassaapp.domain.state import RegisterState
from kassaapp.domain.tender import Offer, settle
from kassaapp.domain.text import reason_given
from kassaapp.domain.visit import Patient, Payment, Tender

_MONEY = (Tender.CASH, Tender.CARD, Tender.SWISH)


def balance(state: RegisterState, patient: PatientId) -> int:
    """What this till holds of what the patient has a conto, in öre."""
    return state.balances.get(patient, 0)


def deposit(
    state: RegisterState,
    patient: Patient,
    amount_ore: int,
    offers: Sequence[Offer],
    *,
    at: datetime,
    by: str,
    begun_at: datetime | None = None,
) -> DepositTaken:
    """The event that takes a deposit; `begun_at` is when its payment was asked for, if it was: what was paid before
    midnight belongs to that session. Raises NoOpenSession, LateClose, NoName, BadAmount, PaymentDoesNotAddUp."""
    opened = session.require_open(state, at if begun_at is None else begun_at)
    payments = _paid(amount_ore, offers)
    return DepositTaken(
        at=at,
        by=by,
        session=opened.number,
        receipt=state.next_receipt,
        patient=named(patient),
        amount_ore=amount_ore,
        payments=payments,
        balance_ore=balance(state, patient.id) + amount_ore,
    )


def repay(
    state: RegisterState,
    patient: Patient,
    amount_ore: int,
    offers: Sequence[Offer],
    reason: str,
    *,
    at: datetime,
    by: str,
    approved_by: str | None,
) -> DepositRepaid:
    """The event that pays a balance back. Raises as `deposit`, and BalanceTooLow, ReasonMissing, NeedsApproval,
    SelfApproval, NotEnoughCash."""
    opened = session.require_open(state, at)
    payments = _paid(amount_ore, offers)
    held_ore = balance(state, patient.id)
    if amount_ore > held_ore:
        raise BalanceTooLow(held_ore)
    cash_ore = sum(payment.amount_ore for payment in payments if payment.by is Tender.CASH)
    drawer_ore = day_report.expected(opened.figures)[Tender.CASH]
    if cash_ore > drawer_ore:
        raise NotEnoughCash(drawer_ore)
    given = reason_given(reason, amount_ore)
    return DepositRepaid(
        at=at,
        by=by,
        session=opened.number,
        receipt=state.next_receipt,
        patient=named(patient),
        amount_ore=amount_ore,
        payments=payments,
        balance_ore=held_ore - amount_ore,
        reason=given,
        approved_by=people.check_approval(by, approved_by),
    )


def _paid(amount_ore: int, offers: Sequence[Offer]) -> tuple[Payment, ...]:
    """The payments of an amount that moves a conto; in whole kronor when it is cash, for nothing is rounded away."""
    if checked_amount(amount_ore) == 0:
        raise BadAmount(amount_ore)
    settlement = settle(amount_ore, offers, offered=_MONEY)
    if settlement.rounding_ore:
        raise BadAmount(amount_ore)
    return tuple(Payment(paid.by, paid.amount_ore, reference=paid.reference) for paid in settlement.payments)
