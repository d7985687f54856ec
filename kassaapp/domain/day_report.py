"""The figures of X and Z, added up event by event (DOMAIN 1.3, 1.5, R46).

Invariants held by tests over random days: the tenders add up to sales + rounding; u − v = w; a session's figures equal
the fold of its events.
"""

from collections.abc import Mapping
from dataclasses import replace

from kassaapp.domain.events import (
    CashCounted,
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    FloatChanged,
    ReceiptPrinted,
    SaleParked,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    TrainingEnded,
)
from kassaapp.domain.figures import CashierTally, CountTally, Figures, GrandTotals, GroupTally, Tally
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Payment, Tender

COUNTED_TENDERS = (Tender.CASH, Tender.CARD, Tender.SWISH)
"""Tenders that are counted or compared with a list at close (R48, R52)."""


def opening(opening_ore: int, grand: GrandTotals) -> Figures:
    """The figures of a session that has just been opened."""
    return Figures(opening_ore=opening_ore, grand=grand)


def add(figures: Figures, event: Event) -> Figures:
    """The figures with one more event. What moves no figure leaves them as they are."""
    match event:
        case SaleRegistered():
            return _finish(add_sale(figures, event), event)
        case SaleRefunded():
            return _add_return(replace(figures, refunds=_more(figures.refunds, event.total_ore)), event)
        case SaleVoided():
            return _add_return(replace(figures, voids=_more(figures.voids, event.total_ore)), event)
        case DepositTaken() | DepositRepaid():
            return _add_deposit(figures, event)
        case _:
            return _add_drawer(figures, event)


def add_sale(figures: Figures, sale: SaleRegistered) -> Figures:
    """The figures with one more sale."""
    return replace(
        figures,
        sales_ore=figures.sales_ore + sale.total_ore,
        by_group=_groups(figures.by_group, sale),
        by_vat=_summed(figures.by_vat, _vat(sale)),
        goods=figures.goods + sum(line.quantity for line in sale.lines if line.goods),
        services=figures.services + sum(line.quantity for line in sale.lines if not line.goods),
        receipts=figures.receipts + 1,
        by_tender=_summed(figures.by_tender, _tenders(sale.payments)),
        deposits_used_ore=figures.deposits_used_ore + _tenders(sale.payments).get(Tender.ON_ACCOUNT, 0),
        grand=sale.grand,
        zero_registrations=_summed(figures.zero_registrations, _zeros(sale)),
        rounding_ore=figures.rounding_ore + sale.rounding_ore,
        cashiers=_cashiers(figures.cashiers, sale.by, sale.total_ore),
    )


def expected(figures: Figures) -> dict[str, int]:
    """What should be there at close, in öre by tender: in less out, and for cash the float (R48)."""
    came_in = _summed(figures.by_tender, figures.paid_in)
    due = {tender.value: came_in.get(tender, 0) - figures.paid_out.get(tender, 0) for tender in COUNTED_TENDERS}
    due[Tender.CASH] += figures.opening_ore + figures.float_changes_ore - figures.cash_out_ore
    return due


def with_count(figures: Figures, counted: Mapping[str, int]) -> Figures:
    """The figures of a Z: with what was counted, and the difference for each tender that was counted (R49, R52)."""
    due = expected(figures)
    return replace(
        figures,
        expected_ore=due,
        counted_ore=dict(counted),
        difference_ore={tender: ore - due[tender] for tender, ore in counted.items()},
    )


def _add_return(figures: Figures, returned: SaleRefunded | SaleVoided) -> Figures:
    return replace(
        figures,
        returned_vat=_summed(figures.returned_vat, returned.vat),
        paid_out=_summed(figures.paid_out, _tenders(returned.payments)),
        grand=returned.grand,
    )


def _add_deposit(figures: Figures, event: DepositTaken | DepositRepaid) -> Figures:
    if isinstance(event, DepositTaken):
        return replace(
            figures,
            deposits_ore=figures.deposits_ore + event.amount_ore,
            paid_in=_summed(figures.paid_in, _tenders(event.payments)),
        )
    return replace(
        figures,
        deposits_repaid_ore=figures.deposits_repaid_ore + event.amount_ore,
        paid_out=_summed(figures.paid_out, _tenders(event.payments)),
    )


def _add_drawer(figures: Figures, event: Event) -> Figures:
    match event:
        case FloatChanged():
            return replace(figures, float_changes_ore=figures.float_changes_ore + event.amount_ore)
        case CashTakenOut():
            return replace(figures, cash_out_ore=figures.cash_out_ore + event.amount_ore)
        case DrawerOpened():
            return replace(figures, drawer_openings=figures.drawer_openings + 1)
        case ReceiptPrinted(copy=True):
            return replace(figures, copies=_more(figures.copies, event.amount_ore))
        case TrainingEnded():
            training = Tally(figures.training.count + event.receipts, figures.training.ore + event.amount_ore)
            return replace(figures, training=training)
        case CashCounted(counted_ore={Tender.CASH.value: counted_ore}):
            tally = CountTally(counted_ore, event.difference_ore[Tender.CASH])
            return replace(figures, counts=(*figures.counts, tally))
        case SaleParked():
            return replace(figures, unfinished=_more(figures.unfinished, event.amount_ore))
        case _:
            return figures


def _finish(figures: Figures, sale: SaleRegistered) -> Figures:
    """A sale that had been put aside is finished: no longer in line t."""
    if sale.finishes is None:
        return figures
    left = Tally(figures.unfinished.count - 1, figures.unfinished.ore - sale.parked_ore)
    return replace(figures, unfinished=left)


def _more(tally: Tally, ore: int) -> Tally:
    return Tally(tally.count + 1, tally.ore + ore)


def _groups(tallies: tuple[GroupTally, ...], sale: SaleRegistered) -> tuple[GroupTally, ...]:
    sums = {tally.group: tally.ore for tally in tallies}
    for line in sale.lines:
        if line.group is not None:
            sums[line.group] = sums.get(line.group, 0) + line.amount_ore
    return tuple(GroupTally(group, sums[group]) for group in sorted(sums))


def _vat(sale: SaleRegistered) -> dict[str, int]:
    exempt_ore = sum(line.amount_ore for line in sale.lines if line.vat is VatRate.EXEMPT)
    return {**sale.vat, **({VatRate.EXEMPT.value: exempt_ore} if exempt_ore else {})}


def _tenders(payments: tuple[Payment, ...]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for payment in payments:
        taken[payment.by.value] = taken.get(payment.by.value, 0) + payment.amount_ore
    return taken


def _zeros(sale: SaleRegistered) -> dict[str, int]:
    counted: dict[str, int] = {}
    for line in sale.lines:
        if line.amount_ore == 0 and line.reason is not None:
            counted[line.reason.value] = counted.get(line.reason.value, 0) + line.quantity
    return counted


def _cashiers(cashiers: tuple[CashierTally, ...], user: str, ore: int) -> tuple[CashierTally, ...]:
    tallies = {tally.user: tally for tally in cashiers}
    before = tallies.get(user, CashierTally(user, 0, 0))
    tallies[user] = CashierTally(user, before.count + 1, before.ore + ore)
    return tuple(tallies.values())


def _summed(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {key: before.get(key, 0) + more.get(key, 0) for key in sorted(before.keys() | more.keys())}
