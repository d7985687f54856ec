"""A till with a receipt printer, for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish as Article
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.ui.papers import Papers
from tests.builders import CARD, PROTECTED, a_patient
from tests.printer.escpos import Sheet
from tests.printer.virtual import VirtualPrinter

CASH = Offer(Tender.CASH, given_ore=50_000)
UNTIL_MS = 10_000


@dataclass
class Counter:
    """A till with its printer; `news` is what was told."""

    desk: Desk
    papers: Papers
    printer: VirtualPrinter
    bot: QtBot
    over: QObject
    news: list[Paper] = field(default_factory=list)

    @property
    def register(self) -> Register:
        return self.desk.register("H")

    def sell(self, *, protected: bool = False, by: Offer = CARD) -> int:
        """A registered visit; its receipt number. Nothing is printed."""
        patient = a_patient(PROTECTED) if protected else a_patient()
        return self.desk.acting("H").sell(patient, [Article(1)], [by]).event.receipt

    def receipt(self, number: int) -> None:
        self.papers.receipt(number, self.news.append)

    def until(self, *papers: Paper) -> None:
        """Wait until that has been told, the newest last."""
        self.bot.waitUntil(lambda: self.news[-len(papers) :] == list(papers), timeout=UNTIL_MS)

    def sheets(self, count: int) -> list[Sheet]:
        """What lies in the tray, once it is so many; and then nothing more comes."""
        self.bot.waitUntil(lambda: len(self.printer.sheets) >= count, timeout=UNTIL_MS)
        self.papers.background.close()
        assert len(self.printer.sheets) == count
        return self.printer.sheets


Opened = Callable[[str], Counter]
