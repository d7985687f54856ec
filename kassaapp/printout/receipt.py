"""The receipt of a registered visit, with all that SKVFS 2014:9 7 kap 1 § asks for (DOMAIN 1.4 a–k, R38).

Letter l, a control unit's number, does not apply: in its place stands the decision of exemption. For protected identity
the paper holds nothing that points at a person (DOMAIN 6.3): no name, no number, no category, no reference, no reason
that tells an age, and not that the identity is protected.
"""

from collections.abc import Iterator

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import Category, FeeReason, Line, Patient, Payment, SaleRegistered
from kassaapp.domain.vat import gross_by_rate
from kassaapp.printout import paper, qr
from kassaapp.printout.slip import Align, Columns, Emphasis, Qr, Row, Rule, Slip, Space, Text
from sync.wire import record


def receipt(
    sale: SaleRegistered, configuration: Configuration, till: TillName, env: bytes, *, demo: bool = False
) -> Slip:
    """Make the receipt. `env` is the signed header of the sale's record, which the QR code carries."""
    number = receipt_number(configuration, till, sale.receipt)
    return Slip(
        title=f"{till.document.capitalize()} {number}",
        rows=(
            *paper.head(configuration, demo=demo),
            *_which(sale, configuration, till, number),
            *_for_whom(sale),
            Rule(),
            *(row for line in sale.lines for row in _line(line, protected=sale.patient.protected)),
            Rule(),
            *_sum(sale),
            *(row for payment in sale.payments for row in _payment(payment, protected=sale.patient.protected)),
            *([Columns("Växel tillbaka", paper.amount(sale.change_ore))] if sale.change_ore else []),
            *_vat(sale),
            *_ceiling(sale),
            Space(),
            Text(configuration.clinic.exemption, align=Align.CENTRE),
            Text(f"Kod i kassajournalen {paper.short_code(record.read(env).hash)}", align=Align.CENTRE),
            Qr(qr.digits(qr.Kind.RECEIPT, env)),
        ),
    )


def receipt_number(configuration: Configuration, till: TillName, number: int) -> str:
    """A receipt's number as printed and asked for: the till's mark and the number, `R0417H-1`."""
    return f"{paper.designation(configuration, till)}-{number}"


def _which(sale: SaleRegistered, configuration: Configuration, till: TillName, number: str) -> Iterator[Row]:
    yield Columns(f"{till.document.capitalize()} {number}", paper.moment(sale.at), Emphasis.STRONG)
    yield Text(f"Kassa {paper.designation(configuration, till)}, {till.name}")
    yield Columns(f"Session {sale.session}", f"Kassör {sale.by}")


def _for_whom(sale: SaleRegistered) -> Iterator[Row]:
    if not sale.patient.protected:
        yield from _patient(sale.patient)
    if sale.visit_date != sale.at.date():
        yield Columns("Besöksdatum", sale.visit_date.isoformat(), Emphasis.STRONG)


def _patient(patient: Patient) -> Iterator[Row]:
    yield Columns(f"Patient {patient.name}", patient.id.masked().replace("•", "*"))
    if patient.category is not Category.RESIDENT:
        yield Text(paper.CATEGORIES[patient.category])
    if patient.category_reference:
        yield Text(f"Kort eller intyg nr {patient.category_reference}")


def _line(line: Line, *, protected: bool) -> Iterator[Row]:
    yield Columns(f"{line.quantity} st {line.text}", paper.amount(line.amount_ore))
    if line.reason in (None, FeeReason.MISSED_VISIT) and line.amount_ore != line.price_ore:
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
        case _:
            return paper.REASONS[why]


def _neutral_reason(line: Line, why: FeeReason) -> str:
    """Why the row costs what it does, without telling who the patient is."""
    if line.amount_ore == 0:
        return "Avgiftsfritt"
    return _reason(line, why) if why is FeeReason.MISSED_VISIT else "Nedsatt avgift"


def _sum(sale: SaleRegistered) -> Iterator[Row]:
    if sale.rounding_ore:
        yield Columns("Summa", paper.amount(sale.total_ore))
        yield Columns("Öresavrundning", paper.amount(sale.rounding_ore))
    yield Columns("Att betala", paper.kronor(sale.to_pay_ore), Emphasis.LARGE)


def _payment(payment: Payment, *, protected: bool) -> Iterator[Row]:
    yield Columns(paper.TENDERS[payment.by], paper.amount(payment.amount_ore))
    if payment.reference and not protected:
        yield Text(f"Referens {payment.reference}", indent=2)
    if payment.given_ore is not None and payment.given_ore != payment.amount_ore:
        yield Columns("Mottaget", paper.amount(payment.given_ore), indent=2)


def _vat(sale: SaleRegistered) -> Iterator[Row]:
    """VAT by rate with what it is part of; nothing for exempt care (1.4 i–j)."""
    gross = gross_by_rate((line.vat, line.amount_ore) for line in sale.lines)
    rows = [
        Columns(f"Varav moms {rate.percent} % på {paper.amount(gross[rate] - vat_ore)}", paper.amount(vat_ore))
        for rate in gross
        if (vat_ore := sale.vat.get(rate.value)) is not None
    ]
    if rows:
        yield Space()
    yield from rows
    if len(rows) > 1:
        yield Columns("Moms totalt", paper.amount(sum(sale.vat.values())))


def _ceiling(sale: SaleRegistered) -> Iterator[Row]:
    if sale.counts_ore:
        yield Space()
        yield Columns("Räknas mot högkostnadsskyddet", paper.amount(sale.counts_ore))
    if sale.frikort_reached:
        yield Text("Högkostnadsskyddet är nått med det här besöket.")
