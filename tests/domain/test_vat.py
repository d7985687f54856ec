"""VAT is a part of the price, found once for each rate on a receipt (R56)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain.vat import VatRate, gross_by_rate, vat_by_rate, vat_of_gross

amounts_ore = st.integers(-(10**12), 10**12)
rates = st.sampled_from(VatRate)
receipts = st.lists(st.tuples(rates, amounts_ore), max_size=20)


@pytest.mark.parametrize(
    ("gross_ore", "rate", "vat_ore"),
    [
        (68800, VatRate.TWENTY_FIVE, 13760),
        (34400, VatRate.TWENTY_FIVE, 6880),
        (11200, VatRate.TWELVE, 1200),
        (10600, VatRate.SIX, 600),
        (20000, VatRate.EXEMPT, 0),
        (0, VatRate.TWENTY_FIVE, 0),
        (2, VatRate.TWENTY_FIVE, 0),  # 0.4 öre
        (3, VatRate.TWENTY_FIVE, 1),  # 0.6 öre
        (14, VatRate.TWELVE, 2),  # 1.5 öre, just half
        (53, VatRate.SIX, 3),  # 3 öre, just whole
        (-68800, VatRate.TWENTY_FIVE, -13760),
        (-14, VatRate.TWELVE, -2),
    ],
)
def test_vat_is_taken_out_of_the_gross(gross_ore: int, rate: VatRate, vat_ore: int) -> None:
    assert vat_of_gross(gross_ore, rate) == vat_ore


@given(amounts_ore, rates)
def test_the_net_and_its_vat_make_the_rate_within_half_an_ore(gross_ore: int, rate: VatRate) -> None:
    exact = Fraction(gross_ore * rate.percent, 100 + rate.percent)

    assert abs(vat_of_gross(gross_ore, rate) - exact) <= Fraction(1, 2)


@given(amounts_ore, rates)
def test_a_return_carries_the_vat_of_the_sale(gross_ore: int, rate: VatRate) -> None:
    assert vat_of_gross(-gross_ore, rate) == -vat_of_gross(gross_ore, rate)


def test_a_receipt_is_rounded_once_for_each_rate_and_not_for_each_line() -> None:
    lines = [(VatRate.TWENTY_FIVE, 2), (VatRate.TWENTY_FIVE, 2), (VatRate.SIX, 10600), (VatRate.EXEMPT, 20000)]

    vat_ore = vat_by_rate(lines)

    assert vat_ore == {VatRate.SIX: 600, VatRate.TWENTY_FIVE: 1}


def test_a_visit_that_is_exempt_has_no_vat_row() -> None:
    assert vat_by_rate([(VatRate.EXEMPT, 20000)]) == {}


@given(receipts)
def test_every_line_is_in_the_gross_of_its_rate(lines: list[tuple[VatRate, int]]) -> None:
    sums = gross_by_rate(lines)

    assert sum(sums.values()) == sum(gross_ore for _, gross_ore in lines)
    assert set(sums) == {rate for rate, _ in lines}


@given(receipts)
def test_rows_stand_in_the_same_order_whatever_the_order_of_the_lines(lines: list[tuple[VatRate, int]]) -> None:
    assert list(vat_by_rate(lines).items()) == list(vat_by_rate(reversed(lines)).items())


def test_a_rate_is_written_as_the_configuration_writes_it() -> None:
    assert [str(rate) for rate in VatRate] == ["exempt", "6", "12", "25"]
    assert [rate.percent for rate in VatRate] == [0, 6, 12, 25]
