"""A table to read: a label and a figure on each row, as text that can be marked and read aloud (UX A48)."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.ui import theme
from kassaapp.ui.widgets.dress import label


class Figures(QWidget):
    """Rows of labels; made anew when they change. With `right` the last column stands at its right edge. Where it is
    narrow every label may be broken between its words."""

    def __init__(self, *, right: bool = True) -> None:
        super().__init__()
        self._right = right
        self._shown: tuple[tuple[str, ...], ...] = ()
        self._columns: list[list[QLabel]] = []
        self._whole = self._least = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_gap())
        self._grid.setVerticalSpacing(theme.current().px(8))

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows."""
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        for old in (shown for labels in self._columns for shown in labels):
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._columns = [[] for _ in range(max((len(texts) for texts in self._shown), default=0))]
        for line, texts in enumerate(self._shown):
            for place, text in enumerate(texts):
                self._add(text, line, place)
        self._measure()
        self._break(self.width())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the longest words are."""
        return QSize(self._least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may break other labels."""
        super().resizeEvent(event)
        self._break(event.size().width())

    def _measure(self) -> None:
        self._whole = self._least = -_gap()
        for labels in self._columns:
            words = [text for shown in labels for text in shown.text().split(" ")]
            wide = labels[0].fontMetrics().horizontalAdvance
            self._whole += _gap() + max(wide(shown.text()) for shown in labels)
            self._least += _gap() + max(wide(word) for word in words) + 1

    def _break(self, width: int) -> None:
        is_narrow = width < self._whole
        for place, labels in enumerate(self._columns):
            for shown in labels:
                shown.setWordWrap(is_narrow or (place > 0 and not self._right))

    def _add(self, text: str, line: int, place: int) -> None:
        shown = label(text, "muted" if place == 0 else "strong" if self._right else "")
        if self._right and place > 0:
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        else:
            shown.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if place > 0:
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.setColumnStretch(place, 1)
        self._grid.addWidget(shown, line, place)
        shown.ensurePolished()  # Its letters are measured now, before it is shown.
        self._columns[place].append(shown)


def _gap() -> int:
    return theme.current().px(20)
