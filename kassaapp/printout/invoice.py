"""The kontantfaktura of the clinic's own till: an invoice paid on the spot (DOMAIN 1.9, R57), and what it shares with
the kreditfaktura that undoes it.

The customer stands with name and address. For protected identity there is the forwarding address alone, whatever
address the record may hold from before: an invoice must have one, and any other would tell more (DOMAIN 6.3–6.4, R58).
"""

from collections.abc import Iterable, Iterator, Mapping

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.sale import FORWARDING_ADDRESS
from kassaapp.domain.vat import VatRate, gross_by_rate
from kassaapp.domain.visit import Patient
from kassaapp.printout import blocks, paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.receipt import payments, replaced, sold, to_pay
from kassaapp.printout.slip import Columns, Emphasis, Row, Slip, Space, Text

DOCUMENT = "kontantfaktura"
"""The word by which the configuration says that a till writes these."""


def cash_invoice(
    sale: SaleRegistered,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the invoice. `env` is the signed header of the sale's record, which the QR code carries."""
    protected = sale.patient.protected
    return Slip(
        title=f"Kontantfaktura {paper.receipt_number(configuration, till, sale.receipt)}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            *blocks.heading("KONTANTFAKTURA"),
            *blocks.which("Fakturanr", sale, configuration, till),
            *replaced(sale, configuration, till),
            Columns("Fakturadatum", sale.at.date().isoformat()),
            Columns("Utfört eller levererat", sale.visit_date.isoformat()),
            *customer(sale.patient),
            *blocks.framed(row for line in sale.lines for row in sold(line, protected=protected, priced=True)),
            *to_pay("Totalt", sale),
            *_paid(sale),
            *vat(((line.vat, line.amount_ore) for line in sale.lines), sale.vat),
            *blocks.foot(configuration, env),
        ),
    )


def customer(patient: Patient) -> Iterator[Row]:
    """Whom the invoice is to: name and address (BFL 5:7)."""
    yield Space()
    yield Text("Kund", Emphasis.STRONG)
    yield from blocks.patient(patient)
    address = FORWARDING_ADDRESS if patient.protected else patient.address
    yield from (Text(part.strip()) for part in (address or "").split(",") if part.strip())


def vat(gross: Iterable[tuple[VatRate, int]], by_rate: Mapping[str, int]) -> Iterator[Row]:
    """Base and VAT by rate, and for what is exempt the paragraph that says so (ML 17 kap)."""
    sums = gross_by_rate(gross)
    yield Space()
    for rate, gross_ore in sums.items():
        if rate is VatRate.EXEMPT:
            continue
        vat_ore = by_rate.get(rate.value, 0)
        yield Columns(f"Underlag för moms {rate.percent} %", paper.amount(gross_ore - vat_ore))
        yield Columns(f"Moms {rate.percent} %", paper.amount(vat_ore))
    if len(by_rate) > 1:
        yield Columns("Moms totalt", paper.amount(sum(by_rate.values())))
    if by_rate:
        yield Text("Raderna är inklusive moms.")
    if VatRate.EXEMPT in sums:
        yield Columns("Momsfritt", paper.amount(sums[VatRate.EXEMPT]))
        yield Text("Undantaget från moms: ML 10 kap. 6 §", indent=2)


def _paid(sale: SaleRegistered) -> Iterator[Row]:
    if not sale.payments:
        yield Text("Inget att betala", Emphasis.STRONG)
        return
    yield Columns("Betald", paper.moment(sale.at), Emphasis.STRONG)
    yield from payments(sale)
