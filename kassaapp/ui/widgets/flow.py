"""What lies side by side where there is room for it, and goes on below where there is not: no word is cut with large
text, and nothing is scrolled sideways (UX A08, A10).
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import row


class Page(QWidget):
    """The inside of a Scroll that is as high as it must be at its width, and no higher for what another width wants."""

    def minimumSizeHint(self) -> QSize:
        """As narrow as its content; the height follows from the width."""
        return QSize(super().minimumSizeHint().width(), 0)

    def heightForWidth(self, width: int) -> int:
        """What has a greatest width of its own is higher for it, which Qt forgets."""
        whole, layout = super().heightForWidth(width), self.layout()
        held = [item.widget() for place in range(layout.count()) if (item := layout.itemAt(place))] if layout else []
        for one in held:
            if one is not None and not one.isHidden() and one.hasHeightForWidth() and one.maximumWidth() < width:
                whole += one.heightForWidth(one.maximumWidth()) - one.heightForWidth(width)
        return whole


class Beside(QWidget):
    """Two things beside each other from a width of `least` px at scale 1; below that, one under the other."""

    def __init__(self, first: QWidget, second: QWidget, *, least: int, stretch: tuple[int, int], spacing: int) -> None:
        super().__init__()
        self._both = (first, second)
        self._least = least
        self._layout = row(self, spacing=spacing)
        for widget, share in zip(self._both, stretch, strict=True):
            self._layout.addWidget(widget, share)

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of the two."""
        widest = max(widget.minimumSizeHint().width() for widget in self._both)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side, or not."""
        super().resizeEvent(event)
        wide = event.size().width() >= theme.current().px(self._least)
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)


class Flow(QWidget):
    """Shows the given widgets in a row that goes on below; hidden ones take no room. A `None` parts two groups by twice
    the gap, so that what costs something stands by itself; what follows the last one stands at the right. `between`
    is the gap between the lines, where that is another."""

    def __init__(self, *items: QWidget | None, spacing: int = 8, between: int | None = None) -> None:
        super().__init__()
        px = theme.current().px
        self._layout = _Lines(px(spacing), px(spacing if between is None else between))
        for item in items:
            if item is None:
                self._layout.part()
            else:
                self._layout.addWidget(item)
        self.setLayout(self._layout)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class _Lines(QLayout):
    """Lays its items out as words are laid out in a paragraph."""

    def __init__(self, gap: int, between: int) -> None:
        super().__init__()
        self._gap, self._between = gap, between
        self._items: list[QLayoutItem] = []
        self._parted: list[int] = []
        self.setContentsMargins(0, 0, 0, 0)

    def part(self) -> None:
        """What comes next stands apart from what came before."""
        self._parted.append(len(self._items))

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's own."""
        self._items.append(item)

    def count(self) -> int:
        """Qt's own."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Qt's own; None where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Qt's own; None where there is none."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The lines at that width."""
        lines = self._lines(width)
        return sum(high for _items, high in lines) + self._between * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self._gap * (max(0, len(sizes) - 1) + len(self._parted))
        return QSize(sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """As wide as the widest."""
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        widest = max((size.width() for size in sizes), default=0)
        return QSize(widest, max((size.height() for size in sizes), default=0))

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(rect)
        y, last = rect.y(), self._parted[-1] if self._parted else len(self._items)
        for items, high in self._lines(rect.width()):
            left_over = rect.width() - items[-1][1].right() - 1
            for place, room in items:
                x = rect.x() + room.x() + (left_over if place >= last else 0)
                self._items[place].setGeometry(QRect(x, y, room.width(), high))
            y += high + self._between

    def _lines(self, width: int) -> list[tuple[list[tuple[int, QRect]], int]]:
        """The lines at that width: each item's place and room in its line, and the line's height."""
        lines: list[tuple[list[tuple[int, QRect]], int]] = []
        items: list[tuple[int, QRect]] = []
        x, high = 0, 0
        for place, item in enumerate(self._items):
            if item.isEmpty():
                continue
            wide = min(item.sizeHint().width(), width)
            x += self._gap * 2 if place in self._parted and items else 0
            if items and x + wide > width:
                lines.append((items, high))
                items, x, high = [], 0, 0
            items.append((place, QRect(x, 0, wide, 0)))
            high = max(high, item.heightForWidth(wide) if item.hasHeightForWidth() else item.sizeHint().height())
            x += wide + self._gap
        return [*lines, (items, high)] if items else lines
