"""A draft survives the program, sealed, and never stands in the way."""

from datetime import date
from pathlib import Path

import pytest

from kassaapp.domain.fees import Wish
from kassaapp.domain.patient_id import IdKind, PatientId
from kassaapp.domain.visit import Category, Patient
from kassaapp.draft import Draft, DraftFile, Kept
from tests.desks import MONDAY_MORNING, a_desk
from tests.screens.sales import draft_of

NUMBER = "196101182803"
PATIENT = Patient(
    PatientId(IdKind.PERSONNUMMER, NUMBER, IdKind.PERSONNUMMER.oid),
    "Åsa Öst",
    category=Category.ASYLUM,
    category_reference="50-123456",
    address="Ekvägen 2, 123 45 Demostad",
)
DRAFT = Draft(PATIENT, (Wish(1), Wish(3, 2)), visit_date=date(2026, 11, 20), by="anber", parked=2)
KEPT = Kept(DRAFT, MONDAY_MORNING, next_receipt=7, next_parked=3)


@pytest.fixture
def file(tmp_path: Path) -> DraftFile:
    with a_desk(tmp_path) as desk:
        return draft_of(desk)


def test_what_is_kept_is_read_again_in_full(file: DraftFile) -> None:
    kept = file.keep(KEPT)

    assert kept
    assert file.read() == KEPT


def test_a_draft_with_a_patient_and_nothing_else_is_a_draft(file: DraftFile) -> None:
    bare = Kept(Draft(Patient(PATIENT.id, "")), MONDAY_MORNING, 1, 1)

    file.keep(bare)

    assert file.read() == bare


def test_nothing_of_the_patient_can_be_read_on_the_disk(file: DraftFile, tmp_path: Path) -> None:
    file.keep(KEPT)

    written = b"".join(path.read_bytes() for path in (tmp_path / "H").glob("draft*"))

    assert written
    assert all(secret.encode() not in written for secret in (NUMBER, NUMBER[2:], "Åsa", "Ekvägen", "50-123456"))


def test_a_draft_that_is_dropped_or_has_no_patient_is_gone(file: DraftFile) -> None:
    file.keep(KEPT)
    file.keep(Kept(Draft(), MONDAY_MORNING, 7, 3))
    without_patient = file.read()
    file.keep(KEPT)

    file.drop()

    assert (without_patient, file.read()) == (None, None)


@pytest.mark.parametrize("damage", [b"", b"\x01", b"not sealed at all", bytes(400)])
def test_bytes_that_are_no_draft_are_no_draft(file: DraftFile, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "H" / "draft.sealed").write_bytes(damage)

    assert file.read() is None


def test_a_changed_byte_makes_it_no_draft(file: DraftFile, tmp_path: Path) -> None:
    file.keep(KEPT)
    path = tmp_path / "H" / "draft.sealed"
    whole = path.read_bytes()

    read = {}
    for place in range(0, len(whole), 37):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        read[place] = file.read()

    for_the_region = range(73, 153)  # Is not the till's to open, so the till does not miss it.
    assert read == {place: KEPT if place in for_the_region else None for place in read}


def test_where_nothing_can_be_written_the_sale_goes_on(file: DraftFile, tmp_path: Path) -> None:
    (tmp_path / "H" / "draft.sealed.part").mkdir()

    kept = file.keep(KEPT)

    assert not kept
    assert file.read() is None


def test_the_draft_of_another_till_does_not_open(file: DraftFile, tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        other = draft_of(desk, "E")
    file.keep(KEPT)

    (tmp_path / "E" / "draft.sealed").write_bytes((tmp_path / "H" / "draft.sealed").read_bytes())

    assert other.read() is None


def test_a_parked_draft_has_a_file_of_its_own(file: DraftFile) -> None:
    file.aside(3).keep(KEPT)

    assert file.read() is None
    assert file.aside(3).read() == KEPT
