"""T19: a till whose clock is wrong, against the real server: it enrols, signs, sells and is proved all the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.domain.events import ClockSetBack
from kassaapp.verify.audit import audit
from sync.server import audit as region_audit
from sync.wire import canonical
from tests.desks import a_clock, asking
from tests.regions import PluggedRegion
from tests.rules.counter import ADULT, events_of
from tests.sync.builders import Clock

RIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=1)))
CASH = [{"by": "cash"}]
VISIT = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "pay": CASH}
DEPOSIT = {"till": "H", "patient": ADULT, "amount_ore": 10_000, "pay": CASH}


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    """A region whose own clock is right."""
    plugged = PluggedRegion(tmp_path / "region")
    clock_of(plugged).now_ms = int(RIGHT.timestamp() * 1000)
    yield plugged
    plugged.region.close()


def clock_of(plugged: PluggedRegion) -> Clock:
    """The region's clock, to be moved."""
    clock = plugged.region.clock
    assert isinstance(clock, Clock)
    return clock


def a_desk_at(region: PluggedRegion, folder: Path, at: datetime) -> Desk:
    """A desk enrolled and opened under a clock that says `at`. The region must be plugged in."""
    folder.mkdir()
    first_start.enrol(folder / "till", region.clinic_file(folder), a_clock(at))
    return Desk.open(folder / "till", a_clock(at))


@pytest.mark.parametrize("year", [2016, 2036])
def test_a_till_whose_clock_is_years_off_enrols_signs_and_is_proved(
    region: PluggedRegion, tmp_path: Path, year: int
) -> None:
    with region.plugged_in(), a_desk_at(region, tmp_path / "desk", RIGHT.replace(year=year)) as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        ask("open_session", till="H", counted_ore=100_000)
        assert ask("deposit", **DEPOSIT)["ok"]
        assert year < 2025 or ask("sell", **VISIT)["ok"]  # Before 2025 there is no price: see test_clocks.py.

        answer = ask("sync")

        assert answer == {"ok": True, "unsent": 0, "reachable": True, "proved_seq": desk.records("H") - 1}
    report = audit(tmp_path / "desk" / "till" / "H" / "journal.db")
    assert (report.findings, report.proved_next) == ([], report.records)
    assert region_audit.audit(tmp_path / "region").findings == []


def test_what_the_region_accepts_has_the_regions_time_not_the_tills(region: PluggedRegion, tmp_path: Path) -> None:
    with region.plugged_in(), a_desk_at(region, tmp_path / "desk", RIGHT.replace(year=2036)) as desk:
        asking(desk)("sync")
        proof = desk._tills["H"].journal.proof()
        assert proof is not None

        said = canonical.decode_object(proof.leaf)["at"]

        assert said == clock_of(region).now_ms == int(RIGHT.timestamp() * 1000)


def test_a_clock_that_jumps_between_contacts_changes_nothing_at_the_region(
    region: PluggedRegion, tmp_path: Path
) -> None:
    """Ten years ahead, ten back, a day back, right again: each time what was sold meanwhile is proved."""
    moments = [RIGHT, RIGHT.replace(year=2036), RIGHT, RIGHT - timedelta(days=1), RIGHT.replace(year=2016), RIGHT]
    with region.plugged_in(), a_desk_at(region, tmp_path / "desk", RIGHT) as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        for moment in moments:
            desk.clock.set(moment)
            assert ask("sign_in", user="anber", pin="123456")["ok"]
            assert ask("sync")["unsent"] == 0
        back = [event for event in events_of(desk._tills["H"].journal) if isinstance(event, ClockSetBack)]

    assert [(event.at, event.before) for event in back] == [
        (moments[2], moments[1]),
        (moments[3], moments[2]),
        (moments[4], moments[3]),
    ]


def test_while_the_regions_clock_is_back_the_till_sells_on_and_all_of_it_arrives(
    region: PluggedRegion, tmp_path: Path
) -> None:
    with region.plugged_in(), a_desk_at(region, tmp_path / "desk", RIGHT) as desk:
        ask = asking(desk)
        ask("sign_in", user="anber", pin="123456")
        ask("open_session", till="H", counted_ore=100_000)
        assert ask("sync")["unsent"] == 0
        clock_of(region).pass_s(-3_652 * 86_400)
        for _ in range(3):
            assert ask("sell", **VISIT)["ok"]

        meanwhile = ask("sync")
        status = desk.sync_status("H")
        clock_of(region).pass_s(3_652 * 86_400)
        after = ask("sync")

        assert (meanwhile["unsent"], meanwhile["reachable"]) == (3, False)
        assert status.attention is None
        assert status.retry_after_s is not None
        assert (after["unsent"], after["reachable"]) == (0, True)
    assert region_audit.audit(tmp_path / "region").findings == []
