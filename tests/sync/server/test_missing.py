"""The region says what it lacks of a till that cannot say so itself, and proves nothing that it has damaged."""

import pytest

from sync.client.engine import Push
from sync.client.errors import Offline
from sync.server import storage
from sync.server.region import Region
from sync.wire import entry
from sync.wire.entry import GAP
from tests.sync.builders import Clock, Till, enrol, seal_many, signer, tamper
from tests.sync.succession import status_of, succeed


def test_a_lost_record_is_flagged_when_its_chain_ends_for_another_reason(region: Region, clock: Clock) -> None:
    till = _with_a_gap(region, clock, stored=2, after=3)
    before = status_of(region, till).flags

    succeed(region, till, clock, signer(), why=entry.FORK)

    assert (before, status_of(region, till).flags) == ((), ("fork 2", "gap 2"))


def test_a_lost_record_is_flagged_when_its_chain_goes_on_past_it(region: Region, clock: Clock) -> None:
    till = _with_a_gap(region, clock, stored=2, after=3)
    records = till.journal.records[:2]
    others = seal_many(till.journal.enrolment, till.journal.key, 3, after=records, note="another history")

    till.transport.push(till.sender, Push(2, tuple(others), 0))

    assert status_of(region, till).flags == ("gap 2", "fork 3")


def test_what_is_delivered_after_a_lost_record_of_a_chain_that_has_ended_is_flagged(
    region: Region, clock: Clock
) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(6)
    till.transport.push(till.sender, Push(0, tuple(records[:2]), 0))
    succeed(region, till, clock, signer(), why=entry.FORK)

    till.transport.push(till.sender, Push(4, tuple(records[4:]), 0))

    assert status_of(region, till).flags == ("fork 2", "gap 3")


def test_a_branch_that_is_there_whole_lacks_nothing(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    till.sync()
    branch = seal_many(till.journal.enrolment, till.journal.key, 5, after=records[:2], note="another history")
    till.transport.push(till.sender, Push(2, tuple(branch), 0))

    succeed(region, till, clock, signer(), why=entry.FORK)

    assert status_of(region, till).flags == ("fork 2",)


def test_a_branch_that_came_backwards_lacks_nothing_once_it_is_there_whole(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    till.sync()
    branch = seal_many(till.journal.enrolment, till.journal.key, 3, after=records[:2], note="another history")

    seen = []
    for one in (branch[2], branch[0], branch[1]):
        till.transport.push(till.sender, Push(one.record.header.seq, (one,), 0))
        seen.append([flag for flag in status_of(region, till).flags if flag.startswith(GAP)])

    assert seen == [["gap 3"], ["gap 3"], []]
    assert (till.sender.chain, 3, GAP) in _ever_flagged(region)


def test_a_place_that_another_branch_lacks_too_stays_flagged(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    till.sync()
    born, key = till.journal.enrolment, till.journal.key
    one, other = (seal_many(born, key, 3, after=records[:2], note=note) for note in ("another history", "a third"))
    till.transport.push(till.sender, Push(4, (one[2],), 0))
    till.transport.push(till.sender, Push(2, tuple(one[:2]), 0))
    filled = status_of(region, till).flags

    till.transport.push(till.sender, Push(4, (other[2],), 0))

    assert (filled, status_of(region, till).flags) == (("fork 2",), ("fork 2", "gap 3"))


def test_a_gap_that_the_till_says_is_flagged_whatever_was_missing_before_and_came(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    till.sync()
    branch = seal_many(till.journal.enrolment, till.journal.key, 3, after=records[:2], note="another history")
    for one in (branch[2], branch[0], branch[1]):
        till.transport.push(till.sender, Push(one.record.header.seq, (one,), 0))

    succeed(region, till, clock, signer(), why=GAP)

    assert status_of(region, till).flags == ("fork 2", "gap 4")


def test_records_lost_in_a_row_are_flagged_until_they_have_come(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(7)
    till.transport.push(till.sender, Push(0, tuple(records[:2]), 0))
    till.transport.push(till.sender, Push(4, tuple(records[4:]), 0))
    succeed(region, till, clock, signer(), why=GAP)

    seen = []
    for one in records[2:4]:
        till.transport.push(till.sender, Push(one.record.header.seq, (one,), 0))
        seen.append([flag for flag in status_of(region, till).flags if flag.startswith(GAP)])

    assert seen == [["gap 3"], []]


def test_a_lost_end_is_flagged_until_it_has_come(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(3)
    till.transport.push(till.sender, Push(0, tuple(records[:2]), 0))
    succeed(region, till, clock, signer(), why=GAP)
    before = status_of(region, till).flags

    till.transport.push(till.sender, Push(2, tuple(records[2:]), 0))

    assert (before, status_of(region, till).flags) == (("gap 2",), ("late 2",))


def test_who_only_asks_gets_no_proof_of_what_was_damaged_since_it_last_knew(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.transport.push(till.sender, Push(0, tuple(till.journal.sell(3)), 0))
    other = seal_many(till.journal.enrolment, till.journal.key, 1, note="another history")[0].record
    tamper(region, "record", "UPDATE record SET env = :env WHERE seq = 0", env=other.env)

    with pytest.raises(Offline):
        till.transport.push(till.sender, Push(0, (), 0))


def _ever_flagged(region: Region) -> list[tuple[bytes, int, str]]:
    with storage.reading(region.engine) as db:
        return storage.flags(db)


def _with_a_gap(region: Region, clock: Clock, *, stored: int, after: int) -> Till:
    """A till of which one record, after the stored ones, is in no copy, and those after it lie in quarantine."""
    till = enrol(region, clock)
    records = till.journal.sell(stored + 1 + after)
    till.transport.push(till.sender, Push(0, tuple(records[:stored]), 0))
    till.transport.push(till.sender, Push(stored + 1, tuple(records[stored + 1 :]), 0))
    return till
