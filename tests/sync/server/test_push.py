"""A push is stored once and proved, whatever came before it and however often it comes."""

import dataclasses
import json

import pytest

from sync.client.engine import Push
from sync.client.errors import Offline, Rejected
from sync.server import status, storage
from sync.server.region import Region
from sync.wire import frame
from sync.wire import record as rec
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed
from sync.wire.record import Part
from sync.wire.signature import SIGNATURE_BYTES
from tests.sync.builders import (
    START_MS,
    Clock,
    Till,
    enrol,
    post_records,
    publish,
    refusal,
    seal,
    seal_many,
    signer,
    tamper,
)


def test_records_are_stored_and_proved(region: Region, clock: Clock) -> None:
    publish(region)
    till = enrol(region, clock)
    till.journal.sell(3)

    stand = till.sync()

    assert (stand.unsent, stand.reachable, stand.proved_seq, stand.attention) == (0, True, 2, None)
    assert stand.last_contact == clock.aware()
    assert till.transport.records(till.sender, 0) == till.journal.records


def test_the_same_push_twice_is_stored_once_and_proved_twice(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    push = Push(0, tuple(till.journal.sell(3)), 0)

    first, second = _pushed(till, push), _pushed(till, push)

    assert (first.next, first.leaf, first.index) == (second.next, second.leaf, second.index) == (3, first.leaf, 3)
    assert _ledger_size(region) == 4


def test_a_push_whose_answer_was_lost_is_healed_by_the_next(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    _pushed(till, Push(0, tuple(till.journal.sell(3)), 0))
    till.journal.sell(2)

    stand = till.sync()

    assert (stand.unsent, stand.proved_seq) == (0, 4)
    assert _ledger_size(region) == 6


def test_an_empty_push_is_a_heartbeat_and_proves_the_enrolment(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    clock.pass_s(60)

    answer = _pushed(till, Push(0, (), 0))

    assert (answer.next, answer.leaf) == (0, till.journal.enrolment.encode())
    assert [one.last_contact for one in status.registers(region)] == [clock.aware()]


def test_a_gap_is_answered_with_where_to_go_on(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(5)
    _pushed(till, Push(0, tuple(records[:2]), 0))

    answer = till.transport.push(till.sender, Push(4, tuple(records[4:]), 0))

    assert answer == Conflict("gap", 2, records[1].record.hash)


def test_another_record_in_a_known_place_is_kept_as_evidence(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(3)
    _pushed(till, Push(0, tuple(records), 0))
    born, key = till.journal.enrolment, till.journal.key
    branch = seal_many(born, key, 3, after=records[:1], note="another history")

    answer = till.transport.push(till.sender, Push(1, tuple(branch), 0))

    assert answer == Conflict("fork", 1, records[1].record.hash, records[1].record.env)
    assert [(one.next, one.quarantined, one.flags) for one in status.registers(region)] == [(3, 3, ("fork 1",))]


def test_evidence_that_is_sent_twice_is_kept_once(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    _pushed(till, Push(0, tuple(till.journal.sell(2)), 0))
    branch = tuple(seal_many(till.journal.enrolment, till.journal.key, 2, note="another history"))

    answers = [till.transport.push(till.sender, Push(0, branch, 0)) for _ in range(2)]

    assert answers[0] == answers[1]
    assert [one.quarantined for one in status.registers(region)] == [2]


def test_a_record_after_another_history_is_a_gap_that_shows_the_head(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(2)
    _pushed(till, Push(0, tuple(records), 0))
    branch = seal_many(till.journal.enrolment, till.journal.key, 3, note="another history")

    answer = till.transport.push(till.sender, Push(2, tuple(branch[2:]), 0))

    assert answer == Conflict("gap", 2, records[1].record.hash)


def test_a_frame_that_cannot_be_read_stops_what_comes_after_it(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(3)
    middle = bytearray(frame.encode(records[1]))
    middle[8 + SIGNATURE_BYTES] = ord("[")

    answer = post_records(region, till.sender, frame.encode(records[0]) + middle + frame.encode(records[2]))

    assert refusal(answer) == (422, "malformed", 1)
    assert _next(till) == 1


def test_a_body_that_is_cut_short_keeps_what_is_whole(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    body = frame.encode_all(till.journal.sell(3))

    answer = post_records(region, till.sender, body[:-1])

    assert refusal(answer) == (422, "malformed", 2)
    assert _next(till) == 2


def test_a_part_that_was_not_signed_stops_its_record(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(2)
    other = Part("a", records[1].parts[0].salt, b'{"total_ore":1}')
    changed = Frame(records[1].record, (other, records[1].parts[1]))

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, (records[0], changed), 0))

    assert (refused.value.status, refused.value.why, refused.value.index) == (422, "commitment", 1)
    assert _next(till) == 1


def test_a_record_without_one_of_its_parts_is_not_stored(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    (record,) = till.journal.sell(1)

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, (Frame(record.record, record.parts[:1]),), 0))

    assert (refused.value.why, refused.value.index) == ("commitment", 0)


def test_a_record_that_does_not_follow_is_not_stored(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(2)
    stray = seal(till.journal.enrolment, till.journal.key, 2, records[0].record.hash)

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, (*records, stray), 0))

    assert (refused.value.why, refused.value.index) == ("link", 2)
    assert _next(till) == 2


def test_a_record_of_another_chain_is_not_stored(region: Region, clock: Clock) -> None:
    till, other = enrol(region, clock), enrol(region, clock)

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, tuple(other.journal.sell(1)), 0))

    assert (refused.value.why, refused.value.index) == ("link", 0)


def test_records_signed_by_another_key_are_not_stored(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(1)
    stranger = seal_many(till.journal.enrolment, signer(), 2, after=records)

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, (*records, *stranger), 0))

    assert (refused.value.why, refused.value.index) == ("signature", 1)
    assert _next(till) == 1


def test_a_fork_signed_by_another_key_is_no_evidence(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    _pushed(till, Push(0, tuple(till.journal.sell(1)), 0))
    stranger = seal_many(till.journal.enrolment, signer(), 1, note="another history")

    with pytest.raises(Rejected) as refused:
        till.transport.push(till.sender, Push(0, tuple(stranger), 0))

    assert (refused.value.why, refused.value.index) == ("signature", 0)
    assert [(one.quarantined, one.flags) for one in status.registers(region)] == [(0, ())]


def test_a_bad_signature_under_a_good_one_is_stored_and_flagged(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(4)
    records[1] = _with_signature(records[1], bytes(SIGNATURE_BYTES))

    answer = _pushed(till, Push(0, tuple(records), 0))

    assert answer.next == 4
    assert [one.flags for one in status.registers(region)] == [("signature 1",)]


def test_a_kind_and_a_version_that_nobody_knows_yet_are_stored(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    born, key = till.journal.enrolment, till.journal.key
    header = dataclasses.replace(seal(born, key, 0, born.hash, kind="teleported").record.header, v=9, parts={})
    till.journal.records.append(Frame(rec.seal(header, key), ()))

    stand = till.sync()

    assert (stand.unsent, stand.attention) == (0, None)


def test_more_records_than_a_batch_holds_arrive_in_several(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.journal.sell(1100)

    unsent = [till.sync().unsent for _ in range(3)]

    assert unsent == [600, 100, 0]


def test_every_answer_continues_the_ledger_of_the_one_before(region: Region, clock: Clock) -> None:
    tills = [enrol(region, clock) for _ in range(3)]

    for count in (1, 2, 5):
        for till in tills:
            till.journal.sell(count)
            assert till.sync().attention is None

    sizes = [proof.checkpoint.size for till in tills for proof in till.journal.kept[1:]]
    assert max(sizes) == _ledger_size(region) == 3 + 3 * 8


def test_time_never_decreases_and_a_clock_that_went_back_stops_the_region(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.journal.sell(1)
    clock.pass_s(-1.5)
    slightly_back = till.sync()
    till.journal.sell(1)
    clock.pass_s(-60)

    far_back = till.sync()

    with storage.reading(region.engine) as db:
        times = [json.loads(leaf)["at"] for leaf in storage.leaves(db, 0, 2)]
    assert times == [START_MS, START_MS]
    assert (slightly_back.unsent, slightly_back.reachable) == (0, True)
    assert (far_back.unsent, far_back.reachable) == (1, False)
    assert 5 <= (far_back.retry_after_s or 0) <= 60


def test_a_damaged_entry_is_never_signed(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.journal.sell(1)
    till.sync()
    with storage.writing(region.engine) as db:
        index, _ = region.ledger.append(db, lambda _: [b"an entry"])
    tamper(region, "leaf", "UPDATE leaf SET entry = :other WHERE idx = :index", other=b"on entry", index=index)
    till.journal.sell(1)

    stand = till.sync()

    assert (stand.unsent, stand.reachable) == (1, False)


def test_a_record_that_is_not_what_was_stored_is_never_proved(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    records = till.journal.sell(3)
    _pushed(till, Push(0, tuple(records[:2]), 0))
    other = seal_many(till.journal.enrolment, till.journal.key, 1, note="another history")[0].record
    tamper(region, "record", "UPDATE record SET env = :env WHERE seq = 0", env=other.env)

    with pytest.raises(Offline):
        till.transport.push(till.sender, Push(0, tuple(records), 0))


def _with_signature(one: Frame, signature: bytes) -> Frame:
    return Frame(rec.read(signature + one.record.header_bytes), one.parts)


def _pushed(till: Till, push: Push) -> Pushed:
    answer = till.transport.push(till.sender, push)
    assert isinstance(answer, Pushed)
    return answer


def _next(till: Till) -> int:
    return _pushed(till, Push(0, (), 0)).next


def _ledger_size(region: Region) -> int:
    with storage.reading(region.engine) as db:
        return storage.ledger_head(db)[0]
