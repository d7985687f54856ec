"""How a sale is settled: several tenders that together are what is due, cash rounded and change given (R55).

Only cash is rounded, and only what is left after the other tenders: 1–49 öre down, 50–99 up (lag 1970:1029). Card and
Swish are exact.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import BadAmount, PaymentDoesNotAddUp, TenderNotOffered
from kassaapp.domain.money import KRONA, round_cash
from kassaapp.domain.text import tidy
from kassaapp.domain.visit import Payment, Tender

MAX_TENDERS = 20
OFFERED = tuple(Tender)
"""What a till can take; a rule may allow fewer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tender as offered. `amount_ore` may be left out when it is the only one; `given_ore` is cash handed over.

    `could_not_pay`: the clinic could not take payment, so an invoice carries no fee (R30)."""

    by: Tender
    amount_ore: int | None = None
    given_ore: int | None = None
    reference: str | None = None
    could_not_pay: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """How the sale is settled. `to_pay_ore` = total + rounding; the payments add up to it."""

    payments: tuple[Payment, ...]
    rounding_ore: int
    to_pay_ore: int
    change_ore: int


def settle(
    total_ore: int, offers: Sequence[Offer], *, offered: Collection[Tender] = OFFERED, cash_before_ore: int = 0
) -> Settlement:
    """Settle `total_ore` with tenders that are `offered`.

    `cash_before_ore` is cash of the same receipt that has been settled already, before rounding: the sum is rounded and
    not each part, so that a refund in parts is the refund of the whole. Raises PaymentDoesNotAddUp, TenderNotOffered,
    BadAmount.
    """
    if len(offers) > MAX_TENDERS:
        raise PaymentDoesNotAddUp(total_ore, sum(offer.amount_ore or 0 for offer in offers))
    for offer in offers:
        if offer.by not in offered:
            raise TenderNotOffered(offer.by)
    if total_ore == 0:
        if any(offer.amount_ore or offer.given_ore for offer in offers):
            raise PaymentDoesNotAddUp(0, sum((offer.amount_ore or offer.given_ore or 0) for offer in offers))
        return Settlement((), 0, 0, 0)
    exact = [_exact(offer, total_ore, alone=len(offers) == 1) for offer in offers if offer.by is not Tender.CASH]
    left_ore = total_ore - sum(payment.amount_ore for payment in exact)
    cash = [offer for offer in offers if offer.by is Tender.CASH]
    if not cash:
        if left_ore != 0:
            raise PaymentDoesNotAddUp(total_ore, total_ore - left_ore)
        return Settlement(tuple(exact), 0, total_ore, 0)
    if len(cash) > 1 or left_ore <= 0:
        raise PaymentDoesNotAddUp(max(left_ore, 0), sum(offer.amount_ore or 0 for offer in cash))
    due_ore = round_cash(cash_before_ore + left_ore) - round_cash(cash_before_ore)
    return _with_cash(total_ore, left_ore, due_ore, exact, cash[0])


def _exact(offer: Offer, total_ore: int, *, alone: bool) -> Payment:
    amount_ore = total_ore if offer.amount_ore is None and alone else offer.amount_ore
    if amount_ore is None or amount_ore <= 0 or offer.given_ore is not None:
        raise PaymentDoesNotAddUp(total_ore, amount_ore or 0)
    return Payment(offer.by, amount_ore, reference=tidy(offer.reference) or None)


def _with_cash(total_ore: int, left_ore: int, due_ore: int, exact: list[Payment], cash: Offer) -> Settlement:
    if cash.amount_ore is None and exact:
        raise PaymentDoesNotAddUp(due_ore, 0)
    if cash.amount_ore not in (None, left_ore, due_ore):
        raise PaymentDoesNotAddUp(due_ore, cash.amount_ore or 0)
    given_ore = due_ore if cash.given_ore is None else checked_amount(cash.given_ore)
    if given_ore < due_ore:
        raise PaymentDoesNotAddUp(due_ore, given_ore)
    if given_ore % KRONA:  # There are no öre in cash (lag 1970:1029).
        raise BadAmount(given_ore)
    payment = Payment(Tender.CASH, due_ore, given_ore=given_ore, reference=tidy(cash.reference) or None)
    return Settlement(
        payments=(*exact, payment),
        rounding_ore=due_ore - left_ore,
        to_pay_ore=total_ore + due_ore - left_ore,
        change_ore=given_ore - due_ore,
    )
