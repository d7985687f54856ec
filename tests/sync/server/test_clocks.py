"""T19: the region's own clock goes wrong. Nothing is signed with a wrong time; what is on its way comes later."""

import pytest

from sync.client.status import Attention
from sync.server import audit
from sync.server.errors import ClockWentBack
from sync.server.region import Region
from sync.server.storage import ledger_head, reading
from sync.wire import frame, messages
from tests.sync.builders import Clock, Till, enrol, knock, new_code, post_records, publish, refusal, signer

DAY_S = 86_400
TEN_YEARS_S = 3_652 * DAY_S


def stand(till: Till) -> tuple[int, bool, Attention | None]:
    """How the till stands after a round: unsent, reachable, attention."""
    status = till.sync()
    return status.unsent, status.reachable, status.attention


def entries(region: Region) -> tuple[int, int]:
    """How many entries the ledger has, and the time of the newest (ms)."""
    with reading(region.engine) as db:
        return ledger_head(db)


@pytest.mark.parametrize("back_s", [3, TEN_YEARS_S])
def test_a_region_whose_clock_went_back_signs_nothing_and_goes_on_when_it_is_right(
    region: Region, clock: Clock, back_s: int
) -> None:
    till = enrol(region, clock)
    till.journal.sell(1)
    assert stand(till) == (0, True, None)
    before = entries(region)
    clock.pass_s(-back_s)
    till.journal.sell(2)

    assert stand(till) == (2, False, None)
    assert entries(region) == before
    with pytest.raises(ClockWentBack):
        region.ledger.check()

    clock.pass_s(back_s)
    assert stand(till) == (0, True, None)
    assert entries(region)[0] == before[0] + 2
    assert audit.audit(region.settings.folder).findings == []


def test_the_answer_meanwhile_is_503_with_the_word_clock_and_a_rest(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    clock.pass_s(-DAY_S)
    made = till.journal.sell(1)
    answer = post_records(sqlite_region, till.sender, frame.encode_all(made))

    assert refusal(answer) == (503, "clock", -1)
    assert int(answer.headers["retry-after"]) > 0


def test_two_seconds_back_are_no_more_than_a_clock_put_right(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    at_ms = entries(sqlite_region)[1]
    clock.pass_s(-2)
    till.journal.sell(1)

    assert stand(till) == (0, True, None)
    assert entries(sqlite_region)[1] == at_ms


def test_a_heartbeat_is_answered_with_what_was_signed_before_the_clock_went_back(
    sqlite_region: Region, clock: Clock
) -> None:
    till = enrol(sqlite_region, clock)
    till.journal.sell(1)
    assert stand(till) == (0, True, None)
    clock.pass_s(-DAY_S)

    assert stand(till) == (0, True, None)


def test_nothing_is_enrolled_or_published_under_a_clock_that_went_back(sqlite_region: Region, clock: Clock) -> None:
    publish(sqlite_region)
    before = entries(sqlite_region)
    code = new_code(sqlite_region, "H")
    clock.pass_s(-DAY_S)

    with pytest.raises(ClockWentBack):
        publish(sqlite_region)
    request = messages.EnrolRequest.made(code, "H", signer())
    answer = knock(sqlite_region).post(messages.ENROL_PATH, content=request.encode())
    assert refusal(answer) == (503, "clock", -1)

    assert entries(sqlite_region) == before
    clock.pass_s(DAY_S)
    answer = knock(sqlite_region).post(messages.ENROL_PATH, content=request.encode())
    assert answer.status_code == 200


@pytest.mark.parametrize("jump_s", [601, TEN_YEARS_S])
def test_a_clock_that_jumps_ahead_costs_a_till_a_nonce_and_nothing_else(
    sqlite_region: Region, clock: Clock, jump_s: int
) -> None:
    till = enrol(sqlite_region, clock)
    till.journal.sell(1)
    assert stand(till) == (0, True, None)
    clock.pass_s(jump_s)
    till.journal.sell(1)

    assert stand(till) == (0, True, None)
    assert entries(sqlite_region)[1] == clock.now_ms


def test_what_was_accepted_under_a_clock_ahead_holds_the_ledger_until_that_time(region: Region, clock: Clock) -> None:
    """No time in the ledger decreases, so a region whose clock once ran ahead waits: nothing is lost, nothing signed.
    This is a limit, not a wish: docs/GUARANTEES.md."""
    till = enrol(region, clock)
    clock.pass_s(DAY_S)
    till.journal.sell(1)
    assert stand(till) == (0, True, None)
    clock.pass_s(-DAY_S)
    till.journal.sell(3)

    assert [stand(till) for _ in range(3)] == [(3, False, None)] * 3

    clock.pass_s(DAY_S)
    assert stand(till) == (0, True, None)


def test_a_nonce_is_judged_by_the_regions_clock_in_both_directions(sqlite_region: Region, clock: Clock) -> None:
    till = enrol(sqlite_region, clock)
    ahead = sqlite_region.nonces.make(clock.now_ms + 601_000)
    behind = sqlite_region.nonces.make(clock.now_ms - 601_000)
    now = sqlite_region.nonces.make(clock.now_ms)

    answers = [post_records(sqlite_region, till.sender, b"", nonce=nonce) for nonce in (ahead, behind, now)]

    assert [answer.status_code for answer in answers] == [401, 401, 200]
    assert [refusal(answer)[1] for answer in answers[:2]] == ["nonce", "nonce"]


def test_a_code_is_as_old_as_the_regions_clock_says(sqlite_region: Region, clock: Clock) -> None:
    code = new_code(sqlite_region, "H")
    clock.pass_s(DAY_S + 1)
    request = messages.EnrolRequest.made(code, "H", signer())

    answer = knock(sqlite_region).post(messages.ENROL_PATH, content=request.encode())

    assert refusal(answer)[:2] == (403, "code-expired")
