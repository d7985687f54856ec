"""An amount in large digits that is written smaller where there is no room for it, and is never cut."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from kassaapp.ui import theme

LEAST_PX = 14


class ShrinkingLabel(QLabel):
    """A label of a kind whose type is as large as the kind says, or as the width lets it be."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setIndent(0)

    def minimumSizeHint(self) -> QSize:
        """Narrow: the text gives way to the width."""
        return QSize(theme.current().px(120), super().minimumSizeHint().height())

    def shown_font(self) -> QFont:
        """The font that the text is written with at this width."""
        font = QFont(self.font())
        wanted = QFontMetricsF(font).horizontalAdvance(self.text())
        if wanted > self.width() > 0:
            font.setPixelSize(max(LEAST_PX, int(font.pixelSize() * self.width() / wanted)))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text."""
        painter = QPainter(self)
        painter.setFont(self.shown_font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(self.rect()), int(self.alignment()), self.text())
        painter.end()
