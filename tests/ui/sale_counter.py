"""The sale by itself in a window: with its draft on disk, a scanner, and nothing round it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.draft import DraftFile
from kassaapp.screens.sale import SaleScreen
from kassaapp.ui import start
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.scanner import Scanner
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.held_keys import HeldKeys
from tests.desks import an_open_till
from tests.screens.sales import draft_of, equipped
from tests.ui.keys import Keys, focused

SCANNER_MS = 4
"""From one key to the next of a scanner."""


@dataclass
class SaleCounter:
    """The counter: `at_ms` is the time of the next key of a scanner or of a finger that is told its time."""

    desk: Desk
    screen: SaleScreen
    sale: SaleWindow
    keys: Keys
    scanner: Scanner
    drafts: DraftFile
    at_ms: int = 10_000

    @property
    def receipts(self) -> int:
        """How many receipts there are."""
        return self.desk.register("H").state.next_receipt - 1

    def scan(self, text: str, *, gap_ms: int = SCANNER_MS, enter: bool = True) -> None:
        """Type as a scanner does, or slower."""
        self.at_ms += 1000
        self.keys.now_ms += 1000
        for letter in text:
            self._key(Qt.Key(ord(letter.upper())), letter, gap_ms)
        if enter:
            self._key(Qt.Key.Key_Return, "\r", gap_ms)

    def _key(self, key: Qt.Key, text: str, gap_ms: int) -> None:
        self.at_ms += gap_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self.at_ms)
            QApplication.sendEvent(focused(), event)


class _Held(QObject):
    """As the window of the program does: a key that is kept down counts once."""

    def __init__(self) -> None:
        super().__init__()
        self._held = HeldKeys()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow repeats."""
        return self._held.swallows(event)


@contextmanager
def a_sale_counter(folder: Path, qtbot: QtBot, *, prefix: str = "") -> Iterator[SaleCounter]:
    """Signed in at an open till, the sale shown."""
    start.dressed()
    keys = Keys()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with an_open_till(folder) as desk:
        selling, _ = equipped(desk)
        sale = SaleWindow(selling.screen, DoublePress(keys.elapsed_ms), lambda: None, retry_receipt=lambda: None)
        window = QMainWindow()
        window.setCentralWidget(sale)
        window.resize(1280, 640)
        window.show()
        window.activateWindow()
        sale.enter()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        held, scanner = _Held(), Scanner(sale.scan, prefix=prefix)
        app.installEventFilter(held)
        app.installEventFilter(scanner)
        try:
            yield SaleCounter(desk, selling.screen, sale, keys, scanner, draft_of(desk))
        finally:
            app.removeEventFilter(scanner)
            app.removeEventFilter(held)
            window.hide()
            window.deleteLater()
            qtbot.wait(1)
