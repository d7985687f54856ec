"""What has been tried, as rows that come one after the other: a sign, a name, and what was found beside it, or under it
where it is narrow."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.screens.first_start import Row
from kassaapp.ui import icons, theme
from kassaapp.ui.widgets.dress import label

_SIGN_PX, _NARROW = 20, 660
_COLOURS = {"ok": "ok", "warn": "warn", "error": "err"}
_TOP = Qt.AlignmentFlag.AlignTop


class Verdicts(QWidget):
    """Shows rows; those that are there already are left alone."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._shown: list[tuple[QLabel, QLabel, QLabel]] = []
        self._is_narrow = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(12))
        self._grid.setVerticalSpacing(theme.current().px(6))
        self._grid.setColumnStretch(2, 1)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these."""
        if rows[: len(self._rows)] != self._rows:
            for part in (part for line in self._shown for part in line):
                self._grid.removeWidget(part)
                part.hide()
                part.deleteLater()
            self._shown, self._rows = [], ()
        for row in rows[len(self._rows) :]:
            self._shown.append(self._made(row))
            self._place(len(self._shown) - 1)
        self._rows = rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may want the other order."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < theme.current().px(_NARROW)
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            for place in range(len(self._shown)):
                self._place(place)

    def _made(self, row: Row) -> tuple[QLabel, QLabel, QLabel]:
        dress = theme.current()
        sign, name, text = QLabel(), label(row.name, "strong"), label(row.text, wrap=True)
        colour = dress.colours[_COLOURS.get(row.tone.value, "muted")]
        sign.setPixmap(icons.pixmap(row.tone.value, colour, dress.px(_SIGN_PX), self.devicePixelRatioF()))
        text.setAccessibleName(f"{row.name}: {row.text}")
        return sign, name, text

    def _place(self, place: int) -> None:
        """Put a row into the grid, where each has two lines."""
        sign, name, text = self._shown[place]
        self._grid.addWidget(sign, 2 * place, 0, _TOP)
        if self._is_narrow:
            self._grid.addWidget(name, 2 * place, 1, 1, 2, _TOP)
            self._grid.addWidget(text, 2 * place + 1, 1, 1, 2, _TOP)
        else:
            self._grid.addWidget(name, 2 * place, 1, _TOP)
            self._grid.addWidget(text, 2 * place, 2, _TOP)
