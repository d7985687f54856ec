"""A page that may be higher than the window: whatever gets the focus is brought into sight (UX A22)."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

from kassaapp.ui import theme

_LEAST_PX = theme.TARGET
"""One line of what it holds is seen always."""


class Scroll(QScrollArea):
    """Holds one widget as wide as itself, and is never narrower than it: nothing is cut at the side."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def minimumSizeHint(self) -> QSize:
        """As wide as what it holds; as low as may be."""
        size, inside = super().minimumSizeHint(), self.widget()
        if inside is not None:
            bar = self.verticalScrollBar().sizeHint().width()
            size.setWidth(max(size.width(), inside.minimumSizeHint().width() + bar))
        size.setHeight(theme.current().px(_LEAST_PX))
        return size

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds has become another size."""
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        inside = self.widget()
        if now is not None and inside is not None and inside.isAncestorOf(now):
            self.ensureWidgetVisible(now, 16, 24)


class FittingScroll(Scroll):
    """Is as high as what it holds where there is room for it, and scrolls where there is not."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """The height that the held widget wants at this width."""
        inside = self.widget()
        if inside is None:
            return super().sizeHint()
        size = inside.sizeHint().expandedTo(inside.minimumSizeHint())
        width = self.viewport().width()  # Beside a bar less: it would stay for the lines that it makes itself.
        if inside.hasHeightForWidth() and width > 0:
            size.setHeight(inside.heightForWidth(width))
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may want another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
