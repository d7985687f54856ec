"""A paper carries the name of the register that made it, also when another has taken over its till since."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.papers import put
from kassaapp.printout.slip import Slip, Text, lines
from tests.builders import CARD, a_patient
from tests.desks import a_clock, an_open_till
from tests.regions import PluggedRegion


@pytest.fixture
def successor(tmp_path: Path) -> Iterator[Desk]:
    """A till that was copied and sold apart: receipt and Z 1 are of R0417, new receipts of R0417B."""
    region = PluggedRegion(tmp_path / "region")
    folder, clone = tmp_path / "till", tmp_path / "clone"
    with region.plugged_in():
        first_start.enrol(folder, region.clinic_file(tmp_path), a_clock())
        with Desk.open(folder, a_clock()) as desk:
            _open_and_sell(desk)
            desk.register("H").close_session(Count(100_000), "123456", "dags att gå hem")
            _open_and_sell(desk)
            desk.sync_now("H")
    shutil.copytree(folder, clone)
    for one, visits in ((folder, 2), (clone, 3)):
        with Desk.open(one, a_clock()) as desk:
            desk.sign_in("anber", "123456")
            for _ in range(visits):
                desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
    with region.plugged_in():
        with Desk.open(folder, a_clock()) as desk:
            desk.sync_now("H")
        with Desk.open(clone, a_clock()) as desk:
            desk.sign_in("anber", "123456")
            yield desk
    region.region.close()


def _open_and_sell(desk: Desk) -> None:
    desk.sign_in("anber", "123456")
    desk.register("H").open_session(100_000)
    desk.register("H").sell(a_patient(), [Wish(1)], [CARD])


def test_a_receipt_is_named_by_the_register_that_made_it(successor: Desk) -> None:
    own = successor.register("H").sell(a_patient(), [Wish(1)], [CARD]).event.receipt

    saved = [successor.save_receipt("H", number) for number in (1, own)]

    assert [path and path.name for path in saved] == ["kvitto-R0417H-000001.pdf", f"kvitto-R0417BH-{own:06}.pdf"]
    assert "Kvitto R0417H-1" in " ".join(lines(successor.slip("H", 1)))
    assert f"Kvitto R0417BH-{own}" in " ".join(lines(successor.slip("H", own)))


def test_a_z_is_named_by_the_register_that_made_it(successor: Desk) -> None:
    closed = successor.history("H").last_closing()
    assert closed is not None

    assert successor.save_z("H", closed).name == "z-R0417H-0001.pdf"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    put(tmp_path / "new", "kvitto", Slip("x", (Text("x"),)))

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kvitto.pdf"]


def test_an_x_is_of_now_and_says_when_it_is_practice(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        state = desk.register("H").state
        assert state.session is not None

        x = desk.slips("H").x(state.session, at=desk.clock(), by="anber")

        assert x.title == "X-dagrapport R0417H session 1"
        desk.begin_training("H")
        assert "ÖVNING" in " ".join(lines(desk.slips("H").x(state.session, at=desk.clock(), by="anber")))


def test_cash_that_moves_has_a_slip_of_its_own_record(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        first = desk.register("H").open_drawer("växlade en sedel")
        desk.clock.set(desk.clock() + timedelta(minutes=1))
        second = desk.register("H").open_drawer("räknade om")

        slips = [lines(desk.slips("H").cash(moved)) for moved in (first, second)]

        assert ["Orsak: växlade en sedel" in slips[0], "Orsak: räknade om" in slips[1]] == [True, True]
        codes = [line for slip in slips for line in slip if "kassajournalen" in line]
        assert len(set(codes)) == 2
        assert desk.slips("H").cash_name(first) == "drawer-R0417H-20261123-074200"


def test_a_z_is_found_by_its_number(successor: Desk) -> None:
    assert "KOPIA" in " ".join(lines(successor.slips("H").z_numbered(1, copy=True)))
    assert successor.slips("H").z_numbered(1).title == "Z-dagrapport R0417H nr 1"
