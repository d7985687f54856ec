"""The way through a Windows queue, with a library of our own in the place of Windows's. Not a proof for Windows."""

import ctypes
from typing import Any

import pytest

from kassaapp.printer import Outcome
from kassaapp.printer.receipt_printer import ReceiptPrinter
from kassaapp.printer.roll import GENERIC
from kassaapp.printer.windows_queue import QueueLine
from tests.printer.escpos import Interpreter
from tests.printer.papers import PAPERS


class Winspool:
    """Answers as the reference of winspool.drv says. `takes` so many bytes of a document."""

    def __init__(self, *, has_queue: bool = True, takes: int = 1_000_000) -> None:
        self.documents: list[tuple[str, str, bytes]] = []
        self.calls: list[str] = []
        self._has_queue = has_queue
        self._takes = takes
        self._begun = ("", "")

    def OpenPrinterW(self, queue: Any, handle: Any, _defaults: None) -> int:
        self.calls.append(f"open {queue.value}")
        ctypes.cast(handle, ctypes.POINTER(ctypes.c_void_p))[0] = 7
        return int(self._has_queue)

    def StartDocPrinterW(self, handle: Any, level: Any, document: Any) -> int:
        told = document._obj
        assert (handle.value, level.value, told.file) == (7, 1, None)
        self._begun = (told.name, told.datatype)
        return 1

    def WritePrinter(self, handle: Any, data: bytes, length: Any, written: Any) -> int:
        assert (handle.value, length.value) == (7, len(data))
        written._obj.value = min(len(data), self._takes)
        self.documents.append((*self._begun, data[: self._takes]))
        return 1

    def EndDocPrinter(self, handle: Any) -> int:
        self.calls.append("end")
        return 1

    def ClosePrinter(self, handle: Any) -> int:
        self.calls.append("close")
        return 1


def a_printer(library: Winspool) -> ReceiptPrinter:
    return ReceiptPrinter(lambda: QueueLine("Kvitton", library), GENERIC)


def test_a_receipt_goes_through_the_queue_unchanged() -> None:
    library = Winspool()

    outcome = a_printer(library).print(PAPERS["receipt"])

    ((name, datatype, data),) = library.documents
    interpreter = Interpreter()
    interpreter.feed(data)
    assert outcome is Outcome.OUT
    assert (name, datatype) == ("Kassa", "RAW")
    assert len(interpreter.sheets) == 1
    assert library.calls == ["open Kvitton", "end", "close"]


def test_a_queue_that_is_not_there_is_not_answering() -> None:
    assert a_printer(Winspool(has_queue=False)).print(PAPERS["receipt"]) is Outcome.NOT_ANSWERING


def test_a_queue_that_takes_a_part_leaves_it_unknown_and_is_let_go_of() -> None:
    library = Winspool(takes=100)

    assert a_printer(library).print(PAPERS["receipt"]) is Outcome.UNKNOWN
    assert library.calls == ["open Kvitton", "end", "close"]


def test_windows_own_library_is_on_windows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from kassaapp.printer import windows_queue

    with pytest.raises(AssertionError):
        windows_queue.winspool()
