"""Old Z reports with keys alone, and a sheet that is never wider than its window."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kassaapp import printout
from kassaapp.domain.session import Count
from kassaapp.printout.slip import Slip
from kassaapp.screens.reports import XReportScreen
from kassaapp.screens.z_list import ZListScreen
from kassaapp.ui.reports_view import ReportsView
from kassaapp.ui.z_list_view import ZListView
from tests.desks import MONDAY_MORNING, an_open_till
from tests.ui.keys import focused
from tests.ui.one_room import one_room

PRINTED: list[int] = []
TAKEN: list[int] = []


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[ZListScreen]:
    """Two closed days, seen by a supervisor."""
    PRINTED.clear()
    with an_open_till(tmp_path) as desk:
        register, history = desk.register("H"), desk.history("H")
        for day in range(2):
            desk.clock.set(MONDAY_MORNING + timedelta(days=day, hours=9))
            if day:
                register.open_session(100_000)
            register.close_session(Count(100_000), "123456")
        desk.sign_out()
        desk.sign_in("erilu", "234567")

        def slip(number: int) -> Slip:
            closed = next(written for written in history.closings() if written.event.z == number)
            return printout.day_report.z_report(closed.event, register.configuration, register.till, closed.hash)

        yield ZListScreen(register, history, slip=slip, print_z=PRINTED.append)


def test_arrows_go_through_the_reports_and_ctrl_p_prints_the_marked_one(screen: ZListScreen, qtbot: QtBot) -> None:
    with one_room(qtbot, lambda _guard: ZListView(screen, lambda: None)) as shown:
        newest = shown.room.report.toPlainText()
        shown.keys.press("Down", "Ctrl+P")

        assert "Z-nummer                                 2" in newest
        assert "Z-nummer                                 1" in shown.room.report.toPlainText()
        assert (shown.room.report.accessibleName(), PRINTED) == ("Z-rapport 1", [1])
        assert focused() is shown.room.list


@pytest.mark.parametrize(("size", "scale"), [((1280, 720), 1.0), ((960, 540), 1.0), ((1280, 720), 2.0)])
def test_the_sheet_breaks_its_lines_where_it_ends(
    screen: ZListScreen, qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    with one_room(qtbot, lambda _guard: ZListView(screen, lambda: None), size=size, scale=scale) as shown:
        bar = shown.room.report.horizontalScrollBar()

        assert bar.maximum() == 0
        assert (shown.window.width(), shown.window.height()) == size


def test_a_list_of_nothing_says_so_and_leaves_the_keyboard_at_the_way_back(tmp_path: Path, qtbot: QtBot) -> None:
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        screen = ZListScreen(register, desk.history("H"), slip=lambda _: Slip("", ()), print_z=PRINTED.append)
        with one_room(qtbot, lambda _guard: ZListView(screen, lambda: None)) as shown:
            assert focused() is shown.room.back
            assert not shown.room.print.isVisible()


def test_the_x_is_printed_with_its_key_and_leads_to_the_old_reports(tmp_path: Path, qtbot: QtBot) -> None:
    TAKEN.clear()
    went: list[str] = []
    with an_open_till(tmp_path) as desk:
        screen = XReportScreen(desk.register("H"), print_x=lambda session, _at, _by: TAKEN.append(session.number))
        make = ReportsView(screen, lambda: went.append("back"), lambda: went.append("older"))
        with one_room(qtbot, lambda _guard: make) as shown:
            shown.keys.press("Ctrl+P", "Alt+Z", "Esc")

    assert TAKEN == [1]
    assert went == ["older", "back"]


def test_an_x_without_a_printer_has_no_button_for_it(tmp_path: Path, qtbot: QtBot) -> None:
    with (
        an_open_till(tmp_path) as desk,
        one_room(qtbot, lambda _guard: ReportsView(XReportScreen(desk.register("H")), lambda: None)) as shown,
    ):
        assert not shown.room.print.isVisible()
        assert not shown.room.older.isVisible()
