"""The glass of `screens/payment.py`: a panel for each tender, in place of the articles."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp import wording
from kassaapp.i18n import _
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.ui import theme
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.choices import Choices
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.panel_bottom import PanelBottom
from kassaapp.ui.widgets.qr_code import QrCode
from kassaapp.ui.widgets.shrinking_label import ShrinkingLabel

Wish = Callable[[Callable[[], None]], None]
"""Performs a wish and draws the sale anew, with the keyboard where it should be."""


class CashPanel(QWidget):
    """What is due, what was handed over, and what goes back in digits that are read from where one stands."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._guard = guard
        self._wish = wish
        self._back = back
        self._payment: CashPayment | None = None
        self._build()

    def show_payment(self, payment: CashPayment) -> None:
        """Show this payment."""
        self._payment = payment
        self._draw()

    def take_focus(self) -> None:
        """To the question when there is one, else to what was handed over."""
        if self._payment is not None and self._payment.view.question is not None:
            self.question.take_focus()
        else:
            self.given.edit.take_focus()

    def _build(self) -> None:
        self.heading = label(kind="heading", wrap=True)
        self.button = CommitButton(self._guard, key="Enter", kind="pay")
        self.button.committed.connect(self._register)
        self.due, self.rounding, self.to_pay = label(), label(), label(kind="strong")
        self.given = LabelledField(_("Motta&get, kr"), AmountEdit(_("Mottaget, kr")))
        edit = self.given.edit
        assert isinstance(edit, AmountEdit)
        edit.typed.connect(self._type)
        edit.entered.connect(lambda _: self.button.click())
        edit.down.connect(lambda: self._step(1))
        edit.up.connect(lambda: self._step(-1))
        edit.refused.connect(lambda: self.given.set_error(wording.explain(wording.BadAmountText())))
        self.likely = label(kind="caption", wrap=True)
        self.change_title = label(_("Växel tillbaka"), "caption")
        self.change, self.pieces = ShrinkingLabel("change"), label(kind="muted", wrap=True)
        self.question = Choices(self._answer, upright=True)
        self.divide = Button()
        self.divide.clicked.connect(lambda: self._wish(self._shown().divide))
        layout = column(self, spacing=6)
        add_all(layout, self.heading, self._sums(), self.given, self.likely, self.question)
        add_all(layout, self.change_title, self.change, self.pieces, None, self.button)
        layout.addWidget(PanelBottom(self._back, self.divide))

    def _sums(self) -> QGridLayout:
        sums = QGridLayout()
        sums.setVerticalSpacing(theme.current().px(2))
        words = (_("Att betala"), _("Öresavrundning"), _("Att betala kontant"))
        self.titles = [label(title, "muted") for title in words]
        for line, (title, figure) in enumerate(zip(self.titles, (self.due, self.rounding, self.to_pay), strict=True)):
            sums.addWidget(title, line, 0)
            sums.addWidget(figure, line, 1, Qt.AlignmentFlag.AlignRight)
        return sums

    def _draw(self) -> None:
        assert self._payment is not None
        view = self._payment.view
        set_text(self.heading, view.heading)
        for title, shown, text in zip(self.titles, (self.due, self.rounding, self.to_pay), view.sums, strict=True):
            set_text(shown, text)
            title.setVisible(bool(text))
        self.given.edit.set_text(view.given)
        self.given.set_error(view.error)
        set_text(self.likely, "" if view.question else f"↓ {view.likely}")
        self.question.ask(view.question)
        for shown, text in ((self.change, view.change), (self.pieces, view.pieces)):
            set_text(shown, "" if view.question else text)
        self.change_title.setVisible(bool(view.change) and view.question is None)
        self.change.setAccessibleName(_("Växel tillbaka {amount}").format(amount=view.change_spoken))
        self.button.set_text(view.button)
        self.button.setVisible(view.question is None)
        self.divide.set_text(view.divide)
        self.divide.setVisible(bool(view.divide))

    def _type(self, text: str) -> None:
        assert self._payment is not None
        self._payment.type(text)
        self._draw()

    def _step(self, by: int) -> None:
        assert self._payment is not None
        self._payment.step(by)
        self._draw()
        self.given.edit.selectAll()

    def _register(self) -> None:
        self._wish(self._shown().register)

    def _shown(self) -> CashPayment:
        assert self._payment is not None
        return self._payment

    def _answer(self, number: int) -> None:
        payment = self._payment
        assert payment is not None
        if self._guard.passes():
            self._wish(lambda: payment.answer(number))


class CardPanel(QWidget):
    """The amount to key in at the terminal, and what the terminal said."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._guard = guard
        self._wish = wish
        self._back = back
        self._payment: CardPayment | None = None
        self._build()

    def show_payment(self, payment: CardPayment) -> None:
        """Show this payment."""
        if payment is not self._payment:
            self.reference.edit.clear()
        self._payment = payment
        view = payment.view
        for shown, text in ((self.heading, view.heading), (self.instruction, view.instruction)):
            set_text(shown, text)
        set_text(self.amount, view.amount)
        self.amount.setAccessibleName(view.amount_spoken)
        set_text(self.asked, view.question)
        self.approved.set_text(view.approved)
        self.declined.set_text(view.declined)
        self.unknown.set_text(view.unknown)
        self.doubt.ask(view.doubt)
        self.error.show_text(view.error, "error")

    def take_focus(self) -> None:
        """To Godkänt."""
        self.approved.setFocus()

    def _build(self) -> None:
        self.heading, self.instruction = label(kind="heading", wrap=True), label(wrap=True)
        self.amount, self.asked = ShrinkingLabel("change"), label(kind="strong", wrap=True)
        self.approved = CommitButton(self._guard, key="Enter", kind="pay")
        self.approved.committed.connect(lambda: self._wish(self._shown().approve))
        self.declined, self.unknown = Button(), Button()
        self.declined.clicked.connect(lambda: self._wish(self._shown().decline))
        self.unknown.clicked.connect(lambda: self._wish(self._shown().doubt))
        self.reference = LabelledField(_("Terminalens &referens, om den ska sparas"))
        self.reference.title.setWordWrap(True)
        self.reference.edit.typed.connect(lambda text: self._shown().type_reference(text))
        self.reference.edit.entered.connect(lambda _: self.approved.setFocus())
        self.doubt, self.error = ModalQuestion(self, self._answer), Message(urgent=True)
        layout = column(self, spacing=10)
        add_all(layout, self.heading, self.instruction, self.amount, self.asked, self.error)
        add_all(layout, self.approved, self.declined, self.unknown, None, self.reference, PanelBottom(self._back))

    def _shown(self) -> CardPayment:
        assert self._payment is not None
        return self._payment

    def _answer(self, number: int) -> None:
        payment = self._shown()
        self._wish(lambda: payment.answer(number))


class SwishPanel(QWidget):
    """The code that the patient reads, and whether the payment has come."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._guard = guard
        self._wish = wish
        self._back = back
        self._payment: SwishPayment | None = None
        self._build()

    def show_payment(self, payment: SwishPayment) -> None:
        """Show this payment."""
        self._payment = payment
        view = payment.view
        set_text(self.heading, view.heading)
        self.code.show_code(view.code)
        texts: tuple[tuple[QLabel, str], ...] = (
            (self.amount, view.amount),
            (self.to, view.to),
            (self.mark, view.mark),
            (self.waiting, view.waiting),
            (self.advice, view.advice),
        )
        for shown, text in texts:
            set_text(shown, text)
        self.amount.setAccessibleName(view.amount_spoken)
        self.arrived.set_text(view.arrived)
        self.absent.set_text(view.absent)
        self.error.show_text(view.error, "warn")

    def take_focus(self) -> None:
        """To the button."""
        self.arrived.setFocus()

    def _build(self) -> None:
        self.heading, self.amount = label(kind="heading", wrap=True), ShrinkingLabel("total")
        self.code = QrCode(_("Swishkod med belopp och märkning"))
        self.to, self.mark, self.waiting = label(wrap=True), label(wrap=True), label(kind="muted", wrap=True)
        self.advice, self.error = label(kind="strong", wrap=True), Message(urgent=True)
        self.arrived = CommitButton(self._guard, kind="pay")
        self.arrived.committed.connect(lambda: self._wish(self._shown().arrive))
        self.absent = Button()
        self.absent.clicked.connect(lambda: self._wish(self._shown().miss))
        beside = column(spacing=4)
        add_all(beside, self.amount, self.to, self.mark, self.waiting, None)
        upper = row(spacing=16)
        upper.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(beside, 1)
        layout = column(self, spacing=10)
        add_all(layout, self.heading, upper, self.advice, self.error, None)
        add_all(layout, self.arrived, self.absent, PanelBottom(self._back))

    def _shown(self) -> SwishPayment:
        assert self._payment is not None
        return self._payment
