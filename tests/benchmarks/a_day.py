"""A day at a counter by its keyboard, in a process of its own: `python -m tests.benchmarks.a_day FOLDER SALES` prints
how much memory the window's process holds at the end (kB), and how long each key press took until it was painted (ms).

A press is given to what has the focus, and is painted when no event is left to be handled. The offscreen platform
paints as any other, into memory.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.widgets.double_press import DoublePress
from tests.benchmarks import decade
from tests.benchmarks.measured import timed_ms
from tests.desks import a_desk
from tests.storm.site import memory_kb
from tests.ui.conftest import Counter
from tests.ui.keys import Keys

BETWEEN = timedelta(seconds=95)


class TimedKeys(Keys):
    """Hands that look at the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_ms: list[float] = []

    def type(self, text: str) -> None:
        for letter in text:
            self._time(lambda letter=letter: super(TimedKeys, self).type(letter))

    def press(self, *keys: str, quick: bool = False) -> None:
        for key in keys:
            self._time(lambda key=key: super(TimedKeys, self).press(key, quick=quick))

    def _time(self, press: object) -> None:
        assert callable(press)
        QApplication.processEvents()

        def painted() -> None:
            press()
            QApplication.processEvents()

        self.taken_ms.append(timed_ms(painted))


def main() -> int:
    """Sign in, open, sell, print."""
    folder, sales = Path(sys.argv[1]), int(sys.argv[2])
    start.dressed()
    keys = TimedKeys()
    with a_desk(folder) as desk:
        window = MainWindow(desk, "H", DoublePress(keys.elapsed_ms))
        window.resize(1280, 720)
        window.show()
        window.activateWindow()
        while QApplication.focusWidget() is None:
            QApplication.processEvents()
        counter = Counter(desk, window, keys)
        counter.sign_in()
        counter.open_till()
        keys.taken_ms.clear()
        for number in range(sales):
            _sell(counter, number)
        assert counter.receipts == sales, counter.receipts
        sys.stdout.write(json.dumps({"kb": memory_kb(os.getpid()), "keys_ms": keys.taken_ms}))
        window.shut()
    return 0


def _sell(counter: Counter, number: int) -> None:
    """A visit paid in cash. Everybody comes back hours later, and is known then."""
    keys, adults = counter.keys, [one for one in decade.patients() if "1947" < one.id.reveal() < "2000"]
    patient = adults[number % len(adults)]
    counter.desk.clock.set(counter.desk.clock() + BETWEEN)
    keys.type(patient.id.reveal()[2:])
    keys.press("Enter")
    if number < len(adults):
        keys.type(patient.name)
        keys.press("Enter")
    keys.type("1")
    keys.press("Enter", "F5", "Enter")


if __name__ == "__main__":
    sys.exit(main())
