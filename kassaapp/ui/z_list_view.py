"""The glass of `screens/z_list.py`: the list at left, the marked report at right as text that can be read aloud, marked
and copied (UX A48)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QWidget

from kassaapp.i18n import _
from kassaapp.screens.z_list import ZListScreen
from kassaapp.ui import theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.flow import Beside, Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.ui.widgets.slip_sheet import SlipSheet


class ZListView(QWidget):
    """The reports, the marked one, and its print. `period` leads to the reports of a period and `take_out` to
    where records are taken out as files."""

    def __init__(
        self, screen: ZListScreen, back: Settled, period: Settled | None = None, take_out: Settled | None = None
    ) -> None:
        super().__init__()
        self._screen = screen
        self._shown: tuple[str, ...] = ()
        self.heading, self.note, self.paper = label(kind="title"), label(kind="muted", wrap=True), Message()
        self.list, self.report = _list(), SlipSheet()
        self.list.currentRowChanged.connect(self._choose)
        self.print, self.back = Button(key="Ctrl+P"), Button(_("&Tillbaka"), key="Esc")
        self.print.clicked.connect(self.press_print)
        self.period = Button(_("För en &period"))
        self.take_out = Button(_("Ta &ut uppgifter"))
        self._leads = [(self.period, period), (self.take_out, take_out)]
        for button, leads in self._leads:
            if leads is not None:
                button.clicked.connect(leads)
        self.back.clicked.connect(back)
        on_key(self, "Esc", back)
        self._lay_out()

    def enter(self) -> None:
        """The reports as they are now, the newest marked; the list has the keyboard."""
        self._screen.begin()
        self.draw()
        self.focus()

    def focus(self) -> None:
        """To the list, or to the way back when there is none."""
        (self.list if self.list.count() else self.back).setFocus(Qt.FocusReason.OtherFocusReason)

    def draw(self) -> None:
        """Set everything."""
        view = self._screen.view
        set_text(self.heading, view.heading)
        set_text(self.note, view.note)
        self._draw_list(tuple("\n".join(row.lines) for row in view.rows), view.chosen)
        set_text(self.title, view.title)
        self.report.show_slip(view.report, view.title)
        for widget in (self.list, self.report):
            widget.setVisible(bool(view.rows))
        self.print.set_text(view.print)
        self.print.setVisible(bool(view.print))
        self.paper.show_text(view.paper.text, "warn" if view.paper.failed else "quiet")

    def _lay_out(self) -> None:
        self.title = label(kind="heading")
        surface = card()
        content = column(surface, margins=(24, 16), spacing=12)
        chosen = QWidget()
        shown = column(chosen)
        shown.addWidget(self.title)
        shown.addWidget(self.report, 1)
        body = Beside(self.list, chosen, least=560, stretch=(2, 3), spacing=16)
        bottom = Flow(self.print, *(button for button, leads in self._leads if leads is not None), None, self.back)
        add_all(content, self.heading, self.note)
        content.addWidget(body, 1)
        add_all(content, self.paper, bottom)
        inside = Page()
        column(inside).addWidget(surface)
        column(self).addWidget(Scroll(inside))

    def _draw_list(self, texts: tuple[str, ...], chosen: int) -> None:
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's own
        if texts != self._shown:
            self._shown = texts
            self.list.clear()
            self.list.addItems(texts)
        self.list.setCurrentRow(chosen)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's own

    def _choose(self, index: int) -> None:
        if index >= 0:
            self._screen.choose(index)
            self.draw()

    def press_print(self) -> None:
        """Print what is shown."""
        self._screen.print()
        self.draw()


def _list() -> QListWidget:
    """The list: one stop for Tab, arrows in it."""
    made = QListWidget()
    made.setAccessibleName(_("Z-rapporter, den nyaste först"))
    made.setWordWrap(True)
    made.setResizeMode(QListWidget.ResizeMode.Adjust)
    made.setTextElideMode(Qt.TextElideMode.ElideNone)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setMinimumWidth(theme.current().px(220))
    return made
