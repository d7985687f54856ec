"""A page of fields that may be higher than the window: all of the field that has the keyboard is in sight, with its
label above and what is wrong below, also when that has just come (UX A22, A31)."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.ui.widgets.field import LabelledField
from kassaapp.ui.widgets.scroll import Scroll

_AIR_PX = 8


class FieldScroll(Scroll):
    """As `Scroll`, which brings the caret of a field into sight; this brings the field. It does so when the layout has
    come to rest after a change of focus or of what is shown."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_focused)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._soon)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds is laid out anew."""
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self._soon()
        return super().eventFilter(watched, event)

    def _soon(self, *_: object) -> None:
        self._later.start(0)

    def _show_focused(self) -> None:
        inside, focused = self.widget(), QApplication.focusWidget()
        if inside is None or focused is None or not inside.isAncestorOf(focused):
            return
        field = focused.parentWidget()
        whole = field if isinstance(field, LabelledField) else focused
        place = QRect(whole.mapTo(inside, QPoint(0, 0)), whole.size())
        middle = place.center()
        self.ensureVisible(middle.x(), middle.y(), 0, place.height() // 2 + _AIR_PX)
