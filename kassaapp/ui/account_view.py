"""The glass of `screens/account_payment.py`, in place of the articles."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from kassaapp.i18n import _
from kassaapp.screens.account_payment import AccountPayment
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.panel_bottom import PanelBottom

Wish = Callable[[Callable[[], None]], None]


class AccountPanel(QWidget):
    """What stands a conto, what is due, and what is left."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._payment: AccountPayment | None = None
        self.heading, self.note = label(kind="heading", wrap=True), label(wrap=True)
        self.balance, self.due, self.left = label(), label(), label(kind="strong")
        self.error = Message(urgent=True)
        self.button = CommitButton(guard, key="Enter", kind="pay")
        self.button.committed.connect(lambda: wish(self._shown().register))
        self.ask = Button()
        self.ask.clicked.connect(lambda: wish(self._shown().ask))
        self._bottom = PanelBottom(back)
        layout = column(self, spacing=10)
        add_all(layout, self.heading, self._sums(), self.note, self.error, self.ask, None, self.button, self._bottom)

    def show_payment(self, payment: AccountPayment) -> None:
        """Show this payment."""
        self._payment = payment
        view = payment.view
        for shown, text in ((self.heading, view.heading), (self.balance, view.balance), (self.due, view.due)):
            set_text(shown, text)
        set_text(self.left, view.left)
        self.left.setAccessibleName(view.left_spoken)
        set_text(self.note, view.note)
        self.error.show_text(view.error, "warn")
        self.ask.set_text(view.ask)
        self.ask.setVisible(bool(view.ask))
        self.button.set_text(view.button)
        self.button.setVisible(bool(view.button))

    def take_focus(self) -> None:
        """To the button; with nothing to draw from, to the question, or to the way back."""
        view = self._shown().view
        (self.button if view.button else self.ask if view.ask else self._bottom.back).setFocus()

    def _sums(self) -> QGridLayout:
        sums = QGridLayout()
        sums.setVerticalSpacing(theme.current().px(4))
        rows = ((_("Innestående"), self.balance), (_("Att betala"), self.due), (_("Kvar efteråt"), self.left))
        for line, (title, figure) in enumerate(rows):
            sums.addWidget(label(title, "muted"), line, 0)
            sums.addWidget(figure, line, 1, Qt.AlignmentFlag.AlignRight)
        return sums

    def _shown(self) -> AccountPayment:
        assert self._payment is not None
        return self._payment
