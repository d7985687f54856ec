"""The slip for cash that moves, or is counted, without a patient: float, bank, expense, drawer, count (R05, R44, R53).

It stays at the clinic, so people stand on it with name and id.
"""

from collections.abc import Iterator

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import CashCounted, CashPurpose, CashTakenOut, DrawerOpened, FloatChanged
from kassaapp.domain.visit import Tender
from kassaapp.printout import blocks, paper
from kassaapp.printout.paper import Marking
from kassaapp.printout.slip import Align, Columns, Emphasis, Row, Signature, Slip, Space, Text
from sync.wire import record

CashMoved = FloatChanged | CashTakenOut | DrawerOpened | CashCounted
"""What has a slip of this kind."""


def cash_slip(
    event: CashMoved,
    configuration: Configuration,
    till: TillName,
    env: bytes,
    *,
    demo: bool = False,
    marking: Marking | None = None,
) -> Slip:
    """Make the slip. `env` is the signed header of the event's record."""
    what = _what(event)
    return Slip(
        title=f"{what} {paper.designation(configuration, till)} session {event.session}",
        rows=(
            *paper.head(configuration, demo=demo, marking=marking),
            *blocks.heading(what.upper()),
            *_which(event, configuration, till),
            *blocks.framed(_moved(event)),
            *_signed(event, configuration),
            Space(),
            Text(f"Kod i kassajournalen {paper.short_code(record.read(env).hash)}", align=Align.CENTRE),
        ),
    )


def _what(event: CashMoved) -> str:
    match event:
        case FloatChanged():
            return "Växelkassa ändrad"
        case CashTakenOut(purpose=CashPurpose.BANK):
            return "Till bank"
        case CashTakenOut():
            return "Utlägg"
        case DrawerOpened():
            return "Låda öppnad"
        case CashCounted():
            return "Kassaräkning"


def _which(event: CashMoved, configuration: Configuration, till: TillName) -> Iterator[Row]:
    yield Columns(f"Session {event.session}", paper.moment(event.at), Emphasis.STRONG)
    yield Text(f"Kassa {paper.designation(configuration, till)}, {till.name}")
    yield Text(f"Kassör {paper.person(configuration, event.by)}")


def _moved(event: CashMoved) -> Iterator[Row]:
    match event:
        case FloatChanged():
            label = "Lagt till växelkassan" if event.amount_ore > 0 else "Taget ur växelkassan"
            yield Columns(label, paper.kronor(abs(event.amount_ore)), Emphasis.LARGE)
            yield Text(f"Orsak: {event.reason}")
        case CashTakenOut():
            yield Columns("Taget ur kassan", paper.kronor(event.amount_ore), Emphasis.LARGE)
            yield Text(f"{'Påse nr' if event.purpose is CashPurpose.BANK else 'Underlag:'} {event.reference}")
        case DrawerOpened():
            yield Text("Utan försäljning")
            yield Text(f"Orsak: {event.reason}")
        case CashCounted():
            for tender in Tender:
                if tender.value in event.counted_ore:
                    yield from _counted(tender, event)


def _counted(tender: Tender, event: CashCounted) -> Iterator[Row]:
    """What was there, and by how much that is another amount than the till had (R50)."""
    counted_ore, difference_ore = event.counted_ore[tender.value], event.difference_ore[tender.value]
    yield Text(paper.TENDERS[tender], Emphasis.STRONG)
    yield Columns("Enligt kassan", paper.amount(counted_ore - difference_ore), indent=2)
    yield Columns("Räknat", paper.amount(counted_ore), indent=2)
    yield Columns("Skillnad", paper.amount(difference_ore), indent=2)


def _signed(event: CashMoved, configuration: Configuration) -> Iterator[Row]:
    """A line for each person; for the bank there are two (R53)."""
    yield Signature(paper.person(configuration, event.by))
    if isinstance(event, CashTakenOut) and event.second is not None:
        yield Signature(paper.person(configuration, event.second))
