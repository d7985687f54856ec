"""Who may ask, how much they may send, and what is answered to everybody else."""

import asyncio
import gzip
import logging

import pytest
from starlette.types import Message

from sync.client.engine import Push
from sync.client.transport import Sender
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire import checkpoint, frame, messages
from sync.wire.config import read_trust
from sync.wire.record import CHAIN_BYTES
from tests.sync.builders import Clock, enrol, knock, post_records, publish, refusal, signed_headers, signer


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    return sqlite_region


def test_an_unsigned_request_is_given_a_nonce(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)

    answer = knock(region).post(messages.push_path(till.sender.chain))

    assert refusal(answer) == (401, "not-signed", -1)
    assert region.nonces.fresh(answer.headers[messages.NONCE_HEADER], clock())


@pytest.mark.parametrize("age_ms", [600_001, -600_001])
def test_a_nonce_that_is_not_fresh_is_exchanged(region: Region, clock: Clock, age_ms: int) -> None:
    till = enrol(region, clock)
    nonce = region.nonces.make(clock() - age_ms)

    answer = post_records(region, till.sender, b"", nonce=nonce)

    assert refusal(answer) == (401, "nonce", -1)


def test_a_nonce_that_the_region_did_not_make_is_exchanged(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    nonce = region.nonces.make(clock())
    forged = nonce[:-1] + ("A" if nonce[-1] != "A" else "B")

    assert refusal(post_records(region, till.sender, b"", nonce=forged)) == (401, "nonce", -1)


def test_a_register_comes_through_with_an_old_nonce_by_signing_again(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    till.sync()
    clock.pass_s(3600)
    till.journal.sell(1)

    assert till.sync().unsent == 0


def test_another_key_cannot_speak_for_a_register(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)

    answer = post_records(region, Sender(till.sender.chain, signer()), b"")

    assert refusal(answer) == (403, "signature", -1)


def test_a_register_that_is_not_enrolled_is_refused(region: Region) -> None:
    answer = post_records(region, Sender(bytes(CHAIN_BYTES), signer()), b"")

    assert refusal(answer) == (403, "unknown-chain", -1)


def test_a_register_cannot_push_to_another_chain(region: Region, clock: Clock) -> None:
    till, other = enrol(region, clock), enrol(region, clock)
    path = messages.push_path(other.sender.chain)
    stated = {messages.START_HEADER: "0", messages.KNOWN_HEADER: "0"}
    headers = signed_headers(till.sender, "POST", path, region.nonces.make(clock()), b"", stated)

    assert refusal(knock(region).post(path, headers=headers)) == (403, "other-chain", -1)


def test_what_is_signed_cannot_be_changed_on_the_way(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    path = messages.push_path(till.sender.chain)
    stated = {messages.START_HEADER: "0", messages.KNOWN_HEADER: "0"}
    headers = signed_headers(till.sender, "POST", path, region.nonces.make(clock()), b"", stated)
    client = knock(region)

    assert refusal(client.post(path, headers=headers | {messages.START_HEADER: "1"}))[:2] == (403, "signature")
    assert refusal(client.post(path, headers=headers | {messages.KNOWN_HEADER: "1"}))[:2] == (403, "signature")
    assert refusal(client.post(path, headers=headers, content=b"x"))[:2] == (403, "digest")
    assert refusal(client.post(path, headers=headers | {"host": "other.test"}))[:2] == (403, "signature")
    assert refusal(client.post(f"{path}?a=b", headers=headers))[:2] == (403, "signature")
    assert client.post(path, headers=headers).status_code == 200


@pytest.mark.parametrize("start", ["", "-1", "1.0", "9" * 16])
def test_a_start_that_is_no_number_is_refused(region: Region, clock: Clock, start: str) -> None:
    till = enrol(region, clock)
    path = messages.push_path(till.sender.chain)
    stated = {messages.START_HEADER: start, messages.KNOWN_HEADER: "0"}
    headers = signed_headers(till.sender, "POST", path, region.nonces.make(clock()), b"", stated)

    assert refusal(knock(region).post(path, headers=headers)) == (400, "number", -1)


def test_a_body_that_is_too_long_is_refused_before_it_is_read(region: Region) -> None:
    sent: list[Message] = []
    headers = [(b"content-length", str(messages.MAX_MESSAGE_BYTES + 1).encode())]
    scope = {"type": "http", "method": "POST", "path": messages.ENROL_PATH, "query_string": b"", "headers": headers}

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(make_app(region)(scope, receive, send))

    assert sent[0]["status"] == 413


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(region: Region) -> None:
    pieces = (bytes(65_536) for _ in range(32))

    answer = knock(region).post(messages.ENROL_PATH, content=pieces)

    assert refusal(answer) == (413, "too-large", -1)


def test_a_body_that_unpacks_to_more_than_a_batch_is_refused(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    bomb = gzip.compress(bytes(200 * messages.MAX_BATCH_BYTES))
    assert len(bomb) < messages.MAX_BATCH_BYTES

    answer = post_records(region, till.sender, bomb, coding="gzip")

    assert refusal(answer) == (413, "too-large", -1)


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"", mtime=0)[:-1], gzip.compress(b"", mtime=0) + b"more"])
def test_a_body_that_is_not_what_it_says_is_refused(region: Region, clock: Clock, body: bytes) -> None:
    till = enrol(region, clock)

    assert refusal(post_records(region, till.sender, body, coding="gzip")) == (400, "gzip", -1)


def test_a_coding_that_is_not_in_the_protocol_is_refused(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)

    assert refusal(post_records(region, till.sender, b"", coding="br")) == (415, "coding", -1)


def test_more_records_than_a_batch_may_hold_are_refused(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    body = frame.encode(till.journal.sell(1)[0]) * (messages.MAX_BATCH_RECORDS + 1)

    assert refusal(post_records(region, till.sender, gzip.compress(body), coding="gzip")) == (413, "too-many", -1)


def test_what_is_not_there_is_answered_in_the_protocol_too(region: Region) -> None:
    client = knock(region)

    assert refusal(client.get("/")) == (404, "no-such-thing", -1)
    assert refusal(client.delete(messages.ENROL_PATH)) == (405, "no-such-thing", -1)


def test_the_signed_head_is_there_for_everybody(region: Region, clock: Clock) -> None:
    publish(region)
    till = enrol(region, clock)
    trust = read_trust(till.paper.trust_chain, region.settings.root_key)

    head = checkpoint.read(till.transport.checkpoint(), trust.origin, trust.ledger_key)

    assert head.size == 2


def test_a_register_gets_its_own_records_back_from_where_it_asks(region: Region, clock: Clock) -> None:
    till, other = enrol(region, clock), enrol(region, clock)
    for one in (till, other):
        one.journal.sell(4)
        one.sync()

    back = till.transport.records(till.sender, 2)

    assert back == till.journal.records[2:]


def test_nothing_of_a_record_or_a_code_is_logged(
    region: Region, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    till = enrol(region, clock)
    till.journal.sell(2, note="20040229-2391")

    till.transport.push(till.sender, Push(0, tuple(till.journal.records), 0))

    assert "20040229" not in caplog.text
    assert "Patient" not in caplog.text
    assert "2 records, next 2" in caplog.text
