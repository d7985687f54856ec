"""Invoice as a tender of the hälsovalskassa: when it may be used, for whom, and what it costs (R28, R30, R33, R58)."""

from collections.abc import Sequence
from datetime import date

from kassaapp.domain.errors import InvoiceNotAllowed, PayerMissing
from kassaapp.domain.fees import Quote
from kassaapp.domain.patient_id import IdKind
from kassaapp.domain.tender import Offer
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import FeeReason, Line, Patient

OF_AGE = 18
FEE_ARTICLE = 0
FEE_TEXT = "Faktureringsavgift"
_WITH_POST = (IdKind.PERSONNUMMER, IdKind.SAMORDNINGSNUMMER)


def lines(
    patient: Patient, quote: Quote, offers: Sequence[Offer], *, till_letter: str, fee_ore: int, day: date
) -> tuple[Line, ...]:
    """The rows of a visit that is invoiced: the fee for invoicing is added when the patient chose it.

    Not for a missed visit, and not when the clinic could not take payment (R28, R30). Raises InvoiceNotAllowed,
    PayerMissing for who is under 18 (HSL 17:5).
    """
    if till_letter != "H":
        raise InvoiceNotAllowed("till")
    if len(offers) > 1:
        raise InvoiceNotAllowed("mixed")
    if any(line.no_invoice for line in quote.lines):
        raise InvoiceNotAllowed("article")
    if patient.protected and patient.id.kind not in _WITH_POST:
        raise InvoiceNotAllowed("reserve_number")
    age = patient.id.age_on(day)
    if quote.total_ore > 0 and age is not None and age < OF_AGE and not _has_grown_payer(patient, day):
        raise PayerMissing
    missed = any(line.reason is FeeReason.MISSED_VISIT for line in quote.lines)
    if fee_ore == 0 or quote.total_ore == 0 or missed or offers[0].could_not_pay:
        return quote.lines
    fee = Line(FEE_ARTICLE, FEE_TEXT, 1, fee_ore, fee_ore, VatRate.EXEMPT, reason=FeeReason.INVOICE_FEE)
    return (*quote.lines, fee)


def _has_grown_payer(patient: Patient, day: date) -> bool:
    """Whether somebody of age pays for the child; an age that the number does not tell is taken for granted."""
    if patient.payer is None:
        return False
    age = patient.payer.id.age_on(day)
    return patient.payer.id != patient.id and (age is None or age >= OF_AGE)
