"""The few signs that stand beside words, drawn here as lines on a 24 × 24 grid and coloured by the theme.

A sign never stands alone: it says again what the word says, for whoever does not see colours.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_CLOUD = "M7 18.5h9.5a4 4 0 0 0 .6-7.95A6 6 0 0 0 5.6 11.7 3.5 3.5 0 0 0 7 18.5z"

_LINES = {
    "ok": ("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M8 12.3l2.8 2.8L16.2 9.5"),
    "info": ("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 11v5.5", "M12 7.4v.3"),
    "warn": ("M12 3.5 22 20.5H2z", "M12 10v5", "M12 17.6v.3"),
    "error": ("M12 3.5 22 20.5H2z", "M12 10v5", "M12 17.6v.3"),
    "quiet": (_CLOUD, "M9 14l2.2 2.2L15 12.4"),
    "sending": (_CLOUD, "M12 17v-5.5", "M9.6 13.6 12 11.2l2.4 2.4"),
    "offline": (_CLOUD, "M4 4l16 16"),
}


@lru_cache(maxsize=64)
def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The sign as a picture of `size` logical pixels on a screen with `ratio` pixels to each."""
    paths = "".join(f'<path d="{line}"/>' for line in _LINES[name])
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
    )
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
