"""Protected identity: in no list, on no paper, in no file name; also when the mark comes later (R58, R59, R60)."""

import logging
from typing import Any

import pytest

from kassaapp import acts
from kassaapp.domain.events import KINDS, Look, PatientSeen, ReceiptPrinted, SaleRefunded, SaleRegistered, SaleVoided
from kassaapp.domain.visit import PROTECTED_NAME, Patient
from kassaapp.verify.audit import audit
from tests.rules.counter import ADULT, CARD, CASH, HIDDEN, INVOICE, OTHER, SWISH, Counter, at_counter

OPEN = {"id": HIDDEN["id"], "name": "Synlig Före", "address": "Gamla vägen 1"}
"""The same person before the mark came."""
SECRETS = ("Ska Inte", "Synlig Före", "Gamla vägen", "2553")


def leaks(told: object) -> list[str]:
    """Which secrets stand in what was told."""
    return [secret for secret in SECRETS if secret in str(told)]


# ── R58 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r58_a_protected_patient_is_on_record_and_shown_nowhere(counter: Counter) -> None:
    counter.sell(patient=HIDDEN, pay=CASH)
    counter.refund(1, 5_000, CASH)
    counter.ok("deposit", till="H", patient=HIDDEN, amount_ore=10_000, pay=[CASH])

    sold = counter.desk.history("H").sale(1).event
    assert (sold.patient.id.reveal(), sold.patient.name) == (HIDDEN["id"], PROTECTED_NAME)
    assert leaks([counter.paper(number) for number in (1, 2, 3)]) == []
    assert leaks(counter.ask("history", till="H")) == []
    assert {row["patient"] for row in counter.rows() if "patient" in row} == {"Skyddad"}
    assert "Synlig" not in str(counter.ok("look_up", id=HIDDEN["id"]))
    assert counter.ok("look_up", id=HIDDEN["id"])["protected"] is True


def test_r58_the_paper_says_nothing_that_points_at_anyone(counter: Counter) -> None:
    near = {"paid_in_window_ore": 135_000, "window_from": "2026-03-10", "category_reference": "Kort 80752"}
    counter.sell(patient={**HIDDEN, **near}, pay={**SWISH, "reference": "0701234567"})

    text = counter.paper(1)

    for secret in ("Patient", "500907", "SKYDDAD", "Skyddad", "80752", "0701234567"):
        assert secret not in text
    assert "100,00" in text


def test_r58_no_paper_is_made_unasked(counter: Counter) -> None:
    counter.sell(patient=HIDDEN, pay=SWISH)

    assert counter.save(1) is None
    assert not (counter.desk.folder / "kvitton").exists()


@pytest.mark.parametrize("number", ["19810829DA1B", "22950606FH20"])
def test_r58_no_invoice_to_a_reserve_number_with_protection(counter: Counter, number: str) -> None:
    patient = {"id": number, "name": "X", "protected": True}
    sale: dict[str, Any] = {"till": "H", "patient": patient, "lines": [{"article": 1}]}

    assert counter.refused("sell", **sale, pay=[INVOICE]) == "InvoiceNotAllowed"
    counter.ok("sell", **sale, pay=[CARD])


def test_r58_a_mark_that_comes_later_hides_what_was_before_and_changes_no_record(counter: Counter) -> None:
    counter.sell(patient=OPEN)
    counter.sell(101, CARD, "E", patient=OPEN)
    assert "Synlig Före" in counter.paper(1)
    stored = counter.journal().frames(0, 500)

    counter.sell(2, [], patient=HIDDEN)

    assert counter.journal().frames(0, len(stored)) == stored
    assert leaks(counter.paper(1)) == []
    assert leaks(counter.ask("history", till="H")) == []
    assert "name" not in counter.ok("look_up", id=HIDDEN["id"])


def test_r58_a_mark_set_at_one_till_of_the_desk_hides_at_the_other(counter: Counter) -> None:
    counter.sell(101, CARD, "E", patient=OPEN)

    counter.sell(2, [], patient=HIDDEN)

    assert leaks(counter.paper(1, "E")) == []
    assert leaks(counter.ask("history", till="E")) == []


def test_r58_once_protected_is_protected_whatever_the_counter_says(counter: Counter) -> None:
    counter.sell(2, [], patient=HIDDEN)

    counter.sell(patient=OPEN)
    counter.ok("deposit", till="H", patient=OPEN, amount_ore=10_000, pay=[CASH])
    counter.ok("park", till="H", patient=OPEN, lines=[{"article": 1}])

    later = [event.patient for event in counter.events()[-3:] if hasattr(event, "patient")]
    assert [(patient.name, patient.protected, patient.address) for patient in later] == [
        (PROTECTED_NAME, True, None)
    ] * 3
    assert counter.save(2) is None


def test_r58_what_is_recorded_of_old_receipts_after_the_mark_names_nobody(counter: Counter) -> None:
    for _ in range(3):
        counter.sell(patient=OPEN)
    counter.sell(2, [], patient=HIDDEN)
    before = counter.desk.records("H")

    counter.refund(1, 100)
    counter.ok("void", till="H", receipt=2, reason="Fel")
    counter.ok("correct_tender", till="H", receipt=3, by="swish", reason="Fel")
    counter.ok("copy_receipt", till="H", receipt=1)
    counter.ok("receipt", till="H", receipt=1)

    kinds = (SaleRefunded, SaleVoided, SaleRegistered, ReceiptPrinted, PatientSeen)
    after = [event for event in counter.events()[before:] if isinstance(event, kinds)]
    assert len(after) >= 6
    assert {event.patient.name for event in after} == {PROTECTED_NAME}


def test_r58_the_chain_holds_after_a_mark(counter: Counter) -> None:
    counter.sell(patient=OPEN)
    counter.sell(patient=HIDDEN)
    counter.refund(1, 100)
    path = counter.desk.folder / "H" / "journal.db"
    counter.desk.close()

    assert audit(path).findings == []


def test_r58_a_mark_outlives_the_program(counter: Counter) -> None:
    counter.sell(patient=OPEN)
    counter.sell(2, [], patient=HIDDEN)
    folder = counter.desk.folder
    counter.desk.close()

    with at_counter(folder, opened=False) as again:
        assert leaks(again.paper(1)) == []
        again.sell(patient=OPEN)
        assert again.register().receipts.sale(3).sale.patient.name == PROTECTED_NAME


def test_r58_a_mark_that_came_with_a_parked_sale_is_a_mark(counter: Counter) -> None:
    counter.sell(patient=OPEN)

    counter.ok("park", till="H", patient=HIDDEN, lines=[{"article": 1}])

    assert leaks(counter.paper(1)) == []


def test_r58_no_refusal_log_or_file_name_tells_who(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    counter.sell(patient=OPEN)
    path = counter.save(1)
    for patient in (HIDDEN, {**HIDDEN, "id": "195009072554"}, OPEN):
        sale = {"till": "H", "patient": patient, "lines": [{"article": 5}], "pay": [CASH, CASH]}
        assert leaks(counter.ask("sell", **sale)) == []

    assert leaks(caplog.text) == []
    assert leaks([file.name for file in counter.desk.folder.rglob("*")]) == []
    assert path is not None


# ── R59 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r59_nothing_links_or_merges_two_identities() -> None:
    words = ("merge", "link", "alias", "same_person", "previous_id", "rename")

    names = [*acts.ACTS, *KINDS, *Patient.__slots__]

    assert [name for name in names if any(word in name for word in words)] == []


def test_r59_two_numbers_are_two_patients_even_with_one_name(counter: Counter) -> None:
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    twin = {**OTHER, "name": ADULT["name"], "address": ADULT["address"]}

    assert counter.ok("balance", till="H", patient=twin)["balance_ore"] == 0
    assert counter.rows(patient=OTHER["id"], kind="deposit") == []


# ── R60 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r60_every_look_at_a_patient_is_a_record_of_who_whom_how_and_when(counter: Counter) -> None:
    counter.sell()
    before = counter.desk.records("H")
    counter.at("2026-11-23T10:00")

    counter.ok("look_up", id=ADULT["id"])
    counter.ok("receipt", till="H", receipt=1)
    counter.ok("history", till="H", patient=ADULT["id"])
    counter.ok("balance", till="H", patient=ADULT)
    counter.ok("copy_receipt", till="H", receipt=1)

    seen = counter.events()[before:]
    looks = [event.what for event in seen if isinstance(event, PatientSeen)]
    assert looks == [Look.LOOK_UP, Look.RECEIPT, Look.HISTORY, Look.BALANCE]
    assert isinstance(seen[-1], ReceiptPrinted)
    people = [
        (event.by, event.patient.id.reveal()) for event in seen if isinstance(event, PatientSeen | ReceiptPrinted)
    ]
    assert people == [("anber", ADULT["id"])] * 5
    assert {event.at.isoformat() for event in seen} == {"2026-11-23T10:00:00+01:00"}


def test_r60_the_log_of_one_patient_can_be_taken_out(counter: Counter) -> None:
    counter.ok("look_up", id=ADULT["id"])
    counter.sign_in("erilu")
    counter.ok("look_up", id=ADULT["id"])
    counter.ok("look_up", id=OTHER["id"])
    counter.sign_in("revis")

    log = counter.rows(patient=ADULT["id"], kind="seen")

    assert [row["user"] for row in log] == ["anber", "erilu", "revis"]


def test_r60_looking_in_practice_is_looking(counter: Counter) -> None:
    counter.sell()
    before = counter.desk.records("H")
    counter.ok("training", till="H", on=True)

    found = counter.ok("look_up", id=ADULT["id"])

    assert "name" not in found or any(isinstance(event, PatientSeen) for event in counter.events()[before:])


def test_r60_a_parked_sale_taken_up_shows_its_patient_and_is_recorded(counter: Counter) -> None:
    counter.ok("park", till="H", patient=ADULT, lines=[{"article": 1}])
    counter.ok("recall", till="H", parked=1)

    assert [row["user"] for row in counter.rows(kind="recall")] == ["anber"]


def test_r60_the_log_is_as_hard_to_change_as_a_sale(counter: Counter) -> None:
    import sqlite3

    seq = counter.desk.records("H")
    counter.ok("look_up", id=ADULT["id"])
    path = counter.desk.folder / "H" / "journal.db"
    counter.desk.close()

    file = sqlite3.connect(path)
    with pytest.raises(sqlite3.Error):
        file.execute("DELETE FROM record WHERE seq = ?", (seq,))
    file.close()
    assert audit(path).findings == []
