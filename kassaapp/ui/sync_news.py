"""Carries the sync thread's news to the window.

The object lives on the UI thread and the sync thread only emits, so every receiver runs on the UI thread.
"""

from PySide6.QtCore import QObject, Signal

from sync.client.status import SyncStatus


class SyncNews(QObject):
    """`changed` carries a till's letter and its SyncStatus, `failed` what has ended work beside the till."""

    changed = Signal(str, object)
    failed = Signal(object)

    def tell(self, letter: str, status: SyncStatus) -> None:
        """Called on the sync thread."""
        self.changed.emit(letter, status)

    def tell_failure(self, error: BaseException) -> None:
        """Called on the thread that failed."""
        self.failed.emit(error)
