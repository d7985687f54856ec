"""A count is never less than nothing and never absurd; cash that moves has names and a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain import drawer
from kassaapp.domain.cash import MAX_AMOUNT_ORE, checked_amount, sum_of
from kassaapp.domain.errors import (
    BadAmount,
    NeedsApproval,
    NotEnoughCash,
    ReasonMissing,
    ReferenceMissing,
    SelfApproval,
)
from kassaapp.domain.events import CashPurpose, CashTakenOut
from tests.builders import AT, an_open_till


@pytest.mark.parametrize("amount_ore", [0, 1, 100_000, MAX_AMOUNT_ORE])
def test_an_amount_that_can_be_is_left_alone(amount_ore: int) -> None:
    assert checked_amount(amount_ore) == amount_ore


@pytest.mark.parametrize("amount_ore", [-1, -(10**20), MAX_AMOUNT_ORE + 1, 10**30])
def test_an_amount_that_cannot_be_is_refused(amount_ore: int) -> None:
    with pytest.raises(BadAmount) as refused:
        checked_amount(amount_ore)

    assert refused.value.amount_ore == amount_ore


def test_a_drawer_is_the_sum_of_its_pieces() -> None:
    assert sum_of({50_000: 2, 20_000: 1, 10_000: 3, 100: 7}) == 150_700


def test_an_empty_drawer_holds_nothing() -> None:
    assert sum_of({}) == 0


@pytest.mark.parametrize(
    "pieces",
    [{50_000: -1}, {-50_000: 1}, {-50_000: -1}, {100: 10**30}, {10**30: 1}, {100_000: MAX_AMOUNT_ORE // 100_000 + 1}],
)
def test_a_count_that_cannot_be_is_refused(pieces: dict[int, int]) -> None:
    with pytest.raises(BadAmount):
        sum_of(pieces)


@given(st.dictionaries(st.sampled_from([100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000]), st.integers(0, 10_000)))
def test_pieces_counted_one_by_one_make_the_same_sum(pieces: dict[int, int]) -> None:
    assert sum_of(pieces) == sum(value * count for value, count in pieces.items())


# ── Cash that moves ──────────────────────────────────────────────────────────────────────────────


def to_the_bank(amount_ore: int = 50_000, reference: str = "Påse 17", second: str | None = "erilu") -> CashTakenOut:
    """Cash taken out of a till with a float of 1 000 kr, by Anna Berg."""
    till = an_open_till()
    return drawer.take_out(
        till, amount_ore, CashPurpose.BANK, reference, second=second, at=AT, by="anber", own_name="Anna Berg"
    )


def test_cash_to_the_bank_has_a_bag_and_two_names() -> None:  # R53
    event = to_the_bank()

    assert (event.amount_ore, event.reference, event.by, event.second) == (50_000, "Påse 17", "anber", "erilu")


@pytest.mark.parametrize("reference", ["", "  ", "\n", "\u200b"])
def test_cash_to_the_bank_without_a_bag_is_refused(reference: str) -> None:
    with pytest.raises(ReferenceMissing):
        to_the_bank(reference=reference)


@pytest.mark.parametrize("second", [None, "", " ", "\u200b"])
def test_cash_to_the_bank_without_a_second_name_is_refused(second: str | None) -> None:
    with pytest.raises(NeedsApproval):
        to_the_bank(second=second)


@pytest.mark.parametrize("second", ["anber", " anber ", "ANBER", "anber\u200b", "Anna Berg", "anna  berg"])
def test_nobody_is_their_own_second_name(second: str) -> None:
    with pytest.raises(SelfApproval):
        to_the_bank(second=second)


@pytest.mark.parametrize("amount_ore", [100_001, MAX_AMOUNT_ORE])
def test_more_than_the_drawer_holds_cannot_be_taken_out(amount_ore: int) -> None:
    with pytest.raises(NotEnoughCash):
        to_the_bank(amount_ore)
    with pytest.raises(NotEnoughCash):
        drawer.change_float(an_open_till(), -amount_ore, "Växel", at=AT, by="anber")


@pytest.mark.parametrize("amount_ore", [0, -1, MAX_AMOUNT_ORE + 1])
def test_cash_out_is_an_amount_that_can_be(amount_ore: int) -> None:
    with pytest.raises(BadAmount):
        to_the_bank(amount_ore)


@pytest.mark.parametrize("reason", ["", " ", "\u200b"])
def test_a_float_is_changed_and_a_drawer_opened_for_a_reason(reason: str) -> None:  # R05, R44
    with pytest.raises(ReasonMissing):
        drawer.change_float(an_open_till(), 50_000, reason, at=AT, by="anber")
    with pytest.raises(ReasonMissing):
        drawer.open_drawer(an_open_till(), reason, at=AT, by="anber")
