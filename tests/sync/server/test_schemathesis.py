"""T3: schemathesis reads the OpenAPI description and asks whatever it allows, and what it does not, as a register.

It judges by the description alone: no answer with 500, none that is not described, none of another form. Between it and
the application stands a hand that signs whatever is asked, or most of it would be turned away at the door.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.client.transport import Sender
from sync.server.admission import Limits
from sync.server.app import make_app
from sync.server.description import OPENAPI
from sync.server.region import Region
from sync.wire import canonical, request_signature
from sync.wire.canonical import to_text
from sync.wire.errors import WireError
from tests.sync.builders import Clock, enrol, make_region, publish

UNHURRIED = Limits(burst=10**9, lookup_burst=10**9)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    (path, method.upper(), mode)
    for path, methods in OPENAPI["paths"].items()
    for method, described in methods.items()
    for mode in GenerationMode
    if described["parameters"] or "requestBody" in described or mode is GenerationMode.POSITIVE
]
EXPECTED = {
    ("/v1/chains/{chain}/records", GenerationMode.POSITIVE): {409, 200},
    ("/v1/accounts/grants", GenerationMode.POSITIVE): {409},
    ("/v1/patients/lookups", GenerationMode.POSITIVE): {200},
    ("/v1/clinics/{clinic}/receipts", GenerationMode.POSITIVE): {404},
    ("/v1/patients/lookups", GenerationMode.NEGATIVE): {400},
}
"""Answers without which the fuzzer has not come past the door."""
FUZZ = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
REWRITTEN = (b"content-digest", b"signature-input", b"signature", b"content-length")


class Signing:
    """An ASGI application that signs each request as a register would, and passes it on."""

    def __init__(self, app: ASGIApp, region: Region, sender: Sender) -> None:
        self._app, self._region, self._sender = app, region, sender

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        body = _canonical(body)
        await self._app(self._signed(scope, body), again, send)

    def _signed(self, scope: Scope, body: bytes) -> Scope:
        kept = [(name, value) for name, value in scope["headers"] if name not in REWRITTEN]
        kept += [(b"content-length", str(len(body)).encode())] if body else []
        stated = {name.decode(): value.decode("latin-1") for name, value in kept}
        path = scope["raw_path"].decode("ascii").partition("?")[0]
        asked = request_signature.Request(
            scope["method"], stated["host"], path, f"?{scope['query_string'].decode()}", stated, body
        )
        nonce = self._region.nonces.make(self._region.clock())
        signed = request_signature.sign(asked, self._sender.chain, nonce, self._sender.signer)
        return {
            **scope,
            "headers": [*kept, *((name.lower().encode(), value.encode()) for name, value in signed.items())],
        }


def _canonical(body: bytes) -> bytes:
    """A JSON object as a register would write it, so that what is in it is judged and not its blanks."""
    try:
        value = json.loads(body)
        return canonical.encode(value) if isinstance(value, dict) else body
    except (ValueError, WireError):
        return body


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The description, and behind it a region with one register, which is the one that asks."""
    region = make_region(tmp_path_factory.mktemp("region") / "region", Clock())
    publish(region)
    till = enrol(region, Clock())
    till.journal.sell(5)
    till.sync()
    schema = schemathesis.openapi.from_dict(_of_one_chain(to_text(till.sender.chain)))
    schema.app = Signing(make_app(region, UNHURRIED), region, till.sender)
    yield schema
    region.close()


def _of_one_chain(chain: str) -> Any:
    """The description for the register of that chain: no other could be answered."""
    own, made = {"chain": chain, "clinic": "ekbacken"}, json.loads(json.dumps(OPENAPI))
    for methods in made["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["name"] in own:
                    parameter["schema"] = {"const": own[parameter["name"]]}
    return made


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_whatever_the_description_allows_or_forbids_is_answered_as_it_says(
    described: BaseSchema, path: str, method: str, mode: GenerationMode
) -> None:
    answered: list[int] = []

    @FUZZ
    @given(described[path][method].as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        answered.append(case.call_and_validate(checks=CHECKS).status_code)

    ask()

    assert set(answered) & EXPECTED.get((path, mode), set(answered))
