"""From a key press to its paint: that every press is seen, and all that it does. How long it takes is a benchmark's
matter."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from kassaapp.ui.widgets.field import Field
from tests.builders import ADULT
from tests.desks import an_open_till
from tests.ui.key_to_paint import Hands, measure, percentile

SLOW_S = 0.07
"""Longer than a press is waited for that paints nothing."""


@pytest.fixture
def hands(qtbot: QtBot) -> Iterator[Hands]:
    pressing = Hands()
    yield pressing
    pressing.shut()


@pytest.fixture
def field(qtbot: QtBot, hands: Hands) -> Field:
    shown = Field("Namn")
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    shown.setFocus()
    qtbot.waitUntil(shown.hasFocus)
    return shown


def test_each_press_of_a_visit_is_timed_until_it_is_painted(qtbot: QtBot, tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        taken = measure(desk, "H", [ADULT], visits=1)

        assert desk.register("H").state.next_receipt == 2

    assert len(taken) >= len(ADULT) + len("test testsson") + len("besok")
    assert 0 < min(taken) <= percentile(taken, 0.5) <= percentile(taken, 0.99) <= max(taken)


def test_a_press_that_takes_long_is_told_as_long(field: Field, hands: Hands) -> None:
    hands.press("a")
    field.typed.connect(lambda _text: time.sleep(SLOW_S))

    hands.press("b")

    assert len(hands.taken_ms) == 2
    assert hands.taken_ms[1] >= SLOW_S * 1000


def test_a_press_ends_with_its_last_paint(field: Field, hands: Hands) -> None:
    """What a press has asked for is of the press, also when the field was painted before it."""

    def say_later() -> None:
        time.sleep(SLOW_S)
        field.setText("Åsa")

    field.typed.connect(lambda _text: QTimer.singleShot(0, say_later))

    hands.press("a")

    assert hands.taken_ms[0] >= SLOW_S * 1000


def test_what_a_press_is_done_with_is_gone_when_it_ends(field: Field, hands: Hands) -> None:
    done_with = Field("Gammal")
    field.typed.connect(lambda _text: done_with.deleteLater())

    hands.press("a")

    assert not isValid(done_with)
