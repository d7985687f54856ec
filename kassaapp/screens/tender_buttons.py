"""The payment row: one button a tender, in an order that never changes (UX 2.3)."""

from dataclasses import dataclass

from kassaapp import wording
from kassaapp.domain.errors import InvoiceNotAllowed
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.invoice_payment import Invoicing

TENDERS = (
    (Tender.ON_ACCOUNT, "5", "F4"),
    (Tender.CASH, "1", "F5"),
    (Tender.CARD, "2", "F6"),
    (Tender.SWISH, "3", "F7"),
    (Tender.INVOICE, "4", "F8"),
)


@dataclass(frozen=True, slots=True)
class TenderButton:
    """A button of the payment row; `digit` opens it while the row has the focus. When it is not `enabled` its text says
    why."""

    tender: Tender
    text: str
    digit: str
    key: str
    primary: bool
    enabled: bool = True


def tender_row(invoicing: Invoicing | None, *, marked: bool, missed: bool) -> tuple[TenderButton, ...]:
    """The payment row. Once something is to be paid and no panel is open, one is `marked`: Kort, or for a missed visit
    Faktura. `invoicing` is None while there is nothing to pay."""
    refused = None if invoicing is None else invoicing.refusal()
    likely = Tender.INVOICE if missed and refused is None else Tender.CARD
    return tuple(_button(by, digit, key, marked and by is likely, invoicing, refused) for by, digit, key in TENDERS)


def _button(
    by: Tender, digit: str, key: str, primary: bool, invoicing: Invoicing | None, refused: InvoiceNotAllowed | None
) -> TenderButton:
    if by is not Tender.INVOICE or refused is None or invoicing is None:
        return TenderButton(by, wording.tender(by), digit, key, primary)
    return TenderButton(by, _why_not(invoicing, refused), digit, key, primary, enabled=False)


def _why_not(invoicing: Invoicing, refused: InvoiceNotAllowed) -> str:
    """The button's word and why it is off (E38a, E38d)."""
    match refused.why:
        case "article":
            return _("Faktura – gäller inte {article}").format(article=invoicing.in_the_way().lower())
        case "reserve_number":
            return _("Faktura – inte med skydd och reservnummer")
        case _:
            return _("Faktura – inte i den här kassan")
