"""The glass of `screens/patient_history.py`: who it is about, the list, and the ways on from a row."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.domain.visit import Patient
from kassaapp.i18n import _
from kassaapp.screens.patient_history import PatientHistoryScreen
from kassaapp.ui.receipts_view import cells, columns
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.list_table import ListTable
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class PatientHistoryWindow(QWidget):
    """`patient` tells whom the active sale is for; without one there is nothing to show."""

    def __init__(self, screen: PatientHistoryScreen, patient: Callable[[], Patient | None], settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._patient = patient
        self._settled = settled
        self._build()
        on_key(self, "Esc", lambda: self._wish(self._screen.back))

    def enter(self) -> None:
        """The patient of the sale, on record as looked at."""
        patient = self._patient()
        if patient is None:
            self._wish(self._screen.back)
            return
        self._screen.begin(patient)
        self._draw()
        self.focus()

    def draw(self) -> None:
        """Set everything, as the journal and the region are now."""
        self._screen.refresh()
        self._draw()

    def focus(self) -> None:
        """To the newest row; with none, to the way back."""
        if self._screen.view.rows:
            self.table.take_focus()
        else:
            self.back.setFocus()

    def _build(self) -> None:
        self.heading, self.about, self.balance = label(kind="title", wrap=True), label(wrap=True), label(kind="strong")
        self.note, self.empty = label(kind="small", wrap=True), label(kind="muted")
        self.error = Message(urgent=True)
        self.table = ListTable(_("Historik"), columns(patient=False))
        self.table.marked.connect(self._mark)
        self.table.opened.connect(self._open)
        self.open = Button(_("&Visa kvitto"), key="Enter", primary=True)
        self.refund, self.account = Button(_("Åter&betala")), Button(_("A &conto"))
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.open.clicked.connect(lambda: self._wish(self._screen.open_marked))
        self.refund.clicked.connect(lambda: self._wish(self._screen.refund_marked))
        self.account.clicked.connect(lambda: self._wish(self._screen.account))
        self.back.clicked.connect(lambda: self._wish(self._screen.back))
        surface, inside = card(), Page()
        content = column(surface, margins=(24, 16), spacing=8)
        add_all(content, self.heading, self.about, self.balance, self.error, self.note, self.empty)
        content.addWidget(self.table, 1)
        content.addWidget(Flow(self.open, None, self.refund, None, self.account, None, self.back))
        column(inside).addWidget(surface)
        column(self).addWidget(Scroll(inside))

    def _draw(self) -> None:
        view = self._screen.view
        texts = (
            (self.heading, view.heading),
            (self.about, view.about),
            (self.balance, view.balance),
            (self.note, view.note),
            (self.empty, view.empty),
        )
        for shown, text in texts:
            set_text(shown, text)
        self.error.show_text(view.error, "error")
        self.table.show_rows([cells(row, patient=False) for row in view.rows], view.marked)
        self.open.setEnabled(bool(view.rows))
        self.refund.setEnabled(view.can_refund)
        self.account.setEnabled(bool(view.heading))

    def _wish(self, wish: Callable[[], None]) -> None:
        wish()
        self._draw()
        self._settled()

    def _mark(self, row: int) -> None:
        self._screen.mark(row)
        self._draw()

    def _open(self, row: int) -> None:
        self._screen.mark(row)
        self._wish(self._screen.open_marked)
