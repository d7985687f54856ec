"""A box that is ticked or not, and shows so with a tick: a colour alone says nothing (UX A06)."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from kassaapp.ui import theme

_TICK = ((0.24, 0.53), (0.43, 0.71), (0.77, 0.31))
"""Where the tick turns, in parts of the box."""


class TickBox(QCheckBox):
    """Qt's own box, with a tick that the theme's style sheet has no picture for."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box and its words, and the tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().colour("on_primary"), box.width() / 9, c=Qt.PenCapStyle.RoundCap))
        painter.drawPolyline([QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in _TICK])
        painter.end()
