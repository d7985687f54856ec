"""What a till claims of rights to money a conto must follow: an answer has a question, and nothing is spent twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kassaapp.domain.events import Event, ReleaseTaken, RightsAsked, RightsGranted, RightsReleased
from kassaapp.domain.state import RegisterState
from kassaapp.verify.fault import Fault
from tests.builders import EVENING, a_deposit, a_patient
from tests.verify.evidence import as_the_owner_of_the_key, faults, journal_in, verdict

ID, OTHER = "AAECAwQFBgcICQoLDA0ODw", "EBESExQVFhcYGRobHB0eHw"
ASKED = RightsAsked(EVENING, "erilu", ID, 100, a_patient())
GRANTED = RightsGranted(EVENING, ID, 100, a_patient())


def released(ore: int) -> RightsReleased:
    return RightsReleased(EVENING, "erilu", OTHER, ore, a_patient())


Make = Callable[[RegisterState, list[Event]], list[Event]]


def signed(desk: Path, events: Make) -> tuple[int, int, set[str]]:
    """The exit code, the place of the finding among these events, and what was found."""
    first = as_the_owner_of_the_key(desk, events)
    code, report = verdict(journal_in(desk))
    return code, (report["first_bad"] or first) - first, faults(report)


@pytest.mark.parametrize(
    "events",
    [
        [ASKED],
        [ASKED, GRANTED],
        [ASKED, RightsGranted(EVENING, ID, 0, a_patient(), free_ore=99), ASKED],
        [ASKED, GRANTED, released(100), ReleaseTaken(EVENING, OTHER)],
    ],
)
def test_what_may_be_is_no_finding(desk: Path, events: list[Event]) -> None:
    assert signed(desk, lambda _state, _past: events) == (0, 0, set())


@pytest.mark.parametrize(
    ("place", "events"),
    [
        (0, [GRANTED]),
        (1, [ASKED, ReleaseTaken(EVENING, ID)]),
        (1, [ASKED, RightsGranted(EVENING, OTHER, 100, a_patient())]),
        (1, [ASKED, RightsGranted(EVENING, ID, 101, a_patient())]),
        (1, [ASKED, ASKED]),
        (2, [ASKED, GRANTED, GRANTED]),
        (0, [RightsAsked(EVENING, "erilu", ID, 0, a_patient())]),
        (0, [released(100)]),
        (2, [ASKED, GRANTED, released(101)]),
        (3, [ASKED, GRANTED, released(100), RightsGranted(EVENING, OTHER, 100, a_patient())]),
    ],
)
def test_what_cannot_be_is_found_where_it_stands(desk: Path, place: int, events: list[Event]) -> None:
    assert signed(desk, lambda _state, _past: events) == (1, place, {Fault.FIGURES.value})


def test_a_deposit_is_not_let_go_of_twice(desk: Path) -> None:
    def twice(state: RegisterState, past: list[Event]) -> list[Event]:
        taken = a_deposit(amount_ore=10_000, state=state, at=past[-1].at)
        return [taken, released(10_000), RightsReleased(EVENING, "erilu", ID, 1, a_patient())]

    assert signed(desk, twice) == (1, 2, {Fault.FIGURES.value})
