"""How long it takes from a key press until what it changed has been painted, in the sale and in the receipts.

    python -m tests.ui.key_to_paint [VISITS [RECORDS]]

prints p50, p99 and the longest in ms, at a desk just opened or at one whose journal holds so many records.
Keys come as from the platform, through every filter and shortcut of the window; a press is over when a paint has run
and no other follows, and what it was done with is deleted. The next comes at once, so that the paper of a sale is made
amid the presses that follow it. Every press of these days paints: none waits for another's paint, such as a caret's.
The offscreen platform paints as any other, into memory.
"""

import math
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.app import Desk
from kassaapp.screens.frame import Place
from kassaapp.screens.spot import Spot
from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.widgets.double_press import DoublePress
from tests.benchmarks import decade
from tests.desks import an_open_till

_UNPAINTED_S = 0.05
"""A press that has painted nothing for so long paints nothing."""
_DELETED = QEvent.Type.DeferredDelete.value
"""Widgets that are done with go at once in a program that runs; where nothing but `processEvents` does, they never go,
and a day of visits held a thousand buttons."""
_BETWEEN = timedelta(seconds=95)
_NAMED = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape, "Back": Qt.Key.Key_Backspace}
_NAMED |= {f"F{number}": Qt.Key(Qt.Key.Key_F1 + number - 1) for number in range(1, 13)}


def measure(desk: Desk, till: str, numbers: Sequence[str], *, visits: int = 50) -> list[float]:
    """The time of each press (ms) that painted something, while so many visits are sold and looked up by keyboard.

    `desk` has somebody signed in who may sell, a session open at `till`, and a clock that has been set: it is moved on
    between the visits. `numbers` are the identity numbers of those who come, in turn; give more than six or so, for
    nobody pays for the same thing twice within ten minutes. Sells `visits` times.
    """
    hands = Hands()
    window = MainWindow(desk, till, DoublePress(hands.elapsed_ms))
    window.resize(*start.SIZE)
    window.show()
    window.activateWindow()
    while QApplication.focusWidget() is None:
        QApplication.processEvents()
    try:
        for number in islice(cycle(numbers), visits):
            desk.clock.set(desk.clock() + _BETWEEN)
            _sell(window, hands, number)
            _look_up(window, hands)
    finally:
        hands.shut()
        window.shut()
        window.hide()
    return hands.taken_ms


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so large a share of them does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


class Hands(QObject):
    """Presses keys and looks at the clock. What the window believes to have passed between two presses is a second."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_ms: list[float] = []
        self._presses = 0
        self._painted = False
        self._app = start.dressed()
        self._app.installEventFilter(self)

    def elapsed_ms(self) -> float:
        """For `DoublePress`."""
        return self._presses * 1000.0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Sees every paint."""
        if event.type() is QEvent.Type.Paint:
            self._painted = True
        return False

    def press(self, *keys: str) -> None:
        """Press keys by name, or a letter or digit."""
        for key in keys:
            self._settle()
            self._presses += 1
            begun = time.perf_counter()
            QTest.keyClick(_focused(), _NAMED.get(key) or Qt.Key(ord(key.upper())))
            painted = self._settle(_UNPAINTED_S)
            if painted is not None:
                self.taken_ms.append((painted - begun) * 1000)

    def type(self, text: str) -> None:
        """Press a key for each character."""
        self.press(*text)

    def shut(self) -> None:
        """Look no more."""
        self._app.removeEventFilter(self)

    def _settle(self, patience_s: float = 0.0) -> float | None:
        """Let everything happen; when the last paint was over, or None when there was none within `patience_s`."""
        over, until = None, time.perf_counter() + patience_s
        while True:
            self._painted = False
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, _DELETED)
            if self._painted:
                over = time.perf_counter()
            elif over is not None or time.perf_counter() >= until:
                return over


def _sell(window: MainWindow, hands: Hands, number: str) -> None:
    """A visit paid by card, or registered where it costs nothing; the article is looked for by its name first."""
    sale = window.sale
    hands.press("F2")
    hands.type(number)
    hands.press("Enter")
    _answer_who(window, hands)
    hands.press("F3")
    hands.type("besok")
    hands.press(*["Back"] * 5)
    hands.type(str(sale.view.tiles[0].article))
    hands.press("Enter")
    receipts = window.now.screens.register.state.next_receipt
    hands.press(*(["Enter"] if sale.view.free else ["F6", "Enter"]))
    assert window.now.screens.register.state.next_receipt == receipts + 1, "nothing was sold"


def _answer_who(window: MainWindow, hands: Hands) -> None:
    """Who is new has a name, and an address where the till writes it."""
    for _ in range(2):
        spot = window.sale.spot
        if spot is Spot.NAME:
            hands.type("test testsson")
        elif spot is Spot.ADDRESS:
            hands.type("testgatan 7 123 45 teststad")
        else:
            return
        hands.press("Enter")


def _look_up(window: MainWindow, hands: Hands) -> None:
    """The receipt just made, by its number, and back."""
    room = window.rooms[Place.SALE]
    assert isinstance(room, SaleWindow)
    hands.press("F9")
    hands.type(str(window.now.screens.register.state.next_receipt - 1))
    hands.press("Enter")
    for _ in range(4):
        if window.frame.view.place is not Place.SALE:
            hands.press("Esc")


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def _adults() -> list[str]:
    """The published numbers of people who pay for a visit."""
    numbers = [patient.id.reveal() for patient in decade.patients()]
    return [number for number in numbers if "1947" < number < "2000"]


def main(visits: int = 50, records: int = 0) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path) / "desk"
        if records:
            shutil.copytree(decade.desk_folder(records), folder)
        with decade.opened(folder) if records else an_open_till(folder) as desk:
            taken = measure(desk, desk.tills[0], _adults(), visits=visits)
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    sys.stdout.write(f"{len(taken)} presses: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {max(taken):.1f} ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
