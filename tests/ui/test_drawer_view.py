"""The drawer with keys alone: float, bank, opening and counting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.domain.events import CashTakenOut, DrawerOpened, FloatChanged
from kassaapp.history import Filter
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.screens.drawer import DrawerScreen
from kassaapp.screens.drawer_job import Job
from kassaapp.ui.drawer_view import DrawerWindow
from tests.desks import an_open_till
from tests.ui.keys import focused
from tests.ui.one_room import OneRoom, one_room

MOVED: list[CashMoved] = []
LEFT: list[bool] = []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    MOVED.clear()
    LEFT.clear()
    with an_open_till(tmp_path) as desk:
        yield desk


@pytest.fixture
def drawer(desk: Desk, qtbot: QtBot) -> Iterator[OneRoom[DrawerWindow]]:
    screen = DrawerScreen(desk.register("H"), print_slip=MOVED.append, left=lambda: LEFT.append(True))
    with one_room(qtbot, lambda guard: DrawerWindow(screen, guard, lambda: None)) as shown:
        yield shown


def test_the_float_is_raised_on_the_numeric_keypad(drawer: OneRoom[DrawerWindow]) -> None:
    drawer.keys.press("Enter")
    drawer.keys.type("500")
    drawer.keys.press("Enter")
    drawer.keys.type("2")
    drawer.keys.press("Enter", "Enter", "Enter")

    (event,) = MOVED
    assert isinstance(event, FloatChanged)
    assert (event.amount_ore, event.reason) == (50_000, "Från bank")
    assert drawer.room.done.text.text() == "Lagt till 500,00\u202fkr. Växelkassan är nu 1\u202f500,00\u202fkr."
    assert focused() is drawer.room.job.buttons[0]


def test_money_to_the_bank_goes_field_by_field(drawer: OneRoom[DrawerWindow]) -> None:
    drawer.keys.type("4")
    drawer.keys.press("Enter")
    drawer.keys.type("800")
    drawer.keys.press("Enter")
    drawer.keys.type("P-17")
    drawer.keys.press("Enter", "Enter", "Enter")
    asked = focused().accessibleDescription()
    drawer.keys.type("Sara Lind")
    drawer.keys.press("Enter", "Enter")

    assert asked == "Fel: Två personer lämnar pengar till bank. Skriv namnet på den andra."
    (event,) = MOVED
    assert isinstance(event, CashTakenOut)
    assert (event.reference, event.second) == ("P-17", "Sara Lind")


def test_the_drawer_is_opened_with_a_digit_for_the_reason(drawer: OneRoom[DrawerWindow]) -> None:
    drawer.keys.type("6")
    drawer.keys.press("Enter")
    drawer.keys.type("2")
    drawer.keys.press("Enter", "Enter")

    (event,) = MOVED
    assert isinstance(event, DrawerOpened)
    assert event.reason == "Kontrollera lådan"


def test_a_bounced_enter_opens_it_once(drawer: OneRoom[DrawerWindow]) -> None:
    drawer.keys.type("6")
    drawer.keys.press("Enter")
    drawer.keys.type("2")
    drawer.keys.press("Enter")

    drawer.keys.press("Enter")
    drawer.keys.press("Enter", "Enter", quick=True)

    assert len(MOVED) == 1


def test_counting_in_between_goes_at_once_to_the_count(drawer: OneRoom[DrawerWindow], desk: Desk) -> None:
    drawer.room.enter_for(Job.COUNT)
    drawer.room.enter()
    drawer.settle()
    first = focused().accessibleName()

    drawer.room.count.total_field.take_focus()
    drawer.keys.type("1000")
    drawer.keys.press("Enter", "Enter")

    assert first == "Antal 1\u202f000\u202fkr"
    assert "Stämmer" in drawer.room.done.text.text()
    assert len(desk.history("H").find(Filter(kind="count"))) == 1


def test_another_job_asks_for_its_own_fields_alone(drawer: OneRoom[DrawerWindow]) -> None:
    room = drawer.room
    fields = (room.sums, room.float, room.place, room.reference, room.second, room.why, room.count)
    shown = {}

    for job in Job:
        drawer.keys.type(str(job + 1))
        shown[job] = [fields.index(field) for field in fields if field.isVisible()]

    assert shown == {
        Job.ADD: [0, 1, 2, 4], Job.TAKE: [0, 1, 2, 4], Job.EXCHANGE: [0, 1, 2, 4], Job.BANK: [0, 3, 4],
        Job.EXPENSE: [0, 3], Job.OPEN: [5], Job.COUNT: [6],
    }  # fmt: skip


def test_escape_leaves(drawer: OneRoom[DrawerWindow]) -> None:
    drawer.keys.press("Esc")

    assert LEFT == [True]
