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
from kassaapp.ui.widgets.dress import column, label, row, set_property
from kassaapp.ui.widgets.flow import Flow
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.message_strip import MessageStrip
from kassaapp.ui.widgets.page import Page

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
        self._keys: Sequence[tuple[str, str]] = ()
        self.printing: list[PrintingStrip] = []
        self.strips = MessageStrip(act)
        self._printers = column(spacing=8)
        page = column(self, margins=(16, 12), spacing=12)
        page.addWidget(self._build_state_bar(lock, menu))
        self.waiting.clicked.connect(parked)
        page.addWidget(self.strips)
        page.addLayout(self._printers)
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
        return Flow(self.till, self.training, self.who, None, *last, spacing=12)

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
        self.sync.show_text(view.sync.text, "quiet" if view.sync.tone is Tone.OK else view.sync.tone.value)
        if view.sync.aloud != self._said:
            self._said = view.sync.aloud
            announce(self, view.sync.aloud, urgent=view.sync.tone is Tone.ERROR)
        self._keys = view.keys
        self._draw_keys()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for all the keys, the one that tells of them all and the menu are left (UX 2.0)."""
        super().resizeEvent(event)
        self._draw_keys()

    def _draw_keys(self) -> None:
        self.sync.text.setWordWrap(False)
        self.sync.text.setWordWrap(self.sync.sizeHint().width() > self.width() - theme.current().px(_EDGES_PX))
        whole, few = _line(self._keys), _line([key for key in self._keys if key[0] in ("F1", "F10")])
        room = self.width() - self.sync.sizeHint().width() - theme.current().px(_EDGES_PX)
        self.keys.setText(whole if self.keys.fontMetrics().horizontalAdvance(whole) <= room else few)

    def show_waiting(self, text: str) -> None:
        """Say how many sales lie aside, or nothing."""
        self.waiting.set_text(text)
        self.waiting.setVisible(bool(text))

    def listen_to(self, papers: Sequence[Papers], guard: DoublePress) -> None:
        """Have a strip for what each of these has to say of its printers, and for no others."""
        for old in self.printing:
            self._printers.removeWidget(old)
            old.deleteLater()
        self.printing = [PrintingStrip(one, guard) for one in papers]
        for strip in self.printing:
            self._printers.addWidget(strip)

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
