"""What stands round every screen, in its fixed places: till, person, lock and menu above; how it stands with the region
and the keys below; strips between, only when there is something to do (UX 2.0, 1.11).
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from kassaapp.i18n import _
from kassaapp.screens.frame import FrameView, MenuRow, Strip
from kassaapp.screens.status import Tone
from kassaapp.ui.papers import Papers
from kassaapp.ui.printing_strip import PrintingStrip
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import column, label, row, set_property
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.message_strip import MessageStrip
from kassaapp.ui.widgets.page import Page


class Surround(Page):
    """Holds the screens, which are `inside`. `act` is called with the strip whose button was pressed, `lock` and `menu`
    when theirs are, `pick` with the row of the menu."""

    def __init__(
        self,
        inside: QWidget,
        *,
        act: Callable[[Strip], None],
        lock: Callable[[], None],
        menu: Callable[[], None],
        pick: Callable[[MenuRow], None],
    ) -> None:
        super().__init__()
        self._pick = pick
        self._said = ""
        self.printing: list[PrintingStrip] = []
        self.strips = MessageStrip(act)
        self._printers = column(spacing=8)
        page = column(self, margins=(16, 12), spacing=12)
        page.addLayout(self._build_state_bar(lock, menu))
        page.addWidget(self.strips)
        page.addLayout(self._printers)
        page.addWidget(inside, 1)
        page.addLayout(self._build_bottom())

    def _build_state_bar(self, lock: Callable[[], None], menu: Callable[[], None]) -> QHBoxLayout:
        self.till, self.who = label(kind="till"), label()
        self.training = label(_("ÖVNING"), kind="training")
        self.who.setMinimumWidth(1)
        self.lock_button = Button(_("&Lås"), key="Ctrl+L")
        self.lock_button.clicked.connect(lock)
        self.menu_button = Button(_("Meny"), key="F10")
        self.menu_button.clicked.connect(menu)
        self.menu = QMenu(self)
        bar = row(spacing=12)
        bar.addWidget(self.till)
        bar.addWidget(self.training)
        bar.addWidget(self.who, 1)
        bar.addWidget(self.lock_button)
        bar.addWidget(self.menu_button)
        return bar

    def _build_bottom(self) -> QHBoxLayout:
        self.sync, self.keys = Message(small=True), label(kind="keys")
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
        self.keys.setText("    ".join(f"{key} {text}" for key, text in view.keys))

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
