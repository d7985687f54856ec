"""The blocks that several slips are made of. For protected identity each holds nothing that points at a person.

That is (DOMAIN 6.3): no name, no number, no category, no reference, no free text that somebody wrote, no line to sign
for the patient, and not that the identity is protected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import DepositRepaid, DepositTaken, Returned, SaleRegistered
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.vat import VatRate, gross_by_rate
from kassaapp.domain.visit import Category, Patient, Payer, Payment, Tender
from kassaapp.printout import paper, qr
from kassaapp.printout.slip import Align, Columns, Emphasis, Qr, Row, Rule, Signature, Space, Text
from sync.wire import record

Numbered = SaleRegistered | Returned | DepositTaken | DepositRepaid
"""What has a number of the till's one series of receipts."""


def heading(text: str, *below: str) -> Iterator[Row]:
    """What kind of paper this is, where it is not an ordinary receipt."""
    yield Text(text, Emphasis.LARGE, Align.CENTRE)
    yield from (Text(line, align=Align.CENTRE) for line in below)
    yield Space()


def which(series: str, event: Numbered, configuration: Configuration, till: TillName) -> Iterator[Row]:
    """Number, time, till, session and cashier (1.4 c–e). The cashier stands with the id, not the name."""
    number = paper.receipt_number(configuration, till, event.receipt)
    yield Columns(f"{series} {number}", paper.moment(event.at), Emphasis.STRONG)
    yield Text(f"Kassa {paper.designation(configuration, till)}, {till.name}")
    yield Columns(f"Session {event.session}", f"Kassör {event.by}")


def patient(who: Patient) -> Iterator[Row]:
    """Who the visit concerns and who pays (R33)."""
    if who.protected:
        return
    yield _person("Patient", who)
    if who.category is not Category.RESIDENT:
        yield Text(paper.CATEGORIES[who.category])
    if who.category_reference:
        yield Text(f"Kort eller intyg nr {who.category_reference}")
    if who.payer is not None:
        yield _person("Betalare", who.payer)


def _person(part: str, who: Patient | Payer) -> Row:
    return Columns(f"{part} {who.name}", masked(who.id))


def masked(number: PatientId) -> str:
    """An identity number on paper: `610118-****`."""
    return number.masked().replace("•", "*")


def written(label: str, text: str, who: Patient) -> Iterator[Row]:
    """What somebody wrote about the patient's visit."""
    if not who.protected:
        yield Text(f"{label}: {text}")


def payment(label: str, paid: Payment, *, protected: bool) -> Iterator[Row]:
    """One tender's share (1.4 k)."""
    yield Columns(label, paper.amount(paid.amount_ore))
    if paid.reference and not protected:
        yield Text(f"Referens {paid.reference}", indent=2)
    if paid.given_ore is not None and paid.given_ore != paid.amount_ore:
        yield Columns("Mottaget", paper.amount(paid.given_ore), indent=2)


def vat(gross: Iterable[tuple[VatRate, int]], by_rate: Mapping[str, int]) -> Iterator[Row]:
    """VAT by rate with what it is part of; nothing for exempt care (1.4 i–j)."""
    sums = gross_by_rate(gross)
    rows = [
        Columns(f"Varav moms {rate.percent} % på {paper.amount(sums[rate] - vat_ore)}", paper.amount(vat_ore))
        for rate in sums
        if (vat_ore := by_rate.get(rate.value)) is not None
    ]
    if rows:
        yield Space()
    yield from rows
    if len(rows) > 1:
        yield Columns("Moms totalt", paper.amount(sum(by_rate.values())))


def cash_received(payments: Sequence[Payment], *, protected: bool) -> Iterator[Row]:
    """Lines to sign when cash goes out: for the patient, and for who paid it out."""
    if not any(paid.by is Tender.CASH for paid in payments):
        return
    if not protected:
        yield Signature("Patientens underskrift, kontanter mottagna")
    yield Signature("Kassörens underskrift")


def foot(configuration: Configuration, env: bytes) -> Iterator[Row]:
    """The exemption in the place of a control unit's number, and the code that proves the slip (1.4 l, R38)."""
    yield Space()
    yield Text(configuration.clinic.exemption, align=Align.CENTRE)
    yield Text(f"Kod i kassajournalen {paper.short_code(record.read(env).hash)}", align=Align.CENTRE)
    yield Qr(qr.digits(qr.Kind.RECEIPT, env))


def framed(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows between two lines across the slip."""
    yield Rule()
    yield from rows
    yield Rule()
