"""The glass of `screens/open_session.py`."""

from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.screens.open_session import OpenScreen
from kassaapp.ui.reason_fields import ReasonFields
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button, CommitButton
from kassaapp.ui.widgets.denominations import Denominations
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key


class OpenView(QWidget):
    """The count, the difference when there is one, and the button."""

    def __init__(self, screen: OpenScreen, guard: DoublePress, settled: Settled) -> None:
        super().__init__()
        self._screen = screen
        self._guard = guard
        self._settled = settled
        self._build()

    def enter(self) -> None:
        """Ready to count."""
        self._guard.begin()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the count, or to the reason when one is asked for."""
        if self._screen.view.difference:
            self.reason.take_focus()
        else:
            self.count.take_focus()

    def draw(self) -> None:
        """Set everything."""
        self._draw()

    def _build(self) -> None:
        self.closed, self.heading, self.count_heading = Message(), label(kind="title"), label(kind="heading")
        self.count = Denominations()
        self.count.changed.connect(self._changed)
        self.difference, self.error = Message(urgent=True), label(kind="error", wrap=True)
        self.reason = ReasonFields()
        self.reason.changed.connect(self._reason_changed)
        self.recount = Button(_("&Räkna om"), key="Esc")
        self.recount.clicked.connect(self._recount)
        self.button = CommitButton(self._guard, key="Enter")
        self.button.committed.connect(self._open)
        self.count.done.connect(self.button.setFocus)
        self.reason.entered.connect(self.button.setFocus)
        self.count.submitted.connect(self.button.click)
        inside = Page()
        surface = card()
        content = column(surface, margins=(24, 16), spacing=12)
        buttons = Flow(self.button, self.recount)
        add_all(
            content, self.heading, self.count_heading, self.count, self.difference, self.reason, self.error, buttons
        )
        page = column(inside, spacing=12)
        add_all(page, self.closed, surface, None)
        column(self).addWidget(Scroll(inside))
        on_key(self, "Esc", self._back)

    def _draw(self) -> None:
        view = self._screen.view
        self.closed.show_text(view.closed, "ok")
        set_text(self.heading, view.heading)
        set_text(self.count_heading, view.count_heading)
        self.count.show_count(self._screen.count)
        self.difference.show_text(view.difference, "warn")
        self.reason.show_reason(self._screen.reason)
        self.reason.setVisible(bool(view.difference))
        self.recount.setVisible(bool(view.difference))
        set_text(self.error, view.error)
        self.button.set_text(view.button)

    def _changed(self) -> None:
        self._screen.changed()
        self._draw()

    def _reason_changed(self) -> None:
        self._screen.reason_changed()
        self._draw()

    def _back(self) -> None:
        if self._screen.view.difference:
            self._recount()

    def _recount(self) -> None:
        self._screen.recount()
        self._draw()
        self.focus()

    def _open(self) -> None:
        self._screen.open()
        self._draw()
        if self._screen.view.difference:
            self.reason.take_focus()
        self._settled()
