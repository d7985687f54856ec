"""The readable journal as a spreadsheet, written row by row: a workbook in constant memory, whatever its length.

Amounts are numbers in kronor, everything else text, so that nothing is taken for a formula.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from xlsxwriter import Workbook

from kassaapp.domain.money import KRONA
from kassaapp.export.csv import HEADINGS, SUMMED, Cell, Column

LAST_ROW = 1_048_575
"""The last row that a sheet has room for; what does not fit goes on in another."""
_WIDTH = 16


class Sheets:
    """A workbook that is being written at `path`."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._amount = self._book.add_format({"num_format": "#,##0.00"})
        self._columns = columns
        self._begin()

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.set_column(0, len(self._columns) - 1, _WIDTH)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, HEADINGS[column])
        self._row = 0

    def add(self, cells: Mapping[Column, Cell]) -> None:
        """One row more."""
        if self._row == LAST_ROW:
            self._begin()
        self._row += 1
        for place, (column, cell) in enumerate(cells.items()):
            if isinstance(cell, int):
                amount = column in SUMMED
                self._sheet.write_number(
                    self._row, place, cell / KRONA if amount else cell, self._amount if amount else None
                )
            elif cell is not None:
                self._sheet.write_string(self._row, place, cell)

    def __enter__(self) -> "Sheets":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._book.close()
