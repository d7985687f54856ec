"""The glass of `screens/undo.py` and of the acts beside it: what is undone at left, why and how at right."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.i18n import _
from kassaapp.screens.undo import GiveBackLine, Spot, Undo, UndoView, Void
from kassaapp.screens.undo_correct import CorrectPatient, CorrectTender
from kassaapp.screens.undo_refund import Refund
from kassaapp.ui import theme
from kassaapp.ui.second_person import SecondPerson
from kassaapp.ui.widgets.amount_edit import AmountEdit
from kassaapp.ui.widgets.button import ENTER, Button, CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.flow import Beside, Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.radio import NumberedChoices
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.tick_box import TickBox

_LEAST_PX, _ROOM_PX = 120, 300
_KEYS = 9
"""So many rows have a digit with Alt for their amount."""
Wish = Callable[[Callable[[], None]], None]
"""Performs a wish and draws everything anew, with the keyboard where it should be."""


class UndoPanel(QWidget):
    """Shows an act. Its button never has the keyboard before a reason is given. `to_drawer` leads to where change is
    put in the drawer, and from there one comes back."""

    def __init__(self, guard: DoublePress, wish: Wish, to_drawer: Callable[[], None]) -> None:
        super().__init__()
        self._guard = guard
        self._to_drawer = to_drawer
        self._wish = wish
        self._undo: Undo | None = None
        self._begun = False
        self._sight = QTimer(self)
        self._sight.setSingleShot(True)
        self._sight.timeout.connect(self._into_sight)
        self._build()

    def show_undo(self, undo: Undo) -> None:
        """Show this one."""
        view = undo.view
        if undo is not self._undo or view.begun is not self._begun:
            self._undo, self._begun = undo, view.begun
            self._guard.begin()
        for shown, text in ((self.heading, view.heading), (self.which, view.which)):
            set_text(shown, text)
        self.about.show_rows(view.about)
        self.about.setVisible(bool(view.about))
        self.late.show_text(view.late, "info")
        self.money.show_text("\n".join(view.money), "info")
        self.parts.show_lines(view.lines)
        self._show_patient(view)
        self.tenders.show_choices(view.tenders_title, view.tenders, view.tender, view.tender_error)
        self._show_reason(view)
        self.approval.show_approval(undo.approval)
        self.approval.setVisible(view.approval is not None)
        self.error.show_text(view.error, "error")
        self.drawer.set_text(view.to_drawer)
        self.drawer.setVisible(bool(view.to_drawer))
        self.confirm.set_text(view.confirm)
        self.again.set_text(view.again)
        self.again.setVisible(bool(view.again))
        self.keep.set_text(view.keep)

    def put_away(self) -> None:
        """Nothing is undone any more: no PIN and nobody's number stays in a field that is out of sight."""
        self._undo = None
        for field in (self.approval.user, self.approval.pin, self.number, self.name, self.note):
            field.edit.clear()
        set_text(self.found, "")

    def take_focus(self) -> None:
        """To where the screen says, and bring it into sight when everything has its place."""
        self._sight.start()
        match self._shown().spot:
            case Spot.LINES:
                self.parts.take_focus()
            case Spot.TENDER:
                self.tenders.take_focus()
            case Spot.NUMBER:
                self.number.edit.take_focus()
            case Spot.NAME:
                self.name.edit.take_focus()
            case Spot.REASON:
                self.reasons.take_focus()
            case Spot.NOTE:
                self.note.edit.take_focus()
            case Spot.APPROVAL:
                self.approval.take_focus()
            case Spot.CONFIRM:
                self.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
            case Spot.AGAIN:
                self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """What has no room is scrolled to; the buttons may need more lines than the narrowest width would have."""
        return QSize(super().minimumSizeHint().width(), theme.current().px(_LEAST_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stay in sight, unless there is no room for anything else then: they are scrolled to."""
        super().resizeEvent(event)
        if event.size().height() >= theme.current().px(_ROOM_PX):
            self._page.addWidget(self._buttons)
        else:
            self._inside.addWidget(self._buttons)

    def _into_sight(self) -> None:
        inside, here = self._scroll.widget(), QApplication.focusWidget()
        if inside is not None and here is not None and inside.isAncestorOf(here):
            self._scroll.ensureWidgetVisible(here, 16, 24)

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.confirm = CommitButton(self._guard, key="Enter")
        self.again = CommitButton(self._guard, primary=False)
        self.keep = Button(key="Esc")
        self.confirm.committed.connect(lambda: self._wish(self._shown().confirm))
        self.again.committed.connect(lambda: self._wish(self._begin_anew))
        self.keep.clicked.connect(lambda: self._wish(self._shown().leave))
        surface, inside = card(), Page()
        halves = Beside(self._build_what(), self._build_how(), least=760, stretch=(2, 3), spacing=32)
        self._buttons = Flow(self.confirm, self.again, None, self.keep)
        self._inside = column(inside, spacing=12)
        add_all(self._inside, halves, None)
        self._page = column(surface, margins=(24, 16), spacing=12)
        self._scroll = Scroll(inside)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda _least, _most: self._sight.start())
        self._page.addWidget(self._scroll, 1)
        self._page.addWidget(self._buttons)
        column(self).addWidget(surface)

    def _build_what(self) -> QWidget:
        self.heading, self.which = label(kind="heading", wrap=True), label(kind="muted", wrap=True)
        self.about, self.late, self.money = Figures(), Message(), Message()
        what = QWidget()
        add_all(column(what, spacing=12), self.heading, self.which, self.about, self.late, self.money, None)
        return what

    def _build_how(self) -> QWidget:
        self.parts = GiveBackLines(self._choose_line, self._type_amount)
        self.number, self.name = LabelledField(_("Rätt &patient – hela numret")), LabelledField(_("&Namn"))
        self.found = label(kind="strong")
        self.tenders, self.reasons = NumberedChoices(columns=4), NumberedChoices(columns=4)
        self.note = LabelledField(_("E&gna ord"))
        self.hint = label(kind="caption")
        self.approval, self.error, self.drawer = SecondPerson(), Message(urgent=True), Button()
        self.drawer.clicked.connect(self._to_drawer)
        for field in (self.approval.user, self.approval.pin):
            field.title.setWordWrap(True)
        self._connect()
        how = QWidget()
        fields = column(how, spacing=8)
        add_all(fields, self.parts, self.number, self.found, self.name)
        add_all(
            fields, self.tenders, self.reasons, self.note, self.hint, self.approval, self.error, Flow(self.drawer), None
        )
        return how

    def _connect(self) -> None:
        self.parts.entered.connect(self._go_on)
        self.number.edit.typed.connect(lambda text: self._quietly(lambda: self._patient().type_number(text)))
        self.number.edit.entered.connect(lambda text: self._wish(lambda: self._patient().enter_number(text)))
        self.name.edit.typed.connect(lambda text: self._quietly(lambda: self._patient().type_name(text)))
        self.name.edit.entered.connect(self._go_on)
        self.tenders.picked.connect(lambda place: self._wish(lambda: self._choose_tender(place)))
        self.tenders.entered.connect(self._go_on)
        self.reasons.picked.connect(lambda place: self._wish(lambda: self._shown().choose_reason(place)))
        self.reasons.entered.connect(self._go_on)
        self.note.edit.typed.connect(lambda text: self._quietly(lambda: self._shown().reason.write(text)))
        self.note.edit.entered.connect(self._go_on)
        self.approval.entered.connect(self._go_on)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _show_patient(self, view: UndoView) -> None:
        right = view.patient
        self.number.setVisible(right is not None)
        self.name.setVisible(right is not None and right.name_asked)
        set_text(self.found, "" if right is None else right.found)
        if right is not None:
            self.number.edit.set_text(right.number)
            self.number.set_error(right.number_error)
            self.name.edit.set_text(right.name)
            self.name.set_error(right.name_error)

    def _show_reason(self, view: UndoView) -> None:
        reason = view.reason
        at_note = reason.asks_note and bool(reason.error)
        self.reasons.show_choices(_("Orsak"), reason.choices, reason.chosen, "" if at_note else reason.error)
        self.note.setVisible(reason.asks_note)
        self.note.edit.set_text(reason.note)
        self.note.set_error(reason.error if at_note else "")
        set_text(self.hint, reason.hint)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _shown(self) -> Undo:
        assert self._undo is not None
        return self._undo

    def _patient(self) -> CorrectPatient:
        undo = self._shown()
        assert isinstance(undo, CorrectPatient)
        return undo

    def _go_on(self) -> None:
        """On to the next field, or to the button, which is dead for a moment: a bounced Enter undoes nothing."""
        self._wish(self._shown().go_on)
        self._guard.begin()

    def _begin_anew(self) -> None:
        undo = self._shown()
        assert isinstance(undo, Void)
        undo.confirm_anew()

    def _choose_tender(self, place: int) -> None:
        undo = self._shown()
        assert isinstance(undo, Refund | CorrectTender)
        undo.choose_tender(place)

    def _choose_line(self, place: int, chosen: bool) -> None:
        self._quietly(lambda: self._refund().choose_line(place, chosen=chosen))

    def _type_amount(self, place: int, text: str) -> None:
        self._quietly(lambda: self._refund().type_amount(place, text))

    def _refund(self) -> Refund:
        undo = self._shown()
        assert isinstance(undo, Refund)
        return undo

    def _quietly(self, change: Callable[[], None]) -> None:
        """A change that leaves the keyboard where it is."""
        change()
        self.show_undo(self._shown())


class GiveBackLines(QWidget):
    """The rows that can be given back, each with how much of it. `entered` is Enter in any of them."""

    entered = Signal()

    def __init__(self, choose: Callable[[int, bool], None], type_amount: Callable[[int, str], None]) -> None:
        super().__init__()
        self._choose = choose
        self._type_amount = type_amount
        self.checks: list[TickBox] = []
        self.amounts: list[LabelledField] = []
        self._made: list[QWidget] = []
        self._rows = column(self, spacing=4)

    def show_lines(self, lines: tuple[GiveBackLine, ...]) -> None:
        """Show these rows."""
        if len(lines) != len(self.checks) or any(
            check.text() != _words(line) for check, line in zip(self.checks, lines, strict=True)
        ):
            self._rebuild(lines)
        for line, check, field in zip(lines, self.checks, self.amounts, strict=True):
            check.setChecked(line.chosen)
            field.edit.set_text(line.amount)
            field.set_error(line.error)
        self.setVisible(bool(lines))

    def take_focus(self) -> None:
        """To the first amount that is wrong, else to the first row."""
        wrong = [field for field in self.amounts if field.edit.property("state") == "error"]
        if wrong:
            wrong[0].edit.take_focus()
        elif self.checks:
            self.checks[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _rebuild(self, lines: tuple[GiveBackLine, ...]) -> None:
        for old in self._made:
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.checks, self.amounts, self._made = [], [], []
        for place, line in enumerate(lines):
            self._add(place, line)

    def _add(self, place: int, line: GiveBackLine) -> None:
        check = _Check(_words(line))
        title = _("Belopp, kr (Alt+&{number})").format(number=place + 1) if place < _KEYS else _("Belopp, kr")
        field = LabelledField(title, AmountEdit(_("Belopp, kr, {text}").format(text=line.text)), beside=True)
        field.edit.setFixedWidth(theme.current().px(160))
        check.setAccessibleName(_words(line).replace("\n", " · "))
        check.clicked.connect(lambda chosen: self._choose(place, chosen))
        check.entered.connect(self.entered)
        field.edit.typed.connect(lambda text: self._type_amount(place, text))
        field.edit.entered.connect(lambda _text: self.entered.emit())
        level = QWidget()  # The box stands level with the field, which may have its error below.
        add_all(column(level, spacing=0), check, None)
        beside = Flow(level, None, field)
        self._rows.addWidget(beside)
        self._made.append(beside)
        self.checks.append(check)
        self.amounts.append(field)


def _words(line: GiveBackLine) -> str:
    return _("{text}\nhögst {left}").format(text=line.text, left=line.left)


class _Check(TickBox):
    """A box whose Enter goes on; Space marks it."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.entered.emit()
            return
        super().keyPressEvent(event)
