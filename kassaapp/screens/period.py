"""Which days: today, a week, a month, a year, or from one day to another, as they are typed (UX 2.11, 2.16)."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from kassaapp.i18n import _
from kassaapp.screens.day_entry import BadDay, explain_day, read_day
from kassaapp.wording import day


class Span(enum.Enum):
    """A stretch of days that has a name, seen from today."""

    TODAY = enum.auto()
    WEEK = enum.auto()
    MONTH = enum.auto()
    LAST_MONTH = enum.auto()
    YEAR = enum.auto()
    LAST_YEAR = enum.auto()
    DAYS = enum.auto()


@dataclass(frozen=True, slots=True)
class PeriodView:
    """The list to choose from and what is chosen, and the two days as typed, which are asked for when `asks_days`."""

    spans: tuple[str, ...]
    chosen: int
    asks_days: bool
    first: str
    last: str
    error: str


class Period:
    """What is chosen. `today` tells the day; `may_choose` whether other days than today may be seen (R61). `begins` is
    chosen where it may be."""

    def __init__(
        self, today: Callable[[], date], may_choose: Callable[[], bool] = lambda: True, begins: Span = Span.TODAY
    ) -> None:
        self._today = today
        self._may_choose = may_choose
        self._begins = begins
        self.begin()

    def begin(self) -> None:
        """As when it was made."""
        self._span = self._begins
        self._first = self._last = self._error = ""

    @property
    def view(self) -> PeriodView:
        """What is shown."""
        spans = self._spans()
        asks = self._chosen is Span.DAYS
        return PeriodView(
            tuple(_name(span) for span in spans),
            spans.index(self._chosen),
            asks,
            self._first,
            self._last,
            self._error if asks else "",
        )

    def choose(self, index: int) -> None:
        """Choose a stretch. The two days begin as those of the one before."""
        before = self.days()
        self._span = self._spans()[index]
        if self._span is Span.DAYS and not self._first and before is not None:
            self._first, self._last = day(before[0]), day(before[1])
        self._error = ""

    def type_days(self, first: str, last: str) -> None:
        """The two days, as typed."""
        self._first, self._last = first, last
        self._error = ""

    def days(self) -> tuple[date, date] | None:
        """The first day and the last; None when what is typed is none, and then the view says why."""
        today, span = self._today(), self._chosen
        if span is not Span.DAYS:
            return _days(span, today)
        try:
            first, last = read_day(self._first), read_day(self._last)
        except BadDay:
            self._error = explain_day()
            return None
        if last < first:
            self._error = _("Perioden slutar innan den börjar. Byt plats på dagarna.")
            return None
        return first, last

    @property
    def _chosen(self) -> Span:
        return self._span if self._may_choose() else Span.TODAY

    def _spans(self) -> list[Span]:
        return list(Span) if self._may_choose() else [Span.TODAY]


def _days(span: Span, today: date) -> tuple[date, date]:
    """The days of a named stretch; what has begun goes on to today."""
    of_month = today.replace(day=1)
    match span:
        case Span.WEEK:
            return today - timedelta(days=today.weekday()), today
        case Span.MONTH:
            return of_month, today
        case Span.LAST_MONTH:
            last = of_month - timedelta(days=1)
            return last.replace(day=1), last
        case Span.YEAR:
            return date(today.year, 1, 1), today
        case Span.LAST_YEAR:
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return today, today


def _name(span: Span) -> str:
    return {
        Span.TODAY: _("I dag"),
        Span.WEEK: _("Den här veckan"),
        Span.MONTH: _("Den här månaden"),
        Span.LAST_MONTH: _("Förra månaden"),
        Span.YEAR: _("Det här året"),
        Span.LAST_YEAR: _("Förra året"),
        Span.DAYS: _("Välj datum"),
    }[span]
