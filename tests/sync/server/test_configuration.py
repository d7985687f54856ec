"""A published document reaches the registers it is for, in order, and whole."""

from concurrent.futures import ThreadPoolExecutor

from sync.client.round import fetch_configuration
from sync.server import storage
from sync.server.audit import audit
from sync.server.region import Region
from sync.wire import entry
from tests.sync.builders import DOCUMENT, Clock, MemoryConfigurations, enrol, publish

OTHER = DOCUMENT.replace('id = "ekbacken"', 'id = "tallbacken"')


def test_a_register_receives_the_parts_that_are_its_own(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    publish(region)
    publish(region, OTHER)

    till.sync()

    names = [[part.name for part in one.parts] for one in till.configurations.frames]
    assert names == [["clinic/ekbacken", "region", "users/ekbacken"], ["region"]]


def test_records_follow_each_other_in_one_chain(region: Region) -> None:
    first, second = publish(region), publish(region)

    assert (first.record.header.seq, second.record.header.seq) == (0, 1)
    assert second.record.header.prev == first.record.hash
    assert second.record.header.chain == first.record.header.chain


def test_records_published_at_the_same_time_follow_each_other_too(region: Region) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: publish(region), range(8)))

    assert sorted(one.record.header.seq for one in made) == list(range(8))
    assert audit(region.settings.folder).findings == []


def test_every_configuration_record_is_in_the_ledger(region: Region) -> None:
    made = publish(region)

    with storage.reading(region.engine) as db:
        leaves = storage.leaves(db, 0, 10)
    assert leaves == [entry.encode_config(region.clock(), made.record.hash)]


def test_a_register_that_was_away_catches_up_in_several_answers(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    big = DOCUMENT.replace("Läkarbesök", "x" * 50_000)
    made = [publish(region, big) for _ in range(30)]
    received = MemoryConfigurations()

    fetch_configuration(received, till.paper.trust, till.transport, till.sender, 29)

    assert [one.record for one in received.frames] == [one.record for one in made]


def test_pins_leave_the_document_as_verifiers(sqlite_region: Region) -> None:
    made = publish(sqlite_region, DOCUMENT.replace('verifier = "verifier-of-anber"', 'pin = "123456"'))

    users = made.part("users/ekbacken")
    assert users is not None
    assert b"123456" not in users.data
    assert b"$argon2id$" in users.data
