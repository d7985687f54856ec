"""Sessions: every opening is one, numbered, with its float, its people and its late close (R02–R06, R51)."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import SessionOpened
from tests.rules.counter import ADULT, BOSS, CARD, CASH, Counter, a_refund, at_counter

NEEDS_A_SESSION: list[tuple[str, dict[str, Any]]] = [
    ("sell", {"patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]}),
    ("refund", {**a_refund(1, 100)}),
    ("void", {"receipt": 1, "reason": "Fel"}),
    ("correct_tender", {"receipt": 1, "by": "cash", "reason": "Fel"}),
    ("correct_patient", {"receipt": 1, "patient": ADULT, "reason": "Fel"}),
    ("deposit", {"patient": ADULT, "amount_ore": 10_000, "pay": [CASH]}),
    ("repay", {"patient": ADULT, "amount_ore": 100, "pay": [CASH], "reason": "Flyttar", "approved_by": BOSS}),
    ("change_float", {"amount_ore": 10_000, "reason": "Mer växel"}),
    ("cash_out", {"amount_ore": 100, "kind": "bank", "reference": "P1", "second": "Erik Lund"}),
    ("open_drawer", {"reason": "Växla"}),
    ("count", {"counted_ore": 0}),
    ("x_report", {}),
    ("park", {"patient": ADULT, "lines": [{"article": 1}]}),
    ("recall", {"parked": 1}),
    ("copy_receipt", {"receipt": 1}),
    ("training", {"on": True}),
    ("close_session", {"counted_ore": 0, "pin": "123456"}),
]
WITHOUT_A_DAY = ("x_report", "count", "recall", "close_session", "training")
"""Acts that register nothing, or lead to the late close."""


def test_r02_sessions_are_numbered_without_gaps_at_each_till(counter: Counter) -> None:
    for number in (1, 2, 3):
        assert counter.register().state.session is not None
        assert counter.close()["z"] == number
        assert counter.ok("open_session", till="H", counted_ore=100_000)["session"] == number + 1

    opened = [event.session for event in counter.events() if isinstance(event, SessionOpened)]
    assert opened == [1, 2, 3, 4]
    assert [row["session"] for row in counter.rows("E", kind="session-open")] == [1]


def test_r02_nothing_happens_to_a_till_without_an_open_session(counter: Counter) -> None:
    counter.sell()
    counter.close()

    answers = {act: counter.refused(act, **{"till": "H", **arguments}) for act, arguments in NEEDS_A_SESSION}

    assert answers == dict.fromkeys(answers, "NoOpenSession")


def test_r02_what_happened_in_a_session_is_found_by_its_number(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 3}])
    counter.refund(1, 60_000, approved_by=BOSS)
    counter.ok("look_up", id="196101182803")

    kinds = [row["kind"] for row in counter.rows(session=1)]

    assert kinds == ["session-open", "sale", "approval", "refund", "seen"]


def test_r03_a_second_opening_is_refused_also_after_a_crash(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell(pay=CASH)
        before = counter.figures()
        assert counter.refused("open_session", till="H", counted_ore=100_000) == "SessionAlreadyOpen"
        shutil.copytree(tmp_path / "desk", tmp_path / "crashed")  # As the disk was when the power went.

    with at_counter(tmp_path / "crashed", opened=False) as after:
        assert after.refused("open_session", till="H", counted_ore=100_000) == "SessionAlreadyOpen"
        assert [row["session"] for row in after.rows(kind="session-open")] == [1]
        assert after.figures() == before
        assert after.sell()["receipt"] == 2


def test_r04_the_float_is_what_was_left_and_a_difference_has_a_reason(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.close()
    assert counter.refused("open_session", till="H", counted_ore=100_000) == "ReasonMissing"
    assert counter.refused("open_session", till="H", counted_ore=100_000, reason="  ") == "ReasonMissing"

    opened = counter.ok("open_session", till="H", counted_ore=100_000, reason="Växel lånades ut")

    assert opened == {"ok": True, "session": 2, "difference_ore": -20_000}
    last = counter.events()[-1]
    assert isinstance(last, SessionOpened)
    assert (last.expected_ore, last.difference_ore, last.reason) == (120_000, -20_000, "Växel lånades ut")


@pytest.mark.parametrize("counted_ore", [-1, 10_000_000_001])
def test_r04_a_float_that_cannot_be_is_refused(counter: Counter, counted_ore: int) -> None:
    counter.close()

    assert counter.refused("open_session", till="H", counted_ore=counted_ore, reason="Fel") == "BadAmount"


def test_r05_a_changed_float_is_its_own_event_and_stands_on_x_and_z(counter: Counter) -> None:
    assert counter.refused("change_float", till="H", amount_ore=50_000) == "ReasonMissing"
    assert counter.refused("change_float", till="H", amount_ore=0, reason="Inget") == "BadAmount"
    assert counter.refused("change_float", till="H", amount_ore=-100_001, reason="För mycket") == "NotEnoughCash"
    counter.ok("change_float", till="H", amount_ore=50_000, reason="Mer växel")
    counter.ok("change_float", till="H", amount_ore=-20_000, reason="Till kassaskåpet")

    changes = [row["amount_ore"] for row in counter.rows(kind="float")]

    assert changes == [50_000, -20_000]
    assert counter.x()["i"] == {"opening_ore": 100_000, "changes_ore": 30_000}
    closed = counter.close()["figures"]
    assert closed["i"] == {"opening_ore": 100_000, "changes_ore": 30_000}
    assert closed["expected_ore"]["cash"] == 130_000


def test_r06_two_cashiers_in_a_session_are_told_apart_and_add_up(counter: Counter) -> None:
    counter.sell()
    counter.sell(3)
    counter.sign_in("erilu")
    counter.sell(5)

    figures = counter.close()["figures"]

    assert figures["cashiers"] == [
        {"user": "anber", "count": 2, "ore": 40_000},
        {"user": "erilu", "count": 1, "ore": 40_000},
    ]
    assert sum(cashier["ore"] for cashier in figures["cashiers"]) == figures["f"]
    assert sum(cashier["count"] for cashier in figures["cashiers"]) == figures["l"]
    assert counter.rows(kind="session-open")[0]["user"] == "anber"
    assert counter.rows(kind="session-close")[0]["user"] == "erilu"


def test_r51_after_midnight_nothing_is_registered_before_the_late_close(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.at("2026-11-24T00:05")

    registering = [case for case in NEEDS_A_SESSION if case[0] not in WITHOUT_A_DAY]
    answers = {act: counter.refused(act, **{"till": "H", **arguments}) for act, arguments in registering}

    assert answers == dict.fromkeys(answers, "LateClose")


def test_r51_the_late_close_says_so_and_the_day_goes_on(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.at("2026-11-24T00:05")

    counter.close()

    closed = counter.desk.history("H").closings()[-1].event
    assert (closed.session, closed.late) == (1, True)
    assert counter.ok("open_session", till="H", counted_ore=120_000)["session"] == 2
    assert counter.sell()["receipt"] == 2
