"""The way to a printer on a cable: the system's file for it, USB (`/dev/usb/lp0`) or serial (`/dev/ttyS0`, `COM3`).

The speed of a serial port is set in the system, not here.
"""

import os
import select
import sys
import time
from pathlib import Path

from kassaapp.printer.receipt_printer import ANSWER_S, Answers

STALL_S = 5.0
"""How long the printer may take nothing."""


class DeviceLine:
    """An open device. Whether the printer answers depends on its cable."""

    def __init__(self, path: Path) -> None:
        self.answers = Answers.PERHAPS if sys.platform != "win32" and path.is_char_device() else Answers.NEVER
        ways = os.O_RDWR if self.answers is Answers.PERHAPS else os.O_WRONLY
        self._file = os.open(path, ways | _MORE)

    def write(self, data: bytes) -> None:
        """Send all of it. Raises OSError."""
        rest = memoryview(data)
        deadline = time.monotonic() + STALL_S
        while rest:
            if self._wait(write=True, seconds=STALL_S) and (taken := self._some(rest)):
                rest, deadline = rest[taken:], time.monotonic() + STALL_S
            elif time.monotonic() >= deadline:
                raise TimeoutError("the printer takes no more")

    def read(self) -> bytes:
        """What has come, if anything has."""
        if not self._wait(write=False, seconds=ANSWER_S):
            return b""
        try:
            return os.read(self._file, 64)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Let go of the device."""
        os.close(self._file)

    def _some(self, data: memoryview) -> int:
        try:
            return os.write(self._file, data)
        except BlockingIOError:
            return 0

    def _wait(self, *, write: bool, seconds: float) -> bool:
        """Whether the device is ready within the time. A plain file always is; Windows only knows how to wait for
        sockets, and there a write takes as long as it takes."""
        if sys.platform == "win32":
            return write
        watched = [self._file]
        return any(select.select([] if write else watched, watched if write else [], [], seconds))


if sys.platform == "win32":
    _MORE = os.O_BINARY
else:
    _MORE = os.O_NOCTTY | os.O_NONBLOCK
