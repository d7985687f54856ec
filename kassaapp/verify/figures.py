"""Do the sums and numbers follow from the records? Every figure is added up again; none is taken on trust.

The first event that does not follow ends the adding up: from there on nothing can be said of sums, only of bytes.
"""

from collections.abc import Sequence
from datetime import timedelta

from kassaapp.domain.events import (
    KINDS,
    CheckResult,
    ClockSetBack,
    DepositRepaid,
    DepositTaken,
    Event,
    PaymentEnded,
    ProgramStarted,
    ReleaseTaken,
    RightsAsked,
    RightsGranted,
    RightsReleased,
    SaleParked,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionOpened,
)
from kassaapp.domain.visit import Tender
from kassaapp.journal import payload
from kassaapp.trouble import JournalUnreadable
from kassaapp.verify import births, returns, sales, sessions
from kassaapp.verify.book import Book, Numbered
from kassaapp.verify.content import Content, StoredPart
from kassaapp.verify.fault import Fault, Wrong
from kassaapp.verify.records import Checked, Gap
from kassaapp.verify.report import Evidence, Report
from kassaapp.verify.sales import PriceLists
from sync.wire.errors import WireError
from sync.wire.record import VERSION, Header, Record

CLOCK_TOLERANCE = timedelta(minutes=1)
"""A clock that goes back by less needs no record (R65)."""

_PUT_BACK = (CheckResult.RESTORED, CheckResult.REPAIRED)


def check(chains: Sequence[Checked], content: Content, report: Report, *, keep: bool = True) -> Book:
    """Add up the unbroken way through all chains, and note the first thing that does not follow. What was added up.
    `keep`: the contents are needed afterwards."""
    book = Book(PriceLists(content), is_alone=report.evidence is Evidence.SECOND_MEDIUM)
    for place, chain in enumerate(chains):
        enrolment = chain.signed.enrolment
        if not place and enrolment is not None and enrolment.parent is not None:
            text = "kassan efterträder en kedja som inte ligger i filen: numren och grand total är inte prövade mot den"
            report.warn(Fault.UNCHECKED, 0, text, chain=chain.signed.n)
        if not _check_chain(chain, content, book, report, keep=keep) or not chain.is_unbroken:
            break
    report.lost_sales_ore, report.lost_returns_ore = book.lost_sales_ore, book.lost_returns_ore
    return book


def _check_chain(chain: Checked, content: Content, book: Book, report: Report, *, keep: bool) -> bool:
    """Whether everything in the chain follows."""
    for step in chain.steps:
        if isinstance(step, Gap):
            book.skip()
            continue
        parts = content.parts.get(step.hash, []) if keep else content.parts.pop(step.hash, [])
        wrong = _check_record(step, chain, parts, book, report)
        if wrong is not None:
            report.add(wrong[0], step.header.seq, wrong[1], chain=chain.signed.n)
            return False
    return True


def _check_record(
    record: Record, chain: Checked, parts: Sequence[StoredPart], book: Book, report: Report
) -> Wrong | None:
    try:
        event = _event(record, parts)
    except (JournalUnreadable, WireError, ValueError) as error:
        return _unreadable(record.header, error)
    _check_clock(book, event, record.header.seq, chain.signed.n, report)
    if book.awaits_end and not isinstance(event, PaymentEnded):
        text = "posten före är en betalnings kvitto, och posten som avslutar betalningen finns inte"
        report.add(Fault.MISSING, record.header.seq, text, chain=chain.signed.n)
    book.learn(event)
    wrong = births.wrong(book, event, record.header.seq, chain.signed.enrolment) or _wrong(book, record.header, event)
    if wrong is not None:
        return wrong
    book.take(event)
    if isinstance(event, ProgramStarted):
        _take_start(event, (chain.signed.n, record.header.seq), book, report)
    report.receipts += isinstance(event, SaleRegistered)
    report.sessions += isinstance(event, SessionOpened)
    return None


def _take_start(started: ProgramStarted, place: tuple[int, int], book: Book, report: Report) -> None:
    """What a start has recorded of the journal before it."""
    n, seq = place
    if started.restored or started.check in _PUT_BACK:
        book.put_back.append(place)
    if started.check is CheckResult.TAIL_CUT:
        text = f"kassan märkte vid starten att den minns post {started.mark}, som ingen har: slutet före är avkortat"
        report.add(Fault.CUT, seq, text, chain=n)


def _event(record: Record, parts: Sequence[StoredPart]) -> Event:
    accounting = next((part for part in parts if part.name == payload.ACCOUNTING), None)
    if record.header.v != VERSION or accounting is None:
        raise JournalUnreadable("header")
    has_person = any(part.name == payload.PERSON for part in parts)
    return payload.impersonal_event_of(record.header.kind, accounting.opened.content(), has_person=has_person)


def _unreadable(header: Header, error: Exception) -> Wrong:
    if header.v != VERSION:
        return Fault.VERSION, f"posten har version {header.v} och är skriven av ett nyare program"
    if header.kind not in KINDS:
        return Fault.VERSION, f"posten är av ett slag som det här programmet inte känner: {header.kind}"
    return Fault.MALFORMED, f"innehållet är inte skrivet i formatet, eller av ett nyare program ({error})"


def _check_clock(book: Book, event: Event, seq: int, n: int, report: Report) -> None:
    """A clock may go back, with a record that says so; without one it is a warning (R65)."""
    last_at = book.state.last_at
    if last_at is None:
        return
    if isinstance(event, ClockSetBack):
        if event.before != last_at:
            report.warn(Fault.CLOCK, seq, "klockposten nämner en annan tid än posten före", chain=n)
    elif last_at - event.at > CLOCK_TOLERANCE:
        text = f"klockan gick från {last_at} till {event.at} utan någon klockpost"
        report.warn(Fault.CLOCK, seq, text, chain=n)


def _wrong(book: Book, header: Header, event: Event) -> Wrong | None:
    """What of the event does not follow from those before it, or None."""
    return (
        sessions.wrong(book, event)
        or _wrong_number(book, event)
        or _wrong_amounts(book, header, event)
        or _wrong_held(book, event)
    )


def _wrong_number(book: Book, event: Event) -> Wrong | None:
    if isinstance(event, Numbered) and event.receipt != book.state.next_receipt:
        return Fault.NUMBER, f"kvitto {event.receipt} skulle vara {book.state.next_receipt}"
    return None


def _wrong_amounts(book: Book, header: Header, event: Event) -> Wrong | None:
    match event:
        case SaleRegistered():
            return sales.wrong(event, book.state.till, book.state.grand, book.prices.of(header.cfg))
        case SaleParked():
            return sales.wrong_parked(event, book.state.till, book.prices.of(header.cfg))
        case SaleRefunded() | SaleVoided():
            return returns.wrong(book, event)
        case DepositTaken() | DepositRepaid():
            return _wrong_deposit(event)
        case RightsAsked() | RightsReleased() | RightsGranted() | ReleaseTaken():
            return _wrong_rights(book, event)
        case _:
            return None


def _wrong_deposit(event: DepositTaken | DepositRepaid) -> Wrong | None:
    if event.amount_ore <= 0 or sum(payment.amount_ore for payment in event.payments) != event.amount_ore:
        return Fault.FIGURES, "betalningen är inte lika med det som sattes in eller betalades tillbaka"
    least_ore = event.amount_ore if isinstance(event, DepositTaken) else 0
    return None if event.balance_ore >= least_ore else (Fault.FIGURES, "saldot a conto är för litet")


def _wrong_held(book: Book, event: Event) -> Wrong | None:
    """No till spends a conto more than all its patients have there; whose it is, only their sealed parts say (R54)."""
    taken_ore = _taken_ore(event)
    if taken_ore <= 0 or book.is_partial or taken_ore <= sum(book.state.balances.values()):
        return None
    return Fault.FIGURES, "mer används, betalas ut eller lämnas a conto än vad kassan har att röra sig med"


def _taken_ore(event: Event) -> int:
    match event:
        case SaleRegistered():
            return sum(payment.amount_ore for payment in event.payments if payment.by is Tender.ON_ACCOUNT)
        case DepositRepaid() | RightsReleased():
            return event.amount_ore
        case _:
            return 0


def _wrong_rights(book: Book, event: RightsAsked | RightsReleased | RightsGranted | ReleaseTaken) -> Wrong | None:
    """A request is for something and has an id of its own; an answer is to a request that has none, and as large."""
    open_ = book.state.open_requests.get(event.request)
    if isinstance(event, RightsAsked | RightsReleased):
        if event.amount_ore <= 0 or open_ is not None:
            return Fault.FIGURES, "begäran om pengar a conto är inte på något belopp, eller har en annans nummer"
        return None
    if open_ is None:
        wrong = Fault.FIGURES, "svaret om pengar a conto hör inte till någon öppen begäran"
        return None if book.is_partial else wrong
    fits = isinstance(open_, RightsReleased) == isinstance(event, ReleaseTaken)
    if not fits or (isinstance(event, RightsGranted) and event.amount_ore not in (0, open_.amount_ore)):
        return Fault.FIGURES, "svaret om pengar a conto är på något annat än det som begärdes"
    return None
