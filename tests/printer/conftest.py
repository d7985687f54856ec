"""A printer for each test that wants one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.clinic import PrinterAt, Way
from kassaapp.printer import ReceiptPrinter, network, opened, receipt_printer
from kassaapp.ui.papers import Papers
from tests.desks import a_clock, an_enrolled_folder
from tests.printer.counters import Counter, Opened
from tests.printer.virtual import VirtualPrinter, a_virtual_printer

os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in vain is not waited for long."""
    monkeypatch.setattr(network, "ANSWER_S", 0.4)
    monkeypatch.setattr(network, "WRITE_S", 0.5)
    monkeypatch.setattr(receipt_printer, "PATIENCE", 3)


@pytest.fixture
def there() -> Iterator[VirtualPrinter]:
    """A printer that is on, with paper in it."""
    with a_virtual_printer() as printer:
        yield printer


@pytest.fixture
def printer(there: VirtualPrinter) -> ReceiptPrinter:
    """Our end of it."""
    found = opened(PrinterAt(Way.NETWORK, "127.0.0.1", there.port))
    assert found is not None
    return found


@pytest.fixture
def open_counter(qtbot: QtBot, tmp_path: Path, there: VirtualPrinter) -> Iterator[Opened]:
    """Opens a till on a folder with these lines added to its clinic file, Anna Berg signed in and the till open."""
    opened: list[Counter] = []

    def open_it(lines: str) -> Counter:
        folder = tmp_path / "till"
        if not folder.exists():
            an_enrolled_folder(folder)
            with (folder / "clinic.toml").open("a", encoding="utf-8") as file:
                file.write(lines.replace("PORT", str(there.port)))
        desk, over = Desk.open(folder, a_clock()), QObject()
        papers = Papers(desk, "H", over, is_stopped=lambda: False)
        desk.sign_in("anber", "123456")
        if desk.register("H").state.session is None:
            desk.register("H").open_session(100_000)
        opened.append(Counter(desk, papers, there, qtbot, over))
        return opened[-1]

    yield open_it
    for counter in opened:
        counter.papers.close()
        counter.desk.close()


@pytest.fixture
def counter(open_counter: Opened) -> Counter:
    """With a receipt printer."""
    return open_counter('printer = "network:127.0.0.1:PORT"\n')
