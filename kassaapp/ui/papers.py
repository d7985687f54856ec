"""Makes the papers of a till beside the counter's work, and puts on record that an original has come out."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from kassaapp.app import Desk
from kassaapp.screens.after_sale import Paper
from kassaapp.trouble import FATAL, Trouble
from kassaapp.ui.background import Background


class Papers:
    """`is_stopped`: nothing is written any more, so what came out is asked about at the next start."""

    def __init__(self, desk: Desk, letter: str, over: QObject, *, is_stopped: Callable[[], bool]) -> None:
        self._desk = desk
        self._letter = letter
        self._is_stopped = is_stopped
        self.background = Background(over)

    def receipt(self, receipt: int, news: Callable[[Paper], None]) -> None:
        """Make the original of a receipt, and tell what has become of it."""

        def saved(path: Path | None) -> None:
            if path is not None and not self._is_stopped():
                self._desk.acting(self._letter).printed(receipt)
            news(Paper.SAVED if path is not None else Paper.KEPT)

        news(Paper.UNDER_WAY)
        self.background.run(
            lambda: self._desk.save_receipt(self._letter, receipt),
            saved,
            _unless_bug(lambda: news(Paper.FAILED)),
        )

    def last_z(self, news: Callable[[Paper], None]) -> None:
        """Make the newest Z report, and tell what has become of it."""
        closed = self._desk.history(self._letter).last_closing()
        assert closed is not None
        self.background.run(
            lambda: self._desk.save_z(self._letter, closed),
            lambda _path: news(Paper.SAVED),
            _unless_bug(lambda: news(Paper.FAILED)),
        )


def _unless_bug(tell: Callable[[], None]) -> Callable[[Exception], None]:
    """What the environment did is told; a bug goes on as one, and so does what ends the program."""

    def failed(error: Exception) -> None:
        if not isinstance(error, OSError | Trouble) or isinstance(error, FATAL):
            raise error
        tell()

    return failed
