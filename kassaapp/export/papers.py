"""Every kind of receipt as the same few values: rows, a total, VAT, what it was paid with.

Amounts are positive on receipts and return receipts alike, as on the paper and in the journal: what kind of paper it is
says which way the money went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kassaapp.domain.events import DepositRepaid, DepositTaken, Event, SaleRefunded, SaleRegistered, SaleVoided
from kassaapp.domain.vat import VatRate, vat_of_gross
from kassaapp.domain.visit import Line, Payment, ReturnedLine, Tender
from kassaapp.export.policy import NOTHING_PAID, ON_ACCOUNT_GROUP

Receipt = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid
"""What has a number in the series of receipts."""
TENDERS = {
    Tender.CASH: "Kontant",
    Tender.CARD: "Kort",
    Tender.SWISH: "Swish",
    Tender.INVOICE: "Faktura",
    Tender.ON_ACCOUNT: "A conto",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `price_ore` is the list price of one, None where the paper has none."""

    text: str
    quantity: int
    amount_ore: int
    vat: VatRate = VatRate.EXEMPT
    article: int | None = None
    price_ore: int | None = None
    group: str | None = None
    goods: bool = False

    @property
    def vat_ore(self) -> int:
        """The VAT within the row. The receipt's own is rounded once for each rate, and may be another öre."""
        return vat_of_gross(self.amount_ore, self.vat)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a receipt. `vat` is in öre for each rate that occurs, with 0 for what is exempt."""

    rows: tuple[Row, ...]
    total_ore: int
    vat: Mapping[VatRate, int]
    paid: tuple[tuple[str, int], ...]


def paper(event: Receipt) -> Paper:
    """What stands on the event's receipt."""
    match event:
        case SaleRegistered():
            rows = tuple(_row(line) for line in event.lines)
        case SaleRefunded() | SaleVoided():
            rows = tuple(_returned(line) for line in event.lines)
        case DepositTaken():
            return _on_account("A conto, insättning", event)
        case DepositRepaid():
            return _on_account("A conto, återbetalning", event)
    return Paper(rows, event.total_ore, vat_rows([row.vat for row in rows], event.vat), _paid(event.payments))


def gives_back(event: Receipt) -> bool:
    """Whether its paper is a return receipt."""
    return isinstance(event, SaleRefunded | SaleVoided | DepositRepaid)


def is_receipt(event: Event) -> bool:
    """Whether the event has a number in the series of receipts."""
    return isinstance(event, SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid)


def vat_rows(rates: Sequence[VatRate], vat: Mapping[str, int]) -> dict[VatRate, int]:
    """VAT in öre for each rate that occurs, in the order of `VatRate`; what is exempt has 0."""
    occurring = {*rates, *(VatRate(rate) for rate in vat)} or {VatRate.EXEMPT}
    return {rate: 0 if rate is VatRate.EXEMPT else vat.get(rate.value, 0) for rate in VatRate if rate in occurring}


def _row(line: Line) -> Row:
    return Row(
        line.text,
        line.quantity,
        line.amount_ore,
        line.vat,
        article=line.article,
        price_ore=line.price_ore,
        group=line.group,
        goods=line.goods,
    )


def _returned(line: ReturnedLine) -> Row:
    return Row(line.text, line.quantity, line.amount_ore, line.vat, article=line.article, goods=line.goods)


def _on_account(text: str, event: DepositTaken | DepositRepaid) -> Paper:
    row = Row(text, 1, event.amount_ore, group=ON_ACCOUNT_GROUP)
    return Paper((row,), event.amount_ore, {VatRate.EXEMPT: 0}, _paid(event.payments))


def _paid(payments: Sequence[Payment]) -> tuple[tuple[str, int], ...]:
    return tuple((TENDERS[payment.by], payment.amount_ore) for payment in payments) or ((NOTHING_PAID, 0),)
