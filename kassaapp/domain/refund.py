"""Giving money back: row by row, never more than is left, with a reason and a second person where needed (R09–R13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kassaapp.domain import day_report, people, session
from kassaapp.domain.errors import AlreadyVoided, NotEnoughCash, PartlyRefunded, RefundOutOfRange
from kassaapp.domain.events import SaleRefunded, SaleVoided
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.receipts import Standing
from kassaapp.domain.state import RegisterState, Session
from kassaapp.domain.tender import Offer, settle
from kassaapp.domain.text import reason_given
from kassaapp.domain.vat import vat_by_rate
from kassaapp.domain.visit import Line, Payment, ReturnedLine, Tender


@dataclass(frozen=True, slots=True)
class GiveBack:
    """So much of a receipt's row, counted from 1."""

    line: int
    amount_ore: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who does it and when; `approved_by` the second person, if one has signed; `limit_ore` above which one must.

    `begun_at`: when the money was about to be given back, if that was put on record: what went back before midnight
    belongs to that session. `net_nothing`: what is paid out comes in again in the same act, so the drawer need not hold
    it.
    """

    at: datetime
    by: str
    limit_ore: int
    approved_by: str | None = None
    begun_at: datetime | None = None
    net_nothing: bool = False


def refund(
    state: RegisterState,
    standing: Standing,
    wishes: Sequence[GiveBack],
    offers: Sequence[Offer],
    reason: str,
    given: Circumstances,
) -> SaleRefunded:
    """The event that gives back part of a sale.

    Raises NoOpenSession, LateClose, AlreadyVoided, RefundOutOfRange, ReasonMissing, PaymentDoesNotAddUp,
    TenderNotOffered, NeedsApproval, SelfApproval, NotEnoughCash.
    """
    opened = session.require_open(state, given.begun_at or given.at)
    if standing.voided_by is not None:
        raise AlreadyVoided(standing.sale.receipt)
    lines = _returned(standing, wishes)
    total_ore = sum(line.amount_ore for line in lines)
    settlement = settle(total_ore, offers, cash_before_ore=standing.cash_back_exact_ore)
    for payment in settlement.payments:
        if payment.given_ore not in (None, payment.amount_ore):
            raise RefundOutOfRange(0, total_ore)
    other_tender = any(_above_what_was_paid(standing, payment) for payment in settlement.payments)
    _check_approval(standing.all_returned_ore + total_ore, given, other_tender=other_tender)
    _check_cash(opened, settlement.payments, given)
    return SaleRefunded(
        at=given.at,
        by=given.by,
        session=opened.number,
        receipt=state.next_receipt,
        sale_receipt=standing.sale.receipt,
        sale_session=standing.sale.session,
        patient=standing.sale.patient,
        lines=lines,
        payments=tuple(Payment(paid.by, paid.amount_ore, reference=paid.reference) for paid in settlement.payments),
        total_ore=total_ore,
        rounding_ore=settlement.rounding_ore,
        to_pay_ore=settlement.to_pay_ore,
        vat=_vat_of(standing, lines),
        reason=reason_given(reason, total_ore),
        grand=_after(state.grand, total_ore),
        approved_by=given.approved_by,
    )


def void(state: RegisterState, standing: Standing, reason: str, given: Circumstances) -> SaleVoided:
    """The event that undoes a whole receipt, in the session of today, each tender paid back as it was paid.

    Raises NoOpenSession, LateClose, AlreadyVoided, PartlyRefunded, ReasonMissing, NeedsApproval, SelfApproval,
    NotEnoughCash.
    """
    opened = session.require_open(state, given.begun_at or given.at)
    sale = standing.sale
    if standing.voided_by is not None:
        raise AlreadyVoided(sale.receipt)
    if standing.returned_ore:
        raise PartlyRefunded(sale.receipt)
    lines = tuple(_whole(number, line) for number, line in enumerate(sale.lines, start=1))
    payments = tuple(Payment(paid.by, paid.amount_ore, reference=paid.reference) for paid in sale.payments)
    _check_approval(sale.total_ore, given, other_tender=False)
    _check_cash(opened, payments, given)
    return SaleVoided(
        at=given.at,
        by=given.by,
        session=opened.number,
        receipt=state.next_receipt,
        sale_receipt=sale.receipt,
        sale_session=sale.session,
        patient=sale.patient,
        lines=lines,
        payments=payments,
        total_ore=sale.total_ore,
        rounding_ore=sale.rounding_ore,
        to_pay_ore=sale.to_pay_ore,
        vat=sale.vat,
        reason=reason_given(reason, sale.total_ore),
        grand=_after(state.grand, sale.total_ore),
        approved_by=given.approved_by,
    )


def _vat_of(standing: Standing, lines: Sequence[ReturnedLine]) -> dict[str, int]:
    """The VAT in what is given back, by rate: of all that has been given back now, less of what had been before, so
    that the parts add up to the whole."""
    sold = standing.sale.lines
    before = [(sold[number - 1].vat, ore) for number, ore in standing.returned_ore.items()]
    had, has = vat_by_rate(before), vat_by_rate([*before, *((line.vat, line.amount_ore) for line in lines)])
    return {rate.value: ore - had.get(rate, 0) for rate, ore in has.items() if rate in {line.vat for line in lines}}


def _above_what_was_paid(standing: Standing, payment: Payment) -> bool:
    """Whether a tender would get back more than it paid (R11)."""
    return standing.paid_back_ore.get(payment.by, 0) + payment.amount_ore > standing.paid_ore(payment.by)


def _returned(standing: Standing, wishes: Sequence[GiveBack]) -> tuple[ReturnedLine, ...]:
    if not wishes:
        raise RefundOutOfRange(0, standing.all_left_ore)
    returned: list[ReturnedLine] = []
    for wish in wishes:
        left_ore = standing.left_ore(wish.line) - sum(one.amount_ore for one in returned if one.line == wish.line)
        if not 0 < wish.amount_ore <= left_ore:
            raise RefundOutOfRange(wish.line, left_ore)
        line = standing.sale.lines[wish.line - 1]
        counts_ore = min(line.counts_ore, wish.amount_ore)
        returned.append(
            ReturnedLine(
                wish.line, line.article, line.text, wish.amount_ore, line.vat, counts_ore, line.goods, line.quantity
            )
        )
    return tuple(returned)


def _whole(number: int, line: Line) -> ReturnedLine:
    return ReturnedLine(
        number, line.article, line.text, line.amount_ore, line.vat, line.counts_ore, line.goods, line.quantity
    )


def _check_approval(total_ore: int, given: Circumstances, *, other_tender: bool) -> None:
    people.check_other(given.by, given.approved_by)
    if total_ore > given.limit_ore:
        people.check_approval(given.by, given.approved_by, over_ore=given.limit_ore)
    elif other_tender:
        people.check_approval(given.by, given.approved_by)


def _check_cash(opened: Session, payments: Sequence[Payment], given: Circumstances) -> None:
    """Cash that is given back must be in the drawer (R12)."""
    cash_ore = sum(payment.amount_ore for payment in payments if payment.by is Tender.CASH)
    held_ore = day_report.expected(opened.figures)[Tender.CASH]
    if cash_ore > held_ore and not given.net_nothing:
        raise NotEnoughCash(held_ore)


def _after(grand: GrandTotals, returned_ore: int) -> GrandTotals:
    return GrandTotals(grand.sales_ore, grand.returns_ore + returned_ore)
