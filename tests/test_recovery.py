"""Whatever became of the journal, the next start makes it whole, or says what it lacks; with the real region."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest
from sqlalchemy import select

from kassaapp import clinic, enrolment, first_start
from kassaapp.app import Desk
from kassaapp.domain.events import CheckResult, Event, ProgramStarted, RecordsLost, RegisterOpened
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.journal import durable, salvage, shadow
from kassaapp.journal.database import PAGE_BYTES
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.sealing import unseal_for_region
from kassaapp.journal.signing_key import MachineCustody
from kassaapp.journal.till_secrets import read_certificates
from kassaapp.recovery import _Start
from kassaapp.trouble import JournalDamaged, KeyMissing, NeedsRegion
from kassaapp.verify.audit import audit
from kassaapp.verify.fault import Fault
from sync.client import recover
from sync.client.enrol import NewRegister
from sync.client.errors import Offline
from sync.client.transport import Transport
from sync.server import audit as region_audit
from sync.server import enrolment as server_enrolment
from sync.server import quarantine, storage, succession, tables
from sync.wire import shadow as wire_shadow
from sync.wire.demo_keys import demo_keys
from sync.wire.frame import Frame
from tests.builders import a_patient
from tests.desks import a_clock
from tests.regions import PluggedRegion
from tests.simulation.tampering import cut_journal
from tests.verify.evidence import as_a_person_who_knows_sql

CASH = [Offer(Tender.CASH)]


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def folder(region: PluggedRegion, tmp_path: Path) -> Path:
    """An enrolled till with a session open and three visits, all of them proved to be at the region."""
    clinic_file = region.clinic_file(tmp_path)
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())
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
        desk.register("H").sell(a_patient(), [Wish(1)], CASH)


def sign_in_and_sell(folder: Path, visits: int) -> None:
    with start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, visits)


def journal(folder: Path) -> Path:
    return enrolment.journal_path(folder, "H")


def second_medium(folder: Path) -> Path:
    return folder / "H" / "shadow.kj"


def past(desk: Desk) -> list[Written[Event]]:
    """Every event of a desk that is then closed, as the journal's file has them."""
    desk.close()
    settings = clinic.read(desk.folder / "clinic.toml")
    journal, written = Journal.open(
        enrolment.journal_path(desk.folder, "H"),
        MachineCustody(desk.folder / "H"),
        settings.root_key,
        second_medium=lambda name: enrolment.second_medium_path(desk.folder, settings, "H", name),
    )
    journal.close()
    return written


def newest_start(desk: Desk) -> ProgramStarted:
    """What the last start found. Closes the desk."""
    return [one.event for one in past(desk) if isinstance(one.event, ProgramStarted)][-1]


def damage(path: Path, needle: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(needle) + 70] ^= 4
    path.write_bytes(raw)


def blank(path: Path, env: bytes) -> None:
    """Wherever the file has it."""
    path.write_bytes(path.read_bytes().replace(env[-60:], bytes(60)))


def env_of(folder: Path, seq: int) -> bytes:
    return shadow.read(second_medium(folder)).records[seq].env


def everything_at(region: PluggedRegion) -> set[bytes]:
    """The hash of every record that the region holds, in a chain or in quarantine."""
    with storage.reading(region.region.engine) as db:
        chained = db.execute(select(tables.record.c.hash)).scalars()
        kept = db.execute(select(tables.quarantine.c.hash)).scalars()
        return {*chained, *kept}


# ── the tail ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_healthy_till_finds_nothing(region: PluggedRegion, folder: Path) -> None:
    with region.plugged_in(), start(folder) as desk:
        found = newest_start(desk)

    assert (found.check, found.restored, found.mark) == (CheckResult.INTACT, 0, -1)


def test_what_only_the_region_has_comes_back(region: PluggedRegion, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    with region.plugged_in(), start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 2)
        desk.sync_now("H")
        records = desk.records("H")
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)

    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 6
        assert desk.records("H") == records + 1
        found = newest_start(desk)

    assert (found.check, found.restored) == (CheckResult.RESTORED, 4)

    assert audit(journal(folder)).findings == []


def test_a_tail_that_nobody_has_is_missed_by_the_mark(region: PluggedRegion, folder: Path) -> None:
    before = {path: path.read_bytes() for path in (journal(folder), second_medium(folder))}
    with region.plugged_in(), start(folder) as desk:
        desk.sync_now("H")
        beyond = desk.records("H") - 1
    for path, raw in before.items():
        path.write_bytes(raw)

    with start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 1)
        found = newest_start(desk)

    assert (found.check, found.mark) == (CheckResult.TAIL_CUT, beyond)


def test_a_tail_that_is_cut_comes_back_from_a_damaged_file_that_was_put_aside(folder: Path) -> None:
    before = {path: path.read_bytes() for path in (journal(folder), second_medium(folder))}
    sign_in_and_sell(folder, 2)
    sold = env_of(folder, shadow_count(folder) - 1)
    damage(journal(folder), env_of(folder, 2))
    start(folder).close()
    for path, raw in before.items():
        path.write_bytes(raw)

    with start(folder) as desk:
        written = past(desk)

    assert sold in [one.env for one in written]
    assert [one.event.check for one in written if isinstance(one.event, ProgramStarted)][-1] is CheckResult.TAIL_CUT


def test_a_journal_that_was_put_aside_is_not_searched_for_frames_at_every_start(
    region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(journal(folder), env_of(folder, 2))
    start(folder).close()
    searched: list[bytes] = []

    def search(raw: bytes) -> Iterator[shadow.StoredRecord]:
        searched.append(raw)
        return iter(())

    monkeypatch.setattr(wire_shadow, "every_record", search)

    with region.plugged_in():
        start(folder).close()

    assert [raw for raw in searched if raw.startswith(b"SQLite")] == []


def shadow_count(folder: Path) -> int:
    return len(shadow.read(second_medium(folder)).records)


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seq", [0, 2, 5])
def test_a_damaged_record_comes_from_the_second_medium(folder: Path, seq: int) -> None:
    damage(journal(folder), env_of(folder, seq))

    with start(folder) as desk:
        assert desk.register("H").state.next_receipt == 4
        found = newest_start(desk)

    assert (found.check, found.restored) == (CheckResult.REPAIRED, 1)

    assert audit(journal(folder)).findings == []
    assert len(list(journal(folder).parent.glob("journal.db.*.aside"))) == 1


@pytest.mark.parametrize("medium_is_there", [True, False])
def test_what_the_till_can_read_is_mended_where_the_region_could_not(folder: Path, medium_is_there: bool) -> None:
    person = next(part for one in shadow.read(second_medium(folder)).records for part in one.parts if part.name == "p")
    raw = bytearray(journal(folder).read_bytes())
    raw[raw.index(person.body) + 100] ^= 4  # In the key that is sealed to the region.
    journal(folder).write_bytes(raw)
    if not medium_is_there:
        second_medium(folder).unlink()

    start(folder).close()

    found = [part for one in salvage.read(journal(folder)).records.values() for part in one.parts if part.name == "p"]
    assert audit(journal(folder)).findings == []
    assert all(unseal_for_region("p", one.body, demo_keys().recovery) for one in found)
    assert len(found) == 3


def test_a_damaged_record_comes_from_the_region(region: PluggedRegion, folder: Path) -> None:
    damage(journal(folder), env_of(folder, 5))
    second_medium(folder).unlink()

    with region.plugged_in(), start(folder) as desk:
        assert newest_start(desk).check is CheckResult.REPAIRED

    assert audit(journal(folder)).findings == []


def test_a_damaged_record_waits_for_the_region_when_no_copy_is_at_hand(folder: Path) -> None:
    damage(journal(folder), env_of(folder, 5))
    second_medium(folder).unlink()

    with pytest.raises(NeedsRegion) as found:
        start(folder)

    assert found.value.seq == 5


def test_a_new_machines_journal_that_was_cut_off_to_nothing_goes_on_from_the_lost_ones_numbers(
    region: PluggedRegion, folder: Path, tmp_path: Path
) -> None:
    lost = read_certificates(journal(folder))[-1].chain
    succession.lose(region.region, lost)
    code = server_enrolment.order(region.region, None, None, [], [lost], unheld=True)
    clinic_file = tmp_path / "new.toml"
    clinic_file.write_text(re.sub(r'code = "[^"]*"', f'code = "{code}"', (tmp_path / "ekbacken.toml").read_text()))
    new = tmp_path / "new"
    with region.plugged_in():
        first_start.enrol(new, clinic_file, a_clock())
    with as_a_person_who_knows_sql(journal(new)) as sql:
        sql.execute("DELETE FROM part; DELETE FROM record")

    with pytest.raises(NeedsRegion):
        start(new)
    with region.plugged_in(), start(new) as desk:
        assert desk.register("H").state.next_receipt == 4
        assert newest_start(desk).check is CheckResult.REPAIRED

    assert audit(journal(new)).findings == []


def test_a_part_that_is_no_records_is_left_behind(region: PluggedRegion, folder: Path) -> None:
    with as_a_person_who_knows_sql(journal(folder)) as sql:
        sql.execute("INSERT INTO part VALUES (zeroblob(32), 'a', 0, zeroblob(32), x'00')")

    with region.plugged_in(), start(folder) as desk:
        assert newest_start(desk).check is CheckResult.REPAIRED

    assert audit(journal(folder)).findings == []
    with as_a_person_who_knows_sql(journal(folder)) as sql:
        assert sql.execute("SELECT count(*) FROM part WHERE hash = zeroblob(32)").get == 0


def test_a_missing_journal_comes_back_whole(region: PluggedRegion, folder: Path) -> None:
    journal(folder).unlink()

    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 4
        assert newest_start(desk).check is CheckResult.REPAIRED

    assert audit(journal(folder)).findings == []


def test_an_empty_file_in_the_journals_place_is_a_missing_journal(region: PluggedRegion, folder: Path) -> None:
    journal(folder).write_bytes(b"")

    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 4


def test_what_stands_after_damage_on_the_second_medium_is_used(
    region: PluggedRegion, folder: Path, tmp_path: Path
) -> None:
    old = journal(folder).read_bytes()
    with start(folder) as desk:
        records = desk.records("H")
        desk.sign_in("anber", "123456")
        with region.plugged_in():
            desk.sync_now("H")
        sell(desk, 3)
    journal(folder).write_bytes(old)
    damage(second_medium(folder), env_of(folder, records))

    with pytest.raises(NeedsRegion) as found:
        start(folder)
    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 7

    assert found.value.seq == records
    assert audit(journal(folder)).findings == []


# ── a chain that cannot go on ────────────────────────────────────────────────────────────────────────────────────


def test_a_record_in_no_copy_ends_the_chain_and_is_said(region: PluggedRegion, folder: Path, tmp_path: Path) -> None:
    sign_in_and_sell(folder, 4)  # The cable is out: nobody else has these.
    with start(folder) as desk:
        records = desk.records("H")
    lost = records - 3
    damage(journal(folder), env_of(folder, lost))
    second_medium(folder).unlink()

    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 8
        desk.sign_in("anber", "123456")
        sell(desk, 1)
        assert desk.sync_now("H").unsent == 0
        events = [one.event for one in past(desk)]
    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 9
        assert newest_start(desk).check is CheckResult.INTACT

    found = [event.check for event in events if isinstance(event, ProgramStarted)]
    said = [(event.first, event.count) for event in events if isinstance(event, RecordsLost)]
    born = [event.register for event in events if isinstance(event, RegisterOpened)]
    assert found[-1] is CheckResult.SUCCEEDED
    assert said == [(lost, 1)]
    assert born == ["R0417", "R0417B"]

    assert region_audit.audit(tmp_path / "region").findings == []


@pytest.mark.parametrize("forgotten", [(), ("certificates.jsonl",)], ids=["all known", "the disk forgot the first"])
def test_a_missing_journal_of_two_chains_comes_back_with_both(
    region: PluggedRegion, folder: Path, forgotten: Sequence[str]
) -> None:
    sign_in_and_sell(folder, 4)  # The cable is out: nobody else has these.
    with start(folder) as desk:
        lost = desk.records("H") - 3
    for medium in (journal(folder), second_medium(folder)):
        damage(medium, env_of(folder, lost))
    with region.plugged_in(), start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 1)
        assert desk.sync_now("H").unsent == 0
        before = [one.hash for one in past(desk)]
    for path in (journal(folder), *(folder / "H" / name for name in forgotten)):
        path.unlink()

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert [one.hash for one in after[: len(before)]] == before
    assert [one.event.register for one in after if isinstance(one.event, RegisterOpened)] == ["R0417", "R0417B"]
    found = audit(journal(folder))
    assert [(one.fault, one.seq) for one in found.findings] == [(Fault.MISSING, lost)]
    assert [one for one in found.warnings if "bevis" in one.text] == []


def lose_what_a_clone_sends(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record is lost here and known to be; a copy of the machine, which has it, is at the region first."""
    sign_in_and_sell(folder, 4)
    with start(folder) as desk:
        lost = desk.records("H") - 3
    shutil.copytree(folder, tmp_path / "clone")
    damage(journal(folder), env_of(folder, lost))
    second_medium(folder).unlink()
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(recover, "successor", no_answer)
        with pytest.raises(NeedsRegion):
            start(folder)
    with region.plugged_in(), start(tmp_path / "clone") as desk:
        assert desk.sync_now("H").unsent == 0


def test_what_was_lost_and_has_come_to_the_region_since_is_not_called_lost(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_what_a_clone_sends(region, folder, tmp_path, monkeypatch)

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert [event.register for event in events if isinstance(event, RegisterOpened)] == ["R0417"]
    assert [event.check for event in events if isinstance(event, ProgramStarted)][-1] is CheckResult.REPAIRED


@pytest.mark.parametrize("apart", [1, 3], ids=["the next one", "further on"])
def test_a_second_lost_record_that_has_come_to_the_region_since_is_not_called_lost(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    clone = tmp_path / "clone"
    sign_in_and_sell(folder, 5)
    with start(folder) as desk:
        own = {one.seq: one for one in past(desk)}
    first = max(own) - 6
    blank(journal(folder), own[first].env)
    second_medium(folder).unlink()
    shutil.copytree(folder, clone)
    blank(journal(folder), own[first + apart].env)
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(_Start, "_push_all", no_answer)
        with pytest.raises(NeedsRegion):
            start(folder)
    with region.plugged_in():
        start(clone).close()  # It gives the region what it has after the first one.

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert [(one.first, one.count) for one in events if isinstance(one, RecordsLost)] == [(first, 1)]


def test_a_lost_record_comes_back_although_a_twins_stood_in_the_place_before_it(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin, clone = tmp_path / "twin", tmp_path / "clone"
    shutil.copytree(folder, twin)
    first = shadow_count(folder)
    sign_in_and_sell(folder, 3)
    with start(folder) as desk:
        own = {one.seq: one for one in past(desk)}
    shutil.copytree(folder, clone)
    for lost in (first, first + 1):
        blank(journal(folder), own[lost].env)
    second_medium(folder).unlink()
    sign_in_and_sell(twin, 1)
    with region.plugged_in(), start(twin) as desk:
        assert desk.sync_now("H").unsent == 0
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(recover, "successor", no_answer)
        with pytest.raises(NeedsRegion):
            start(folder)
    with region.plugged_in():
        start(clone).close()  # Its branch, which is ours, is delivered.

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert [one.event for one in after if isinstance(one.event, RecordsLost)] == []
    assert [one.hash for one in after[: len(own)]] == [one.hash for one in own.values()]


def no_answer(*asked: Any) -> NewRegister:
    raise Offline


def test_a_false_answer_about_a_lost_record_does_not_make_it_lost(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_what_a_clone_sends(region, folder, tmp_path, monkeypatch)

    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(Transport, "records", without_parts(Transport.records))
        with pytest.raises(NeedsRegion):
            start(folder)
    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert [one for one in events if isinstance(one, RecordsLost)] == []
    assert [one.register for one in events if isinstance(one, RegisterOpened)] == ["R0417"]


def without_parts(asked: Callable[..., list[Frame]]) -> Callable[..., list[Frame]]:
    """A region that gives back less than was signed."""
    return lambda *arguments: [replace(one, parts=()) for one in asked(*arguments)]


def test_a_successor_that_a_twin_has_taken_is_left_to_it(
    region: PluggedRegion, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, twin = tmp_path / "clone", tmp_path / "twin"
    shutil.copytree(folder, clone)
    sign_in_and_sell(folder, 1)
    sign_in_and_sell(clone, 2)
    with region.plugged_in(), start(folder) as desk:
        desk.sync_now("H")
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(recover, "successor", lose_the_answer(recover.successor))
        start(clone).close()
    shutil.copytree(clone, twin)

    with region.plugged_in():
        for one in (clone, twin):
            with start(one) as desk:
                desk.sign_in("anber", "123456")
                sell(desk, 1)
                assert desk.sync_now("H").unsent == 0
        names = [start_and_name(one) for one in (clone, twin)]

    assert names == ["R0417B", "R0417C"]


def lose_the_answer(asked: Callable[..., NewRegister]) -> Callable[..., NewRegister]:
    def loses(*arguments: Any) -> NewRegister:
        asked(*arguments)
        raise Offline

    return loses


def start_and_name(folder: Path) -> str:
    with start(folder) as desk:
        return desk.register("H").state.register


@pytest.mark.parametrize("after", [0, 2], ids=["where it begins", "further on"])
def test_what_stands_after_a_lost_record_is_ours_where_the_region_has_another_branch(
    region: PluggedRegion, folder: Path, tmp_path: Path, after: int
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(folder, clone)
    first = shadow_count(folder) + after
    sign_in_and_sell(folder, 3)
    with start(folder) as desk:
        own = {one.seq: one for one in past(desk)}
    blank(journal(folder), own[first].env)
    second_medium(folder).unlink()
    with region.plugged_in(), start(clone) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 1)
        assert desk.sync_now("H").unsent == 0

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert {one.hash for seq, one in own.items() if seq > first} <= everything_at(region)
    assert [(one.first, one.count) for one in events if isinstance(one, RecordsLost)] == [(first, 1)]


@pytest.mark.parametrize("theirs", [1, 0], ids=["further on", "no further than the lost one"])
def test_what_the_mark_remembers_is_ours_when_the_journal_has_nothing_left_of_our_branch(
    region: PluggedRegion, folder: Path, tmp_path: Path, theirs: int
) -> None:
    clone = tmp_path / "clone"
    sign_in_and_sell(folder, 1)  # Not sent before the machine was copied.
    shutil.copytree(folder, clone)
    shutil.copyfile(journal(folder), tmp_path / "before.db")
    first = shadow_count(folder)
    sign_in_and_sell(folder, 3)
    with start(folder) as desk:
        own = {one.seq: one for one in past(desk)}
    shutil.copyfile(tmp_path / "before.db", journal(folder))
    blank(second_medium(folder), own[first].env)
    with region.plugged_in(), start(clone) as desk:
        if theirs:
            desk.sign_in("anber", "123456")
            sell(desk, theirs)
        assert desk.sync_now("H").unsent == 0

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert {one.hash for seq, one in own.items() if seq > first} <= everything_at(region)
    assert [(one.first, one.count) for one in events if isinstance(one, RecordsLost)] == [(first, 1)]


@pytest.mark.parametrize(
    ("damaged", "page"),
    [((1,), 500), ((0, 1, 2), 500), ((1, 2, 3), 1)],
    ids=["one", "the first of it", "on several pages"],
)
def test_what_was_sent_as_part_of_a_branch_comes_back_and_is_not_called_lost(
    region: PluggedRegion,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damaged: tuple[int, ...],
    page: int,
) -> None:
    monkeypatch.setattr(quarantine, "MAX_BATCH_RECORDS", page)
    shutil.copytree(folder, tmp_path / "clone")
    first = shadow_count(folder)
    sign_in_and_sell(folder, 3)
    sign_in_and_sell(tmp_path / "clone", 1)
    with region.plugged_in(), start(tmp_path / "clone") as desk:
        desk.sync_now("H")
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(recover, "successor", no_answer)
        start(folder).close()  # Its branch is delivered.
    with start(folder) as desk:
        own = {one.seq: one.env for one in past(desk)}
    for place in damaged:
        blank(journal(folder), own[first + place])
    second_medium(folder).unlink()

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert [one for one in events if isinstance(one, RecordsLost)] == []
    assert [one.register for one in events if isinstance(one, RegisterOpened)] == ["R0417", "R0417B"]


def test_a_second_medium_that_is_damaged_further_up_shows_all_the_same_that_nothing_is_missing_at_its_end(
    region: PluggedRegion, folder: Path
) -> None:
    damage(second_medium(folder), env_of(folder, 3))
    raw = journal(folder).read_bytes()
    journal(folder).write_bytes(raw[: 3 * 4096])

    with region.plugged_in(), start(folder) as desk:
        events = [one.event for one in past(desk)]

    assert [one for one in events if isinstance(one, RecordsLost)] == []
    assert [one.check for one in events if isinstance(one, ProgramStarted)][-1] is CheckResult.REPAIRED


def test_two_histories_end_in_two_chains_and_nothing_is_lost(
    region: PluggedRegion, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "clone")
    sign_in_and_sell(folder, 2)
    sign_in_and_sell(tmp_path / "clone", 3)

    with region.plugged_in():
        with start(folder) as desk:
            assert desk.sync_now("H").unsent == 0
            assert newest_start(desk).check is CheckResult.INTACT
        with start(tmp_path / "clone") as desk:
            assert desk.register("H").state.register == "R0417B"
            assert desk.register("H").state.next_receipt == 7
            desk.sign_in("anber", "123456")
            sell(desk, 1)
            assert desk.sync_now("H").unsent == 0
            hashes = {one.hash for one in past(desk)}

    assert hashes <= everything_at(region)
    assert region_audit.audit(tmp_path / "region").findings == []


def test_a_second_medium_with_another_history_is_kept_and_given_to_the_region(
    region: PluggedRegion, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "before")
    sign_in_and_sell(folder, 1)
    other = second_medium(folder).read_bytes()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "before", folder)
    second_medium(folder).unlink()
    sign_in_and_sell(folder, 2)
    second_medium(folder).write_bytes(other)

    with start(folder) as desk:
        assert desk.register("H").state.next_receipt == 6
        assert newest_start(desk).check is CheckResult.REPAIRED
    with region.plugged_in(), start(folder) as desk:
        desk.sync_now("H")

    assert [path.read_bytes() for path in second_medium(folder).parent.glob("*.delivered")] == [other]


def test_without_a_region_a_demo_says_what_is_damaged(tmp_path: Path) -> None:
    from tests.desks import an_enrolled_folder

    folder = an_enrolled_folder(tmp_path)
    start(folder).close()
    damage(journal(folder), env_of(folder, 0))
    second_medium(folder).unlink()

    with pytest.raises(JournalDamaged):
        start(folder)


# ── interrupted ──────────────────────────────────────────────────────────────────────────────────────────────────


class PowerCut(BaseException):
    """Nothing of ours may catch it."""


def test_a_rebuild_may_be_interrupted_before_each_of_its_steps(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(journal(folder), env_of(folder, 5))
    interrupted = 0
    while True:
        one = tmp_path / f"life-{interrupted}"
        shutil.copytree(folder, one)
        with monkeypatch.context() as patched:
            steps = die_before(patched, interrupted)
            try:
                start(one).close()
            except PowerCut:
                interrupted += 1
            else:
                break
        with start(one) as desk:
            assert desk.register("H").state.next_receipt == 4
        assert audit(journal(one)).findings == []
        assert any(b"SQLite" in path.read_bytes()[:16] for path in (one / "H").glob("journal.db.*.aside"))

    assert interrupted >= 5, f"only {steps} steps were seen"


def die_before(patched: pytest.MonkeyPatch, step: int) -> list[str]:
    """Let the power fail before the step-th change of a file's name or copy."""
    seen: list[str] = []

    def dying(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def one(*arguments: object, **named: object) -> object:
            if len(seen) == step:
                raise PowerCut
            seen.append(name)
            return real(*arguments, **named)

        patched.setattr(owner, name, one)

    for owner, name in ((Path, "replace"), (Path, "unlink"), (shutil, "copyfile"), (durable, "sync_folder")):
        dying(owner, name)
    return seen


def test_a_gap_waits_for_the_region_through_several_starts(region: PluggedRegion, folder: Path) -> None:
    sign_in_and_sell(folder, 3)
    with start(folder) as desk:
        lost = desk.records("H") - 3
    damage(journal(folder), env_of(folder, lost))
    stick = second_medium(folder).read_bytes()
    second_medium(folder).unlink()

    for _ in range(2):
        with pytest.raises(NeedsRegion):
            start(folder)
    second_medium(folder).write_bytes(stick)  # The stick is found after all.

    with start(folder) as desk:
        assert desk.register("H").state.next_receipt == 7
        assert newest_start(desk).check is CheckResult.REPAIRED


def test_what_is_cut_off_after_a_record_that_is_lost_comes_back_from_the_second_medium(
    region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_and_sell(folder, 4)  # The cable is out: nobody else has these.
    with start(folder) as desk:
        lost, newest = desk.records("H") - 3, past(desk)[-1].hash
    env = env_of(folder, lost)
    damage(journal(folder), env)
    damage(second_medium(folder), env)
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(_Start, "_push_all", no_answer)  # It has said that it lacks the record, and is gone again.
        with pytest.raises(NeedsRegion):
            start(folder)
    cut_journal(journal(folder), 1)
    for aside in (folder / "H").glob("*.aside"):
        aside.unlink()

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert newest in {one.hash for one in after}
    said = [(one.event.first, one.event.count) for one in after if isinstance(one.event, RecordsLost)]
    assert said == [(lost, 1)]


def test_what_follows_a_lost_record_comes_back_from_the_file_that_was_put_aside_when_the_journal_goes_too(
    region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, newest = wait_with_a_gap(region, folder, monkeypatch)
    journal(folder).unlink()

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert newest in {one.hash for one in after}
    said = [(one.event.first, one.event.count) for one in after if isinstance(one.event, RecordsLost)]
    assert said == [(lost, 1)]


def test_what_is_cut_off_a_journal_with_a_gap_comes_back_from_the_file_that_was_put_aside(
    region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, newest = wait_with_a_gap(region, folder, monkeypatch)
    cut_journal(journal(folder), 2)

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert newest in {one.hash for one in after}
    said = [(one.event.first, one.event.count) for one in after if isinstance(one.event, RecordsLost)]
    assert said == [(lost, 1)]


def wait_with_a_gap(region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bytes]:
    """A record that nobody has is lost with the second medium, and the region was there just long enough to say that it
    lacks it: the journal was put together with a gap. Which record, and the hash of the newest."""
    sign_in_and_sell(folder, 4)  # The cable is out: nobody else has these.
    with start(folder) as desk:
        lost, newest = desk.records("H") - 3, past(desk)[-1].hash
    damage(journal(folder), env_of(folder, lost))
    second_medium(folder).unlink()
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(_Start, "_push_all", no_answer)  # It has said that it lacks the record, and is gone again.
        with pytest.raises(NeedsRegion):
            start(folder)
    return lost, newest


def test_a_second_medium_that_was_out_shows_nothing_of_what_was_sold_meanwhile(
    region: PluggedRegion, folder: Path
) -> None:
    stale = second_medium(folder).read_bytes()
    sign_in_and_sell(folder, 40)  # The cable is out.
    with start(folder) as desk:
        desk.sign_in("anber", "123456")
        sell(desk, 60)
    blank_newest_leaves(journal(folder), "record", "sqlite_autoindex_record_2")
    second_medium(folder).write_bytes(stale)

    with region.plugged_in(), start(folder) as desk:
        assert [one for one in past(desk) if isinstance(one.event, RecordsLost)]


def blank_newest_leaves(path: Path, *trees: str) -> None:
    """The disk gives zeros where the newest rows of these tables or indices stood."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs="unix")) as connection:
        query = "SELECT max(pageno) FROM dbstat WHERE pagetype = 'leaf' AND name = ?"
        pages = [int(connection.execute(query, (tree,)).get) for tree in trees]
    raw = bytearray(path.read_bytes())
    for page in pages:
        raw[(page - 1) * PAGE_BYTES : page * PAGE_BYTES] = bytes(PAGE_BYTES)
    path.write_bytes(raw)


@pytest.mark.parametrize("page", [0, 1])
def test_a_damaged_list_of_tables_hides_no_record(folder: Path, page: int) -> None:
    """SQLite's own list of what is in the file; without a second medium, and without a region."""
    with closing(apsw.Connection(str(journal(folder)), vfs="unix")) as connection:
        pages = [at for (at,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")]
    raw = bytearray(journal(folder).read_bytes())
    raw[(pages[page] - 1) * 4096 + 108 : pages[page] * 4096 - 200] = bytes(4096 - 308)
    journal(folder).write_bytes(raw)
    second_medium(folder).unlink()

    with start(folder) as desk:
        assert desk.register("H").state.next_receipt == 4
        assert newest_start(desk).check is CheckResult.REPAIRED
    assert audit(journal(folder)).findings == []


def test_a_key_with_one_wrong_bit_is_a_missing_key_and_no_damage(folder: Path) -> None:
    (key,) = (folder / "H").glob("*.key")
    text = key.read_text(encoding="ascii")
    key.write_text(text[:60] + ("A" if text[60] != "A" else "B") + text[61:], encoding="ascii")

    with pytest.raises(KeyMissing):
        start(folder)
