"""The glass of `screens/reports.py`."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.reports import XReportScreen
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.figures import Figures
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class ReportsView(QWidget):
    """The report, its print, and the way back. `older` leads to the Z reports, `period` to those of a period; without
    one there is no button for it."""

    def __init__(
        self, screen: XReportScreen, back: Settled, older: Settled | None = None, period: Settled | None = None
    ) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.about, self.error = (
            label(kind="title"),
            label(kind="muted", wrap=True),
            label(kind="error", wrap=True),
        )
        self.rows, self.paper = Figures(), Message()
        self.print, self.older, self.back = Button(key="Ctrl+P"), Button(_("&Z-rapporter")), Button(_("Tillbaka"))
        self.back.set_key("Esc")
        self.print.clicked.connect(self.press_print)
        self.back.clicked.connect(back)
        self.period = Button(_("För en &period"))
        for button, leads in ((self.older, older), (self.period, period)):
            if leads is None:
                button.hide()
            else:
                button.clicked.connect(leads)
        surface = card()
        surface.setMaximumWidth(theme.current().px(760))
        content = column(surface, margins=(24, 16), spacing=12)
        bottom = Flow(self.print, self.older, self.period, None, self.back)
        add_all(content, self.heading, self.about, self.error, self.rows, self.paper, bottom)
        inside = Page()
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
        self.print.set_text(view.print)
        self.print.setVisible(bool(view.print))
        self.paper.show_text(view.paper.text, "warn" if view.paper.failed else "quiet")

    def press_print(self) -> None:
        """Print what is shown."""
        self._screen.print()
        self.draw()
