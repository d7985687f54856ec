"""Says that a patient's identity is protected: by words, a shield and a hatch, never by colour alone (UX 2.20)."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kassaapp.i18n import _
from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import label, row, set_text


class ProtectedBanner(QWidget):
    """Takes no room while there is nothing to say. A screen reader hears «Skyddad patient», never a number."""

    def __init__(self) -> None:
        super().__init__()
        px = theme.current().px
        self._text = label(kind="heading", wrap=True)
        layout = row(self, margins=(12, 10))
        layout.addSpacing(px(64))
        layout.addWidget(self._text, 1)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say `text`, or nothing."""
        set_text(self._text, text)
        self._text.setAccessibleName(_("Skyddad patient") if text else "")
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface, a hatched edge and the shield."""
        dress, px = theme.current(), theme.current().px
        colour = dress.colour("prot")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(6), px(6))
        painter.fillPath(outline, dress.colour("prot_bg"))
        painter.setClipPath(outline)
        painter.fillRect(0, 0, px(24), self.height(), QBrush(colour, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(colour, 2))
        painter.drawPath(outline)
        painter.drawPath(_shield(px(36), self.height() / 2, px(14)))
        painter.end()


def _shield(left: float, middle: float, half: float) -> QPainterPath:
    """A shield as high as twice `half`, its left edge at `left`."""
    path = QPainterPath()
    top, width = middle - half, half * 1.7
    low, right = top + half * 0.3, left + width
    path.moveTo(left, low)
    path.quadTo(left + width * 0.35, low, left + width / 2, top)
    path.quadTo(left + width * 0.65, low, right, low)
    path.cubicTo(right, middle + half * 0.4, left + width * 0.8, middle + half * 0.8, left + width / 2, middle + half)
    path.cubicTo(left + width * 0.2, middle + half * 0.8, left, middle + half * 0.4, left, low)
    return path
