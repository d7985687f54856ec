"""A sale is settled to the öre: cash in whole kronor, card and Swish exactly, and the change is what was too much."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kassaapp.domain.cash import MAX_AMOUNT_ORE
from kassaapp.domain.errors import PaymentDoesNotAddUp, Refused
from kassaapp.domain.money import KRONA, round_cash
from kassaapp.domain.tender import Offer, Settlement, settle
from kassaapp.domain.visit import Tender

CASH, CARD, SWISH = Tender.CASH, Tender.CARD, Tender.SWISH


@pytest.mark.parametrize(
    ("total_ore", "due_ore"),
    [(68_750, 68_800), (68_749, 68_700), (1_249, 1_200), (1_250, 1_300), (1_299, 1_300), (50, 100), (49, 0), (1, 0)],
)
def test_cash_is_rounded_and_card_is_not(total_ore: int, due_ore: int) -> None:  # R55
    in_cash, by_card = settle(total_ore, [Offer(CASH)]), settle(total_ore, [Offer(CARD)])

    assert (in_cash.to_pay_ore, in_cash.rounding_ore) == (due_ore, due_ore - total_ore)
    assert (by_card.to_pay_ore, by_card.rounding_ore) == (total_ore, 0)


@pytest.mark.parametrize(
    ("card_ore", "cash_ore", "rounding_ore"),
    [(50_000, 18_800, 50), (68_701, 0, -49), (68_700, 100, 50), (30_025, 38_700, -25), (30_075, 38_700, 25)],
)
def test_in_a_mixed_payment_only_what_is_left_for_cash_is_rounded(
    card_ore: int, cash_ore: int, rounding_ore: int
) -> None:  # R55
    settlement = settle(68_750, [Offer(CARD, card_ore), Offer(CASH, cash_ore)])

    assert [(payment.by, payment.amount_ore) for payment in settlement.payments] == [(CARD, card_ore), (CASH, cash_ore)]
    assert settlement.rounding_ore == rounding_ore
    assert settlement.to_pay_ore == 68_750 + rounding_ore


def test_cash_may_be_named_as_it_stands_on_the_price_list_or_as_it_is_paid() -> None:
    assert settle(68_750, [Offer(CASH, 68_750)]) == settle(68_750, [Offer(CASH, 68_800)])


def test_what_is_given_too_much_is_change() -> None:
    settlement = settle(20_000, [Offer(CASH, given_ore=50_000)])

    assert settlement.change_ore == 30_000
    assert settlement.payments[0].given_ore == 50_000
    assert settlement.payments[0].amount_ore == 20_000


def test_even_money_gives_no_change() -> None:
    assert settle(68_750, [Offer(CASH, given_ore=68_800)]).change_ore == 0


def test_a_payment_may_be_on_two_cards() -> None:
    settlement = settle(20_000, [Offer(CARD, 15_000, reference="1"), Offer(CARD, 5_000, reference="2")])

    assert [payment.reference for payment in settlement.payments] == ["1", "2"]


def test_what_is_free_is_settled_with_nothing() -> None:
    assert settle(0, []) == settle(0, [Offer(CARD)]) == Settlement((), 0, 0, 0)


@pytest.mark.parametrize(
    "offers",
    [
        [],
        [Offer(CASH, given_ore=19_999)],
        [Offer(CASH, given_ore=0)],
        [Offer(CASH, -20_000)],
        [Offer(CASH, 0)],
        [Offer(CASH, 10_000)],
        [Offer(CASH, 30_000)],
        [Offer(CARD, 19_999)],
        [Offer(CARD, 20_001)],
        [Offer(CARD, 0)],
        [Offer(CARD, given_ore=20_000)],
        [Offer(CARD, 20_000), Offer(CASH)],
        [Offer(CARD, 20_000), Offer(CASH, 0)],
        [Offer(CARD, 20_000), Offer(SWISH, 20_000)],
        [Offer(CARD), Offer(SWISH)],
        [Offer(CARD, 25_000), Offer(SWISH, -5_000)],
        [Offer(CARD, 25_000), Offer(CASH, -5_000)],
        [Offer(CARD, 10_000), Offer(CASH)],
        [Offer(CARD, 10_000), Offer(CASH, given_ore=10_000)],
        [Offer(CASH, 10_000), Offer(CASH, 10_000)],
    ],
)
def test_a_payment_that_is_not_what_is_due_is_refused(offers: list[Offer]) -> None:
    with pytest.raises(PaymentDoesNotAddUp):
        settle(20_000, offers)


@pytest.mark.parametrize("offer", [Offer(CARD, 100), Offer(CASH, given_ore=100), Offer(SWISH, -100)])
def test_nothing_is_taken_for_what_is_free(offer: Offer) -> None:
    with pytest.raises(PaymentDoesNotAddUp):
        settle(0, [offer])


@pytest.mark.parametrize("given_ore", [-(10**30), -1, MAX_AMOUNT_ORE + 1, 2**53 - 1, 10**30])
def test_nobody_gives_less_than_nothing_or_more_than_there_is(given_ore: int) -> None:
    with pytest.raises(Refused):
        settle(20_000, [Offer(CASH, given_ore=given_ore)])


@given(st.integers(1, 10**8), st.lists(st.tuples(st.sampled_from([CARD, SWISH]), st.integers(1, 10**7)), max_size=4))
def test_a_settlement_adds_up_to_what_is_due(total_ore: int, exact: list[tuple[Tender, int]]) -> None:
    left_ore = total_ore - sum(ore for _, ore in exact)
    assume(left_ore > 0)
    offers = [Offer(by, ore) for by, ore in exact]

    settlement = settle(total_ore, [*offers, Offer(CASH, left_ore)])

    assert sum(payment.amount_ore for payment in settlement.payments) == settlement.to_pay_ore
    assert settlement.to_pay_ore == total_ore + settlement.rounding_ore
    assert settlement.rounding_ore == round_cash(left_ore) - left_ore
    assert settlement.payments[-1].amount_ore % KRONA == 0
    assert settlement.change_ore == 0


@given(st.integers(1, 10**8), st.integers(0, 10**6).map(lambda kronor: kronor * KRONA))
def test_change_is_what_was_given_less_what_was_due(total_ore: int, more_ore: int) -> None:
    due_ore = round_cash(total_ore)

    settlement = settle(total_ore, [Offer(CASH, given_ore=due_ore + more_ore)])

    assert settlement.change_ore == more_ore == (settlement.payments[0].given_ore or 0) - settlement.to_pay_ore


amounts = st.none() | st.integers(-1_000, 1_000)
offers = st.builds(Offer, st.sampled_from([CASH, CARD, SWISH]), amounts, st.none() | st.integers(-1_000, 2_000))


@given(st.integers(0, 1_000), st.lists(offers, max_size=4))
def test_whatever_is_offered_is_refused_or_adds_up(total_ore: int, offered: list[Offer]) -> None:
    try:
        settlement = settle(total_ore, offered)
    except Refused:
        return

    assert sum(payment.amount_ore for payment in settlement.payments) == settlement.to_pay_ore
    assert settlement.to_pay_ore == total_ore + settlement.rounding_ore
    assert settlement.change_ore >= 0
    for payment in settlement.payments:
        assert payment.amount_ore > 0 or (payment.by is CASH and payment.amount_ore == 0)
        assert (payment.given_ore is not None) == (payment.by is CASH)
    if not any(payment.by is CASH for payment in settlement.payments):
        assert (settlement.rounding_ore, settlement.change_ore) == (0, 0)
