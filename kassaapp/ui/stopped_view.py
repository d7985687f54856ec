"""The till takes no more money: what happened, what is safe, and what to do. Nothing else can be reached."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, row
from kassaapp.ui.widgets.message import Message


class StoppedView(QWidget):
    """In place of everything."""

    def __init__(self, text: str, close: Callable[[], None], *, heading: str = "") -> None:
        super().__init__()
        self.message = Message(urgent=True)
        self.close_button = Button(_("Stäng programmet"))
        self.close_button.clicked.connect(close)
        surface = card()
        surface.setMaximumWidth(theme.current().px(720))
        buttons = row()
        add_all(buttons, None, self.close_button)
        content = column(surface, margins=(24, 24), spacing=16)
        add_all(content, label(heading or _("Kassan har stannat"), "title"), self.message, buttons)
        middle = row()
        middle.addStretch(1)
        middle.addWidget(surface, 4)
        middle.addStretch(1)
        add_all(column(self), None, middle, None)
        self.message.show_text(text, "error")
