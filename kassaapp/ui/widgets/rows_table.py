"""The rows of the basket as a table: article with the reason in small under it, quantity, amount."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
)

from kassaapp.i18n import _
from kassaapp.screens.basket import RowView
from kassaapp.ui import theme
from kassaapp.ui.widgets.marked_row import OnMarkedRow, is_marked

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_REASON = Qt.ItemDataRole.UserRole
_ARTICLE, _QUANTITY, _AMOUNT = range(3)


class RowsModel(QAbstractTableModel):
    """Holds the rows as they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[RowView, ...] = ()

    def show_rows(self, rows: tuple[RowView, ...]) -> None:
        """Hold these rows."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Article, quantity, amount."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """The heads of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("Artikel"), _("St"), _("Belopp"))[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = 0) -> object:
        """What a cell shows and says."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.text, row.quantity, row.amount)[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = f"{row.text}, {row.reason}" if row.reason else row.text
            return (said, row.quantity, row.amount_spoken)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return row.reason if role == _REASON and column == _ARTICLE else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == _ARTICLE else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


class _Cell(OnMarkedRow):
    """Writes with room round, and the reason under the article; what is too long for a line goes on in the next."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A row that a finger can hit, higher when it has a reason."""
        dress, article = theme.current(), index.sibling(index.row(), _ARTICLE)
        table = self.parent()
        assert isinstance(table, QTableView)
        wide = table.columnWidth(_ARTICLE) - dress.px(2 * _SIDE)
        high = sum(_height(text, font, wide) for text, font in _lines(article, table.font()))
        least = dress.px(_WITH_REASON if article.data(_REASON) else theme.TARGET)
        return QSize(super().sizeHint(option, index).width(), max(least, high + dress.px(2 * _EDGE)))

    def _is_cut(self, place: QRect, index: _Index) -> bool:
        """Whether the heading hides words of a row that there would be room for: it is scrolled to, not half read."""
        table = self.parent()
        assert isinstance(table, QTableView)
        wide = table.columnWidth(_ARTICLE) - theme.current().px(2 * _SIDE)
        article = index.sibling(index.row(), _ARTICLE)
        high = sum(_height(text, font, wide) for text, font in _lines(article, table.font()))
        return place.top() + (place.height() - high) // 2 < 0 and place.height() <= table.viewport().height()

    def words(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The words, and what stands under them in small."""
        if option.rect.top() < 0 and self._is_cut(option.rect, index):
            return
        dress, lines = theme.current(), _lines(index, option.font)
        room = option.rect.adjusted(dress.px(_SIDE), dress.px(_EDGE), -dress.px(_SIDE), -dress.px(_EDGE))
        highs = [_height(text, font, room.width()) for text, font in lines]
        top = room.top() + (room.height() - sum(highs)) // 2
        flags = int(_alignment(index.column())) | _WRAP
        for colour, high, (text, font) in zip(("text", "muted"), highs, lines, strict=False):
            painter.setPen(dress.colour("on_sel" if is_marked(option) else colour))
            painter.setFont(font)
            painter.drawText(QRect(room.left(), top, room.width(), high), flags, text)
            top += high


_SIDE, _EDGE, _WITH_REASON = 12, 4, 60
_WRAP = int(Qt.TextFlag.TextWordWrap)


def _lines(index: _Index, font: QFont) -> list[tuple[str, QFont]]:
    """What is written in a cell, and how."""
    reason, small = str(index.data(_REASON) or ""), QFont(font)
    small.setPixelSize(theme.current().px(theme.CAPTION))
    words = (str(index.data(Qt.ItemDataRole.DisplayRole)), font)
    return [words, (reason, small)] if reason else [words]


def _height(text: str, font: QFont, wide: int) -> int:
    return QFontMetrics(font).boundingRect(QRect(0, 0, wide, 10_000), _WRAP, text).height()


class RowsTable(QTableView):
    """The table. `more`, `fewer` and `remove` carry the marked row's number."""

    more = Signal(int)
    fewer = Signal(int)
    remove = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = RowsModel()
        self.setModel(self._model)
        self.setItemDelegate(_Cell(self))
        self.setAccessibleName(_("Rader i försäljningen"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)  # No row is cut by the heading.
        self.setMinimumHeight(theme.current().px(90))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(_ARTICLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_QUANTITY, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_AMOUNT, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(_QUANTITY, theme.current().px(72))
        self.setColumnWidth(_AMOUNT, theme.current().px(140))

    @property
    def marked(self) -> int:
        """The number of the marked row, from 0; the first when none is."""
        return max(0, self.currentIndex().row())

    def show_rows(self, rows: tuple[RowView, ...]) -> None:
        """Show these rows; the marked one stays marked, but a new one is marked when it comes."""
        marked, before = self.currentIndex().row(), self._model.rowCount()
        self._model.show_rows(rows)
        if rows:
            self.selectRow(marked if 0 <= marked < len(rows) <= before else len(rows) - 1)
            self._into_sight()

    def sizeHint(self) -> QSize:
        """No higher than it must be: it takes what the rest leaves."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may want other lines."""
        super().resizeEvent(event)
        self._into_sight()

    def _into_sight(self) -> None:
        """The marked row, when every row is as high as it must be."""
        self.resizeRowsToContents()
        self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and − change the quantity of the marked row, Del takes it away."""
        row = self.currentIndex().row()
        if row >= 0 and event.text() == "+":
            self.more.emit(row)
        elif row >= 0 and event.text() in ("-", "−"):
            self.fewer.emit(row)
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            self.remove.emit(row)
        else:
            super().keyPressEvent(event)
