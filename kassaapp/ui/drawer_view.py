"""The glass of `screens/drawer.py`: what is to be done, and the fields that it asks for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.drawer import DrawerScreen, DrawerView, Spot
from kassaapp.screens.drawer_job import Job
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.why_fields import WhyFields
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.denominations import Denominations
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.options import Options
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class DrawerWindow(QWidget):
    """Every wish goes through `_wish`: do it, draw, put the keyboard where the screen says."""

    def __init__(self, screen: DrawerScreen, guard: DoublePress, settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._first = Job.ADD
        self._build()

    def enter_for(self, job: Job) -> None:
        """The next time it is entered it is for this job; after that for the usual one."""
        self._first = job

    def enter(self) -> None:
        """Nothing typed."""
        self._guard.begin()
        self._screen.begin(self._first)
        self._first = Job.ADD
        self.draw()
        if self._screen.view.counting:
            self.count.take_focus()
        else:
            self.focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    def focus(self) -> None:
        """Put the keyboard where the screen says."""
        match self._screen.spot:
            case Spot.JOB:
                self.job.take_focus()
            case Spot.AMOUNT:
                self.amount.edit.take_focus()
            case Spot.PLACE:
                self.place.take_focus()
            case Spot.REFERENCE:
                self.reference.edit.take_focus()
            case Spot.SECOND:
                self.second.edit.take_focus()
            case Spot.WHY:
                self.why.take_focus()
            case Spot.COUNT:
                self.count.take_focus()
            case Spot.BUTTON:
                self.button.setFocus()

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.heading, self.about = label(kind="title"), label(kind="muted", wrap=True)
        self.done, self.paper, self.error = Message(urgent=True), Message(), Message(urgent=True)
        self.paper.acted.connect(lambda: self._wish(self._screen.print_again))
        self.job = Options(_("Vad ska göras"), columns=4)
        self.job.picked.connect(lambda number: self._change(lambda: self._screen.choose_job(number)))
        self.job.entered.connect(self._after_job)
        self.button, self.back = CommitButton(self._guard, key="Enter"), Button(_("&Tillbaka"), key="Esc")
        self.button.committed.connect(lambda: self._wish(self._screen.settle))
        self.back.clicked.connect(self._screen.back)
        self.back.clicked.connect(self._settled)
        surface = card()
        surface.setMaximumWidth(theme.current().px(960))
        content = column(surface, margins=(24, 16), spacing=12)
        add_all(content, self.heading, self.done, self.paper, self.job, self.about, self._build_fields())
        add_all(content, self.error, Flow(self.button, None, self.back))
        inside = Page()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", self.back.click)

    def _build_fields(self) -> QWidget:
        self.place, self.why, self.count = Options(_("Från"), columns=4), WhyFields(), Denominations()
        self.place.picked.connect(lambda number: self._change(lambda: self._screen.choose_place(number)))
        self.place.entered.connect(self._after_place)
        self.reference, self.second = LabelledField(_("Påsens nummer")), LabelledField(_("Kontrollerad av"))
        self.reference.edit.typed.connect(lambda text: self._change(lambda: self._screen.type_reference(text)))
        self.reference.edit.entered.connect(lambda _text: self._after_place())
        self.second.edit.typed.connect(lambda text: self._change(lambda: self._screen.type_second(text)))
        self.second.edit.entered.connect(lambda _text: self.button.setFocus())
        self.why.changed.connect(self._draw)
        self.why.entered.connect(self.button.setFocus)
        self.count.changed.connect(self._draw)
        self.count.done.connect(self.button.setFocus)
        self.count.submitted.connect(self.button.setFocus)
        fields, names = QWidget(), row(spacing=16)
        for field in (self.reference, self.second):
            names.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        add_all(column(fields, spacing=12), self._build_sums(), self.place, names, self.why, self.count)
        return fields

    def _build_sums(self) -> QWidget:
        self.amount = LabelledField(_("&Belopp, kr"), AmountEdit(_("Belopp, kr")))
        self.amount.setMinimumWidth(theme.current().px(140))
        self.amount.setMaximumWidth(theme.current().px(240))
        self.amount.edit.typed.connect(lambda text: self._change(lambda: self._screen.type_amount(text)))
        self.amount.edit.entered.connect(lambda _text: self._after_amount())
        self.now, self.after = label(kind="heading"), label(kind="heading")
        self.sums, self.float = QWidget(), QWidget()
        both = row(self.float, spacing=24)
        for title, figure in ((_("Växelkassan nu"), self.now), (_("Efteråt"), self.after)):
            side = column(spacing=4)
            add_all(side, label(title, "caption"), figure, None)
            both.addLayout(side)
        layout = row(self.sums, spacing=24)
        layout.addWidget(self.amount, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.float, 0, Qt.AlignmentFlag.AlignTop)
        layout.addStretch(1)
        return self.sums

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        view = self._screen.view
        set_text(self.heading, view.heading)
        self.done.show_text(view.done, view.tone.value)
        failed = view.paper.failed
        self.paper.show_text(view.paper.text, "warn" if failed else "quiet", _("Skriv ut igen") if failed else "")
        self.job.show_options(view.jobs, view.job)
        set_text(self.about, view.about)
        self._draw_amount(view)
        self._draw_names(view)
        self.why.setVisible(view.why is not None)
        self.why.show_why(self._screen.why)
        self.count.setVisible(view.counting)
        self.count.show_count(self._screen.count)
        self.error.show_text(view.error, "error")
        self.button.set_text(view.button)

    def _draw_amount(self, view: DrawerView) -> None:
        self.sums.setVisible(view.asks_amount)
        self.amount.edit.set_text(view.amount)
        self.amount.set_error(view.amount_error)
        self.float.setVisible(bool(view.float_now))
        for shown, title, text, spoken in (
            (self.now, _("Växelkassan nu"), view.float_now, view.float_now_spoken),
            (self.after, _("Efteråt"), view.float_after, view.float_after_spoken),
        ):
            shown.setText(text)
            shown.setAccessibleName(f"{title} {spoken}".strip())

    def _draw_names(self, view: DrawerView) -> None:
        self.place.setVisible(bool(view.places))
        self.place.title.setText(view.places_label)
        self.place.setAccessibleName(view.places_label)
        self.place.show_options(view.places, view.place)
        for field, title, text, error in (
            (self.reference, view.reference_label, view.reference, view.reference_error),
            (self.second, view.second_label, view.second, view.second_error),
        ):
            field.setVisible(bool(title))
            field.set_title(title)
            field.edit.set_text(text)
            field.set_error(error)

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

    def _after_job(self) -> None:
        view = self._screen.view
        if view.asks_amount:
            self.amount.edit.take_focus()
        elif view.counting:
            self.count.take_focus()
        else:
            self.why.take_focus()

    def _after_amount(self) -> None:
        if self._screen.view.places:
            self.place.take_focus()
        else:
            self.reference.edit.take_focus()

    def _after_place(self) -> None:
        """From where, or the number of what, to who else; alone to the button."""
        if self._screen.view.second_label:
            self.second.edit.take_focus()
        else:
            self.button.setFocus()
