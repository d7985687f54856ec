"""Carries the sync thread's news to the window.

The object lives on the UI thread and the sync thread only emits, so every receiver runs on the UI thread.
"""

from PySide6.QtCore import QObject, Signal

from sync.client.status import SyncStatus


class SyncNews(QObject):
    """`changed` carries a till's letter and its SyncStatus."""

    changed = Signal(str, object)

    def tell(self, letter: str, status: SyncStatus) -> None:
        """Called on the sync thread."""
        self.changed.emit(letter, status)
