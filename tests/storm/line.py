"""A register's line to the region: HTTP/1.1 over one connection, as thin as it can be, so that the load costs little.

Requests are signed as `sync.client.transport` signs them; the body comes packed.
"""

import asyncio
from dataclasses import dataclass

from sync.client.transport import TIMEOUT_S, Sender
from sync.wire import messages, request_signature

HOST = "127.0.0.1"
_NO_NONCE = "none"
_MOST_BYTES = 4 * messages.MAX_BATCH_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection, opened when it is needed. Raises OSError, EOFError and TimeoutError as the network does."""

    def __init__(self, port: int, sender: Sender) -> None:
        self._port = port
        self._sender = sender
        self._nonce = _NO_NONCE
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def push(self, start: int, known: int, packed: bytes) -> Answer:
        """Push a packed body; signed once more when the region hands out a new nonce for it."""
        answer = await self._push(start, known, packed)
        if answer.status == 401:
            answer = await self._push(start, known, packed)
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _push(self, start: int, known: int, packed: bytes) -> Answer:
        path = messages.push_path(self._sender.chain)
        headers = {"host": f"{HOST}:{self._port}", messages.START_HEADER: str(start), messages.KNOWN_HEADER: str(known)}
        request = request_signature.Request("POST", headers["host"], path, "?", headers, packed)
        headers |= request_signature.sign(request, self._sender.chain, self._nonce, self._sender.signer)
        headers |= {"content-encoding": "gzip"} if packed else {}
        answer = await self._exchange(path, headers, packed)
        self._nonce = answer.headers.get(messages.NONCE_HEADER, self._nonce)
        return answer

    async def _exchange(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode("latin-1")
        try:
            async with asyncio.timeout(TIMEOUT_S):
                reader, writer = await self._connected()
                writer.write(head + body)
                await writer.drain()
                answer = await _read(reader)
        except BaseException:
            self.close()
            raise
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(HOST, self._port, limit=_MOST_BYTES)
        return self._streams


async def _read(reader: asyncio.StreamReader) -> Answer:
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(status.split(" ")[1]), headers, body)
