"""The region over HTTP: a handful of routes that read a request, call, and answer in `sync.wire.messages`.

Bodies are read up to a limit and no further, compressed bodies are opened up to a limit and no further, and a request
that must be signed is checked before its body is opened. Work with the database runs in the thread pool. Nothing of a
request is logged but its chain.
"""

import logging
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.server import configuration, enrolment, ingest, storage
from sync.server.errors import Refused, Unavailable
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.verify import verify_chain
from sync.wire import frame, messages, request_signature
from sync.wire.errors import BadSignature, Malformed
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Refusal

RETRY_AFTER_S = 15
_NUMBER = re.compile(r"[0-9]{1,15}")
_log = logging.getLogger("kassa.region")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request whose body has been read."""

    signed: request_signature.Request
    path_chain: str | None
    first: str | None

    def number(self, name: str) -> int:
        """A header that must be a number."""
        return _number(self.signed.headers.get(name))


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and what to do once it is sent."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    then: BackgroundTask | None = None


Handler = Callable[[Region, Incoming], Answer]
SignedHandler = Callable[[Region, Incoming, Chain], Answer]


def make_app(region: Region) -> Starlette:
    """The ASGI application of a region."""
    return Starlette(
        routes=[
            _route(region, "POST", messages.ENROL_PATH, _enrol, messages.MAX_MESSAGE_BYTES),
            _route(region, "POST", "/v1/chains/{chain}/records", _signed(_push), messages.MAX_BATCH_BYTES),
            _route(region, "GET", "/v1/chains/{chain}/records", _signed(_records), 0),
            _route(region, "GET", "/v1/config", _signed(_configuration), 0),
            _route(region, "GET", messages.CHECKPOINT_PATH, _checkpoint, 0),
        ],
        exception_handlers={HTTPException: _http_refusal},
    )


# ── What each route does ─────────────────────────────────────────────────────────────────────────


def _enrol(region: Region, incoming: Incoming) -> Answer:
    return Answer(200, enrolment.enrol(region, incoming.signed.body).encode())


def _push(region: Region, incoming: Incoming, chain: Chain) -> Answer:
    sent = ingest.read_push(incoming.number(messages.START_HEADER), _opened(incoming.signed))
    known = incoming.number(messages.KNOWN_HEADER)
    outcome = ingest.push(region, chain.chain, sent, known)
    status = 409 if isinstance(outcome, Conflict) else 200
    return Answer(status, outcome.encode(), then=BackgroundTask(verify_chain, region, chain.chain))


def _records(region: Region, incoming: Incoming, chain: Chain) -> Answer:
    first = _number(incoming.first)
    with storage.reading(region.engine) as db:
        found = storage.frames(db, chain.chain, first, first + messages.MAX_BATCH_RECORDS)
    return _frames(found)


def _configuration(region: Region, incoming: Incoming, chain: Chain) -> Answer:
    return _frames(configuration.delivered(region, chain.clinic, _number(incoming.first)))


def _checkpoint(region: Region, _: Incoming) -> Answer:
    return Answer(200, region.ledger.head().note.encode(), "text/plain; charset=utf-8")


# ── Who asks ─────────────────────────────────────────────────────────────────────────────────────


def _signed(handler: SignedHandler) -> Handler:
    """A handler for requests that a register has signed with a fresh nonce; its answer brings the next nonce."""

    def handle(region: Region, incoming: Incoming) -> Answer:
        chain = _authenticated(region, incoming)
        answer = handler(region, incoming, chain)
        answer.headers[messages.NONCE_HEADER] = region.nonces.make(region.clock())
        return answer

    return handle


def _authenticated(region: Region, incoming: Incoming) -> Chain:
    try:
        claim = request_signature.read(incoming.signed)
    except Malformed:
        raise Refused(401, "not-signed") from None
    except BadSignature:
        raise Refused(403, "digest") from None
    if not region.nonces.fresh(claim.nonce, region.clock()):
        raise Refused(401, "nonce")
    with storage.reading(region.engine) as db:
        chain = storage.find_chain(db, claim.chain)
    if chain is None:
        raise Refused(403, "unknown-chain")
    try:
        claim.check(chain.public_key)
        own = incoming.path_chain is None or messages.read_chain(incoming.path_chain) == claim.chain
    except (BadSignature, Malformed):
        raise Refused(403, "signature") from None
    if not own:
        raise Refused(403, "other-chain")
    return chain


# ── Bytes in, bytes out ──────────────────────────────────────────────────────────────────────────


def _route(region: Region, method: str, path: str, handler: Handler, most_bytes: int) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            incoming = _incoming(request, await _read_body(request, most_bytes))
            return _response(await run_in_threadpool(handler, region, incoming))
        except Refused as refused:
            return _refusal(region, refused.status, Refusal(refused.why, refused.index))
        except Unavailable as unavailable:
            return _refusal(region, 503, Refusal(unavailable.why))
        except (OperationalError, NoConnection) as trouble:
            _log.error("database: %s", type(trouble).__name__)
            return _refusal(region, 503, Refusal("database"))

    return Route(path, endpoint, methods=[method])


async def _read_body(request: Request, most_bytes: int) -> bytes:
    stated = request.headers.get("content-length", "0")
    if not _NUMBER.fullmatch(stated) or int(stated) > most_bytes:
        raise Refused(413, "too-large")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise Refused(413, "too-large")
    return body


def _incoming(request: Request, body: bytes) -> Incoming:
    query = request.scope["query_string"].decode("latin-1")
    signed = request_signature.Request(
        method=request.method,
        authority=request.headers.get("host", "").lower(),
        path=request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1").partition("?")[0],
        query=f"?{query}",
        headers=dict(request.headers.items()),
        body=body,
    )
    return Incoming(signed, request.path_params.get("chain"), request.query_params.get("from"))


def _opened(signed: request_signature.Request) -> bytes:
    """The body as it was before it was compressed. Raises Refused, and never opens more than a batch may hold."""
    coding = signed.headers.get("content-encoding", "identity")
    if coding == "identity":
        return signed.body
    if coding != "gzip":
        raise Refused(415, "coding")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(signed.body, messages.MAX_BATCH_BYTES + 1)
    except zlib.error:
        raise Refused(400, "gzip") from None
    if len(body) > messages.MAX_BATCH_BYTES:
        raise Refused(413, "too-large")
    if not unpacker.eof or unpacker.unused_data:
        raise Refused(400, "gzip")
    return body


def _number(text: str | None) -> int:
    if text is None or not _NUMBER.fullmatch(text):
        raise Refused(400, "number")
    return int(text)


def _frames(found: list[Frame]) -> Answer:
    """As many frames as fit in an answer, and at least one; the register asks again for the rest."""
    raw = b""
    for piece in map(frame.encode, found):
        if raw and len(raw) + len(piece) > messages.MAX_BATCH_BYTES:
            break
        raw += piece
    return Answer(200, raw, "application/octet-stream")


def _response(answer: Answer) -> Response:
    headers = {**answer.headers, "cache-control": "no-store"}
    return Response(answer.body, answer.status, headers, answer.media_type, answer.then)


def _refusal(region: Region, status: int, refusal: Refusal) -> Response:
    headers = {"cache-control": "no-store", messages.NONCE_HEADER: region.nonces.make(region.clock())}
    if status == 503:
        headers["retry-after"] = str(RETRY_AFTER_S)
    return Response(refusal.encode(), status, headers, "application/json")


def _http_refusal(_: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)
    return Response(Refusal("no-such-thing").encode(), trouble.status_code, media_type="application/json")
