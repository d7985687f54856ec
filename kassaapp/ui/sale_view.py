"""The glass of `screens/sale.py`: patient and rows at left, articles or a panel at right, the payment row below."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.articles import QUICK
from kassaapp.screens.question import Question
from kassaapp.screens.sale import Panel, SaleScreen, SaleView
from kassaapp.screens.spot import Spot
from kassaapp.ui import theme
from kassaapp.ui.patient_block import PatientBlock
from kassaapp.ui.result_box import ResultBox
from kassaapp.ui.room import Settled
from kassaapp.ui.sale_panels import SalePanels
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.choices import Choices
from kassaapp.ui.widgets.columns import Columns
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row
from kassaapp.ui.widgets.field import Field, LabelledField
from kassaapp.ui.widgets.flow import Beside, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.rows_table import RowsTable
from kassaapp.ui.widgets.scroll import FittingScroll
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.ui.widgets.shrinking_label import ShrinkingLabel
from kassaapp.ui.widgets.tender_row import TenderRow
from kassaapp.ui.widgets.tiles import Tiles

_LOW = 520
"""Below this height there is not room for everything at once: what is not worked with gives way."""
_SUMS = 460
"""From this width what is done with a row and what is to be paid stand side by side."""
_PANEL = 420
"""How high the articles and the panels are where there is one column."""


class SaleWindow(QWidget):
    """Every wish goes through `_wish`: do it, draw, put the keyboard where the screen says. `to_history` leads to what
    the patient has paid before."""

    def __init__(
        self,
        screen: SaleScreen,
        guard: DoublePress,
        settled: Settled,
        *,
        retry_receipt: Callable[[], None],
        to_history: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._question: Question | None = None
        self._in_wish = False
        self._sight = QTimer(self)
        self._sight.setSingleShot(True)
        self._sight.timeout.connect(self._into_sight)
        self._build(retry_receipt)
        if to_history is None:
            self.patient.history.hide()
        else:
            self.patient.history.clicked.connect(to_history)
        self._bind_keys()

    def enter(self) -> None:
        """Back at the counter."""
        self._guard.begin()
        self._screen.arrive()
        self.draw()
        self.focus()

    def draw(self) -> None:
        """Set everything; once, where it was asked for amid a wish, which draws when it is done."""
        if not self._in_wish:
            self._draw()

    def scan(self, text: str) -> None:
        """Something was scanned while this is shown. What is written in a field stays, and nothing is committed."""
        self._guard.begin()
        self._wish(lambda: self._screen.scan(text))

    def show_parked(self) -> None:
        """Show what lies aside, or show it no more."""
        self._wish(self._screen.show_parked)

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self, retry_receipt: Callable[[], None]) -> None:
        self.patient = PatientBlock(self._screen.patient, self._wish, redraw=self._draw)
        self.patient.number.edit.entered.connect(self._enter_patient)
        self.patient.name.edit.entered.connect(lambda name: self._wish(lambda: self._screen.enter_name(name)))
        self.patient.visit_date.edit.entered.connect(
            lambda text: self._wish(lambda: self._screen.enter_visit_date(text))
        )
        self.patient.address.edit.entered.connect(lambda text: self._wish(lambda: self._screen.enter_address(text)))
        self.patient.protect.clicked.connect(lambda: self._wish(self._screen.protect))
        self.patient.rename.clicked.connect(lambda: self._wish(self._screen.change_name))
        self.patient.frikort.clicked.connect(lambda: self._wish(self._screen.open_frikort))
        self.result = ResultBox(
            self._guard,
            retry_receipt,
            lambda: self._wish(self._screen.proceed),
            copy=lambda: self._wish(self._screen.copy),
            void=self._void,
        )
        self.question = Choices(self._answer)
        self.left_open = ModalQuestion(self, lambda number: self._wish(lambda: self._screen.answer_left_open(number)))
        self.notice, told = Message(urgent=True), Page()
        column(told).addWidget(self.notice)
        self._told = FittingScroll(told)
        self.tenders = TenderRow(self._screen.view.tenders, self._pay)
        self.free = CommitButton(self._guard, key="Enter", kind="pay")
        self.free.committed.connect(lambda: self._wish(self._screen.register_free))
        self._whole = Columns(self._build_left(), self._build_right(), (3, 2))
        self._whole.turned.connect(self._turn)
        page = column(self, spacing=12)
        page.addWidget(self._whole, 1)
        add_all(page, self._told, self.tenders, self.free)

    def _build_left(self) -> QFrame:
        surface = card()
        self.rows = RowsTable()
        self.rows.more.connect(lambda line: self._wish_at_rows(lambda: self._screen.change_quantity(line, 1)))
        self.rows.fewer.connect(lambda line: self._wish_at_rows(lambda: self._screen.change_quantity(line, -1)))
        self.rows.remove.connect(lambda line: self._wish_at_rows(lambda: self._screen.remove(line)))
        self.total = ShrinkingLabel("total")
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove, self.park = Button(_("Ta bort rad")), Button(_("Lägg åt sidan"))
        self.remove.clicked.connect(lambda: self._wish(lambda: self._screen.remove(self.rows.marked)))
        self.park.clicked.connect(lambda: self._wish(self._screen.park))
        acts, sum_of_rows = QWidget(), QWidget()
        add_all(row(acts), self.remove, self.park, None)
        add_all(row(sum_of_rows), None, label(_("Att betala")), self.total)
        layout = column(surface, margins=(16, 12), spacing=8)
        inside = Page()
        add_all(column(inside), self.result, self.patient, self.question, None)
        self._upper = FittingScroll(inside)
        layout.addWidget(self._upper)
        layout.addWidget(self.rows, 1)
        self._gap = QWidget()
        layout.addWidget(self._gap, 1)
        layout.addWidget(Beside(acts, sum_of_rows, least=_SUMS, stretch=(0, 1), spacing=8))
        return surface

    def _build_right(self) -> QFrame:
        surface = card()
        self._stack = SalePanels(self._screen, self._guard, self._wish, self._back, self._build_articles())
        self.cash, self.card, self.swish = self._stack.cash, self._stack.card, self._stack.swish
        column(surface, margins=(16, 12)).addWidget(self._stack)
        return surface

    def _build_articles(self) -> QWidget:
        page = QWidget()
        self.article = LabelledField(_("&Artikel (F3) – nummer eller namn"), name=_("Artikel"))
        self.article.edit.typed.connect(self._search)
        self.article.edit.entered.connect(self._enter_article)
        self.tiles = Tiles()
        self.tiles.picked.connect(lambda article: self._wish(lambda: self._screen.add(article)))
        self.article.edit.down.connect(self.tiles.take_focus)
        self.tiles.left.connect(self.article.edit.take_focus)
        layout = column(page)
        layout.addWidget(self.article)
        layout.addWidget(self.tiles, 1)
        return page

    def _bind_keys(self) -> None:
        on_key(self, "F2", self.patient.number.edit.take_focus)
        on_key(self, "F3", self._to_articles)
        on_key(self, "F4", lambda: self._pay(Tender.ON_ACCOUNT))
        on_key(self, "F5", lambda: self._pay(Tender.CASH))
        on_key(self, "F6", lambda: self._pay(Tender.CARD))
        on_key(self, "F7", lambda: self._pay(Tender.SWISH))
        on_key(self, "F8", lambda: self._pay(Tender.INVOICE))
        on_key(self, "Ctrl+D", lambda: self._wish(self._screen.park))
        on_key(self, "Ctrl+Shift+D", self.show_parked)
        on_key(self, "Esc", self._back)
        on_key(self, "Ctrl+Z", self._undo)
        for place in range(1, QUICK + 1):
            on_key(self, f"Ctrl+{place}", self._quick(place))

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        view = self._screen.view
        self.patient.draw(view.patient, asked=view.question is not None, paying=view.panel is not Panel.ARTICLES)
        self.result.show_result(view.result)
        self._ask(view.question)
        if self.tiles.show_tiles(view.tiles):
            self._order_for_tab()
        self.article.set_error(view.article_error)
        self.rows.show_rows(view.rows)
        self.total.setText(view.total)
        self.total.setAccessibleName(_("Att betala {amount}").format(amount=view.total_spoken))
        self.notice.show_text(view.notice, "warn")
        self._told.setVisible(bool(view.notice))
        self.tenders.show_tenders(view.tenders)
        self.free.set_text(view.free)
        for button in (self.remove, self.park):
            button.setVisible(bool(view.rows))
        self._stack.draw(view)
        self._make_room(view)
        self.left_open.ask(view.left_open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height may have room for other things."""
        super().resizeEvent(event)
        self._make_room(self._screen.view)

    def _make_room(self, view: SaleView) -> None:
        """Where it is low: no table without rows, nor beside a question; no payment row beside an open panel."""
        low = self.height() < theme.current().px(_LOW)
        asked, paying = view.question is not None, view.panel is not Panel.ARTICLES
        self.rows.setVisible(not low or (bool(view.rows) and not asked))
        self._gap.setVisible(self.rows.isHidden())
        if self._whole.is_narrow:
            self._upper.setMinimumHeight(self._upper.sizeHint().height())
        crowded = paying and (low or self._stack.wanted_height() > self.height() - self._below())
        self.tenders.setVisible(not view.free and not crowded)
        self.free.setVisible(bool(view.free) and not crowded)

    def _below(self) -> int:
        """What the payment row takes with its gap, and the edges of what lies above it."""
        px = theme.current().px
        return self.tenders.sizeHint().height() + px(12) + 2 * px(12) + 2

    def _turn(self, is_narrow: bool) -> None:
        """In one column nothing in it scrolls by itself."""
        self._upper.setMinimumHeight(self._upper.sizeHint().height() if is_narrow else 0)
        self._stack.setMinimumHeight(theme.current().px(_PANEL) if is_narrow else 0)

    def _into_sight(self) -> None:
        """What has the keyboard is seen, when everything has found its place (A22)."""
        focus = QApplication.focusWidget()
        for scroll in (self._upper, self._whole):
            inside = scroll.widget()
            if focus is not None and inside is not None and inside.isAncestorOf(focus):
                scroll.ensureWidgetVisible(focus, 16, 24)

    def _ask(self, question: Question | None) -> None:
        """Ask in place; a key that is on its way already answers nothing."""
        if question is not None and question != self._question:
            self._guard.begin()
        self._question = question
        self.question.ask(question)

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        self._sight.start(0)
        spot = self._screen.spot
        if spot is Spot.PATIENT:
            self.patient.number.edit.take_focus(self._screen.view.patient.marked)
        elif spot is Spot.TENDERS:
            self.free.setFocus() if self.free.isVisible() else self.tenders.take_focus()
        elif spot is Spot.RESULT:
            self.result.proceed.setFocus()
        elif spot is Spot.QUESTION:
            self.question.take_focus()
        elif spot in (Spot.PANEL, Spot.ARTICLE) and self._screen.view.panel is not Panel.ARTICLES:
            self._stack.take_focus()
        else:
            self._field(spot).take_focus()

    def _field(self, spot: Spot) -> Field:
        match spot:
            case Spot.NAME:
                return self.patient.name.edit
            case Spot.ADDRESS:
                return self.patient.address.edit
            case Spot.VISIT_DATE:
                return self.patient.visit_date.edit
            case _:
                return self.article.edit

    def _order_for_tab(self) -> None:
        """The order of the work: who, what, the rows, what changes the fee, how it is paid (UX 2.3)."""
        block = self.patient
        order: list[QWidget] = [block.number.edit, block.name.edit, block.protect, block.address.edit]
        order += [self.article.edit, *self.tiles.buttons, self.rows, self.remove, self.park]
        order += [
            block.show_number,
            block.history,
            block.rename,
            block.frikort,
            block.category,
            block.reference.edit,
            block.visit_date.edit,
        ]
        order += [*self.tenders.buttons, self.free]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        self._fulfil(wish)
        self._draw()
        if self.isVisible():  # Else the wish led elsewhere, and the keyboard is there.
            self.focus()
        self._settled()

    def _wish_at_rows(self, wish: Callable[[], None]) -> None:
        """A change of the rows leaves the keyboard with them."""
        self._fulfil(wish)
        self._draw()
        self._settled()

    def _fulfil(self, wish: Callable[[], None]) -> None:
        self._in_wish = True
        try:
            wish()
        finally:
            self._in_wish = False

    def _enter_patient(self, text: str) -> None:
        self._wish(lambda: self._screen.enter_patient(text))

    def _answer(self, number: int) -> None:
        """A bounced Enter answers nothing: what it is about may have come up that moment."""
        if self._guard.passes():
            self.article.edit.clear()  # What was asked about is dealt with, and is not left for the next patient.
            self._wish(lambda: self._screen.answer(number))

    def _undo(self) -> None:
        at_rows = self.rows.hasFocus()
        (self._wish_at_rows if at_rows else self._wish)(self._screen.undo)

    def _search(self, text: str) -> None:
        self._screen.search(text)
        self._draw()

    def _enter_article(self, text: str) -> None:
        if not text.strip() and self._screen.view.free and not self._guard.passes():
            return  # A bounced Enter: nothing typed registers at once what costs nothing.
        taken = self._screen.enter_article(text)
        if taken:
            self._guard.begin()
            self.article.edit.clear()
        self._draw()
        self.focus()
        self._settled()

    def _pay(self, tender: Tender) -> None:
        self._wish(lambda: self._screen.pay(tender))

    def _back(self) -> None:
        self._wish(self._screen.back)

    def _void(self) -> None:
        """Undoing is done elsewhere: the keyboard is there already."""
        self._screen.void()
        self._settled()

    def press_print(self) -> None:
        """Print what is shown: the paper of what was just registered."""
        self.result.press_print()

    def _to_articles(self) -> None:
        self._wish(self._screen.to_articles)
        self.article.edit.take_focus()

    def _quick(self, place: int) -> Callable[[], None]:
        return lambda: self._wish(lambda: self._screen.quick(place))
