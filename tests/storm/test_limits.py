"""What the region does to who is slow, long-winded, too many or too often (RECORDS 2.7), on real sockets."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.client.transport import Transport, open_client
from sync.server.admission import USUAL, Limits, Rates, TooOften
from sync.server.metrics import Counting, Metrics
from sync.server.region import Region
from sync.wire import frame, messages
from sync.wire.messages import EnrolRequest, Pushed
from tests.storm.door import DEADLINE_S, Caller, Door, head, opened
from tests.sync.builders import Clock, Till, enrol, make_region, new_code, signer

SMALL = Limits(ingest_slots=1, ingest_waiting=0, small_slots=1, small_waiting=0, body_s=DEADLINE_S, burst=3, per_s=1.0)
MUCH = 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def region(tmp_path: Path, clock: Clock) -> Iterator[Region]:
    made = make_region(tmp_path / "region", clock)
    yield made
    made.close()


@pytest.fixture
def till(region: Region, clock: Clock) -> Till:
    return enrol(region, clock)


@pytest.fixture
def door(region: Region) -> Iterator[Door]:
    with opened(region, replace(USUAL, body_s=DEADLINE_S)) as open_door:
        yield open_door


# ── Slow ─────────────────────────────────────────────────────────────────────────────────────────


def test_who_connects_and_says_nothing_is_hung_up_on(door: Door) -> None:
    assert door.call().is_hung_up()


def test_a_head_that_trickles_is_hung_up_on(door: Door) -> None:
    caller = door.call()

    took_s = caller.trickle(b"GET /v1/ledger/checkpoint HTTP/1.1\r\nhost: " + b"x" * MUCH)

    answer = caller.hear()
    assert (answer.status, answer.why) == (408, "slow")
    assert took_s < 10 * DEADLINE_S
    assert caller.is_hung_up()


def test_who_is_hung_up_on_is_counted(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "kassa.region")
    counted = Metrics()
    counting = Counting(counted)
    logging.getLogger("kassa.region").addHandler(counting)

    slow = door.call()
    slow.trickle(b"GET /v1/ledger/checkpoint HTTP/1.1\r\nhost: " + b"x" * MUCH)
    for words in (b"GET /" + b"x" * 20_000, b"\x16\x03\x01 this is no HTTP\r\n\r\n"):
        caller = door.call()
        caller.say(words)
        assert caller.is_hung_up()

    assert slow.hear().status == 408
    logging.getLogger("kassa.region").removeHandler(counting)
    for why in ("slow", "head", "malformed"):
        assert f'kassa_refusals_total{{why="{why}"}} 1' in counted.text()


def test_line_ends_for_ever_are_hung_up_on(door: Door) -> None:
    caller = door.call()

    took_s = caller.trickle(b"\r\n" * MUCH)

    assert took_s < 10 * DEADLINE_S


def test_a_body_that_trickles_is_hung_up_on(door: Door, till: Till) -> None:
    body, caller = bytes(100_000), door.call()
    caller.say(door.head(till.sender, body))

    took_s = caller.trickle(body)

    answer = caller.hear()
    assert (answer.status, answer.why) == (408, "slow")
    assert took_s < 10 * DEADLINE_S
    assert caller.is_hung_up()


def test_a_body_that_trickles_on_after_its_refusal_is_hung_up_on(door: Door) -> None:
    caller = door.call()
    caller.say(head("POST", messages.push_path(bytes(16)), {}, MUCH, door.port))
    refused = caller.hear()

    took_s = caller.trickle(bytes(MUCH))

    assert refused.status == 401
    assert took_s < 10 * DEADLINE_S


def test_a_hundred_that_trickle_keep_nobody_waiting(door: Door, till: Till) -> None:
    callers = [door.call() for _ in range(100)]
    for caller in callers:
        caller.say(b"POST /v1/enrol HTTP/1.1\r\nhost: a\r\ncontent-length: 60000\r\n\r\n{")

    assert _push(door, till).next == 3


# ── Long-winded ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        b"GET /v1/ledger/checkpoint HTTP/1.1\r\nx: " + b"x" * 200_000,
        b"GET /" + b"x" * 200_000,
        b"GET /v1/ledger/checkpoint HTTP/1.1\r\n" + b"x: y\r\n" * 40_000,
        b"GET /v1/ledger/checkpoint HTTP/1.1\r\n" + b"x: yyyyyyyy\r\n" * 2_000 + b"\r\n",
    ],
    ids=["one header", "a path", "many headers", "a whole head"],
)
def test_a_head_that_is_too_long_is_not_read_to_its_end(door: Door, words: bytes) -> None:
    caller = door.call()
    caller.say(words)

    answer = caller.hear()

    assert answer.status in (0, 431)  # 0: what was still being said has wiped the answer out on its way.
    assert caller.is_hung_up()


def test_what_is_no_http_is_answered_in_the_protocol(door: Door) -> None:
    caller = door.call()
    caller.say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")

    answer = caller.hear()

    assert (answer.status, answer.why) == (400, "malformed")


def test_a_strangers_body_is_not_waited_for(door: Door) -> None:
    caller = door.call()
    caller.say(head("POST", messages.push_path(bytes(16)), {}, messages.MAX_BATCH_BYTES, door.port))

    answer = caller.hear()

    assert (answer.status, answer.why) == (401, "not-signed")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_message_that_is_nested_without_end_is_refused(door: Door, opening: bytes) -> None:
    body, caller = (opening * messages.MAX_MESSAGE_BYTES)[: messages.MAX_MESSAGE_BYTES], door.call()
    caller.say(head("POST", messages.ENROL_PATH, {}, len(body), door.port) + body)

    answer = caller.hear()

    assert (answer.status, answer.why) == (400, "malformed")


# ── Too many ─────────────────────────────────────────────────────────────────────────────────────


def test_when_all_places_are_taken_the_answer_comes_before_the_body_is_read(region: Region, till: Till) -> None:
    with opened(region, replace(SMALL, body_s=60.0)) as door:
        door.call().say(door.head(till.sender, bytes(1000)) + bytes(500))
        _wait_until_inside(door, till)
        second = door.call()
        second.say(door.head(till.sender, bytes(1000)))

        answer = second.hear()

        assert (answer.status, answer.why) == (503, "busy")
        assert 5 <= int(answer.headers["retry-after"]) <= 60


def test_heartbeats_and_enrolment_have_places_of_their_own(region: Region, till: Till, clock: Clock) -> None:
    code = new_code(region)
    with opened(region, replace(SMALL, body_s=60.0, burst=20)) as door:
        door.call().say(door.head(till.sender, bytes(1000)) + bytes(500))
        _wait_until_inside(door, till)
        heartbeat = door.call()
        heartbeat.say(door.head(till.sender, b""))

        assert heartbeat.hear().status == 200
        assert _enrolled(door, code)


def test_when_to_come_again_is_chance(region: Region, till: Till) -> None:
    with opened(region, replace(SMALL, body_s=60.0)) as door:
        door.call().say(door.head(till.sender, bytes(1000)) + bytes(500))
        _wait_until_inside(door, till)

        told = {_turned_away(door, till) for _ in range(20)}

    assert len(told) > 5


# ── Too often ────────────────────────────────────────────────────────────────────────────────────


def test_a_register_that_comes_too_often_is_told_when_to_come_again(region: Region, till: Till, clock: Clock) -> None:
    other = enrol(region, clock)
    with opened(region, SMALL) as door:
        answers = [_heartbeat(door, till) for _ in range(SMALL.burst + 1)]
        strangers = _heartbeat(door, other)

    assert [status for status, _ in answers] == [200] * SMALL.burst + [429]
    assert answers[-1][1] == "1"
    assert strangers[0] == 200


def test_nobody_uses_up_a_registers_rate_but_itself(region: Region, till: Till) -> None:
    with opened(region, SMALL) as door:
        for _ in range(2 * SMALL.burst):
            caller = door.call()
            caller.say(door.head(till.sender, b"").replace(b"kassa-start: 0", b"kassa-start: 1"))
            assert caller.hear().status == 403

        assert _heartbeat(door, till)[0] == 200


def test_a_rate_is_a_burst_and_then_so_many_a_second() -> None:
    now_s = [0.0]
    rates = Rates(2, 0.5, lambda: now_s[0])

    taken = [_takes(rates), _takes(rates), _takes(rates)]
    now_s[0] = 2.0
    again = [_takes(rates), _takes(rates)]
    now_s[0] = 1000.0
    rested = [_takes(rates), _takes(rates), _takes(rates)]

    assert taken == [0, 0, 2]
    assert again == [0, 2]
    assert rested == [0, 0, 2]


def test_registers_that_have_rested_are_not_remembered() -> None:
    now_s = [0.0]
    rates = Rates(2, 0.5, lambda: now_s[0])
    for number in range(30_000):
        now_s[0] = float(number)
        rates.take(number.to_bytes(16, "big"))

    assert len(rates._left) < 25_000


# ── ──────────────────────────────────────────────────────────────────────────────────────────────


def _takes(rates: Rates) -> int:
    """0, or how many seconds the register is told to wait."""
    try:
        rates.take(b"one")
    except TooOften as too_often:
        return too_often.retry_after_s
    return 0


def _push(door: Door, till: Till) -> Pushed:
    body, caller = frame.encode_all(till.journal.sell(3)), door.call()
    caller.say(door.head(till.sender, body) + body)
    answer = caller.hear()
    assert answer.status == 200
    return Pushed.read(answer.body)


def _heartbeat(door: Door, till: Till) -> tuple[int, str]:
    caller = door.call()
    caller.say(door.head(till.sender, b""))
    answer = caller.hear()
    return answer.status, answer.headers.get("retry-after", "")


def _turned_away(door: Door, till: Till) -> str:
    caller: Caller = door.call()
    caller.say(door.head(till.sender, bytes(1000)))
    answer = caller.hear()
    assert answer.status == 503
    return answer.headers["retry-after"]


def _wait_until_inside(door: Door, till: Till) -> None:
    """Until a push that has not brought its body holds the only place."""
    for _ in range(100):
        caller = door.call()
        caller.say(door.head(till.sender, bytes(1000)))
        if caller.hear().status == 503:
            return
    raise AssertionError("nobody is inside")


def _enrolled(door: Door, code: str) -> bool:
    """Whether a new register is let in."""
    transport = Transport(open_client(f"http://127.0.0.1:{door.port}"))
    answer = transport.enrol(EnrolRequest.made(code, "H", signer()))
    transport.close()
    return answer.index > 0
