"""What a till that was broken leaves behind, with the real region: the auditor sees the wound, and that it healed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.visit import Tender
from tests.builders import CASH, a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion
from tests.verify.evidence import as_a_person_who_knows_sql, journal_in, text_of, verdict, verdicts
from tests.verify.forge import forget
from tests.verify.test_fault_classes import cut


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def till(region: PluggedRegion, tmp_path: Path) -> Path:
    """An enrolled till with a session open and three visits, all of them at the region."""
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", region.clinic_file(tmp_path), a_clock())
        with start(tmp_path / "till") as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            sell(desk, 3)
            desk.sync_now("H")
    return tmp_path / "till"


def start(folder: Path) -> Desk:
    return Desk.open(folder, a_clock())


def sell(desk: Desk, visits: int) -> None:
    for _ in range(visits):
        desk.register("H").sell(a_patient(), [Wish(1)], [CASH])


def sells_alone(folder: Path, visits: int) -> int:
    """The cable is out: nobody else has these. The number of the last one."""
    with start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, visits)
        return desk.records("H") - 1


def found(folder: Path) -> list[tuple[str, int, int | None]]:
    report = verdict(journal_in(folder))[1]
    return [(one["fault"], one["chain"], one["seq"]) for one in report["findings"]]


def rots(folder: Path, seq: int) -> None:
    """A record that can be read by nobody any more."""
    with as_a_person_who_knows_sql(journal_in(folder)) as sql:
        sql.execute("UPDATE record SET env = zeroblob(300) WHERE seq = ?", (seq,))
    forget(folder)


def test_a_till_that_was_restored_is_whole(region: PluggedRegion, till: Path, tmp_path: Path) -> None:
    shutil.copytree(till, tmp_path / "backup")
    with region.plugged_in(), start(till) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 2)
        desk.sync_now("H")
    shutil.rmtree(till)
    shutil.copytree(tmp_path / "backup", till)

    with region.plugged_in(), start(till) as desk:
        sell_after(desk)

    code, report = verdict(journal_in(till))
    assert (code, report["findings"]) == (0, [])
    assert report["root_checked"]


def sell_after(desk: Desk) -> None:
    desk.sign_in("anber", "123456")
    sell(desk, 1)


def test_a_record_in_no_copy_is_missing_and_the_till_knows_it(region: PluggedRegion, till: Path) -> None:
    lost = sells_alone(till, 4) - 1
    rots(till, lost)

    with region.plugged_in(), start(till) as desk:
        sell_after(desk)
        desk.sync_now("H")

    assert found(till) == [("missing", 1, lost)]
    said = text_of(journal_in(till))
    assert "kassan har själv antecknat förlusten" in said
    assert "fattas försäljning för 200,00 kr" in said
    report = verdict(journal_in(till))[1]
    assert [chain["register"] for chain in report["chains"]] == ["R0417H", "R0417BH"]
    assert report["chains"][1]["proved_next"] == report["chains"][1]["records"]


def test_a_payment_whose_end_is_in_no_copy_is_over_and_is_not_asked_for_again(
    region: PluggedRegion, till: Path
) -> None:
    with start(till) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").begin_payment(a_patient(), [Wish(1)], Tender.CARD)
        desk.register("H").settle_payment("004217")
        ended = desk.records("H") - 1
        sell(desk, 1)
    rots(till, ended)

    with region.plugged_in(), start(till) as desk:
        left = desk.register("H").open_payment
        sell_after(desk)

    assert left is None
    assert found(till) == [("missing", 1, ended)]


def test_a_session_of_which_the_opening_is_lost_needs_no_close(region: PluggedRegion, till: Path) -> None:
    with start(till) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").close_session(Count(160_000), "123456")
        desk.register("H").open_session(160_000)
        opened = desk.records("H") - 1
        sell(desk, 2)
    rots(till, opened)

    with region.plugged_in(), start(till) as desk:
        desk.sign_in("anber", "123456")
        desk.register("H").open_session(160_000)
        sell(desk, 1)

    assert found(till) == [("missing", 1, opened)]


def test_a_till_with_two_histories_is_told_to_have_them(region: PluggedRegion, till: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(till, clone)
    sells_alone(till, 2)
    sells_alone(clone, 3)

    with region.plugged_in():
        with start(till) as desk:
            desk.sync_now("H")
        with start(clone) as desk:
            sell_after(desk)

    assert found(till) == []
    assert found(clone) == [("fork", 2, None)]
    assert "regionen har en annan fortsättning av kedja 1" in text_of(journal_in(clone))


def test_the_clone_and_the_original_on_one_bench_are_two_histories(till: Path, tmp_path: Path) -> None:
    shutil.copytree(till, tmp_path / "bench" / "clone")
    shutil.move(till, tmp_path / "bench" / "own")
    first = sells_alone(tmp_path / "bench" / "own", 1)
    sells_alone(tmp_path / "bench" / "clone", 2)

    code, reports = verdicts(tmp_path / "bench")

    assert code == 1
    assert {one["fault"] for report in reports for one in report["findings"]} == {"fork"}
    assert all(report["first_bad"] <= first for report in reports)


def test_a_tail_that_was_cut_is_missed_by_the_mark_and_then_told_by_the_start_that_found_it(till: Path) -> None:
    with start(till) as desk:
        records = desk.records("H")
        desk.sign_in("anber", "123456")
        desk.register("H").close_session(Count(160_000), "123456")
    marks = {path: path.read_bytes() for path in (till / "H").glob("*.mark")}
    forget(till)
    for path, mark in marks.items():
        path.write_bytes(mark)
    cut(till, records)

    assert found(till) == [("cut", 1, records)]
    start(till).close()

    assert found(till)[0] == ("cut", 1, records)
    assert f"minns post {records + 1}" in text_of(journal_in(till))
