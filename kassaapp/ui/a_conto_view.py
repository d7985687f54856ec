"""The glass of `screens/a_conto.py`: the patient, how much and how, and for paying out the reason and the second
person."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.a_conto import AContoScreen, AContoView, Spot
from kassaapp.screens.account_job import Job
from kassaapp.screens.payment import CardPayment, SwishPayment
from kassaapp.ui import theme
from kassaapp.ui.payment_view import CardPanel, SwishPanel
from kassaapp.ui.room import Settled
from kassaapp.ui.second_person import SecondPerson
from kassaapp.ui.why_fields import WhyFields
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.choices import Choices
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.options import Options
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class AContoWindow(QWidget):
    """Every wish goes through `_wish`: do it, draw, put the keyboard where the screen says."""

    def __init__(self, screen: AContoScreen, guard: DoublePress, settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._dealt_with = 0
        self._said = ""
        self._awaited: object = None
        self._build()

    def enter(self) -> None:
        """Nobody's money yet."""
        self._guard.begin()
        self._screen.begin()
        self.draw()
        self.focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    def scan(self, text: str) -> None:
        """Something was scanned while this is shown: whose money it is. Nothing is committed."""
        self._guard.begin()
        self._wish(lambda: self._screen.enter_patient(text, scanned=True))

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        match self._screen.spot:
            case Spot.NUMBER:
                self.number.edit.take_focus(self._screen.view.holder.marked)
            case Spot.QUESTION:
                self.question.take_focus()
            case Spot.NAME:
                self.name.edit.take_focus()
            case Spot.JOB:
                self.job.take_focus()
            case Spot.AMOUNT:
                self.amount.edit.take_focus()
            case Spot.WHY:
                self.why.take_focus()
            case Spot.APPROVAL:
                self.approval.take_focus()
            case Spot.PAYMENT:
                is_swish = isinstance(self._screen.view.payment, SwishPayment)
                (self.swish if is_swish else self.card).take_focus()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.heading = label(kind="title")
        self.done, self.paper = Message(urgent=True), Message()
        self.paper.acted.connect(lambda: self._wish(self._screen.print_again))
        surface = card()
        surface.setMaximumWidth(theme.current().px(960))
        content = column(surface, margins=(24, 16), spacing=12)
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(lambda: self._wish(self._screen.back))
        form = self._build_form()
        bottom = Flow(self.button, None, self.back)
        self.card = CardPanel(self._guard, self._wish, lambda: self._wish(self._screen.back))
        self.swish = SwishPanel(self._guard, self._wish, lambda: self._wish(self._screen.back))
        add_all(content, self.heading, self.done, self.paper, self._build_holder(), form, self.card, self.swish, bottom)
        inside = Page()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", lambda: self._wish(self._screen.back))

    def _build_holder(self) -> QWidget:
        self.number = LabelledField(_("&Patient – personnummer eller reservnummer"), name=_("Patient"))
        self.number.edit.entered.connect(lambda text: self._wish(lambda: self._screen.enter_patient(text)))
        self.line, self.warning = label(kind="heading", wrap=True), label(kind="error", wrap=True)
        self.question = Choices(lambda number: self._wish(lambda: self._screen.holder.answer(number)))
        self.name = LabelledField(_("&Namn – som på legitimationen"), name=_("Namn"))
        self.name.edit.entered.connect(lambda text: self._wish(lambda: self._screen.holder.enter_name(text)))
        holder = QWidget()
        add_all(column(holder, spacing=4), self.number, self.line, self.warning, self.question, self.name)
        return holder

    def _build_form(self) -> QFrame:
        self.form = QFrame()
        self.button = CommitButton(self._guard, key="Enter")
        self.button.committed.connect(self._settle)
        self.job = Options(_("Vad ska göras"), columns=2)
        self.job.picked.connect(lambda number: self._change(lambda: self._screen.choose_job(number)))
        sums, payout = self._build_sums(), self._build_payout()
        self.job.entered.connect(self.amount.edit.take_focus)
        self.tender = Options(_("Betalsätt"), columns=3)
        self.tender.picked.connect(lambda number: self._change(lambda: self._screen.choose_tender(number)))
        self.tender.entered.connect(self._after_tender)
        self.instruction = label(wrap=True)
        self.error = Message(urgent=True)
        content = column(self.form, spacing=12)
        add_all(content, self.job, sums, self.tender, self.instruction, payout, self.error)
        return self.form

    def _build_sums(self) -> QWidget:
        self.amount = LabelledField(_("&Belopp, kr"), AmountEdit(_("Belopp, kr")))
        self.amount.setMinimumWidth(theme.current().px(140))
        self.amount.setMaximumWidth(theme.current().px(240))
        self.amount.edit.typed.connect(lambda text: self._change(lambda: self._screen.type_amount(text)))
        self.amount.edit.entered.connect(lambda _text: self._after_amount())
        self.balance, self.after = label(kind="heading"), label(kind="heading")
        sums = QWidget()
        layout = row(sums, spacing=24)
        layout.addWidget(self.amount, 1, Qt.AlignmentFlag.AlignTop)
        for title, figure in ((_("Innestående"), self.balance), (_("Efteråt"), self.after)):
            side = column(spacing=4)
            add_all(side, label(title, "caption"), figure, None)
            layout.addLayout(side)
        layout.addStretch(1)
        return sums

    def _build_payout(self) -> QWidget:
        self.payout, self.why, self.approval = QWidget(), WhyFields(), SecondPerson()
        self.why.changed.connect(self._draw)
        self.why.entered.connect(self.approval.take_focus)
        self.approval.entered.connect(self.button.click)
        add_all(column(self.payout, spacing=8), self.why, self.approval)
        return self.payout

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        view = self._screen.view
        set_text(self.heading, view.heading)
        self.done.show_text(view.done, "ok")
        failed = view.paper.failed
        self.paper.show_text(view.paper.text, "warn" if failed else "quiet", _("Skriv ut igen") if failed else "")
        if view.aloud != self._said:
            self._said = view.aloud
            announce(self, view.aloud, urgent=True)
        self._draw_holder(view)
        for widget in (self.form, self.button):
            widget.setVisible(view.open)
        self._draw_payment(view.payment)
        self.job.show_options(view.jobs, view.job)
        self.amount.edit.set_text(view.amount)
        self.amount.set_error(view.amount_error)
        _figure(self.balance, _("Innestående"), view.balance, view.balance_spoken)
        _figure(self.after, _("Efteråt"), view.after, view.after_spoken)
        self.tender.show_options(view.tenders, view.tender)
        self.tender.setVisible(bool(view.tenders))
        set_text(self.instruction, view.instruction)
        self.payout.setVisible(view.why is not None)
        self.why.show_why(self._screen.why)
        self.approval.show_approval(self._screen.approval)
        self.error.show_text(view.error, "error")
        self.button.set_text(view.button)

    def _draw_payment(self, payment: CardPayment | SwishPayment | None) -> None:
        """The panel of money that is awaited, in place of the form; nothing commits for a moment after it came."""
        if payment is not self._awaited:
            self._awaited = payment
            self._guard.begin()
        match payment:
            case CardPayment():
                self.card.show_payment(payment)
            case SwishPayment():
                self.swish.show_payment(payment)
        self.card.setVisible(isinstance(payment, CardPayment))
        self.swish.setVisible(isinstance(payment, SwishPayment))
        self.back.setVisible(payment is None)

    def _draw_holder(self, view: AContoView) -> None:
        holder = view.holder
        if holder.dealt_with != self._dealt_with:
            self._dealt_with = holder.dealt_with
            self.number.edit.clear()
        self.number.setVisible(not holder.line)
        self.number.set_error(holder.error)
        set_text(self.line, holder.line)
        set_text(self.warning, holder.warning)
        self.question.ask(holder.question)
        self.name.setVisible(holder.name_asked)
        self.name.edit.set_text(holder.name)
        self.name.set_error(holder.name_error)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        wish()
        self._guard.begin()
        self._draw()
        if self.isVisible():  # Else the wish was to leave, and the keyboard is where it led.
            self.focus()
        self._settled()

    def _change(self, change: Callable[[], None]) -> None:
        """A change that leaves the keyboard where it is."""
        change()
        self._draw()

    def _after_amount(self) -> None:
        is_right = self._screen.check_amount()
        self._draw()
        if is_right and not self._screen.view.tenders:
            self.button.setFocus()
        else:
            (self.tender if is_right else self.amount.edit).take_focus()

    def _after_tender(self) -> None:
        if self._screen.view.job is Job.REPAY:
            self.why.take_focus()
        else:
            self.button.setFocus()

    def _settle(self) -> None:
        self._wish(self._screen.settle)


def _figure(shown: QLabel, title: str, text: str, spoken: str) -> None:
    """An amount, and what a screen reader says of it."""
    shown.setText(text)
    shown.setAccessibleName(f"{title} {spoken}" if spoken else title)
