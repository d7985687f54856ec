"""The four things that the status line can say, and the page behind it."""

from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp.screens.status import StatusScreen, Tone, offline_for, sync_line
from sync.client.status import Attention, SyncStatus
from tests.desks import MONDAY_MORNING, a_desk


def status(
    unsent: int = 0, *, reachable: bool = True, attention: Attention | None = None, proved_seq: int = -1
) -> SyncStatus:
    return SyncStatus(unsent, reachable, proved_seq, attention, MONDAY_MORNING)


@pytest.mark.parametrize(
    ("shown", "text", "tone"),
    [
        (status(), "Allt skickat", Tone.OK),
        (status(3), "Skickar 3 poster", Tone.SENDING),
        (status(1), "Skickar 1 post", Tone.SENDING),
        (
            status(12, reachable=False),
            "Frånkopplad – 12 poster väntar. Kassan fungerar som vanligt.",
            Tone.OFFLINE,
        ),
        (
            status(1, reachable=False, attention=Attention.NOT_UNDERSTOOD),
            "Frånkopplad – 1 post väntar. Kassan fungerar som vanligt.",
            Tone.OFFLINE,
        ),
        (status(12, reachable=False, attention=Attention.FORK), "1 post behöver åtgärdas", Tone.ERROR),
    ],
)
def test_the_line_says_one_of_four_things(shown: SyncStatus, text: str, tone: Tone) -> None:
    line = sync_line(shown)

    assert (line.text, line.tone) == (text, tone)


def test_only_offline_and_what_needs_a_person_are_said_aloud() -> None:
    said = [bool(sync_line(shown).aloud) for shown in (status(), status(3), status(3, reachable=False))]

    assert said == [False, False, True]


def test_offline_is_counted_from_the_last_contact() -> None:
    later = MONDAY_MORNING + timedelta(hours=30)

    assert offline_for(status(reachable=False), later) == timedelta(hours=30)
    assert offline_for(status(), later) == timedelta()


def test_the_page_tells_what_waits_where_it_is_safe_and_what_a_person_must_do(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        screen = StatusScreen(
            desk.register("H"), lambda: status(2, reachable=False, attention=Attention.FORK, proved_seq=41)
        )

        rows = dict(screen.view.rows)

    assert rows["Väntar"] == "2 poster. De är sparade på den här datorn."
    assert rows["Bekräftat"] == "Regionen har bekräftat alla poster till och med nummer 41."
    assert rows["Kontakt"].startswith("Frånkopplad. Senaste kontakt 2026-11-23")
    assert "En annan dator" in rows["Behöver åtgärdas"]
