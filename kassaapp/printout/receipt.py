"""The receipt of a registered visit, with all that SKVFS 2014:9 7 kap 1 § asks for (DOMAIN 1.4 a–k, R38).

Letter l, a control unit's number, does not apply: in its place stands the decision of exemption. For protected identity
the paper holds nothing that points at a person (DOMAIN 6.3, `blocks`), and no reason that tells an age or a category.
"""

from collections.abc import Iterator

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.visit import FeeReason, Line, Tender
from kassaapp.printout import blocks, paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.paper import receipt_number as receipt_number
from kassaapp.printout.slip import Columns, Emphasis, Row, Slip, Space, Text


def receipt(
    sale: SaleRegistered,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the receipt. `env` is the signed header of the sale's record, which the QR code carries."""
    protected = sale.patient.protected
    return Slip(
        title=f"Kvitto {receipt_number(configuration, till, sale.receipt)}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            *blocks.which("Kvitto", sale, configuration, till),
            *replaced(sale, configuration, till),
            *blocks.patient(sale.patient),
            *_visit_date(sale),
            *blocks.framed(row for line in sale.lines for row in sold(line, protected=protected)),
            *to_pay("Att betala", sale),
            *payments(sale),
            *blocks.vat(((line.vat, line.amount_ore) for line in sale.lines), sale.vat),
            *_ceiling(sale),
            *blocks.foot(configuration, env),
        ),
    )


def replaced(sale: SaleRegistered, configuration: Configuration, till: TillName) -> Iterator[Row]:
    """The receipt that this one stands in for (R13)."""
    if sale.replaces is not None:
        yield Text(f"Ersätter {till.document} {receipt_number(configuration, till, sale.replaces)}")


def _visit_date(sale: SaleRegistered) -> Iterator[Row]:
    if sale.visit_date != sale.at.date():
        yield Columns("Besöksdatum", sale.visit_date.isoformat(), Emphasis.STRONG)


# ── The rows ─────────────────────────────────────────────────────────────────────────────────────


def sold(line: Line, *, protected: bool, priced: bool = False) -> Iterator[Row]:
    """A row (1.4 f–h): how many of what, and why it costs what it does. `priced` tells the price of one even where it
    is what the row costs."""
    yield Columns(f"{line.quantity} st {line.text}", paper.amount(line.amount_ore))
    if line.reason in (None, FeeReason.MISSED_VISIT) and (priced or line.amount_ore != line.price_ore):
        floor = "" if line.amount_ore == line.price_ore * line.quantity else ", lägsta avgift"
        yield Text(f"à {paper.amount(line.price_ore)}{floor}", indent=2)
    if line.reason is not None:
        yield Text(_neutral_reason(line, line.reason) if protected else _reason(line, line.reason), indent=2)


def _reason(line: Line, why: FeeReason) -> str:
    match why:
        case FeeReason.UNDER_AGE | FeeReason.OVER_AGE:
            return "Avgiftsfritt på grund av ålder"
        case FeeReason.MISSED_UNDER_AGE:
            return "Ingen avgift på grund av ålder"
        case FeeReason.MISSED_VISIT:
            return "Räknas inte mot högkostnadsskyddet"
        case FeeReason.FRIKORT if line.until is not None:
            return f"Frikort t.o.m. {line.until.isoformat()}"
        case FeeReason.CEILING_REACHED:
            return "Avgiftsfritt, högkostnadsskyddet är nått"
        case FeeReason.CEILING_PART:
            return f"Återstod till frikort (ordinarie {paper.amount(line.price_ore * line.quantity)})"
        case FeeReason.INVOICE_FEE:
            return "Tillkommer på faktura"
        case _:
            return paper.REASONS[why]


def _neutral_reason(line: Line, why: FeeReason) -> str:
    """Why the row costs what it does, without telling who the patient is."""
    match why:
        case _ if line.amount_ore == 0:
            return "Avgiftsfritt"
        case FeeReason.MISSED_VISIT | FeeReason.INVOICE_FEE:
            return _reason(line, why)
        case FeeReason.FULL_COST:
            return "Annan avgift"
        case _:
            return "Nedsatt avgift"


# ── The sum ──────────────────────────────────────────────────────────────────────────────────────


def to_pay(label: str, sale: SaleRegistered) -> Iterator[Row]:
    """What is due, with the rounding on a row of its own (R55)."""
    if sale.rounding_ore:
        yield Columns("Summa", paper.amount(sale.total_ore))
        yield Columns("Öresavrundning", paper.amount(sale.rounding_ore))
    yield Columns(label, paper.kronor(sale.to_pay_ore), Emphasis.LARGE)


def payments(sale: SaleRegistered) -> Iterator[Row]:
    """How it was paid, and what went back."""
    for paid in sale.payments:
        yield from blocks.payment(paper.TENDERS[paid.by], paid, protected=sale.patient.protected)
        if paid.by is Tender.INVOICE:
            yield Text("Ej betalt, faktura skickas", indent=2)
    if sale.change_ore:
        yield Columns("Växel tillbaka", paper.amount(sale.change_ore))


def _ceiling(sale: SaleRegistered) -> Iterator[Row]:
    if sale.counts_ore:
        yield Space()
        yield Columns("Räknas mot högkostnadsskyddet", paper.amount(sale.counts_ore))
    if sale.frikort_reached:
        yield Text("Högkostnadsskyddet är nått med det här besöket.")
