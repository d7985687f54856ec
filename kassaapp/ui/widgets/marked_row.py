"""The ground of a table's cell: as Qt paints it, without its words, and a bar at the left of the row that is marked."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kassaapp.ui import theme

_BAR_PX = 3


class OnMarkedRow(QStyledItemDelegate):
    """Paints the ground, and leaves the words to `words`."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell."""
        dress = theme.current()
        plain = QStyleOptionViewItem(option)  # Not of the index: to ask it everything takes longer than to paint.
        plain.state &= ~QStyle.StateFlag.State_HasFocus
        plain.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        if is_marked(plain) and index.column() == 0:
            bar = QRect(plain.rect.left(), plain.rect.top(), dress.px(_BAR_PX), plain.rect.height())
            painter.fillRect(bar, dress.colour("primary"))
        painter.save()
        self.words(painter, plain, index)
        painter.restore()

    def words(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Write what stands in the cell; the painter is put back after it."""
        raise NotImplementedError


def is_marked(option: QStyleOptionViewItem) -> bool:
    """Whether the cell is in the marked row."""
    return bool(option.state & QStyle.StateFlag.State_Selected)
