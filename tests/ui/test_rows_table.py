"""The rows of a sale say all that they have to say, however narrow the table is and however large the text (UX A08)."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from kassaapp.screens.basket import RowView
from kassaapp.ui import start, theme
from kassaapp.ui.widgets.rows_table import RowsTable
from tests.ui import cut

_LONG = "The exemption card does not apply. Not counted towards the exemption card"


def shown(qtbot: QtBot, *reasons: str) -> RowsTable:
    start.dressed()
    table = RowsTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show_rows(tuple(RowView("Läkarbesök", "1", "200,00", "200 kronor", reason) for reason in reasons))
    table.show()
    cut.settle()
    return table


def test_a_reason_that_is_too_long_for_the_row_goes_on_in_a_line_of_its_own(qtbot: QtBot) -> None:
    table = shown(qtbot, "Frikort", _LONG)

    short, long = table.rowHeight(0), table.rowHeight(1)
    table.resize(380, 300)
    cut.settle()

    small = table.font()
    small.setPixelSize(theme.current().px(theme.CAPTION))
    room = QRect(0, 0, table.columnWidth(0) - 24, 1000)
    lines = QFontMetrics(small).boundingRect(room, int(Qt.TextFlag.TextWordWrap), _LONG)
    assert long == short
    assert lines.height() > 2 * QFontMetrics(small).height()
    assert table.rowHeight(1) >= lines.height() + QFontMetrics(table.font()).height()


def test_the_marked_row_is_in_sight_when_the_table_has_become_low(qtbot: QtBot) -> None:
    table = shown(qtbot, "", "", _LONG, "", _LONG)

    table.resize(380, table.minimumHeight() + 100)
    cut.settle()

    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()))
