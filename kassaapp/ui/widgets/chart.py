"""Draws a chart with the theme's own colours (UX 4.1): bars, columns in time, or a line about nought.

It is a picture of what stands in the table beside it, so it takes no focus and says only where the figures are. What is
below nought is told by its place and its figure, never by a colour.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kassaapp.screens.chart import Bar, Chart, Shape
from kassaapp.ui import theme

_ROW, _BAR, _GAP, _LEAST_WIDE, _HIGH = 34, 18, 8, 260, 220


class ChartView(QWidget):
    """Shows a chart, or nothing; then it takes no room."""

    def __init__(self) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(theme.current().px(_LEAST_WIDE))

    def show_chart(self, chart: Chart | None) -> None:
        """Draw this."""
        self._chart = chart
        self.setVisible(chart is not None)
        if chart is not None:
            self.setAccessibleName(chart.name)
            self.setMinimumHeight(self.sizeHint().height())
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """So high that every bar has its row."""
        px, chart = theme.current().px, self._chart
        if chart is None or chart.shape is not Shape.BARS:
            return QSize(px(_LEAST_WIDE), px(_HIGH))
        return QSize(px(_LEAST_WIDE), px(_ROW) * len(chart.bars) + px(_GAP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        if self._chart is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match self._chart.shape:
            case Shape.BARS:
                self._paint_bars(painter, self._chart.bars)
            case Shape.COLUMNS:
                self._paint_columns(painter, self._chart.bars)
            case Shape.LINE:
                self._paint_line(painter, self._chart.bars)
        painter.end()

    # ── bars ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _paint_bars(self, painter: QPainter, bars: tuple[Bar, ...]) -> None:
        dress = theme.current()
        metrics, gap = painter.fontMetrics(), dress.px(_GAP)
        figures = max(metrics.horizontalAdvance(bar.text) for bar in bars) + gap
        names = min(max(metrics.horizontalAdvance(bar.name) for bar in bars) + gap, self.width() * 2 // 5)
        room = max(self.width() - names - figures - gap, dress.px(40))
        largest = max(1, *(bar.value for bar in bars))
        for place, bar in enumerate(bars):
            top, high = place * dress.px(_ROW), dress.px(_ROW)
            painter.setPen(dress.colour("text"))
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRectF(0, top, names, high), int(_left()), name)
            wide = max(round(room * max(bar.value, 0) / largest), dress.px(2))
            thick = dress.px(_BAR)
            painter.fillRect(QRectF(names + gap, top + (high - thick) / 2, wide, thick), dress.colour("primary"))
            painter.drawText(QRectF(names + gap + wide + gap, top, figures, high), int(_left()), bar.text)

    # ── in time ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _paint_columns(self, painter: QPainter, bars: tuple[Bar, ...]) -> None:
        dress = theme.current()
        top, bottom = self._edges()
        largest = max(bars, key=lambda bar: bar.value)
        self._figure(painter, largest.text, top)
        wide = self.width() / len(bars)
        for place, bar in enumerate(bars):
            high = (bottom - top) * max(bar.value, 0) / max(largest.value, 1)
            room = QRectF(place * wide + wide * 0.12, bottom - high, wide * 0.76, high)
            painter.fillRect(room, dress.colour("primary"))
        self._axis(painter, bottom)
        self._ends(painter, bars, bottom)

    def _paint_line(self, painter: QPainter, bars: tuple[Bar, ...]) -> None:
        dress = theme.current()
        top, bottom = self._edges()
        high, low = max(0, *(bar.value for bar in bars)), min(0, *(bar.value for bar in bars))
        span = max(high - low, 1)
        step = self.width() / (len(bars) - 1)
        inset = dress.px(6)

        def level(value: int) -> float:
            return bottom - (bottom - top) * (value - low) / span

        points = [
            QPointF(min(max(place * step, inset), self.width() - inset), level(bar.value))
            for place, bar in enumerate(bars)
        ]
        self._axis(painter, level(0))
        painter.setPen(QPen(dress.colour("primary"), dress.px(2)))
        painter.drawPolyline(points)
        painter.setBrush(dress.colour("primary"))
        for point, bar in zip(points, bars, strict=True):
            if bar.value != 0 and len(bars) <= _MOST_POINTS:
                painter.drawEllipse(point, dress.px(4), dress.px(4))
        self._extremes(painter, bars, top, bottom)
        self._ends(painter, bars, bottom)

    def _extremes(self, painter: QPainter, bars: tuple[Bar, ...], top: float, bottom: float) -> None:
        """The figures of the highest and the lowest, beside where they are."""
        highest, lowest = max(bars, key=lambda bar: bar.value), min(bars, key=lambda bar: bar.value)
        if highest.value > 0:
            self._figure(painter, highest.text, top)
        if lowest.value < 0:
            self._figure(painter, lowest.text, bottom + QFontMetrics(self.font()).height())

    def _edges(self) -> tuple[float, float]:
        """Where the drawing begins and ends: below the uppermost figure, above the lowest and the names."""
        line = QFontMetrics(self.font()).height() + theme.current().px(_GAP)
        below = 2 * line if self._chart is not None and self._chart.shape is Shape.LINE else line
        return float(line), float(self.height() - below)

    def _figure(self, painter: QPainter, text: str, bottom: float) -> None:
        """A figure at the left, above `bottom`."""
        painter.setPen(theme.current().colour("text"))
        high = QFontMetrics(self.font()).height()
        painter.drawText(QRectF(0, bottom - high - theme.current().px(2), self.width(), high), int(_left()), text)

    def _axis(self, painter: QPainter, at: float) -> None:
        painter.setPen(QPen(theme.current().colour("border"), theme.current().px(1)))
        painter.drawLine(QPointF(0, at), QPointF(self.width(), at))

    def _ends(self, painter: QPainter, bars: tuple[Bar, ...], bottom: float) -> None:
        """The first name and the last."""
        dress, high = theme.current(), QFontMetrics(self.font()).height()
        painter.setPen(dress.colour("muted"))
        room = QRectF(0, self.height() - high, self.width(), high)
        painter.drawText(room, int(_left()), bars[0].name)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), bars[-1].name)


_MOST_POINTS = 62
"""Of more, the line alone."""


def _left() -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
