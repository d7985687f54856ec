"""A visit is registered: who, what, what it cost and why, and how it was paid. Free visits too (R01, R21)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kassaapp.domain import invoice, session
from kassaapp.domain.cash import checked_amount
from kassaapp.domain.errors import AddressMissing, BalanceTooLow, NoName, Protected
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.fees import Quote
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.state import RegisterState
from kassaapp.domain.tender import Offer, settle
from kassaapp.domain.text import tidy
from kassaapp.domain.vat import vat_by_rate
from kassaapp.domain.visit import PROTECTED_NAME, FeeReason, Patient, Payment, Tender

MAX_NAME_LENGTH = 100
FORWARDING_ADDRESS = "Skatteverket, Förmedlingsuppdrag, Box 2820, 403 20 Göteborg"
"""Where post to a patient with protected identity goes; no other address is ever stored (DOMAIN 6.3)."""


@dataclass(frozen=True, slots=True)
class Till:
    """What of the till decides how it sells: its kind, and what the region has decided about invoices."""

    letter: str
    needs_address: bool = False
    invoice_fee_ore: int = 0


def named(patient: Patient) -> Patient:
    """The patient as put on record: with a tidy name, or the fixed text for protected identity. Raises NoName,
    BadAmount."""
    checked_amount(patient.paid_in_window_ore or 0)
    payer = None if patient.payer is None else replace(patient.payer, name=name_on_record(patient.payer.name))
    tidied = replace(patient, category_reference=tidy(patient.category_reference) or None, payer=payer)
    if patient.protected:
        return replace(tidied, name=PROTECTED_NAME, address=None)
    return replace(tidied, name=name_on_record(patient.name), address=tidy(patient.address) or None)


def name_on_record(given: str) -> str:
    """A name as it is put on record. What has no letter is none, such as the number of an article that was written
    where the keyboard was. Raises NoName."""
    name = unicodedata.normalize("NFC", " ".join(given.split()))
    if not any(map(str.isalpha, name)) or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise NoName
    return name


def is_name(given: str) -> bool:
    """Whether it can be put on record as a name."""
    try:
        return bool(name_on_record(given))
    except NoName:
        return False


def on_record(till: Till, patient: Patient, quote: Quote, *, acknowledged: bool = False) -> Patient:
    """The patient as a sale of `quote` puts them on record. Raises NoName, BadAmount, Protected, AddressMissing."""
    patient = _with_address(till, named(patient))
    _check_missed(patient, quote, acknowledged=acknowledged)
    return patient


def sell(
    state: RegisterState,
    till: Till,
    patient: Patient,
    quote: Quote,
    offers: Sequence[Offer],
    *,
    visit_date: date,
    at: datetime,
    by: str,
    acknowledged: bool = False,
    replaces: int | None = None,
    begun_at: datetime | None = None,
) -> SaleRegistered:
    """Return the event that registers the visit.

    `acknowledged`: somebody has considered that a protected patient may not have had the summons (R29). `replaces` is
    the receipt that this one stands in for. `begun_at` is when its payment was asked for: what was paid before midnight
    belongs to that day's session, whenever it is known (R51, R52). Raises NoOpenSession, LateClose, NoName, Protected,
    AddressMissing, PaymentDoesNotAddUp, TenderNotOffered, InvoiceNotAllowed, PayerMissing, BalanceTooLow.
    """
    opened = session.require_open(state, at if begun_at is None else begun_at)
    whom = on_record(till, patient, quote, acknowledged=acknowledged)
    lines = quote.lines
    if any(offer.by is Tender.INVOICE for offer in offers):
        fee_ore = till.invoice_fee_ore
        lines = invoice.lines(whom, quote, offers, till_letter=till.letter, fee_ore=fee_ore, day=visit_date)
    recalled = state.recalled.get(whom.id)
    total_ore = sum(line.amount_ore for line in lines)
    settlement = settle(total_ore, offers)
    _check_balance(state, whom, settlement.payments)
    return SaleRegistered(
        at=at,
        by=by,
        session=opened.number,
        receipt=state.next_receipt,
        patient=whom,
        lines=lines,
        payments=settlement.payments,
        visit_date=visit_date,
        total_ore=total_ore,
        rounding_ore=settlement.rounding_ore,
        to_pay_ore=settlement.to_pay_ore,
        change_ore=settlement.change_ore,
        vat={rate.value: ore for rate, ore in vat_by_rate((line.vat, line.amount_ore) for line in lines).items()},
        grand=GrandTotals(state.grand.sales_ore + total_ore, state.grand.returns_ore),
        frikort_reached=quote.frikort_reached,
        replaces=replaces,
        finishes=None if recalled is None else recalled.parked,
        parked_ore=0 if recalled is None else recalled.amount_ore,
    )


def _with_address(till: Till, patient: Patient) -> Patient:
    """A kontantfaktura has an address: the patient's, or for protected identity the forwarding one (R57, R58)."""
    if not till.needs_address:
        return patient
    if patient.protected:
        return replace(patient, address=FORWARDING_ADDRESS)
    if not patient.address:
        raise AddressMissing
    return patient


def _check_missed(patient: Patient, quote: Quote, *, acknowledged: bool) -> None:
    """A protected patient may not have had the letter: somebody must have thought of it (R29)."""
    missed = any(line.reason is FeeReason.MISSED_VISIT for line in quote.lines)
    if patient.protected and missed and not acknowledged:
        raise Protected


def _check_balance(state: RegisterState, patient: Patient, payments: Sequence[Payment]) -> None:
    used_ore = sum(payment.amount_ore for payment in payments if payment.by is Tender.ON_ACCOUNT)
    held_ore = state.balances.get(patient.id, 0)
    if used_ore > held_ore:
        raise BalanceTooLow(held_ore)
