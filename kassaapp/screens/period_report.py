"""Reports of a period: what is added up and for which days, the table, the chart, and what the Zs say (UX 2.16).

A cashier sees today; other days need the right to (R61). Ten years are added up beside the counter's work.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kassaapp.domain.period_report import By, Past, PeriodReport, Stopped, add_up
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.beside import Beside
from kassaapp.screens.paper_line import NO_PAPER, PaperLine, paper_line
from kassaapp.screens.period import Period, PeriodView
from kassaapp.screens.period_table import PeriodTable, by_name, period_table
from kassaapp.screens.receipt_search import sees_other_days

AT_ONCE = 5_000
"""So many receipts are added up between two key presses; more of them beside."""
_DONE = 100


class Form(enum.Enum):
    """How a report leaves the screen."""

    PAPER = enum.auto()
    PDF = enum.auto()
    CSV = enum.auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that is to leave the screen, as data."""

    report: PeriodReport
    form: Form


@dataclass(frozen=True, slots=True)
class PeriodReportView:
    """All that is shown. `table` is None while nothing is added up; `busy` says that it is being done."""

    heading: str
    kinds: tuple[str, ...]
    kind: int
    period: PeriodView
    note: str
    busy: str
    table: PeriodTable | None
    empty: str
    paper: PaperLine

    @property
    def can_leave(self) -> bool:
        """Whether there is something to print or save."""
        return self.table is not None and bool(self.table.rows)


class PeriodReportScreen:
    """`leave` prints or saves a report, `changed` is called when something beside has come to an end."""

    def __init__(
        self,
        register: Register,
        history: History,
        *,
        leave: Callable[[Asked], None],
        beside: Beside,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._register = register
        self._history = history
        self._leave = leave
        self._beside = beside
        self._changed = changed
        self.period = Period(lambda: register.now().date(), lambda: sees_other_days(register))
        self._by = By.DAY
        self._report: PeriodReport | None = None
        self._busy = ""
        self._asked = 0
        self._paper = NO_PAPER

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> PeriodReportView:
        """What is shown."""
        report = self._report
        name = self._register.configuration.user_name
        return PeriodReportView(
            heading=_("Rapporter för en period"),
            kinds=tuple(by_name(by) for by in By),
            kind=list(By).index(self._by),
            period=self.period.view,
            note=self._note(),
            busy=self._busy,
            table=None if report is None else period_table(report, name),
            empty=self._empty(report),
            paper=self._paper,
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> None:
        """Add up anew, as the till is now."""
        self._asked += 1
        self._paper, self._busy = NO_PAPER, ""
        days = self.period.days()
        if days is None or self._register.user is None:
            self._report = None
            return
        past, by = self._past(), self._by
        if len(past.receipts) <= AT_ONCE:
            self._report = add_up(by, past, *days)
        else:
            self._add_up_beside(by, past, *days)

    def choose(self, index: int) -> None:
        """Another report."""
        self._by = list(By)[index]
        self.refresh()

    def choose_span(self, index: int) -> None:
        """Other days."""
        self.period.choose(index)
        self.refresh()

    def enter_days(self, first: str, last: str) -> None:
        """From and to, as typed."""
        self.period.type_days(first, last)
        self.refresh()

    def leave(self, form: Form) -> None:
        """Print or save what is shown; nothing shown does nothing."""
        if self._report is not None and self._report.rows:
            self._leave(Asked(self._report, form))

    def stop(self) -> None:
        """What is being added up is not wanted any more."""
        self._asked += 1
        self._busy = ""

    def paper_news(self, paper: Paper) -> None:
        """What has become of what was printed."""
        self._paper = paper_line(paper)

    def saved(self, place: str | None) -> None:
        """The report lies in that file; None when it could not be written."""
        if place is None:
            self._paper = PaperLine(
                _("Filen gick inte att spara. Kontrollera mappen och diskens utrymme."), failed=True
            )
        else:
            self._paper = PaperLine(_("Sparad: {place}").format(place=place))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _past(self) -> Past:
        session = self._register.state.session
        return Past(
            receipts=self._history.receipts(),
            closings=[written.event for written in self._history.closings()],
            openings=self._history.openings(),
            open=None if session is None else session.figures,
        )

    def _add_up_beside(self, by: By, past: Past, first: date, last: date) -> None:
        mine = self._asked
        self._report, self._busy = None, _("Räknar …")

        def tell(done: int, of: int) -> bool:
            self._beside.say(lambda: self._told(mine, done * _DONE // of))
            return self._asked == mine

        def then(report: PeriodReport) -> None:
            if self._asked == mine:
                self._report, self._busy = report, ""
                self._changed()

        self._beside.run(lambda: add_up(by, past, first, last, tell=tell), then, _unless_stopped)

    def _told(self, mine: int, percent: int) -> None:
        if self._asked == mine and self._busy:
            self._busy = _("Räknar … {percent} %").format(percent=percent)
            self._changed()

    def _note(self) -> str:
        if not sees_other_days(self._register):
            return _("Du ser dagens siffror. Andra dagar visas när kassaansvarig är inloggad.")
        days = self.period.days()
        return "" if days is None else _("{first} till {last}").format(first=days[0], last=days[1])

    def _empty(self, report: PeriodReport | None) -> str:
        if report is None or report.rows:
            return ""
        return _("Inget är registrerat de dagarna.")


def _unless_stopped(error: Exception) -> None:
    if not isinstance(error, Stopped):
        raise error
