"""An export from a till that is open, as the window makes it: written on any thread, recorded before it is named."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kassaapp import exporting
from kassaapp.app import Desk
from kassaapp.domain.errors import NotSignedIn
from kassaapp.domain.events import Event, Look, PatientSeen, RecordsExported
from kassaapp.trouble import BadRequest, PlaceTaken, Stopped
from sync.wire import canonical
from tests.desks import an_open_till, asking

DAY = "2026-11-23"
TEST = {"id": "6101182803", "name": "Test Testsson", "address": "Testvägen 7, 123 45 Teststad"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose till H is open and has sold once."""
    with an_open_till(tmp_path / "kassa") as desk:
        sell(desk)
        yield desk


def sell(desk: Desk) -> None:
    """One visit more."""
    assert asking(desk)("sell", till="H", patient=TEST, lines=[{"article": 1}], pay=[{"by": "cash"}])["ok"]


def asked(out: Path, format_: str = "csv", **more: Any) -> exporting.Request:
    """A request by somebody who is signed in."""
    given = {"format": format_, "first": DAY, "last": DAY, "out": str(out), **more}
    return exporting.read_request(given, signed_in=True)


def events(desk: Desk) -> list[Event]:
    """What till H has on record."""
    return [written.event for _, written in desk._tills["H"].journal.past()]


def test_a_file_that_names_a_patient_is_on_record_with_whom_it_names_before_it_has_its_name(
    desk: Desk, tmp_path: Path
) -> None:
    out = tmp_path / "besök.csv"
    made = desk.export("H", asked(out, columns="at,amount,patient_name", kind="sale"))

    writing = Thread(target=made.write, args=(desk.clock(),))
    writing.start()
    writing.join()

    assert (out.exists(), made.share) == (False, 1.0)
    paths = desk.exported("H", made)
    assert paths == [out, exporting.about_place(out)]
    assert "Test Testsson" in out.read_text(encoding="utf-8-sig")
    seen, exported = events(desk)[-2:]
    assert isinstance(seen, PatientSeen)
    assert (seen.what, seen.by) == (Look.EXPORT, "anber")
    assert isinstance(exported, RecordsExported)
    digest = hashlib.sha256(out.read_bytes()).digest()
    assert (exported.by, exported.account, exported.digest) == ("anber", "", canonical.to_text(digest))


def test_what_is_sold_meanwhile_is_not_in_the_file(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "besök.csv"
    made = desk.export("H", asked(out, kind="sale"))
    sell(desk)

    made.write(desk.clock())

    assert made.records == 1


def test_one_that_is_stopped_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    made = desk.export("H", asked(tmp_path / "dagen.xml", "xml"))
    made.stop()

    with pytest.raises(Stopped):
        made.write(desk.clock())

    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]
    assert not [event for event in events(desk) if isinstance(event, RecordsExported)]


def test_a_place_that_is_taken_is_told_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "dagen.xml"
    out.write_text("viktigt", encoding="utf-8")

    with pytest.raises(PlaceTaken):
        desk.export("H", asked(out, "xml")).write(desk.clock())

    assert out.read_text(encoding="utf-8") == "viktigt"


def test_who_has_signed_out_meanwhile_gets_no_file(desk: Desk, tmp_path: Path) -> None:
    made = desk.export("H", asked(tmp_path / "dagen.xml", "xml"))
    made.write(desk.clock())
    desk.sign_out()

    with pytest.raises(NotSignedIn):
        desk.exported("H", made)

    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]


def test_columns_that_name_patients_are_for_who_is_signed_in(tmp_path: Path) -> None:
    given = {"format": "csv", "first": DAY, "last": DAY, "out": "x", "columns": "patient_name"}

    assert exporting.read_request(given, signed_in=True).columns == ("patient_name",)
    with pytest.raises(BadRequest):
        exporting.read_request(given)
