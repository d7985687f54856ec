"""Puts the papers of a till on paper beside the counter's work, and on record that an original has come out.

On the roll where the clinic file names a receipt printer, on A4 where it names one for that, else as PDF files. A slip
is made here and now, from the records as they are; only its printing is done beside the till.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from kassaapp import papers
from kassaapp.app import Desk
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import DepositRepaid, DepositTaken
from kassaapp.domain.visit import Tender
from kassaapp.history import Receipt
from kassaapp.papers import Closing
from kassaapp.printer import Outcome, State
from kassaapp.printout.cash_slip import CashMoved
from kassaapp.printout.invoice import DOCUMENT
from kassaapp.printout.slip import Slip
from kassaapp.register import Register
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.printing import Job, Printing, PrintingView, Wish
from kassaapp.trouble import FATAL, Trouble
from kassaapp.ui.background import Background

log = logging.getLogger(__name__)

News = Callable[[Paper], None]


class Papers(QObject):
    """`is_stopped`: nothing is written any more, so what came out is asked about at the next start. `changed` is
    emitted when `view` has something else to say."""

    changed = Signal()

    def __init__(self, desk: Desk, letter: str, over: QObject, *, is_stopped: Callable[[], bool]) -> None:
        super().__init__(over)
        self._desk = desk
        self._letter = letter
        self._is_stopped = is_stopped
        self._closing = threading.Event()
        self.background = Background(self)
        self._roll = Printing(self.background.run, self.changed.emit)
        self._a4 = Printing(self.background.run, self.changed.emit, is_roll=False)

    # ── what there is to say ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> PrintingView:
        """What there is to say of the printers."""
        return self._roll.view if self._roll.view.text else self._a4.view

    def do(self, wish: Wish) -> None:
        """Do what a button of `view` stands for."""
        if not self._is_stopped():
            (self._roll if self._roll.view.text else self._a4).do(wish)

    # ── papers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def receipt(self, receipt: int, news: News, *, asked: bool = False) -> None:
        """Make the original of a receipt number, and tell what becomes of it. One with protected identity is made only
        when somebody has `asked` for it (DOMAIN 6.3); one that is on its way, or out of a printer, never again.
        Raises UnknownReceipt."""
        event = self._desk.memory(self._letter).receipt(receipt).event
        slips, register = self._desk.slips(self._letter), self._desk.acting(self._letter)
        news(Paper.UNDER_WAY)
        if event.patient.protected and not asked:
            news(Paper.KEPT)
        elif self._roll.has(slips.receipt_name(receipt)) or self._a4.has(slips.receipt_name(receipt)):
            self.do(Wish.AGAIN)
        elif register.receipts.is_printed(receipt) and self._way(large=self._is_invoice(event)) is not None:
            news(Paper.PRINTED)
        else:
            self._make(
                slips.receipt_name(receipt),
                slips.receipt(receipt),
                news,
                out=lambda: self._record(register, receipt),
                original=True,
                kick=slips.marking is None and _moves_cash(event),
                large=self._is_invoice(event),
            )

    def copy(self, receipt: int, news: News) -> None:
        """Make the paper of the one copy of a receipt, which is on record already (`Register.copy`, R41)."""
        slips, register = self._desk.slips(self._letter), self._desk.acting(self._letter)
        assert register.receipts.sale(receipt).copied, "a copy is on record before it is made"
        news(Paper.UNDER_WAY)
        event = self._desk.memory(self._letter).receipt(receipt).event
        name = f"{slips.receipt_name(receipt)}-kopia"
        self._make(name, slips.receipt(receipt, copy=True), news, large=self._is_invoice(event))

    def z(self, closed: Closing, news: News, *, copy: bool = False) -> None:
        """Make the Z report of a session; a `copy` of it says so (R46)."""
        slips = self._desk.slips(self._letter)
        name = slips.z_name(closed)
        self._make(f"{name}-kopia" if copy else name, slips.z(closed, copy=copy), news, large=True)

    def last_z(self, news: News) -> None:
        """Make the newest Z report."""
        closed = self._desk.history(self._letter).last_closing()
        assert closed is not None
        self.z(closed, news)

    def z_again(self, number: int, news: News) -> None:
        """Make a copy of the Z report of that number."""
        self.z(self._desk.slips(self._letter).closed(number), news, copy=True)

    def cash(self, moved: CashMoved, news: News) -> None:
        """Open the drawer for cash that has just moved without a patient, and make the slip of it."""
        slips = self._desk.slips(self._letter)
        self._make(slips.cash_name(moved), slips.cash(moved), news, kick=slips.marking is None)

    def slip(self, name: str, slip: Slip, news: News, *, kick: bool = False, large: bool = False) -> None:
        """Make any other paper, such as an X report. `name` is what its file is called, with no person in it;
        `kick` opens the drawer; `large`: it suits A4 better than the roll, as reports do."""
        self._make(name, slip, news, kick=kick, large=large)

    def test(self, news: News) -> None:
        """Make the slip that a receipt printer is tried with."""
        self._make("testutskrift", self._desk.slips(self._letter).test(self._desk.clock()), news)

    # ── the printer itself ───────────────────────────────────────────────────────────────────────────────────────

    def open_drawer(self, news: Callable[[Outcome], None]) -> None:
        """Open the drawer, when there is a printer that can; that it was opened is on record already."""
        printer = self._desk.printer
        if printer is not None:
            self.background.run(printer.open_drawer, news, _raise)

    def state(self, news: Callable[[State], None]) -> None:
        """Ask the receipt printer how it is, when there is one."""
        printer = self._desk.printer
        if printer is not None:
            self.background.run(printer.state, news, _raise)

    def close(self) -> None:
        """Let what is under way finish, and wait for no printer. What has not come out and is no receipt becomes a
        file: of a receipt the journal knows, of these nobody would ask."""
        self._closing.set()
        self.background.close()
        for job in (*self._roll.left, *self._a4.left):
            if not job.original:
                _put_at_the_end(job)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _make(
        self,
        name: str,
        slip: Slip,
        news: News,
        *,
        out: Callable[[], None] = lambda: None,
        original: bool = False,
        kick: bool = False,
        large: bool = False,
    ) -> None:
        """Send a slip on its way."""
        put = partial(papers.put, self._desk.paper_folder(self._letter), name, slip)
        way = self._way(large=large)
        if way is None:
            self.background.run(put, lambda _path: _saved(out, news), _unless_bug(lambda: news(Paper.FAILED)))
            return
        print_ = self._on_roll(slip, kick=kick) if way is self._roll else self._on_a4(slip)
        way.add(Job(name, slip.title, original, print_, put, out, news))

    def _way(self, *, large: bool) -> Printing | None:
        """The printer for a paper, or None where there is none."""
        has_roll, has_a4 = self._desk.printer is not None, self._desk.clinic.a4_printer is not None
        if large:
            return self._a4 if has_a4 else (self._roll if has_roll else None)
        return self._roll if has_roll else (self._a4 if has_a4 else None)

    def _on_roll(self, slip: Slip, *, kick: bool) -> Callable[[bool], Outcome]:
        printer = self._desk.printer
        assert printer is not None
        drawer = [kick]

        def print_it(again: bool) -> Outcome:
            outcome = printer.print(slip, kick=drawer[0], again=again, in_a_hurry=self._closing.is_set)
            drawer[0] = drawer[0] and outcome is Outcome.NOT_ANSWERING
            return outcome

        return print_it

    def _on_a4(self, slip: Slip) -> Callable[[bool], Outcome]:
        name = self._desk.clinic.a4_printer
        assert name is not None

        def print_it(_again: bool) -> Outcome:
            from kassaapp.ui import a4  # Loads Qt's printing, which few need.

            return a4.print_slip(slip, name)

        return print_it

    def _is_invoice(self, event: Receipt) -> bool:
        return not isinstance(event, DepositTaken | DepositRepaid) and (
            self._desk.acting(self._letter).till.document == DOCUMENT
        )

    def _record(self, register: Register, receipt: int) -> None:
        """Put on record that an original is out. Where that cannot be done it is asked about at the next start: the
        practice is over, the till has stopped, or who is at it may only read."""
        if self._is_stopped() or register not in (self._desk.register(self._letter), self._desk.acting(self._letter)):
            return
        try:
            register.printed(receipt)
        except Refused:
            return


def _put_at_the_end(job: Job) -> None:
    try:
        job.put()
    except OSError as error:
        log.warning("%s could not be put as a file: %s", job.name, type(error).__name__)


def _moves_cash(event: Receipt) -> bool:
    return any(payment.by is Tender.CASH for payment in event.payments)


def _saved(out: Callable[[], None], news: News) -> None:
    out()
    news(Paper.SAVED)


def _raise(error: Exception) -> None:
    raise error


def _unless_bug(tell: Callable[[], None]) -> Callable[[Exception], None]:
    """What the environment did is told; a bug goes on as one, and so does what ends the program."""

    def failed(error: Exception) -> None:
        if not isinstance(error, OSError | Trouble) or isinstance(error, FATAL):
            raise error
        tell()

    return failed
