"""The states of the reports of a period: each of them, with its chart and without one, and what stands in its place."""

from collections.abc import Iterator
from datetime import date, timedelta

from kassaapp.domain.period_report import Agreement, By, PeriodReport, Sums
from kassaapp.domain.visit import FeeReason, Tender
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.frame import Place
from kassaapp.screens.period import Span
from kassaapp.screens.period_report import PeriodReportScreen
from tests.ui.a_day import Day

_FIRST, _LAST = date(2026, 10, 24), date(2026, 11, 23)
_CASH, _CARD, _SWISH = (tender.value for tender in (Tender.CASH, Tender.CARD, Tender.SWISH))
_ARTICLES = (
    "1 Läkarbesök",
    "2 Sjuksköterskebesök",
    "4 Psykolog eller kurator, enskilt",
    "7 Intyg",
    "12 Uteblivet besök",
)


class OfReports(Day):
    """Anna sees the day; Erik, who is responsible for the till, sees a month with much in it."""

    @property
    def _screen(self) -> PeriodReportScreen:
        return self.window.now.screens.period

    def of_today(self) -> Iterator[str]:
        """What a cashier sees of a day."""
        self.home()
        self.at(Place.PERIOD)
        for number, by in enumerate(By):
            self._screen.choose(number)
            yield f"period-{by.name.lower()}"
        self.home()

    def of_a_period(self) -> Iterator[str]:
        """What is seen of a month by one who may, and what is said in its place."""
        self.desk.sign_in("erilu", "234567")
        self.home()
        self.at(Place.PERIOD)
        screen = self._screen
        screen.choose_span(list(Span).index(Span.DAYS))
        screen.enter_days(str(_FIRST), str(_LAST))
        for report in _a_month():
            screen._by, screen._report = report.by, report
            yield f"period-month-{report.by.name.lower()}"
        screen.saved("/home/mottagning/kassa/kvitton/rapport-day-R0417H-2026-10-24-2026-11-23.csv")
        yield "period-saved"
        screen.saved(None)
        yield "period-not-saved"
        screen.paper_news(Paper.PRINTED)
        screen._report, screen._busy = None, "Räknar … 40 %"
        yield "period-busy"
        screen.enter_days("2026-11-23", "2026-10-24")
        yield "period-backwards"
        screen.choose_span(list(Span).index(Span.LAST_YEAR))
        yield "period-empty"
        self.home()


def _a_month() -> Iterator[PeriodReport]:
    days = [_FIRST + timedelta(days=number) for number in range((_LAST - _FIRST).days + 1)]
    sales = [Sums(str(day), 31 + day.day, day.day * 71_300, 0, day.day % 3 * 20_000, day=day) for day in days]
    yield _report(By.DAY, sales, Agreement(214, 244, 31_245_000, 0, is_open=True, is_right=True))
    pieces = [Sums(name, 640 - 90 * n, 4_480_000 - 830_000 * n, 0, 20_000 * n) for n, name in enumerate(_ARTICLES)]
    yield _report(By.ARTICLE, pieces, Agreement(214, 244, 31_245_000, 0, is_open=False, is_right=False))
    tenders = [Sums(one.value, 40 + n, 1_245_050 * (5 - n), 50_000 * n, 20_000) for n, one in enumerate(Tender)]
    yield _report(By.TENDER, tenders, Agreement(None, None, 31_245_000, 0, is_open=True, is_right=True))
    yield _report(By.DIFFERENCE, [_of_z(number, day) for number, day in enumerate(days, 214)], None)
    free = [Sums(reason.value, 12 + 7 * n) for n, reason in enumerate(FeeReason)]
    yield _report(By.ZERO, free, Agreement(214, 244, 0, 517, is_open=True, is_right=True))


def _of_z(number: int, day: date) -> Sums:
    off_ore = {_CASH: (number * 37 % 11 - 5) * 2_000, _CARD: 0}
    return Sums(str(number), 1, off_ore=off_ore | ({_SWISH: -123_400} if number % 7 == 0 else {}), day=day)


def _report(by: By, rows: list[Sums], agreement: Agreement | None) -> PeriodReport:
    total = Sums(
        "",
        sum(row.count for row in rows),
        sum(row.taken_ore for row in rows),
        sum(row.deposits_ore for row in rows),
        sum(row.given_ore for row in rows),
        {key: sum(row.off_ore.get(key, 0) for row in rows) for key in (_CASH, _CARD, _SWISH)},
    )
    return PeriodReport(by, _FIRST, _LAST, tuple(rows), total, agreement)
