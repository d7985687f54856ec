"""Every kind of event has known bytes, and reads back as itself."""

import json
import os
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import (
    KINDS,
    ApprovalGiven,
    CashCounted,
    CashPurpose,
    CashTakenOut,
    CheckResult,
    ClockSetBack,
    ConfigurationRefused,
    ConfigurationTaken,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    ExportFormat,
    FloatChanged,
    Locked,
    Look,
    PatientSeen,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    ProgramStarted,
    ReceiptPrinted,
    RecordsExported,
    RecordsLost,
    RegisterOpened,
    ReleaseTaken,
    ReportTaken,
    RightsAsked,
    RightsGranted,
    RightsReleased,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    SignInFailed,
    TrainingBegun,
    TrainingEnded,
    kind_of,
)
from kassaapp.domain.figures import CashierTally, Figures, GrandTotals
from kassaapp.domain.patient_id import read_patient_id
from kassaapp.domain.vat import VatRate
from kassaapp.domain.visit import (
    Category,
    FeeReason,
    Line,
    ParkedLine,
    Patient,
    Payer,
    Payment,
    ReturnedLine,
    Tender,
)
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
RETURNED = (ReturnedLine(2, 104, "Förbandsmaterial", 4_995, VatRate.TWENTY_FIVE, goods=True),)
BACK = (Payment(Tender.CARD, 4_995, reference="654321"),)
CHILD = Patient(
    read_patient_id("202312312388", today=AT.date()),
    "Alva Barn",
    address="Storgatan 1, 123 45 Demostad",
    payer=Payer(read_patient_id("196101182803", today=AT.date()), "Test Testsson"),
)
GRAND = GrandTotals(119_990, 4_995)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
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
    replace(SALE, patient=CHILD, receipt=1043, replaces=1042),
    SaleRefunded(
        AT, "anber", 1, 1044, 1042, 1, PATIENT, RETURNED, BACK, 4_995, 0, 4_995, {"25": 999}, "Fel vara", GRAND, "erilu"
    ),
    SaleVoided(AT, "anber", 2, 1045, 1043, 1, CHILD, RETURNED, BACK, 4_995, 0, 4_995, {"25": 999}, "Dubbelt", GRAND),
    DepositTaken(AT, "anber", 1, 1046, PATIENT, 50_000, (Payment(Tender.SWISH, 50_000),), 50_000),
    DepositRepaid(AT, "anber", 1, 1047, PATIENT, 20_000, (Payment(Tender.CASH, 20_000),), 30_000, "Flyttar", "erilu"),
    FloatChanged(AT, "anber", 1, -20_000, "Till kassaskåpet"),
    CashTakenOut(AT, "anber", 1, 100_000, CashPurpose.BANK, "påse 17", "Erik Lund"),
    DrawerOpened(AT, "anber", 1, "Växla en tusenlapp"),
    CashCounted(AT, "anber", 1, {"cash": 99_000}, {"cash": -1_000}),
    ReceiptPrinted(AT, "anber", 1, 1042, 19_990, True, PATIENT),  # noqa: FBT003
    ReportTaken(AT, "anber", 1),
    SaleParked(AT, "anber", 1, 1, PATIENT, (ParkedLine(1, 1), ParkedLine(3, 2)), 60_000),
    SaleRecalled(AT, "anber", 1, 1, 60_000),
    ApprovalGiven(AT, "erilu", "anber", "refund"),
    PatientSeen(AT, "anber", Look.LOOK_UP, PATIENT),
    TrainingBegun(AT, "anber"),
    TrainingEnded(AT, "anber", 3, 60_000),
    ClockSetBack(AT, AT + timedelta(hours=1)),
    SessionClosed(AT, "anber", 1, 1, FIGURES, 109_000, reason="Fel växel", denominations={"10000": 10, "9000": 1}),
    ProgramStarted(AT, "0.2.0", CheckResult.TAIL_CUT, restored=2, mark=20_314),
    RecordsLost(AT, 20_311, 2, "R4YeXIdGW5cArYZl28jG7U_ekYkF-sGMYeL_DHTmy1M"),
    PaymentBegun(AT, "anber", 1, 7, Tender.SWISH, 10_000, PATIENT, SALE.lines, SALE.visit_date, mark="R0417H-1042"),
    PaymentEnded(AT, "anber", 1, 7, Tender.SWISH, 10_000, PATIENT, PaymentOutcome.NOT_FOUND),
    PaymentEnded(
        AT, "anber", 1, 8, Tender.CARD, 10_000, PATIENT, PaymentOutcome.PAID, receipt=1042, reference="123456"
    ),
    RightsAsked(AT, "anber", "AAECAwQFBgcICQoLDA0ODw", 20_000, PATIENT),
    RightsGranted(AT, "AAECAwQFBgcICQoLDA0ODw", 20_000, PATIENT, free_ore=5_000),
    RightsGranted(AT, "EBESExQVFhcYGRobHB0eHw", 0, PATIENT),
    RightsReleased(AT, "anber", "ICEiIyQlJicoKSorLC0uLw", 15_000, PATIENT),
    ReleaseTaken(AT, "ICEiIyQlJicoKSorLC0uLw"),
    RecordsExported(AT, ExportFormat.XML, *YEAR, 20_314, "R4YeXIdGW5cArYZl28jG7U_ekYkF-sGMYeL_DHTmy1M", by="erilu"),
    RecordsExported(
        AT,
        ExportFormat.CSV,
        *YEAR,
        17,
        "R4YeXIdGW5cArYZl28jG7U_ekYkF-sGMYeL_DHTmy1M",
        account="kassa",
        columns=("at", "amount"),
    ),
    RecordsExported(
        AT,
        ExportFormat.CONTROL_VISIT,
        *YEAR,
        7_431,
        "R4YeXIdGW5cArYZl28jG7U_ekYkF-sGMYeL_DHTmy1M",
        by="erilu",
    ),
    PaymentBegun(AT, "anber", 1, 9, Tender.CARD, 50_000, PATIENT, (), AT.date()),
    PaymentBegun(AT, "anber", 1, 10, Tender.SWISH, 20_000, PATIENT, (), AT.date(), returns=1042),
)
"""One after the other as they came to be: added to at the end, and never edited."""


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
