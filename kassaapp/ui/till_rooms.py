"""The screens of one till, or of the practice at it: what they are made of, and what follows from what is recorded.

The window has one for each till of its desk and shows one of them; nothing here knows of the others.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from kassaapp.app import Desk
from kassaapp.domain.events import SessionClosed
from kassaapp.i18n import _
from kassaapp.register import Sold
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.close_session import CloseScreen
from kassaapp.screens.frame import Frame, Place
from kassaapp.screens.login import LoginScreen
from kassaapp.screens.open_session import OpenScreen
from kassaapp.screens.reports import XReportScreen
from kassaapp.screens.sale import SaleScreen
from kassaapp.screens.status import StatusScreen
from kassaapp.ui.close_session_view import CloseSessionView
from kassaapp.ui.help_view import HelpView
from kassaapp.ui.login_view import LoginView
from kassaapp.ui.open_session_view import OpenView
from kassaapp.ui.papers import Papers
from kassaapp.ui.reports_view import ReportsView
from kassaapp.ui.room import Room, Settled
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.status_view import StatusView
from kassaapp.ui.widgets.double_press import DoublePress
from sync.client.status import SyncStatus


class TillRooms:
    """`desk` has the till, and in practice is the practice desk; `outer` is where one signs in, out and locks."""

    def __init__(
        self,
        desk: Desk,
        letter: str,
        guard: DoublePress,
        over: QObject,
        *,
        outer: Desk,
        settle: Settled,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.desk = desk
        self._outer = outer
        self.letter = letter
        self.is_practice = desk is not outer
        self.register = desk.register(letter)
        self.shown: Place | None = None
        self._settle = settle
        self._is_over = False
        self._window_stopped = is_stopped
        self._last_sold: Sold | None = None
        self.papers = Papers(desk, letter, over, is_stopped=self._stopped)
        self._make_screens(outer)
        self.rooms = self._make_rooms(guard)
        self.stack = QStackedWidget()
        for room in self.rooms.values():
            assert isinstance(room, QWidget)
            room.draw()
            self.stack.addWidget(room)

    def _make_screens(self, outer: Desk) -> None:
        register = self.register
        self.sale = SaleScreen(register, self.desk.history(self.letter), sold=self._sold)
        self.frame = Frame(
            register,
            self._sync_status,
            in_sale=lambda: self.sale.in_progress,
            lock=outer.lock,
            sign_out=outer.sign_out,
            lost_medium=self.letter in self.desk.trouble_at_start,
            is_paying=lambda: self.sale.is_paying,
            tills=outer.tills,
            is_practice=self.is_practice,
        )
        self.login = LoginScreen(register, self._sync_status, sign_in=outer.sign_in, signed_in=self.frame.home)
        self.opening = OpenScreen(register, opened=lambda _event: self.frame.home())
        self.closing = CloseScreen(register, self._sync_status, closed=self._closed, left=self.frame.home)
        self.report = XReportScreen(register)
        self.status = StatusScreen(register, self._sync_status)

    def _make_rooms(self, guard: DoublePress) -> dict[Place, Room]:
        return {
            Place.LOGIN: LoginView(self.login, guard, self._settle),
            Place.OPEN: OpenView(self.opening, guard, self._settle),
            Place.SALE: SaleWindow(self.sale, guard, self._settle, retry_receipt=self._save_receipt),
            Place.CLOSE: CloseSessionView(self.closing, guard, self._settle),
            Place.REPORT: ReportsView(self.report, self.home),
            Place.STATUS: StatusView(self.status, self.home),
            Place.HELP: HelpView(self._support(), self.home),
        }

    def _support(self) -> str:
        number = self.register.configuration.support
        return _("Support: {support}").format(support=number) if number else ""

    # ── where we are ─────────────────────────────────────────────────────────────────────────────────────────────

    def home(self) -> None:
        """Go where the work is."""
        self.frame.home()
        self._settle()

    def arrive(self, place: Place) -> None:
        """Show the screen of that place, if it is not the one that is shown."""
        if self.shown is place:
            return
        left, self.shown = self.shown, place
        if left is Place.SALE:
            self.redraw(left)  # What is asked there is not asked over another screen.
        room = self.rooms[place]
        assert isinstance(room, QWidget)
        self.stack.setCurrentWidget(room)
        room.enter()

    def redraw(self, place: Place) -> None:
        """Draw a screen anew; a stopped till has none."""
        if not self._stopped():
            self.rooms[place].draw()

    # ── what follows from what is recorded ───────────────────────────────────────────────────────────────────────

    def _sold(self, sold: Sold) -> None:
        self._last_sold = sold
        self._save_receipt()

    def _save_receipt(self) -> None:
        """Make the paper of the last sale."""
        sold = self._last_sold
        assert sold is not None
        receipt = sold.event.receipt
        self.papers.receipt(receipt, lambda paper: self._receipt_news(receipt, paper))

    def print_left(self) -> None:
        """Print what had not come out when the program ended last; what fails stays on its strip."""
        if not self._stopped() and self.register.user is not None:
            for receipt in self.frame.unprinted:
                self.papers.receipt(receipt, lambda _paper: self._settle())

    def _receipt_news(self, receipt: int, paper: Paper) -> None:
        self.sale.receipt_news(receipt, paper)
        self.redraw(Place.SALE)

    def _closed(self, event: SessionClosed) -> None:
        """The Z is signed: make its paper, and be ready for the next opening."""
        self.opening.session_closed(event)
        self.papers.last_z(lambda paper: self._z_news(event.z, saved=paper is Paper.SAVED))
        self.frame.home()

    def _z_news(self, number: int, *, saved: bool) -> None:
        self.opening.z_saved(number, saved=saved)
        self.redraw(Place.OPEN)

    def sync_changed(self) -> None:
        """News from the sync thread: a new price list is taken between two patients."""
        if self.sale.may_reprice:
            before = self.register.configuration.number
            self.desk.refresh_configuration(self.letter)
            if self.register.configuration.number != before:
                self.sale.configuration_taken()
                self.redraw(Place.SALE)
        if self.shown is Place.STATUS:
            self.redraw(Place.STATUS)

    def _sync_status(self) -> SyncStatus:
        return self._outer.sync_status(self.letter)

    def _stopped(self) -> bool:
        return self._is_over or self._window_stopped()

    def shut(self) -> None:
        """Let background work finish; nothing here is used after this, nor what it comes to."""
        self._is_over = True
        self.papers.background.close()
