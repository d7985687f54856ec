"""Every step of a push fails once, in both ways (RECORDS 4.2, T12): a retry proves, and nothing is stored twice."""

from collections.abc import Iterator

import pytest

from sync.server import storage
from sync.server.audit import audit
from sync.server.region import Region
from tests.storm.faults import Steps, When, failing_signer
from tests.sync.builders import Clock, Till, enrol, publish
from tests.sync.conftest import clock, region

__all__ = ["clock", "region"]
RECORDS = 3
STEPS_AT_LEAST = 20
"""Statements and commits of a push on either database; a push that takes fewer was not counted right."""


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    publish(region)
    return enrol(region, clock)


@pytest.fixture
def steps(region: Region, till: Till) -> Iterator[Steps]:
    watching = Steps(region.engine)
    with watching.watched():
        yield watching


@pytest.mark.parametrize("when", When)
def test_a_push_survives_a_failure_at_every_step(region: Region, till: Till, steps: Steps, when: When) -> None:
    till.journal.sell(RECORDS)
    till.sync()
    before, step = _ledger_size(region), 0

    steps.fail(step, when)
    while _sell_and_sync(till, steps):
        assert _healed(till) == (0, None), f"step {step}"
        step += 1
        steps.fail(step, when)

    steps.relent()
    assert step > STEPS_AT_LEAST
    assert _ledger_size(region) == before + (step + 1) * RECORDS
    assert audit(region.settings.folder).findings == []


@pytest.mark.parametrize("when", When)
def test_an_enrolled_register_is_heard_though_every_step_of_a_heartbeat_fails(
    region: Region, till: Till, steps: Steps, when: When
) -> None:
    till.journal.sell(RECORDS)
    till.sync()
    step = 0

    steps.fail(step, when)
    while _sync(till, steps):
        assert _healed(till) == (0, None), f"step {step}"
        step += 1
        steps.fail(step, when)

    steps.relent()
    assert step > STEPS_AT_LEAST // 3
    assert audit(region.settings.folder).findings == []


@pytest.mark.parametrize("when", When)
def test_a_signer_that_fails_signs_the_same_tree_at_the_next_try(region: Region, till: Till, when: When) -> None:
    till.journal.sell(RECORDS)

    with failing_signer(region, when):
        failed = till.sync()
        healed = till.sync()

    assert (failed.unsent, failed.reachable) == (RECORDS, False)
    assert (healed.unsent, healed.attention) == (0, None)
    assert audit(region.settings.folder).findings == []


def test_a_head_that_was_signed_and_not_answered_is_never_contradicted(region: Region, till: Till) -> None:
    till.journal.sell(RECORDS)
    with failing_signer(region, When.DONE):
        till.sync()
    till.journal.sell(RECORDS)

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)
    proof = till.journal.proof()
    assert proof is not None
    assert proof.checkpoint.size == _ledger_size(region)


def _sell_and_sync(till: Till, steps: Steps) -> bool:
    """Whether a push came to the step that fails."""
    till.journal.sell(RECORDS)
    return _sync(till, steps)


def _sync(till: Till, steps: Steps) -> bool:
    till.sync()
    return steps.has_failed


def _healed(till: Till) -> tuple[int, object]:
    """How the register stands after its next try."""
    stand = till.sync()
    return stand.unsent, stand.attention


def _ledger_size(region: Region) -> int:
    with storage.reading(region.engine) as db:
        return storage.ledger_head(db)[0]
