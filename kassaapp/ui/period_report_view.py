"""The glass of `screens/period_report.py`: what and when, the table with its sum, and the chart beside it."""

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.period_report import Form, PeriodReportScreen, PeriodReportView
from kassaapp.screens.period_table import PeriodTable
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.chart import ChartView
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.flow import Beside, Flow, Page
from kassaapp.ui.widgets.list_table import Cells, Column, ListTable
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.period_fields import PeriodFields, labelled_choice
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key

_WIDE, _GAP = 980, 16
"""From this width the chart stands beside the table, and how far from it, px at scale 1."""


class PeriodReportWindow(QWidget):
    """The report, and its ways out; `take_out` leads to where records are taken out as files."""

    def __init__(self, screen: PeriodReportScreen, back: Settled, take_out: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._back = back
        self._take_out = take_out
        self._build()
        on_key(self, "Esc", self._leave)

    def enter(self) -> None:
        """The report as it is now; the list of reports has the keyboard."""
        self._screen.refresh()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the list of reports."""
        self.kind.setFocus()

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        self.kind.set_choices(view.kinds, view.kind)
        self.period.show_period(view.period)
        set_text(self.note, " · ".join(text for text in (view.note, view.busy) if text))
        set_text(self.empty, view.empty)
        self._draw_table(view)
        for button in (self.print, self.pdf, self.csv):
            button.setEnabled(view.can_leave)
        self.paper.show_text(view.paper.text, "warn" if view.paper.failed else "quiet")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other room for the table."""
        super().resizeEvent(event)
        self._share_width()

    def press_print(self) -> None:
        """Print what is shown."""
        self._take(Form.PAPER)

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.heading, self.note, self.empty = label(kind="title"), label(kind="muted", wrap=True), label()
        self.kind, kind = labelled_choice(_("&Rapport"), self._wish_index(self._screen.choose))
        self.period = PeriodFields(self._wish_index(self._screen.choose_span), self._enter_days)
        self.table = ListTable(_("Rapporten"), (Column(""),), least_rows=4)
        self.chart, self.agreement = ChartView(), Message()
        self.paper = Message(urgent=True)
        inside = Page()
        page = column(inside, spacing=8)
        told = QWidget()
        left = column(told, spacing=8)
        left.addWidget(self.table, 1)
        left.addWidget(self.agreement)
        self._told = told
        beside = Beside(told, self.chart, least=_WIDE, stretch=(3, 2), spacing=_GAP)
        add_all(page, self.heading, Flow(kind, self.period.labelled, self.period.first, self.period.last))
        add_all(page, self.period.error, self.note, self.empty)
        page.addWidget(beside, 1)
        add_all(page, self.paper, self._build_buttons())
        column(self).addWidget(Scroll(inside))

    def _build_buttons(self) -> Flow:
        self.print = Button(_("Skriv ut"), key="Ctrl+P")
        self.pdf, self.csv = Button(_("Spara som &PDF")), Button(_("Spara som &CSV"))
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.print.clicked.connect(self.press_print)
        self.pdf.clicked.connect(lambda: self._take(Form.PDF))
        self.csv.clicked.connect(lambda: self._take(Form.CSV))
        self.take_out = Button(_("Ta &ut uppgifter"))
        self.take_out.clicked.connect(self._go_and_take_out)
        self.back.clicked.connect(self._leave)
        return Flow(self.print, self.pdf, self.csv, self.take_out, None, self.back)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw_table(self, view: PeriodReportView) -> None:
        table = view.table
        shown = table is not None and bool(table.rows)
        self.table.setVisible(shown)
        self.chart.show_chart(None if table is None else table.chart)
        if table is None or not table.rows:
            self.agreement.show_text("", "quiet")
            return
        self.table.setAccessibleName(table.title)
        self.table.show_table(_columns(table), [Cells(row.texts, row.said, strong=row.is_sum) for row in table.rows])
        self.agreement.show_text(table.agreement, "ok" if table.is_right else "warn")
        self._share_width()

    def _share_width(self) -> None:
        """The table has what its columns need, as long as the chart beside it has the least."""
        px, room = theme.current().px, self.width()
        least = min(self.table.wanted_width(), room - self.chart.minimumWidth() - px(_GAP))
        self._told.setMinimumWidth(least if room >= px(_WIDE) and not self.chart.isHidden() else 0)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish_index(self, wish: Callable[[int], None]) -> Callable[[int], None]:
        def wished(index: int) -> None:
            wish(index)
            self.draw()

        return wished

    def _enter_days(self, first: str, last: str) -> None:
        self._screen.enter_days(first, last)
        self.draw()

    def _take(self, form: Form) -> None:
        self._screen.leave(form)
        self.draw()

    def _go_and_take_out(self) -> None:
        self._screen.stop()
        self._take_out()

    def _leave(self) -> None:
        self._screen.stop()
        self._back()


def _columns(table: PeriodTable) -> tuple[Column, ...]:
    first, *others = table.headings
    return (Column(first, stretch=True), *(Column(title, right=True) for title in others))
