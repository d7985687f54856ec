"""A list to look through: rows of words under headings, one of them marked, and Enter to open it.

It reads aloud what it shows, row by row, and takes Tab in one step (UX A02, A14, A36).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
)

from kassaapp.ui import theme
from kassaapp.ui.widgets.button import ENTER
from kassaapp.ui.widgets.marked_row import OnMarkedRow, is_marked

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROOM_PX, _LEAST_PX = 12, 180


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; `right` for figures, `stretch` for what takes the room that is left. The others are as wide as their
    widest words."""

    title: str
    right: bool = False
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """A row: its words, how they are said where that is another way, and whether they are struck through, all but the
    last, which says why; a `strong` row is a sum."""

    texts: tuple[str, ...]
    said: tuple[str, ...]
    struck: bool = False
    strong: bool = False


class _Model(QAbstractTableModel):
    """Holds the rows as they are shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows: tuple[Cells, ...] = ()

    def show_rows(self, rows: tuple[Cells, ...]) -> None:
        """Hold these rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def show_table(self, columns: tuple[Column, ...], rows: tuple[Cells, ...]) -> None:
        """Hold another table."""
        self.beginResetModel()
        self.columns, self.rows = columns, rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """How many headings."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """The headings."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        return _alignment(self.columns[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = 0) -> object:
        """What a cell shows and says."""
        row, place = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[place]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.said[place] or self.columns[place].title
        return _alignment(self.columns[place]) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(shown: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if shown.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class _Cell(OnMarkedRow):
    """Writes with room round, and a line through what stands no more."""

    def __init__(self, table: QTableView, model: _Model) -> None:
        super().__init__(table)
        self._model = model

    def words(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """One line."""
        dress, font, place = theme.current(), QFont(option.font), index.column()
        row, columns = self._model.rows[index.row()], self._model.columns
        font.setStrikeOut(row.struck and place < len(columns) - 1)
        font.setBold(row.strong)
        painter.setFont(font)
        painter.setPen(dress.colour("on_sel" if is_marked(option) else "text"))
        room = option.rect.adjusted(dress.px(_ROOM_PX), 0, -dress.px(_ROOM_PX), 0)
        words = QFontMetrics(font).elidedText(row.texts[place], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(_alignment(columns[place])), words)


class ListTable(QTableView):
    """The list. `marked` carries the row that the keyboard or the hand went to, `opened` the one that was opened, with
    Enter or a click."""

    marked = Signal(int)
    opened = Signal(int)

    def __init__(self, name: str, columns: Sequence[Column], *, least_rows: int = 2) -> None:
        super().__init__()
        self._model = _Model(columns)
        self._is_drawing = False
        self._wide: dict[int, int] = {}
        self.setModel(self._model)
        self.setItemDelegate(_Cell(self, self._model))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._shape(least_rows)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def show_rows(self, rows: Sequence[Cells], marked: int | None) -> None:
        """Show these rows and mark one."""
        self._is_drawing = True
        if tuple(rows) != self._model.rows:
            self._model.show_rows(tuple(rows))
            self._measure()
        if marked is not None and self.currentIndex().row() != marked:
            self.selectRow(marked)
            self.scrollTo(self.currentIndex())
        self._is_drawing = False

    def show_table(self, columns: Sequence[Column], rows: Sequence[Cells]) -> None:
        """Show another table in place of this one, its first row marked."""
        if tuple(columns) != self._model.columns or tuple(rows) != self._model.rows:
            self._is_drawing = True
            self._model.show_table(tuple(columns), tuple(rows))
            self._measure()
            self.selectRow(0)
            self._is_drawing = False

    def wanted_width(self) -> int:
        """So wide that every column is seen whole, with a bar at the side."""
        width, room = QFontMetrics(self.font()).horizontalAdvance, theme.current().px(2 * _ROOM_PX + 4)
        stretched = sum(
            max(map(width, (shown.title, *(row.texts[place] for row in self._model.rows)))) + room
            for place, shown in enumerate(self._model.columns)
            if shown.stretch
        )
        edges = self.width() - self.maximumViewportSize().width() + self.verticalScrollBar().sizeHint().width()
        return sum(self._wide.values()) + stretched + edges

    def set_least_rows(self, rows: int) -> None:
        """So many rows are in sight however little room there is."""
        self.setMinimumHeight(theme.current().px(32 + rows * theme.TARGET) + 2 * 3)

    def take_focus(self) -> None:
        """Be ready for the arrows."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        """No higher than it must be: it takes what the rest leaves."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width for what stretches."""
        super().resizeEvent(event)
        if self._wide:
            self._fit()
        else:
            self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the marked row."""
        if event.key() in ENTER:
            if not event.isAutoRepeat() and self.currentIndex().isValid():
                self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens the row that it is let go on."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton and index == self.currentIndex():
            self.opened.emit(index.row())

    def _shape(self, least_rows: int) -> None:
        px = theme.current().px
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(px(theme.TARGET))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(px(32))
        header.setMinimumSectionSize(px(40))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_least_rows(least_rows)

    def _measure(self) -> None:
        """Each column as wide as its widest words; what stretches takes the rest."""
        self.ensurePolished()
        self._wide = {}
        font = QFont(self.font())
        font.setBold(any(row.strong for row in self._model.rows))
        width, room = QFontMetrics(font).horizontalAdvance, theme.current().px(2 * _ROOM_PX + 4)
        for place, shown in enumerate(self._model.columns):
            if not shown.stretch:
                words = {shown.title, *(row.texts[place] for row in self._model.rows)}
                self._wide[place] = max(map(width, words)) + room
        self.executeDelayedItemsLayout()
        self._fit()

    def _fit(self) -> None:
        """What stretches takes the room that the others leave, and at least a few words. The bar at the side comes and
        goes a moment after the rows: it is reckoned with at once, or everything would be laid out and painted twice."""
        bar = self.verticalScrollBar()
        beside = bar.sizeHint().width() if bar.maximum() > 0 else 0
        whole = self.maximumViewportSize().width() - beside
        left = max(whole - sum(self._wide.values()), theme.current().px(_LEAST_PX))
        widths = [left if shown.stretch else self._wide[place] for place, shown in enumerate(self._model.columns)]
        if widths != [self.columnWidth(place) for place in range(len(widths))]:
            header = self.horizontalHeader()
            with QSignalBlocker(header):  # Of each width that it is told of the table would paint itself once more.
                for place, width in enumerate(widths):
                    header.resizeSection(place, width)
            self.doItemsLayout()

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and not self._is_drawing:
            self.marked.emit(now.row())
