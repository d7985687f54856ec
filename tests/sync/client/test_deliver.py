"""What does not fit the chain is delivered before the chain ends; a region that swallows it is not believed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from sync.client import recover
from sync.client.engine import Push
from sync.client.transport import Sender, Transport
from sync.server.region import Region
from sync.wire.errors import BadProof
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed
from tests.sync.builders import Clock, Till, enrol, seal_many


@dataclass
class Swallows(Transport):
    """A region that drops what it is sent and answers as to a heartbeat, truly."""

    true: Transport

    def push(self, sender: Sender, push: Push) -> Pushed | Conflict:
        return self.true.push(sender, Push(push.start, (), push.known_size))

    def records(self, sender: Sender, first: int) -> list[Frame]:
        return self.true.records(sender, first)

    def aside(self, sender: Sender, first: int) -> list[Frame]:
        return self.true.aside(sender, first)


class Repeats(Swallows):
    """The same, and it shows its first record for ever."""

    def records(self, sender: Sender, first: int) -> list[Frame]:
        return self.true.records(sender, 0)[:1]


def forked(region: Region, clock: Clock) -> tuple[Till, Sequence[Frame]]:
    """A till whose region has six records, and another branch of four after the second."""
    till = enrol(region, clock)
    records = till.journal.sell(6)
    till.sync()
    return till, seal_many(till.journal.enrolment, till.journal.key, 4, after=records[:2], note="another history")


@pytest.mark.parametrize("liar", [Swallows, Repeats])
def test_a_region_that_swallows_a_branch_is_not_believed(region: Region, clock: Clock, liar: type[Swallows]) -> None:
    till, branch = forked(region, clock)

    with pytest.raises(BadProof):
        recover.deliver([branch], till.journal, till.sender, liar(till.transport))


def test_a_region_that_says_no_and_keeps_nothing_is_not_believed(region: Region, clock: Clock) -> None:
    till, _ = forked(region, clock)
    own, key = till.journal.enrolment, till.journal.key
    after_a_gap = seal_many(own, key, 8, after=till.journal.frames(0, 6))[5:]

    with pytest.raises(BadProof):
        recover.deliver([after_a_gap], till.journal, till.sender, Swallows(till.transport))


def test_a_branch_and_what_is_in_the_chain_already_are_delivered(region: Region, clock: Clock) -> None:
    till, branch = forked(region, clock)

    recover.deliver([branch, till.journal.frames(3, 2)], till.journal, till.sender, till.transport)

    assert till.transport.aside(till.sender, 0) == list(branch)
