"""No identity number and no name comes into a log line, a number or a refusal, by whatever way it is sent."""

import ast
import gzip
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sync.server import logs, status, succession
from sync.server.app import make_app
from sync.server.metrics import Measured, Metrics, make_metrics_app, measured
from sync.server.region import Region
from sync.server.verify import verify_chain
from sync.wire import frame, messages
from sync.wire import record as rec
from sync.wire.canonical import to_text
from sync.wire.frame import Frame
from sync.wire.record import Header
from tests import builders
from tests.sync.builders import HOST, Clock, Till, enrol, new_code, part, publish, signed_headers

SERVER = Path(logs.__file__).parent
NUMBER, NAME = builders.ADULT, "Göran Åström Testsson"
SPELLINGS = (
    NUMBER,
    NUMBER[2:],
    f"{NUMBER[:8]}-{NUMBER[8:]}",
    f"{NUMBER[2:8]}-{NUMBER[8:]}",
    "Testsson",
    "Åström",
    "\\u00c5",
)
LOGGER = logging.getLogger("kassa.region")


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    publish(sqlite_region)
    return sqlite_region


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, as it would be written."""
    stream, before = io.StringIO(), logging.getLogger().level
    handler = logs.begin(stream, logging.DEBUG)
    yield stream
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)


def personal(
    till: Till, count: int, after: list[Frame] | None = None, kind: str = "sale", note: str = ""
) -> list[Frame]:
    """Records that are full of a person, also where none belongs."""
    born, key, made = till.journal.enrolment, till.journal.key, list(after or ())
    for _ in range(count):
        person = {"id": {"kind": "personnummer", "value": NUMBER, "oid": ""}, "name": NAME}
        parts = (part("a", {"at": NAME, "receipt": NUMBER, NUMBER: NAME, "note": note}), part("p", person))
        prev = made[-1].record.hash if made else born.hash
        header = Header(born.chain, len(made), prev, "sale", {one.name: one.commitment for one in parts})
        made.append(Frame(rec.seal(header, key), parts))
    return made[len(after or ()) :]


class Line:
    """A register that says what it likes; keeps every answer."""

    def __init__(self, region: Region, till: Till, metrics: Metrics) -> None:
        self.region, self.till, self.answers = region, till, b""
        self._client = TestClient(
            Measured(make_app(region), metrics), base_url=f"http://{HOST}", raise_server_exceptions=False
        )

    def push(self, body: bytes, start: int | str = 0, coding: str = "") -> int:
        """A signed push of any bytes. The status."""
        sender = self.till.sender
        path = messages.push_path(sender.chain)
        stated = {messages.START_HEADER: str(start), messages.KNOWN_HEADER: "0"}
        stated |= {"content-encoding": coding} if coding else {}
        nonce = self.region.nonces.make(self.region.clock())
        headers = signed_headers(sender, "POST", path, nonce, body, stated)
        return self.say("POST", path, body, headers)

    def say(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """Any request. The status."""
        answer = self._client.request(method, path, content=body, headers=headers or {})
        if answer.status_code >= 400:
            self.answers += answer.content + str(answer.headers).encode()
        return answer.status_code


def test_every_way_in_is_tried_with_a_person_and_none_of_it_comes_out(
    region: Region, clock: Clock, lines: io.StringIO
) -> None:
    counted = Metrics()
    till = enrol(region, clock)
    line = Line(region, till, counted)
    good = personal(till, 3)
    statuses = [
        line.push(frame.encode_all(good)),  # stored
        line.push(frame.encode_all(personal(till, 3, note=NAME))),  # a fork, in quarantine
        line.push(frame.encode_all(personal(till, 2, [*good, *good])), 6),  # a gap, in quarantine
        line.push(f"{NAME} {NUMBER}".encode(), 3),  # malformed
        line.push(frame.encode_all([replace(good[0], parts=personal(till, 1)[0].parts)]), 3),  # a false link
        line.push(frame.encode_all(badly_signed(till, good)), 3),
        line.push(b"\x1f\x8b" + NUMBER.encode(), coding="gzip"),
        line.push(gzip.compress(NAME.encode() * 9), 3, coding="gzip"),
        line.push(b"", start=NUMBER + "0000"),
        line.push(b"", coding=NUMBER),
        line.push(NAME.encode() * 90_000),
        *odd_requests(line),
    ]
    verify_chain(region, till.sender.chain)
    succession.lose(region, till.sender.chain)
    line.push(frame.encode_all(personal(till, 1, good)), 3)  # late

    out = lines.getvalue() + line.answers.decode() + TestClient(make_metrics_app(region, counted)).get("/metrics").text
    out += json.dumps(status.whole(region), ensure_ascii=False)

    assert {200, 400, 401, 404, 409, 413, 415, 422} <= set(statuses)
    assert {json.loads(one)["event"] for one in lines.getvalue().splitlines()} >= {"stored", "fork", "refused", "ended"}
    assert [spelling for spelling in SPELLINGS if spelling in out] == []


def badly_signed(till: Till, good: list[Frame]) -> list[Frame]:
    """The next record, signed by nobody."""
    [one] = personal(till, 1, good)
    return [replace(one, record=rec.read(bytes(64) + one.record.header_bytes))]


def odd_requests(line: Line) -> list[int]:
    """Where no till would put a person: paths, queries, headers, codes."""
    enrolment = json.dumps({"code": NUMBER, "till": NAME, "pub": NUMBER, "sig": NAME}).encode()
    chain = f"{NUMBER}{'A' * 10}"
    return [
        line.say("GET", f"/v1/{NUMBER}"),
        line.say("GET", f"/v1/chains/{chain}/records?from={NUMBER}"),
        line.say("POST", f"/v1/chains/{chain}/records", NAME.encode()),
        line.say("POST", f"/v1/chains/{NAME}/successor", NAME.encode()),
        line.say("GET", f"/v1/config?from={NAME}", headers={"signature-input": NUMBER, "signature": NUMBER}),
        line.say("POST", messages.ENROL_PATH, enrolment),
        line.say("POST", messages.ENROL_PATH, NAME.encode()),
        line.say("PUT", f"/{NAME}"),
    ]


def test_a_code_and_a_till_of_a_person_are_not_repeated(region: Region, clock: Clock, lines: io.StringIO) -> None:
    line = Line(region, enrol(region, clock), Metrics())
    new_code(region)

    line.say("POST", messages.ENROL_PATH, json.dumps({"code": NUMBER, "till": NUMBER}).encode())

    assert NUMBER not in lines.getvalue() + line.answers.decode()


def test_a_line_tells_the_time_the_level_the_event_and_the_chain(
    region: Region, clock: Clock, lines: io.StringIO
) -> None:
    till = enrol(region, clock)
    till.journal.sell(2)
    till.sync()

    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    stored = next(line for line in told if line["event"] == "stored")

    assert stored.pop("time").endswith("Z")
    assert stored == {
        "level": "info",
        "event": "stored",
        "chain": to_text(till.sender.chain),
        "records": 2,
        "next": 2,
    }


def test_what_a_library_says_is_a_line_without_its_values(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("bad request from %s", NUMBER)

    told = json.loads(lines.getvalue())

    assert (told["event"], told["logger"], told["level"]) == ("message", "uvicorn.error", "warning")
    assert NUMBER not in lines.getvalue()


def test_a_bug_tells_its_place_and_not_its_text(lines: io.StringIO) -> None:
    try:
        int(NUMBER + "x")
    except ValueError:
        LOGGER.exception("what %s", NUMBER)

    told = json.loads(lines.getvalue())

    assert (told["why"], told["where"][-1].partition(":")[0]) == ("ValueError", "test_logs.py")
    assert NUMBER not in lines.getvalue()


def test_every_sentence_that_the_region_logs_has_an_event() -> None:
    said = [
        call.args[0].value
        for path in SERVER.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("debug", "info", "warning", "error", "exception", "critical")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]

    assert [sentence for sentence in said if sentence not in logs.EVENTS] == []
    assert len(said) > 10


def test_what_is_logged_is_counted(region: Region, clock: Clock, lines: io.StringIO) -> None:
    counted = Metrics()
    before = list(LOGGER.handlers)
    till = enrol(region, clock, measured(make_app(region), counted))
    till.journal.sell(2)
    till.sync()
    LOGGER.handlers[:] = before

    assert "kassa_records_total 2" in counted.text()
