"""The foot of a panel: one step back, and beside it what else can be done."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, row


class PanelBottom(QWidget):
    """`others` stand at the left, Tillbaka at the right."""

    def __init__(self, back: Callable[[], None], *others: Button) -> None:
        super().__init__()
        self.back = Button(_("&Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        add_all(row(self), *others, None, self.back)
