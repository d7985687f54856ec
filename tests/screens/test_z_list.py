"""Old Z reports: the report itself on the screen, printed again, and each to whoever may see it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp import printout
from kassaapp.app import Desk
from kassaapp.domain.session import Count
from kassaapp.printout.slip import Slip, lines
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.paper_line import PaperLine
from kassaapp.screens.z_list import ZListScreen
from tests.desks import MONDAY_MORNING, an_open_till


class Reports:
    """Three days, each closed, and the list of their reports on the evening of the third."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.printed: list[int] = []
        self.screen = ZListScreen(desk.register("H"), desk.history("H"), slip=self._slip, print_z=self.printed.append)

    def _slip(self, number: int) -> Slip:
        register, history = self.desk.register("H"), self.desk.history("H")
        closed = next(written for written in history.closings() if written.event.z == number)
        return printout.day_report.z_report(closed.event, register.configuration, register.till, closed.hash)

    def sign_in(self, user: str, pin: str) -> None:
        """Somebody else at the till."""
        self.desk.sign_out()
        self.desk.sign_in(user, pin)
        self.screen.begin()


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Reports]:
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        for day, cash_ore in enumerate((100_000, 95_000, 95_000)):
            desk.clock.set(MONDAY_MORNING + timedelta(days=day, hours=9))
            if day:
                register.open_session(register.state.left_ore or 0)
            register.close_session(Count(cash_ore), "123456", "Fel växel")
        yield Reports(desk)


def test_a_supervisor_sees_all_the_newest_first(reports: Reports) -> None:
    reports.sign_in("erilu", "234567")

    assert [row.lines for row in reports.screen.view.rows] == [
        ("Z 3 · 2026-11-25 16:42", "Anna Berg", "0,00\u202fkr"),
        ("Z 2 · 2026-11-24 16:42", "Anna Berg", "0,00\u202fkr", "Saknas 50,00\u202fkr"),
        ("Z 1 · 2026-11-23 16:42", "Anna Berg", "0,00\u202fkr"),
    ]
    assert reports.screen.view.note == ""


def test_an_auditor_reads_them_too(reports: Reports) -> None:
    reports.sign_in("revis", "345678")

    assert len(reports.screen.view.rows) == 3


def test_a_cashier_sees_the_day_and_is_told_so(reports: Reports) -> None:
    reports.screen.begin()

    view = reports.screen.view
    assert [row.number for row in view.rows] == [3]
    assert view.note == "Här visas dagens Z-rapporter. Äldre visas när kassaansvarig är inloggad."


def test_the_region_can_let_a_cashier_see_the_others(reports: Reports) -> None:
    register = reports.desk.register("H")
    policy = replace(register.configuration.policy, cashier_sees_other_days=True)
    register.take_configuration(replace(register.configuration, policy=policy))

    reports.screen.begin()

    assert len(reports.screen.view.rows) == 3


def test_the_report_itself_is_shown_and_printed_again(reports: Reports) -> None:
    reports.sign_in("erilu", "234567")

    reports.screen.choose(1)
    reports.screen.print()

    view = reports.screen.view
    assert view.report is not None
    text = "\n".join(lines(view.report))
    assert (view.title, view.print) == ("Z-rapport 2", "Skriv ut Z-rapport 2 igen")
    assert "Z-DAGRAPPORT" in text
    assert "Orsak till skillnaden: Fel växel" in text
    assert reports.printed == [2]


def test_news_of_the_paper_belong_to_the_report_that_is_marked(reports: Reports) -> None:
    reports.sign_in("erilu", "234567")
    reports.screen.paper_news(1, Paper.FAILED)
    of_another = reports.screen.view.paper
    reports.screen.paper_news(3, Paper.FAILED)
    told = reports.screen.view.paper

    reports.screen.choose(1)

    assert (of_another, told.failed) == (PaperLine(), True)
    assert reports.screen.view.paper == PaperLine()


def test_a_till_that_was_never_closed_says_so_and_prints_nothing(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        reports = Reports(desk)
        reports.sign_in("erilu", "234567")

        reports.screen.print()

        assert (reports.screen.view.rows, reports.screen.view.chosen, reports.printed) == ((), -1, [])
        assert reports.screen.view.note.startswith("Kassan har inte stängts ännu.")
