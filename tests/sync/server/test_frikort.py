"""R24 to R26 across clinics: the window, the ceiling and the card, worked out from visits alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kassaapp.domain import fees
from sync.server.frikort import Rules, Standing, Visit, standing, window_end

RULES = Rules(145_000)
MAY = date(2026, 5, 4)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def visits(*paid: tuple[str, int]) -> list[Visit]:
    return [Visit(date.fromisoformat(day), ore) for day, ore in paid]


def test_visits_of_one_window_add_up_and_those_before_it_do_not_count() -> None:
    made = visits(("2025-01-10", 20_000), ("2026-03-10", 20_000), ("2026-05-01", 30_000))

    assert standing(made, MAY, RULES) == Standing(50_000, date(2026, 3, 10), None)


def test_who_has_paid_the_ceiling_goes_free_until_the_day_before_a_year_after_the_first_visit() -> None:
    made = visits(("2025-10-13", 100_000), ("2026-04-01", 45_000))

    assert standing(made, MAY, RULES) == Standing(145_000, date(2025, 10, 13), date(2026, 10, 12))
    assert standing(made, date(2026, 10, 12), RULES).until == date(2026, 10, 12)
    assert standing(made, date(2026, 10, 13), RULES) == Standing()
    assert standing(made, date(2026, 3, 31), RULES) == Standing(100_000, date(2025, 10, 13), None)


def test_an_ore_too_little_gives_no_card() -> None:
    assert standing(visits(("2026-01-01", 144_999)), MAY, RULES).until is None


def test_a_visit_that_cost_nothing_begins_no_window() -> None:
    assert standing(visits(("2026-01-01", 0), ("2026-02-01", 100)), MAY, RULES).window_from == date(2026, 2, 1)


def test_a_visit_of_a_later_day_does_not_count_yet() -> None:
    assert standing(visits(("2026-05-05", 145_000)), MAY, RULES) == Standing()


def test_what_a_desk_was_shown_counts_when_it_is_more() -> None:
    shown = Visit(date(2026, 4, 1), 10_000, shown_ore=100_000, shown_from=date(2026, 1, 1))

    made = [*visits(("2026-03-10", 20_000)), shown, *visits(("2026-05-01", 5_000))]

    assert standing(made, MAY, RULES) == Standing(115_000, date(2026, 1, 1), None)


def test_a_sum_without_a_beginning_or_of_another_window_is_not_believed() -> None:
    without = Visit(date(2026, 4, 1), 10_000, shown_ore=100_000)
    old = Visit(date(2026, 4, 1), 10_000, shown_ore=100_000, shown_from=date(2025, 4, 1))
    ahead = Visit(date(2026, 4, 1), 10_000, shown_ore=100_000, shown_from=date(2026, 4, 2))

    for one in (without, old, ahead):
        assert standing([one], MAY, RULES) == Standing(10_000, date(2026, 4, 1), None)


def test_a_card_that_was_shown_holds_until_its_day() -> None:
    shown = [Visit(date(2026, 4, 1), 0, shown_until=MAY)]

    assert standing(shown, MAY, RULES).until == MAY
    assert standing(shown, MAY + timedelta(days=1), RULES).until is None


def test_without_a_published_ceiling_no_card_is_made_up() -> None:
    assert standing(visits(("2026-01-01", 10**9)), MAY, Rules(None)).until is None


@given(DAYS, st.integers(1, 36))
def test_a_window_ends_where_the_till_says_that_it_does(begun: date, months: int) -> None:
    assert window_end(begun, months) == fees.window_end(begun, months)


@pytest.mark.parametrize("day", [date.max, date(9999, 2, 1), date.min])
def test_no_day_is_too_far_away(day: date) -> None:
    assert window_end(day, 12) >= day
    standing([Visit(day, 145_000)], date.max, RULES)


@settings(max_examples=200)
@given(st.lists(st.tuples(DAYS, st.integers(0, 60_000)), max_size=12), DAYS)
def test_whoever_recorded_first_the_answer_is_the_same_and_never_more_than_was_paid(
    paid: list[tuple[date, int]], day: date
) -> None:
    made = [Visit(*one) for one in paid]

    found = standing(made, day, RULES)

    assert standing(reversed(made), day, RULES) == found
    begun = found.window_from
    assert found.paid_ore == sum(ore for at, ore in paid if begun is not None and begun <= at <= day)
    assert found.until is None or found.until >= day
