"""The glass of `screens/sale.py`: patient and rows at left, articles or a panel at right, the payment row below."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.articles import QUICK
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.sale import Panel, SaleScreen, SaleView
from kassaapp.screens.spot import Spot
from kassaapp.ui.frikort_panel import FrikortPanel
from kassaapp.ui.patient_block import PatientBlock
from kassaapp.ui.payment_view import CardPanel, CashPanel, SwishPanel
from kassaapp.ui.result_box import ResultBox
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.choices import Choices
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.rows_table import RowsTable
from kassaapp.ui.widgets.scroll import FittingScroll, Scroll
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.ui.widgets.tender_row import TenderRow
from kassaapp.ui.widgets.tiles import Tiles


class SaleWindow(QWidget):
    """Every wish goes through `_wish`: do it, draw, put the keyboard where the screen says."""

    def __init__(
        self, screen: SaleScreen, guard: DoublePress, settled: Settled, *, retry_receipt: Callable[[], None]
    ) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._build(retry_receipt)
        self._bind_keys()

    def enter(self) -> None:
        """Back at the counter."""
        self._guard.begin()
        self._screen.arrive()
        self.draw()
        self.focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self, retry_receipt: Callable[[], None]) -> None:
        self.patient = PatientBlock(self._screen.patient, self._wish, redraw=self._draw)
        self.patient.number.edit.entered.connect(self._enter_patient)
        self.patient.name.edit.entered.connect(lambda name: self._wish(lambda: self._screen.enter_name(name)))
        self.patient.visit_date.edit.entered.connect(
            lambda text: self._wish(lambda: self._screen.enter_visit_date(text))
        )
        self.patient.rename.clicked.connect(lambda: self._wish(self._screen.change_name))
        self.patient.frikort.clicked.connect(lambda: self._wish(self._screen.open_frikort))
        self.result = ResultBox(retry_receipt)
        self.question = Choices(lambda number: self._wish(lambda: self._screen.answer(number)))
        self.left_open = ModalQuestion(self, lambda number: self._wish(lambda: self._screen.answer_left_open(number)))
        self.notice = Message(urgent=True)
        self.tenders = TenderRow(self._screen.view.tenders, self._pay)
        self.free = CommitButton(self._guard, key="Enter", kind="pay")
        self.free.committed.connect(lambda: self._wish(self._screen.register_free))
        body = row(spacing=16)
        body.addWidget(self._build_left(), 3)
        body.addWidget(self._build_right(), 2)
        page = column(self, spacing=12)
        page.addLayout(body, 1)
        add_all(page, self.notice, self.tenders, self.free)

    def _build_left(self) -> QFrame:
        surface = card()
        self.rows = RowsTable()
        self.rows.more.connect(lambda line: self._wish_at_rows(lambda: self._screen.change_quantity(line, 1)))
        self.rows.fewer.connect(lambda line: self._wish_at_rows(lambda: self._screen.change_quantity(line, -1)))
        self.rows.remove.connect(lambda line: self._wish_at_rows(lambda: self._screen.remove(line)))
        self.total = label(kind="total")
        sums = row()
        add_all(sums, label(_("Att betala")), None, self.total)
        layout = column(surface, margins=(16, 12), spacing=8)
        inside = QWidget()
        add_all(column(inside), self.result, self.patient, self.question)
        layout.addWidget(FittingScroll(inside))
        layout.addWidget(self.rows, 1)
        layout.addLayout(sums)
        return surface

    def _build_right(self) -> QFrame:
        surface = card()
        self.cash = CashPanel(self._guard, self._wish, self._back)
        self.card = CardPanel(self._guard, self._wish, self._back)
        self.swish = SwishPanel(self._guard, self._wish, self._back)
        self.frikort = FrikortPanel(lambda: self._wish(self._screen.save_frikort), self._back)
        self._pages: dict[Panel, QWidget] = {
            Panel.ARTICLES: self._build_articles(),
            Panel.CASH: Scroll(self.cash),
            Panel.CARD: Scroll(self.card),
            Panel.SWISH: Scroll(self.swish),
            Panel.FRIKORT: Scroll(self.frikort),
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
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
        on_key(self, "F5", lambda: self._pay(Tender.CASH))
        on_key(self, "F6", lambda: self._pay(Tender.CARD))
        on_key(self, "F7", lambda: self._pay(Tender.SWISH))
        on_key(self, "Esc", self._back)
        on_key(self, "Ctrl+Z", self._undo)
        for place in range(1, QUICK + 1):
            on_key(self, f"Ctrl+{place}", self._quick(place))

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        view = self._screen.view
        self.patient.draw(view.patient, asked=view.question is not None)
        self.result.show_result(view.result)
        self.question.ask(view.question)
        if self.tiles.show_tiles(view.tiles):
            self._order_for_tab()
        self.article.set_error(view.article_error)
        self.rows.show_rows(view.rows)
        self.total.setText(view.total)
        self.total.setAccessibleName(_("Att betala {amount}").format(amount=view.total_spoken))
        self.notice.show_text(view.notice, "warn")
        self.tenders.show_tenders(view.tenders)
        self.tenders.setVisible(not view.free)
        self.free.set_text(view.free)
        self.free.setVisible(bool(view.free))
        self._draw_panel(view)
        self.left_open.ask(view.left_open)

    def _draw_panel(self, view: SaleView) -> None:
        match self._screen.payment:
            case CashPayment() as cash:
                self.cash.show_payment(cash)
            case CardPayment() as by_card:
                self.card.show_payment(by_card)
            case SwishPayment() as swish:
                self.swish.show_payment(swish)
        if self._screen.patient.frikort is not None:
            self.frikort.show_entry(self._screen.patient.frikort)
        page = self._pages[view.panel]
        if self._stack.currentWidget() is not page:
            self._guard.begin()
            self._stack.setCurrentWidget(page)

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        match self._screen.spot:
            case Spot.PATIENT:
                self.patient.number.edit.take_focus(self._screen.view.patient.marked)
            case Spot.NAME:
                self.patient.name.edit.take_focus()
            case Spot.ARTICLE:
                self.article.edit.take_focus()
            case Spot.QUESTION:
                self.question.take_focus()
            case Spot.VISIT_DATE:
                self.patient.visit_date.edit.take_focus()
            case Spot.TENDERS:
                self.free.setFocus() if self.free.isVisible() else self.tenders.take_focus()
            case Spot.PANEL:
                self._panel_focus()

    def _panel_focus(self) -> None:
        match self._screen.view.panel:
            case Panel.CASH:
                self.cash.take_focus()
            case Panel.CARD:
                self.card.take_focus()
            case Panel.SWISH:
                self.swish.take_focus()
            case Panel.FRIKORT:
                self.frikort.take_focus()
            case Panel.ARTICLES:
                self.article.edit.take_focus()

    def _order_for_tab(self) -> None:
        """The order of the work: who, what, the rows, what changes the fee, how it is paid (UX 2.3)."""
        block = self.patient
        order: list[QWidget] = [block.number.edit, block.name.edit, self.article.edit, *self.tiles.buttons, self.rows]
        order += [block.rename, block.frikort, block.category, block.reference.edit, block.visit_date.edit]
        order += [*self.tenders.buttons, self.free]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        wish()
        self._draw()
        self.focus()
        self._settled()

    def _wish_at_rows(self, wish: Callable[[], None]) -> None:
        """A change of the rows leaves the keyboard with them."""
        wish()
        self._draw()
        self._settled()

    def _enter_patient(self, text: str) -> None:
        self._wish(lambda: self._screen.enter_patient(text))

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

    def _to_articles(self) -> None:
        self._wish(self._screen.to_articles)
        self.article.edit.take_focus()

    def _quick(self, place: int) -> Callable[[], None]:
        return lambda: self._wish(lambda: self._screen.quick(place))
