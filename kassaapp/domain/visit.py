"""What a visit is made of: the patient, the rows, the tenders. Values without rules; events are built from them.

A field's name is its key in stored records, so fields are never renamed and new ones get a default.
"""

import enum
from dataclasses import dataclass
from datetime import date

from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.vat import VatRate


class Tender(enum.StrEnum):
    """How something is paid (R55, DOMAIN 5.2)."""

    CASH = "cash"
    CARD = "card"
    SWISH = "swish"
    INVOICE = "invoice"
    ON_ACCOUNT = "on_account"


class Category(enum.StrEnum):
    """Who pays for the patient's care; changes fees (R31, R32)."""

    RESIDENT = "resident"
    ASYLUM = "asylum"
    UNDOCUMENTED = "undocumented"
    EU = "eu"
    OUTSIDE_EU = "outside_eu"
    OTHER_REGION = "other_region"


class FeeReason(enum.StrEnum):
    """Why a line costs something else than its price (R21–R28, R31)."""

    FREE_VISIT = "free_visit"
    UNDER_AGE = "under_age"
    OVER_AGE = "over_age"
    FRIKORT = "frikort"
    CEILING_REACHED = "ceiling_reached"
    CEILING_PART = "ceiling_part"
    MISSED_UNDER_AGE = "missed_under_age"
    MISSED_VISIT = "missed_visit"
    ASYLUM_FEE = "asylum_fee"
    FULL_COST = "full_cost"
    INVOICE_FEE = "invoice_fee"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays when it is not the patient: the guardian of a child (R33)."""

    id: PatientId
    name: str


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the visit concerns (R01). `name` is the literal PROTECTED_NAME for protected identity (DOMAIN 6.4).

    `frikort_until` is the last day of an exemption card that was shown or looked up. `paid_in_window_ore`, counted
    since `window_from`, is what the patient has paid towards the ceiling (R24–R26); None is not known.
    """

    id: PatientId
    name: str
    category: Category = Category.RESIDENT
    category_reference: str | None = None
    protected: bool = False
    frikort_until: date | None = None
    paid_in_window_ore: int | None = None
    window_from: date | None = None
    address: str | None = None
    payer: Payer | None = None


PROTECTED_NAME = "SKYDDADE PERSONUPPGIFTER"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a receipt. `price_ore` is the list price of one, `amount_ore` what the row costs after the rules, and
    `counts_ore` what of it counts towards the ceiling. `until` is the last day of the frikort that `reason` names."""

    article: int
    text: str
    quantity: int
    price_ore: int
    amount_ore: int
    vat: VatRate
    counts_ore: int = 0
    reason: FeeReason | None = None
    until: date | None = None
    group: str | None = None
    goods: bool = False
    no_invoice: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Part of a sale's row that is given back. `line` is the row's place on the receipt, from 1."""

    line: int
    article: int
    text: str
    amount_ore: int
    vat: VatRate
    counts_ore: int = 0
    goods: bool = False
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """A row put aside: so many of an article."""

    article: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One tender's share. `amount_ore` is what it settles (for cash: rounded, R55); `given_ore` is cash handed over."""

    by: Tender
    amount_ore: int
    given_ore: int | None = None
    reference: str | None = None
