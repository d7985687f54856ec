"""A region's own web server in a thread, with deadlines short enough for a test, and sockets to speak to it by hand."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sync.client.transport import Sender
from sync.server.admission import USUAL, Limits
from sync.server.region import Region
from sync.server.web import Connection, make_server
from sync.wire import messages, request_signature
from sync.wire.messages import Refusal

HOST = "127.0.0.1"
DEADLINE_S = 0.4
PATIENCE_S = 5.0


class Hasty(Connection):
    """As the region's own, with less patience."""

    head_s = DEADLINE_S
    body_s = 2 * DEADLINE_S


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back before the connection was closed, or a whole answer. `status` is 0 when nothing came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def why(self) -> str:
        """The word of a refusal."""
        return Refusal.read(self.body).why


class Caller:
    """One connection to the region."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)

    def say(self, data: bytes) -> None:
        """Send bytes; that the other side has hung up is found out by listening."""
        try:
            self._socket.sendall(data)
        except OSError:
            return

    def trickle(self, data: bytes, pause_s: float = 0.05) -> float:
        """Send a byte at a time until the other side hangs up or all is said; how long that took (seconds)."""
        began_s = time.monotonic()
        self._socket.settimeout(pause_s)
        for at in range(len(data)):
            self.say(data[at : at + 1])
            if self._is_over():
                break
        self._socket.settimeout(PATIENCE_S)
        return time.monotonic() - began_s

    def hear(self) -> Heard:
        """One answer."""
        raw = b""
        while b"\r\n\r\n" not in raw and (piece := self._receive()):
            raw += piece
        if not raw:
            return Heard(0, {}, b"")
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)) and (piece := self._receive()):
            body += piece
        return Heard(int(first.split(" ")[1]), headers, body)

    def is_hung_up(self) -> bool:
        """Whether the other side closes the connection within our patience; what it still says is thrown away."""
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            if not self._receive():
                return True
        return False

    def close(self) -> None:
        self._socket.close()

    def _is_over(self) -> bool:
        """Whether something has come: an answer, or the end."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(65_536)
        except OSError:
            return b""


class Door:
    """Where the region answers."""

    def __init__(self, region: Region, port: int) -> None:
        self._region = region
        self._callers: list[Caller] = []
        self.port = port

    def call(self) -> Caller:
        """A new connection, closed when the test ends."""
        self._callers.append(Caller(self.port))
        return self._callers[-1]

    def head(self, sender: Sender, body: bytes, *, coding: str = "") -> bytes:
        """The signed head of a push of this body from record 0; the body is not in it."""
        path = messages.push_path(sender.chain)
        stated = {messages.START_HEADER: "0", messages.KNOWN_HEADER: "0"} | (
            {"content-encoding": coding} if coding else {}
        )
        request = request_signature.Request("POST", f"{HOST}:{self.port}", path, "?", stated, body)
        nonce = self._region.nonces.make(self._region.clock())
        return head(
            "POST",
            path,
            stated | request_signature.sign(request, sender.chain, nonce, sender.signer),
            len(body),
            self.port,
        )

    def hang_up(self) -> None:
        """Close every connection of ours."""
        for caller in self._callers:
            caller.close()


def head(method: str, path: str, headers: dict[str, str], length: int, port: int) -> bytes:
    """The head of a request."""
    lines = {"host": f"{HOST}:{port}", **headers, "content-length": str(length)}
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode()


@contextmanager
def opened(region: Region, limits: Limits = USUAL) -> Iterator[Door]:
    """The region answers until the block ends."""
    with socket.create_server((HOST, 0)) as listener:
        server = make_server(region, limits, http=Hasty, timeout_graceful_shutdown=1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the region did not start"
            time.sleep(0.01)
        door = Door(region, int(listener.getsockname()[1]))
        try:
            yield door
        finally:
            door.hang_up()
            server.should_exit = True
            thread.join()
