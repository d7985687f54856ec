"""Paints a QR code, dark on white whatever the theme: a telephone reads nothing else."""

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kassaapp.ui import theme

_QUIET = 4
"""Modules of white round the code, which the standard asks for."""


class QrCode(QWidget):
    """A square with a code in it, or nothing."""

    def __init__(self, name: str, side: int = 176) -> None:
        super().__init__()
        self._side = side
        self._code = ""
        self._modules: tuple[bytes, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_code(self, code: str) -> None:
        """Show `code`."""
        if code != self._code:
            self._code = code
            self._modules = tuple(bytes(line) for line in segno.make(code, error="m").matrix) if code else ()
            self.update()
        self.setVisible(bool(code))

    def sizeHint(self) -> QSize:
        """A square."""
        side = theme.current().px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """White, and the dark modules on it, on whole pixels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        count = len(self._modules) + 2 * _QUIET
        size = min(self.width(), self.height()) / count
        for line, modules in enumerate(self._modules):
            for place, dark in enumerate(modules):
                if dark:
                    square = QRectF((place + _QUIET) * size, (line + _QUIET) * size, size, size)
                    painter.fillRect(square, QColor(Qt.GlobalColor.black))
        painter.end()
