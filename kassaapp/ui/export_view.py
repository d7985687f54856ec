"""The glass of `screens/export.py`: what, when, which columns and where, and how far it has come."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from kassaapp.i18n import _
from kassaapp.screens.export import ExportScreen, ExportView
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.field import LabelledField, level_with_fields
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.period_fields import PeriodFields, labelled_choice
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.ui.widgets.tick_box import TickBox

_FOLDER_PX = 560
_LOOK_MS = 250
"""How often it is looked how far an export has come."""

PickFolder = Callable[[QWidget, str], str]
"""Asks for a folder, beginning at one; empty when none was chosen."""


class ExportWindow(QWidget):
    """The form, and its progress. `pick` asks for a folder."""

    def __init__(self, screen: ExportScreen, guard: DoublePress, back: Settled, pick: PickFolder | None = None) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._back = back
        self.pick = pick or _ask_for_folder
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.draw)
        self._build()
        on_key(self, "Esc", back)

    def enter(self) -> None:
        """As it was left; the list of forms has the keyboard."""
        self._guard.begin()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the list of forms; to the way out of what is being made."""
        (self.stop if self.stop.isVisible() else self.form).setFocus()

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.about, view.about)
        self.form.set_choices(view.forms, view.form)
        self.period.show_period(view.period)
        self._draw_table(view)
        self.patients.setVisible(view.asks_patients)
        self.patients.setChecked(view.with_patients)
        self.naming.show_text(view.naming, "warn")
        self.folder.edit.set_text(view.folder)
        self.folder.set_error(view.folder_error)
        self._draw_progress(view)

    # ── layout ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self.heading, self.about = label(kind="title"), label(kind="muted", wrap=True)
        self.form, form = labelled_choice(_("&Vad"), self._wish_index(self._screen.choose_form))
        self.period = PeriodFields(self._wish_index(self._screen.choose_span), self._enter_days)
        self.patients = TickBox(_("Med patienternas namn och nummer"))
        self.patients.toggled.connect(lambda on: self._wish(lambda: self._screen.choose_patients(chosen=on)))
        self.naming, self.error, self.done = Message(), Message(urgent=True), Message(urgent=True)
        surface = card()
        content = column(surface, margins=(24, 16), spacing=12)
        chosen = Flow(form, self.period.labelled, self.period.first, self.period.last)
        add_all(content, self.heading, chosen, self.period.error, self.about, self._build_table())
        add_all(content, self.patients, self.naming, self._build_folder(), self.error, self.done, self._build_buttons())
        inside = Page()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))

    def _build_table(self) -> QWidget:
        self.table = QWidget()
        self.kind, kind = labelled_choice(_("V&isa händelser"), self._wish_index(self._screen.choose_kind))
        self.cashier, cashier = labelled_choice(_("&Kassör"), self._wish_index(self._screen.choose_cashier))
        self.columns = [TickBox() for _column in self._screen.columns]
        for index, box in enumerate(self.columns):
            box.toggled.connect(lambda on, index=index: self._choose_column(index, on))
        layout, columns = column(self.table, spacing=8), Flow(*self.columns, spacing=16, between=0)
        add_all(layout, Flow(kind, cashier), label(_("Kolumner"), "caption"), columns)
        return self.table

    def _build_folder(self) -> QWidget:
        self.folder = _FolderField(_("&Mapp att spara i"))
        self.folder.edit.typed.connect(self._screen.type_folder)
        self.folder.edit.entered.connect(lambda _text: self.take.click())
        self.browse = Button(_("Välj m&app"))
        self.browse.clicked.connect(self._browse)
        return Flow(self.folder, level_with_fields(self.browse))

    def _build_buttons(self) -> QWidget:
        self.take = CommitButton(self._guard, key="Enter")
        self.take.committed.connect(self._take_out)
        self.progress = label(kind="strong")
        self.stop = Button(_("Av&bryt"))
        self.stop.clicked.connect(lambda: self._wish(self._screen.stop))
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(self._back)
        return Flow(self.take, self.progress, self.stop, None, self.back)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw_table(self, view: ExportView) -> None:
        self.table.setVisible(bool(view.columns))
        if not view.columns:
            return
        self.kind.set_choices(view.kinds, view.kind)
        self.cashier.set_choices(view.cashiers, view.cashier)
        for box, shown in zip(self.columns, view.columns, strict=True):
            box.setText(shown.text)
            box.setChecked(shown.chosen)

    def _draw_progress(self, view: ExportView) -> None:
        is_busy = bool(view.busy)
        self.take.set_text(view.button)
        self.take.setVisible(not is_busy)
        self.take.setEnabled(view.may)
        set_text(self.progress, view.busy)
        self.stop.setVisible(is_busy)
        self.error.show_text(view.error, view.tone.value)
        self.done.show_text(view.done, "ok")
        if is_busy:
            self._look.start()
        elif self._look.isActive():
            self._look.stop()
            if self.isVisible():
                self.focus()

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _wish(self, wish: Callable[[], None]) -> None:
        wish()
        self.draw()

    def _wish_index(self, wish: Callable[[int], None]) -> Callable[[int], None]:
        return lambda index: self._wish(lambda: wish(index))

    def _enter_days(self, first: str, last: str) -> None:
        self._wish(lambda: self._screen.type_days(first, last))
        self.folder.edit.take_focus()

    def _choose_column(self, index: int, chosen: bool) -> None:
        self._wish(lambda: self._screen.choose_column(index, chosen=chosen))

    def _browse(self) -> None:
        picked = self.pick(self, self.folder.edit.text())
        if picked:
            self._wish(lambda: self._screen.type_folder(str(Path(picked))))
        self.take.setFocus()

    def _take_out(self) -> None:
        if self._screen.view.period.asks_days:
            self._screen.type_days(self.period.first.edit.text(), self.period.last.edit.text())
        self._wish(self._screen.take_out)
        if self._screen.view.folder_error:
            self.folder.edit.take_focus()
        elif self.stop.isVisible():
            self.stop.setFocus()


class _FolderField(LabelledField):
    """Has room for the path of a folder."""

    def sizeHint(self) -> QSize:
        """Wide, where there is room for it."""
        return QSize(theme.current().px(_FOLDER_PX), super().sizeHint().height())


def _ask_for_folder(over: QWidget, begins: str) -> str:
    """The system's own list of folders, which the keyboard goes through."""
    return QFileDialog.getExistingDirectory(over, _("Mapp att spara i"), begins)
