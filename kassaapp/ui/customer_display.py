"""The patient's screen: a window on another screen than the counter's, that takes no keyboard and answers no touch.

It is there only when the clinic file asks for it (`customer_display`) and the computer has a second screen. What was
paid is taken away after a moment: the next in the queue has no use for it.
"""

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.i18n import _
from kassaapp.screens.customer_display import BLANK, CustomerView
from kassaapp.ui import theme

LASTS_MS = 20_000
"""So long the change stays."""
_LARGEST = 400
"""No letter is higher, px."""
_QUIET = 4
"""Modules of white round the code."""


class CustomerWindow(QWidget):
    """Shows a `CustomerView` in as large letters as there is room for. `lasts_ms` is told by tests."""

    def __init__(self, lasts_ms: int = LASTS_MS) -> None:
        super().__init__(None, Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowTitle(_("Patientens skärm – Kassa"))
        self.setAccessibleName(_("Patientens skärm"))
        self._view = BLANK
        self._told = BLANK
        self._modules: tuple[bytes, ...] = ()
        self._lasting = QTimer(self)
        self._lasting.setSingleShot(True)
        self._lasting.setInterval(lasts_ms)
        self._lasting.timeout.connect(lambda: self._set(BLANK))

    @property
    def shown(self) -> CustomerView:
        """What stands on the screen."""
        return self._view

    def show_view(self, view: CustomerView) -> None:
        """Show it; what is passing only for a moment. The same again changes nothing, not even the moment."""
        if view == self._told:
            return
        self._told = view
        self._lasting.stop()
        if view.is_passing:
            self._lasting.start()
        self._set(view)

    def follow(self, counter: QWidget) -> None:
        """Be on another screen than the `counter`'s window; where there is none, be hidden."""
        other = other_screen(counter.screen())
        if other is None:
            self.hide()
            return
        self.setGeometry(other.geometry())
        self.show()

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, event: QPaintEvent) -> None:
        """The heading, the amount under it, and the code below or beside."""
        dress = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), dress.colour("app"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words, code = self._places()
        unit = min(words.height() / 10, words.width() / 6)
        top = words.height() / 2 - 3 * unit
        large = self._write(painter, words, top + 1.6 * unit, 3.2 * unit, self._view.amount, "text", bold=True)
        small = int(large * 0.55) if self._view.amount else _LARGEST
        self._write(painter, words, top, 1.6 * unit, self._view.heading, "muted", at_most=small)
        self._write(painter, words, top + 5 * unit, 1.2 * unit, self._view.to, "muted", at_most=small)
        if self._modules:
            self._draw_code(painter, code)
        painter.end()

    def _places(self) -> tuple[QRectF, QRectF]:
        """Room for the words, and a square for the code: beside them on a wide screen, below on a high one."""
        width, height = float(self.width()), float(self.height())
        if not self._modules:
            return QRectF(0, 0, width, height), QRectF()
        edge = min(width, height) * 0.06
        if width >= height:
            side = min(height - 2 * edge, width * 0.45)
            return QRectF(0, 0, width - side - edge, height), QRectF(
                width - side - edge, (height - side) / 2, side, side
            )
        side = min(width - 2 * edge, height * 0.5)
        return QRectF(0, 0, width, height - side - edge), QRectF((width - side) / 2, height - side - edge, side, side)

    def _write(
        self,
        painter: QPainter,
        room: QRectF,
        top: float,
        height: float,
        text: str,
        token: str,
        *,
        bold: bool = False,
        at_most: int = _LARGEST,
    ) -> int:
        """Write a line as high as asked for, or as the width lets it be; never cut. Returns its size in px."""
        font = QFont(self.font())
        font.setBold(bold)
        font.setPixelSize(min(max(1, int(height * 0.75)), max(1, at_most)))
        wide = QFontMetricsF(font).horizontalAdvance(text)
        if wide > room.width() * 0.9:
            font.setPixelSize(max(1, int(font.pixelSize() * room.width() * 0.9 / wide)))
        painter.setFont(font)
        painter.setPen(theme.current().colour(token))
        place = QRectF(room.left(), room.top() + top, room.width(), height)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
        return font.pixelSize()

    def _draw_code(self, painter: QPainter, room: QRectF) -> None:
        """Dark on white whatever the theme, on whole pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(room, QColor(Qt.GlobalColor.white))
        size = int(room.width() / (len(self._modules) + 2 * _QUIET))
        edge = (room.width() - size * len(self._modules)) / 2
        left, top = int(room.left() + edge), int(room.top() + edge)
        for line, modules in enumerate(self._modules):
            for place, dark in enumerate(modules):
                if dark:
                    painter.fillRect(left + place * size, top + line * size, size, size, QColor(Qt.GlobalColor.black))

    def _set(self, view: CustomerView) -> None:
        if view.code != self._view.code:
            self._modules = _modules(view.code)
        self._view = view
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: drawn anew."""
        if event.type() is QEvent.Type.StyleChange:
            self.update()
        super().changeEvent(event)


def other_screen(own: QScreen) -> QScreen | None:
    """A screen that is not the counter's and does not show the same."""
    return next(
        (screen for screen in QGuiApplication.screens() if not screen.geometry().intersects(own.geometry())), None
    )


def _modules(code: str) -> tuple[bytes, ...]:
    if not code:
        return ()
    import segno  # With the first code, as the counter's own.

    return tuple(bytes(line) for line in segno.make(code, error="m").matrix)


def follow_screens(window: CustomerWindow, counter: QWidget) -> None:
    """Let the window come and go with the second screen."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.screenAdded.connect(lambda _screen: window.follow(counter))
    application.screenRemoved.connect(lambda _screen: window.follow(counter))
    window.follow(counter)
