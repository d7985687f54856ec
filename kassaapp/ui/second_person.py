"""The glass of `screens/approval.py`: who approves, and that person's PIN, which leaves the screen once it is tried."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kassaapp.i18n import _
from kassaapp.screens.approval import Approval, Spot
from kassaapp.ui.widgets.dress import add_all, column, row
from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.message import Message


class SecondPerson(QWidget):
    """Shows an Approval and types into it; nothing while nobody is asked. `entered` is Enter in the PIN."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._approval: Approval | None = None
        self.text = Message()
        self.user, self.pin = LabelledField(_("Kassaansvarigs an&vändare")), LabelledField(_("Kassaansvarigs p&inkod"))
        self.pin.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.user.edit.typed.connect(lambda text: self._shown().type_user(text))
        self.pin.edit.typed.connect(lambda text: self._shown().type_pin(text))
        self.user.edit.entered.connect(lambda _text: self.pin.edit.take_focus())
        self.pin.edit.entered.connect(lambda _text: self.entered.emit())
        fields = row(spacing=16)
        for field in (self.user, self.pin):
            fields.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        add_all(column(self, spacing=8), self.text, fields)

    def show_approval(self, approval: Approval) -> None:
        """Show this one."""
        self._approval = approval
        view = approval.view
        self.setVisible(view is not None)
        if view is None:
            return
        self.text.show_text(view.text, "info")
        self.user.edit.set_text(view.user)
        self.user.set_error(view.user_error)
        if not view.has_pin:
            self.pin.edit.clear()
        self.pin.set_error(view.pin_error)

    def take_focus(self) -> None:
        """To what is missing."""
        view = self._shown().view
        (self.pin if view is not None and view.spot is Spot.PIN else self.user).edit.take_focus()

    def _shown(self) -> Approval:
        assert self._approval is not None
        return self._approval
