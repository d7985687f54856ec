"""The glass of `screens/invoice_payment.py`, in place of the articles."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from kassaapp.i18n import _
from kassaapp.screens.invoice_payment import InvoicePayment, InvoiceView
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, set_text
from kassaapp.ui.widgets.field import Choice, LabelledField
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.panel_bottom import PanelBottom
from kassaapp.ui.widgets.tick_box import TickBox

Wish = Callable[[Callable[[], None]], None]


class InvoicePanel(QWidget):
    """What is invoiced, whether the clinic could not take payment, and who pays for a child."""

    def __init__(self, guard: DoublePress, wish: Wish, back: Callable[[], None]) -> None:
        super().__init__()
        self._wish = wish
        self._payment: InvoicePayment | None = None
        self.heading = label(kind="heading", wrap=True)
        self.visit, self.fee, self.total = label(), label(), label(kind="strong")
        self.could_not = TickBox(_("&Betalning kunde inte tas emot\ni kassan (ingen faktureringsavgift)"))
        self.could_not.clicked.connect(self._tick)
        self.why = Choice(_("Orsak"))
        self.why_title = label(_("&Orsak"), "caption")
        self.why_title.setBuddy(self.why)
        self.why.picked.connect(self._choose)
        self.why_error = label(kind="error", wrap=True)
        self.number, self.name = LabelledField(_("Förmyndarens personnummer")), LabelledField(_("Förmyndarens namn"))
        self.tell, self.note = label(kind="strong", wrap=True), label(wrap=True)
        self.error = Message(urgent=True)
        self.button = CommitButton(guard, key="Enter", kind="pay")
        self.button.committed.connect(lambda: self._wish(self._shown().register))
        self._join()
        layout = column(self, spacing=8)
        add_all(layout, self.heading, self._sums(), self.could_not, self.why_title, self.why, self.why_error)
        add_all(layout, self.number, self.name, self.tell, self.note, self.error, None, self.button)
        layout.addWidget(PanelBottom(back))

    def show_payment(self, payment: InvoicePayment) -> None:
        """Show this payment."""
        self._payment = payment
        view = payment.view
        for shown, text in ((self.heading, view.heading), (self.visit, view.visit), (self.fee, view.fee)):
            set_text(shown, text)
        set_text(self.total, view.total)
        self.total.setAccessibleName(view.total_spoken)
        self.could_not.setChecked(view.could_not)
        self._draw_why(view)
        self._draw_payer(view)
        set_text(self.tell, view.tell)
        set_text(self.note, view.note)
        self.error.show_text(view.error, "warn")
        self.button.set_text(view.button)

    def take_focus(self) -> None:
        """To what is missing, else to the button."""
        view = self._shown().view
        if view.why_error:
            self.why.setFocus()
        elif view.payer_asked and (view.payer_number_error or not view.payer_number):
            self.number.edit.take_focus()
        elif view.payer_asked and (view.payer_name_error or not view.payer_name):
            self.name.edit.take_focus()
        else:
            self.button.setFocus()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _sums(self) -> QGridLayout:
        sums = QGridLayout()
        sums.setVerticalSpacing(theme.current().px(2))
        rows = ((_("Avgift"), self.visit), (_("Faktureringsavgift"), self.fee), (_("Att fakturera"), self.total))
        for line, (title, figure) in enumerate(rows):
            sums.addWidget(label(title, "muted"), line, 0)
            sums.addWidget(figure, line, 1, Qt.AlignmentFlag.AlignRight)
        return sums

    def _join(self) -> None:
        for field in (self.number, self.name):
            field.edit.typed.connect(self._type)
        self.number.edit.entered.connect(lambda _: self.name.edit.take_focus())
        self.name.edit.entered.connect(lambda _: self.button.setFocus())

    def _draw_why(self, view: InvoiceView) -> None:
        self.why.set_choices((_("Välj varför"), *view.whys), 0 if view.why is None else view.why + 1)
        for shown in (self.why_title, self.why):
            shown.setVisible(view.could_not)
        set_text(self.why_error, view.why_error)

    def _draw_payer(self, view: InvoiceView) -> None:
        for field, text, error in (
            (self.number, view.payer_number, view.payer_number_error),
            (self.name, view.payer_name, view.payer_name_error),
        ):
            field.setVisible(view.payer_asked)
            field.edit.set_text(text)
            field.set_error(error)

    def _tick(self, ticked: bool) -> None:
        self._shown().could_not_pay(could_not=ticked)
        self.show_payment(self._shown())
        if ticked:
            self.why.setFocus()

    def _choose(self, place: int) -> None:
        if place:
            self._shown().choose_why(place - 1)
        self.show_payment(self._shown())

    def _type(self) -> None:
        self._shown().type_payer(self.number.edit.text(), self.name.edit.text())

    def _shown(self) -> InvoicePayment:
        assert self._payment is not None
        return self._payment
