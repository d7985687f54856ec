"""One byte of an answer changed: either it is not believed, or what is kept of it is the same."""

from collections.abc import Iterator

import pytest

from sync.client import engine
from sync.client.engine import Proved
from sync.server.region import Region
from sync.wire.errors import WireError
from sync.wire.messages import Pushed
from tests.sync.builders import Clock, Till, enrol, publish


@pytest.fixture
def till(sqlite_region: Region, clock: Clock) -> Till:
    """A register with eleven records, the last four of which are not proved."""
    made = enrol(sqlite_region, clock)
    publish(sqlite_region)
    enrol(sqlite_region, clock)
    made.journal.sell(7)
    assert made.sync().unsent == 0
    made.journal.sell(4)
    return made


def _proven(outcome: Proved) -> object:
    """What is proved. The note's own letters are left out: its signature lines are not covered by any signature."""
    proof = outcome.proof
    head = (proof.checkpoint.origin, proof.checkpoint.size, proof.checkpoint.root, proof.checkpoint.hash)
    return proof.next, proof.leaf, proof.index, proof.inclusion, proof.consistency, head


def _edits(raw: bytes) -> Iterator[bytes]:
    for at, byte in enumerate(raw):
        for other in (byte ^ 1, byte ^ 32):
            yield raw[:at] + bytes([other]) + raw[at + 1 :]


def test_every_changed_byte_of_an_answer_is_refused_or_changes_no_proof(till: Till) -> None:
    push = engine.next_push(till.journal)
    answer = till.transport.push(till.sender, push)
    honest = engine.read_answer(till.journal, till.paper.trust, push, answer)
    assert isinstance(honest, Proved)

    believed = []
    for raw in _edits(answer.encode()):
        try:
            outcome = engine.read_answer(till.journal, till.paper.trust, push, Pushed.read(raw))
        except WireError:
            continue
        if isinstance(outcome, Proved):
            believed.append(_proven(outcome) == _proven(honest))

    assert believed
    assert all(believed)
