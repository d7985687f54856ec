"""Help: the keys that work, and whom to call. Nothing is decided here, so it has no screen."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.keys import key_list
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.flow import Beside, Flow, Page
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class HelpView(QWidget):
    """Two columns of keys."""

    def __init__(self, support: str, back: Settled) -> None:
        super().__init__()
        keys = tuple(key_list())
        half = -(-len(keys) // 2)
        columns = Beside(_list(keys[:half]), _list(keys[half:]), least=860, stretch=(1, 1), spacing=40)
        self.back = Button(_("Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        surface = card()
        content = column(surface, margins=(24, 16), spacing=16)
        bottom = Flow(label(support, "strong"), None, self.back)
        add_all(content, label(_("Hjälp och kortkommandon"), "title"), columns, bottom)
        inside = Page()
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


def _list(keys: tuple[tuple[str, str], ...]) -> QWidget:
    figures, part = Figures(right=False), QWidget()
    figures.show_rows(keys)
    add_all(column(part), figures, None)
    return part
