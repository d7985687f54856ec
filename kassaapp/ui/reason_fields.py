"""The glass of `screens/reason.py`: a list, and a line for words of one's own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.reason import Reason
from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import add_all, column, label
from kassaapp.ui.widgets.field import Choice, LabelledField
from kassaapp.ui.widgets.flow import Beside


class ReasonFields(QWidget):
    """Shows a Reason and writes into it. `changed` tells that it did; `entered` is Enter in the words of one's own."""

    changed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reason: Reason | None = None
        self.choice = Choice(_("Orsak till skillnaden"), numbered=True)
        self.choice.setMinimumWidth(theme.current().px(320))
        self.choice.picked.connect(self._choose)
        title = label(_("&Orsak till skillnaden"), "caption")
        title.setBuddy(self.choice)
        self.note = LabelledField(_("Egna ord"))
        self.note.edit.typed.connect(self._write)
        self.note.edit.entered.connect(lambda _text: self.entered.emit())
        listed = QWidget()
        add_all(column(listed, spacing=4), title, self.choice, None)
        column(self).addWidget(Beside(listed, self.note, least=600, stretch=(0, 1), spacing=16))

    def show_reason(self, reason: Reason) -> None:
        """Show this one."""
        self._reason = reason
        view = reason.view
        self.choice.set_choices(view.choices, view.chosen)
        self.note.edit.set_text(view.note)

    def take_focus(self) -> None:
        """To the list, or to the words that what is chosen there wants."""
        assert self._reason is not None
        self.note.edit.take_focus() if self._reason.wants_words else self.choice.setFocus()

    def _choose(self, index: int) -> None:
        assert self._reason is not None
        self._reason.choose(index)
        self.changed.emit()

    def _write(self, text: str) -> None:
        assert self._reason is not None
        self._reason.write(text)
        self.changed.emit()
