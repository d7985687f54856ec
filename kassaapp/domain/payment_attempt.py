"""A payment that a terminal or Swish is asked for: on record before it is asked, so that a crash leaves a question.

At most one at a time at a till. It ends with the sale or the deposit that it pays, with the return receipt of what it
gives back, or with somebody's word that no money came or went; until then nothing else is asked for, and the till is
not closed (RECORDS 2.5, R52).
"""

from datetime import date, datetime

from kassaapp.domain import on_account, sale, session
from kassaapp.domain.errors import NoPaymentUnderWay, PaymentDoesNotAddUp, TenderNotOffered
from kassaapp.domain.events import (
    DepositTaken,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
)
from kassaapp.domain.fees import Quote
from kassaapp.domain.state import RegisterState
from kassaapp.domain.tender import Offer
from kassaapp.domain.text import tidy
from kassaapp.domain.visit import Patient, Tender

ASKED = (Tender.CARD, Tender.SWISH)
"""Tenders that are taken outside the till, so that it can fail to see how they end."""


def begin(
    state: RegisterState,
    till: sale.Till,
    patient: Patient,
    quote: Quote,
    tender: Tender,
    *,
    amount_ore: int | None,
    visit_date: date,
    at: datetime,
    by: str,
    mark: str = "",
    acknowledged: bool = False,
) -> PaymentBegun:
    """Return the event that the payment is about to be asked for; all of what is due, when not said how much.

    What would refuse the sale refuses it now, before anybody's money moves. Raises NoOpenSession, InTraining,
    LateClose, PaymentUnderWay, TenderNotOffered, NoName, AddressMissing, Protected, PaymentDoesNotAddUp.
    """
    opened = session.require_open(state, at)
    session.require_no_payment(state)
    if tender not in ASKED:
        raise TenderNotOffered(tender)
    asked_ore = quote.total_ore if amount_ore is None else amount_ore
    if not 0 < asked_ore <= quote.total_ore:
        raise PaymentDoesNotAddUp(quote.total_ore, asked_ore)
    return PaymentBegun(
        at=at,
        by=by,
        session=opened.number,
        attempt=state.next_attempt,
        tender=tender,
        amount_ore=asked_ore,
        patient=sale.on_record(till, patient, quote, acknowledged=acknowledged),
        lines=quote.lines,
        visit_date=visit_date,
        frikort_reached=quote.frikort_reached,
        mark=tidy(mark) or None,
    )


def begin_deposit(
    state: RegisterState,
    patient: Patient,
    amount_ore: int,
    tender: Tender,
    *,
    at: datetime,
    by: str,
    mark: str = "",
) -> PaymentBegun:
    """Return the event that a deposit a conto is about to be asked for: a payment without lines.

    What would refuse the deposit refuses it now. Raises NoOpenSession, InTraining, LateClose, PaymentUnderWay,
    TenderNotOffered, NoName, BadAmount.
    """
    session.require_no_payment(state)
    if tender not in ASKED:
        raise TenderNotOffered(tender)
    asked = on_account.deposit(state, patient, amount_ore, [Offer(tender, amount_ore)], at=at, by=by)
    return PaymentBegun(
        at=at,
        by=by,
        session=asked.session,
        attempt=state.next_attempt,
        tender=tender,
        amount_ore=amount_ore,
        patient=asked.patient,
        lines=(),
        visit_date=at.date(),
        mark=tidy(mark) or None,
    )


def begin_return(state: RegisterState, returned: SaleRefunded | SaleVoided) -> PaymentBegun | None:
    """Return the event that money is about to be given back by card or Swish, the first of the tenders of `returned`,
    which is what will be registered; None when none of it goes back so. While another payment is open there is None
    either, for a void must not wait for an answer about that: it is put on record afterwards."""
    asked = [payment for payment in returned.payments if payment.by in ASKED]
    if not asked or state.open_payment is not None:
        return None
    return PaymentBegun(
        at=returned.at,
        by=returned.by,
        session=returned.session,
        attempt=state.next_attempt,
        tender=asked[0].by,
        amount_ore=asked[0].amount_ore,
        patient=returned.patient,
        lines=(),
        visit_date=returned.at.date(),
        returns=returned.sale_receipt,
    )


def under_way(state: RegisterState) -> PaymentBegun:
    """The payment that was begun. Raises NoPaymentUnderWay."""
    if state.open_payment is None:
        raise NoPaymentUnderWay
    return state.open_payment


def ended_by(state: RegisterState, paid: SaleRegistered | DepositTaken) -> PaymentEnded | None:
    """How the payment that was begun ends with what is about to be registered; None when that asks nobody for money.

    Raises PaymentUnderWay when it holds a card or Swish payment that is not the one begun: the terminal would have been
    asked twice.
    """
    asked = [payment for payment in paid.payments if payment.by in ASKED]
    begun = state.open_payment
    if begun is None or not asked:
        return None
    if not begun.is_settled_by(paid):
        session.require_no_payment(state)
    own = next(payment for payment in asked if begun.is_of(payment))
    return _ended(begun, PaymentOutcome.PAID, at=paid.at, by=paid.by, receipt=paid.receipt, reference=own.reference)


def ended_by_return(state: RegisterState, returned: SaleRefunded | SaleVoided) -> PaymentEnded | None:
    """How the repayment that was begun ends with what is about to be registered; None when that is another."""
    begun = state.open_payment
    if begun is None or not begun.is_settled_by(returned):
        return None
    return _ended(begun, PaymentOutcome.PAID, at=returned.at, by=returned.by, receipt=returned.receipt)


def end_unpaid(state: RegisterState, outcome: PaymentOutcome, *, at: datetime, by: str) -> PaymentEnded:
    """Return the event that no money came, and why not. A payment that came ends with its sale and never here. Raises
    NoPaymentUnderWay."""
    assert outcome is not PaymentOutcome.PAID, "a payment that came has a receipt"
    return _ended(under_way(state), outcome, at=at, by=by)


def as_priced(begun: PaymentBegun) -> Quote:
    """What the visit cost when the payment was asked for, whatever the price list says today."""
    total_ore = sum(line.amount_ore for line in begun.lines)
    return Quote(begun.lines, total_ore, sum(line.counts_ore for line in begun.lines), begun.frikort_reached)


def _ended(
    begun: PaymentBegun,
    outcome: PaymentOutcome,
    *,
    at: datetime,
    by: str,
    receipt: int | None = None,
    reference: str | None = None,
) -> PaymentEnded:
    return PaymentEnded(
        at=at,
        by=by,
        session=begun.session,
        attempt=begun.attempt,
        tender=begun.tender,
        amount_ore=begun.amount_ore,
        patient=begun.patient,
        outcome=outcome,
        receipt=receipt,
        reference=reference,
    )
