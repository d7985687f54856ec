"""Leads in what was recorded during the session: a receipt, a return, a payment or a move of exactly the difference."""

from collections.abc import Iterator, Sequence

from kassaapp.domain.events import (
    CashCounted,
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    FloatChanged,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionOpened,
)
from kassaapp.domain.lead import Cause, Counted, Lead, Mark
from kassaapp.domain.money import KRONA, round_cash
from kassaapp.domain.visit import Tender

Took = SaleRegistered | DepositTaken
"""What money came in for."""
Gave = SaleRefunded | SaleVoided | DepositRepaid
"""What money went out for."""
_NOTES = tuple(value * KRONA for value in (100, 200, 500, 1000))
_COUNTED = (Tender.CASH, Tender.CARD, Tender.SWISH)


def in_records(counted: Counted, tender: Tender) -> Iterator[Lead]:
    """What the session's records may explain of one tender's difference."""
    took, gave = _standing(counted)
    off_ore = counted.off_ore(tender)
    yield from _unregistered(counted, tender, off_ore)
    yield from _mixed(counted, tender, took, gave)
    yield from _twice(took, tender, off_ore)
    yield from _returns(gave, tender, off_ore)
    yield from _one(Cause.NOT_PAID, tender, off_ore, _of_amount(took, tender, -off_ore) if off_ore < 0 else [])
    if tender is Tender.CASH:
        yield from _change(took, off_ore)
        yield from _moves(counted, off_ore)
        yield from _drawer(counted, off_ore)


def _standing(counted: Counted) -> tuple[list[Took], list[Gave]]:
    """What came in and was not given back, and what was given back and is no mere correction."""
    sales = [event for event in counted.events if isinstance(event, SaleRegistered)]
    replaced = {sale.replaces for sale in sales}
    gave = [
        event
        for event in counted.events
        if isinstance(event, DepositRepaid)
        or (isinstance(event, SaleRefunded | SaleVoided) and event.sale_receipt not in replaced)
    ]
    undone = {event.sale_receipt for event in counted.events if isinstance(event, SaleRefunded | SaleVoided)}
    took = [
        event
        for event in counted.events
        if isinstance(event, DepositTaken) or (isinstance(event, SaleRegistered) and event.receipt not in undone)
    ]
    return took, gave


# ── a tender ─────────────────────────────────────────────────────────────────────────────────────


def _mixed(counted: Counted, tender: Tender, took: Sequence[Took], gave: Sequence[Gave]) -> Iterator[Lead]:
    """As much is missing here as is too much in another tender. Told once, where it is missing."""
    off_ore = counted.off_ore(tender)
    for other in _COUNTED:
        more_ore = counted.off_ore(other)
        if off_ore >= 0 or more_ore <= 0 or round_cash(more_ore) != round_cash(-off_ore):
            continue
        came, went = _of_amount(took, tender, -off_ore), _of_amount(gave, other, more_ore)
        yield from _one(Cause.OTHER_TENDER, tender, off_ore, came, other)
        yield from _one(Cause.RETURN_OTHER_TENDER, tender, off_ore, went, other)
        if not came and not went:
            yield Lead(Cause.TENDERS_MIXED, tender, off_ore, other)
    if tender is Tender.CASH and off_ore > 0:
        yield from _one(Cause.INVOICE_PAID, tender, off_ore, _of_amount(took, Tender.INVOICE, off_ore), Tender.INVOICE)


def _unregistered(counted: Counted, tender: Tender, off_ore: int) -> Iterator[Lead]:
    """What was never registered, and may have been paid."""
    if off_ore <= 0:
        return
    for event in counted.events:
        if isinstance(event, PaymentEnded) and event.outcome is not PaymentOutcome.PAID:
            begun = [one for one in counted.events if isinstance(one, PaymentBegun) and one.attempt == event.attempt]
            if event.tender is tender and event.amount_ore == off_ore and begun and not begun[0].is_return:
                yield Lead(Cause.UNKNOWN_PAYMENT, tender, off_ore, at=begun[0].at)
    finished = {event.finishes for event in counted.events if isinstance(event, SaleRegistered)}
    for event in counted.events:
        if isinstance(event, SaleParked | SaleRecalled) and event.parked not in finished:
            due_ore = round_cash(event.amount_ore) if tender is Tender.CASH else event.amount_ore
            if isinstance(event, SaleParked) and due_ore == off_ore:
                yield Lead(Cause.PARKED, tender, off_ore, at=event.at)


def _twice(took: Sequence[Took], tender: Tender, off_ore: int) -> Iterator[Lead]:
    """Two receipts of one patient with the same amount, of which one was never paid."""
    paid = [event for event in took if off_ore < 0 and _fits(event, tender, -off_ore)]
    like = [event for event in paid if any(_is_like(event, other) for other in took)]
    yield from _one(Cause.TWICE, tender, off_ore, like)


def _is_like(one: Took, other: Took) -> bool:
    return one is not other and one.patient.id == other.patient.id and _amount(one) == _amount(other)


def _returns(gave: Sequence[Gave], tender: Tender, off_ore: int) -> Iterator[Lead]:
    cause = Cause.RETURN_NOT_PAID if off_ore > 0 else Cause.RETURN_PAID_TWICE
    yield from _one(cause, tender, off_ore, _of_amount(gave, tender, abs(off_ore)))


# ── cash ─────────────────────────────────────────────────────────────────────────────────────────


def _change(took: Sequence[Took], off_ore: int) -> Iterator[Lead]:
    """What went wrong with the change of one receipt."""
    with_change = [event for event in took if isinstance(event, SaleRegistered) and event.change_ore > 0]
    same = [event for event in with_change if event.change_ore == abs(off_ore)]
    yield from _one(Cause.CHANGE_KEPT if off_ore > 0 else Cause.CHANGE_TWICE, Tender.CASH, off_ore, same)
    misread = [event for event in with_change if _is_misread(event, off_ore)]
    if misread:
        given_ore = _given(misread[-1])
        notes = (given_ore, given_ore + off_ore)
        last = [event for event in misread if _given(event) == given_ore]
        yield Lead(Cause.OTHER_NOTE, Tender.CASH, off_ore, marks=_marks(last), values_ore=notes)


def _is_misread(sale: SaleRegistered, off_ore: int) -> bool:
    """Whether another single note, which would have been enough, makes the difference."""
    given_ore, due_ore = _given(sale), sum(paid.amount_ore for paid in sale.payments if paid.by is Tender.CASH)
    return given_ore in _NOTES and given_ore + off_ore in _NOTES and given_ore + off_ore >= due_ore


def _given(sale: SaleRegistered) -> int:
    return sum(paid.given_ore or 0 for paid in sale.payments if paid.by is Tender.CASH)


def _moves(counted: Counted, off_ore: int) -> Iterator[Lead]:
    """Cash that was moved without a patient, or was not."""
    for event in counted.events:
        match event:
            case FloatChanged() | CashTakenOut():
                moved_ore = event.amount_ore if isinstance(event, FloatChanged) else -event.amount_ore
                if off_ore == -moved_ore:
                    yield Lead(Cause.MOVE_NOT_DONE, Tender.CASH, off_ore, at=event.at, values_ore=(moved_ore,))
                elif off_ore == -2 * moved_ore and isinstance(event, FloatChanged):
                    yield Lead(Cause.MOVE_TURNED, Tender.CASH, off_ore, at=event.at, values_ore=(moved_ore,))
            case SessionOpened() if event.difference_ore != 0 and off_ore == -event.difference_ore:
                yield Lead(Cause.OPENING, Tender.CASH, off_ore, at=event.at, values_ore=(event.difference_ore,))
            case _:
                pass
    if off_ore < 0 and counted.figures.counted_ore[Tender.CASH] == counted.figures.opening_ore:
        yield Lead(Cause.ONLY_THE_FLOAT, Tender.CASH, off_ore)


def _drawer(counted: Counted, off_ore: int) -> Iterator[Lead]:
    """When it was last right, and when the drawer was opened without a sale."""
    counts = [event for event in counted.events if isinstance(event, CashCounted)]
    right = [event for event in counts if event.difference_ore.get(Tender.CASH) == 0]
    after = right[-1].at if right else None
    if after is not None:
        yield Lead(Cause.RIGHT_BEFORE, Tender.CASH, off_ore, at=after)
    opened = [event for event in counted.events if isinstance(event, DrawerOpened)]
    since = [event for event in opened if after is None or event.at >= after]
    if since:
        yield Lead(Cause.DRAWER, Tender.CASH, off_ore, at=since[-1].at, pieces=len(since))


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────


def _of_amount(events: Sequence[Took] | Sequence[Gave], tender: Tender, ore: int) -> list[Took | Gave]:
    """Those that have exactly that much in that tender, as it is counted: cash in whole kronor."""
    return [
        event for event in events if any(paid.by is tender for paid in event.payments) and _fits(event, tender, ore)
    ]


def _fits(event: Took | Gave, tender: Tender, ore: int) -> bool:
    share_ore = sum(paid.amount_ore for paid in event.payments if paid.by is tender)
    return share_ore == ore or (tender is Tender.INVOICE and round_cash(share_ore) == ore)


def _amount(event: Took) -> int:
    return event.amount_ore if isinstance(event, DepositTaken) else event.total_ore


def _one(
    cause: Cause, tender: Tender, off_ore: int, events: Sequence[Took | Gave], other: Tender | None = None
) -> Iterator[Lead]:
    """One lead for all receipts that fit it."""
    if events:
        yield Lead(cause, tender, off_ore, other, _marks(events))


def _marks(events: Sequence[Took | Gave]) -> tuple[Mark, ...]:
    return tuple(Mark(event.receipt, event.at) for event in reversed(events))
