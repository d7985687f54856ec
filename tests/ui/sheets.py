"""Sheets of pictures beside each other with their names, so that many are looked at at once."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

_ACROSS, _DOWN = 2, 3
_CELL = (960, 570)
_NAME = 28


def write(pictures: Sequence[Path], folder: Path) -> list[Path]:
    """Write sheets of six to `folder`; where they are."""
    step = _ACROSS * _DOWN
    return [
        _write(pictures[first : first + step], folder / f"sheet-{first // step + 1:02}.png")
        for first in range(0, len(pictures), step)
    ]


def _write(pictures: Sequence[Path], path: Path) -> Path:
    sheet = QImage(_ACROSS * _CELL[0], _DOWN * _CELL[1], QImage.Format.Format_RGB32)
    sheet.fill(QColor("#808080"))
    painter = QPainter(sheet)
    for place, picture in enumerate(pictures):
        left, top = place % _ACROSS * _CELL[0], place // _ACROSS * _CELL[1]
        room = QRect(left + 4, top + _NAME, _CELL[0] - 8, _CELL[1] - _NAME - 4)
        shown = QImage(str(picture)).scaled(
            room.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawText(left + 8, top + _NAME - 8, picture.stem)
        painter.drawImage(room.topLeft(), shown)
    painter.end()
    assert sheet.save(str(path)), path
    return path
