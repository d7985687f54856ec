"""A process with a window, that prints what it was seen to do: `python -m tests.benchmarks.window [FOLDER [SALES]]`.

With the folder of a closed desk it is the till, started as `python -m kassaapp` starts it; with SALES the desk is
opened at its own time and so many are made beside the window; without anything the window is empty. Times are of the
machine's clock that only runs forward.
"""

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from tests import proc

_seen: dict[str, float] = {}


class _Eye(QObject):
    """Sees the first paint of any window, and the first of the till's own."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            _seen.setdefault("paint", time.monotonic())
            if type(watched).__name__ == "MainWindow" and len(sys.argv) == 2:
                QTimer.singleShot(0, _end)
        return False


def main() -> int:
    """Show the window, do what is asked, print."""
    application = QApplication(sys.argv[:1])
    eye = _Eye(application)
    application.installEventFilter(eye)
    match sys.argv[1:]:
        case [folder, sales]:
            _sell(Path(folder), int(sales))
        case [folder]:
            from kassaapp.ui import opening_view

            return opening_view.main(Path(folder))
        case _:
            _show_nothing()
    _end()
    return 0


def _end() -> None:
    """Print and be gone: what closing costs is not what is asked."""
    _seen.setdefault("usable", time.monotonic())
    sys.stdout.write(json.dumps(_seen | {"kb": proc.memory_kb(os.getpid())}))
    sys.stdout.flush()
    os._exit(0)


def _show_nothing() -> None:
    window = QWidget()
    window.resize(1280, 720)
    window.show()
    _let_it_paint()


def _let_it_paint() -> None:
    while "paint" not in _seen:
        QApplication.processEvents()


def _sell(folder: Path, sales: int) -> None:
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
    decade.begin(desk)
    decade.sell(desk, sales)
    window.settle()


if __name__ == "__main__":
    sys.exit(main())
