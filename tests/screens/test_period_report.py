"""Reports of a period on the screen, on paper and as a table: the same figures, and those of the Zs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.period_report import By
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.export.table import as_csv
from kassaapp.printout import period_report as on_paper
from kassaapp.printout.slip import lines
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.chart import Shape
from kassaapp.screens.period import Span
from kassaapp.screens.period_report import AT_ONCE, Asked, Form, PeriodReportScreen
from tests.desks import an_open_till
from tests.screens.later import Later


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Yesterday 200 kr by card and a free visit, and 50 kr too little; today 200 kr in cash. A supervisor is there."""
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        visit(desk, "19610118-2803", Tender.CARD)
        visit(desk, "19400405-7032", None)
        register.close_session(Count(95_000, 20_000, 0), "123456", "Fel växel")
        desk.sign_out()
        desk.clock.set(desk.clock() + timedelta(days=1))
        desk.sign_in("erilu", "234567")
        register.open_session(95_000)
        visit(desk, "19610118-2803", Tender.CASH)
        yield desk


def visit(desk: Desk, number: str, by: Tender | None) -> None:
    register = desk.register("H")
    patient = Patient(register.read_id(number), "Test Testsson")
    register.sell(patient, [Wish(1)], [] if by is None else [Offer(by)])


class Shown:
    """A screen, and what left it."""

    def __init__(self, desk: Desk) -> None:
        self.left: list[Asked] = []
        self.screen = PeriodReportScreen(desk.register("H"), desk.history("H"), leave=self.left.append, beside=Later())
        self.screen.refresh()

    def report(self, by: By, span: Span = Span.MONTH) -> list[tuple[str, ...]]:
        self.screen.choose(list(By).index(by))
        self.screen.choose_span(list(Span).index(span))
        table = self.screen.view.table
        assert table is not None
        return [row.texts for row in table.rows]


def test_the_sums_are_told_with_the_zs_that_say_the_same(desk: Desk) -> None:
    shown = Shown(desk)

    rows = shown.report(By.DAY)

    table = shown.screen.view.table
    assert rows == [
        ("2026-11-23", "2", "200,00", "0,00", "200,00"),
        ("2026-11-24", "1", "200,00", "0,00", "200,00"),
        ("Summa", "3", "400,00", "0,00", "400,00"),
    ]
    assert table is not None
    assert table.agreement == "Z-rapport 1 och den öppna sessionen: 400,00\u202fkr. Det stämmer med tabellen."
    assert (table.is_right, table.rows[-1].is_sum) == (True, True)


def test_each_report_tells_its_own(desk: Desk) -> None:
    shown = Shown(desk)

    told = {by: shown.report(by)[:-1] for by in By}

    assert told[By.CASHIER] == [
        ("Anna Berg", "2", "200,00", "0,00", "200,00"),
        ("Erik Lund", "1", "200,00", "0,00", "200,00"),
    ]
    assert told[By.ARTICLE] == [("1 Läkarbesök", "3", "400,00", "0,00", "400,00")]
    assert told[By.TENDER] == [
        ("Kontant", "1", "200,00", "0,00", "0,00", "200,00"),
        ("Kort", "1", "200,00", "0,00", "0,00", "200,00"),
    ]
    assert told[By.ZERO] == [("Avgiftsfritt: hög ålder", "1")]
    assert told[By.DIFFERENCE] == [
        ("Z 1 · 2026-11-23", "\u221250,00", "0,00", "0,00"),
        ("Saknas, summa", "\u221250,00", "0,00", "0,00"),
    ]


def test_a_chart_is_drawn_where_there_is_something_to_compare_and_says_where_its_figures_are(desk: Desk) -> None:
    shown = Shown(desk)
    shown.report(By.DAY)
    days = shown.screen.view.table
    shown.report(By.ZERO)
    one = shown.screen.view.table

    assert days is not None
    assert days.chart is not None
    assert days.chart.shape is Shape.COLUMNS
    assert [bar.value for bar in days.chart.bars] == [20_000, 20_000]
    assert days.chart.name == "Diagram: Försäljning per dag. Siffrorna står i tabellen."
    assert one is not None
    assert one.chart is None


def test_a_cashier_sees_today_and_is_told_so(desk: Desk) -> None:
    desk.sign_out()
    desk.sign_in("anber", "123456")
    shown = Shown(desk)

    view = shown.screen.view

    assert view.period.spans == ("I dag",)
    assert view.note == "Du ser dagens siffror. Andra dagar visas när kassaansvarig är inloggad."
    assert view.table is not None
    assert view.table.rows[-1].texts == ("Summa", "1", "200,00", "0,00", "200,00")


def test_a_day_with_nothing_says_so_and_prints_nothing(desk: Desk) -> None:
    shown = Shown(desk)
    shown.report(By.DAY, Span.LAST_YEAR)

    shown.screen.leave(Form.PAPER)

    assert shown.screen.view.empty == "Inget är registrerat de dagarna."
    assert (shown.screen.view.can_leave, shown.left) == (False, [])


def test_paper_and_table_have_the_figures_that_are_shown_and_no_patient(desk: Desk) -> None:
    shown, slips = Shown(desk), desk.slips("H")
    shown.report(By.CASHIER)
    shown.screen.leave(Form.PAPER)
    report = shown.left[0].report

    paper = "\n".join(lines(slips.period(report, at=desk.clock(), by="erilu")))
    table = on_paper.table(report, desk.register("H").configuration)
    written = as_csv(table.headings, table.rows).decode("utf-8-sig")

    assert "FÖRSÄLJNING PER KASSÖR" in paper
    assert "Summa                               400,00" in paper
    assert "Stämmer med raderna ovan." in paper
    assert written.splitlines()[0] == "Kassör;Kvitton;Försäljning;Åter;Netto"
    assert written.splitlines()[-1] == "Summa;3;400,00;0,00;400,00"
    assert "Testsson" not in paper + written
    assert slips.period_name(report, desk.clock()) == "rapport-cashier-R0417H-2026-11-01-2026-11-24-20261124-074200"


def test_every_report_has_a_paper_and_a_table(desk: Desk) -> None:
    shown, slips = Shown(desk), desk.slips("H")
    for by in By:
        shown.report(by)
        shown.screen.leave(Form.CSV)

    papers = {slips.period(one.report, at=desk.clock(), by="erilu").title for one in shown.left}
    tables = [on_paper.table(one.report, desk.register("H").configuration) for one in shown.left]

    assert len(papers) == len(By)
    assert all(len(row) == len(table.headings) for table in tables for row in table.rows)


def test_no_cell_of_a_table_is_a_formula_and_a_figure_below_nought_stays_one() -> None:
    written = as_csv(("Artikel", "Netto"), [("=1+1", "-50,00")]).decode("utf-8-sig")

    assert written == "Artikel;Netto\r\n'=1+1;-50,00\r\n"


def test_many_receipts_are_added_up_beside_and_a_report_that_was_left_is_never_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kassaapp.screens.period_report.AT_ONCE", 1)
    later, told = Later(), list[str]()
    screen = PeriodReportScreen(
        desk.register("H"),
        desk.history("H"),
        leave=lambda _: None,
        beside=later,
        changed=lambda: told.append(screen.view.busy),
    )
    screen.refresh()
    busy = screen.view

    screen.choose(list(By).index(By.CASHIER))
    done = later.do()

    table = screen.view.table
    assert done == 2
    assert (busy.busy, busy.table, busy.can_leave) == ("Räknar …", None, False)
    assert told == ["Räknar … 0 %", ""]
    assert table is not None
    assert table.title == "Per kassör"
    assert AT_ONCE > 1


def test_news_of_paper_and_file_are_told_until_the_next_report(desk: Desk) -> None:
    shown = Shown(desk)
    shown.screen.paper_news(Paper.SAVED)
    printed = shown.screen.view.paper.text
    shown.screen.saved("/kvitton/rapport.csv")
    saved = shown.screen.view.paper.text
    shown.screen.saved(None)
    failed = shown.screen.view.paper

    shown.screen.refresh()

    assert (printed, saved) == ("Papperet är sparat som fil.", "Sparad: /kvitton/rapport.csv")
    assert failed.failed
    assert shown.screen.view.paper.text == ""
