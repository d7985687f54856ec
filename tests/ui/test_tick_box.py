"""A box that is ticked has a tick: who sees no colours sees that (UX A06)."""

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from kassaapp.ui import start, theme
from kassaapp.ui.widgets.tick_box import TickBox
from tests.ui import contrast


@pytest.mark.parametrize("name", ["light", "dark", "hc_black"])
def test_a_ticked_box_has_a_tick_that_is_seen(qtbot: QtBot, name: str) -> None:
    app = start.dressed()
    theme.apply(app, theme.load(name))
    box = TickBox("Med namn")
    qtbot.addWidget(box)
    box.resize(200, 44)
    box.setChecked(True)
    box.show()

    picture = box.grab().toImage()

    along = {QColor(picture.pixelColor(x, 22)).name() for x in range(4, 20)}
    theme.apply(app, theme.load())
    assert max(contrast.ratio(QColor(one), QColor(other)) for one in along for other in along) > 4.5
    assert theme.load(name).colour("primary").name() in along
