"""Visning with keys alone: nothing is in force before it is said, and then it is."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.display import Display, ThemeChoice
from kassaapp.screens.display import DisplayScreen
from kassaapp.ui.display_view import DisplayWindow
from tests.ui.keys import focused
from tests.ui.one_room import OneRoom, one_room

WORN: list[Display] = []
WENT: list[str] = []


@pytest.fixture
def display(qtbot: QtBot) -> Iterator[OneRoom[DisplayWindow]]:
    WORN.clear()
    WENT.clear()
    screen = DisplayScreen(Display(), wear=WORN.append, keep=lambda _: True, has_contrast=lambda: False)
    with one_room(
        qtbot,
        lambda guard: DisplayWindow(screen, guard, lambda: WENT.append("back"), lambda: WENT.append("about")),
    ) as shown:
        yield shown


def test_digits_mark_and_enter_goes_on_to_the_button(display: OneRoom[DisplayWindow]) -> None:
    for digit in "23223":
        display.keys.type(digit)
        display.keys.press("Enter")
    before = list(WORN)

    display.keys.press("Enter")

    assert before == []
    (worn,) = WORN
    assert worn == Display(125, ThemeChoice.CONTRAST, "en", sound=False, double_press_ms=1000)
    assert display.room.done.text.text() == "Inställningarna gäller nu."


def test_arrows_mark_and_stop_at_the_ends(display: OneRoom[DisplayWindow]) -> None:
    display.keys.press("Right", "Right", "Right", "Right", "Left")

    assert [button.isChecked() for button in display.room.groups[0].buttons] == [False, False, True, False]
    assert focused() is display.room.groups[0].buttons[2]


def test_tab_takes_a_setting_in_one_step(display: OneRoom[DisplayWindow]) -> None:
    order = [focused()]
    for _ in range(5):
        display.keys.press("Tab")
        order.append(focused())

    groups = display.room.groups
    assert [widget in group.buttons for widget, group in zip(order, groups, strict=False)] == [True] * 5
    assert order[5] is display.room.use


def test_there_are_ways_on_and_back(display: OneRoom[DisplayWindow]) -> None:
    display.keys.press("Alt+O", "Esc")

    assert WENT == ["about", "back"]
