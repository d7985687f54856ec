"""A few words that stand beside other things, in so many lines that they are no higher than those."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QSizePolicy

from kassaapp.ui import theme

_WRAP = int(Qt.TextFlag.TextWordWrap)


class ShortLabel(QLabel):
    """A label of a kind that wants the least width in which its words have room in `lines` lines, but never more than
    `most` px at scale 1: then it takes more lines. Qt's own guess is narrow and high."""

    def __init__(self, kind: str = "", *, lines: int, most: int) -> None:
        super().__init__()
        self._lines, self._most = lines, theme.current().px(most)
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setIndent(0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """So wide, and as high as the words are then."""
        self.ensurePolished()
        wide = min(self._wide(), self._most)
        return QSize(wide, self.heightForWidth(wide))

    def _wide(self) -> int:
        """The least width for that many lines, by halves."""
        metrics, text = self.fontMetrics(), self.text()
        high = metrics.lineSpacing() * (self._lines - 1) + metrics.height()
        narrow, wide = 0, metrics.horizontalAdvance(text) + 2
        while wide - narrow > 1:
            middle = (narrow + wide) // 2
            if _room(metrics, text, middle).width() <= middle and _room(metrics, text, middle).height() <= high:
                wide = middle
            else:
                narrow = middle
        return wide


def _room(metrics: QFontMetrics, text: str, wide: int) -> QRect:
    return metrics.boundingRect(QRect(0, 0, wide, 10_000), _WRAP, text)
