"""A new machine learns what the old one had, all of it up to where its certificate says, or nothing."""

from dataclasses import replace

import pytest

from sync.client.enrol import parent_records
from sync.client.errors import Rejected
from sync.client.transport import Sender, Transport
from sync.server import succession
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire.errors import BadCommitment, BrokenLink, WireError
from sync.wire.frame import Frame
from sync.wire.messages import Enrolled
from sync.wire.record import Part
from tests.sync.builders import Clock, Till, enrol, new_code, seal_many, signer, transport_to


class Given(Transport):
    """A line on which the records of the chain before are what the test says."""

    def __init__(self, region: Region, frames: list[Frame], certificate: Enrolled | None = None) -> None:
        super().__init__(transport_to(make_app(region))._client)
        self._frames = frames
        self._certificate = certificate

    def parent_records(self, sender: Sender, first: int) -> list[Frame]:
        return self._frames[first : first + 3]

    def parent_certificate(self, sender: Sender) -> Enrolled:
        return self._certificate or super().parent_certificate(sender)


def test_a_new_machine_learns_every_record_of_the_old(region: Region, clock: Clock) -> None:
    old, new = _succession(region, clock, records=1100)

    assert parent_records(new.journal.enrolment, new.sender, new.transport) == old.journal.records


def test_a_register_that_succeeds_none_learns_nothing(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)

    assert parent_records(till.journal.enrolment, till.sender, till.transport) == []


def test_the_successor_of_a_machine_that_never_sent_learns_nothing(region: Region, clock: Clock) -> None:
    _, new = _succession(region, clock, records=0)

    assert parent_records(new.journal.enrolment, new.sender, new.transport) == []


def test_what_came_late_is_not_learned(region: Region, clock: Clock) -> None:
    old, new = _succession(region, clock, records=4)
    old.journal.sell(3)
    old.sync()

    assert parent_records(new.journal.enrolment, new.sender, new.transport) == old.journal.records[:4]


def test_records_that_do_not_lead_to_the_certificate_are_not_believed(sqlite_region: Region, clock: Clock) -> None:
    old, new = _succession(sqlite_region, clock, records=7)
    records = old.journal.records
    branch = seal_many(old.journal.enrolment, old.journal.key, 5, after=records[:2], note="another history")
    parts = (Part("a", records[3].parts[0].salt, b'{"total_ore":1}'), records[3].parts[1])
    changed = [*records[:3], Frame(records[3].record, parts), *records[4:]]
    lacking = [*records[:3], Frame(records[3].record, records[3].parts[:1]), *records[4:]]

    for given in (records[:-1], records[1:], [*records[:3], *records[4:]], records[::-1], [*records[:2], *branch]):
        with pytest.raises(BrokenLink):
            parent_records(new.journal.enrolment, new.sender, Given(sqlite_region, given))
    for given in (changed, lacking):
        with pytest.raises(BadCommitment):
            parent_records(new.journal.enrolment, new.sender, Given(sqlite_region, given))


def test_a_region_that_keeps_all_records_back_is_not_believed(sqlite_region: Region, clock: Clock) -> None:
    _, new = _succession(sqlite_region, clock, records=2)
    own = new.transport.certificate(new.sender)

    for certificate in (None, own, replace(own, leaf=b"{}")):
        with pytest.raises(WireError):
            parent_records(new.journal.enrolment, new.sender, Given(sqlite_region, [], certificate))


def _succession(region: Region, clock: Clock, *, records: int) -> tuple[Till, Till]:
    """A lost machine with so many records at the region, and the one that a code made in its place."""
    old = enrol(region, clock)
    old.journal.sell(records)
    while old.sync().unsent:
        pass
    succession.lose(region, old.sender.chain)
    return old, enrol(region, clock, code=new_code(region, "H", parents=[old.sender.chain]))


def test_another_machine_cannot_ask_for_them(sqlite_region: Region, clock: Clock) -> None:
    _, new = _succession(sqlite_region, clock, records=2)
    thief = Sender(new.sender.chain, signer())

    with pytest.raises(Rejected, match="403 'signature'"):
        new.transport.parent_records(thief, 0)
