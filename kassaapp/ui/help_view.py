"""Help: the keys that work, and whom to call. Nothing is decided here, so it has no screen."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.keys import key_list
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, row
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class HelpView(QWidget):
    """Two columns of keys."""

    def __init__(self, support: str, back: Settled) -> None:
        super().__init__()
        keys = tuple(key_list())
        half = -(-len(keys) // 2)
        columns = row(spacing=40)
        for part in (keys[:half], keys[half:]):
            figures = Figures(right=False)
            figures.show_rows(part)
            side = column()
            add_all(side, figures, None)
            columns.addLayout(side, 1)
        self.back = Button(_("Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        surface = card()
        content = column(surface, margins=(24, 16), spacing=16)
        bottom = row()
        add_all(bottom, label(support, "strong"), None, self.back)
        add_all(content, label(_("Hjälp och kortkommandon"), "title"), columns, bottom)
        inside = QWidget()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", back)

    def enter(self) -> None:
        """The way back has the keyboard."""
        self.focus()

    def focus(self) -> None:
        """To the way back."""
        self.back.setFocus()

    def draw(self) -> None:
        """Nothing changes."""
