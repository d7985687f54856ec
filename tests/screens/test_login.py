"""Signing in: what a wrong PIN says, and what is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.screens.login import LoginScreen, Spot
from tests.desks import a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def login(desk: Desk, told: list[str]) -> LoginScreen:
    return LoginScreen(
        desk.register("H"), lambda: desk.sync_status("H"), sign_in=desk.sign_in, signed_in=lambda: told.append("in")
    )


def test_the_clinic_and_the_desk_are_named_and_offline_is_no_obstacle(desk: Desk) -> None:
    view = login(desk, []).view

    assert view.place == "Vårdcentralen Ekbacken · Reception 1"
    assert view.note == "Utan kontakt med servern. Du kan logga in och arbeta ändå."
    assert view.spot is Spot.USER


@pytest.mark.parametrize(
    ("user", "pin", "error", "spot"),
    [("", "123456", "Skriv användare.", Spot.USER), ("anber", "", "Skriv pinkoden.", Spot.PIN)],
)
def test_nothing_typed_is_no_attempt(desk: Desk, user: str, pin: str, error: str, spot: Spot) -> None:
    screen, before = login(desk, []), desk.records("H")

    screen.sign_in(user, pin)

    assert (screen.view.user_error or screen.view.error, screen.view.spot) == (error, spot)
    assert desk.records("H") == before


def test_a_wrong_pin_says_how_many_tries_are_left(desk: Desk) -> None:
    told: list[str] = []
    screen = login(desk, told)

    screen.sign_in("anber", "000000")

    assert screen.view.error.startswith("Pinkoden stämmer inte. 4 försök kvar.")
    assert (screen.view.spot, told) == (Spot.PIN, [])


def test_whoever_was_here_last_needs_only_the_pin(desk: Desk) -> None:
    told: list[str] = []
    screen = login(desk, told)
    screen.sign_in("anber", "123456")

    desk.lock()
    locked = screen.view
    desk.sign_in("anber", "123456")
    desk.sign_out()

    assert told == ["in"]
    assert (locked.locked, locked.user) == ("Kassan är låst av Anna Berg", "anber")
    assert (screen.view.locked, screen.view.user, screen.view.spot) == ("", "anber", Spot.PIN)


def test_a_user_in_capitals_is_the_same_user(desk: Desk) -> None:
    screen = login(desk, [])

    screen.sign_in("ANBER", "123456")

    user = desk.register("H").user
    assert user is not None
    assert user.id == "anber"


def test_who_was_here_last_is_filled_in_when_the_program_starts(desk: Desk) -> None:
    screen = LoginScreen(
        desk.register("H"),
        lambda: desk.sync_status("H"),
        sign_in=desk.sign_in,
        signed_in=lambda: None,
        last_user="anber",
    )

    assert (screen.view.user, screen.view.spot) == ("anber", Spot.PIN)
