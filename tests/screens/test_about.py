"""About the till: how its parts are, and a text for support that names nobody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.screens.about import AboutScreen, Fact, Medium
from kassaapp.screens.status import Tone
from tests.desks import MONDAY_MORNING, a_desk, an_open_till, named


class About:
    """An about screen, what it copied, and a medium that is told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.copied: list[str] = []
        self.medium = Medium.WRITTEN
        self.screen = AboutScreen(
            desk.register("H"),
            desk.history("H"),
            lambda: desk.sync_status("H"),
            records=lambda: 20_311,
            medium=lambda: self.medium,
            copy=self.copied.append,
            more=lambda: (Fact("Skrivare", Tone.OK, "TM-T20"),),
        )

    def fact(self, label: str) -> Fact:
        """The row with that label."""
        (fact,) = [fact for fact in self.screen.view.facts if fact.label == label]
        return fact


@pytest.fixture
def about(tmp_path: Path) -> Iterator[About]:
    with an_open_till(tmp_path) as desk:
        yield About(desk)


def test_it_says_what_support_asks_for(about: About) -> None:
    shown = {fact.label: fact.text for fact in about.screen.view.facts}

    assert shown["Kassa"] == "Version 0.1.0 · R0417H · Vårdcentralen Ekbacken · Reception 1"
    assert shown["Prislista"].endswith("gäller i kassan sedan 2026-11-23 07:42")
    assert shown["Journal"] == "20\u202f311 poster · kontrollerad 2026-11-23 07:42: Journalen var hel"
    assert shown["Klocka"] == "2026-11-23 07:42 · inte ställd bakåt i dag"
    assert shown["Server"].startswith("Frånkopplad")
    assert shown["Disk"].endswith("kvar")
    assert shown["Skrivare"] == "TM-T20"


def test_the_desk_is_called_what_its_clinic_file_says_in_practice_too(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    named(tmp_path, "Reception 2")

    with an_open_till(tmp_path) as desk:
        desk.begin_training("H")
        practice = desk.practice("H")
        assert practice is not None
        told = [About(one).fact("Kassa").text for one in (desk, practice)]

    assert [text.rpartition(" · ")[2] for text in told] == ["Reception 2", "Reception 2"]


@pytest.mark.parametrize(
    ("medium", "tone"), [(Medium.NONE, Tone.INFO), (Medium.WRITTEN, Tone.OK), (Medium.LOST, Tone.WARN)]
)
def test_the_second_medium_is_told_of(about: About, medium: Medium, tone: Tone) -> None:
    about.medium = medium

    assert about.fact("Extra kopia").tone is tone


@pytest.mark.parametrize(
    ("at", "tone", "end"),
    [
        (MONDAY_MORNING, Tone.INFO, "2029-12-31"),
        (datetime(2029, 12, 1, 8, 0, tzinfo=MONDAY_MORNING.tzinfo), Tone.WARN, "(30 dagar kvar)"),
        (datetime(2029, 12, 30, 8, 0, tzinfo=MONDAY_MORNING.tzinfo), Tone.WARN, "(1 dag kvar)"),
    ],
)
def test_an_exemption_that_ends_soon_is_warned_of(about: About, at: datetime, tone: Tone, end: str) -> None:
    about.desk.clock.set(at)

    fact = about.fact("Undantag")
    assert (fact.tone, fact.text.endswith(end)) == (tone, True)


def test_a_clock_that_was_set_back_today_is_told_of(about: About) -> None:
    about.desk.clock.set(MONDAY_MORNING - timedelta(hours=1))
    about.desk.register("H").open_drawer("Kontrollera lådan")

    fact = about.fact("Klocka")
    assert (fact.tone, fact.text) == (Tone.WARN, "2026-11-23 06:42 · ställd bakåt 06:42")


def test_what_is_copied_holds_every_row_and_no_person(about: About) -> None:
    register = about.desk.register("H")
    patient = Patient(register.read_id("19610118-2803"), "Test Testsson")
    register.sell(patient, [Wish(2)], [])

    about.screen.copy()

    (text,) = about.copied
    assert all(f"{fact.label}: {fact.text}\n" in text for fact in about.screen.view.facts)
    assert "Poster som väntar: " in text
    for person in ("610118", "2803", "Test", "Anna", "Berg", "anber", "Erik", "erilu"):
        assert person not in text
    assert about.screen.view.copied.startswith("Diagnostiken är kopierad.")
