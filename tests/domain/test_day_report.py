"""The figures of X and Z are the sales of the session added up, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain import day_report, drawer
from kassaapp.domain.errors import BalanceTooLow
from kassaapp.domain.events import CashPurpose, CashTakenOut
from kassaapp.domain.fees import Wish
from kassaapp.domain.figures import CashierTally, Figures, GrandTotals, Tally
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from tests.builders import (
    AT,
    CARD,
    CASH,
    OLD,
    SWISH,
    YOUNG,
    a_closed_session,
    a_deposit,
    a_patient,
    a_refund,
    a_sale,
    an_open_till,
)

DOCTOR, NURSE, PHYSIOTHERAPIST, MISSED = 1, 2, 3, 5
CERTIFICATE, VACCINATION, BANDAGE, BOOK = 101, 103, 104, 105
ON_ACCOUNT = Offer(Tender.ON_ACCOUNT)


def figures(state: RegisterState) -> Figures:
    assert state.session is not None
    return state.session.figures


def after(*sales: tuple[Sequence[Wish], Offer], till: str = "E", by: Sequence[str] = ("anber",)) -> Figures:
    """The figures of a session with these sales, made by these people in turn."""
    state = an_open_till(till)
    for number, (wishes, offer) in enumerate(sales):
        state = apply(state, a_sale(wishes=wishes, offers=[offer], till=till, state=state, by=by[number % len(by)]))
    return figures(state)


def test_a_session_begins_with_its_float_and_the_totals_so_far() -> None:
    begun = day_report.opening(95_000, GrandTotals(700_000, 40_000))

    assert begun == Figures(opening_ore=95_000, grand=GrandTotals(700_000, 40_000))
    assert begun.grand.net_ore == 660_000


def test_goods_and_services_are_counted_apart_and_by_piece() -> None:  # j, k, l
    made = after(([Wish(BANDAGE, 3), Wish(CERTIFICATE)], CARD), ([Wish(BOOK, 2), Wish(VACCINATION, 2)], CARD))

    assert (made.goods, made.services, made.receipts) == (5, 3, 2)


def test_vat_is_summed_by_rate_and_what_is_exempt_by_its_gross() -> None:  # h
    made = after(([Wish(CERTIFICATE), Wish(VACCINATION)], CARD), ([Wish(CERTIFICATE), Wish(BOOK)], CARD))

    assert made.by_vat == {"25": 27_520, "6": 679, "exempt": 33_050}


def test_tenders_are_summed_with_their_rounding() -> None:  # p
    made = after(([Wish(VACCINATION)], CASH), ([Wish(VACCINATION)], CARD), ([Wish(VACCINATION)], SWISH))

    assert made.by_tender == {"cash": 33_100, "card": 33_050, "swish": 33_050}
    assert made.rounding_ore == 50
    assert made.sales_ore == 99_150


def test_who_worked_is_listed_with_count_and_sum() -> None:  # R06
    sales = [([Wish(CERTIFICATE)], CARD), ([Wish(BOOK)], CARD), ([Wish(CERTIFICATE)], CARD)]

    made = after(*sales, by=("anber", "erilu"))

    assert made.cashiers == (CashierTally("anber", 2, 137_600), CashierTally("erilu", 1, 12_000))
    assert sum(tally.ore for tally in made.cashiers) == made.sales_ore


def test_what_costs_nothing_is_counted_by_its_reason() -> None:  # R21
    state = an_open_till()
    holder = a_patient(frikort_until=date(2027, 2, 11))
    for patient, wishes in (
        (a_patient(), [Wish(NURSE, 2)]),
        (a_patient(OLD), [Wish(DOCTOR)]),
        (holder, [Wish(DOCTOR), Wish(NURSE)]),
        (a_patient(YOUNG), [Wish(DOCTOR)]),
    ):
        state = apply(state, a_sale(patient, wishes, [CARD], state=state))

    assert figures(state).zero_registrations == {"free_visit": 3, "over_age": 1, "frikort": 1}
    assert figures(state).receipts == 4


def test_a_missed_visit_that_costs_is_no_free_registration() -> None:
    assert after(([Wish(MISSED)], CARD), till="H").zero_registrations == {}


def test_what_is_not_done_yet_stands_as_nothing() -> None:
    made = after(([Wish(CERTIFICATE)], CARD))

    assert (made.refunds, made.voids, made.copies, made.training, made.unfinished) == (Tally(),) * 5
    assert (made.drawer_openings, made.deposits_ore, made.float_changes_ore) == (0, 0, 0)


def test_only_the_drawer_holds_the_float() -> None:  # R48
    made = after(([Wish(VACCINATION)], CASH), ([Wish(VACCINATION)], CARD))

    assert day_report.expected(made) == {"cash": 50_000 + 33_100, "card": 33_050, "swish": 0}


@pytest.mark.parametrize(
    ("counted", "difference"),
    [
        ({"cash": 50_000}, {"cash": 0}),
        ({"cash": 49_000, "card": 0}, {"cash": -1_000, "card": 0}),
        ({"cash": 50_001, "card": 5, "swish": 7}, {"cash": 1, "card": 5, "swish": 7}),
    ],
)
def test_a_z_shows_expected_counted_and_difference(counted: dict[str, int], difference: dict[str, int]) -> None:
    made = day_report.with_count(figures(an_open_till("E")), counted)

    assert made.expected_ore == {"cash": 50_000, "card": 0, "swish": 0}
    assert made.counted_ore == counted
    assert made.difference_ore == difference


def test_a_z_holds_the_sums_of_its_session() -> None:  # R46
    sales = [
        (a_patient(), [Wish(DOCTOR)], [CASH]),
        (a_patient(OLD), [Wish(DOCTOR)], []),
        (a_patient(), [Wish(MISSED)], [CARD]),
    ]

    _, closed = a_closed_session(sales)

    made = closed.figures
    assert (closed.z, made.receipts, made.sales_ore) == (1, 3, 60_000)
    assert made.by_tender == {"cash": 20_000, "card": 40_000}
    assert (made.grand.sales_ore, made.grand.returns_ore, made.grand.net_ore) == (60_000, 0, 60_000)
    assert made.difference_ore == {"cash": 0}


def to_the_bank(state: RegisterState) -> CashTakenOut:
    return drawer.take_out(
        state, 50_000, CashPurpose.BANK, "Påse 1", second="Erik Lund", at=AT, by="anber", own_name="Anna Berg"
    )


def test_the_drawer_is_float_sales_refunds_deposits_and_what_went_to_the_bank() -> None:  # R48, the worked example
    state = an_open_till()
    sold = a_sale(wishes=[Wish(PHYSIOTHERAPIST, 3)], state=state)
    state = apply(state, sold)
    state = apply(state, replace(a_refund(sold, [GiveBack(1, 20_000)]), receipt=2))
    state = apply(state, a_deposit(amount_ore=10_000, state=state))
    state = apply(state, to_the_bank(state))

    made = day_report.with_count(figures(state), {"cash": 98_000})

    assert made.expected_ore["cash"] == 100_000
    assert made.difference_ore == {"cash": -2_000}
    assert (made.sales_ore, made.refunds.ore, made.deposits_ore, made.grand.net_ore) == (60_000, 20_000, 10_000, 40_000)


def test_a_changed_float_stands_beside_the_one_that_was_counted() -> None:  # R05
    state = an_open_till()
    state = apply(state, drawer.change_float(state, 50_000, "Växel", at=AT, by="anber"))

    made = figures(state)

    assert (made.opening_ore, made.float_changes_ore) == (100_000, 50_000)
    assert day_report.expected(made)["cash"] == 150_000


def test_what_stands_a_conto_is_no_sale_before_it_is_used() -> None:  # R54
    state = an_open_till()
    state = apply(state, a_deposit(amount_ore=50_000, state=state))
    state = apply(state, a_sale(offers=[ON_ACCOUNT], state=state))
    with pytest.raises(BalanceTooLow) as refused:
        a_sale(wishes=[Wish(MISSED)], offers=[ON_ACCOUNT], state=state)

    made = figures(state)

    assert refused.value.balance_ore == 30_000
    assert (made.sales_ore, made.deposits_ore, made.deposits_used_ore) == (20_000, 50_000, 20_000)
    assert made.by_tender == {"on_account": 20_000}
    assert day_report.expected(made)["cash"] == 150_000
    assert state.next_receipt == 3


# ── Whatever is sold ─────────────────────────────────────────────────────────────────────────────

baskets = st.lists(
    st.builds(Wish, st.sampled_from([CERTIFICATE, VACCINATION, BANDAGE, BOOK]), st.integers(1, 9)),
    min_size=1,
    max_size=4,
)
days = st.lists(st.tuples(baskets, st.sampled_from([CASH, CARD, SWISH])), max_size=8)


@given(days)
def test_the_tenders_are_the_sales_and_the_rounding(day: list[tuple[list[Wish], Offer]]) -> None:  # DOMAIN 1.5
    made = after(*day)

    assert sum(made.by_tender.values()) == made.sales_ore + made.rounding_ore
    assert made.grand.sales_ore - made.grand.returns_ore == made.grand.net_ore
    assert sum(tally.count for tally in made.cashiers) == made.receipts == len(day)
    assert made.goods + made.services == sum(wish.quantity for wishes, _ in day for wish in wishes)


@given(days)
def test_the_order_of_the_sales_changes_no_figure(day: list[tuple[list[Wish], Offer]]) -> None:
    backwards = after(*reversed(day))

    assert after(*day) == backwards


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_difference_is_counted_less_expected(opening_ore: int, counted_ore: int) -> None:
    made = day_report.with_count(day_report.opening(opening_ore, GrandTotals()), {"cash": counted_ore})

    assert made.difference_ore == {"cash": counted_ore - opening_ore}


def test_a_sale_adds_to_what_was_there() -> None:
    sale = a_sale(wishes=[Wish(BANDAGE, 2)], offers=[CASH], till="E")
    once = day_report.add_sale(day_report.opening(0, GrandTotals()), sale)

    twice = day_report.add_sale(once, sale)

    assert twice.sales_ore == 2 * once.sales_ore == 19_980
    assert twice.by_vat == {"25": 2 * once.by_vat["25"]}
    assert twice.goods == 4
