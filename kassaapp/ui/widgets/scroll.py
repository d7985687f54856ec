"""A page that may be higher than the window: all of what has the keyboard is in sight, a field with its label above and
what is wrong below, also when something has just come above it (UX A22, A31)."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

from kassaapp.ui import theme
from kassaapp.ui.widgets.field import LabelledField

_AIR_PX = 8
_LEAST_PX = theme.TARGET
"""One line of what it holds is seen always."""


class Scroll(QScrollArea):
    """Holds one widget as wide as itself, and is never narrower than it: nothing is cut at the side. What has the
    keyboard is brought into sight when the layout has come to rest after a change of focus or of what is shown."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._place = QRect()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._into_sight)
        app.focusChanged.connect(self._soon)
        self.verticalScrollBar().rangeChanged.connect(self._soon)

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
            self._soon()
        return super().eventFilter(watched, event)

    def _soon(self, *_: object) -> None:
        self._later.start(0)

    def _into_sight(self) -> None:
        inside, focused = self.widget(), QApplication.focusWidget()
        if inside is None or focused is None or not inside.isAncestorOf(focused):
            return
        field, room = focused.parentWidget(), self.viewport().height()
        whole = field if isinstance(field, LabelledField) and field.height() <= room else focused
        place = QRect(whole.mapTo(inside, QPoint(0, 0)), whole.size())
        if place != self._place:
            self._place = place
            self._soon()  # What is inside may not have come to rest.
        air = min(_AIR_PX, max(0, (room - place.height()) // 2))
        self.ensureVisible(place.center().x(), place.bottom(), 0, air)
        self.ensureVisible(place.center().x(), place.top(), 0, air)  # Last: of what is too high the beginning is seen.


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
