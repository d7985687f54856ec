"""Reports of a period by the keyboard: chosen, looked at, saved and left."""

from pytestqt.qtbot import QtBot

from kassaapp.screens.frame import Place
from kassaapp.ui.period_report_view import PeriodReportWindow
from kassaapp.ui.widgets.chart import ChartView
from tests.ui.conftest import Counter


def reports(counter: Counter) -> PeriodReportWindow:
    """From the counter to the reports of a period."""
    counter.keys.press("F10", "4", "Alt+P")
    room = counter.window.rooms[Place.PERIOD]
    assert isinstance(room, PeriodReportWindow)
    return room


def a_day(counter: Counter) -> None:
    counter.known()
    counter.keys.type("6101182803")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter", "F6", "Enter")


def test_a_report_is_chosen_saved_and_left_by_the_keyboard(at_sale: Counter, qtbot: QtBot) -> None:
    a_day(at_sale)
    room, keys = reports(at_sale), at_sale.keys
    shown = at_sale.window.frame.view.place
    first = room.kind.hasFocus()

    keys.press("Down", "Down", "Alt+C")
    qtbot.waitUntil(room.paper.isVisible)
    (saved,) = at_sale.desk.folder.glob("kvitton/*.csv")
    keys.press("Esc")

    assert (shown, first) == (Place.PERIOD, True)
    assert saved.name.startswith("rapport-article-R0417H-")
    assert b"L\xc3\xa4karbes\xc3\xb6k;1;200,00;0,00;200,00" in saved.read_bytes()
    assert at_sale.window.frame.view.place is Place.REPORT


def test_a_report_is_printed_with_the_key_that_prints(at_sale: Counter, qtbot: QtBot) -> None:
    a_day(at_sale)
    room = reports(at_sale)

    at_sale.keys.press("Ctrl+P")

    qtbot.waitUntil(lambda: room.paper.text.text() == "Papperet är sparat som fil.")
    assert list(at_sale.desk.folder.glob("kvitton/rapport-day-*.pdf"))


def test_the_chart_is_drawn_in_the_colours_of_the_theme_and_takes_no_focus(at_sale: Counter) -> None:
    a_day(at_sale)
    room = reports(at_sale)
    at_sale.keys.press("Down", "Down")
    at_sale.window.resize(1280, 720)

    chart = room.chart
    picture = chart.grab().toImage()

    colours = {picture.pixelColor(x, y).name().upper() for x in range(0, picture.width(), 3) for y in range(20)}
    assert isinstance(chart, ChartView)
    assert "#0A5A6E" in colours
    assert chart.accessibleName() == "Diagram: Per artikel. Siffrorna står i tabellen."
    assert not chart.hasFocus()


def test_nothing_sold_says_so_and_offers_no_print(at_sale: Counter) -> None:
    room = reports(at_sale)

    assert room.empty.text() == "Inget är registrerat de dagarna."
    assert not room.print.isEnabled()
    assert not room.table.isVisible()
