"""Opening the till: the count, the difference and its reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import SessionOpened
from kassaapp.screens.open_session import OpenScreen
from tests.desks import a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.sign_in("anber", "123456")
        yield desk


def opening(desk: Desk) -> tuple[OpenScreen, list[SessionOpened]]:
    opened: list[SessionOpened] = []
    return OpenScreen(desk.register("H"), opened=opened.append), opened


def test_a_count_that_is_right_opens_at_once(desk: Desk) -> None:
    screen, opened = opening(desk)
    for value_ore, pieces in ((10_000, "9"), (1_000, "10")):
        screen.count.type_pieces(value_ore, pieces)

    screen.open()

    assert screen.view.difference == ""
    assert [event.counted_ore for event in opened] == [100_000]


def test_a_difference_is_told_after_the_count_and_wants_a_reason(desk: Desk) -> None:
    screen, opened = opening(desk)
    screen.count.type_total("950")
    blind = screen.view

    screen.open()
    compared = screen.view
    screen.open()

    assert (blind.difference, blind.button) == ("", "Jämför och öppna")
    assert compared.difference == (
        "Det ska finnas 1\u202f000,00\u202fkr i lådan. Du räknade 950,00\u202fkr. Skillnad −50,00\u202fkr."
    )
    assert (compared.button, compared.error) == ("Öppna med 950,00\u202fkr", "")
    assert (screen.view.error, opened) == ("Välj orsak till skillnaden.", [])


def test_a_reason_opens_and_is_on_record(desk: Desk) -> None:
    screen, opened = opening(desk)
    screen.count.type_total("950")
    screen.open()
    screen.reason.choose(1)
    screen.reason.write("en femtiolapp saknas")

    screen.open()

    assert [event.reason for event in opened] == ["Fel växel: en femtiolapp saknas"]


def test_counting_anew_takes_the_comparison_back(desk: Desk) -> None:
    screen, _ = opening(desk)
    screen.count.type_total("950")
    screen.open()

    screen.count.type_total("1000")
    screen.changed()

    assert (screen.view.difference, screen.view.button) == ("", "Jämför och öppna")


def test_what_cannot_be_read_is_said_and_opens_nothing(desk: Desk) -> None:
    screen, opened = opening(desk)
    screen.count.type_total("tusen")

    screen.open()

    assert screen.view.count.error.startswith("Skriv beloppet med siffror")
    assert (screen.view.count.counted, opened) == ("–", [])
