"""Undoing and putting right by the keyboard alone: reason, second person, button (UX 2.12)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from kassaapp.ui import start
from kassaapp.ui.receipts_view import ReceiptsWindow
from kassaapp.ui.widgets.double_press import DoublePress
from tests.desks import an_open_till
from tests.screens.looking_back import LookingBack
from tests.ui.keys import Keys, focused
from tests.ui.receipt_room import said, shown_in_window, words_in_sight

EXPENSIVE = [{"article": 1}, {"article": 3}, {"article": 4}]


class Counter:
    """The desk, the room and the keyboard."""

    def __init__(self, back: LookingBack) -> None:
        self.back = back
        self.keys = Keys()
        self.room = ReceiptsWindow(back.screen, DoublePress(self.keys.elapsed_ms), lambda: None)

    def sell(self, **more: Any) -> None:
        """One more visit, and the list anew."""
        self.back.sell(**more)
        self.keys.press("F9", "Enter")

    @property
    def result(self) -> str:
        """What the screen says was done."""
        return self.room.result.text.text() if self.room.result.isVisible() else ""


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    start.dressed()
    with an_open_till(tmp_path) as desk:
        counter = Counter(LookingBack(desk))
        with shown_in_window(qtbot, counter.room, counter.keys):
            yield counter


def test_a_second_person_signs_in_place_and_the_pin_leaves_the_screen(counter: Counter) -> None:
    counter.sell(lines=EXPENSIVE)
    counter.keys.press("Alt+M")
    counter.keys.type("2")
    counter.keys.press("Enter")
    asked = words_in_sight(counter.room)
    counter.keys.type("erilu")
    counter.keys.press("Enter")
    counter.keys.type("000000")
    counter.keys.press("Enter")
    wrong, field = words_in_sight(counter.room), counter.room.undo.approval.pin.edit.text()
    counter.keys.type("234567")
    counter.keys.press("Enter", "Enter")

    assert "Be kassaansvarig godkänna med sin pinkod" in asked
    assert ("Pinkoden stämmer inte. 4 försök kvar." in wrong, field) == (True, "")
    assert counter.result.startswith("Kvitto R0417H-1 är makulerat")
    assert counter.room.undo.approval.pin.edit.text() == ""


def test_void_and_register_anew_is_a_key_of_its_own(counter: Counter) -> None:
    counter.sell()
    counter.keys.press("Alt+M")
    counter.keys.type("2")

    counter.keys.press("Alt+O", "Enter")

    ((patient, wishes, _),) = counter.back.sales
    assert patient is not None
    assert [wish.article for wish in wishes] == [1]


def test_while_the_money_goes_back_only_that_is_asked_and_escape_says_that_none_went(counter: Counter) -> None:
    counter.sell()
    counter.keys.press("Alt+M")
    counter.keys.type("2")
    counter.keys.press("Enter")
    undo = counter.room.undo
    waiting = (undo.confirm.text(), undo.reasons.isVisible(), undo.keep.text(), focused() is undo.confirm)
    words = words_in_sight(counter.room)

    counter.keys.press("Esc")

    assert waiting == ("Pengarna är tillbaka – registrera", False, "Inget är återbetalt", True)
    assert "Gör återköpet på 200,00\u202fkr i kortterminalen också." in words
    assert (undo.reasons.isVisible(), undo.confirm.text()) == (True, "Makulera 200,00\u202fkr")
    assert counter.back.desk.register("H").open_payment is None


def test_each_rows_amount_has_a_digit_of_its_own(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1}, {"article": 4}])
    counter.keys.press("Alt+B")

    counter.keys.press("Alt+2")

    assert focused() is counter.room.undo.parts.amounts[1].edit


def test_own_words_are_written_where_annat_is_picked(counter: Counter) -> None:
    counter.sell()
    counter.keys.press("Alt+M")
    counter.keys.type("9")
    counter.keys.type("Fel kö")
    counter.keys.press("Enter", "Enter")

    assert counter.result.startswith("Kvitto R0417H-1 är makulerat")


def test_a_part_is_given_back_with_another_tender(counter: Counter) -> None:
    counter.sell(by="cash", lines=[{"article": 1}, {"article": 4}])
    counter.keys.press("Alt+B")
    undo = counter.room.undo
    undo.parts.checks[0].setFocus()
    counter.keys.press("Space", "Tab", "Tab", "Tab")
    counter.keys.type("150,50")
    counter.keys.press("Tab")
    at_tender = said(focused())
    counter.keys.press("Tab")
    counter.keys.type("1")
    confirm = undo.confirm.text()
    counter.keys.press("Enter", "Enter")

    assert at_tender == "1  Kontant (som betalningen)"
    assert confirm == "Återbetala 150,50\u202fkr"
    assert counter.result == (
        "151,00\u202fkr av kvitto R0417H-1 är återbetalt med returkvitto R0417H-2.\nLämna tillbaka 151\u202fkr kontant."
    )


def test_a_wrong_tender_is_put_right_with_two_digits(counter: Counter) -> None:
    counter.sell(by="cash")
    counter.keys.press("Alt+R")
    counter.keys.type("1")
    counter.keys.press("Enter")
    counter.keys.type("1")
    counter.keys.press("Enter", "Enter")

    assert counter.result.startswith("Kvitto R0417H-1 är rättat till Kort med returkvitto R0417H-2")
    assert counter.back.printed == [2, 3]


def test_the_right_patient_is_typed_named_and_confirmed(counter: Counter) -> None:
    counter.sell()
    counter.keys.press("Alt+P")
    counter.keys.type("7010632391")
    counter.keys.press("Enter")
    counter.keys.type("Sara Samordning")
    counter.keys.press("Enter")
    counter.keys.type("2")
    counter.keys.press("Enter", "Enter")

    assert counter.result.startswith("Kvitto R0417H-1 är flyttat till rätt patient")
    assert (counter.room.undo.number.edit.text(), counter.room.undo.name.edit.text()) == ("", "")


def test_the_button_says_the_amount_and_never_has_the_keyboard_first(counter: Counter) -> None:
    counter.sell()
    first = []
    for key in ("Alt+M", "Alt+B", "Alt+R", "Alt+P"):
        counter.keys.press(key)
        first.append((counter.room.undo.confirm.text(), focused() is counter.room.undo.confirm))
        counter.keys.press("Esc")

    assert first == [
        ("Makulera 200,00\u202fkr", False),
        ("Återbetala 200,00\u202fkr", False),
        ("Rätta betalsättet", False),
        ("Flytta kvittot till rätt patient", False),
    ]


def test_arrows_and_digits_pick_among_the_reasons_and_enter_does_not(counter: Counter) -> None:
    counter.sell()
    counter.keys.press("Alt+M", "Enter")
    none_picked = counter.room.undo.reasons.options[0].isChecked()
    counter.keys.press("Down", "Down")
    here = focused()
    counter.keys.type("4")

    assert not none_picked
    assert isinstance(here, QRadioButton)
    assert here.text() == "3  Dubbelt"
    assert [option.isChecked() for option in counter.room.undo.reasons.options] == [False, False, False, True, False]
