"""Two columns side by side; where it is narrow one under the other, and then they scroll (UX 2.0)."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import row
from kassaapp.ui.widgets.scroll import Scroll

_NARROW = 926
"""Less than this, px at scale 1, and the rows of the sale or the tiles would be wider than their column."""
_NO_LIMIT = 16_777_215


class Columns(Scroll):
    """`turned` tells that there is one column now, or two."""

    turned = Signal(bool)

    def __init__(self, left: QWidget, right: QWidget, shares: tuple[int, int]) -> None:
        self._inside = QWidget()
        self._both = row(self._inside, spacing=16)
        self._both.addWidget(left, shares[0])
        self._both.addWidget(right, shares[1])
        self._parts = (left, right)
        self._narrow = False
        super().__init__(self._inside)

    @property
    def is_narrow(self) -> bool:
        """Whether there is one column."""
        return self._narrow

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of the two."""
        size = super().minimumSizeHint()
        widest = max(part.minimumSizeHint().width() for part in self._parts)
        return QSize(widest + self.verticalScrollBar().sizeHint().width(), size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn when it must. Two columns are never higher than what is seen of them: each scrolls by itself."""
        narrow = event.size().width() < theme.current().px(_NARROW)
        if narrow is not self._narrow:
            self._narrow = narrow
            way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
            self._both.setDirection(way)
            self.turned.emit(narrow)
        least = self._inside.minimumSizeHint().height()
        self._inside.setMaximumHeight(_NO_LIMIT if narrow else max(event.size().height(), least))
        super().resizeEvent(event)
