"""A patient's history by the keyboard: the newest row at hand, and the ways on from it (UX 2.10)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.domain.visit import Patient
from kassaapp.ui import start
from kassaapp.ui.patient_history_view import PatientHistoryWindow
from tests.desks import an_open_till
from tests.screens.looking_back import ADULT
from tests.screens.test_patient_history import Beside
from tests.ui.keys import Keys, focused
from tests.ui.receipt_room import shown_in_window, words_in_sight


class Counter:
    """The history, the room and the keyboard. `patient` is whom the sale is for."""

    def __init__(self, beside: Beside) -> None:
        self.beside = beside
        self.keys = Keys()
        self.patient: Patient | None = beside.patient()
        self.room = PatientHistoryWindow(beside.screen, lambda: self.patient, lambda: None)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    start.dressed()
    with an_open_till(tmp_path) as desk:
        beside = Beside(desk)
        beside.back.sell()
        beside.back.sell(4)
        counter = Counter(beside)
        with shown_in_window(qtbot, counter.room, counter.keys):
            yield counter


def test_the_newest_is_at_hand_and_enter_shows_it(counter: Counter) -> None:
    here = focused() is counter.room.table
    counter.keys.press("Enter", "Down", "Enter")

    assert here
    assert counter.beside.went == [("open", 2), ("open", 1)]


def test_access_keys_lead_to_the_refund_the_account_and_back(counter: Counter) -> None:
    counter.keys.press("Alt+B", "Alt+C", "Alt+T")

    assert counter.beside.went == [("refund", 2), ("account", "Test Testsson"), "left"]


def test_what_was_shown_is_gone_when_one_has_left(counter: Counter) -> None:
    before = words_in_sight(counter.room)

    counter.keys.press("Esc")

    assert f"{ADULT['id'][:8]}-{ADULT['id'][8:]}" in before
    assert "610118" not in words_in_sight(counter.room)


def test_without_a_patient_there_is_only_the_way_back(counter: Counter) -> None:
    counter.patient = None

    counter.room.enter()

    assert counter.beside.went == ["left"]
    assert not counter.room.open.isEnabled()
