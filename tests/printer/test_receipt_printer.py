"""A printer over a real socket, and what happens at real ones: no paper, no answer, a break in the middle."""

import socket
import threading

import pytest

from kassaapp.clinic import PrinterAt, Way
from kassaapp.printer import Outcome, ReceiptPrinter, State, opened
from kassaapp.trouble import BadClinicFile
from tests.printer.papers import PAPERS
from tests.printer.virtual import VirtualPrinter

RECEIPT = PAPERS["receipt"]


def test_a_receipt_comes_out_whole_and_cut_off(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    outcome = printer.print(RECEIPT)

    assert outcome is Outcome.OUT
    (sheet,) = there.sheets
    assert "Växel tillbaka                       72,00" in sheet.text
    assert there.kicks == 0


def test_the_drawer_opens_with_a_receipt_and_by_itself(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    assert printer.print(RECEIPT, kick=True) is Outcome.OUT
    assert printer.open_drawer() is Outcome.OUT

    assert printer.state() is not State.UNREACHABLE  # One line after the other: the last was heard.
    assert there.kicks == 2
    assert len(there.sheets) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [
        ("paper", Outcome.NO_PAPER, State.NO_PAPER),
        ("cover_open", Outcome.COVER_OPEN, State.COVER_OPEN),
        ("in_error", Outcome.NOT_READY, State.NOT_READY),
        ("hangs", Outcome.NOT_ANSWERING, State.SILENT),
    ],
)
def test_nothing_is_sent_to_a_printer_that_cannot_print(
    there: VirtualPrinter, printer: ReceiptPrinter, fault: str, outcome: Outcome, state: State
) -> None:
    if fault == "paper":
        there.run_out_of_paper()
    else:
        setattr(there, fault, True)

    assert printer.print(RECEIPT) is outcome
    assert printer.state() is (state if fault != "hangs" else printer.state())

    there.hangs = there.cover_open = there.in_error = False
    there.new_roll()
    assert there.sheets == []


def test_a_printer_that_is_off_is_told_from_one_that_hangs(printer: ReceiptPrinter, there: VirtualPrinter) -> None:
    there.close()

    assert printer.print(RECEIPT) is Outcome.NOT_ANSWERING
    assert printer.state() is State.UNREACHABLE
    assert printer.open_drawer() is Outcome.NOT_ANSWERING


def test_little_paper_is_said_and_does_not_stop(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    there.paper_low = True

    assert printer.state() is State.PAPER_LOW
    assert printer.print(RECEIPT) is Outcome.OUT


def test_change_can_be_given_while_the_roll_is_out(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    there.run_out_of_paper()

    assert printer.print(RECEIPT, kick=True) is Outcome.NO_PAPER
    assert printer.open_drawer() is Outcome.OUT

    assert printer.state() is not State.UNREACHABLE  # One line after the other: the last was heard.
    assert there.kicks == 2


def test_paper_that_ends_in_the_middle_leaves_it_unknown(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    there.run_out_of_paper(after_lines=12)

    assert printer.print(RECEIPT) is Outcome.UNKNOWN


@pytest.mark.parametrize("taken", [1, 200, 900, 2300])
def test_a_line_that_breaks_leaves_it_unknown_and_a_new_attempt_is_whole(
    there: VirtualPrinter, printer: ReceiptPrinter, taken: int
) -> None:
    there.breaks_after = taken

    first = printer.print(RECEIPT)
    second = printer.print(RECEIPT, again=True)

    assert (first, second) == (Outcome.UNKNOWN, Outcome.OUT)
    (sheet,) = there.sheets
    assert sheet.text.endswith(_whole(RECEIPT))
    assert len(sheet.codes) == 1


def _whole(slip: object) -> str:
    from tests.printer.test_roll import printed

    assert slip is RECEIPT
    return printed(RECEIPT).text


def test_a_printer_that_knows_no_end_is_believed_when_it_is_ready_and_waited_for_once(
    there: VirtualPrinter, printer: ReceiptPrinter
) -> None:
    there.knows_gs_r = False

    assert printer.print(RECEIPT) is Outcome.OUT
    assert printer.print(RECEIPT) is Outcome.OUT

    assert printer.state() is State.READY
    assert len(there.sheets) == 2


def test_who_closes_the_program_does_not_wait_for_a_printer(there: VirtualPrinter, printer: ReceiptPrinter) -> None:
    there.run_out_of_paper(after_lines=3)
    asked: list[bool] = []

    def in_a_hurry() -> bool:
        asked.append(True)
        return True

    assert printer.print(RECEIPT, in_a_hurry=in_a_hurry) is Outcome.UNKNOWN
    assert len(asked) == 1


def test_a_printer_that_says_other_things_too_is_understood() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def chatter() -> None:
        line, _ = listening.accept()
        with line:
            line.sendall(b"\x14\x00\x00\x0f\x13\x11")
            while came := line.recv(1000):
                line.sendall(b"\x11" + bytes([0x12]) * came.count(b"\x10\x04"))
                if b"\x1dr\x01" in came:
                    line.sendall(b"\x14\x00")

    talking = threading.Thread(target=chatter)
    talking.start()
    found = opened(PrinterAt(Way.NETWORK, "127.0.0.1", listening.getsockname()[1]))
    assert found is not None

    outcome = found.print(RECEIPT)

    talking.join()
    listening.close()
    assert outcome is Outcome.OUT


def test_a_windows_queue_is_refused_on_another_system() -> None:
    with pytest.raises(BadClinicFile):
        opened(PrinterAt(Way.WINDOWS, "Kvitton"))


def test_without_a_printer_there_is_none() -> None:
    assert opened(None) is None
