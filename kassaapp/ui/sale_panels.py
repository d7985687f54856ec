"""The right column of the sale: the articles, or in their place the panel that is open (UX 2.4–2.8)."""

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from kassaapp.screens.account_payment import AccountPayment
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.sale import Panel, SaleScreen, SaleView
from kassaapp.screens.split import SplitPayment
from kassaapp.ui.account_view import AccountPanel
from kassaapp.ui.frikort_panel import FrikortPanel
from kassaapp.ui.invoice_view import InvoicePanel
from kassaapp.ui.parked_view import ParkedPanel
from kassaapp.ui.payment_view import CardPanel, CashPanel, SwishPanel, Wish
from kassaapp.ui.split_view import SplitPanel
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.scroll import Scroll


class SalePanels(QStackedWidget):
    """One page a panel. After a change of page, and of what is paid on it, nothing commits for a moment."""

    def __init__(
        self, screen: SaleScreen, guard: DoublePress, wish: Wish, back: Callable[[], None], articles: QWidget
    ) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._paying: object = None
        self.cash = CashPanel(guard, wish, back)
        self.card = CardPanel(guard, wish, back)
        self.swish = SwishPanel(guard, wish, back)
        self.invoice = InvoicePanel(guard, wish, back)
        self.account = AccountPanel(guard, wish, back)
        self.split = SplitPanel(guard, wish, back)
        self.frikort = FrikortPanel(lambda: wish(screen.save_frikort), back)
        self.parked = ParkedPanel(lambda number: wish(lambda: screen.recall(number)), back)
        inside: dict[Panel, QWidget] = {
            Panel.CASH: self.cash,
            Panel.CARD: self.card,
            Panel.SWISH: self.swish,
            Panel.INVOICE: self.invoice,
            Panel.ON_ACCOUNT: self.account,
            Panel.SPLIT: self.split,
            Panel.FRIKORT: self.frikort,
            Panel.PARKED: self.parked,
        }
        self._pages: dict[Panel, QWidget] = {Panel.ARTICLES: articles}
        self._pages.update({panel: Scroll(widget) for panel, widget in inside.items()})
        for page in self._pages.values():
            self.addWidget(page)

    def draw(self, view: SaleView) -> None:
        """Show the panel that is open."""
        self._draw_payment()
        if self._screen.patient.frikort is not None:
            self.frikort.show_entry(self._screen.patient.frikort)
        self.parked.show_parked(view.parked)
        page, paying = self._pages[view.panel], self._screen.payment
        if self.currentWidget() is not page or paying is not self._paying:
            self._paying = paying
            self._guard.begin()
            self.setCurrentWidget(page)

    def wanted_height(self) -> int:
        """How high the open panel must be to be seen whole, at its width now."""
        page = self.currentWidget()
        inside = page.widget() if isinstance(page, Scroll) else None
        if inside is None:
            return 0
        return max(inside.heightForWidth(self.width()), inside.minimumSizeHint().height())

    def take_focus(self) -> None:
        """To where the open panel begins."""
        match self._screen.view.panel:
            case Panel.CASH:
                self.cash.take_focus()
            case Panel.CARD:
                self.card.take_focus()
            case Panel.SWISH:
                self.swish.take_focus()
            case Panel.INVOICE:
                self.invoice.take_focus()
            case Panel.ON_ACCOUNT:
                self.account.take_focus()
            case Panel.SPLIT:
                self.split.take_focus()
            case Panel.FRIKORT:
                self.frikort.take_focus()
            case Panel.PARKED:
                self.parked.take_focus()
            case Panel.ARTICLES:
                pass

    def _draw_payment(self) -> None:
        match self._screen.payment:
            case CashPayment() as cash:
                self.cash.show_payment(cash)
            case CardPayment() as by_card:
                self.card.show_payment(by_card)
            case SwishPayment() as swish:
                self.swish.show_payment(swish)
            case InvoicePayment() as invoice:
                self.invoice.show_payment(invoice)
            case AccountPayment() as account:
                self.account.show_payment(account)
            case SplitPayment() as split:
                self.split.show_payment(split)
