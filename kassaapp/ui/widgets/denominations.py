"""Counting a drawer: a field for each denomination, and one for the sum when it is known (UX 2.2, 2.15)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kassaapp.i18n import _
from kassaapp.screens.drawer_count import CountRow, DrawerCount
from kassaapp.ui import theme
from kassaapp.ui.widgets.amount_edit import AmountEdit, PiecesEdit
from kassaapp.ui.widgets.dress import add_all, column, label, row, set_text
from kassaapp.ui.widgets.field import Field, LabelledField

_ROWS = 5


class Denominations(QWidget):
    """Shows a DrawerCount and types into it. `changed` after every key; `done` when Enter leaves the last coin, and
    `submitted` when Enter is pressed in the sum."""

    changed = Signal()
    done = Signal()
    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._count: DrawerCount | None = None
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
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.current().px(8))
        self._grid.setVerticalSpacing(theme.current().px(4))
        self._total = LabelledField(_("Eller totalsumman direkt, kr"), AmountEdit(_("Eller totalsumman direkt, kr")))
        self._total.edit.typed.connect(self._type_total)
        self._total.edit.entered.connect(lambda _: self.submitted.emit())
        self._total.edit.up.connect(self.focusPreviousChild)
        self._total.setFixedWidth(theme.current().px(260))
        self._counted = label(kind="total")
        self._error = label(kind="error", wrap=True)
        side = column(spacing=8)
        add_all(side, self._total, label(_("Räknat"), "caption"), self._counted, self._error, None)
        layout = row(self, spacing=40)
        add_all(layout, self._grid, side, None)

    def _rebuild(self, rows: tuple[CountRow, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields, self._sums = [], []
        for index, shown in enumerate(rows):
            self._add(shown, index % _ROWS, index // _ROWS * 4)
        for before, after in zip(self._fields, self._fields[1:], strict=False):
            QWidget.setTabOrder(before, after)
        if self._fields:
            QWidget.setTabOrder(self._fields[-1], self._total.edit)

    def _add(self, shown: CountRow, line: int, place: int) -> None:
        field = PiecesEdit(_("Antal {denomination}").format(denomination=shown.label))
        field.setFixedWidth(theme.current().px(72))
        title, worth = label(shown.label), label(kind="muted")
        title.setBuddy(field)
        title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        worth.setMinimumWidth(theme.current().px(88))
        worth.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for offset, widget in enumerate((title, field, worth)):
            self._grid.addWidget(widget, line, place + offset)
            widget.show()  # At once, not when the layout gets to it: the keyboard is to be here.
        self._grid.setColumnMinimumWidth(place + 3, theme.current().px(24))
        self._connect(field, shown.value_ore, len(self._fields))
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
