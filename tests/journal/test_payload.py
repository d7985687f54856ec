"""Every kind of event has known bytes, and reads back as itself."""

import json
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import (
    KINDS,
    CashierTally,
    Category,
    ConfigurationRefused,
    ConfigurationTaken,
    Event,
    FeeReason,
    Figures,
    GrandTotals,
    Line,
    Locked,
    Patient,
    Payment,
    ProgramStarted,
    RegisterOpened,
    SaleRegistered,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    SignInFailed,
    Tender,
    kind_of,
)
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.vat import VatRate
from kassaapp.journal import payload
from kassaapp.trouble import JournalUnreadable
from sync.wire import canonical

VECTOR = Path(__file__).parents[1] / "vectors" / "events-v1.json"
AT = datetime(2026, 11, 23, 8, 2, 11, tzinfo=timezone(timedelta(hours=1)))
PATIENT = Patient(
    read_patient_id("196101182803", today=AT.date()),
    "Test Testsson",
    category=Category.OTHER_REGION,
    paid_in_window_ore=135_000,
    window_from=date(2026, 3, 10),
)
SALE = SaleRegistered(
    at=AT,
    by="anber",
    session=1,
    receipt=1042,
    patient=PATIENT,
    lines=(
        Line(1, "Läkarbesök", 1, 20_000, 10_000, VatRate.EXEMPT, 10_000, FeeReason.CEILING_PART),
        Line(104, "Förbandsmaterial", 2, 4_995, 9_990, VatRate.TWENTY_FIVE, group="Varor", goods=True),
    ),
    payments=(
        Payment(Tender.CARD, 10_000, reference="123456"),
        Payment(Tender.CASH, 10_000, given_ore=20_000),
    ),
    visit_date=date(2026, 11, 20),
    total_ore=19_990,
    rounding_ore=10,
    to_pay_ore=20_000,
    change_ore=10_000,
    vat={"25": 1_998},
    grand=GrandTotals(119_990, 0),
    frikort_reached=True,
)
FIGURES = Figures(
    sales_ore=19_990,
    by_tender={"card": 10_000, "cash": 10_000},
    receipts=1,
    grand=GrandTotals(119_990, 0),
    cashiers=(CashierTally("anber", 1, 19_990),),
    expected_ore={"cash": 110_000},
    counted_ore={"cash": 109_000},
    difference_ore={"cash": -1_000},
)
EVENTS: tuple[Event, ...] = (
    RegisterOpened(AT, "R0417", "H", "ekbacken"),
    ProgramStarted(AT, "0.1.0"),
    ConfigurationTaken(AT, 3),
    ConfigurationRefused(AT, 4, "region.fees"),
    SignedIn(AT, "anber"),
    SignInFailed(AT, "anber", locked_until=AT + timedelta(minutes=15)),
    SignedOut(AT, "anber"),
    Locked(AT, "anber"),
    SessionOpened(AT, "anber", 1, 95_000, 100_000, reason="En sedel saknas"),
    SALE,
    SessionClosed(AT, "anber", 1, 1, FIGURES, 109_000, reason="Fel växel", denominations={"10000": 10, "9000": 1}),
)


def as_stored(event: Event) -> dict[str, Any]:
    contents = payload.contents(event)
    return {"kind": kind_of(event), **{name: canonical.encode(value).decode() for name, value in contents.items()}}


def test_the_bytes_are_those_on_file() -> None:
    made = [as_stored(event) for event in EVENTS]
    if not VECTOR.exists() and os.environ.get("KASSA_WRITE_VECTORS"):
        VECTOR.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    assert made == json.loads(VECTOR.read_text(encoding="utf-8"))


def test_every_kind_of_event_is_on_file() -> None:
    assert {kind_of(event) for event in EVENTS} == set(KINDS)


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_an_event_reads_back_as_itself(event: Event) -> None:
    stored = {name: canonical.decode(canonical.encode(value)) for name, value in payload.contents(event).items()}

    assert payload.event_of(kind_of(event), stored) == event


def test_the_accounting_part_holds_nothing_of_the_patient() -> None:
    accounting = canonical.encode(payload.contents(SALE)["a"]).decode()

    assert "Test" not in accounting
    assert "2803" not in accounting


def test_without_the_person_part_the_sums_are_still_there() -> None:
    event = payload.impersonal_event_of("sale", payload.contents(SALE)["a"], has_person=True)

    assert isinstance(event, SaleRegistered)
    assert (event.total_ore, event.receipt) == (19_990, 1042)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("unheard-of", {"a": {}}),
        ("sign-in", {"a": {"at": AT.isoformat(), "by": "anber", "new_field": 1}}),
        ("sign-in", {"a": {"at": AT.isoformat()}}),
        ("sign-in", {"a": {"at": "in the morning", "by": "anber"}}),
        ("sign-in", {"a": {"at": AT.isoformat(), "by": 7}}),
        ("config", {"a": {"at": AT.isoformat(), "number": True}}),
        ("start", {"a": {"at": AT.isoformat(), "version": "1", "check": "unknown"}}),
        ("sign-in", {}),
    ],
)
def test_what_this_program_does_not_know_is_refused(kind: str, parts: dict[str, Any]) -> None:
    with pytest.raises(JournalUnreadable):
        payload.event_of(kind, parts)
