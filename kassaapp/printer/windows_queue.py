"""The way to a printer that Windows has a queue for: bytes go through it unchanged (datatype RAW).

The queue takes what it gets and says nothing back. What does not come out stands in Windows's own list.
"""

import ctypes
import sys
from typing import Any

from kassaapp.printer.receipt_printer import Answers


class _Document(ctypes.Structure):
    """DOC_INFO_1W."""

    _fields_ = (("name", ctypes.c_wchar_p), ("file", ctypes.c_wchar_p), ("datatype", ctypes.c_wchar_p))


def winspool() -> Any:
    """Windows's library for printing. On Windows only."""
    if sys.platform == "win32":
        return ctypes.WinDLL("winspool.drv", use_last_error=True)
    raise AssertionError("there is no such library here")


class QueueLine:
    """An open queue. Each write is a document of its own, which the queue keeps whole. `library` is `winspool()`."""

    answers = Answers.NEVER

    def __init__(self, queue: str, library: Any) -> None:
        self._library = library
        self._printer = ctypes.c_void_p()
        self._do("OpenPrinterW", ctypes.c_wchar_p(queue), ctypes.byref(self._printer), None)

    def write(self, data: bytes) -> None:
        """Put it in the queue. Raises OSError."""
        document = _Document("Kassa", None, "RAW")
        self._do("StartDocPrinterW", self._printer, ctypes.c_uint32(1), ctypes.byref(document))
        try:
            written = ctypes.c_uint32()
            self._do("WritePrinter", self._printer, data, ctypes.c_uint32(len(data)), ctypes.byref(written))
            if written.value != len(data):
                raise OSError("the queue took only a part")
        finally:
            self._library.EndDocPrinter(self._printer)

    def read(self) -> bytes:
        """A queue says nothing."""
        return b""

    def close(self) -> None:
        """Let go of the queue."""
        self._library.ClosePrinter(self._printer)

    def _do(self, function: str, *arguments: Any) -> None:
        if not getattr(self._library, function)(*arguments):
            raise OSError(f"{function} failed")
