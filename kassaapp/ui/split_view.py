"""The glass of `screens/split.py`, in place of the articles."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp import wording
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.split import SplitPayment
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.panel_bottom import PanelBottom

Wish = Callable[[Callable[[], None]], None]

_KEYS = {Tender.CARD: "F6", Tender.SWISH: "F7", Tender.CASH: "F5"}
_MOST = 3


class SplitPanel(QWidget):
    """A field for each part, and a button for each way to pay the rest."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._guard = guard
        self._wish = wish
        self._payment: SplitPayment | None = None
        self.heading, self.due = label(kind="heading", wrap=True), label(kind="strong")
        self.account = LabelledField(_("A conto"), AmountEdit(_("A conto, kr")))
        self.cash = LabelledField(_("K&ontant, kr"), AmountEdit(_("Kontant, kr")))
        self.rest = label(kind="total")
        self.error = Message(urgent=True)
        self.buttons = [CommitButton(guard, kind="" if place else "pay", primary=not place) for place in range(_MOST)]
        for place, button in enumerate(self.buttons):
            button.committed.connect(lambda place=place: self._pay(place))
        self._join()
        due, rest = row(), row()
        add_all(due, label(_("Att betala"), "muted"), None, self.due)
        add_all(rest, label(_("Kvar att betala")), None, self.rest)
        layout = column(self, spacing=8)
        add_all(layout, self.heading, due, self.account, self.cash, rest, self.error, None, *self.buttons)
        layout.addWidget(PanelBottom(back))

    def show_payment(self, payment: SplitPayment) -> None:
        """Show this payment."""
        self._payment = payment
        self._draw()

    def take_focus(self) -> None:
        """To what is wrong; else to the first part that nothing is written in; else to the rest."""
        view = self._shown().view
        if view.account_error or (view.account_title and not view.account and not view.cash):
            self.account.edit.take_focus()
        elif view.cash_error or (view.cash_asked and not view.cash and not view.account):
            self.cash.edit.take_focus()
        elif view.buttons:
            self.buttons[0].setFocus()
        else:
            (self.cash if view.cash_asked else self.account).edit.take_focus()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _join(self) -> None:
        for field in (self.account, self.cash):
            edit = field.edit
            assert isinstance(edit, AmountEdit)
            edit.typed.connect(self._type)
            edit.refused.connect(lambda field=field: field.set_error(wording.explain(wording.BadAmountText())))
        self.account.edit.entered.connect(lambda _: self._after(self.cash if self.cash.isVisible() else None))
        self.cash.edit.entered.connect(lambda _: self._after(None))

    def _draw(self) -> None:
        view = self._shown().view
        set_text(self.heading, view.heading)
        set_text(self.due, view.due)
        self.account.setVisible(bool(view.account_title))
        self.account.set_title(view.account_title)
        self.account.edit.set_text(view.account)
        self.account.set_error(view.account_error)
        self.cash.setVisible(view.cash_asked)
        self.cash.edit.set_text(view.cash)
        self.cash.set_error(view.cash_error)
        set_text(self.rest, view.rest)
        self.rest.setAccessibleName(_("Kvar att betala {amount}").format(amount=view.rest_spoken))
        self.error.show_text(view.error, "warn")
        for place, button in enumerate(self.buttons):
            shown = view.buttons[place] if place < len(view.buttons) else None
            button.setVisible(shown is not None)
            if shown is not None:
                button.set_key(_KEYS.get(shown.by, ""))
                button.set_text(shown.text)

    def _after(self, following: LabelledField | None) -> None:
        """Enter in a part: on to the next, or to the rest."""
        if following is not None:
            following.edit.take_focus()
        elif self._shown().view.buttons:
            self.buttons[0].setFocus()
        else:
            self._wish(self._shown().enter)

    def _type(self) -> None:
        self._shown().type(self.account.edit.text(), self.cash.edit.text())
        self._draw()

    def _pay(self, place: int) -> None:
        payment = self._shown()
        buttons = payment.view.buttons
        if place < len(buttons):
            self._wish(lambda: payment.pay_rest(buttons[place].by))

    def _shown(self) -> SplitPayment:
        assert self._payment is not None
        return self._payment
