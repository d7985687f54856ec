"""A part that is as high as what it holds: where it was too low once, it is not too low for ever."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui.widgets.dress import add_all, column
from kassaapp.ui.widgets.flow import Page
from kassaapp.ui.widgets.scroll import FittingScroll
from tests.ui import cut

_WIDE = 420


def test_a_bar_does_not_stay_for_the_lines_that_it_has_made_itself(qtbot: QtBot) -> None:
    inside, outside, above, text = Page(), QWidget(), QWidget(), QLabel("m")
    qtbot.addWidget(outside)
    above.setFixedHeight(40)
    text.setWordWrap(True)
    add_all(column(inside, spacing=0), above, text)
    scroll, below = FittingScroll(inside), QWidget()
    add_all(column(outside, spacing=0), scroll, below, None)
    while text.fontMetrics().horizontalAdvance(text.text() + " m") < _WIDE - 2:
        text.setText(text.text() + " m")  # One line, and two beside a bar.
    outside.setFixedSize(_WIDE, 400)
    below.setFixedHeight(350)
    outside.show()
    cut.settle()
    assert scroll.verticalScrollBar().isVisible()

    below.setFixedHeight(100)
    cut.settle()

    assert not scroll.verticalScrollBar().isVisible()
