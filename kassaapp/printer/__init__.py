"""The receipt printer: a slip goes out on the roll, or it is known what became of it. No queue and no journal here.

`opened` gives the printer that the clinic file names, or None when papers are put as PDF. `roll` writes a slip in the
printer's language; `network`, `device` and `windows_queue` are the ways there, all of them a `receipt_printer.Line`.
"""

import sys
from functools import partial
from pathlib import Path

from kassaapp.clinic import PrinterAt, Way
from kassaapp.printer import device, network, roll, windows_queue
from kassaapp.printer.receipt_printer import Opener, Outcome, ReceiptPrinter, State
from kassaapp.trouble import BadClinicFile

__all__ = ["Outcome", "ReceiptPrinter", "State", "opened"]


def opened(at: PrinterAt | None, model: str | None = None) -> ReceiptPrinter | None:
    """The printer at that place; nothing is sent to it yet. `model` is a name of escpos-printer-db.

    Raises BadClinicFile for a model that is not in it, and for a Windows queue on another system.
    """
    if at is None:
        return None
    return ReceiptPrinter(_opener(at), roll.GENERIC if model is None else roll.model(model))


def _opener(at: PrinterAt) -> Opener:
    match at.way:
        case Way.NETWORK:
            return partial(network.NetworkLine, at.where, at.port)
        case Way.FILE:
            return partial(device.DeviceLine, Path(at.where))
        case Way.WINDOWS:
            if sys.platform == "win32":
                return partial(windows_queue.QueueLine, at.where, windows_queue.winspool())
            raise BadClinicFile("printer")
