"""Do the sums and numbers follow from the records? Every figure is added up again; none is taken on trust."""

from kassaapp.domain import day_report
from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    RegisterOpened,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.visit import Tender
from kassaapp.journal import payload
from kassaapp.trouble import JournalUnreadable
from kassaapp.verify import sales
from kassaapp.verify.reader import Content, StoredPart
from kassaapp.verify.report import Fault, Report
from kassaapp.verify.sales import PriceLists
from sync.wire.errors import WireError
from sync.wire.record import SALT_BYTES, Part, Record


def check(records: list[Record], content: Content, report: Report) -> None:
    """Add up the unbroken run of records and note what does not follow."""
    state, receipts, prices = RegisterState(), Receipts(), PriceLists(content)
    for record in records:
        seq = record.header.seq
        try:
            event = _event(record, content.parts[record.hash])
        except (JournalUnreadable, WireError):
            report.add(Fault.CHANGED, seq, "posten är skriven av ett nyare program eller följer inte formatet")
            return
        wrong = _wrong(state, receipts, event)
        if wrong is None and isinstance(event, SaleRegistered):
            wrong = sales.wrong(event, state.till, prices.of(record.header.cfg))
        if wrong is not None:
            report.add(Fault.FIGURES, seq, wrong)
            return
        state = apply(state, event)
        receipts.add(event)
        report.receipts += isinstance(event, SaleRegistered)
        report.sessions += isinstance(event, SessionOpened)


def _event(record: Record, parts: list[StoredPart]) -> Event:
    opened = next(part for part in parts if part.name == payload.ACCOUNTING)
    accounting = Part(opened.name, opened.body[:SALT_BYTES], opened.body[SALT_BYTES:]).content()
    has_person = any(part.name == payload.PERSON for part in parts)
    return payload.impersonal_event_of(record.header.kind, accounting, has_person=has_person)


def _wrong(state: RegisterState, receipts: Receipts, event: Event) -> str | None:
    """What of the event does not follow from those before it, or None."""
    match event:
        case RegisterOpened():
            if state.register:
                return "kassan föds två gånger i samma kedja"
        case SaleRegistered():
            return _wrong_sale(state, event)
        case SaleRefunded() | SaleVoided():
            return _wrong_return(state, receipts, event)
        case DepositTaken() | DepositRepaid():
            return _wrong_number(state, event.receipt, event.session)
        case SessionOpened():
            return _wrong_opening(state, event)
        case SessionClosed():
            return _wrong_close(state, event)
        case _:
            pass
    return None


def _wrong_number(state: RegisterState, receipt: int, session: int) -> str | None:
    if state.session is None or session != state.session.number:
        return f"kvitto {receipt} hör inte till någon öppen session"
    if receipt != state.next_receipt:
        return f"kvitto {receipt} skulle vara {state.next_receipt}"
    return None


def _wrong_return(state: RegisterState, receipts: Receipts, returned: SaleRefunded | SaleVoided) -> str | None:
    try:
        standing = receipts.sale(returned.sale_receipt)
    except UnknownReceipt:
        return f"kvitto {returned.sale_receipt} finns inte att lämna tillbaka"
    if returned.total_ore != sum(line.amount_ore for line in returned.lines):
        return "raderna är inte lika med summan"
    given: dict[int, int] = {}
    for line in returned.lines:
        given[line.line] = given.get(line.line, 0) + line.amount_ore
    if any(ore > standing.left_ore(number) for number, ore in given.items()):
        return f"mer än vad som återstod av kvitto {returned.sale_receipt} lämnades tillbaka"
    if returned.grand != GrandTotals(state.grand.sales_ore, state.grand.returns_ore + returned.total_ore):
        return "grand total följer inte av returen"
    return _wrong_number(state, returned.receipt, returned.session)


def _wrong_sale(state: RegisterState, sale: SaleRegistered) -> str | None:
    wrong = _wrong_number(state, sale.receipt, sale.session)
    if wrong is not None:
        return wrong
    if sale.total_ore != sum(line.amount_ore for line in sale.lines):
        return "raderna är inte lika med summan"
    if sum(payment.amount_ore for payment in sale.payments) != sale.to_pay_ore:
        return "betalningen är inte lika med det som skulle betalas"
    if sale.to_pay_ore != sale.total_ore + sale.rounding_ore:
        return "öresavrundningen stämmer inte"
    if sale.grand != GrandTotals(state.grand.sales_ore + sale.total_ore, state.grand.returns_ore):
        return "grand total följer inte av försäljningen"
    return None


def _wrong_opening(state: RegisterState, opened: SessionOpened) -> str | None:
    if state.session is not None or opened.session != state.next_session:
        return f"session {opened.session} skulle vara {state.next_session}"
    if state.left_ore is not None and opened.expected_ore != state.left_ore:
        return "växelkassan är inte den som lämnades vid förra stängningen"
    if opened.difference_ore and not opened.reason:
        return "växelkassan skiljer sig utan att någon orsak är angiven"
    return None


def _wrong_close(state: RegisterState, close: SessionClosed) -> str | None:
    if state.session is None or close.session != state.session.number:
        return "stängningen hör inte till någon öppen session"
    if close.z != state.next_z:
        return f"Z-rapport {close.z} skulle vara {state.next_z}"
    counted = close.figures.counted_ore
    if not {Tender.CASH.value} <= set(counted) <= {tender.value for tender in day_report.COUNTED_TENDERS}:
        return f"Z-rapport {close.z} har ingen räknad kassa"
    if close.left_ore != counted[Tender.CASH]:
        return "det som lämnas i lådan är inte det som räknades"
    if any(close.figures.difference_ore.values()) and not close.reason:
        return "kassan skiljer sig utan att någon orsak är angiven"
    if close.figures != day_report.with_count(state.session.figures, close.figures.counted_ore):
        return f"Z-rapport {close.z} är inte lika med summan av sina poster"
    return None
