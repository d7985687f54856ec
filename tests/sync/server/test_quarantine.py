"""What a chain's key signed and does not fit is kept, all of it; what nobody signed is not."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from sync.client import engine
from sync.client.engine import Push
from sync.client.errors import Rejected
from sync.client.transport import Sender
from sync.server import quarantine, storage, tables
from sync.server.region import Region
from sync.wire import frame
from sync.wire.frame import Frame
from sync.wire.messages import Conflict
from sync.wire.record import Part
from tests.sync.builders import Clock, Till, enrol, seal_many, signer, tamper
from tests.sync.succession import status_of


def test_a_branch_longer_than_one_push_is_kept_whole(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=2, ours=5, theirs=700)

    answers = _deliver(till, 2, branch)

    assert [answer.kind for answer in answers] == ["fork", "gap"]
    assert _kept(region, till) == branch
    assert status_of(region, till).flags == ("fork 2",)


def test_a_branch_is_kept_whole_whose_second_push_contradicts_too(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=0, ours=600, theirs=700)

    answers = _deliver(till, 0, branch)

    assert [answer.kind for answer in answers] == ["fork", "fork"]
    assert _kept(region, till) == branch


def test_a_branch_is_kept_whole_that_is_a_little_longer_than_ours(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=0, ours=500, theirs=501)

    answers = _deliver(till, 0, branch)

    assert [answer.kind for answer in answers] == ["fork", "gap"]
    assert _kept(region, till) == branch


def test_a_branch_with_a_hole_in_it_is_kept_on_both_sides(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=1, ours=2, theirs=8)
    holed = [*branch[:3], *branch[5:]]

    till.transport.push(till.sender, Push(1, tuple(holed), 0))

    assert _kept(region, till) == holed


def test_what_stands_after_a_lost_record_is_kept(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(8)
    till.transport.push(till.sender, Push(0, tuple(records[:2]), 0))

    answer = till.transport.push(till.sender, Push(3, tuple(records[3:]), 0))

    assert answer == Conflict("gap", 2, records[1].record.hash)
    assert _kept(region, till) == records[3:]
    assert (status_of(region, till).next, status_of(region, till).quarantined) == (2, 5)


def test_what_is_found_again_is_stored_and_no_longer_counted(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(6)
    till.transport.push(till.sender, Push(3, tuple(records[3:]), 0))

    till.sync()

    assert (status_of(region, till).next, status_of(region, till).quarantined) == (6, 0)
    assert len(_kept(region, till)) == 3


def test_nothing_unsigned_changed_or_of_another_chain_is_kept(region: Region, clock: Clock) -> None:
    till, other = enrol(region, clock), enrol(region, clock)
    born = till.journal.enrolment
    signed = till.journal.sell(6)
    stranger = seal_many(born, signer(), 2, after=signed[:4])
    changed = Frame(signed[3].record, (Part("a", bytes(32), b"{}"), signed[3].parts[1]))
    lacking = Frame(signed[4].record, signed[4].parts[:1])
    foreign = other.journal.sell(3)

    till.transport.push(till.sender, Push(2, (signed[2], changed, lacking, *stranger, *foreign, signed[5]), 0))

    assert _kept(region, till) == [signed[2], signed[5]]
    assert _kept(region, other) == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_register_that_begins_too_far_on_is_heard(region: Region, clock: Clock, times: int) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    clock.pass_s(60)

    for _ in range(times):
        till.transport.push(till.sender, Push(2, tuple(records[2:]), 0))

    assert status_of(region, till).last_contact == clock.aware()
    assert status_of(region, till).quarantined == 2


def test_a_clone_that_was_ahead_of_ours_is_a_fork_once_ours_come(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(6)
    branch = seal_many(till.journal.enrolment, till.journal.key, 4, after=records[:2], note="another history")
    _deliver(till, 4, branch[2:])
    before = status_of(region, till).flags

    till.sync()

    assert (before, status_of(region, till).flags) == ((), ("gap 3", "fork 4"))
    assert (status_of(region, till).next, _kept(region, till)) == (6, branch[2:])


def test_two_branches_that_are_both_ahead_are_a_fork(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(6)
    branch = seal_many(till.journal.enrolment, till.journal.key, 4, after=records[:2], note="another history")

    _deliver(till, 4, branch[2:])
    _deliver(till, 4, records[4:])

    assert status_of(region, till).flags == ("fork 4",)


@pytest.mark.parametrize("most", ["MOST_RECORDS", "MOST_BYTES"])
def test_a_key_that_is_let_loose_fills_its_quarantine_and_no_more(
    most: str, monkeypatch: pytest.MonkeyPatch, region: Region, clock: Clock
) -> None:
    till, branch = _forked(region, clock, common=0, ours=1, theirs=12)
    size = len(frame.encode(branch[0]))
    monkeypatch.setattr(quarantine, most, 5 if most == "MOST_RECORDS" else 5 * size + size // 2)

    answers = [till.transport.push(till.sender, Push(0, tuple(branch), 0)) for _ in range(2)]

    assert [type(answer) for answer in answers] == [Conflict, Conflict]
    assert _kept(region, till) == branch[:5]
    assert status_of(region, till).flags == ("fork 0", "quarantine-full 5")
    other, others = _forked(region, clock, common=0, ours=1, theirs=3)
    _deliver(other, 0, others)
    assert _kept(region, other) == others


def test_what_is_kept_already_comes_again_to_a_full_quarantine_without_a_word(
    monkeypatch: pytest.MonkeyPatch, region: Region, clock: Clock
) -> None:
    till, branch = _forked(region, clock, common=0, ours=1, theirs=5)
    monkeypatch.setattr(quarantine, "MOST_RECORDS", 5)

    for _ in range(2):
        till.transport.push(till.sender, Push(0, tuple(branch), 0))

    assert status_of(region, till).flags == ("fork 0",)


def test_what_is_kept_aside_is_given_back_to_whose_it_is(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=2, ours=3, theirs=5)
    other, _ = _forked(region, clock, common=0, ours=1, theirs=2)
    _deliver(till, 2, branch)

    assert till.transport.aside(till.sender, 0) == branch
    assert till.transport.aside(till.sender, 4) == branch[2:]
    assert other.transport.aside(other.sender, 0) == []
    with pytest.raises(Rejected):
        other.transport.aside(Sender(till.sender.chain, other.sender.signer, till.sender.clinic), 0)


def test_no_more_is_given_back_at_once_than_a_push_holds(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=0, ours=1, theirs=501)
    _deliver(till, 0, branch)

    assert till.transport.aside(till.sender, 0) == branch[:500]


def test_a_record_that_rotted_here_keeps_nobody_from_the_others_and_is_flagged(
    region: Region, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, branch = _forked(region, clock, common=0, ours=1, theirs=6)
    till.transport.push(till.sender, Push(0, tuple(branch), 0))
    cut, changed = b"K" + frame.encode(branch[0])[1:], frame.encode(branch[1])
    for seq, rotten in ((0, cut), (1, changed[:90] + bytes([changed[90] ^ 1]) + changed[91:]), (2, b"")):
        tamper(
            region,
            "quarantine",
            "UPDATE quarantine SET frame = :rotten WHERE chain = :chain AND seq = :seq",
            rotten=rotten,
            chain=till.sender.chain,
            seq=seq,
        )
    monkeypatch.setattr(quarantine, "MAX_BATCH_RECORDS", 2)

    shown = [till.transport.aside(till.sender, first) for first in (0, 4)]

    assert shown == [branch[3:4], branch[4:6]]
    assert status_of(region, till).flags == ("fork 0", "quarantine-damaged 0")


def test_a_gap_beside_a_rotten_record_is_neither_made_up_nor_taken_back(region: Region, clock: Clock) -> None:
    till, branch = _forked(region, clock, common=0, ours=3, theirs=3)
    till.transport.push(till.sender, Push(2, (branch[2],), 0))
    tamper(
        region,
        "quarantine",
        "UPDATE quarantine SET frame = :rotten WHERE chain = :chain",
        rotten=b"K",
        chain=till.sender.chain,
    )

    till.transport.push(till.sender, Push(0, tuple(branch[:2]), 0))

    assert status_of(region, till).flags == ("fork 0", "gap 1", "fork 2")


def _forked(region: Region, clock: Clock, *, common: int, ours: int, theirs: int) -> tuple[Till, list[Frame]]:
    """A till whose region holds `common` + `ours` records, and another `theirs` after the common ones."""
    till = enrol(region, clock)
    records = till.journal.sell(common + ours)
    while till.sync().unsent:
        pass
    born, key = till.journal.enrolment, till.journal.key
    return till, seal_many(born, key, theirs, after=records[:common], note="another history")


def _deliver(till: Till, first: int, branch: Sequence[Frame]) -> list[Conflict]:
    answers = []
    for batch in engine.batches(branch):
        answer = till.transport.push(till.sender, Push(first, batch, 0))
        assert isinstance(answer, Conflict)
        answers.append(answer)
        first += len(batch)
    return answers


def _kept(region: Region, till: Till) -> list[Frame]:
    q = tables.quarantine.c
    with storage.reading(region.engine) as db:
        rows = list(db.scalars(select(q.frame).where(q.chain == till.sender.chain).order_by(q.seq)))
    return [frame.decode_all(row, at_most=1)[0] for row in rows]
