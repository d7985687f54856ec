"""The description and the application say the same: routes, bodies, answers and refusals, whatever is asked."""

import json
import re
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route
from starlette.testclient import TestClient

from sync.server import description
from sync.server.admission import Limits
from sync.server.app import make_app
from sync.server.description import OPENAPI, PATH, REFUSALS
from sync.server.region import Region
from sync.wire import frame, messages
from sync.wire.canonical import to_text
from sync.wire.frame import Frame
from tests.sync.builders import HOST, Clock, Till, enrol, new_code, publish, seal_many, signed_headers

UNHURRIED = Limits(burst=10**9)
OPERATIONS = [(path, method) for path, methods in OPENAPI["paths"].items() for method in methods]
MOST_GROWTH_BYTES = 24 * 1024 * 1024
FUZZ = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.fixture
def region(sqlite_region: Region) -> Region:
    publish(sqlite_region)
    return sqlite_region


@pytest.fixture
def client(region: Region) -> Iterator[TestClient]:
    """Bugs are raised here, not answered: a test that meets one fails."""
    with TestClient(make_app(region, UNHURRIED), base_url=f"http://{HOST}") as made:
        yield made


# ── A checker for as much of JSON Schema as the description uses ─────────────────────────────────

_KNOWN = {"type", "properties", "required", "additionalProperties", "pattern", "enum", "minimum", "maximum",
          "maxLength", "maxItems", "items", "allOf", "anyOf", "$ref", "description", "format"}  # fmt: skip
_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is as a schema says."""
    assert set(schema) <= _KNOWN, f"the checker does not know {set(schema) - _KNOWN}"
    if "$ref" in schema:
        return fits(value, OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    rules = [
        "type" not in schema or _is(value, schema["type"]),
        "enum" not in schema or value in schema["enum"],
        all(fits(value, one) for one in schema.get("allOf", ())),
        "anyOf" not in schema or any(fits(value, one) for one in schema["anyOf"]),
    ]
    return all(rules) and _fits_inside(value, schema)


def _is(value: Any, named: str) -> bool:
    return isinstance(value, _TYPES[named]) and isinstance(value, bool) == (named == "boolean")


def _fits_inside(value: Any, schema: dict[str, Any]) -> bool:
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None and len(value) <= schema.get("maxLength", 2**31)
    if value is None or isinstance(value, int):
        return value is None or bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, list):
        short = len(value) <= schema.get("maxItems", len(value))
        return short and all(fits(one, schema.get("items", {})) for one in value)
    fields = schema.get("properties", {})
    named = set(schema.get("required", ())) <= set(value)
    closed = schema.get("additionalProperties", True) or set(value) <= set(fields)
    return named and closed and all(fits(value[name], inner) for name, inner in fields.items() if name in value)


def check(path: str, method: str, answer: Response) -> None:
    """The answer is one that is described."""
    described = OPENAPI["paths"][path][method]["responses"].get(str(answer.status_code))
    assert described is not None, f"{method} {path} answers {answer.status_code}: {answer.text[:200]}"
    [(media_type, content)] = described["content"].items()
    assert answer.headers["content-type"].partition(";")[0] == media_type
    value = answer.json() if media_type == description.JSON else answer.content.decode("latin-1")
    assert fits(value, content["schema"]), f"{method} {path} {answer.status_code}: {answer.text[:300]}"
    for name, header in described.get("headers", {}).items():
        assert name in answer.headers or not header["required"]
        assert fits(answer.headers.get(name, "0"), header["schema"])


# ── The description is of this application ───────────────────────────────────────────────────────


def test_every_route_is_described_and_everything_described_is_a_route(region: Region) -> None:
    routes = [route for route in make_app(region).routes if isinstance(route, Route)]
    served = {(route.path, method.lower()) for route in routes for method in route.methods or () if method != "HEAD"}

    assert served == set(OPERATIONS)


def test_the_description_is_served_to_anyone(client: TestClient) -> None:
    answer = client.get(PATH)

    assert (answer.status_code, answer.json()) == (200, OPENAPI)


def test_every_parameter_of_a_path_is_declared() -> None:
    for path, method in OPERATIONS:
        declared = {one["name"] for one in OPENAPI["paths"][path][method]["parameters"] if one["in"] == "path"}
        assert declared == set(re.findall(r"{([a-z]+)}", path))


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r"#/components/schemas/([A-Za-z]+)", json.dumps(OPENAPI)))

    assert named == set(OPENAPI["components"]["schemas"])


def test_the_messages_are_as_their_schemas_say(region: Region, clock: Clock) -> None:
    till = enrol(region, clock)
    request = messages.EnrolRequest.made(new_code(region), "H", till.journal.key)
    successor = messages.SuccessorRequest.made(till.sender.chain, "fork", till.journal.key)

    assert fits(json.loads(request.encode()), {"$ref": "#/components/schemas/EnrolRequest"})
    assert fits(json.loads(successor.encode()), {"$ref": "#/components/schemas/SuccessorRequest"})
    assert not fits(json.loads(successor.encode()) | {"more": 1}, {"$ref": "#/components/schemas/SuccessorRequest"})


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────


class Asking:
    """A register that signs whatever it is told to ask."""

    def __init__(self, region: Region, client: TestClient, till: Till) -> None:
        self.region, self.client, self.till = region, client, till

    def ask(
        self, path: str, method: str, query: str = "", body: bytes = b"", stated: dict[str, str] | None = None
    ) -> Response:
        """Ask, signed and fresh, and hold the answer against the description."""
        sender = self.till.sender
        url = path.replace("{chain}", to_text(sender.chain)).replace("{clinic}", "ekbacken") + query
        nonce = self.region.nonces.make(self.region.clock())
        headers = signed_headers(sender, method.upper(), url, nonce, body, stated or {})
        answer = self.client.request(method.upper(), url, content=body, headers=headers)
        check(path, method, answer)
        return answer


@pytest.fixture
def asking(region: Region, client: TestClient, clock: Clock) -> Asking:
    return Asking(region, client, enrol(region, clock))


PUSH = "/v1/chains/{chain}/records"
AT_0 = {messages.START_HEADER: "0", messages.KNOWN_HEADER: "0"}


def test_a_registers_day_is_answered_as_described(asking: Asking) -> None:
    born, key = asking.till.journal.enrolment, asking.till.journal.key
    good, other = seal_many(born, key, 3), seal_many(born, key, 3, note="other")
    statuses = [
        asking.ask(PUSH, "post", body=frame.encode_all(good), stated=AT_0).status_code,
        asking.ask(PUSH, "post", body=frame.encode_all(other), stated=AT_0).status_code,
        asking.ask(PUSH, "post", stated=AT_0 | {messages.START_HEADER: "9"}).status_code,
        asking.ask(PUSH, "post", body=b"none", stated=AT_0).status_code,
        asking.ask(PUSH, "get", "?from=0").status_code,
        asking.ask("/v1/chains/{chain}/certificate", "get").status_code,
        asking.ask("/v1/chains/{chain}/parent", "get", "?from=0").status_code,
        asking.ask("/v1/chains/{chain}/parent/certificate", "get").status_code,
        asking.ask("/v1/config", "get", "?from=0").status_code,
        asking.ask("/v1/chains/{chain}/successor", "post", body=_successor(asking.till)).status_code,
        asking.ask("/v1/ledger/checkpoint", "get").status_code,
    ]

    assert statuses == [200, 409, 409, 422, 200, 200, 404, 404, 200, 200, 200]


def _successor(till: Till) -> bytes:
    from tests.sync.builders import signer

    return messages.SuccessorRequest.made(till.sender.chain, "fork", signer()).encode()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_a_stranger_is_answered_as_described(path: str, method: str, client: TestClient) -> None:
    answer = client.request(method.upper(), path.replace("{chain}", "A" * 22).replace("{clinic}", "ekbacken"))

    check(path, method, answer)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_another_method_is_refused_as_described(path: str, method: str, client: TestClient) -> None:
    answer = client.patch(path.replace("{chain}", "A" * 22).replace("{clinic}", "ekbacken"))

    check(path, method, answer)
    assert answer.status_code == 405


# ── Whatever is asked: no bug, nothing undescribed, no heap ──────────────────────────────────────

_odd = st.one_of(
    st.sampled_from(["", "0", "-1", "1", "999999999999999", "9" * 16, "1e3", "٣", "ÿ"]), st.text(max_size=20)
)
_header = _odd.map(lambda text: text.encode("latin-1", "replace").decode("latin-1").translate(dict.fromkeys(range(32))))
_bodies = st.one_of(
    st.binary(max_size=300),
    st.sampled_from([b"{}", b"[]", b"null", b'{"code":1}', b"\x00\x00\x00\x02xx", b"\xff" * 8, b"[" * 5000]),
)


@FUZZ
@given(operation=st.sampled_from(OPERATIONS), query=_odd, start=_header, coding=_header, body=_bodies)
def test_whatever_a_register_signs_is_answered_as_described(
    asking: Asking, operation: tuple[str, str], query: str, start: str, coding: str, body: bytes
) -> None:
    path, method = operation
    encoded = "".join(f"%{byte:02X}" for byte in query.encode("utf-8", "replace"))
    stated = {messages.START_HEADER: start.strip(), messages.KNOWN_HEADER: "0", "content-encoding": coding.strip()}
    stated = {name: value for name, value in stated.items() if value.isascii()}

    answer = asking.ask(path, method, f"?from={encoded}", body, stated)

    assert answer.status_code < 500 or answer.status_code == 503


@FUZZ
@given(
    operation=st.sampled_from(OPERATIONS),
    chain=st.text(st.characters(codec="ascii", exclude_characters="/?#%\\"), min_size=1, max_size=30),
    headers=st.dictionaries(
        st.sampled_from(["signature", "signature-input", "content-digest", "content-length-x", "host", "kassa-start"]),
        _header.filter(str.isascii),
    ),
    body=_bodies,
)
def test_whatever_a_stranger_sends_is_answered_as_described(
    client: TestClient, operation: tuple[str, str], chain: str, headers: dict[str, str], body: bytes
) -> None:
    path, method = operation
    name = "".join(f"%{byte:02X}" for byte in chain.encode())

    answer = client.request(
        method.upper(), path.replace("{chain}", name).replace("{clinic}", name), content=body, headers=headers
    )

    if answer.status_code != 404:  # "." and ".." make another path of it.
        check(path, method, answer)
    assert answer.status_code < 500 or answer.status_code == 503


@st.composite
def _frames_with_a_flip(draw: st.DrawFn) -> tuple[int, int]:
    return draw(st.integers(0, 3000)), draw(st.integers(1, 255))


@FUZZ
@given(flip=_frames_with_a_flip())
def test_a_push_with_a_changed_byte_is_answered_as_described(asking: Asking, flip: tuple[int, int]) -> None:
    made: list[Frame] = seal_many(asking.till.journal.enrolment, asking.till.journal.key, 2)
    raw, (at, mask) = bytearray(frame.encode_all(made)), flip
    raw[at % len(raw)] ^= mask

    answer = asking.ask(PUSH, "post", body=bytes(raw), stated=AT_0)

    assert answer.status_code in (200, 409, 422)


@pytest.mark.parametrize("body", [b"\x1f\x8b" + b"0" * 1000, b"\xff" * 1_048_577, b"\0" * 1_048_576])
def test_a_hostile_body_takes_no_more_memory_than_a_batch_may(body: bytes, asking: Asking) -> None:
    stated = AT_0 | ({"content-encoding": "gzip"} if body.startswith(b"\x1f") else {})
    tracemalloc.start()

    answer = asking.ask(PUSH, "post", body=body, stated=stated)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 400 <= answer.status_code < 500
    assert most < MOST_GROWTH_BYTES


def test_the_words_of_refusal_are_those_of_the_code() -> None:
    words = {word for words in REFUSALS.values() for word in words}

    assert words >= {"not-signed", "nonce", "too-large", "too-often", "busy"}
    assert all(re.fullmatch("[a-z-]+", word) for word in words)
