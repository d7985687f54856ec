"""The way to a printer on a cable, with a terminal's two ends for the device, and a plain file."""

import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.clinic import PrinterAt, Way
from kassaapp.printer import Outcome, ReceiptPrinter, State, device, opened
from kassaapp.printout.slip import Slip, Text
from tests.printer.escpos import Interpreter
from tests.printer.papers import PAPERS
from tests.printer.virtual import REAL_TIME

RECEIPT = PAPERS["receipt"]


class SerialPrinter:
    """A printer at the far end of a cable. `answers`: whether its cable has a wire back."""

    def __init__(self, *, answers: bool) -> None:
        self.processor = Interpreter()
        self._answers = answers
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        self.path = Path(os.ttyname(self._near))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        pending = b""
        while True:
            try:
                pending += os.read(self._far, 4096)
            except OSError:
                return
            asked, plain = REAL_TIME.findall(pending), REAL_TIME.sub(b"", pending)
            pending = plain[-2:] if plain.endswith((b"\x10", b"\x10\x04")) else b""
            said = b"\x12" * len(asked) + self.processor.feed(plain[: len(plain) - len(pending)])
            if self._answers and said:
                os.write(self._far, said)

    def close(self) -> None:
        """Pull the cable."""
        os.close(self._near)
        os.close(self._far)
        self._thread.join(timeout=5)


@pytest.fixture(params=[True, False], ids=["answers", "silent"])
def cable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SerialPrinter]:
    monkeypatch.setattr(device, "ANSWER_S", 0.3)
    monkeypatch.setattr(device, "STALL_S", 0.3)
    printer = SerialPrinter(answers=request.param)
    yield printer
    printer.close()


def a_printer_at(path: Path) -> ReceiptPrinter:
    printer = opened(PrinterAt(Way.FILE, str(path)))
    assert printer is not None
    return printer


def test_a_receipt_comes_out_of_a_printer_on_a_cable(cable: SerialPrinter) -> None:
    printer = a_printer_at(cable.path)

    outcome = printer.print(RECEIPT, kick=True)

    assert outcome is Outcome.OUT
    assert printer.state() in (State.READY, State.SILENT)
    assert [len(sheet.codes) for sheet in cable.processor.sheets] == [1]
    assert cable.processor.kicks == 1


def test_a_printer_that_is_pulled_out_is_not_answering(tmp_path: Path) -> None:
    printer = a_printer_at(tmp_path / "lp0")

    assert printer.print(RECEIPT) is Outcome.NOT_ANSWERING
    assert printer.state() is State.UNREACHABLE
    assert not (tmp_path / "lp0").exists()


def test_a_printer_that_takes_no_more_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "ANSWER_S", 0.1)
    monkeypatch.setattr(device, "STALL_S", 0.2)
    far, near = os.openpty()
    tty.setraw(near)
    long = Slip("x", (Text("Kontantfakturering"),) * 20_000)

    outcome = a_printer_at(Path(os.ttyname(near))).print(long)

    os.close(near)
    os.close(far)
    assert outcome is Outcome.UNKNOWN


def test_a_plain_file_takes_it_all(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    path.touch()

    outcome = a_printer_at(path).print(RECEIPT)

    interpreter = Interpreter()
    interpreter.feed(path.read_bytes())
    assert outcome is Outcome.OUT
    assert len(interpreter.sheets) == 1
