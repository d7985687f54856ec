"""The surface that everything lies on; in practice it is hatched at its edge, all the way round (UX 2.0)."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from kassaapp.ui import theme

_EDGE_PX = 8


class Page(QWidget):
    """The window's inside."""

    def __init__(self) -> None:
        super().__init__()
        self._hatched = False

    def set_hatched(self, hatched: bool) -> None:
        """Draw the hatched edge, or do not."""
        if hatched != self._hatched:
            self._hatched = hatched
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The edge lies in the page's margin, so that nothing is covered."""
        if not self._hatched:
            return
        edge, whole = theme.current().px(_EDGE_PX), self.rect()
        inside = QRect(whole).adjusted(edge, edge, -edge, -edge)
        painter = QPainter(self)
        painter.setClipRegion(QRegion(whole).subtracted(QRegion(inside)))
        painter.fillRect(whole, QBrush(theme.current().colour("warn"), Qt.BrushStyle.BDiagPattern))
