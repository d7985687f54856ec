"""The way to a printer in the network: its port for raw data, 9100 unless the clinic file says another."""

import contextlib
import socket

from kassaapp.printer.receipt_printer import ANSWER_S, Answers

CONNECT_S = 3.0
WRITE_S = 5.0
"""How long the printer may take nothing. A slip is a few kilobytes, and a printer has room for them."""

_LAST_WORDS = 10


class NetworkLine:
    """A connection. A printer in the network always says how it is; one that does not, hangs."""

    answers = Answers.ALWAYS

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=CONNECT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        """Send all of it. Raises OSError."""
        self._socket.settimeout(WRITE_S)
        self._socket.sendall(data)

    def read(self) -> bytes:
        """What has come. Raises OSError when the printer has hung up."""
        self._socket.settimeout(ANSWER_S)
        try:
            came = self._socket.recv(64)
        except TimeoutError:
            return b""
        if not came:
            raise ConnectionResetError("the printer hung up")
        return came

    def close(self) -> None:
        """Hang up when the printer has, or has had time to: bytes from it that nobody reads would make the system break
        the line, and a printer may throw away what a broken line brought."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(ANSWER_S)
            for _ in range(_LAST_WORDS):
                if not self._socket.recv(64):
                    break
        self._socket.close()
