"""The slip for money that a patient puts in a conto or gets back: a debt to the patient, and never a sale (R54)."""

from collections.abc import Iterator

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import DepositRepaid, DepositTaken
from kassaapp.printout import blocks, paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.returns import BACK
from kassaapp.printout.slip import Align, Columns, Emphasis, Row, Slip, Text


def deposit_slip(
    event: DepositTaken | DepositRepaid,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the slip. `env` is the signed header of the event's record, which the QR code carries."""
    return Slip(
        title=f"A conto {paper.receipt_number(configuration, till, event.receipt)}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            Text("A CONTO", Emphasis.LARGE, Align.CENTRE),
            *blocks.heading("EJ FÖRSÄLJNING"),
            *blocks.which("Kvittonr", event, configuration, till),
            *blocks.patient(event.patient),
            *_why(event),
            *blocks.framed(_moved(event)),
            *_balance(event.balance_ore),
            *_signed(event),
            *blocks.foot(configuration, env),
        ),
    )


def _moved(event: DepositTaken | DepositRepaid) -> Iterator[Row]:
    protected = event.patient.protected
    if isinstance(event, DepositTaken):
        yield Columns("Insatt", paper.kronor(event.amount_ore), Emphasis.LARGE)
        words = paper.TENDERS
    else:
        yield Columns("Utbetalt", paper.kronor(event.amount_ore), Emphasis.LARGE)
        words = BACK
    for paid in event.payments:
        yield from blocks.payment(words[paid.by], paid, protected=protected)


def _why(event: DepositTaken | DepositRepaid) -> Iterator[Row]:
    if isinstance(event, DepositRepaid):
        yield from blocks.written("Orsak", event.reason, event.patient)
        yield Text(f"Godkänt av {event.approved_by}")


def _balance(balance_ore: int) -> Iterator[Row]:
    yield Columns("Innestående efteråt", paper.kronor(balance_ore), Emphasis.STRONG)
    if balance_ore:
        yield Text("Pengarna är patientens. De kan användas i den här kassan eller betalas tillbaka.")


def _signed(event: DepositTaken | DepositRepaid) -> Iterator[Row]:
    if isinstance(event, DepositRepaid):
        yield from blocks.cash_received(event.payments, protected=event.patient.protected)
