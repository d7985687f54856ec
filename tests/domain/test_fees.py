"""What a patient pays for a visit: by the day of the visit, never above the price, to the öre at the ceiling."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain import fees
from kassaapp.domain.catalogue import Article, Catalogue
from kassaapp.domain.errors import BadQuantity, EmptyBasket, Refused
from kassaapp.domain.fees import FeeRules, Quote, Wish, window_end
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import Category, FeeReason, Patient
from tests.builders import ADULT, OLD, YOUNG, a_configuration, a_patient

DEMO = a_configuration()
RULES = DEMO.fees
CEILING_ORE = RULES.frikort_ceiling_ore
DAY = date(2026, 11, 23)
SPRING = date(2026, 3, 10)

DOCTOR, NURSE, PHYSIOTHERAPIST, MISSED_DOCTOR, MISSED_NURSE, GROUP = 1, 2, 3, 5, 6, 8
CERTIFICATE, CERTIFICATE_BY_QUARTER, VACCINATION = 101, 102, 103

NEARLY_85 = "194201199124"
LEAPLING = "200002292399"
"""Born on 29 February 2000."""
UNKNOWN_AGE = "992004391013"
"""A reservnummer that holds no date of birth."""


def quoted(patient: Patient, *wishes: Wish, day: date = DAY, till: str = "H", rules: FeeRules = RULES) -> Quote:
    return fees.quote(DEMO.catalogue, rules, patient, wishes, till=till, visit_date=day)


def fee(patient: Patient, article: int, day: date = DAY, till: str = "H") -> tuple[int, FeeReason | None]:
    (line,) = quoted(patient, Wish(article), day=day, till=till).lines
    return line.amount_ore, line.reason


def paid(ore: int, window_from: date | None = SPRING) -> Patient:
    return a_patient(paid_in_window_ore=ore, window_from=window_from)


# ── Price and kind of visit ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("day", "price_ore"), [(date(2026, 12, 31), 20_000), (date(2027, 1, 1), 25_000)])
def test_the_price_is_that_of_the_day_of_the_visit(day: date, price_ore: int) -> None:  # R19
    assert fee(a_patient(), DOCTOR, day) == (price_ore, None)


def test_a_nurse_is_free_and_says_why() -> None:  # R21
    quote = quoted(a_patient(), Wish(NURSE))

    assert (quote.total_ore, quote.counts_ore) == (0, 0)
    assert quote.lines[0].reason is FeeReason.FREE_VISIT


@pytest.mark.parametrize(("quantity", "amount_ore"), [(1, 68_800), (2, 68_800), (3, 103_200), (999, 34_365_600)])
def test_a_certificate_by_the_quarter_never_costs_less_than_its_minimum(quantity: int, amount_ore: int) -> None:
    quote = quoted(a_patient(), Wish(CERTIFICATE_BY_QUARTER, quantity), till="E")

    assert quote.total_ore == amount_ore


@pytest.mark.parametrize("quantity", [-(10**20), -1, 0, 1000, 10**20])
def test_a_quantity_that_cannot_be_is_refused(quantity: int) -> None:
    with pytest.raises(BadQuantity) as refused:
        quoted(a_patient(), Wish(DOCTOR, quantity))

    assert refused.value.quantity == quantity


def test_an_empty_basket_is_refused() -> None:
    with pytest.raises(EmptyBasket):
        quoted(a_patient())


# ── Age ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "day", "expected"),
    [
        (YOUNG, date(2025, 12, 30), (0, FeeReason.UNDER_AGE)),  # R22
        (YOUNG, date(2025, 12, 31), (20_000, None)),
        (NEARLY_85, date(2027, 1, 18), (20_000, None)),  # R23
        (NEARLY_85, date(2027, 1, 19), (0, FeeReason.OVER_AGE)),
        (ADULT, DAY, (20_000, None)),
        (OLD, DAY, (0, FeeReason.OVER_AGE)),
        (UNKNOWN_AGE, DAY, (20_000, None)),
    ],
)
def test_age_is_that_of_the_day_of_the_visit(number: str, day: date, expected: tuple[int, FeeReason | None]) -> None:
    assert fee(a_patient(number), PHYSIOTHERAPIST, day) == expected


@pytest.mark.parametrize(("day", "amount_ore"), [(date(2026, 2, 28), 0), (date(2026, 3, 1), 20_000)])
def test_who_is_born_on_29_february_is_a_year_older_on_1_march(day: date, amount_ore: int) -> None:
    rules = replace(RULES, free_under_age=26)

    assert quoted(a_patient(LEAPLING), Wish(DOCTOR), day=day, rules=rules).total_ore == amount_ore


@pytest.mark.parametrize("article", [CERTIFICATE, VACCINATION])
def test_the_young_pay_for_certificates_and_vaccinations(article: int) -> None:  # R22
    amount_ore, reason = fee(a_patient(YOUNG), article, date(2025, 12, 30), till="E")

    assert amount_ore > 0
    assert reason is None


def test_a_visit_dated_before_the_birth_is_never_charged_as_an_adults() -> None:
    unborn = date(2005, 12, 30)
    article = Article("H", 1, "Läkarbesök", 20_000, VatRate.EXEMPT, date(2000, 1, 1), age_exempt=True)

    try:
        quote = fees.quote(Catalogue((article,)), RULES, a_patient(YOUNG), [Wish(1)], till="H", visit_date=unborn)
    except Refused:
        return

    assert quote.total_ore == 0


# ── Frikort and ceiling ──────────────────────────────────────────────────────────────────────────


def test_a_frikort_is_valid_to_its_last_day_and_no_longer() -> None:  # R24
    holder = a_patient(frikort_until=date(2026, 11, 23))

    assert fee(holder, DOCTOR, date(2026, 11, 23)) == (0, FeeReason.FRIKORT)
    assert quoted(holder, Wish(DOCTOR)).lines[0].until == date(2026, 11, 23)
    assert fee(holder, DOCTOR, date(2026, 11, 24)) == (20_000, None)


@pytest.mark.parametrize(
    ("article", "till"), [(MISSED_DOCTOR, "H"), (MISSED_NURSE, "H"), (CERTIFICATE, "E"), (VACCINATION, "E")]
)
def test_a_frikort_does_not_cover_what_is_no_visit(article: int, till: str) -> None:  # R24, R28
    amount_ore, _ = fee(a_patient(frikort_until=date(2027, 2, 11)), article, till=till)

    assert amount_ore > 0


@pytest.mark.parametrize(
    ("already_ore", "amount_ore", "reason", "reached"),
    [
        (0, 20_000, None, False),
        (124_999, 20_000, None, False),
        (125_000, 20_000, None, True),
        (125_001, 19_999, FeeReason.CEILING_PART, True),
        (135_000, 10_000, FeeReason.CEILING_PART, True),  # R25
        (144_999, 1, FeeReason.CEILING_PART, True),
        (145_000, 0, FeeReason.CEILING_REACHED, False),
        (150_000, 0, FeeReason.CEILING_REACHED, False),
    ],
)
def test_the_ceiling_is_applied_to_the_ore(
    already_ore: int, amount_ore: int, reason: FeeReason | None, reached: bool
) -> None:
    quote = quoted(paid(already_ore), Wish(DOCTOR))

    assert (quote.total_ore, quote.counts_ore) == (amount_ore, amount_ore)
    assert quote.lines[0].reason is reason
    assert quote.frikort_reached is reached


def test_what_is_not_known_of_earlier_fees_is_charged_in_full() -> None:
    quote = quoted(a_patient(), *[Wish(DOCTOR)] * 20)

    assert quote.total_ore == quote.counts_ore == 400_000
    assert not quote.frikort_reached


def test_the_rows_of_one_basket_share_the_room_to_the_ceiling() -> None:
    quote = quoted(paid(115_000), Wish(DOCTOR), Wish(MISSED_DOCTOR), Wish(PHYSIOTHERAPIST), Wish(GROUP))

    assert [line.amount_ore for line in quote.lines] == [20_000, 40_000, 10_000, 0]
    assert [line.counts_ore for line in quote.lines] == [20_000, 0, 10_000, 0]
    assert quote.lines[3].reason is FeeReason.CEILING_REACHED
    assert quote.frikort_reached


def test_the_window_ends_the_day_before_the_same_date_next_year() -> None:  # R26
    patient = paid(CEILING_ORE, window_from=date(2026, 3, 10))

    assert fee(patient, PHYSIOTHERAPIST, date(2027, 3, 9)) == (0, FeeReason.CEILING_REACHED)
    assert fee(patient, PHYSIOTHERAPIST, date(2027, 3, 10)) == (20_000, None)


def test_a_new_window_has_the_whole_ceiling() -> None:
    patient = paid(CEILING_ORE - 1, window_from=date(2026, 3, 10))

    quote = quoted(patient, *[Wish(PHYSIOTHERAPIST)] * 8, day=date(2027, 3, 10))

    assert (quote.counts_ore, quote.frikort_reached) == (CEILING_ORE, True)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 3, 10), 12, date(2027, 3, 9)),
        (date(2017, 10, 13), 12, date(2018, 10, 12)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 12, 31), 12, date(2027, 12, 30)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 28), 12, date(2029, 2, 27)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_the_last_day_of_a_window(first: date, months: int, last: date) -> None:
    assert window_end(first, months) == last


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_the_day_after_a_window_is_the_same_date_or_1_march(first: date) -> None:
    following = window_end(first, 12) + timedelta(days=1)

    same = (first.month, first.day)
    assert (following.month, following.day) == ((3, 1) if same == (2, 29) else same)
    assert following.year == first.year + 1


@pytest.mark.parametrize("already_ore", [-1, -100_000])
def test_less_than_nothing_cannot_have_been_paid_towards_the_ceiling(already_ore: int) -> None:
    with pytest.raises(Refused):
        quoted(paid(already_ore), Wish(DOCTOR, 12))


# ── Missed visits and other patients ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("patient", "article", "expected"),
    [
        (a_patient(), MISSED_DOCTOR, (40_000, FeeReason.MISSED_VISIT)),
        (a_patient(), MISSED_NURSE, (30_000, FeeReason.MISSED_VISIT)),
        (a_patient(frikort_until=date(2027, 2, 11)), MISSED_DOCTOR, (40_000, FeeReason.MISSED_VISIT)),
        (paid(CEILING_ORE), MISSED_NURSE, (30_000, FeeReason.MISSED_VISIT)),
        (a_patient(OLD), MISSED_DOCTOR, (40_000, FeeReason.MISSED_VISIT)),
    ],
)
def test_a_missed_visit_costs_also_who_comes_free(
    patient: Patient, article: int, expected: tuple[int, FeeReason]
) -> None:  # R28
    assert fee(patient, article) == expected
    assert quoted(patient, Wish(article)).counts_ore == 0


@pytest.mark.parametrize(("day", "amount_ore"), [(date(2025, 12, 30), 0), (date(2025, 12, 31), 40_000)])
def test_a_missed_visit_costs_adults_only(day: date, amount_ore: int) -> None:  # R22, R28
    assert fee(a_patient(YOUNG), MISSED_DOCTOR, day)[0] == amount_ore


def test_a_missed_visit_leaves_the_room_to_the_ceiling_as_it_was() -> None:
    quote = quoted(paid(135_000), Wish(MISSED_DOCTOR), Wish(DOCTOR))

    assert [line.amount_ore for line in quote.lines] == [40_000, 10_000]
    assert quote.counts_ore == 10_000


@pytest.mark.parametrize("category", [Category.ASYLUM, Category.UNDOCUMENTED])
@pytest.mark.parametrize(("article", "amount_ore"), [(DOCTOR, 5_000), (PHYSIOTHERAPIST, 2_500), (NURSE, 2_500)])
def test_an_asylum_seeker_pays_the_asylum_fee(category: Category, article: int, amount_ore: int) -> None:  # R31
    patient = a_patient(category=category, paid_in_window_ore=CEILING_ORE - 1, window_from=SPRING)

    quote = quoted(patient, Wish(article))

    assert quote.total_ore == amount_ore
    assert quote.lines[0].reason is FeeReason.ASYLUM_FEE
    assert (quote.counts_ore, quote.frikort_reached) == (0, False)


def test_a_frikort_says_nothing_of_an_asylum_fee() -> None:
    patient = a_patient(category=Category.ASYLUM, frikort_until=date(2027, 2, 11))

    assert fee(patient, DOCTOR) == (5_000, FeeReason.ASYLUM_FEE)


@pytest.mark.parametrize(
    ("number", "day", "amount_ore"),
    [
        (YOUNG, date(2025, 12, 30), 0),
        (YOUNG, date(2025, 12, 31), 2_500),
        (NEARLY_85, date(2027, 1, 18), 2_500),
        (NEARLY_85, date(2027, 1, 19), 0),
    ],
)
def test_an_asylum_fee_is_for_those_from_20_to_84(number: str, day: date, amount_ore: int) -> None:
    assert fee(a_patient(number, category=Category.ASYLUM), PHYSIOTHERAPIST, day)[0] == amount_ore


@pytest.mark.parametrize("category", [Category.EU, Category.OTHER_REGION])
def test_patients_of_other_regions_and_with_an_eu_card_are_under_the_ceiling(category: Category) -> None:
    patient = a_patient(category=category, category_reference="80246", paid_in_window_ore=135_000, window_from=SPRING)

    assert fee(patient, DOCTOR) == (10_000, FeeReason.CEILING_PART)


# ── Whatever the basket ──────────────────────────────────────────────────────────────────────────

OF_TILL = {
    till: sorted({article.number for article in DEMO.catalogue.articles if article.till == till}) for till in "HE"
}
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
tills = st.sampled_from("HE")
patients = st.builds(
    a_patient,
    st.sampled_from([ADULT, OLD, YOUNG, NEARLY_85, LEAPLING, UNKNOWN_AGE]),
    category=st.sampled_from([Category.RESIDENT, Category.ASYLUM, Category.UNDOCUMENTED, Category.OTHER_REGION]),
    frikort_until=st.none() | days,
    paid_in_window_ore=st.none() | st.integers(0, CEILING_ORE + 10_000),
    window_from=st.none() | days,
)


@st.composite
def baskets(draw: st.DrawFn) -> tuple[str, list[Wish]]:
    till = draw(tills)
    wish = st.builds(Wish, st.sampled_from(OF_TILL[till]), st.integers(1, 999) | st.integers(1, 3))
    return till, draw(st.lists(wish, min_size=1, max_size=8))


@given(patients, baskets(), days)
def test_a_fee_is_never_above_its_price_and_counts_for_no_more_than_it_is(
    patient: Patient, basket: tuple[str, list[Wish]], day: date
) -> None:
    till, wishes = basket

    quote = quoted(patient, *wishes, day=day, till=till)

    for line, wish in zip(quote.lines, wishes, strict=True):
        article = DEMO.catalogue.article(wish.article, till=till, day=day)
        most_ore = max(article.price_ore * wish.quantity, article.minimum_ore or 0)
        if line.reason is FeeReason.ASYLUM_FEE:
            most_ore = (article.asylum_ore or 0) * wish.quantity
        assert 0 <= line.counts_ore <= line.amount_ore <= most_ore
        assert line.counts_ore == 0 or article.counts_to_frikort
        assert line.price_ore == article.price_ore
        assert line.amount_ore == most_ore or line.reason is not None, "a fee below its price says why"
    assert quote.total_ore == sum(line.amount_ore for line in quote.lines)
    assert quote.counts_ore == sum(line.counts_ore for line in quote.lines)


def a_year_after(day: date) -> date:
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


@given(patients, baskets(), days)
def test_what_is_known_to_be_paid_is_never_exceeded(
    patient: Patient, basket: tuple[str, list[Wish]], day: date
) -> None:
    till, wishes = basket

    quote = quoted(patient, *wishes, day=day, till=till)

    if patient.paid_in_window_ore is None:
        assert not quote.frikort_reached
        return
    same_window = patient.window_from is None or patient.window_from <= day < a_year_after(patient.window_from)
    room_ore = max(0, CEILING_ORE - patient.paid_in_window_ore) if same_window else CEILING_ORE
    assert quote.counts_ore <= room_ore
    assert quote.frikort_reached == (0 < room_ore == quote.counts_ore)


@given(patients, baskets(), days, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_sum(
    patient: Patient, basket: tuple[str, list[Wish]], day: date, chance: random.Random
) -> None:
    till, wishes = basket
    shuffled = list(wishes)
    chance.shuffle(shuffled)

    one, other = quoted(patient, *wishes, day=day, till=till), quoted(patient, *shuffled, day=day, till=till)

    assert (one.total_ore, one.counts_ore, one.frikort_reached) == (
        other.total_ore,
        other.counts_ore,
        other.frikort_reached,
    )
