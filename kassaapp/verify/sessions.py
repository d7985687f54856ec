"""Is the till open when it must be, with its float counted that day, and does the Z follow from its records?"""

from collections.abc import Mapping

from kassaapp.domain import day_report
from kassaapp.domain.events import (
    CashCounted,
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    FloatChanged,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    ReceiptPrinted,
    ReportTaken,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.state import RegisterState
from kassaapp.domain.visit import Tender
from kassaapp.verify import z_figures
from kassaapp.verify.book import Book, Fact
from kassaapp.verify.fault import Fault, Wrong

_Within = (
    SaleRegistered
    | SaleRefunded
    | SaleVoided
    | DepositTaken
    | DepositRepaid
    | FloatChanged
    | CashTakenOut
    | DrawerOpened
    | CashCounted
    | ReportTaken
    | SaleParked
    | SaleRecalled
    | PaymentBegun
)
"""What belongs to the open session."""
_Asked = SaleRegistered | DepositTaken | SaleRefunded | SaleVoided
"""What may end a payment or repayment that was begun."""
_SameDay = (
    SaleRegistered
    | SaleRefunded
    | SaleVoided
    | DepositTaken
    | DepositRepaid
    | FloatChanged
    | CashTakenOut
    | DrawerOpened
    | SaleParked
    | PaymentBegun
    | TrainingBegun
)
"""What can only be done on the day on which the float was counted (R51), and never in training (R43)."""


def wrong(book: Book, event: Event) -> Wrong | None:
    """What of the event does not follow from how the till is open, or None."""
    return _wrong_session(book.state, event) or _wrong_day(book.state, event) or _wrong_kind(book, event)


def _wrong_session(state: RegisterState, event: Event) -> Wrong | None:
    own = None if state.session is None else state.session.number
    if isinstance(event, _Within) and event.session != own:
        receipt = getattr(event, "receipt", None)
        what = "posten" if receipt is None else f"kvitto {receipt}"
        return Fault.SESSION, f"{what} hör inte till någon öppen session"
    if isinstance(event, ReceiptPrinted) and own is not None and event.session != own:
        return Fault.SESSION, "utskriften hör inte till den öppna sessionen"
    return None


def _wrong_day(state: RegisterState, event: Event) -> Wrong | None:
    if not isinstance(event, _SameDay):
        return None
    if state.training and not isinstance(event, TrainingBegun):
        return Fault.TRAINING, "posten är skarp, och kassan är i övningsläge"
    if state.session is None:
        return Fault.SESSION, "posten hör inte till någon öppen session"
    begun = state.open_payment
    asked = begun.at if isinstance(event, _Asked) and begun is not None else event.at
    if state.session.opened_at.date() < min(asked, event.at).date():
        return Fault.FLOAT, "växelkassan är inte registrerad den dagen: sessionen öppnades en tidigare dag"
    return None


def _wrong_kind(book: Book, event: Event) -> Wrong | None:
    match event:
        case SessionOpened():
            return _wrong_opening(book.state, event)
        case SessionClosed():
            return _wrong_close(book, event)
        case CashCounted():
            return _wrong_count(book, event)
        case TrainingBegun() | TrainingEnded():
            return _wrong_training(book.state, event)
        case PaymentBegun() | PaymentEnded():
            return _wrong_payment(book, event)
        case SaleParked() | SaleRecalled():
            return _wrong_parked(book, event)
        case _:
            return None


def _wrong_opening(state: RegisterState, opened: SessionOpened) -> Wrong | None:
    if state.session is not None:
        return Fault.SESSION, f"session {opened.session} öppnas i en session som är öppen"
    if opened.session != state.next_session:
        return Fault.NUMBER, f"session {opened.session} skulle vara {state.next_session}"
    if state.left_ore is not None and opened.expected_ore != state.left_ore:
        return Fault.FLOAT, "växelkassan är inte den som lämnades vid förra stängningen"
    if opened.difference_ore and not opened.reason:
        return Fault.FLOAT, "växelkassan skiljer sig utan att någon orsak är angiven"
    return (Fault.FLOAT, "växelkassan är mindre än noll") if opened.counted_ore < 0 else None


def _wrong_close(book: Book, close: SessionClosed) -> Wrong | None:
    state = book.state
    if state.session is None or close.session != state.session.number:
        return Fault.SESSION, "stängningen hör inte till någon öppen session"
    if state.training:
        return Fault.TRAINING, "kassan stängs i övningsläge"
    if state.open_payment is not None:
        return Fault.SESSION, "kassan stängs medan en betalning pågår"
    if close.z != state.next_z:
        return Fault.NUMBER, f"Z-rapport {close.z} skulle vara {state.next_z}"
    return _wrong_figures(book, close)


def _wrong_figures(book: Book, close: SessionClosed) -> Wrong | None:
    counted = close.figures.counted_ore
    if Tender.CASH.value not in counted or not _is_counted(counted):
        return Fault.FIGURES, f"Z-rapport {close.z} har ingen räknad kassa"
    if close.left_ore != counted[Tender.CASH]:
        return Fault.FLOAT, "det som lämnas i lådan är inte det som räknades"
    if any(close.figures.difference_ore.values()) and not close.reason:
        return Fault.FIGURES, "kassan skiljer sig utan att någon orsak är angiven"
    if Fact.FIGURES in book.doubt:
        return None
    assert book.state.session is not None
    due = day_report.with_count(book.state.session.figures, counted)
    if close.figures != due:
        wrong = z_figures.differing(close.figures, due)
        return Fault.FIGURES, f"Z-rapport {close.z} är inte lika med summan av sina poster: {wrong}"
    return None


def _wrong_count(book: Book, count: CashCounted) -> Wrong | None:
    assert book.state.session is not None
    if not _is_counted(count.counted_ore) or count.counted_ore.keys() != count.difference_ore.keys():
        return Fault.FIGURES, "räkningen nämner något som inte räknas"
    due = day_report.with_count(book.state.session.figures, count.counted_ore)
    if Fact.FIGURES not in book.doubt and count.difference_ore != due.difference_ore:
        return Fault.FIGURES, "räkningens differens stämmer inte"
    return None


def _wrong_training(state: RegisterState, event: TrainingBegun | TrainingEnded) -> Wrong | None:
    if isinstance(event, TrainingBegun):
        return (Fault.TRAINING, "övning börjar i övning") if state.training else None
    if not state.training:
        return Fault.TRAINING, "övning slutar utan att ha börjat"
    return (Fault.TRAINING, "övningen räknar mindre än noll") if min(event.receipts, event.amount_ore) < 0 else None


def _wrong_payment(book: Book, event: PaymentBegun | PaymentEnded) -> Wrong | None:
    begun = book.begun
    if isinstance(event, PaymentBegun):
        if book.state.open_payment is not None:
            return Fault.SESSION, "en betalning påbörjas medan en annan pågår"
        if event.attempt != book.state.next_attempt:
            return Fault.NUMBER, f"betalning {event.attempt} skulle vara {book.state.next_attempt}"
        return None
    if begun is None:
        return None if Fact.PAYMENT in book.doubt else (Fault.SESSION, "en betalning avslutas som inte är påbörjad")
    if (event.attempt, event.tender, event.amount_ore) != (begun.attempt, begun.tender, begun.amount_ore):
        return Fault.FIGURES, "betalningen som avslutas är inte den som påbörjades"
    if event.outcome is PaymentOutcome.PAID and not _is_paid_by(book.newest, begun, event):
        return Fault.FIGURES, "betalningen som avslutas ligger inte på kvittot före"
    return None


def _is_paid_by(newest: Event | None, begun: PaymentBegun, paid: PaymentEnded) -> bool:
    """Whether the record before is the receipt that the payment is on; nothing can be said after a gap. What was begun
    as a deposit is never a visit, and what was to be given back is on a return receipt of that sale."""
    if newest is None:
        return True
    if not isinstance(newest, _Asked) or newest.receipt != paid.receipt:
        return False
    if begun.returns != (newest.sale_receipt if isinstance(newest, SaleRefunded | SaleVoided) else None):
        return False
    if begun.is_deposit and not isinstance(newest, DepositTaken):
        return False
    return any((payment.by, payment.amount_ore) == (paid.tender, paid.amount_ore) for payment in newest.payments)


def _wrong_parked(book: Book, event: SaleParked | SaleRecalled) -> Wrong | None:
    if isinstance(event, SaleParked):
        due = book.state.next_parked
        return None if event.parked == due else (Fault.NUMBER, f"parkering {event.parked} skulle vara {due}")
    known = book.state.parked.get(event.parked)
    if known is None:
        return None if book.is_partial else (Fault.NUMBER, f"parkering {event.parked} finns inte att ta fram")
    return None if event.amount_ore == known.amount_ore else (Fault.FIGURES, "parkeringen kostade något annat")


def _is_counted(amounts: Mapping[str, int]) -> bool:
    return set(amounts) <= {tender.value for tender in day_report.COUNTED_TENDERS}
