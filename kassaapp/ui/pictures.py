"""Takes a picture of every screen, with a demo till behind it: for documents, for the demo on a machine without a
display, and for looking at what has been changed.

The till is real and the window is the one that the counter has; only the clock stands still.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kassaapp import demo
from kassaapp.app import Clock, Desk
from kassaapp.domain.visit import Tender
from kassaapp.screens.frame import Place
from kassaapp.screens.payment import CashPayment
from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow

SIZES = ((1280, 720), (1024, 768))
"""The windows that the screens are drawn for; the first is the usual one."""

_MORNING = datetime(2026, 11, 23, 7, 42, tzinfo=timezone(timedelta(hours=1)))
_ADULT, _TWENTY, _OLD = "19610118-2803", "20051231-2398", "19400405-7032"


def take(folder: Path) -> list[Path]:
    """Take the pictures with a fresh demo till of their own; where they are. Sets the clock of that till alone."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    clock = Clock()
    clock.set(_MORNING)
    with tempfile.TemporaryDirectory() as data:
        demo.enrol(Path(data), now=clock)
        with Desk.open(Path(data), clock) as desk:
            return take_of(desk, folder)


def take_of(desk: Desk, folder: Path) -> list[Path]:
    """Take the pictures on a demo desk whose till H is closed and has nobody signed in; sells and closes at it."""
    assert desk.clinic.demo, "pictures are never taken of a clinic's own till"
    start.dressed()
    folder.mkdir(parents=True, exist_ok=True)
    sitting = _Sitting(desk, folder)
    try:
        sitting.whole_day()
    finally:
        sitting.window.shut()
        sitting.window.hide()
        sitting.window.deleteLater()
    return sitting.taken


class _Sitting:
    """A window, and what was taken of it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.taken: list[Path] = []
        self.window = MainWindow(desk, "H")
        self.window.show()
        self.window.activateWindow()

    def whole_day(self) -> None:
        """From signing in to closing."""
        self.take("01-logga-in")
        self.desk.sign_in("anber", "123456")
        self.window.frame.home()
        self.opening()
        self.selling()
        self.paying()
        self.looking_back()
        self.closing()

    def opening(self) -> None:
        """The count, and a difference."""
        opening = self.window.now.screens.opening
        for value_ore, pieces in ((10_000, "4"), (5_000, "4"), (2_000, "12"), (1_000, "8"), (500, "10"), (100, "10")):
            opening.count.type_pieces(value_ore, pieces)
        self.take("02-oppna-kassa")
        opening.open()
        self.take("03-oppna-kassa-skillnad")
        opening.recount()
        opening.count.type_pieces(1_000, "10")
        opening.open()

    def selling(self) -> None:
        """A first visit, a question, rows, and a card shown."""
        sale = self.window.sale
        sale.enter_patient(_ADULT)
        self.take("04-forsta-besoket")
        sale.enter_name("Test Testsson")
        for article in ("1", "2"):
            sale.enter_article(article)
        self.take("05-forsaljning")
        sale.enter_patient(_TWENTY)
        self.take("06-byta-patient")
        sale.answer(0)
        sale.open_frikort()
        self.take("07-frikort")
        sale.back()

    def paying(self) -> None:
        """Every tender, what follows, and a visit at no charge."""
        sale = self.window.sale
        sale.pay(Tender.CARD)
        self.take("08-kort")
        sale.pay(Tender.SWISH)
        self.take("09-swish")
        sale.pay(Tender.CASH)
        assert isinstance(sale.payment, CashPayment)
        sale.payment.type("3000")
        sale.payment.register()
        self.take("10-kontant-fraga")
        sale.payment.type("500")
        self.take("11-kontant")
        sale.payment.register()
        self.take("12-efter-forsaljningen")
        sale.enter_patient(_OLD)
        sale.enter_name("Åke Öberg")
        sale.enter_article("1")
        self.take("13-utan-betalning")
        sale.register_free()

    def looking_back(self) -> None:
        """What has been, what is moved without a patient, and how the till looks and is."""
        places = (
            (Place.RECEIPTS, "21-kvitton"),
            (Place.A_CONTO, "22-a-conto"),
            (Place.DRAWER, "23-vaxelkassa"),
            (Place.DISPLAY, "24-visning"),
            (Place.ABOUT, "25-om-kassan"),
            (Place.REPORT, "14-x-rapport"),
            (Place.STATUS, "15-synkstatus"),
            (Place.HELP, "16-hjalp"),
        )
        for place, name in places:
            self.window.frame.go(place)
            self.take(name)

    def closing(self) -> None:
        """The close."""
        self.window.frame.go(Place.CLOSE)
        self.window.settle()
        closing = self.window.now.screens.closing
        for value_ore, pieces in ((50_000, "1"), (10_000, "6"), (2_000, "2"), (100, "10")):
            closing.count.type_pieces(value_ore, pieces)
        self.take("17-stang-rakna")
        closing.counted()
        self.take("18-stang-kort-och-swish")
        closing.compare()
        self.take("19-stang-jamfor")
        closing.reason.choose(1)
        closing.sign("123456")
        self.window.frame.home()
        self.take("20-stangd")

    def take(self, name: str) -> None:
        """The window as it is now, in every size."""
        self.window.settle()
        for width, height in SIZES:
            self.window.resize(width, height)
            room = self.window.rooms[self.window.frame.view.place]
            _until_still(room.draw, room.focus)
            self.window.resize(width, height)  # It may have been made larger before the layout was settled.
            QApplication.processEvents()
            suffix = "" if (width, height) == SIZES[0] else f"-{width}"
            path = self.folder / f"{name}{suffix}.png"
            assert self.window.grab().save(str(path)), path
            self.taken.append(path)


def _until_still(draw: Callable[[], None], focus: Callable[[], None]) -> None:
    """Draw, and let the layout settle: what is shown decides what there is room for."""
    for _ in range(3):
        draw()
        focus()
        QApplication.processEvents()
