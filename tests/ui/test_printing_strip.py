"""The strip of a printer that stands still: what it says, what its buttons do, and how it looks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish as Article
from kassaapp.screens.after_sale import Paper
from kassaapp.ui import start, theme
from kassaapp.ui.papers import Papers
from kassaapp.ui.printing_strip import PrintingStrip
from kassaapp.ui.widgets.double_press import DoublePress
from tests.builders import CARD, a_patient
from tests.desks import a_clock, an_enrolled_folder
from tests.printer.virtual import VirtualPrinter, a_virtual_printer


@dataclass
class Counter:
    """A strip above nothing, and the printer it tells of."""

    desk: Desk
    papers: Papers
    strip: PrintingStrip
    over: QWidget
    printer: VirtualPrinter
    bot: QtBot

    def sell(self) -> None:
        """A visit, and its receipt on its way."""
        news: list[Paper] = []
        receipt = self.desk.register("H").sell(a_patient(), [Article(1)], [CARD]).event.receipt
        self.papers.receipt(receipt, news.append)
        self.bot.waitUntil(lambda: news[-1] is not Paper.UNDER_WAY, timeout=10_000)

    def picture(self, folder: Path, name: str) -> None:
        for width in (1280, 960):
            self.over.resize(width, 120)
            self.over.grab().save(str(Path(os.environ.get("KASSA_PICTURES", folder)) / f"strip_{name}_{width}.png"))


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    start.dressed()
    with a_virtual_printer() as printer:
        folder = an_enrolled_folder(tmp_path / "till")
        with (folder / "clinic.toml").open("a", encoding="utf-8") as file:
            file.write(f'printer = "network:127.0.0.1:{printer.port}"\n')
        with Desk.open(folder, a_clock()) as desk:
            desk.sign_in("anber", "123456")
            desk.register("H").open_session(100_000)
            over = QWidget()
            qtbot.addWidget(over)
            papers = Papers(desk, "H", over, is_stopped=lambda: False)
            strip = PrintingStrip(papers, DoublePress(dead_ms=0))
            layout = QVBoxLayout(over)
            layout.addWidget(strip)
            layout.addStretch(1)
            over.show()
            yield Counter(desk, papers, strip, over, printer, qtbot)
            papers.close()


def test_a_printer_that_prints_says_nothing(counter: Counter) -> None:
    counter.sell()

    assert not counter.strip.isVisible()


def test_e50_says_what_to_do_and_its_key_does_it(counter: Counter, tmp_path: Path) -> None:
    counter.printer.run_out_of_paper()
    counter.sell()
    counter.picture(tmp_path, "no_paper")

    assert counter.strip.text.text().startswith("Papperet är slut i kvittoskrivaren.")
    assert counter.strip.button.accessibleName() == "Skriv ut igen"
    assert counter.strip.second.accessibleName() == "Spara som fil i stället"
    counter.printer.new_roll()
    assert counter.strip.press_key()

    counter.bot.waitUntil(lambda: not counter.strip.isVisible(), timeout=10_000)
    assert len(counter.printer.sheets) == 1
    assert not counter.strip.press_key()


def test_with_large_letters_the_words_keep_their_room(counter: Counter, tmp_path: Path) -> None:
    theme.apply(start.dressed(), theme.load(scale=2.0))
    try:
        counter.printer.run_out_of_paper()
        counter.sell()
        counter.over.resize(960, 400)
        counter.bot.wait(1)
        counter.over.grab().save(str(Path(os.environ.get("KASSA_PICTURES", tmp_path)) / "strip_200.png"))

        assert counter.strip.text.width() > 600
        assert counter.strip.button.y() > counter.strip.text.y()
    finally:
        theme.apply(start.dressed(), theme.load())


def test_e52_asks_and_takes_either_answer(counter: Counter, tmp_path: Path) -> None:
    counter.printer.breaks_after = 500
    counter.sell()
    counter.picture(tmp_path, "unknown")

    assert counter.strip.text.text() == "Kassan vet inte om kvitto R0417H-1 skrevs ut. Titta i skrivaren."
    assert not counter.strip.press_key()
    counter.strip.second.click()
    counter.bot.waitUntil(lambda: len(counter.printer.sheets) == 1, timeout=10_000)
    counter.bot.waitUntil(lambda: counter.desk.register("H").unprinted == (), timeout=10_000)

    counter.printer.breaks_after = 500
    counter.sell()
    counter.strip.button.click()
    assert not counter.strip.isVisible()
    assert len(counter.printer.sheets) == 1
    assert counter.desk.register("H").unprinted == ()
