"""The web server of a region: uvicorn, and connections that must say what they want in time and in few words.

uvicorn itself waits for ever for the head of a request and takes one of any length. Here a connection that does not
bring a whole head within ten seconds, one with a longer head than any register sends, and one whose body trickles on
after it was answered, are closed. A proxy in front may be stricter; nothing relies on it.
"""

import asyncio
import logging
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from sync.server.admission import USUAL, Limits
from sync.server.app import make_app
from sync.server.region import Region
from sync.wire.messages import Refusal

HEAD_S = 10.0
MAX_HEAD_BYTES = 16_384
MOST_CONNECTIONS = 10_000
_STOP_S = 10
_GRACE_S = 5.0
_log = logging.getLogger("kassa.region")


class HeadTooLong(Exception):
    """The head of a request is longer than it may be."""


class Connection(HttpToolsProtocol):
    """One connection. Its deadline is that of the head it is sending, then that of the body."""

    head_s = HEAD_S
    body_s = USUAL.body_s + _GRACE_S
    _deadline: asyncio.TimerHandle | None = None
    _head_bytes: int | None = None
    """So much of a head has come; None when none is under way."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_within(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_within(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self._refuse(431, "head")
        elif self._deadline is None and not self._is_answering():
            self._expect_within(self.head_s)  # What came ended a pause and began no request.

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._expect_within(self.head_s)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_bytes = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if self._head_bytes > MAX_HEAD_BYTES:
            raise HeadTooLong
        self._head_bytes = None
        self._expect_within(self.body_s)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._expect_within(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self.cycle.body.clear()  # Of one who was turned away, it would lie here as long as the connection is open.
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What the parser could not read, or we would not."""
        if (self._head_bytes or 0) > MAX_HEAD_BYTES:
            self._refuse(431, "head")
        else:
            self._refuse(400, "malformed")

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _expect_within(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        if self._head_bytes is None:
            self.transport.abort()
        else:
            self._refuse(408, "slow")

    def _refuse(self, status: int, why: str) -> None:
        _log.info("hung up: %s (%d)", why, status)
        body = Refusal(why).encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.close()


def make_server(region: Region, limits: Limits = USUAL, **settings: Any) -> uvicorn.Server:
    """The server that answers for a region. `settings` are uvicorn's own."""
    usual: dict[str, Any] = {
        "http": Connection,
        "ws": "none",
        "access_log": False,  # It would hold nothing that the tables do not hold.
        "log_config": None,  # `logs.begin` says where lines go.
        "server_header": False,
        "limit_concurrency": MOST_CONNECTIONS,
        "timeout_graceful_shutdown": _STOP_S,
    }
    return uvicorn.Server(uvicorn.Config(make_app(region, limits), **usual | settings))
