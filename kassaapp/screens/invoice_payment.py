"""Invoice as a way to pay: what the patient is told, what it costs, and why when it costs nothing extra (UX 2.7).

The rules are `domain.invoice`: here is only what a person is asked for and told.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain import invoice
from kassaapp.domain.errors import InvoiceNotAllowed, PayerMissing, Refused
from kassaapp.domain.fees import Quote
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Line, Patient, Payer, Tender
from kassaapp.i18n import _
from kassaapp.wording import amount, amount_spoken, explain

SellInvoice = Callable[[Sequence[Offer], Payer | None], None]
"""Registers the sale as invoiced, to a payer when the patient is a child; or raises Refused."""


class Why(enum.Enum):
    """Why the clinic could not take payment."""

    TERMINAL = enum.auto()
    SWISH = enum.auto()
    CHANGE = enum.auto()
    OTHER = enum.auto()


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """All that is shown. `why` is the place of the chosen reason, None while none is chosen; the payer is asked for
    when `payer_asked`."""

    heading: str
    visit: str
    fee: str
    total: str
    total_spoken: str
    could_not: bool
    whys: tuple[str, ...]
    why: int | None
    why_error: str
    payer_asked: bool
    payer_number: str
    payer_number_error: str
    payer_name: str
    payer_name_error: str
    tell: str
    note: str
    error: str
    button: str


@dataclass(frozen=True, slots=True)
class Invoicing:
    """What an invoice depends on: for whom, what it costs, when, at which till, and the fee for invoicing in öre."""

    patient: Patient
    quote: Quote
    day: date
    till_letter: str
    fee_ore: int

    def lines(self, offer: Offer, payer: Payer | None = None) -> tuple[Line, ...]:
        """The rows as invoiced. Raises InvoiceNotAllowed, PayerMissing."""
        patient = self.patient if payer is None else replace(self.patient, payer=payer)
        fee_ore = self.fee_ore
        return invoice.lines(patient, self.quote, [offer], till_letter=self.till_letter, fee_ore=fee_ore, day=self.day)

    def refusal(self) -> InvoiceNotAllowed | None:
        """Why it cannot be invoiced at all."""
        try:
            self.lines(Offer(Tender.INVOICE))
        except InvoiceNotAllowed as refused:
            return refused
        except PayerMissing:
            return None
        return None

    def in_the_way(self) -> str:
        """The name of the first row that may not be invoiced, for the button (E38d); empty when there is none."""
        return next((line.text for line in self.quote.lines if line.no_invoice), "")

    def needs_payer(self) -> bool:
        """Whether somebody of age must be named, because the patient is a child (HSL 17:5)."""
        try:
            self.lines(Offer(Tender.INVOICE))
        except PayerMissing:
            return True
        return False


class InvoicePayment:
    """An invoice that is being made. `read_id` reads the number of a payer, and raises Refused."""

    def __init__(self, what: Invoicing, sell: SellInvoice, *, read_id: Callable[[str], PatientId]) -> None:
        self._what = what
        self._sell = sell
        self._read_id = read_id
        self._could_not = False
        self._why: Why | None = None
        self._needs_payer = what.needs_payer()
        self._number, self._name = _payer(what.patient)
        self._errors = {"why": "", "number": "", "name": "", "sale": ""}

    @property
    def view(self) -> InvoiceView:
        """What is shown."""
        visit_ore, fee_ore = self._what.quote.total_ore, self._fee_ore()
        total_ore = visit_ore + fee_ore
        return InvoiceView(
            heading=_("Faktura"),
            visit=amount(visit_ore),
            fee=amount(fee_ore),
            total=amount(total_ore),
            total_spoken=amount_spoken(total_ore),
            could_not=self._could_not,
            whys=tuple(_why(why) for why in Why),
            why=None if self._why is None else list(Why).index(self._why),
            why_error=self._errors["why"],
            payer_asked=self._needs_payer,
            payer_number=self._number,
            payer_number_error=self._errors["number"],
            payer_name=self._name,
            payer_name_error=self._errors["name"],
            tell=_("Säg till patienten: faktura kommer i början av nästa månad och betalas i slutet av månaden."),
            note=_forwarded() if self._what.patient.protected else "",
            error=self._errors["sale"],
            button=_("Skicka {amount} till faktura").format(amount=amount(total_ore)),
        )

    def could_not_pay(self, *, could_not: bool) -> None:
        """Whether the clinic could not take payment; then there is no fee for invoicing (R30)."""
        self._could_not = could_not
        self._why = self._why if could_not else None
        self._errors["why"] = ""

    def choose_why(self, place: int) -> None:
        """Why it could not."""
        self._why = list(Why)[place]
        self._errors["why"] = ""

    def type_payer(self, number: str, name: str) -> None:
        """Who pays for the child, as typed."""
        self._number, self._name = number, name
        self._errors["number"] = self._errors["name"] = ""

    def register(self) -> None:
        """Send it to invoice."""
        payer = self._read_payer() if self._needs_payer else None
        self._errors["why"] = _("Välj varför.") if self._could_not and self._why is None else ""
        if any(self._errors[field] for field in ("why", "number", "name")):
            return
        try:
            self._sell([self._offer()], payer)
        except PayerMissing as refused:
            self._errors["number"] = explain(refused)
        except Refused as refused:
            self._errors["sale"] = explain(refused)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _offer(self) -> Offer:
        why = None if self._why is None else _why(self._why)
        return Offer(Tender.INVOICE, reference=why, could_not_pay=self._could_not)

    def _fee_ore(self) -> int:
        """The fee for invoicing as it stands."""
        try:
            lines = self._what.lines(self._offer())
        except PayerMissing:
            return 0 if self._could_not or self._what.quote.total_ore == 0 else self._what.fee_ore
        return sum(line.amount_ore for line in lines) - self._what.quote.total_ore

    def _read_payer(self) -> Payer | None:
        self._errors["name"] = "" if self._name.strip() else _("Skriv förmyndarens namn.")
        try:
            return Payer(self._read_id(self._number), self._name)
        except Refused as refused:
            self._errors["number"] = explain(refused)
            return None


def _payer(patient: Patient) -> tuple[str, str]:
    if patient.payer is None:
        return "", ""
    return patient.payer.id.formatted_long(), patient.payer.name


def _why(why: Why) -> str:
    match why:
        case Why.TERMINAL:
            return _("Kortterminalen fungerar inte")
        case Why.SWISH:
            return _("Swish fungerar inte")
        case Why.CHANGE:
            return _("Växel saknas")
        case Why.OTHER:
            return _("Annat hinder i kassan")


def _forwarded() -> str:
    return _("Fakturan går via Skatteverkets förmedling. Skriv ingen adress.")
