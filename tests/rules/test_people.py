"""Who is at the till: nobody anonymous, nobody without the right, no PIN to be guessed (R01, R20, R61)."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import FloatChanged, SignInFailed
from kassaapp.journal import payload
from kassaapp.trouble import JournalUnreadable
from tests.rules.counter import ADULT, BOSS, CARD, CASH, HIDDEN, OTHER, Counter, Edit, a_refund, at_counter

SALE: dict[str, Any] = {"till": "H", "lines": [{"article": 1}], "pay": [CARD]}
COUNTER_ACTS: list[tuple[str, dict[str, Any]]] = [
    ("open_session", {"counted_ore": 100_000}),
    ("quote", {"patient": ADULT, "lines": [{"article": 1}]}),
    ("sell", {"patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]}),
    ("begin_payment", {"patient": ADULT, "lines": [{"article": 1}], "by": "card"}),
    ("end_payment", {"outcome": "paid"}),
    ("end_payment", {"outcome": "declined"}),
    ("refund", {**a_refund(1, 100)}),
    ("void", {"receipt": 1, "reason": "Fel"}),
    ("correct_tender", {"receipt": 1, "by": "cash", "reason": "Fel"}),
    ("correct_patient", {"receipt": 1, "patient": OTHER, "reason": "Fel"}),
    ("park", {"patient": ADULT, "lines": [{"article": 1}]}),
    ("recall", {"parked": 1}),
    ("deposit", {"patient": ADULT, "amount_ore": 10_000, "pay": [CASH]}),
    ("repay", {"patient": ADULT, "amount_ore": 100, "pay": [CASH], "reason": "Flyttar", "approved_by": BOSS}),
    ("change_float", {"amount_ore": 10_000, "reason": "Mer växel"}),
    ("cash_out", {"amount_ore": 100, "kind": "bank", "reference": "P1", "second": "Erik Lund"}),
    ("open_drawer", {"reason": "Växla"}),
    ("count", {"counted_ore": 0}),
    ("copy_receipt", {"receipt": 1}),
    ("print_receipt", {"receipt": 1}),
    ("training", {"on": True}),
    ("training", {"on": False}),
    ("close_session", {"counted_ore": 120_000, "pin": "345678"}),
]
READING_ACTS: list[tuple[str, dict[str, Any]]] = [
    ("look_up", {"id": "196101182803"}),
    ("x_report", {"till": "H"}),
    ("receipt", {"till": "H", "receipt": 1}),
    ("history", {"till": "H"}),
    ("balance", {"till": "H", "patient": ADULT}),
]


# ── R01 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r01_no_payment_without_a_patient(counter: Counter) -> None:
    for patient in (None, {}, {"name": "Ingen Alls"}, {"id": "", "name": "Ingen Alls"}):
        assert counter.refused("sell", **SALE, patient=patient) == "NoPatient"
        assert counter.refused("quote", till="H", lines=SALE["lines"], patient=patient) == "NoPatient"
        assert counter.refused("park", till="H", lines=SALE["lines"], patient=patient) == "NoPatient"
        amount = {"till": "H", "amount_ore": 10_000, "pay": [CASH], "patient": patient}
        assert counter.refused("deposit", **amount) == "NoPatient"
        assert counter.refused("repay", **amount, reason="Flyttar", approved_by=BOSS) == "NoPatient"


def test_r01_no_payment_without_the_patients_name(counter: Counter) -> None:
    for name in (None, "", "   ", "a" * 101):
        patient = {"id": "196101182803", "name": name}
        assert counter.refused("sell", **SALE, patient=patient) == "NoName"
        assert counter.refused("deposit", till="H", amount_ore=100, pay=[CASH], patient=patient) == "NoName"


def test_r01_a_free_visit_has_a_patient_too(counter: Counter) -> None:
    assert counter.refused("sell", till="H", lines=[{"article": 2}], pay=[]) == "NoPatient"


def test_r01_every_receipt_in_the_journal_names_its_patient(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.refund(1, 5_000, CASH)
    counter.sell()
    counter.ok("void", till="H", receipt=3, reason="Fel besök")
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.ok("repay", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH], reason="Flyttar", approved_by=BOSS)
    counter.sell(patient=HIDDEN)

    with_receipt = counter.numbered()

    assert [event.receipt for event in with_receipt] == [1, 2, 3, 4, 5, 6, 7]
    assert all(event.patient.id.reveal() and event.patient.id.oid and event.patient.name for event in with_receipt)


def test_r01_a_sale_without_its_patient_is_no_record_at_all(counter: Counter) -> None:
    counter.sell()
    parts = payload.contents(counter.events()[-1])

    with pytest.raises(JournalUnreadable):
        payload.event_of("sale", {"a": parts["a"]})


def test_r01_the_journal_file_takes_no_record_without_its_bytes(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell()
    file = sqlite3.connect(tmp_path / "desk" / "H" / "journal.db")
    columns = [row[1] for row in file.execute("PRAGMA table_info(part)")]
    assert "body" in columns

    with pytest.raises(sqlite3.IntegrityError):
        file.execute("INSERT INTO part SELECT hash, name || 'x', sealed, digest, NULL FROM part LIMIT 1")
    file.close()


def test_r01_cash_moves_without_a_patient_but_never_without_a_cashier(counter: Counter) -> None:
    counter.ok("change_float", till="H", amount_ore=1_000, reason="Mer växel")
    moved = counter.events()[-1]
    counter.ok("sign_out")

    assert isinstance(moved, FloatChanged)
    assert (moved.by, moved.reason) == ("anber", "Mer växel")
    assert counter.refused("change_float", till="H", amount_ore=1_000, reason="Mer växel") == "NotSignedIn"


# ── R20 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r20_starts_settings_people_and_approvals_are_events(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 3}])
    counter.refund(1, 60_000, approved_by=BOSS)
    counter.refused("sign_in", user="anber", pin="000000")
    counter.ok("lock")
    counter.sign_in("erilu")
    counter.ok("sign_out")
    counter.sign_in("erilu")

    history = [(row["kind"], row["user"]) for row in counter.rows()]

    assert history == [
        ("open", None),
        ("start", None),
        ("config", None),
        ("sign-in", "anber"),
        ("session-open", "anber"),
        ("sale", "anber"),
        ("approval", "erilu"),
        ("refund", "anber"),
        ("sign-in-failed", None),
        ("lock", "anber"),
        ("sign-in", "erilu"),
        ("sign-out", "erilu"),
        ("sign-in", "erilu"),
    ]


def test_r20_a_start_says_which_version_and_which_configuration(tmp_path: Path) -> None:
    from kassaapp import VERSION
    from kassaapp.domain.events import ConfigurationTaken, ProgramStarted

    with at_counter(tmp_path / "desk") as counter:
        counter.close()
    with at_counter(tmp_path / "desk", opened=False) as counter:
        events = counter.events()

    assert [event.version for event in events if isinstance(event, ProgramStarted)] == [VERSION, VERSION]
    assert [event.number for event in events if isinstance(event, ConfigurationTaken)] == [0]


# ── R61 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r61_the_auditor_reads_and_does_nothing_at_the_counter(counter: Counter) -> None:
    counter.sell()
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.sign_in("revis")

    answers = [(act, counter.refused(act, **{"till": "H", **arguments})) for act, arguments in COUNTER_ACTS]

    assert answers == [(act, "NotAllowed") for act, _ in COUNTER_ACTS]
    for act, arguments in READING_ACTS:
        counter.ok(act, **arguments)


@pytest.mark.parametrize("away", ["sign_out", "lock"])
def test_r61_nobody_does_or_reads_anything_without_signing_in(counter: Counter, away: str) -> None:
    counter.sell()
    counter.ok(away)

    acts = [*COUNTER_ACTS, *READING_ACTS, ("lock", {})]
    answers = [(act, counter.refused(act, **_at_till(act, arguments))) for act, arguments in acts]

    assert answers == [(act, "NotSignedIn") for act, _ in acts]


def _at_till(act: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return arguments if act in ("look_up", "lock") else {"till": "H", **arguments}


def test_r61_a_cashier_sees_today_and_a_supervisor_every_day(counter: Counter) -> None:
    counter.sell()
    counter.close()
    counter.at("2026-11-24T08:00")
    counter.ok("open_session", till="H", counted_ore=100_000)

    assert counter.refused("history", till="H", **{"from": "2026-11-23"}) == "NotAllowed"
    assert {row["at"][:10] for row in counter.rows()} == {"2026-11-24"}
    for who in ("erilu", "revis"):
        counter.sign_in(who)
        assert [row["kind"] for row in counter.rows(kind="sale")] == ["sale"]


def test_r61_the_region_may_let_cashiers_see_other_days(counter_with: Callable[[Edit], Counter]) -> None:
    counter = counter_with(lambda made: made["policy"].update(cashier_sees_other_days=True))
    counter.sell()
    counter.close()
    counter.at("2026-11-24T08:00")

    assert [row["kind"] for row in counter.rows(kind="sale")] == ["sale"]


def test_r61_only_a_supervisor_is_told_what_is_in_the_drawer(counter: Counter) -> None:
    assert counter.ok("change_float", till="H", amount_ore=1_000, reason="Mer växel") == {"ok": True}
    counter.sign_in("erilu")

    told = counter.ok("change_float", till="H", amount_ore=1_000, reason="Mer växel")

    assert told == {"ok": True, "expected_cash_ore": 102_000}


def test_r61_a_cashier_cannot_approve(counter: Counter) -> None:
    counter.sign_in("erilu")
    counter.sell(lines=[{"article": 1, "quantity": 3}])

    approval = {"user": "anber", "pin": "123456"}

    assert counter.refused("refund", **a_refund(1, 60_000), approved_by=approval) == "NotAllowed"


def test_r61_wrong_pins_given_to_approve_are_counted_and_close_the_door(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 3}])
    guess = {**a_refund(1, 60_000), "approved_by": {"user": "erilu", "pin": "000000"}}
    assert [counter.refused("refund", **guess) for _ in range(4)] == ["WrongPin"] * 4

    assert counter.refused("refund", **guess) == "TooManyAttempts"

    right = {**guess, "approved_by": BOSS}
    assert counter.refused("refund", **right) == "TooManyAttempts"
    assert len([event for event in counter.events() if isinstance(event, SignInFailed)]) == 5


def test_r61_both_tills_of_a_desk_count_the_same_guesses(counter: Counter) -> None:
    for till, address in (("H", ADULT), ("E", ADULT)):
        article = 1 if till == "H" else 101
        counter.ok("sell", till=till, patient=address, lines=[{"article": article, "quantity": 3}], pay=[CARD])
    guess = {"user": "erilu", "pin": "000000"}
    for _ in range(4):
        counter.refused("refund", **a_refund(1, 60_000), approved_by=guess)

    fifth = counter.refused("refund", **a_refund(1, 60_000, till="E"), approved_by=guess)

    assert fifth == "TooManyAttempts"


def test_r61_practice_is_no_place_to_guess_a_pin(counter: Counter) -> None:
    before = counter.desk.records("H")
    answers = []
    for _ in range(2):
        counter.ok("training", till="H", on=True)
        counter.sell(lines=[{"article": 1, "quantity": 3}])
        guess = {**a_refund(1, 60_000), "approved_by": {"user": "erilu", "pin": "000000"}}
        answers += [counter.ask("refund", **guess)["refused"] for _ in range(4)]
        counter.ok("training", till="H", on=False)

    assert "TooManyAttempts" in answers
    assert any(isinstance(event, SignInFailed) for event in counter.events()[before:])
