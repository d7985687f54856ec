"""The glass of `screens/about.py`: a row for each thing, with a sign beside its words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.about import AboutScreen, Fact
from kassaapp.ui import icons, theme
from kassaapp.ui.room import Settled
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.dress import add_all, card, column, label, set_text
from kassaapp.ui.widgets.flow import Flow, Page
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shortcut import on_key

_SIGN_PX = 20
_COLOURS = {"ok": "ok", "warn": "warn", "error": "err", "offline": "off", "sending": "off"}


class AboutWindow(QWidget):
    """The rows, the copy, and the way back."""

    def __init__(self, screen: AboutScreen, back: Settled) -> None:
        super().__init__()
        self._screen = screen
        self.heading, self.copied = label(kind="title"), Message(urgent=True)
        self.copy, self.back = Button(), Button(_("&Tillbaka"), key="Esc")
        self.save = Button()
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.back.clicked.connect(back)
        on_key(self, "Esc", back)
        self._shown: tuple[str, tuple[Fact, ...]] = ("", ())
        self._labels: list[QLabel] = []
        rows = QWidget()
        self._grid = QGridLayout(rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(12))
        self._grid.setVerticalSpacing(theme.current().px(10))
        self._grid.setColumnStretch(2, 1)
        surface = card()
        content, bottom = column(surface, margins=(24, 16), spacing=16), Flow(self.copy, self.save, None, self.back)
        add_all(content, self.heading, rows, self.copied, bottom)
        inside = Page()
        add_all(column(inside), surface, None)
        column(self).addWidget(Scroll(inside))

    def enter(self) -> None:
        """How it is now; the way back has the keyboard."""
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
        self._draw_facts(view.facts)
        self.copy.set_text(view.copy)
        self.save.set_text(view.save)
        self.save.setHidden(not view.save)
        self.copied.show_text(view.copied, "ok")

    def _draw_facts(self, facts: Sequence[Fact]) -> None:
        now = (theme.current().name, tuple(facts))  # The signs have the colours of the theme they were drawn in.
        if now == self._shown:
            return
        self._shown = now
        for old in self._labels:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._labels = []
        for line, fact in enumerate(facts):
            self._add(line, fact)

    def _add(self, line: int, fact: Fact) -> None:
        dress = theme.current()
        name, sign, text = label(fact.label, "muted"), QLabel(), label(fact.text, wrap=True)
        colour = dress.colours[_COLOURS.get(fact.tone.value, "muted")]
        sign.setPixmap(icons.pixmap(fact.tone.value, colour, dress.px(_SIGN_PX), self.devicePixelRatioF()))
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAccessibleName(f"{fact.label}: {fact.text}")
        for place, widget in enumerate((name, sign, text)):
            self._grid.addWidget(widget, line, place, Qt.AlignmentFlag.AlignTop)
            self._labels.append(widget)

    def _copy(self) -> None:
        self._screen.copy()
        self.draw()

    def _save(self) -> None:
        self._screen.save()
        self.draw()
