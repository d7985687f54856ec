"""The region over HTTP: a handful of routes that let a request in, call, and answer in `sync.wire.messages`.

A request first needs a place (`admission`), then its head must be signed, and only then is its body read (`incoming`).
Work with the database runs in threads. Nothing of a request is logged but its chain.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.server import (
    certificate,
    configuration,
    description,
    enrolment,
    incoming,
    ingest,
    lookup,
    quarantine,
    storage,
    succession,
)
from sync.server.accounts import Accounts
from sync.server.admission import USUAL, Admission, Limits, Pool, TooOften, retry_after_s
from sync.server.errors import Refused, Unavailable
from sync.server.incoming import Incoming
from sync.server.patients import Patients
from sync.server.region import Region
from sync.server.storage import Chain
from sync.server.verify import Judge
from sync.wire import frame, messages
from sync.wire.accounts import GRANTS_PATH, RELEASES_PATH, Stands
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Refusal
from sync.wire.patient import PATIENTS_PATH

_HANGS_UP = (408, 413)
"""Answers after which the rest of a body is not waited for."""
_log = logging.getLogger("kassa.region")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and what is to be judged once it is sent."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    judge: bytes | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """A region that answers: its doors, and its judge."""

    region: Region
    admission: Admission
    judge: Judge


SignedHandler = Callable[[Region, Incoming, Chain], Answer]
Endpoint = Callable[[Serving, Request], Awaitable[Answer]]


def make_app(region: Region, limits: Limits = USUAL) -> Starlette:
    """The ASGI application of a region."""
    admission = Admission(limits)
    serving = Serving(region, admission, Judge(region, lambda: admission.ingest.is_quiet))
    accounts, patients = Accounts(), Patients(region)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with serving.judge.at_work(), patients.at_work(lambda: admission.ingest.is_quiet):
            yield

    chain = "/v1/chains/{chain}"
    return Starlette(
        routes=[
            _route(serving, "POST", messages.ENROL_PATH, _enrolled),
            _route(serving, "POST", f"{chain}/records", _signed(_push, messages.MAX_BATCH_BYTES)),
            _route(serving, "GET", f"{chain}/records", _signed(_records)),
            _route(serving, "GET", f"{chain}/aside", _signed(_aside)),
            _route(serving, "GET", f"{chain}/certificate", _signed(_certificate)),
            _route(serving, "POST", f"{chain}/successor", _signed(_successor, messages.MAX_MESSAGE_BYTES)),
            _route(serving, "GET", f"{chain}/parent", _signed(_parent)),
            _route(serving, "GET", f"{chain}/parent/certificate", _signed(_parent_certificate)),
            _route(serving, "GET", "/v1/config", _signed(_configuration)),
            _route(serving, "GET", "/v1/clinics/{clinic}/receipts", _signed(_receipt)),
            _route(serving, "POST", GRANTS_PATH, _signed(_moved(accounts.grant), messages.MAX_MESSAGE_BYTES)),
            _route(serving, "POST", RELEASES_PATH, _signed(_moved(accounts.release), messages.MAX_MESSAGE_BYTES)),
            _route(serving, "POST", PATIENTS_PATH, _looking_up(patients)),
            _route(serving, "GET", messages.CHECKPOINT_PATH, _checkpoint),
            _route(serving, "GET", description.PATH, _description),
        ],
        exception_handlers={HTTPException: _http_refusal},
        lifespan=lifespan,
    )


# ── What each route does ─────────────────────────────────────────────────────────────────────────


def _push(region: Region, asked: Incoming, chain: Chain) -> Answer:
    sent = ingest.read_push(asked.number(messages.START_HEADER), incoming.opened(asked))
    outcome = ingest.push_after(region, chain, sent, asked.number(messages.KNOWN_HEADER))
    status = 409 if isinstance(outcome, Conflict) else 200
    unjudged = len(sent.frames) > 1 or chain.verified_seq < chain.next_seq
    return Answer(status, outcome.encode(), judge=chain.chain if unjudged else None)


def _records(region: Region, asked: Incoming, chain: Chain) -> Answer:
    first = incoming.number(asked.first)
    with storage.reading(region.engine) as db:
        found = storage.frames(db, chain.chain, first, first + messages.MAX_BATCH_RECORDS)
    return _frames(found)


def _aside(region: Region, asked: Incoming, chain: Chain) -> Answer:
    first = incoming.number(asked.first)
    with storage.reading(region.engine) as db:
        found, damaged = quarantine.kept(db, chain.chain, first)
    if damaged:
        with storage.writing(region.engine) as db:
            quarantine.tell_damaged(db, chain.chain, damaged[0], region.clock())
    return _frames(found)


def _certificate(region: Region, _: Incoming, chain: Chain) -> Answer:
    return Answer(200, certificate.shown(region, chain).encode())


def _successor(region: Region, asked: Incoming, chain: Chain) -> Answer:
    return Answer(200, succession.succeed(region, chain, asked.signed.body).encode())


def _parent(region: Region, asked: Incoming, chain: Chain) -> Answer:
    return _frames(succession.parent_frames(region, chain, incoming.number(asked.first)))


def _parent_certificate(region: Region, _: Incoming, chain: Chain) -> Answer:
    return Answer(200, succession.parent_certificate(region, chain).encode())


def _configuration(region: Region, asked: Incoming, chain: Chain) -> Answer:
    return _frames(configuration.delivered(region, chain.clinic, incoming.number(asked.first)))


def _moved(move: Callable[[Region, Chain, bytes], Stands]) -> SignedHandler:
    def moved(region: Region, asked: Incoming, chain: Chain) -> Answer:
        return Answer(200, move(region, chain, asked.signed.body).encode())

    return moved


def _looking_up(patients: Patients) -> Endpoint:
    def looked_up(_: Region, asked: Incoming, chain: Chain) -> Answer:
        return Answer(200, patients.look_up(chain, asked.signed.body).encode())

    return _signed(looked_up, messages.MAX_MESSAGE_BYTES, seldom=True)


def _receipt(region: Region, asked: Incoming, chain: Chain) -> Answer:
    clinic = asked.signed.path.split("/")[3]
    return Answer(200, lookup.receipt(region, chain, clinic, asked.signed.query.removeprefix("?")).encode())


def _frames(found: list[Frame]) -> Answer:
    """As many frames as fit in an answer, and at least one; the register asks again for the rest."""
    raw = b""
    for piece in map(frame.encode, found):
        if raw and len(raw) + len(piece) > messages.MAX_BATCH_BYTES:
            break
        raw += piece
    return Answer(200, raw, "application/octet-stream")


# ── Who is let in ────────────────────────────────────────────────────────────────────────────────


def _signed(handler: SignedHandler, most_bytes: int = 0, *, seldom: bool = False) -> Endpoint:
    """For requests that a register has signed with a fresh nonce; the answer brings the next nonce. `seldom`: how often
    it may be asked has a limit of its own."""

    async def endpoint(serving: Serving, request: Request) -> Answer:
        region, admission = serving.region, serving.admission
        pool = _pool(admission, request, most_bytes)
        with pool.place():
            asked = incoming.head_of(request)
            with admission.door.place():
                chain = await admission.door.work(incoming.authenticated, region, asked)
            admission.rates.take(chain.chain)
            if seldom:
                admission.lookups.take(chain.chain)
            asked = await incoming.with_body(asked, request, most_bytes, admission.limits.body_s)
            incoming.check_body(asked)
            answer = await pool.work(handler, region, asked, chain)
        answer.headers[messages.NONCE_HEADER] = region.nonces.make(region.clock())
        return answer

    return endpoint


def _pool(admission: Admission, request: Request, most_bytes: int) -> Pool:
    """Records have places of their own; a heartbeat is a push without a body."""
    has_records = incoming.has_body(request, most_bytes) and most_bytes == messages.MAX_BATCH_BYTES
    return admission.ingest if has_records else admission.small


async def _enrolled(serving: Serving, request: Request) -> Answer:
    region, pool, most_bytes = serving.region, serving.admission.enrol, messages.MAX_MESSAGE_BYTES
    incoming.has_body(request, most_bytes)
    with pool.place():
        asked = incoming.head_of(request)
        asked = await incoming.with_body(asked, request, most_bytes, serving.admission.limits.body_s)
        return await pool.work(lambda: Answer(200, enrolment.enrol(region, asked.signed.body).encode()))


async def _description(_serving: Serving, _: Request) -> Answer:
    return Answer(200, description.encoded())


async def _checkpoint(serving: Serving, _: Request) -> Answer:
    pool = serving.admission.small
    with pool.place():
        head = await pool.work(serving.region.ledger.head)
    return Answer(200, head.note.encode(), "text/plain; charset=utf-8")


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────


def _route(serving: Serving, method: str, path: str, endpoint: Endpoint) -> Route:
    async def answered(request: Request) -> Response:
        try:
            return _response(serving, await endpoint(serving, request))
        except Refused as refused:
            again_s = refused.retry_after_s if isinstance(refused, TooOften) else None
            return _refusal(serving.region, refused.status, Refusal(refused.why, refused.index), again_s)
        except Unavailable as unavailable:
            return _refusal(serving.region, 503, Refusal(unavailable.why), retry_after_s())
        except (OperationalError, NoConnection) as trouble:
            _log.error("database: %s", type(trouble).__name__)
            return _refusal(serving.region, 503, Refusal("database"), retry_after_s())

    return Route(path, answered, methods=[method])


def _response(serving: Serving, answer: Answer) -> Response:
    headers = {**answer.headers, "cache-control": "no-store"}
    then = None if answer.judge is None else BackgroundTask(serving.judge.judge, answer.judge)
    return Response(answer.body, answer.status, headers, answer.media_type, then)


def _refusal(region: Region, status: int, refusal: Refusal, again_s: int | None) -> Response:
    headers = {"cache-control": "no-store", messages.NONCE_HEADER: region.nonces.make(region.clock())}
    if again_s is not None:
        headers["retry-after"] = str(again_s)
    if status in _HANGS_UP:
        headers["connection"] = "close"
    return Response(refusal.encode(), status, headers, "application/json")


def _http_refusal(_: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)
    return Response(Refusal("no-such-thing").encode(), trouble.status_code, media_type="application/json")
