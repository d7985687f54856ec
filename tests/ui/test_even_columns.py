"""Choices lie in as few lines as their words allow, and a few words beside buttons take no more height than those."""

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.ui import start
from kassaapp.ui.widgets.even_columns import even_columns
from kassaapp.ui.widgets.short_label import ShortLabel


@pytest.mark.parametrize(
    ("widths", "room", "columns"),
    [
        ((100, 100, 100, 100), 436, 4),
        ((100, 100, 100, 100), 435, 2),  # Not three and one.
        ((100, 100, 100, 100, 100), 436, 3),
        ((300, 50, 50, 50), 486, 4),  # One that is wide does not widen the others.
        ((100, 100), 90, 1),
        ((), 90, 1),
    ],
)
def test_things_lie_in_as_few_lines_as_they_have_room_for_and_evenly(
    widths: tuple[int, ...], room: int, columns: int
) -> None:
    assert even_columns(widths, gap=12, room=room, most=4) == columns


def test_two_sentences_beside_a_button_are_two_lines(qtbot: QtBot) -> None:
    start.dressed()
    shown = ShortLabel("muted", lines=2, most=260)
    qtbot.addWidget(shown)

    shown.setText("Frikort ej kontrollerat. Fråga efter kortet.")

    metrics, size = shown.fontMetrics(), shown.sizeHint()
    assert size.width() >= metrics.horizontalAdvance("Frikort ej kontrollerat.")
    assert size.width() <= metrics.horizontalAdvance("Frikort ej kontrollerat. Fråga")
    assert size.height() <= 2 * metrics.lineSpacing()
