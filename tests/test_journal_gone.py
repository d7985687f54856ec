"""A journal that is gone, or that holds nothing, is asked for before anything is begun in its place."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.domain.events import CheckResult, Event
from kassaapp.journal.journal import Written
from kassaapp.trouble import NeedsRegion
from kassaapp.verify.audit import audit
from sync.client.errors import Offline
from sync.client.transport import Transport
from tests.desks import a_clock
from tests.regions import PluggedRegion
from tests.test_recovery import journal, newest_start, past, sell, sign_in_and_sell, start
from tests.test_stranded import an_enrolled_till, fork
from tests.verify.evidence import as_a_person_who_knows_sql


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def clinic_file(region: PluggedRegion, tmp_path: Path, stick: Path) -> Path:
    """One that says that the second medium is a stick."""
    path = region.clinic_file(tmp_path)
    path.write_text(path.read_text() + f'second_medium = "{stick}"\n')
    return path


def empty(path: Path) -> None:
    with as_a_person_who_knows_sql(path) as sql:
        sql.execute("DELETE FROM part; DELETE FROM record; DELETE FROM proof WHERE next > 0")


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def away(*_: object) -> None:
    raise Offline


@pytest.mark.parametrize("lose", [Path.unlink, empty])
def test_a_journal_that_is_gone_is_not_begun_again_because_one_answer_was_lost(
    region: PluggedRegion,
    clinic_file: Path,
    tmp_path: Path,
    stick: Path,
    monkeypatch: pytest.MonkeyPatch,
    lose: Callable[[Path], None],
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    with start(folder) as desk:
        before = [one.hash for one in past(desk)]
    with region.plugged_in():
        start(folder).close()
    lose(journal(folder))
    stick.rename(tmp_path / "drawer")

    after = start_when_an_answer_was_lost(region, folder, monkeypatch)

    assert [one.hash for one in after[: len(before)]] == before


def test_a_successor_that_is_gone_is_not_begun_again_because_one_answer_was_lost(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    before = succeed_and_send(region, folder, tmp_path / "clone")
    journal(folder).unlink()
    stick.rename(tmp_path / "drawer")

    after = start_when_an_answer_was_lost(region, folder, monkeypatch)

    assert [one.hash for one in after[: len(before)]] == before


def start_when_an_answer_was_lost(
    region: PluggedRegion, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Written[Event]]:
    """The till waits, since what it pushes is not answered; with the next answer it starts. What it has then."""
    with region.plugged_in():
        with monkeypatch.context() as patched:
            patched.setattr(Transport, "push", away)
            with pytest.raises(NeedsRegion):
                start(folder)
        with start(folder) as desk:
            return past(desk)


def succeed_and_send(region: PluggedRegion, folder: Path, clone: Path) -> list[bytes]:
    """A copy of the till has sold too, ours goes on in a successor, and the region has all of it: what ours has."""
    fork(region, folder, clone)
    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.register == "R0417B"
        desk.sign_in("anber", "123456")
        sell(desk, 2)
        assert desk.sync_now("H").unsent == 0
        return [one.hash for one in past(desk)]


@pytest.mark.parametrize("lose", [Path.unlink, zero])
def test_an_ended_chain_comes_back_from_the_region_too_when_journal_and_stick_are_gone(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path, lose: Callable[[Path], None]
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    before = succeed_and_send(region, folder, tmp_path / "clone")
    told = audit(journal(folder)).findings
    lose(journal(folder))
    stick.rename(tmp_path / "drawer")

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert [one.hash for one in after[: len(before)]] == before
    assert audit(journal(folder)).findings == told


def test_what_an_old_stick_lacks_of_an_ended_chain_comes_from_the_region(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    shutil.copytree(stick, tmp_path / "drawer")
    before = succeed_and_send(region, folder, tmp_path / "clone")
    journal(folder).unlink()
    shutil.rmtree(stick)
    (tmp_path / "drawer").rename(stick)

    with region.plugged_in(), start(folder) as desk:
        after = past(desk)

    assert [one.hash for one in after[: len(before)]] == before


def test_an_ended_chain_of_which_the_region_gives_nothing_is_waited_for(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    succeed_and_send(region, folder, tmp_path / "clone")
    journal(folder).unlink()
    stick.rename(tmp_path / "drawer")
    monkeypatch.setattr(Transport, "records", lambda *_: [])

    with region.plugged_in(), pytest.raises(NeedsRegion):
        start(folder)


def test_an_ended_chain_whose_key_is_gone_stops_nothing(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path
) -> None:
    folder = an_enrolled_till(region, tmp_path, clinic_file)
    old = set(folder.rglob("*.key"))
    before = succeed_and_send(region, folder, tmp_path / "clone")
    journal(folder).unlink()
    stick.rename(tmp_path / "drawer")
    for key in old:
        key.unlink()

    with region.plugged_in(), start(folder) as desk:
        assert before[-1] in {one.hash for one in past(desk)}


def test_a_journal_that_holds_nothing_is_begun_when_the_region_says_that_it_has_nothing_either(
    region: PluggedRegion, clinic_file: Path, tmp_path: Path, stick: Path
) -> None:
    folder = tmp_path / "till"
    with region.plugged_in():
        first_start.enrol(folder, clinic_file, a_clock())
    sign_in_and_sell(folder, 0)
    empty(journal(folder))
    stick.rename(tmp_path / "drawer")

    with pytest.raises(NeedsRegion):
        start(folder)
    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.next_receipt == 1
        assert newest_start(desk).check is CheckResult.TAIL_CUT
