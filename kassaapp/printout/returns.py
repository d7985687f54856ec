"""The return receipt of a refund or a void, with all that a receipt has (DOMAIN 1.4, R10), and what it takes back.

At a till that writes kontantfakturor the same is a kreditfaktura: the only way to undo one (R57). What is taken back
has a minus; what the patient gets has none.
"""

from collections.abc import Iterator

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import Returned, SaleRefunded, SaleVoided
from kassaapp.domain.visit import Tender
from kassaapp.printout import blocks, invoice, paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.slip import Columns, Emphasis, Row, Slip, Space, Text

BACK = {
    Tender.CASH: "Kontant, utbetalt",
    Tender.CARD: "Kort, återbetalt",
    Tender.SWISH: "Swish, återbetalt",
    Tender.INVOICE: "Faktura, krediteras",
    Tender.ON_ACCOUNT: "A conto, tillbaka",
}
"""Each tender, as money that goes back on it."""


def return_receipt(
    event: SaleRefunded | SaleVoided,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the return receipt. `env` is the signed header of the return's record, which the QR code carries."""
    credit = till.document == invoice.DOCUMENT
    what = _what(event, credit=credit)
    return Slip(
        title=f"{what} {paper.receipt_number(configuration, till, event.receipt)}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            *_heading(what, event, credit=credit),
            *blocks.which("Fakturanr" if credit else "Kvittonr", event, configuration, till),
            *_original(event, configuration, till),
            *(_credited(event) if credit else blocks.patient(event.patient)),
            *_why(event),
            *blocks.framed(_rows(event)),
            *_sum(event),
            *_vat(event, credit=credit),
            *_ceiling(event),
            *blocks.cash_received(event.payments, protected=event.patient.protected),
            *blocks.foot(configuration, env),
        ),
    )


def _what(event: SaleRefunded | SaleVoided, *, credit: bool) -> str:
    if credit:
        return "Kreditfaktura"
    return "Makuleringskvitto" if isinstance(event, SaleVoided) else "Returkvitto"


def _heading(what: str, event: SaleRefunded | SaleVoided, *, credit: bool) -> Iterator[Row]:
    if isinstance(event, SaleRefunded):
        return blocks.heading(what.upper())
    return blocks.heading(what.upper(), "Hela fakturan krediteras" if credit else "Retur av hela kvittot")


def _original(event: Returned, configuration: Configuration, till: TillName) -> Iterator[Row]:
    """What is taken back: number and session of the sale, which stays as it is (R08)."""
    number = paper.receipt_number(configuration, till, event.sale_receipt)
    yield Columns(f"Gäller {till.document} {number}", f"i session {event.sale_session}")


def _credited(event: Returned) -> Iterator[Row]:
    yield Columns("Fakturadatum", event.at.date().isoformat())
    yield from invoice.customer(event.patient)
    yield Space()


def _why(event: Returned) -> Iterator[Row]:
    yield from blocks.written("Orsak", event.reason, event.patient)
    if event.approved_by is not None:
        yield Text(f"Godkänt av {event.approved_by}")


def _rows(event: Returned) -> Iterator[Row]:
    for line in event.lines:
        yield Columns(f"Rad {line.line}: {line.quantity} st {line.text}", paper.amount(-line.amount_ore))


def _sum(event: Returned) -> Iterator[Row]:
    if event.rounding_ore:
        yield Columns("Summa", paper.amount(-event.total_ore))
        yield Columns("Öresavrundning", paper.amount(-event.rounding_ore))
    nothing_was_paid = {paid.by for paid in event.payments} == {Tender.INVOICE}
    label = "Krediteras" if nothing_was_paid else "Att få tillbaka"
    yield Columns(label, paper.kronor(event.to_pay_ore), Emphasis.LARGE)
    for paid in event.payments:
        yield from blocks.payment(BACK[paid.by], paid, protected=event.patient.protected)


def _vat(event: Returned, *, credit: bool) -> Iterator[Row]:
    gross = [(line.vat, -line.amount_ore) for line in event.lines]
    by_rate = {rate: -ore for rate, ore in event.vat.items()}
    return invoice.vat(gross, by_rate) if credit else blocks.vat(gross, by_rate)


def _ceiling(event: Returned) -> Iterator[Row]:
    counts_ore = sum(line.counts_ore for line in event.lines)
    if counts_ore:
        yield Space()
        yield Columns("Räknas av från högkostnadsskyddet", paper.amount(-counts_ore))
