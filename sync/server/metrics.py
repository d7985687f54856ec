"""What a region counts about itself, in Prometheus' text form. No clinic, no register, no sum and no person in it.

`Measured` stands around the application and counts its answers; `Counting` counts what is logged; the gauges are read
from the database when somebody asks. They are served by an application of their own (`make_metrics_app`), on the
loopback, so that the port which registers reach has no such route.
"""

import json
import logging
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

import uvicorn
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.server import logs, storage, watch
from sync.server import tables as t
from sync.server.region import Region

PATH = "/metrics"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WORDS = 200
"""So many reasons are told apart: they come from our own code, and still."""
_MOST_BODY = 65_536
_WORD = re.compile(r"[a-z-]{1,40}")
_KNOWN_BY_THEN = (422, 429)
"""Refusals that only a register gets which has proved whose chain the path names. Any other path may hold anything."""

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """The numbers of one server process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, Labels]] = Counter()
        self._buckets = [0] * len(BUCKETS_S)
        self._seconds, self._timed = 0.0, 0

    def count(self, name: str, by: int = 1, **labels: str) -> None:
        """Add to a counter."""
        with self._lock:
            key = (name, tuple(sorted(labels.items())))
            if key in self._counts or len(self._counts) < _WORDS:
                self._counts[key] += by

    def took(self, seconds: float) -> None:
        """A push took so long."""
        with self._lock:
            self._timed += 1
            self._seconds += seconds
            for place, most in enumerate(BUCKETS_S):
                self._buckets[place] += seconds <= most

    def text(self, gauges: Mapping[str, float] | None = None) -> str:
        """All of it. `gauges` is None when the database did not answer."""
        with self._lock:
            counts, buckets = sorted(self._counts.items()), list(self._buckets)
            seconds, timed = self._seconds, self._timed
        lines = []
        for name, (says, has_labels) in COUNTERS.items():
            shown = [_sample(name, labels, value) for (counted, labels), value in counts if counted == name]
            lines += [*_head(name, "counter", says), *(shown or ([] if has_labels else [_sample(name, (), 0)]))]
        lines += _head("kassa_push_seconds", "histogram", "How long pushes take, from their head to their answer.")
        for most, value in zip(BUCKETS_S, buckets, strict=True):
            lines.append(_sample("kassa_push_seconds_bucket", (("le", str(most)),), value))
        lines.append(_sample("kassa_push_seconds_bucket", (("le", "+Inf"),), timed))
        lines += [f"kassa_push_seconds_sum {seconds:.6f}", f"kassa_push_seconds_count {timed}"]
        lines += [*_head("kassa_database_up", "gauge", GAUGES["kassa_database_up"]), _up(gauges)]
        for name, now in (gauges or {}).items():
            lines += [*_head(name, "gauge", GAUGES[name]), _sample(name, (), now)]
        return "\n".join(lines) + "\n"


COUNTERS: Mapping[str, tuple[str, bool]] = {
    "kassa_pushes_total": ("Pushes and heartbeats, by the status of the answer.", True),
    "kassa_records_total": ("Records stored.", False),
    "kassa_refusals_total": ("Answers that refuse, by the word they say.", True),
    "kassa_unavailable_total": ("Answers with 503, by the word they say.", True),
    "kassa_forks_total": ("Times that two records were found in one place of a chain.", False),
    "kassa_bad_signatures_total": ("Signatures that did not verify when they were judged.", False),
    "kassa_errors_total": ("Requests that ended in a bug of ours.", False),
}
"""Each counter: what it counts, and whether it has labels."""
GAUGES = {
    "kassa_database_up": "Whether the database answered.",
    "kassa_ledger_entries": "Entries in the ledger.",
    "kassa_registers": "Chains that have not ended.",
    "kassa_registers_silent": "Of them, those that have been silent for a day's hours of working days.",
    "kassa_quarantined_records": "Records in quarantine.",
    "kassa_unverified_records": "Records whose own signature has still to be judged.",
    "kassa_flags": "What was found and not refused.",
}


def gauges(region: Region) -> dict[str, float]:
    """The gauges, of now."""
    c = t.chain.c
    with storage.reading(region.engine) as db:
        size, _ = storage.ledger_head(db)
        chains = storage.all_chains(db)
        waiting = db.execute(select(func.coalesce(func.sum(c.next_seq - c.verified_seq), 0))).scalar_one()
        aside, flags = sum(storage.quarantined(db).values()), len(storage.flags(db))
    going_on = [chain for chain in chains if chain.closed_ms is None]
    return {
        "kassa_ledger_entries": size,
        "kassa_registers": len(going_on),
        "kassa_registers_silent": sum(watch.is_silent(chain, watch.now_of(region)) for chain in going_on),
        "kassa_quarantined_records": aside,
        "kassa_unverified_records": int(waiting),
        "kassa_flags": flags,
    }


class Counting(logging.Handler):
    """Counts what the region logs of itself."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.INFO)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        event, values = logs.told(record)
        if event == "stored":
            self._metrics.count("kassa_records_total", int(str(values["records"])))
        elif event == "fork":
            self._metrics.count("kassa_forks_total")
        elif event == "bad-signature":
            self._metrics.count("kassa_bad_signatures_total")
        elif event == "hung-up":  # By the connection, before there was a request that an application could answer.
            self._metrics.count("kassa_refusals_total", why=str(values["why"]))


class Measured:
    """An ASGI application around another: counts the answers, and logs those that refuse."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = logging.getLogger("kassa.region")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, answer = monotonic(), _Answer()

        async def heard(message: Message) -> None:
            answer.hear(message)
            await send(message)
            if answer.is_whole:
                self._count(scope, answer, monotonic() - begun)

        try:
            await self._app(scope, receive, heard)
        except BaseException:
            self._metrics.count("kassa_errors_total")
            raise

    def _count(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        if scope["method"] == "POST" and scope["path"].endswith("/records"):
            self._metrics.count("kassa_pushes_total", status=str(answer.status))
            self._metrics.took(seconds)
        if answer.status < 400 or (answer.status == 409 and "why" not in answer.said()):
            return
        why = _word(answer.said().get("why"))
        if answer.status == 503:
            self._metrics.count("kassa_unavailable_total", why=why)
        elif answer.status >= 500:
            self._metrics.count("kassa_errors_total")
        else:
            self._metrics.count("kassa_refusals_total", why=why)
        if answer.status in _KNOWN_BY_THEN:
            self._log.info("chain %s: refused: %s (%d)", scope["path"].split("/")[3], why, answer.status)
        else:
            self._log.info("refused: %s (%d)", why, answer.status)


class _Answer:
    """An answer as it goes out; of its body only as much as a refusal has."""

    def __init__(self) -> None:
        self.status = 0
        self.is_whole = False
        self._body = b""

    def hear(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            if self.status >= 400 and len(self._body) < _MOST_BODY:
                self._body += message.get("body", b"")
            self.is_whole = not message.get("more_body", False)

    def said(self) -> Mapping[str, object]:
        """The refusal, when it is one of ours."""
        try:
            value = json.loads(self._body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


def measured(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """The application, counted: its answers, and what the region logs meanwhile."""
    logging.getLogger("kassa.region").addHandler(Counting(metrics))
    return Measured(app, metrics)


def make_metrics_app(region: Region, metrics: Metrics) -> Starlette:
    """The application that answers `GET /metrics` and nothing else. Serve it where only the machine itself can ask."""

    async def answered(_: Request) -> Response:
        try:
            now: Mapping[str, float] | None = await run_in_threadpool(gauges, region)
        except SQLAlchemyError:
            now = None
        return Response(metrics.text(now), media_type=MEDIA_TYPE)

    return Starlette(routes=[Route(PATH, answered, methods=["GET"])])


@contextmanager
def beside(region: Region, metrics: Metrics, listener: socket.socket) -> Iterator[None]:
    """Serve the metrics on a socket, in a thread, until the block ends."""
    app = make_metrics_app(region, metrics)
    server = uvicorn.Server(
        uvicorn.Config(app, ws="none", lifespan="off", access_log=False, log_config=None, server_header=False)
    )
    thread = threading.Thread(name="metrics", target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _word(why: object) -> str:
    """A word of ours, whatever an answer says."""
    return why if isinstance(why, str) and _WORD.fullmatch(why) else "-"


def _head(name: str, kind: str, says: str) -> Iterable[str]:
    return (f"# HELP {name} {says}", f"# TYPE {name} {kind}")


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _up(gauges: Mapping[str, float] | None) -> str:
    return _sample("kassa_database_up", (), int(gauges is not None))
