"""The glass of `screens/receipts.py`: what to look for, the list, one receipt opened, and the acts in place of them."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from kassaapp.i18n import _
from kassaapp.screens.receipt_rows import ReceiptRow
from kassaapp.screens.receipts import REVEALED_S, Act, ReceiptsScreen, ReceiptsView, Spot
from kassaapp.ui.receipt_card import ReceiptCard
from kassaapp.ui.receipt_filters import ReceiptFilters
from kassaapp.ui.room import Settled
from kassaapp.ui.undo_view import UndoPanel
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.list_table import Cells, Column, ListTable
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


def columns(*, patient: bool = True) -> tuple[Column, ...]:
    """The headings of a list of receipts; without `patient` where all are one person's."""
    return (
        Column(_("Tid")),
        Column(_("Kvitto")),
        *([Column(_("Patient"))] if patient else []),
        Column(_("Innehåll"), stretch=True),
        Column(_("Betalsätt")),
        Column(_("Belopp"), right=True),
        Column(_("Status")),
    )


def cells(row: ReceiptRow, *, patient: bool = True) -> Cells:
    """A row of such a list."""
    first = (row.time, row.number, *([row.patient] if patient else []), row.content, row.tender)
    return Cells((*first, row.amount, row.status), (*first, row.amount_spoken, row.status), row.struck)


class ReceiptsWindow(QWidget):
    """Every wish goes through `_wish`: do it, draw, put the keyboard where the screen says. `shown_for` runs while a
    patient is shown; `to_drawer` as in `UndoPanel`."""

    def __init__(
        self,
        screen: ReceiptsScreen,
        guard: DoublePress,
        settled: Settled,
        to_drawer: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._to_drawer = to_drawer
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._said = ""
        self.shown_for = QTimer(self)
        self.shown_for.setSingleShot(True)
        self.shown_for.setInterval(REVEALED_S * 1000)
        self.shown_for.timeout.connect(self._mask_again)
        self._build()
        on_key(self, "Esc", lambda: self._wish(self._screen.back))

    def enter(self) -> None:
        """Today's receipts, or the one that is to be shown."""
        self._guard.begin()
        self._screen.begin()
        self.filters.fold()
        self._draw()
        self.focus()

    def draw(self) -> None:
        """Set everything, as the journal and the region are now."""
        self._screen.refresh()
        self._draw()

    def scan(self, text: str) -> None:
        """Something was scanned while this is shown."""
        self._guard.begin()
        self._wish(lambda: self._screen.scan(text))

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        match self._screen.spot:
            case Spot.SEARCH:
                self.filters.search.edit.take_focus()
            case Spot.LIST:
                self.table.take_focus()
            case Spot.UNDO:
                self.undo.take_focus()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.undo = UndoPanel(self._guard, self._wish, self._to_drawer)
        self._list = self._build_list()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self.undo)
        column(self).addWidget(self._stack)

    def _build_list(self) -> QWidget:
        self.filters = ReceiptFilters(self._screen.search, self._search, self._filtered)
        self.note = label(kind="small", wrap=True)
        self.result, self.error = Message(), Message(urgent=True)
        self.table = ListTable(_("Kvitton"), columns(), least_rows=2)
        self.table.marked.connect(self._mark)
        self.table.opened.connect(lambda row: self._wish(lambda: self._open(row)))
        self.filters.search.edit.down.connect(self.table.take_focus)
        self.empty = label(kind="muted")
        self.card = ReceiptCard(self._reveal, self.press_print)
        inside = Page()
        page = column(inside, spacing=8)
        add_all(page, self.filters, self.note, self.result, self.error, self.empty)
        page.addWidget(self.table, 1)
        add_all(page, self.card, self._build_acts())
        whole = QFrame()
        column(whole).addWidget(Scroll(inside))
        return whole

    def _build_acts(self) -> Flow:
        words = (
            (Act.VOID, _("&Makulera")),
            (Act.REFUND, _("Åter&betala")),
            (Act.TENDER, _("&Rätta betalsätt")),
            (Act.PATIENT, _("Rätta &patient")),
        )
        self.acts = {act: Button(text) for act, text in words}
        for act, button in self.acts.items():
            button.clicked.connect(lambda _=False, act=act: self._wish(lambda: self._screen.begin_undo(act)))
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(lambda: self._wish(self._screen.back))
        void, refund, tender, patient = self.acts.values()
        return Flow(void, None, refund, None, tender, patient, None, self.back)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        if self._screen.undo is not None:
            self.undo.show_undo(self._screen.undo)
            self._stack.setCurrentWidget(self.undo)
            return
        view = self._screen.view
        self.undo.put_away()
        self._stack.setCurrentWidget(self._list)
        self.filters.show_search(view.search)
        set_text(self.note, view.search.note)
        self._draw_result(view)
        self.error.show_text(view.error, "error")
        set_text(self.empty, view.empty)
        self.table.show_rows([cells(row) for row in view.rows], view.marked)
        self.table.set_least_rows(2 if view.detail is None else 1)
        self.card.show_detail(view.detail, view.paper, can_reveal=view.can_reveal)
        for act, button in self.acts.items():
            button.setEnabled(act in view.acts)

    def _draw_result(self, view: ReceiptsView) -> None:
        """What was done last, and what is left to do with the money; said aloud once."""
        words = "\n".join(text for text in (view.result, *view.money) if text)
        self.result.show_text(words, "ok")
        if words and words != self._said:
            announce(self, words, urgent=True)
        self._said = words

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        before = self._screen.undo
        wish()
        if self._screen.undo is not before:
            self._guard.begin()
        self._draw()
        if self.isVisible():  # Else the wish was to leave, and the keyboard is where it led.
            self.focus()
        self._settled()

    def _search(self, text: str) -> None:
        self._wish(lambda: self._screen.enter(text))

    def _filtered(self) -> None:
        """A filter leaves the keyboard with itself."""
        self._screen.filtered()
        self._draw()

    def _mark(self, row: int) -> None:
        self._screen.mark(row)
        self._draw()

    def _open(self, row: int) -> None:
        self._screen.mark(row)
        self._screen.open_marked()

    def _reveal(self) -> None:
        self._screen.reveal()
        self._draw()
        self.shown_for.start()

    def _mask_again(self) -> None:
        self._screen.mask_again()
        self._draw()

    def press_print(self) -> None:
        """Print what is shown."""
        if self._screen.undo is None:
            self._screen.print()
            self._draw()
            self._settled()
