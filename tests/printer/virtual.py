"""A receipt printer in the network that is not there: a real socket, with all that goes wrong at real printers."""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Iterator

from tests.printer.escpos import Interpreter, Sheet

REAL_TIME = re.compile(
    rb"\x10\x04[\x01-\x04]|\x10\x14\x01[\x00\x01][\x01-\x08]|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
)


class VirtualPrinter:
    """What it printed stands in `sheets`. Its faults are attributes, and can be set while it runs.

    `hangs`: takes connections and nothing else. `breaks_after`: hangs up when it has taken so many bytes of a job.
    `knows_gs_r`: whether it can say that all is printed.
    """

    def __init__(self) -> None:
        self._processor = Interpreter()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: socket.socket | None = None
        self.cover_open = self.in_error = self.hangs = self.paper_low = False
        self.knows_gs_r = self.answers = True
        self.breaks_after: int | None = None
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def sheets(self) -> list[Sheet]:
        """What lies in the tray, cut off."""
        with self._lock:
            return list(self._processor.sheets)

    @property
    def kicks(self) -> int:
        """How many times the drawer has opened."""
        with self._lock:
            return self._processor.kicks

    def run_out_of_paper(self, after_lines: int = 0) -> None:
        """The roll ends."""
        with self._lock:
            self._processor.lines_left = after_lines

    def new_roll(self) -> None:
        """Somebody puts a roll in: it goes on with what it had."""
        with self._lock:
            self._processor.lines_left = None
            self._processor.feed(b"")

    def close(self) -> None:
        """Pull the plug."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._open, _ = self._listening.accept()
                self.connections += 1
                with self._open, contextlib.suppress(OSError):
                    self._converse(self._open)

    def _converse(self, line: socket.socket) -> None:
        taken = 0
        if self.hangs:
            line.recv(1, socket.MSG_PEEK)
            threading.Event().wait(0.05)
        while not self.hangs and (came := line.recv(65536)):
            plain = REAL_TIME.sub(b"", came)
            for asked in REAL_TIME.findall(came):
                line.sendall(self._real_time(asked))
            if self.breaks_after is not None and taken + len(plain) > self.breaks_after:
                self._take(plain[: self.breaks_after - taken])
                self.breaks_after = None
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            taken += len(plain)
            line.sendall(self._take(plain))
        while self.hangs and self._listening.fileno() >= 0:
            threading.Event().wait(0.02)

    def _take(self, data: bytes) -> bytes:
        with self._lock:
            said = self._processor.feed(data)
        return said if self.knows_gs_r and self.answers else b""

    def _real_time(self, asked: bytes) -> bytes:
        with self._lock:
            if asked[1] == 0x14:
                if asked[2] == 0x08:
                    self._processor.forget()
                else:
                    self._processor.kicks += 1
                return b""
            return self._status(asked[2]) if self.answers else b""

    def _status(self, n: int) -> bytes:
        no_paper = self._processor.out_of_paper
        stopped = no_paper or self.cover_open or self.in_error
        said = {
            1: 0x08 * stopped,
            2: 0x04 * self.cover_open | 0x20 * no_paper | 0x40 * self.in_error,
            3: 0x08 * self.in_error,
            4: 0x60 * no_paper | 0x0C * (self.paper_low or no_paper),
        }
        return bytes([said[n] | 0x12])


@contextlib.contextmanager
def a_virtual_printer() -> Iterator[VirtualPrinter]:
    """A printer that is on, with paper in it."""
    printer = VirtualPrinter()
    try:
        yield printer
    finally:
        printer.close()
