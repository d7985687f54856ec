"""The X report: its figures, their paper, and that both are of the same moment."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.state import Session
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import Filter
from kassaapp.printout.day_report import x_report
from kassaapp.printout.slip import Slip, lines
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.paper_line import PaperLine
from kassaapp.screens.reports import XReportScreen
from tests.desks import an_open_till

PRINTED: list[Slip] = []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    PRINTED.clear()
    with an_open_till(tmp_path) as desk:
        yield desk


def printing(desk: Desk) -> Callable[[Session, datetime, str], None]:
    """Prints into a list."""
    register = desk.register("H")
    return lambda session, at, by: PRINTED.append(
        x_report(session, register.configuration, register.till, at=at, by=by)
    )


def visit(desk: Desk) -> int:
    """A paid visit; its receipt."""
    register = desk.register("H")
    patient = Patient(register.read_id("19610118-2803"), "Test Testsson")
    return register.sell(patient, [Wish(1)], [Offer(Tender.CARD)]).event.receipt


def test_what_was_undone_is_told_beside_what_was_sold(desk: Desk) -> None:
    visit(desk)
    desk.register("H").void(visit(desk), "Dubbelt")
    screen = XReportScreen(desk.register("H"))
    screen.begin()

    rows = dict(screen.view.rows)
    assert (rows["Kvitton"], rows["Försäljning"]) == ("2 st", "400,00\u202fkr")
    assert (rows["Makulerat"], rows["Återbetalt"]) == ("1 st · \u2212200,00\u202fkr", "0 st · 0,00\u202fkr")


def test_the_paper_is_of_the_figures_that_are_shown(desk: Desk) -> None:
    screen = XReportScreen(desk.register("H"), print_x=printing(desk))
    visit(desk)
    screen.begin()
    visit(desk)

    screen.print()

    (slip,) = PRINTED
    text = "\n".join(lines(slip))
    assert "X-DAGRAPPORT" in text
    assert "Antal kassakvitton                       1" in text
    assert "Uttagen av Anna Berg" in text
    assert len(desk.history("H").find(Filter(kind="x-report"))) == 1


def test_what_should_lie_in_the_drawer_is_not_told(desk: Desk) -> None:
    desk.register("H").change_float(12_300, "Från kassaskåp")
    screen = XReportScreen(desk.register("H"), print_x=printing(desk))
    screen.begin()

    screen.print()

    shown = repr(screen.view) + "\n".join(lines(PRINTED[0]))
    assert "1\u202f123,00" not in shown
    assert "1 123,00" not in shown


def test_nothing_is_printed_of_a_report_that_was_refused(desk: Desk) -> None:
    screen = XReportScreen(desk.register("H"), print_x=printing(desk))
    desk.register("H").sign_out()
    screen.begin()

    screen.print()

    assert PRINTED == []
    assert (screen.view.error[:20], screen.view.print) == ("Ingen är inloggad. L", "")


def test_news_of_the_paper_are_told_until_the_next_report(desk: Desk) -> None:
    screen = XReportScreen(desk.register("H"), print_x=printing(desk))
    screen.begin()

    screen.paper_news(Paper.FAILED)
    told = screen.view.paper
    screen.begin()

    assert told.failed
    assert screen.view.paper == PaperLine()
