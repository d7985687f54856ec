"""A till that is put back to before its successor was born: what that one left on the second medium is not stranded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp import first_start, health
from kassaapp.journal import shadow
from kassaapp.recovery import _Start
from sync.client.errors import Offline
from sync.server import audit as region_audit
from sync.server import late, succession
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import read_enrolment
from tests.desks import a_clock
from tests.regions import PluggedRegion
from tests.test_recovery import everything_at, past, sell, sign_in_and_sell, start


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def folder(region: PluggedRegion, tmp_path: Path, stick: Path) -> Path:
    """A till with its second medium on another disk, three visits, and the network away since."""
    clinic_file = region.clinic_file(tmp_path)
    clinic_file.write_text(clinic_file.read_text() + f'second_medium = "{stick}"\n')
    return an_enrolled_till(region, tmp_path, clinic_file)


def an_enrolled_till(region: PluggedRegion, tmp_path: Path, clinic_file: Path) -> Path:
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())
        with start(tmp_path / "till") as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            sell(desk, 3)
            desk.sync_now("H")
    return tmp_path / "till"


def succeed_and_sell(region: PluggedRegion, folder: Path, tmp_path: Path) -> set[bytes]:
    """A copy of the machine has sold as well: ours goes on in a successor, in which it sells while the network is away.
    The hashes of all that it has recorded."""
    fork(region, folder, tmp_path / "clone")
    return sell_in_the_successor(region, folder)


def fork(region: PluggedRegion, folder: Path, clone: Path) -> None:
    """A copy of the machine comes to the region first, and ours has sold."""
    shutil.copytree(folder, clone)
    settings = clone / "clinic.toml"
    settings.write_text(settings.read_text().replace("stick", "stick of the clone"))
    sign_in_and_sell(folder, 1)
    with region.plugged_in(), start(clone) as desk:
        desk.sync_now("H")


def sell_in_the_successor(region: PluggedRegion, folder: Path) -> set[bytes]:
    """The hashes of all that the till has recorded then."""
    with region.plugged_in():
        start(folder).close()
    with start(folder) as desk:
        assert desk.register("H").state.register == "R0417B"
        desk.sign_in("anber", "123456")
        sell(desk, 2)
        return {one.hash for one in past(desk)}


def put_back(folder: Path, backup: Path, *, with_keys: bool) -> None:
    """The machine's disk is as it was; the keyring too, or not."""
    keys = {path: path.read_bytes() for path in folder.rglob("*.key")}
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    for path, raw in keys.items():
        if not with_keys:
            path.write_bytes(raw)
            path.chmod(0o600)


def test_what_the_successor_had_not_sent_reaches_the_region_once(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    recorded = succeed_and_sell(region, folder, tmp_path)
    put_back(folder, tmp_path / "backup", with_keys=False)

    with region.plugged_in():
        start(folder).close()
        start(folder).close()

    assert recorded <= everything_at(region)
    assert [path.name for path in stick.glob("*.delivered")] == ["R0417BH.delivered"]
    assert region_audit.audit(tmp_path / "region").findings == []


def test_it_reaches_the_region_also_from_beside_the_journal_where_it_was_put_aside(
    region: PluggedRegion, tmp_path: Path
) -> None:
    folder = an_enrolled_till(region, tmp_path, region.clinic_file(tmp_path))
    before = tmp_path / "before.db"
    fork(region, folder, tmp_path / "clone")
    shutil.copyfile(folder / "H" / "journal.db", before)
    recorded = sell_in_the_successor(region, folder)
    shutil.copyfile(before, folder / "H" / "journal.db")

    with region.plugged_in():
        start(folder).close()

    assert recorded <= everything_at(region)


def test_the_medium_of_a_chain_that_has_ended_gives_what_nobody_else_has_when_it_turns_up_again(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    sign_in_and_sell(folder, 2)
    with start(folder) as desk:
        recorded = {one.hash for one in past(desk)}
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)
    stick.rename(tmp_path / "drawer")
    fork(region, folder, tmp_path / "clone")
    with region.plugged_in(), start(folder) as desk:
        assert desk.register("H").state.register == "R0417B"
    (tmp_path / "drawer").rename(stick)

    for _ in range(2):
        with region.plugged_in():
            start(folder).close()

    assert recorded <= everything_at(region)
    assert [path.name for path in stick.glob("*.delivered")] == ["R0417H.delivered"]
    assert region_audit.audit(tmp_path / "region").findings == []


def test_what_the_region_could_not_take_before_the_chain_ended_is_sent_at_the_next_start(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    sign_in_and_sell(folder, 1)
    with start(folder) as desk:
        recorded = {one.hash for one in past(desk)}
    other = (stick / "R0417H.kj").read_bytes()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)
    (stick / "R0417H.kj").unlink()
    sign_in_and_sell(folder, 4)
    lost = shadow.read(stick / "R0417H.kj").records[-3].env
    raw = (folder / "H" / "journal.db").read_bytes()
    (folder / "H" / "journal.db").write_bytes(raw.replace(lost[-60:], bytes(60)))
    (stick / "R0417H.kj").write_bytes(other)
    with region.plugged_in(), monkeypatch.context() as patched:
        patched.setattr(_Start, "_deliver_asides", away)
        start(folder).close()

    with region.plugged_in():
        start(folder).close()

    assert recorded <= everything_at(region)


def away(*asked: object) -> None:
    """The line is gone for a moment."""
    raise Offline


def test_a_damaged_medium_gives_what_is_whole_on_it(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    recorded = succeed_and_sell(region, folder, tmp_path)
    put_back(folder, tmp_path / "backup", with_keys=False)
    left = stick / "R0417BH.kj"
    raw = left.read_bytes()
    lost = shadow.read(left).records[2].env
    left.write_bytes(raw.replace(lost[-60:], bytes(60)))

    with region.plugged_in():
        start(folder).close()

    assert len(recorded - everything_at(region)) == 1


@pytest.mark.parametrize("how", ["without its key", "with the network away"])
def test_what_cannot_be_sent_now_stays_where_it_is(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path, how: str
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    succeed_and_sell(region, folder, tmp_path)
    put_back(folder, tmp_path / "backup", with_keys=how == "without its key")
    before = (stick / "R0417BH.kj").read_bytes()

    if how == "without its key":
        with region.plugged_in():
            start(folder).close()
    else:
        start(folder).close()

    assert (stick / "R0417BH.kj").read_bytes() == before


def test_who_is_to_bring_what_lost_its_key_to_the_region_is_told(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path
) -> None:
    shutil.copytree(folder, tmp_path / "backup")
    recorded = succeed_and_sell(region, folder, tmp_path)
    put_back(folder, tmp_path / "backup", with_keys=True)

    with region.plugged_in(), start(folder) as desk:
        told = desk.stranded("H")
        watched = health.judge(folder, desk.clock())

    assert told == ("R0417BH.kj",)
    assert watched.verdict is health.Verdict.CRITICAL
    assert "R0417BH.kj ska läsas in hos regionen" in watched.line
    before = everything_at(region)
    succession.lose(region.region, read_enrolment((stick / "R0417H.chains").read_bytes().splitlines()[1]).chain)
    late.bring_in(region.region, (stick / told[0]).read_bytes(), demo_keys().recovery)
    assert not recorded <= before
    assert recorded <= everything_at(region)


def test_which_chains_there_are_is_said_once_there_is_more_than_one(
    region: PluggedRegion, folder: Path, tmp_path: Path, stick: Path
) -> None:
    alone = list(stick.glob("*.chains"))

    succeed_and_sell(region, folder, tmp_path)

    registers = [read_enrolment(line).register for line in (stick / "R0417H.chains").read_bytes().splitlines()]
    assert (alone, registers) == ([], ["R0417", "R0417B"])
