"""What else a region writes fails once at every step, in both ways (T12): asked again, it is done once, and said so.

Rights to money a conto, a first meeting, a successor, and a branch that goes into quarantine.
"""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from sync.client import accounts
from sync.client.errors import Offline
from sync.client.status import Attention
from sync.server import storage
from sync.server import tables as t
from sync.server.audit import audit
from sync.server.region import Region
from sync.wire import entry
from sync.wire.messages import EnrolRequest, SuccessorRequest
from tests.storm.faults import Steps, When
from tests.sync.builders import Clock, Till, enrol, new_code, seal_many, signer
from tests.sync.conftest import clock, region
from tests.sync.test_accounts import ACCOUNT, write

__all__ = ["clock", "region"]
Ask = Callable[[], object]


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    made = enrol(region, clock)
    write(made, "deposit", amount_ore=1_000_000)
    made.sync()
    return made


@pytest.fixture
def steps(region: Region, till: Till) -> Iterator[Steps]:
    watching = Steps(region.engine)
    with watching.watched():
        yield watching


def each_step(steps: Steps, when: When, made: Callable[[], Ask]) -> list[object]:
    """What is answered in the end to each of the requests that `made` makes, when every step of one has failed once."""
    answers: list[object] = []
    while True:
        ask = made()
        steps.fail(len(answers), when)
        for _ in range(3):
            try:
                answers.append(ask())
                break
            except Offline:
                continue
        else:
            raise AssertionError(f"step {len(answers)}: it never succeeds again")
        if not steps.has_failed:
            steps.relent()
            return answers


def count(region: Region, table: str) -> int:
    with storage.reading(region.engine) as db:
        return int(db.execute(select(func.count()).select_from(t.metadata.tables[table])).scalar_one())


@pytest.mark.parametrize("when", When)
def test_rights_move_once_whatever_step_fails(region: Region, till: Till, steps: Steps, when: When) -> None:
    def ask_one() -> Ask:
        asked = accounts.new_ask(ACCOUNT, 100)
        return lambda: accounts.give_back(till.transport, till.sender, asked)

    answers = each_step(steps, when, ask_one)

    assert len(answers) > 5
    assert count(region, "transfer") == len(answers)
    stands = accounts.ask_grant(till.transport, till.sender, accounts.new_ask(ACCOUNT, 0))
    assert (stands.free_ore, stands.held_ore) == (100 * len(answers), 1_000_000 - 100 * len(answers))


@pytest.mark.parametrize("when", When)
def test_a_register_is_born_once_whatever_step_fails(region: Region, till: Till, steps: Steps, when: When) -> None:
    before = count(region, "chain")

    def meet() -> Ask:
        steps.relent()
        request = EnrolRequest.made(new_code(region), "H", signer())
        return lambda: till.transport.enrol(request)

    answers = each_step(steps, when, meet)

    assert len(answers) > 8
    assert count(region, "chain") == before + len(answers)
    assert audit(region.settings.folder).findings == []


@pytest.mark.parametrize("when", When)
def test_a_chain_is_succeeded_once_whatever_step_fails(
    region: Region, clock: Clock, till: Till, steps: Steps, when: When
) -> None:
    before, tills = count(region, "chain"), 0

    def go_on() -> Ask:
        nonlocal tills
        steps.relent()
        tills += 1
        old = enrol(region, clock)
        request = SuccessorRequest.made(old.sender.chain, entry.FORK, signer())
        return lambda: old.transport.successor(old.sender, request)

    answers = each_step(steps, when, go_on)

    assert len(answers) > 8
    assert count(region, "chain") == before + 2 * tills
    assert audit(region.settings.folder).findings == []


@pytest.mark.parametrize("when", When)
def test_a_branch_is_kept_once_whatever_step_fails(region: Region, till: Till, steps: Steps, when: When) -> None:
    born, key = till.journal.enrolment, till.journal.key
    honest, branches = list(till.journal.records), 0

    def fork() -> Ask:
        nonlocal branches
        branches += 1
        till.journal.records[:] = seal_many(born, key, 1, note=f"branch {branches}")

        def push() -> object:
            stand = till.sync()
            if not stand.reachable:
                raise Offline
            return stand.attention

        return push

    answers = each_step(steps, when, fork)

    till.journal.records[:] = honest
    assert len(answers) > 5
    assert set(answers) == {Attention.FORK}
    assert count(region, "quarantine") == branches
    assert audit(region.settings.folder).findings == []
