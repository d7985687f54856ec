"""The region decides: signed configuration, test numbers, the exemption and its end (R17, R37, R69)."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.domain import exemption
from kassaapp.domain.events import ConfigurationRefused, ConfigurationTaken
from sync.wire import canonical, config
from sync.wire.demo_keys import demo_keys
from sync.wire.errors import WireError
from sync.wire.frame import Frame
from sync.wire.record import CHAIN_BYTES, SALT_BYTES, Part
from tests.desks import a_clock
from tests.regions import DEMO, PluggedRegion
from tests.rules.counter import ADULT, CARD, OTHER, Counter, Edit, demo_document

EditedCounter = Callable[[Edit], Counter]


# ── R17 ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def beside_region(tmp_path: Path) -> Iterator[tuple[PluggedRegion, Counter]]:
    """A till beside a real region; the cable is out."""
    region = PluggedRegion(tmp_path / "region")
    clinic_file = region.clinic_file(tmp_path)
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", clinic_file, a_clock())
    with Desk.open(tmp_path / "till", a_clock()) as desk:
        counter = Counter(desk)
        counter.sign_in("anber")
        counter.ok("open_session", till="H", counted_ore=100_000)
        yield region, counter
    region.region.close()


def test_r17_a_price_list_that_cannot_be_used_is_recorded_and_the_last_good_one_stays(
    beside_region: tuple[PluggedRegion, Counter],
) -> None:
    region, counter = beside_region
    region.publish(DEMO.read_text(encoding="utf-8").replace("price_ore = 20000", "price_ore = -1"))

    with region.plugged_in():
        counter.ok("sync")
        counter.ok("sync")

    refused = [event for event in counter.events() if isinstance(event, ConfigurationRefused)]
    assert [event.number for event in refused] == [1]
    assert counter.sell()["total_ore"] == 20_000


def test_r17_a_good_list_comes_into_force_and_is_recorded(beside_region: tuple[PluggedRegion, Counter]) -> None:
    region, counter = beside_region
    region.publish(DEMO.read_text(encoding="utf-8").replace("price_ore = 20000", "price_ore = 21000"))

    with region.plugged_in():
        counter.ok("sync")

    assert counter.sell()["total_ore"] == 21_000
    assert [event.number for event in counter.events() if isinstance(event, ConfigurationTaken)] == [0, 1]


def a_list() -> Frame:
    """A configuration as the demo's region signs it."""
    articles = canonical.encode({"articles": demo_document()["articles"]})
    part = Part(config.REGION_PART, bytes(SALT_BYTES), articles)
    return config.next_record(config.CONFIG_KIND, bytes(CHAIN_BYTES), None, [part], demo_keys().config)


def test_r17_a_list_with_one_changed_byte_is_not_the_regions(counter: Counter) -> None:
    trust, frame = counter.journal().trust, a_list()
    config.check_configuration([frame], trust, after=None)
    (part,) = frame.parts
    price = part.data.index(b"20000")

    changed = Part(part.name, part.salt, part.data[:price] + b"1" + part.data[price + 1 :])

    with pytest.raises(WireError):
        config.check_configuration([Frame(frame.record, (changed,))], trust, after=None)


def test_r17_a_list_signed_by_another_key_or_an_older_one_is_not_taken(counter: Counter) -> None:
    trust, frame = counter.journal().trust, a_list()
    forged = config.next_record(config.CONFIG_KIND, bytes(CHAIN_BYTES), None, frame.parts, demo_keys().ledger)

    for frames, after in (([forged], None), ([frame], frame.record)):
        with pytest.raises(WireError):
            config.check_configuration(frames, trust, after=after)


# ── R37 ──────────────────────────────────────────────────────────────────────────────────────────


def _for_tests(made: dict[str, Any]) -> None:
    made["policy"]["test_numbers_only"] = True
    made["region"]["test_numbers"] = [ADULT["id"]]


def test_r37_a_till_for_tests_refuses_numbers_that_are_not_published(counter_with: EditedCounter) -> None:
    counter = counter_with(_for_tests)
    sale: dict[str, Any] = {"till": "H", "lines": [{"article": 1}], "pay": [CARD]}

    counter.ok("sell", **sale, patient=ADULT)
    assert counter.refused("sell", **sale, patient=OTHER) == "NotATestNumber"
    assert counter.refused("sell", **sale, patient=ADULT, payer={"id": OTHER["id"], "name": "X"}) == "NotATestNumber"
    assert counter.refused("look_up", id=OTHER["id"]) == "NotATestNumber"
    assert counter.refused("history", till="H", patient=OTHER["id"]) == "NotATestNumber"
    assert counter.refused("balance", till="H", patient={"id": OTHER["id"]}) == "NotATestNumber"


def test_r37_a_till_at_work_takes_every_number(counter: Counter) -> None:
    counter.sell(patient=OTHER)


# ── R69 ──────────────────────────────────────────────────────────────────────────────────────────

END = date(2029, 12, 31)


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2029, 10, 1), None),
        (date(2029, 10, 3), 89),
        (date(2029, 12, 31), 0),
        (date(2030, 1, 1), -1),
    ],
)
def test_r69_the_end_of_the_exemption_is_told_three_months_ahead(day: date, left: int | None) -> None:
    assert exemption.days_left(END, day) == left
    assert exemption.days_left(None, day) is None


def test_r69_the_configuration_says_when_it_ends(counter: Counter, counter_with: EditedCounter) -> None:
    assert counter.register().configuration.exemption_until == END

    edited = counter_with(lambda made: made["clinic"].update(exemption_until="2027-06-30"))

    assert edited.register().configuration.exemption_until == date(2027, 6, 30)
    edited.sell()
    assert "Undantag Skatteverket dnr DEMO-1" in edited.paper(1)


def test_r69_after_the_end_the_region_has_decided_whether_tills_open(counter_with: EditedCounter) -> None:
    def ending(made: dict[str, Any]) -> None:
        made["clinic"]["exemption_until"] = "2026-11-23"
        made["policy"]["stop_after_exemption"] = True

    counter = counter_with(ending)
    counter.close()
    counter.ok("open_session", till="H", counted_ore=100_000)
    counter.close()
    counter.at("2026-11-24T08:00")

    assert counter.refused("open_session", till="H", counted_ore=100_000) == "ExemptionEnded"


def test_r69_without_such_a_decision_the_till_opens(counter_with: EditedCounter) -> None:
    counter = counter_with(lambda made: made["clinic"].update(exemption_until="2026-11-22"))

    assert counter.sell()["receipt"] == 1
