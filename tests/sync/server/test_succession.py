"""A chain that cannot go on gets a successor: one for each new key, with a name of its own, provisional at first."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from sync.client.errors import Rejected
from sync.client.transport import Sender
from sync.server import storage, succession
from sync.server.audit import audit
from sync.server.enrolment import CODE_VALID_MS, order
from sync.server.errors import Refused
from sync.server.region import Region
from sync.server.succession import MOST_SUCCESSORS
from sync.wire import canonical, entry, messages
from sync.wire.canonical import to_text
from sync.wire.entry import Closing
from sync.wire.messages import SuccessorRequest
from sync.wire.record import CHAIN_BYTES
from sync.wire.signature import Signer
from tests.sync.builders import Clock, Till, enrol, knock, refusal, signed_headers, signer
from tests.sync.succession import closings, status_of, succeed


def test_a_successor_goes_on_where_the_region_knew_the_chain_to_be(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    records = old.journal.sell(3)
    old.sync()

    new = succeed(region, old, clock, signer())

    born = new.journal.enrolment
    assert (born.clinic, born.register, born.till) == ("ekbacken", "R0417B", "H")
    assert born.parent == records[-1].record.hash
    assert born.chain != old.sender.chain
    assert status_of(region, new).flags == ("provisional 0",)
    assert status_of(region, new).parent == to_text(old.sender.chain)
    assert audit(region.settings.folder).findings == []


def test_the_chain_that_is_succeeded_has_ended_and_the_ledger_says_where(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    records = old.journal.sell(3)
    old.sync()
    clock.pass_s(60)

    succeed(region, old, clock, signer(), why=entry.GAP)

    assert closings(region) == [Closing(clock(), old.sender.chain, 3, records[-1].record.hash, "gap")]
    assert status_of(region, old).closed == clock.aware()
    assert status_of(region, old).flags == ("gap 3",)


def test_a_successor_sells_and_is_proved(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    new = succeed(region, old, clock, signer())
    new.journal.sell(2)

    stand = new.sync()

    assert (stand.unsent, stand.attention) == (0, None)
    assert audit(region.settings.folder).findings == []


def test_the_same_new_key_gets_the_same_certificate_again(region: Region, clock: Clock) -> None:
    old, key = enrol(region, clock), signer()
    first = succeed(region, old, clock, key)
    size = _ledger_size(region)
    clock.pass_s(3600)

    second = succeed(region, old, clock, key)

    assert second.journal.enrolment == first.journal.enrolment
    assert _ledger_size(region) == size


def test_two_clones_get_a_successor_each(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    records = old.journal.sell(2)
    old.sync()

    one, other = (succeed(region, old, clock, signer()) for _ in range(2))

    assert [new.journal.enrolment.register for new in (one, other)] == ["R0417B", "R0417C"]
    assert [new.journal.enrolment.parent for new in (one, other)] == [records[-1].record.hash] * 2
    assert [status_of(region, new).flags for new in (one, other)] == [("provisional 0",)] * 2
    assert len(closings(region)) == 1
    assert audit(region.settings.folder).findings == []


def test_two_clones_that_ask_at_the_same_moment_get_a_successor_each(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    keys = [signer() for _ in range(4)]

    with ThreadPoolExecutor(len(keys)) as pool:
        new = list(pool.map(lambda key: succeed(region, old, clock, key), keys))

    assert sorted(one.journal.enrolment.register for one in new) == ["R0417B", "R0417C", "R0417D", "R0417F"]
    assert len(closings(region)) == 1
    assert audit(region.settings.folder).findings == []


def test_the_tills_of_one_desk_never_get_the_same_new_name(region: Region, clock: Clock) -> None:
    desk = [enrol(region, clock, till=letter) for letter in ("H", "E")]

    with ThreadPoolExecutor(len(desk)) as pool:
        new = list(pool.map(lambda till: succeed(region, till, clock, signer()), desk))

    assert sorted(one.journal.enrolment.register for one in new) == ["R0417B", "R0417C"]


def test_a_successor_can_be_succeeded(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)

    second = succeed(region, old, clock, signer())
    third = succeed(region, second, clock, signer())

    assert third.journal.enrolment.register == "R0417C"
    assert [one.chain for one in closings(region)] == [old.sender.chain, second.sender.chain]
    assert audit(region.settings.folder).findings == []


def test_a_name_that_a_good_code_may_bring_is_taken(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    order(region, "ekbacken", "R0417B", ["H"])
    early = succeed(region, old, clock, signer())
    clock.pass_s(CODE_VALID_MS / 1000 + 1)

    late = succeed(region, old, clock, signer())

    assert [one.journal.enrolment.register for one in (early, late)] == ["R0417C", "R0417B"]


def test_a_chain_that_is_lost_may_still_ask_and_ends_only_once(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    succession.lose(region, old.sender.chain)

    new = succeed(region, old, clock, signer())

    assert [one.why for one in closings(region)] == ["lost"]
    assert status_of(region, new).flags == ("provisional 0",)


def test_a_successor_that_is_confirmed_is_no_longer_provisional(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    mine, stolen = (succeed(region, old, clock, signer()) for _ in range(2))

    succession.confirm(region, mine.sender.chain)

    assert [status_of(region, one).flags for one in (mine, stolen)] == [("confirmed 0",), ("provisional 0",)]


@pytest.mark.parametrize("chain", [None, bytes(CHAIN_BYTES)])
def test_only_what_is_provisional_is_confirmed(sqlite_region: Region, clock: Clock, chain: bytes | None) -> None:
    till = enrol(sqlite_region, clock)

    with pytest.raises(Refused, match="unknown-chain" if chain else "not-provisional"):
        succession.confirm(sqlite_region, chain or till.sender.chain)


def test_a_chain_has_at_most_twenty_successors(sqlite_region: Region, clock: Clock) -> None:
    old, key = enrol(sqlite_region, clock), signer()
    first = succeed(sqlite_region, old, clock, key)
    for _ in range(MOST_SUCCESSORS - 1):
        succeed(sqlite_region, old, clock, signer())

    assert _refused(sqlite_region, old, signer()) == (403, "too-many")
    assert succeed(sqlite_region, old, clock, key).journal.enrolment == first.journal.enrolment


def test_a_key_that_is_another_chains_is_no_new_key(sqlite_region: Region, clock: Clock) -> None:
    old, other = enrol(sqlite_region, clock), enrol(sqlite_region, clock)

    assert _refused(sqlite_region, old, old.journal.key) == (403, "key-used")
    assert _refused(sqlite_region, old, other.journal.key) == (403, "key-used")
    assert closings(sqlite_region) == []


def test_a_name_that_has_no_room_for_a_letter_ends_nothing(sqlite_region: Region, clock: Clock) -> None:
    code = order(sqlite_region, "ekbacken", "R" + "0" * 15, ["H"])
    old = enrol(sqlite_region, clock, code=code)

    assert _refused(sqlite_region, old, signer()) == (409, "no-name")
    assert closings(sqlite_region) == []


def test_both_keys_must_have_signed(sqlite_region: Region, clock: Clock) -> None:
    old, other, key = enrol(sqlite_region, clock), enrol(sqlite_region, clock), signer()
    made = SuccessorRequest.made(old.sender.chain, entry.FORK, key)
    stolen = replace(made, public_key=signer().public_key)
    elsewhere = SuccessorRequest.made(other.sender.chain, entry.FORK, key)
    reworded = replace(made, why=entry.GAP)

    for request in (stolen, elsewhere, reworded):
        assert _post(sqlite_region, old.sender, old.sender.chain, request.encode()) == (403, "signature", -1)
    sent = made.encode()
    assert _post(sqlite_region, Sender(old.sender.chain, key), old.sender.chain, sent) == (403, "signature", -1)
    assert _post(sqlite_region, other.sender, old.sender.chain, sent) == (403, "other-chain", -1)
    stranger = Sender(bytes(CHAIN_BYTES), key)
    assert _post(sqlite_region, stranger, stranger.chain, sent) == (403, "unknown-chain", -1)
    assert closings(sqlite_region) == []


@pytest.mark.parametrize("change", [{"why": "lost"}, {"why": 1}, {"more": 1}, {"pub": "AA"}, {"sig": None}])
def test_what_is_no_request_is_refused(sqlite_region: Region, clock: Clock, change: dict[str, object]) -> None:
    old = enrol(sqlite_region, clock)
    made = SuccessorRequest.made(old.sender.chain, entry.FORK, signer()).encode()
    raw = canonical.encode(canonical.decode_object(made) | change)

    assert _post(sqlite_region, old.sender, old.sender.chain, raw) == (400, "malformed", -1)


def test_a_certificate_can_be_asked_for_again_also_when_the_chain_has_ended(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    open_ = till.transport.certificate(till.sender)
    succession.lose(region, till.sender.chain)

    ended = till.transport.certificate(till.sender)

    assert open_.leaf == ended.leaf == till.journal.enrolment.encode()
    assert open_.note != ended.note
    assert ended.trust == till.paper.trust_chain


def test_the_records_of_the_chain_before_are_for_its_successor_only(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    records = old.journal.sell(3)
    old.sync()
    new = succeed(region, old, clock, signer())

    assert new.transport.parent_records(new.sender, 1) == records[1:]
    assert new.transport.parent_certificate(new.sender).leaf == old.journal.enrolment.encode()
    with pytest.raises(Rejected, match="404 'no-parent'"):
        old.transport.parent_records(old.sender, 0)
    with pytest.raises(Rejected, match="404 'no-parent'"):
        old.transport.parent_certificate(old.sender)


def test_a_code_without_a_name_brings_the_next_letter_for_the_whole_desk(region: Region, clock: Clock) -> None:
    desk = [enrol(region, clock, till=letter) for letter in ("H", "E")]
    parents = [till.sender.chain for till in desk]

    code = order(region, None, None, [], parents)

    new = [enrol(region, clock, till=letter, code=code).journal.enrolment for letter in ("H", "E")]
    assert [(born.clinic, born.register, born.till) for born in new] == [
        ("ekbacken", "R0417B", "H"),
        ("ekbacken", "R0417B", "E"),
    ]


def test_another_clinics_chain_cannot_be_succeeded(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)

    with pytest.raises(Refused, match="unknown-chain"):
        order(sqlite_region, "tallbacken", "R0417B", ["H"], [till.sender.chain])


def test_two_chains_cannot_be_succeeded_by_one_till(sqlite_region: Region, clock: Clock) -> None:
    parents = [enrol(sqlite_region, clock).sender.chain for _ in range(2)]

    with pytest.raises(Refused, match="unknown-chain"):
        order(sqlite_region, None, None, [], parents)


def test_a_push_under_way_when_the_chain_ends_is_stored_before_it_or_late(region: Region, clock: Clock) -> None:
    old = enrol(region, clock)
    old.journal.sell(5)

    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(succeed, region, old, clock, signer())
        stand = pool.submit(old.sync).result()
        new = asked.result()

    (ended,) = closings(region)
    assert stand.unsent == 0
    assert new.journal.enrolment.parent == ended.head
    assert ended.next in (0, 5)
    late = [flag for flag in status_of(region, old).flags if flag.startswith("late")]
    assert late == ([] if ended.next else ["late 0"])
    assert audit(region.settings.folder).findings == []


def _post(region: Region, sender: Sender, chain: bytes, body: bytes) -> tuple[int, str, int]:
    path = messages.successor_path(chain)
    headers = signed_headers(sender, "POST", path, region.nonces.make(region.clock()), body, {})
    return refusal(knock(region).post(path, content=body, headers=headers))


def _refused(region: Region, old: Till, key: Signer) -> tuple[int, str]:
    with pytest.raises(Rejected) as refused:
        old.transport.successor(old.sender, SuccessorRequest.made(old.sender.chain, entry.FORK, key))
    return refused.value.status, refused.value.why


def _ledger_size(region: Region) -> int:
    with storage.reading(region.engine) as db:
        return storage.ledger_head(db)[0]
