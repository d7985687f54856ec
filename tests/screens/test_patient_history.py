"""One patient's history: only from a sale, on record, and no further back than one may see (UX 2.10, R60, R61)."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import Look
from kassaapp.domain.visit import Patient
from kassaapp.screens.patient_history import PatientHistoryScreen
from tests.desks import SWEDISH_WINTER, an_open_till
from tests.screens.looking_back import ADULT, HIDDEN, OTHER, LookingBack


class Beside:
    """A patient's history at a desk, and where it led."""

    def __init__(self, desk: Desk) -> None:
        self.back = LookingBack(desk)
        self.went: list[object] = []
        self.screen = PatientHistoryScreen(
            desk.register("H"),
            desk.history("H"),
            lambda: desk.sync_status("H"),
            open_receipt=lambda receipt: self.went.append(("open", receipt)),
            refund=lambda receipt: self.went.append(("refund", receipt)),
            to_account=lambda patient: self.went.append(("account", patient.name)),
            left=lambda: self.went.append("left"),
        )

    def patient(self, **more: Any) -> Patient:
        """The adult as a sale has them."""
        return Patient(self.back.desk.register("H").read_id(ADULT["id"]), ADULT["name"], **more)


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    with an_open_till(tmp_path) as desk:
        yield Beside(desk)


def test_it_shows_one_patient_the_newest_first_and_that_is_on_record(beside: Beside) -> None:
    beside.back.sell()
    beside.back.sell(patient=OTHER)
    beside.back.sell(4)

    beside.screen.begin(beside.patient(paid_in_window_ore=110_000, window_from=date(2026, 1, 14)))

    view = beside.screen.view
    assert view.heading == "Historik  ·  19610118-2803  ·  65 år"
    assert view.about == "Frikort: 1\u202f100,00\u202fkr av 1\u202f450,00\u202fkr betalt, perioden började 2026-01-14"
    assert view.balance == "A conto 0,00\u202fkr"
    assert [(row.number, row.content) for row in view.rows] == [("R0417H-3", "Psykolog"), ("R0417H-1", "Läkarbesök")]
    assert beside.back.looks == [(Look.HISTORY, "610118-••••")]


def test_nothing_is_shown_before_a_sale_has_asked_or_after_it_was_left(beside: Beside) -> None:
    beside.back.sell()
    before = beside.screen.view
    beside.screen.begin(beside.patient())

    beside.screen.back()

    for view in (before, beside.screen.view):
        assert (view.heading, view.rows, view.balance) == ("", (), "")
    assert beside.went == ["left"]


def test_a_cashier_sees_today_and_a_supervisor_what_was_before(beside: Beside) -> None:
    back = beside.back
    back.sell()
    back.ask("close_session", till="H", counted_ore=100_000, card_ore=20_000, pin="123456")
    back.desk.clock.set(datetime(2026, 11, 24, 8, 0, tzinfo=SWEDISH_WINTER))
    back.ask("open_session", till="H", counted_ore=100_000)
    beside.screen.begin(beside.patient())
    as_cashier = beside.screen.view
    back.desk.sign_in("erilu", "234567")

    beside.screen.begin(beside.patient())

    assert (as_cashier.rows, as_cashier.empty) == ((), "Inget är registrerat på patienten.")
    assert as_cashier.note.startswith("Du ser dagens kvitton.")
    assert [row.receipt for row in beside.screen.view.rows] == [1]
    assert beside.screen.view.note == ""


def test_from_a_row_one_goes_to_the_receipt_the_refund_and_the_account(beside: Beside) -> None:
    beside.back.sell()
    beside.back.sell(2, pay=[])
    beside.screen.begin(beside.patient())

    beside.screen.refund_marked()
    beside.screen.open_marked()
    beside.screen.mark(1)
    beside.screen.refund_marked()
    beside.screen.account()

    assert beside.went == [("open", 2), ("refund", 1), ("account", "Test Testsson")]


def test_a_protected_patient_is_a_row_of_dots_without_an_age(beside: Beside) -> None:
    beside.back.sell(patient=HIDDEN)
    hidden = Patient(beside.back.desk.register("H").read_id(HIDDEN["id"]), "", protected=True)

    beside.screen.begin(hidden)

    assert beside.screen.view.heading == "Historik  ·  ••••••••-••••"
    assert beside.screen.view.rows[0].patient == "Skyddad"


def test_with_nobody_signed_in_nothing_is_looked_at(beside: Beside) -> None:
    beside.back.sell()
    patient = beside.patient()
    beside.back.desk.lock()

    beside.screen.begin(patient)

    assert beside.screen.view.error.startswith("Ingen är inloggad.")
    assert (beside.screen.view.rows, beside.back.looks) == ((), [])
