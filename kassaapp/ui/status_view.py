"""The glass of `screens/status.py`."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.status import StatusScreen, Tone
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class StatusView(QWidget):
    """The summary, the rows, and the way back."""

    def __init__(self, screen: StatusScreen, back: Settled) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.summary, self.rows = label(kind="title"), Message(), Figures(right=False)
        self.back = Button(_("Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        surface = card()
        content = column(surface, margins=(24, 16), spacing=16)
        bottom = row()
        add_all(bottom, None, self.back)
        add_all(content, self.heading, self.summary, self.rows, bottom)
        inside = QWidget()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", back)

    def enter(self) -> None:
        """The way back has the keyboard."""
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the way back."""
        self.back.setFocus()

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        self.summary.show_text(view.summary, "ok" if view.tone is Tone.OK else view.tone.value)
        self.rows.show_rows(view.rows)
