"""A day beside the region, on SQLite and a real PostgreSQL: everything arrives, is proved, and survives the cable."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.app import Clock, Desk
from kassaapp.trouble import BadClinicFile, NotTheRegion, RefusedByRegion, Unreachable
from kassaapp.verify.audit import audit
from sync.server import audit as region_audit
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from tests.desks import a_clock, asking
from tests.regions import DEMO, PluggedRegion

TEST = {"id": "6101182803", "name": "Test Testsson"}
VISIT = {"till": "H", "patient": TEST, "lines": [{"article": 1}], "pay": [{"by": "card"}]}


@pytest.fixture(params=["sqlite", "postgresql"])
def region(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PluggedRegion]:
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    plugged = PluggedRegion(tmp_path / "region", database)
    yield plugged
    plugged.region.close()


def enrolled(region: PluggedRegion, folder: Path) -> Desk:
    folder.mkdir()
    clinic_file = region.clinic_file(folder)
    with region.plugged_in():
        first_start.enrol(folder / "till", clinic_file, a_clock())
    return Desk.open(folder / "till", a_clock())


def test_a_day_with_the_cable_out_at_noon(region: PluggedRegion, tmp_path: Path) -> None:
    with enrolled(region, tmp_path / "desk") as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        ask("open_session", till="H", counted_ore=100_000)
        with region.plugged_in():
            ask("sell", **VISIT)
            morning = ask("sync")
        for _ in range(3):
            assert ask("sell", **VISIT)["ok"]
        noon = ask("sync")
        with region.plugged_in():
            afternoon = ask("sync")
            ask("close_session", till="H", counted_ore=100_000, pin="123456")
            evening = ask("sync")
        records = desk.records("H")

    assert (morning["unsent"], morning["reachable"]) == (0, True)
    assert (noon["unsent"], noon["reachable"]) == (3, False)
    assert (afternoon["unsent"], afternoon["reachable"]) == (0, True)
    assert evening == {"ok": True, "unsent": 0, "reachable": True, "proved_seq": records - 1}
    report = audit(tmp_path / "desk" / "till" / "H" / "journal.db")
    assert report.findings == []
    assert report.proved_next == records
    assert region_audit.audit(tmp_path / "region").findings == []


def test_a_new_price_list_comes_into_force_and_is_recorded(region: PluggedRegion, tmp_path: Path) -> None:
    with enrolled(region, tmp_path / "desk") as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        ask("open_session", till="H", counted_ore=100_000)
        dearer = DEMO.read_text(encoding="utf-8").replace("price_ore = 20000", "price_ore = 21000")
        region.publish(dearer)
        assert ask("quote", till="H", patient=TEST, lines=[{"article": 1}])["total_ore"] == 20_000
        before = desk.records("H")

        with region.plugged_in():
            ask("sync")

        assert ask("quote", till="H", patient=TEST, lines=[{"article": 1}])["total_ore"] == 21_000
        assert desk.register("H").state.configuration == 1
        assert desk.records("H") == before + 1


def test_a_price_list_this_program_cannot_use_leaves_the_old_in_force(region: PluggedRegion, tmp_path: Path) -> None:
    with enrolled(region, tmp_path / "desk") as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        region.publish(DEMO.read_text(encoding="utf-8").replace("price_ore = 20000", 'price_ore = "tjugo"'))

        with region.plugged_in():
            status = ask("sync")

        assert status["ok"]
        assert ask("quote", till="H", patient=TEST, lines=[{"article": 1}])["total_ore"] == 20_000

    with Desk.open(tmp_path / "desk" / "till", a_clock()) as again:
        state = again.register("H").state
        assert (again.register("H").configuration.number, state.refused_configuration) == (0, 1)


def test_a_code_works_once(region: PluggedRegion, tmp_path: Path) -> None:
    with enrolled(region, tmp_path / "desk"):
        clinic_file = tmp_path / "desk" / "ekbacken.toml"

        with region.plugged_in(), pytest.raises(RefusedByRegion):
            first_start.enrol(tmp_path / "other", clinic_file, a_clock())


def test_without_the_cable_enrolment_says_so_and_can_be_run_again(region: PluggedRegion, tmp_path: Path) -> None:
    clinic_file = region.clinic_file(tmp_path)
    with pytest.raises(Unreachable):
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())

    with region.plugged_in():
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())

    Desk.open(tmp_path / "till", a_clock()).close()


def test_a_region_with_another_root_key_is_not_ours(region: PluggedRegion, tmp_path: Path) -> None:
    clinic_file = region.clinic_file(tmp_path)
    ours = clinic_file.read_text(encoding="utf-8")
    other_key = to_text(demo_keys().config.public_key)
    clinic_file.write_text(
        ours.replace(to_text(demo_keys().root.public_key), other_key).replace("demo = true\n", ""), encoding="utf-8"
    )

    with region.plugged_in(), pytest.raises(NotTheRegion):
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())


def test_a_till_that_takes_money_refuses_the_demo_keys(tmp_path: Path) -> None:
    clinic_file = tmp_path / "clinic.toml"
    root_key = to_text(demo_keys().root.public_key)
    clinic_file.write_text(f'server = "https://r.example"\nroot_key = "{root_key}"\ncode = "X"\n', encoding="utf-8")

    with pytest.raises(BadClinicFile) as refused:
        first_start.enrol(tmp_path / "till", clinic_file, Clock())

    assert refused.value.field == "root_key"
