"""The glass of one till, or of the practice at it: a room for each of its screens, of which one is shown."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from kassaapp.app import Desk
from kassaapp.i18n import _
from kassaapp.screens.display import DisplayScreen
from kassaapp.screens.drawer_job import Job
from kassaapp.screens.frame import Frame, Place
from kassaapp.screens.other_till import Open
from kassaapp.screens.sale import SaleScreen
from kassaapp.screens.scanned import Scan, kind_of
from kassaapp.ui import sound
from kassaapp.ui.a_conto_view import AContoWindow
from kassaapp.ui.about_view import AboutWindow
from kassaapp.ui.close_session_view import CloseSessionView
from kassaapp.ui.display_view import DisplayWindow
from kassaapp.ui.drawer_view import DrawerWindow
from kassaapp.ui.export_view import ExportWindow
from kassaapp.ui.help_view import HelpView
from kassaapp.ui.login_view import LoginView
from kassaapp.ui.open_session_view import OpenView
from kassaapp.ui.patient_history_view import PatientHistoryWindow
from kassaapp.ui.period_report_view import PeriodReportWindow
from kassaapp.ui.receipts_view import ReceiptsWindow
from kassaapp.ui.reports_view import ReportsView
from kassaapp.ui.room import Room, Settled
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.status_view import StatusView
from kassaapp.ui.till_screens import TillScreens
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.field import forget_secrets
from kassaapp.ui.z_list_view import ZListView


class TillRooms:
    """`desk`, `outer`, `settle` and `other_till` as in `TillScreens`; `display` is the one of the window."""

    def __init__(
        self,
        desk: Desk,
        letter: str,
        guard: DoublePress,
        over: QObject,
        *,
        outer: Desk,
        display: DisplayScreen,
        settle: Settled,
        is_stopped: Callable[[], bool],
        other_till: Open | None,
    ) -> None:
        self._guard = guard
        self._display = display
        self._settle = settle
        self._window_stopped = is_stopped
        self._is_over = False
        self.shown: Place | None = None
        self.rooms: dict[Place, Room] = {}
        self.screens = TillScreens(
            desk,
            letter,
            over,
            outer=outer,
            redraw=self.redraw,
            settle=settle,
            is_stopped=self._stopped,
            other_till=other_till,
        )
        self.stack = QStackedWidget()

    def build_anew(self) -> None:
        """Make every room that there is once more: a widget takes its words and lengths when it is made. The screens,
        and so all that was typed and chosen, are the same."""
        if self.rooms:
            self._build()

    def _build(self) -> None:
        before = [self.stack.widget(place) for place in range(self.stack.count())]
        self.rooms = self._make_rooms()
        for room in self.rooms.values():
            room.draw()
            self.stack.addWidget(_widget(room))
        for old in before:
            assert old is not None
            self.stack.removeWidget(old)
            old.deleteLater()
        if self.shown is not None:
            self._raise(self.shown)

    def _make_rooms(self) -> dict[Place, Room]:
        screens, guard, settle = self.screens, self._guard, self._settle
        return {
            Place.LOGIN: LoginView(screens.login, guard, settle),
            Place.OPEN: OpenView(screens.opening, guard, settle),
            Place.SALE: SaleWindow(
                screens.sale,
                guard,
                settle,
                retry_receipt=screens.print_last,
                to_history=lambda: self.go(Place.HISTORY),
            ),
            Place.RECEIPTS: ReceiptsWindow(screens.receipts, guard, settle, lambda: self.go(Place.DRAWER)),
            Place.HISTORY: PatientHistoryWindow(screens.history, lambda: screens.sale.draft.patient, settle),
            Place.A_CONTO: AContoWindow(screens.a_conto, guard, settle),
            Place.DRAWER: DrawerWindow(screens.drawer, guard, settle),
            Place.CLOSE: CloseSessionView(screens.closing, guard, settle),
            Place.REPORT: ReportsView(
                screens.report,
                self.back,
                older=lambda: self.go(Place.Z_LIST),
                period=lambda: self.go(Place.PERIOD),
            ),
            Place.Z_LIST: ZListView(
                screens.z_list,
                self.back,
                period=lambda: self.go(Place.PERIOD),
                take_out=lambda: self.go(Place.EXPORT),
            ),
            Place.PERIOD: PeriodReportWindow(screens.period, self.back, lambda: self.go(Place.EXPORT)),
            Place.EXPORT: ExportWindow(screens.export, guard, self.back),
            Place.STATUS: StatusView(screens.status, self.back),
            Place.DISPLAY: DisplayWindow(self._display, guard, self.back, about=lambda: self.go(Place.ABOUT)),
            Place.ABOUT: AboutWindow(screens.about, self.back),
            Place.HELP: HelpView(self._support(), self.back),
        }

    def _support(self) -> str:
        number = self.screens.register.configuration.support
        return _("Support: {support}").format(support=number) if number else ""

    # ── where we are ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def letter(self) -> str:
        """The till's."""
        return self.screens.letter

    @property
    def frame(self) -> Frame:
        """What stands round the screen."""
        return self.screens.frame

    @property
    def sale(self) -> SaleScreen:
        """The sale here."""
        return self.screens.sale

    def back(self) -> None:
        """A step back, to where one came from."""
        self.frame.back()
        self._settle()

    def go(self, place: Place) -> None:
        """Go to a screen, if it can be gone to now."""
        self.screens.go(place)

    def count(self) -> None:
        """Go to count what lies in the drawer."""
        room = self.rooms[Place.DRAWER]
        assert isinstance(room, DrawerWindow)
        room.enter_for(Job.COUNT)
        if self.shown is Place.DRAWER:
            room.enter()
        self.screens.go(Place.DRAWER, anew=True)

    def show_parked(self) -> None:
        """Show what lies aside in the sale."""
        room = self.rooms[Place.SALE]
        assert isinstance(room, SaleWindow)
        room.show_parked()

    def scan(self, text: str) -> None:
        """Something was scanned: it goes to the screen that is shown, and a receipt's code to the receipts."""
        room = self.rooms.get(self.frame.view.place)
        if isinstance(room, SaleWindow | ReceiptsWindow | AContoWindow):
            room.scan(text)
        elif kind_of(text) is Scan.PAPER and self.frame.view.place not in (Place.LOGIN, Place.OPEN, Place.CLOSE):
            self.screens.receipts.show_scanned(text)
            self.screens.go(Place.RECEIPTS, anew=True)
        else:
            sound.beep()

    def arrive(self, place: Place, *, is_back: bool = False) -> None:
        """Show the screen of that place, if it is not the one that is shown; as it was left where one comes back."""
        if self.shown is place:
            return
        if not self.rooms:
            self._build()  # Not before: a till that nobody goes to costs the start nothing.
        left, self.shown = self.shown, place
        if left is Place.SALE and not self._stopped():
            self.rooms[left].draw()  # What is asked there is not asked over another screen.
        if left is not None:
            forget_secrets(_widget(self.rooms[left]))  # No PIN stays in a screen that is left.
        room = self._raise(place)
        if is_back and place is not Place.SALE:
            self._guard.begin()
            room.draw()
            room.focus()
        else:
            room.enter()

    def _raise(self, place: Place) -> Room:
        room = self.rooms[place]
        self.stack.setCurrentWidget(_widget(room))
        return room

    def redraw(self, place: Place) -> None:
        """Draw a screen anew if it is the one that is shown, for any other is drawn when it is gone to; a stopped till
        has none, nor has one that is being made."""
        if not self._stopped() and place is self.shown and place in self.rooms:
            self.rooms[place].draw()

    def sync_changed(self) -> None:
        """News from the sync thread."""
        self.screens.sync_changed()
        if self.shown is Place.STATUS:
            self.redraw(Place.STATUS)

    def _stopped(self) -> bool:
        return self._is_over or self._window_stopped()

    def shut(self) -> None:
        """Let background work finish; nothing here is used after this, nor what it comes to."""
        self._is_over = True
        self.screens.shut()


def _widget(room: Room) -> QWidget:
    """Every room is one."""
    assert isinstance(room, QWidget)
    return room
