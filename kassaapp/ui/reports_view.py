"""The glass of `screens/reports.py`."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.reports import XReportScreen
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, row, set_text
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class ReportsView(QWidget):
    """The report, and the way back."""

    def __init__(self, screen: XReportScreen, back: Settled) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.about, self.error = label(kind="title"), label(kind="muted"), label(kind="error", wrap=True)
        self.rows = Figures()
        self.back = Button(_("Tillbaka"), key="Esc")
        self.back.clicked.connect(back)
        surface = card()
        surface.setMaximumWidth(theme.current().px(720))
        content = column(surface, margins=(24, 16), spacing=12)
        bottom = row()
        add_all(bottom, None, self.back)
        add_all(content, self.heading, self.about, self.error, self.rows, bottom)
        inside = QWidget()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", back)

    def enter(self) -> None:
        """The figures as they are now; the way back has the keyboard."""
        self._screen.begin()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the way back."""
        self.back.setFocus()

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.about, view.about)
        set_text(self.error, view.error)
        self.rows.show_rows(view.rows)
