"""The figures of X and Z, added up event by event (DOMAIN 1.3, 1.5, R46).

Invariants held by tests over random days: the tenders add up to sales + rounding; u − v = w; a session's figures equal
the fold of its events.
"""

from collections.abc import Mapping
from dataclasses import replace

from kassaapp.domain.events import CashierTally, Figures, GrandTotals, SaleRegistered, Tender
from kassaapp.domain.vat import VatRate

COUNTED_TENDERS = (Tender.CASH, Tender.CARD, Tender.SWISH)
"""Tenders that are counted or compared with a list at close (R48, R52)."""


def opening(opening_ore: int, grand: GrandTotals) -> Figures:
    """The figures of a session that has just been opened."""
    return Figures(opening_ore=opening_ore, grand=grand)


def add_sale(figures: Figures, sale: SaleRegistered) -> Figures:
    """The figures with one more sale."""
    return replace(
        figures,
        sales_ore=figures.sales_ore + sale.total_ore,
        by_group=_summed(figures.by_group, _groups(sale)),
        by_vat=_summed(figures.by_vat, _vat(sale)),
        goods=figures.goods + sum(line.quantity for line in sale.lines if line.goods),
        services=figures.services + sum(line.quantity for line in sale.lines if not line.goods),
        receipts=figures.receipts + 1,
        by_tender=_summed(figures.by_tender, _tenders(sale)),
        grand=sale.grand,
        zero_registrations=_summed(figures.zero_registrations, _zeros(sale)),
        rounding_ore=figures.rounding_ore + sale.rounding_ore,
        cashiers=_cashiers(figures.cashiers, sale.by, sale.total_ore),
    )


def expected(figures: Figures) -> dict[str, int]:
    """What should be there at close, in öre by tender: the float and cash taken, and what card and Swish took (R48)."""
    taken = {tender.value: figures.by_tender.get(tender.value, 0) for tender in COUNTED_TENDERS}
    taken[Tender.CASH] += figures.opening_ore + figures.float_changes_ore
    return taken


def with_count(figures: Figures, counted: Mapping[str, int]) -> Figures:
    """The figures of a Z: with what was counted, and the difference for each tender that was counted (R49, R52)."""
    due = expected(figures)
    return replace(
        figures,
        expected_ore=due,
        counted_ore=dict(counted),
        difference_ore={tender: ore - due[tender] for tender, ore in counted.items()},
    )


def _groups(sale: SaleRegistered) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in sale.lines:
        if line.group is not None:
            sums[line.group] = sums.get(line.group, 0) + line.amount_ore
    return sums


def _vat(sale: SaleRegistered) -> dict[str, int]:
    exempt_ore = sum(line.amount_ore for line in sale.lines if line.vat is VatRate.EXEMPT)
    return {**sale.vat, **({VatRate.EXEMPT.value: exempt_ore} if exempt_ore else {})}


def _tenders(sale: SaleRegistered) -> dict[str, int]:
    taken: dict[str, int] = {}
    for payment in sale.payments:
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
