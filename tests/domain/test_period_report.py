"""The sums of a period are those of its Zs, whatever happened in it, and of nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.period_report import By, Past, PeriodReport, Stopped, add_up
from kassaapp.domain.state import fold
from tests.builders import AT, CARD, MORNING, YOUNG, a_closed_session, a_patient, a_refund, a_sale
from tests.domain.day import Day
from tests.domain.random_days import random_days
from tests.domain.test_leads import FOUR, TWO

RECEIPTS = (SaleRegistered, SaleRefunded, SaleVoided, DepositTaken, DepositRepaid)
TODAY = MORNING.date()


def past(events: Sequence[Event]) -> Past:
    """A till's past, as the history has it."""
    session = fold(events).session
    return Past(
        [event for event in events if isinstance(event, RECEIPTS)],
        [event for event in events if isinstance(event, SessionClosed)],
        {event.session: event for event in events if isinstance(event, SessionOpened)},
        None if session is None else session.figures,
    )


def today(by: By, *events: Event) -> PeriodReport:
    return add_up(by, past(events), TODAY, TODAY)


@settings(max_examples=25, deadline=None)
@given(random_days())
def test_the_sums_of_any_day_are_those_of_its_zs(day: Day) -> None:
    behind = past(day.events)
    figures = [closing.figures for closing in behind.closings] + ([behind.open] if behind.open is not None else [])

    reports = {by: add_up(by, behind, date.min, date.max) for by in By}

    agreed = [report.agreement for report in reports.values() if report.agreement is not None]
    assert [agreement.is_right for agreement in agreed] == [True] * 5
    sales_ore = sum(one.sales_ore for one in figures)
    assert [reports[by].total.taken_ore for by in (By.DAY, By.CASHIER, By.ARTICLE)] == [sales_ore] * 3
    assert reports[By.TENDER].total.taken_ore == sales_ore + sum(one.rounding_ore for one in figures)
    assert reports[By.TENDER].total.given_ore == sum(sum(one.paid_out.values()) for one in figures)
    assert reports[By.TENDER].total.deposits_ore == sum(one.deposits_ore for one in figures)
    assert reports[By.ZERO].total.count == sum(sum(one.zero_registrations.values()) for one in figures)
    back_ore = sum(one.refunds.ore + one.voids.ore for one in figures)
    assert [reports[by].total.given_ore for by in (By.DAY, By.CASHIER, By.ARTICLE)] == [back_ore] * 3


def test_what_is_not_of_the_period_is_not_in_it() -> None:
    opened, closed = a_closed_session([(a_patient(), [TWO], [CARD])])
    sold = a_sale(wishes=[TWO], offers=[CARD])
    yesterday = TODAY - timedelta(days=1)

    report = add_up(By.CASHIER, past([opened, sold, closed]), yesterday, yesterday)

    assert (report.rows, report.total.taken_ore) == ((), 0)
    assert report.agreement is not None
    assert (report.agreement.z_first, report.agreement.is_right) == (None, True)


def test_a_receipt_belongs_to_the_day_its_session_was_opened() -> None:
    opened, _ = a_closed_session()
    late = replace(a_sale(wishes=[TWO]), at=AT + timedelta(days=1))

    report = today(By.DAY, opened, late)

    assert [(row.key, row.taken_ore) for row in report.rows] == [(str(TODAY), 20_000)]


def test_a_long_period_is_told_by_months() -> None:
    opened, _ = a_closed_session()
    sold = a_sale(wishes=[TWO])

    report = add_up(By.DAY, past([opened, sold]), date(2026, 1, 1), date(2026, 12, 31))

    assert [row.key for row in report.rows] == ["2026-11"]


def test_articles_are_told_apart_by_number_and_text_the_largest_first() -> None:
    opened, _ = a_closed_session()
    sold = a_sale(wishes=[TWO, FOUR], offers=[CARD])
    back = a_refund(sold, offers=[CARD])

    report = today(By.ARTICLE, opened, sold, back)

    assert [(row.key, row.count, row.taken_ore, row.net_ore) for row in report.rows] == [
        ("5 Uteblivet läkarbesök", 1, 40_000, 0),
        ("1 Läkarbesök", 1, 20_000, 0),
    ]


def test_differences_are_told_z_by_z_with_their_day() -> None:
    opened, closed = a_closed_session([(a_patient(YOUNG), [TWO], [CARD])])
    short = replace(closed, figures=replace(closed.figures, difference_ore={"cash": -5_000, "card": 300}))

    report = today(By.DIFFERENCE, opened, short)

    assert [(row.key, row.day, row.off_ore) for row in report.rows] == [("1", TODAY, {"cash": -5_000, "card": 300})]
    assert report.total.off_ore == {"cash": -5_000, "card": 300}
    assert report.agreement is None


def test_a_receipt_that_the_z_does_not_know_is_told() -> None:
    opened, closed = a_closed_session()

    report = today(By.CASHIER, opened, a_sale(wishes=[TWO]), closed)

    assert report.agreement is not None
    assert not report.agreement.is_right


def test_nobody_waits_for_a_report_that_is_not_wanted_any_more() -> None:
    opened, _ = a_closed_session()

    with pytest.raises(Stopped):
        add_up(By.DAY, past([opened, a_sale()]), TODAY, TODAY, tell=lambda _done, _of: False)
