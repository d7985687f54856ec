"""A table to read: a label and a figure on each row, as text that can be marked and read aloud (UX A48)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import label


class Figures(QWidget):
    """Rows of labels; made anew when they change. With `right` the last column stands at its right edge."""

    def __init__(self, *, right: bool = True) -> None:
        super().__init__()
        self._right = right
        self._shown: tuple[tuple[str, ...], ...] = ()
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(24))
        self._grid.setVerticalSpacing(theme.current().px(8))

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows."""
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        for old in self._labels:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._labels = []
        for line, texts in enumerate(self._shown):
            for place, text in enumerate(texts):
                self._add(text, line, place)

    def _add(self, text: str, line: int, place: int) -> None:
        shown = label(
            text, "muted" if place == 0 else "strong" if self._right else "", wrap=not self._right and place > 0
        )
        if self._right and place > 0:
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        else:
            shown.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if place > 0:
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.setColumnStretch(place, 1)
        self._grid.addWidget(shown, line, place)
        self._labels.append(shown)
