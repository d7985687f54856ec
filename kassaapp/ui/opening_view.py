"""The first that is seen of the till: a window that says it is being opened, painted before the till itself is loaded.

Loading takes as long as an empty window twice over, and the check of ten years of records some seconds more. Nothing of
the till is imported here before there is something to look at.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.display import read as read_display
from kassaapp.i18n import _, use_language
from kassaapp.ui import dressing, theme
from kassaapp.ui.widgets.dress import add_all, card, column, label, row

T = TypeVar("T")
_PATIENCE_S = 1.0


def main(folder: Path, clinic_file: Path | None = None) -> int:
    """Show at once that the till is being opened, then open it (`start.main`); the exit code."""
    application, display = dressing.dressed(), read_display(folder)
    use_language(display.language)
    theme.apply(application, theme.chosen(application, display))
    view = OpeningView()
    dressing.show_fitted(view)
    view.wait_until_painted()
    from kassaapp.ui import start

    return start.main(folder, clinic_file, view)


class OpeningView(QWidget):
    """Says that the till is being opened. Nothing can be done in it, and it cannot be closed."""

    _done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._painted = False
        self.setWindowTitle("Kassa")
        surface = card()
        surface.setMaximumWidth(theme.current().px(720))
        text = _("Varje post i kassajournalen kontrolleras. Har kassan många år bakom sig tar det några sekunder.")
        add_all(
            column(surface, margins=(24, 24), spacing=16), label(_("Kassan öppnas"), "title"), label(text, wrap=True)
        )
        middle = row()
        middle.addStretch(1)
        middle.addWidget(surface, 4)
        middle.addStretch(1)
        add_all(column(self), None, middle, None)

    def wait_until_painted(self) -> None:
        """Return when the window is seen; soon, also when it is covered and nobody asks for it."""
        until_s = time.monotonic() + _PATIENCE_S
        while not self._painted and time.monotonic() < until_s:
            QApplication.processEvents()

    def meanwhile(self, work: Callable[[], T]) -> T:
        """What `work` gives, done on a thread of its own while the window goes on being painted. Raises as it does."""
        loop = QEventLoop()
        self._done.connect(loop.quit, Qt.ConnectionType.QueuedConnection)  # It may be done before the loop begins.
        with ThreadPoolExecutor(1, "opening") as worker:
            under_way: Future[T] = worker.submit(work)
            under_way.add_done_callback(lambda _: self._done.emit())
            loop.exec()
            return under_way.result()

    def event(self, event: QEvent) -> bool:
        """Notes that it has been painted."""
        self._painted |= event.type() is QEvent.Type.Paint
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What has begun ends."""
        event.ignore()
