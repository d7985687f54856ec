"""Contrast as the eye gets it: from the pixels that were painted, not from the colours that were meant (A07, A11)."""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QTableView, QWidget

from kassaapp.ui import theme
from tests.ui.cut import words

_EDGE = 6
"""What borders and focus rings take of a control, px at scale 1."""


def luminance(colour: QColor) -> float:
    """The relative luminance of WCAG 2: 0 is black, 1 is white."""
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2: 1 is none, 21 is black on white."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def of(picture: QImage, place: QRect) -> float:
    """The ratio of the ground, which is the colour that there is most of, to the colour that differs most from it."""
    part = picture.copy(place).convertToFormat(QImage.Format.Format_RGB32)
    colours = Counter(memoryview(part.constBits()).cast("I"))
    ground = QColor.fromRgb(colours.most_common(1)[0][0])
    return max(ratio(ground, QColor.fromRgb(colour)) for colour in colours)


def texts(window: QWidget) -> Iterator[tuple[str, QRect]]:
    """Every text that is seen whole, and where in the window."""
    for leaf in window.findChildren(QWidget):
        if not leaf.isVisible() or leaf.window() is not window or isinstance(leaf.parent(), QComboBox):
            continue
        if isinstance(leaf, QTableView):
            yield from _cells(window, leaf)
        elif isinstance(leaf, QLabel | QAbstractButton | QLineEdit | QComboBox) and words(leaf).strip():
            seen = leaf.visibleRegion().boundingRect()
            edge = 0 if isinstance(leaf, QLabel) else theme.current().px(_EDGE)
            if seen == leaf.rect():
                yield words(leaf), _at(window, leaf, seen.adjusted(edge, edge, -edge, -edge))


def weak(window: QWidget, least: float) -> list[str]:
    """A line for each text whose contrast is less."""
    picture = window.grab().toImage()
    measured = [(text, of(picture, place)) for text, place in texts(window)]
    return [f"contrast {got:.1f}: {text}" for text, got in measured if got < least]


def edge(picture: QImage, widget: QWidget, window: QWidget) -> float:
    """The ratio of a control's edge, a border or the ring of focus, to what lies outside it: half way down its left
    side."""
    place = _at(window, widget, widget.rect())
    row = QRect(place.left() - 4, place.center().y(), 4 + theme.current().px(_EDGE), 1)
    ground = picture.pixelColor(row.topLeft())
    return max(ratio(ground, picture.pixelColor(row.left() + x, row.top())) for x in range(row.width()))


def _cells(window: QWidget, table: QTableView) -> Iterator[tuple[str, QRect]]:
    model, shown = table.model(), table.viewport()
    for line in range(model.rowCount()):
        for place in range(model.columnCount()):
            index = model.index(line, place)
            cell = table.visualRect(index).adjusted(4, 4, -4, -4)
            if str(index.data() or "").strip() and shown.visibleRegion().boundingRect().contains(cell):
                yield str(index.data()), _at(window, shown, cell)


def _at(window: QWidget, widget: QWidget, place: QRect) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)) + place.topLeft(), place.size())
