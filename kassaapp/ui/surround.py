"""What stands round every screen, in its fixed places: till, person, lock and menu above; how it stands with the region
and the keys below; strips between, only when there is something to do (UX 2.0, 1.11).
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from kassaapp.i18n import _
from kassaapp.screens.frame import FrameView, MenuRow, Strip
from kassaapp.screens.status import Tone
from kassaapp.ui import theme
from kassaapp.ui.papers import Papers
from kassaapp.ui.printing_strip import PrintingStrip
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_property
from kassaapp.ui.widgets.flow import Flow
from kassaapp.ui.widgets.flow import Page as Inside
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.message_strip import MessageStrip
from kassaapp.ui.widgets.page import Page
from kassaapp.ui.widgets.scroll import FittingScroll

_STRIP_PX, _STRIPS_SHARE = 60, 0.4
"""The strips together: high enough for one, and no more than this share of the window."""
_MARGIN_PX = 16
_EDGES_PX = 64
"""The margins, and what lies between the line of the region and that of the keys."""


class Surround(Page):
    """Holds the screens, which are `inside`. `act` is called with the strip whose button was pressed, `lock` and `menu`
    when theirs are, `parked` when what lies aside is to be shown, `pick` with the row of the menu."""

    def __init__(
        self,
        inside: QWidget,
        *,
        act: Callable[[Strip], None],
        lock: Callable[[], None],
        menu: Callable[[], None],
        pick: Callable[[MenuRow], None],
        parked: Callable[[], None],
    ) -> None:
        super().__init__()
        self._pick = pick
        self._said = ""
        self._bar_drawn: tuple[object, ...] = ()
        self._keys: Sequence[tuple[str, str]] = ()
        self.printing: list[PrintingStrip] = []
        self.strips = MessageStrip(act)
        self._printers = column(spacing=8)
        page = column(self, margins=(_MARGIN_PX, 12), spacing=12)
        page.addWidget(self._build_state_bar(lock, menu))
        self.waiting.clicked.connect(parked)
        said = Inside()
        add_all(column(said), self.strips, self._printers)
        self.said = FittingScroll(said)
        page.addWidget(self.said)
        page.addWidget(inside, 1)
        page.addLayout(self._build_bottom())

    def _build_state_bar(self, lock: Callable[[], None], menu: Callable[[], None]) -> QWidget:
        self.till, self.who = label(kind="till"), label()
        self.training = label(_("ÖVNING"), kind="training")
        self.lock_button = Button(_("&Lås"), key="Ctrl+L")
        self.lock_button.clicked.connect(lock)
        self.menu_button = Button(_("Meny"), key="F10")
        self.menu_button.clicked.connect(menu)
        self.menu = QMenu(self)
        self.waiting = Button()
        last = (self.waiting, self.lock_button, self.menu_button)
        self._bar_parts = (self.training, *last)
        self._bar = Flow(self.till, self.training, self.who, None, *last, spacing=12)
        return self._bar

    def _build_bottom(self) -> QHBoxLayout:
        self.sync, self.keys = Message(small=True), label(kind="keys")
        self.sync.setMinimumWidth(1)
        self.keys.setMinimumWidth(1)
        self.keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bottom = row(spacing=12)
        bottom.addWidget(self.sync)
        bottom.addWidget(self.keys, 1)
        return bottom

    def show_frame(self, view: FrameView) -> None:
        """Set everything; how it stands with the region is said aloud when it has changed."""
        self.till.setText(f"{view.letter}  {view.till.upper()}")
        self.till.setAccessibleName(_("Kassa {letter}, {till}").format(letter=view.letter, till=view.till))
        set_property(self.till, "state", view.letter)
        self.training.setVisible(view.is_practice)
        self.set_hatched(view.is_practice)
        self.who.setText(view.who)
        self.lock_button.setVisible(view.can_lock)
        self.strips.show_strips(view.strips)
        self._make_room()
        self.sync.show_text(view.sync.text, "quiet" if view.sync.tone is Tone.OK else view.sync.tone.value)
        if view.sync.aloud != self._said:
            self._said = view.sync.aloud
            announce(self, view.sync.aloud, urgent=view.sync.tone is Tone.ERROR)
        self._keys = view.keys
        self._draw_keys()
        self._draw_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for all the keys, the one that tells of them all and the menu are left (UX 2.0)."""
        super().resizeEvent(event)
        self._draw_keys()
        self._draw_bar()
        self._make_room()

    def _draw_bar(self) -> None:
        """One line, if that can be: without the keys beside the words, and with the person on two lines."""
        wants = (self.who.text(), self.waiting.text(), *(one.isHidden() for one in self._bar_parts), self.width())
        if wants == self._bar_drawn:
            return
        self._bar_drawn = wants
        keys = {self.lock_button: "Ctrl+L", self.menu_button: "F10"}
        most, high = self.width() - 2 * theme.current().px(_MARGIN_PX), theme.current().px(theme.TARGET + 8)
        for with_keys, wrapped in ((True, False), (False, False), (False, True)):
            for button, key in keys.items():
                button.set_key(key if with_keys else "")
            self.who.setWordWrap(wrapped)
            if self._bar.heightForWidth(most) <= high:
                return

    def _draw_keys(self) -> None:
        wide, text = self.keys.fontMetrics().horizontalAdvance, self.sync.text
        help_alone = _line(self._keys[:1])
        most = self.width() - theme.current().px(_EDGES_PX)
        text.setWordWrap(False)
        text.setWordWrap(self.sync.sizeHint().width() > most - wide(help_alone))
        lines = (_line(self._keys), _line([key for key in self._keys if key[0] in ("F1", "F10")]), help_alone)
        room = most - self.sync.sizeHint().width()
        self.keys.setText(next((line for line in lines if wide(line) <= room), help_alone))

    def _make_room(self) -> None:
        """What is said across the window never takes so much of it that the screen has none."""
        self.said.setVisible(any(not one.isHidden() for one in (self.strips, *self.printing)))
        self.said.setMaximumHeight(max(theme.current().px(_STRIP_PX), int(self.height() * _STRIPS_SHARE)))

    def show_waiting(self, text: str) -> None:
        """Say how many sales lie aside, or nothing."""
        self.waiting.set_text(text)
        self.waiting.setVisible(bool(text))
        self._draw_bar()

    def listen_to(self, papers: Sequence[Papers], guard: DoublePress) -> None:
        """Have a strip for what each of these has to say of its printers, and for no others."""
        for old in self.printing:
            self._printers.removeWidget(old)
            old.deleteLater()
        self.printing = [PrintingStrip(one, guard) for one in papers]
        for strip, one in zip(self.printing, papers, strict=True):
            self._printers.addWidget(strip)
            one.changed.connect(self._make_room)
        self._make_room()

    def open_menu(self, rows: Sequence[MenuRow]) -> None:
        """Rows that a digit picks; the first is marked."""
        self.menu.clear()
        for shown in rows:
            action = self.menu.addAction(f"&{shown.digit}  {shown.text}")
            action.triggered.connect(lambda _=False, shown=shown: self._pick(shown))
        corner = self.menu_button.mapToGlobal(QPoint(self.menu_button.width(), self.menu_button.height()))
        self.menu.popup(corner - QPoint(self.menu.sizeHint().width(), 0))
        self.menu.setActiveAction(self.menu.actions()[0])


def _line(keys: Sequence[tuple[str, str]]) -> str:
    return "    ".join(f"{key} {text}" for key, text in keys)
