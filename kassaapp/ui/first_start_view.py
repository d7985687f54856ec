"""The glass of `screens/first_start.py`: a field, the rows as they come, and one button."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.first_start import FirstStartScreen, Stage
from kassaapp.ui import theme
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import CommitButton
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.flow import Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.verdicts import Verdicts

_FIELD_PX = 520


class FirstStartView(QWidget):
    """The whole window of a till that is not one yet."""

    def __init__(self, screen: FirstStartScreen, guard: DoublePress) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.step, self.text = label(kind="title"), label(kind="muted"), label(wrap=True)
        self.field = LabelledField(_("Registrerings&kod"))
        self.scan = LabelledField(_("&Skannad kod"))
        self.error, self.result = Message(urgent=True), Message(urgent=True)
        self.button = CommitButton(guard, key="Enter", primary=True)
        self.button.committed.connect(self._go_on)
        for field in (self.field, self.scan):
            field.edit.entered.connect(lambda _text: self.button.click())
            field.setMaximumWidth(theme.current().px(_FIELD_PX))
        self.rows = Verdicts()
        surface, bottom = card(), row()
        add_all(bottom, self.button, None)
        content = column(surface, margins=(24, 16), spacing=12)
        add_all(content, self.heading, self.step, self.result, self.text, self.field, self.scan, self.error)
        add_all(content, self.rows, bottom)
        inside = Page()
        add_all(column(inside), surface, None)
        self._scroll = Scroll(inside)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._follow_the_work)
        column(self, margins=(24, 16)).addWidget(self._scroll)
        self.field.edit.set_text(screen.code)
        self.draw()

    def draw(self) -> None:
        """Set everything, and put the keyboard where something is to be done."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.step, view.step)
        if view.text != self.accessibleName():
            self.setAccessibleName(view.text)  # It has the keyboard while there is nothing to do but wait.
            announce(self, view.text)
            self._scroll.verticalScrollBar().setValue(0)
        set_text(self.text, view.text)
        self.field.setHidden(view.stage is not Stage.CODE)
        self.scan.setHidden(view.stage is not Stage.SCANNER)
        self.error.show_text(view.error, "error")
        self.result.show_text(view.result, view.tone.value)
        self.button.setHidden(not view.next)
        self.button.set_text(view.next)
        self.rows.show_rows(view.rows)
        self.focus()

    def focus(self) -> None:
        """To the field, or the button where there is none."""
        match self._screen.view.stage:
            case Stage.CODE:
                self.field.edit.take_focus()
            case Stage.SCANNER:
                self.scan.edit.take_focus()
            case Stage.DONE:
                self.button.setFocus()
            case Stage.WORKING:
                self.setFocus()

    def _follow_the_work(self, _least: int, most: int) -> None:
        if self._screen.view.stage is Stage.WORKING:
            self._scroll.verticalScrollBar().setValue(most)

    def _go_on(self) -> None:
        typed = self.scan if self._screen.view.stage is Stage.SCANNER else self.field
        self._screen.go_on(typed.edit.text())
        self.scan.edit.clear()
        self.draw()
