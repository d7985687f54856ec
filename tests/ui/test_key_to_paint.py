"""From a key press to its paint: that every press is seen. How long it takes is a benchmark's matter."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.builders import ADULT
from tests.desks import an_open_till
from tests.ui.key_to_paint import measure, percentile


def test_each_press_of_a_visit_is_timed_until_it_is_painted(qtbot: QtBot, tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        taken = measure(desk, "H", [ADULT], visits=1)

        assert desk.register("H").state.next_receipt == 2

    assert len(taken) >= len(ADULT) + len("test testsson") + len("besok")
    assert 0 < min(taken) <= percentile(taken, 0.5) <= percentile(taken, 0.99) <= max(taken)
