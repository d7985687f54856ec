"""Slow work off the UI thread: PDF, printing, exports. Never the journal, and never a widget."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

_PAINTED_MS = 34
"""Two frames of a screen: by then what was asked for has been painted, also where the screen says when."""

T = TypeVar("T")


class Background(QObject):
    """One worker, in order. `then` and `failed` are called on the UI thread, and one of them always is.

    Work begins when what was asked of the window before it has been painted: the worker shares the interpreter, and
    would take half of the time that is left.
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        self._finished.connect(self._deliver)
        self._waiting: list[Callable[[], None]] = []
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.timeout.connect(self._begin)

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` on the worker and give its answer to `then`, or what it raised to `failed`."""
        self._waiting.append(partial(self._submit, work, then, failed))
        self._painted.start(_PAINTED_MS)

    def say(self, tell: Callable[[], None]) -> None:
        """From the work: call `tell` on the UI thread, soon."""
        self._finished.emit(tell)

    def close(self) -> None:
        """Let what is under way finish."""
        self._begin()
        self._worker.shutdown(wait=True)

    def _submit(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        self._worker.submit(work).add_done_callback(
            lambda future: self._finished.emit(partial(_answer, future, then, failed))
        )

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        for begin in waiting:
            begin()

    def _deliver(self, deliver: Callable[[], None]) -> None:
        deliver()


def _answer(future: Future[T], then: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
    error = future.exception()
    if error is None:
        then(future.result())
    elif isinstance(error, Exception):
        failed(error)
    else:
        raise error
