"""Counting a drawer: a field for each denomination, and one for the sum when it is known (UX 2.2, 2.15)."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.drawer_count import CountRow, DrawerCount
from kassaapp.ui import theme
from kassaapp.ui.widgets.amount_edit import AmountEdit, PiecesEdit
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import Field, LabelledField

_ROWS = 5
_GAP = 24


class Denominations(QWidget):
    """Shows a DrawerCount and types into it. `changed` after every key; `done` when Enter leaves the last coin, and
    `submitted` when Enter is pressed in the sum."""

    changed = Signal()
    done = Signal()
    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._count: DrawerCount | None = None
        self._lines = _ROWS
        self._titles: list[QLabel] = []
        self._fields: list[PiecesEdit] = []
        self._sums: list[QLabel] = []
        self._build()

    @property
    def total_field(self) -> Field:
        """The field for the sum."""
        return self._total.edit

    def show_count(self, count: DrawerCount) -> None:
        """Show this count; another one than before gets fields of its own."""
        view = count.view
        if count is not self._count:
            self._count = count
            self._rebuild(view.rows)
        for field, worth, shown in zip(self._fields, self._sums, view.rows, strict=True):
            field.set_text(shown.pieces)
            field.setEnabled(view.rows_open)
            worth.setText(shown.sum)
        self._total.edit.set_text(view.total)
        self._total.edit.setEnabled(view.total_open)
        self._counted.setText(view.counted)
        self._counted.setAccessibleName(_("Räknat {amount}").format(amount=view.counted_spoken))
        set_text(self._error, view.error)

    def take_focus(self) -> None:
        """Be ready to count: the first field that is open."""
        first = self._fields[0] if self._fields and self._fields[0].isEnabled() else self._total.edit
        first.take_focus()

    def _build(self) -> None:
        self._places = QWidget()
        self._grid = QGridLayout(self._places)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().px(8))
        self._grid.setVerticalSpacing(theme.current().px(4))
        self._total = LabelledField(_("Eller totalsumman &direkt, kr"), AmountEdit(_("Eller totalsumman direkt, kr")))
        self._total.edit.typed.connect(self._type_total)
        self._total.edit.entered.connect(lambda _: self.submitted.emit())
        self._total.edit.up.connect(self.focusPreviousChild)
        self._total.setFixedWidth(theme.current().px(260))
        self._counted = label(kind="total")
        self._error = label(kind="error", wrap=True)
        self._side = QWidget()
        add_all(column(self._side), self._total, label(_("Räknat"), "caption"), self._counted, self._error, None)
        self._layout = row(self, spacing=40)
        add_all(self._layout, self._places, self._side, None)

    def minimumSizeHint(self) -> QSize:
        """As wide as one column of fields, or as the sum."""
        size = super().minimumSizeHint()
        size.setWidth(max(self._column_width(), self._side.minimumSizeHint().width()))
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sum beside the fields, or under them; the fields in two columns, or in one."""
        super().resizeEvent(event)
        width, two = event.size().width(), 2 * self._column_width()
        lines = _ROWS if width >= two else 2 * _ROWS
        if lines != self._lines:
            self._lines = lines
            self._place()
        is_wide = width >= two + self._layout.spacing() + self._side.minimumSizeHint().width()
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._layout.direction() != way:
            self._layout.setDirection(way)

    def _rebuild(self, rows: tuple[CountRow, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._titles, self._fields, self._sums = [], [], []
        for shown in rows:
            self._add(shown)
        self._place()
        for before, after in zip(self._fields, self._fields[1:], strict=False):
            QWidget.setTabOrder(before, after)
        if self._fields:
            QWidget.setTabOrder(self._fields[-1], self._total.edit)

    def _column_width(self) -> int:
        """Of the widest denomination with its field, its sum and the gap to the next column."""
        parts = (self._titles, self._fields, self._sums)
        widest = sum(max((one.minimumSizeHint().width() for one in part), default=0) for part in parts)
        return widest + 3 * self._grid.horizontalSpacing() + theme.current().px(_GAP)

    def _place(self) -> None:
        for index, cells in enumerate(zip(self._titles, self._fields, self._sums, strict=True)):
            place = index // self._lines * 4
            for offset, widget in enumerate(cells):
                self._grid.addWidget(widget, index % self._lines, place + offset)
                widget.show()  # At once, not when the layout gets to it: the keyboard is to be here.
        for place in range(8):
            is_gap = place == 3 and self._lines == _ROWS
            self._grid.setColumnMinimumWidth(place, theme.current().px(_GAP) if is_gap else 0)
        self.updateGeometry()

    def _add(self, shown: CountRow) -> None:
        field = PiecesEdit(_("Antal {denomination}").format(denomination=shown.label))
        field.setFixedWidth(theme.current().px(72))
        title, worth = label(shown.label), label(kind="muted")
        title.setBuddy(field)
        title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        worth.setMinimumWidth(theme.current().px(88))
        worth.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._connect(field, shown.value_ore, len(self._fields))
        self._titles.append(title)
        self._fields.append(field)
        self._sums.append(worth)

    def _connect(self, field: PiecesEdit, value_ore: int, index: int) -> None:
        field.typed.connect(lambda text: self._type_pieces(value_ore, text))
        field.entered.connect(lambda _: self._on(index + 1))
        field.down.connect(lambda: self._on(index + 1))
        field.up.connect(lambda: self._on(index - 1))

    def _on(self, index: int) -> None:
        """To a field; past the last is the sum when it is open, else done."""
        if 0 <= index < len(self._fields):
            self._fields[index].take_focus()
        elif index >= len(self._fields):
            total: Field = self._total.edit
            total.take_focus() if total.isEnabled() else self.done.emit()

    def _type_pieces(self, value_ore: int, text: str) -> None:
        assert self._count is not None
        self._count.type_pieces(value_ore, text)
        self.changed.emit()

    def _type_total(self, text: str) -> None:
        assert self._count is not None
        self._count.type_total(text)
        self.changed.emit()
