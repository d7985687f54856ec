"""The glass of `screens/reason.py`: a list, and a line for words of one's own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.reason import Reason
from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import add_all, column, label, row
from kassaapp.ui.widgets.field import Choice, LabelledField


class ReasonFields(QWidget):
    """Shows a Reason and writes into it. `changed` tells that it did."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reason: Reason | None = None
        self.choice = Choice(_("Orsak till skillnaden"))
        self.choice.setMinimumWidth(theme.current().px(320))
        self.choice.picked.connect(self._choose)
        title = label(_("&Orsak till skillnaden"), "caption")
        title.setBuddy(self.choice)
        self.note = LabelledField(_("Egna ord"))
        self.note.edit.typed.connect(self._write)
        left = column(spacing=4)
        add_all(left, title, self.choice)
        layout = row(self, spacing=16)
        add_all(layout, left)
        layout.addWidget(self.note, 1)

    def show_reason(self, reason: Reason) -> None:
        """Show this one."""
        self._reason = reason
        view = reason.view
        self.choice.set_choices(view.choices, view.chosen)
        self.note.edit.set_text(view.note)

    def _choose(self, index: int) -> None:
        assert self._reason is not None
        self._reason.choose(index)
        self.changed.emit()

    def _write(self, text: str) -> None:
        assert self._reason is not None
        self._reason.write(text)
        self.changed.emit()
