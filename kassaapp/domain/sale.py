"""A visit is registered: who, what, what it cost and why, and how it was paid. Free visits too (R01, R21)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kassaapp.domain import session
from kassaapp.domain.errors import NoName
from kassaapp.domain.events import PROTECTED_NAME, GrandTotals, Patient, SaleRegistered
from kassaapp.domain.fees import Quote
from kassaapp.domain.state import RegisterState
from kassaapp.domain.tender import Offer, settle
from kassaapp.domain.vat import vat_by_rate

MAX_NAME_LENGTH = 100


def named(patient: Patient) -> Patient:
    """The patient as put on record: with a tidy name, or the fixed text for protected identity. Raises NoName."""
    if patient.protected:
        return replace(patient, name=PROTECTED_NAME)
    name = unicodedata.normalize("NFC", " ".join(patient.name.split()))
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise NoName
    return replace(patient, name=name)


def sell(
    state: RegisterState,
    patient: Patient,
    quote: Quote,
    offers: Sequence[Offer],
    *,
    visit_date: date,
    at: datetime,
    by: str,
) -> SaleRegistered:
    """Return the event that registers the visit. Raises NoOpenSession, LateClose, NoName, PaymentDoesNotAddUp."""
    opened = session.require_open(state, at)
    on_record = named(patient)
    settlement = settle(quote.total_ore, offers)
    return SaleRegistered(
        at=at,
        by=by,
        session=opened.number,
        receipt=state.next_receipt,
        patient=on_record,
        lines=quote.lines,
        payments=settlement.payments,
        visit_date=visit_date,
        total_ore=quote.total_ore,
        rounding_ore=settlement.rounding_ore,
        to_pay_ore=settlement.to_pay_ore,
        change_ore=settlement.change_ore,
        vat={rate.value: ore for rate, ore in vat_by_rate((line.vat, line.amount_ore) for line in quote.lines).items()},
        grand=GrandTotals(state.grand.sales_ore + quote.total_ore, state.grand.returns_ore),
        frikort_reached=quote.frikort_reached,
    )
