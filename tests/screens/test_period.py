"""Which days a period has: named stretches end today, and typed days are read strictly."""

from datetime import date

import pytest

from kassaapp.screens.period import Period, Span

SUNDAY = date(2026, 3, 1)


def a_period(today: date = SUNDAY, *, may_choose: bool = True) -> Period:
    return Period(lambda: today, lambda: may_choose)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.TODAY, SUNDAY, SUNDAY),
        (Span.WEEK, date(2026, 2, 23), SUNDAY),
        (Span.MONTH, SUNDAY, SUNDAY),
        (Span.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Span.YEAR, date(2026, 1, 1), SUNDAY),
        (Span.LAST_YEAR, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_named_stretch_has_its_days(span: Span, first: date, last: date) -> None:
    period = a_period()

    period.choose(list(Span).index(span))

    assert period.days() == (first, last)


def test_typed_days_begin_as_those_that_were_shown() -> None:
    period = a_period()
    period.choose(list(Span).index(Span.WEEK))

    period.choose(list(Span).index(Span.DAYS))

    assert (period.view.first, period.view.last, period.view.asks_days) == ("2026-02-23", "2026-03-01", True)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [("2026-02-30", "2026-03-01", "Skriv datumet"), ("2026-03-02", "2026-03-01", "Perioden slutar innan den börjar.")],
)
def test_days_that_are_none_are_told(first: str, last: str, error: str) -> None:
    period = a_period()
    period.choose(list(Span).index(Span.DAYS))

    period.type_days(first, last)

    assert period.days() is None
    assert period.view.error.startswith(error)


def test_who_may_see_today_only_has_nothing_to_choose() -> None:
    period = a_period(may_choose=False)

    assert (period.view.spans, period.days()) == (("I dag",), (SUNDAY, SUNDAY))
