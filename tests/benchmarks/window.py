"""A process with a window, that prints what it was seen to do: `python -m tests.benchmarks.window [FOLDER [SALES]]`.

With the folder of a closed desk the window is the till's, and so many sales are made in it; without, it is empty. Times
are of the machine's clock that only runs forward.
"""

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from tests.storm.site import memory_kb

_seen: dict[str, float] = {}


class _Eye(QObject):
    """Sees the first paint of any window."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            _seen.setdefault("paint", time.monotonic())
        return False


def main() -> int:
    """Show the window, do what is asked, print."""
    application = QApplication(sys.argv[:1])
    eye = _Eye(application)
    application.installEventFilter(eye)
    match sys.argv[1:]:
        case [folder, *sales]:
            _show_till(Path(folder), int(sales[0]) if sales else 0)
        case _:
            _show_nothing()
    sys.stdout.write(json.dumps(_seen | {"kb": memory_kb(os.getpid())}))
    sys.stdout.flush()
    os._exit(0)  # What closing costs is not what is asked.


def _show_nothing() -> None:
    window = QWidget()
    window.resize(1280, 720)
    window.show()
    _let_it_paint()


def _show_till(folder: Path, sales: int) -> None:
    from kassaapp.app import Desk
    from kassaapp.ui import start
    from kassaapp.ui.main_window import MainWindow
    from tests.benchmarks import decade
    from tests.desks import a_clock

    start.dressed()
    desk = Desk.open(folder, a_clock(decade.evening(folder)))
    window = MainWindow(desk, desk.tills[0])
    start.show_fitted(window)
    _let_it_paint()
    if sales:
        decade.begin(desk)
        decade.sell(desk, sales)
        window.settle()
        QApplication.processEvents()
    window.shut()


def _let_it_paint() -> None:
    while "paint" not in _seen:
        QApplication.processEvents()
    _seen["usable"] = time.monotonic()


if __name__ == "__main__":
    sys.exit(main())
