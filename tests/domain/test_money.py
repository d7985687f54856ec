"""Cash is paid in whole kronor, and a return gives back what the sale took (R55)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain.money import KRONA, round_cash

amounts_ore = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("amount_ore", "cash_ore"),
    [(0, 0), (49, 0), (50, 100), (99, 100), (1249, 1200), (1250, 1300), (1299, 1300), (68750, 68800), (68749, 68700)],
)
def test_up_to_49_ore_goes_down_and_from_50_goes_up(amount_ore: int, cash_ore: int) -> None:
    assert round_cash(amount_ore) == cash_ore


@given(amounts_ore)
def test_a_return_is_rounded_as_the_sale_was(amount_ore: int) -> None:
    assert round_cash(-amount_ore) == -round_cash(amount_ore)


@given(amounts_ore)
def test_what_is_paid_is_whole_kronor_and_at_most_half_a_krona_away(amount_ore: int) -> None:
    cash_ore = round_cash(amount_ore)

    assert cash_ore % KRONA == 0
    assert abs(cash_ore - amount_ore) <= KRONA // 2


@given(st.integers(-(10**10), 10**10))
def test_whole_kronor_are_left_alone(kronor: int) -> None:
    assert round_cash(kronor * KRONA) == kronor * KRONA
