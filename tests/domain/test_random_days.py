"""Random days at a till: whatever is wished, the numbers have no gap, and every sum follows from what happened."""

from collections import Counter

from hypothesis import Phase, given, settings

from kassaapp.domain import refund
from kassaapp.domain.events import (
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.figures import Figures
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.state import fold
from kassaapp.domain.visit import Tender
from tests.builders import CASH, a_patient
from tests.domain.day import BANDAGE, FLOAT_ORE, Day, Receipt, cash_in_drawer
from tests.domain.random_days import random_days


def sessions(day: Day) -> list[tuple[list[Event], Figures]]:
    """The events of each session, and its figures: of the Z, or of the session that is open."""
    found: list[tuple[list[Event], Figures]] = []
    for event in day.events:
        match event:
            case SessionOpened():
                found.append(([event], Figures()))
            case SessionClosed():
                found[-1] = ([*found[-1][0], event], event.figures)
            case _ if found and not isinstance(found[-1][0][-1], SessionClosed):
                found[-1][0].append(event)
            case _:
                pass
    if day.state.session is not None:
        found[-1] = (found[-1][0], day.state.session.figures)
    return found


def check_sales(figures: Figures, sales: list[SaleRegistered]) -> None:
    """Add up the sales another way than the program does."""
    tenders, vat, cashiers = Counter[str](), Counter[str](), Counter[str]()
    for sold in sales:
        for payment in sold.payments:
            tenders[payment.by.value] += payment.amount_ore
        vat["exempt"] += sum(line.amount_ore for line in sold.lines if line.vat.percent == 0)
        vat.update(sold.vat)
        cashiers[sold.by] += sold.total_ore
    assert figures.receipts == len(sales)
    assert figures.sales_ore == sum(sold.total_ore for sold in sales)
    assert +Counter(figures.by_tender) == +tenders
    assert +Counter(figures.by_vat) == +vat
    assert {tally.user: tally.ore for tally in figures.cashiers} == dict(cashiers)
    assert sum(tenders.values()) == figures.sales_ore + figures.rounding_ore
    assert figures.deposits_used_ore == tenders["on_account"]
    assert figures.goods + figures.services == sum(line.quantity for sold in sales for line in sold.lines)


# ── What always holds ────────────────────────────────────────────────────────────────────────────

every_day = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""Without making a failing day smaller, which takes minutes: to find out why one fails, take `phases` away."""


@every_day
@given(random_days())
def test_receipts_sessions_and_z_have_no_gap(day: Day) -> None:  # R02, R39, R46
    receipts = [event.receipt for event in day.events if isinstance(event, Receipt)]
    opened = [event.session for event in day.events if isinstance(event, SessionOpened)]
    closed = [event.session for event in day.events if isinstance(event, SessionClosed)]
    zs = [event.z for event in day.events if isinstance(event, SessionClosed)]

    assert receipts == list(range(1, len(receipts) + 1))
    assert opened == list(range(1, len(opened) + 1))
    assert closed == opened[: len(closed)]
    assert len(opened) - len(closed) in (0, 1)
    assert zs == list(range(1, len(zs) + 1))
    assert day.state.next_receipt == len(receipts) + 1
    assert fold(day.events) == day.state, "the same events give the same state (R03)"


@every_day
@given(random_days())
def test_every_x_and_z_is_the_sum_of_its_receipts(day: Day) -> None:  # R46
    for events, figures in sessions(day):
        check_sales(figures, [event for event in events if isinstance(event, SaleRegistered)])
        refunds = [event.total_ore for event in events if isinstance(event, SaleRefunded)]
        voids = [event.total_ore for event in events if isinstance(event, SaleVoided)]
        assert (figures.refunds.count, figures.refunds.ore) == (len(refunds), sum(refunds))
        assert (figures.voids.count, figures.voids.ore) == (len(voids), sum(voids))
        assert figures.drawer_openings == sum(isinstance(event, DrawerOpened) for event in events)


@every_day
@given(random_days())
def test_grand_totals_are_all_sales_and_all_returns_and_only_grow(day: Day) -> None:  # R47, DOMAIN 1.5
    sold_ore = returned_ore = 0

    for _, figures in sessions(day):
        sold_ore += figures.sales_ore
        returned_ore += figures.refunds.ore + figures.voids.ore
        assert (figures.grand.sales_ore, figures.grand.returns_ore) == (sold_ore, returned_ore)
        assert figures.grand.net_ore == sold_ore - returned_ore
    grands = [event.grand for event in day.events if isinstance(event, SaleRegistered | SaleRefunded | SaleVoided)]
    assert grands == sorted(grands, key=lambda grand: (grand.sales_ore, grand.returns_ore))
    assert (day.state.grand.sales_ore, day.state.grand.returns_ore) == (sold_ore, returned_ore)


@every_day
@given(random_days())
def test_what_is_expected_is_what_lies_in_the_drawer(day: Day) -> None:  # R48, R49
    left_ore = FLOAT_ORE

    for events, figures in sessions(day):
        opened, closed = events[0], events[-1]
        assert isinstance(opened, SessionOpened)
        assert (opened.expected_ore, figures.opening_ore) == (left_ore, opened.counted_ore)
        assert (opened.reason is None) == (opened.counted_ore == left_ore)
        if not isinstance(closed, SessionClosed):
            continue
        assert figures.expected_ore["cash"] == cash_in_drawer(events[:-1]) >= 0
        for tender, counted_ore in figures.counted_ore.items():
            assert figures.difference_ore[tender] == counted_ore - figures.expected_ore[tender]
        assert (closed.reason is None) == (not any(figures.difference_ore.values()))
        assert closed.left_ore == figures.counted_ore["cash"]
        left_ore = closed.left_ore


@every_day
@given(random_days())
def test_a_balance_is_what_was_paid_in_and_not_yet_used_and_never_below_nothing(day: Day) -> None:  # R54
    balances = Counter[str]()
    for event in day.events:
        match event:
            case DepositTaken():
                balances[event.patient.id.reveal()] += event.amount_ore
            case DepositRepaid():
                balances[event.patient.id.reveal()] -= event.amount_ore
            case SaleRegistered() | SaleRefunded() | SaleVoided():
                sign = -1 if isinstance(event, SaleRegistered) else 1
                used = [paid.amount_ore for paid in event.payments if paid.by is Tender.ON_ACCOUNT]
                balances[event.patient.id.reveal()] += sign * sum(used)
            case _:
                continue
        assert min(balances.values()) >= 0

    assert {whose.reveal(): ore for whose, ore in day.state.balances.items()} == dict(+balances)


@every_day
@given(random_days())
def test_no_row_is_given_back_twice_and_no_receipt_undone_twice(day: Day) -> None:  # R08, R09
    back = Counter[tuple[int, int]]()
    undone = Counter[int]()
    for event in day.events:
        if isinstance(event, SaleRefunded | SaleVoided):
            back.update({(event.sale_receipt, line.line): 0 for line in event.lines})
            for line in event.lines:
                back[event.sale_receipt, line.line] += line.amount_ore
            undone[event.sale_receipt] += isinstance(event, SaleVoided)

    assert all(times <= 1 for times in undone.values())
    for (receipt, row), ore in back.items():
        assert 0 <= ore <= day.receipts.sale(receipt).sale.lines[row - 1].amount_ore


def test_many_small_refunds_pay_back_no_more_than_one_large() -> None:  # R09, R55
    day = Day()
    day.serve(a_patient(), [Wish(BANDAGE)], [CASH])
    sold = day.of(SaleRegistered)[0]
    standing = day.receipts.sale(1)

    for _ in range(sold.total_ore // 50):
        day.wish(lambda by: refund.refund(day.state, standing, [GiveBack(1, 50)], [CASH], "Fel", day.circumstances(by)))

    paid_back_ore = sum(event.to_pay_ore for event in day.of(SaleRefunded))
    assert paid_back_ore <= sold.to_pay_ore


@every_day
@given(random_days())
def test_nothing_is_sold_in_a_session_of_an_earlier_day(day: Day) -> None:  # R51
    for events, _ in sessions(day):
        opened_on = events[0].at.date()
        assert all(event.at.date() <= opened_on for event in events if isinstance(event, Receipt | CashTakenOut))
        if isinstance(events[-1], SessionClosed):
            assert events[-1].late == (events[-1].at.date() > opened_on)


def test_random_days_hold_all_that_can_happen() -> None:
    seen = Counter[str]()

    @settings(max_examples=60, derandomize=True, database=None, deadline=None)
    @given(random_days())
    def look(day: Day) -> None:
        seen.update(type(event).__name__ for event in day.events)
        seen["refusal"] += day.refusals

    look()

    often = ("SaleRegistered", "SessionClosed", "SaleRefunded", "SaleVoided", "DepositTaken", "DepositRepaid")
    assert min(seen[kind] for kind in (*often, "FloatChanged", "CashTakenOut", "refusal")) > 5, seen
