"""The window: what stands round every screen, and which screen is shown. Decides nothing; `screens/frame.py` does."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QWidget

from kassaapp.app import Desk
from kassaapp.domain.events import SessionClosed
from kassaapp.i18n import _
from kassaapp.register import Sold
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.close_session import CloseScreen
from kassaapp.screens.frame import Frame, FrameView, MenuRow, Place, Strip
from kassaapp.screens.login import LoginScreen
from kassaapp.screens.open_session import OpenScreen
from kassaapp.screens.question import Question
from kassaapp.screens.reports import XReportScreen
from kassaapp.screens.sale import SaleScreen
from kassaapp.screens.status import StatusScreen, Tone
from kassaapp.ui.close_session_view import CloseSessionView
from kassaapp.ui.help_view import HelpView
from kassaapp.ui.login_view import LoginView
from kassaapp.ui.open_session_view import OpenView
from kassaapp.ui.papers import Papers
from kassaapp.ui.reports_view import ReportsView
from kassaapp.ui.room import Room
from kassaapp.ui.sale_view import SaleWindow
from kassaapp.ui.status_view import StatusView
from kassaapp.ui.stopped_view import StoppedView
from kassaapp.ui.sync_news import SyncNews
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import column, label, row, set_property
from kassaapp.ui.widgets.held_keys import HeldKeys
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.message_strip import MessageStrip
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.shortcut import on_key
from sync.client.status import SyncStatus

_TICK_MS = 30_000
"""How often the words about time are looked at again: open since yesterday, offline for long."""


class MainWindow(QMainWindow):
    """One till of the desk. `guard` is told the time by tests."""

    def __init__(self, desk: Desk, letter: str, guard: DoublePress | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._letter = letter
        self._guard = guard or DoublePress()
        self._stopped = self.has_failed = False
        self._last_sold: Sold | None = None
        self._said = ""
        self._place: Place | None = None
        self._held = HeldKeys()
        self.papers = Papers(desk, letter, self, is_stopped=lambda: self._stopped)
        self.leaving = ModalQuestion(self, self._leave)
        self._make_screens()
        self._build()
        self._listen()
        self.settle()

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────

    def _make_screens(self) -> None:
        desk, letter = self._desk, self._letter
        register = desk.register(letter)
        self.sale = SaleScreen(register, desk.history(letter), sold=self._sold)
        self.frame = Frame(
            register,
            self._sync_status,
            in_sale=lambda: self.sale.in_progress,
            lock=desk.lock,
            sign_out=desk.sign_out,
            lost_medium=letter in desk.trouble_at_start,
            is_paying=lambda: self.sale.is_paying,
        )
        self.login = LoginScreen(register, self._sync_status, sign_in=desk.sign_in, signed_in=self.frame.home)
        self.opening = OpenScreen(register, opened=lambda _event: self.frame.home())
        self.closing = CloseScreen(register, self._sync_status, closed=self._closed, left=self.frame.home)
        self.report = XReportScreen(register)
        self.status = StatusScreen(register, self._sync_status)

    def _build(self) -> None:
        support = _("Support: {support}").format(support=self.support) if self.support else ""
        self.rooms: dict[Place, Room] = {
            Place.LOGIN: LoginView(self.login, self._guard, self.settle),
            Place.OPEN: OpenView(self.opening, self._guard, self.settle),
            Place.SALE: SaleWindow(self.sale, self._guard, self.settle, retry_receipt=self._save_receipt),
            Place.CLOSE: CloseSessionView(self.closing, self._guard, self.settle),
            Place.REPORT: ReportsView(self.report, self._home),
            Place.STATUS: StatusView(self.status, self._home),
            Place.HELP: HelpView(support, self._home),
        }
        self._stack = QStackedWidget()
        for room in self.rooms.values():
            assert isinstance(room, QWidget)
            room.draw()
            self._stack.addWidget(room)
        self.strips = MessageStrip(self._act_on_strip)
        inside = QWidget()
        page = column(inside, margins=(16, 12), spacing=12)
        page.addLayout(self._build_state_bar())
        page.addWidget(self.strips)
        page.addWidget(self._stack, 1)
        page.addLayout(self._build_bottom())
        self.setCentralWidget(inside)

    def _build_state_bar(self) -> QHBoxLayout:
        self.till, self.who = label(kind="till"), label()
        self.who.setMinimumWidth(1)
        self.lock_button = Button(_("&Lås"), key="Ctrl+L")
        self.lock_button.clicked.connect(self._lock)
        self.menu_button = Button(_("Meny"), key="F10")
        self.menu_button.clicked.connect(self._open_menu)
        self.menu = QMenu(self)
        bar = row(spacing=12)
        bar.addWidget(self.till)
        bar.addWidget(self.who, 1)
        bar.addWidget(self.lock_button)
        bar.addWidget(self.menu_button)
        return bar

    def _build_bottom(self) -> QHBoxLayout:
        self.sync, self.keys = Message(small=True), label(kind="keys")
        self.keys.setMinimumWidth(1)
        self.keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bottom = row(spacing=12)
        bottom.addWidget(self.sync)
        bottom.addWidget(self.keys, 1)
        return bottom

    def _listen(self) -> None:
        on_key(self, "F1", lambda: self._go(Place.HELP))
        on_key(self, "F10", self._open_menu)
        on_key(self, "Ctrl+L", self._lock)
        on_key(self, "Ctrl+P", self._print_left)
        self.news = SyncNews(self)
        self.news.changed.connect(self._sync_changed)
        self._desk.listen_sync(self.news.tell)
        self.news.failed.connect(_fail_here)
        self._desk.listen_failure(self.news.tell_failure)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._draw_frame)
        self._tick.start()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._lock)
        application().installEventFilter(self)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Draw what stands round the screen, and go to another screen if that is where we are now."""
        if self._stopped:
            return
        view = self._draw_frame()
        room = self.rooms[view.place]
        if self._place is not view.place:
            left, self._place = self._place, view.place
            if left is Place.SALE:
                self._redraw(left)  # What is asked there is not asked over another screen.
            assert isinstance(room, QWidget)
            self._stack.setCurrentWidget(room)
            room.enter()

    def _draw_frame(self) -> FrameView:
        view = self.frame.view
        self.setWindowTitle(view.title)
        self.till.setText(f"{view.letter}  {view.till.upper()}")
        self.till.setAccessibleName(_("Kassa {letter}, {till}").format(letter=view.letter, till=view.till))
        set_property(self.till, "state", view.letter)
        self.who.setText(view.who)
        self.lock_button.setVisible(view.can_lock)
        self.strips.show_strips(view.strips)
        self.sync.show_text(view.sync.text, "quiet" if view.sync.tone is Tone.OK else view.sync.tone.value)
        if view.sync.aloud != self._said:
            self._said = view.sync.aloud
            announce(self, view.sync.aloud, urgent=view.sync.tone is Tone.ERROR)
        self.keys.setText("    ".join(f"{key} {text}" for key, text in view.keys))
        return view

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _go(self, place: Place) -> None:
        if self._stopped:
            return
        self.frame.go(place)
        self.settle()

    def _home(self) -> None:
        self.frame.home()
        self.settle()

    def _lock(self) -> None:
        if self._stopped:
            return
        self.frame.lock()
        self.settle()

    def _act_on_strip(self, strip: Strip) -> None:
        if strip.receipts:
            self._print_left()
        elif strip.place is not None and strip.place is self._place:
            self.rooms[strip.place].enter()
        elif strip.place is not None:
            self._go(strip.place)

    def _open_menu(self) -> None:
        """Rows that a digit picks; the first is marked."""
        if self._stopped:
            return
        self.menu.clear()
        for shown in self.frame.view.menu:
            action = self.menu.addAction(f"&{shown.digit}  {shown.text}")
            action.triggered.connect(lambda _=False, shown=shown: self._pick(shown))
        corner = self.menu_button.mapToGlobal(QPoint(self.menu_button.width(), self.menu_button.height()))
        self.menu.popup(corner - QPoint(self.menu.sizeHint().width(), 0))
        self.menu.setActiveAction(self.menu.actions()[0])

    def _pick(self, shown: MenuRow) -> None:
        if shown.place is None:
            self.frame.sign_out()
            self.settle()
        else:
            self._go(shown.place)

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

    def _print_left(self) -> None:
        """Print what had not come out when the program ended last; what fails stays on its strip."""
        if not self._stopped and self._desk.register(self._letter).user is not None:
            for receipt in self.frame.unprinted:
                self.papers.receipt(receipt, lambda _paper: self.settle())

    def _receipt_news(self, receipt: int, paper: Paper) -> None:
        self.sale.receipt_news(receipt, paper)
        self._redraw(Place.SALE)

    def _closed(self, event: SessionClosed) -> None:
        """The Z is signed: make its paper, and be ready for the next opening."""
        self.opening.session_closed(event)
        self.papers.last_z(lambda paper: self._z_news(event.z, saved=paper is Paper.SAVED))
        self.frame.home()

    def _z_news(self, number: int, *, saved: bool) -> None:
        self.opening.z_saved(number, saved=saved)
        self._redraw(Place.OPEN)

    def _redraw(self, place: Place) -> None:
        """Draw a screen anew; a stopped till has none."""
        if not self._stopped:
            self.rooms[place].draw()

    def _sync_changed(self, letter: str, status: SyncStatus) -> None:
        """News from the sync thread, here on the UI thread."""
        if letter != self._letter or self._stopped:
            return
        if self.sale.may_reprice:
            before = self._desk.register(letter).configuration.number
            self._desk.refresh_configuration(letter)
            if self._desk.register(letter).configuration.number != before:
                self.sale.configuration_taken()
                self._redraw(Place.SALE)
        if self._place is Place.STATUS:
            self._redraw(Place.STATUS)
        self.settle()

    def _sync_status(self) -> SyncStatus:
        return self._desk.sync_status(self._letter)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

    def stop(self, text: str) -> None:
        """Take no more money: show `text` in place of everything, until the program is started anew."""
        if self._stopped:
            return
        self._stopped = self.has_failed = True
        self._idle.stop()
        self._tick.stop()
        view = StoppedView(text, self._close)
        self.setCentralWidget(view)
        view.close_button.setFocus()

    @property
    def support(self) -> str:
        """Whom to call."""
        return self._desk.register(self._letter).configuration.support

    @property
    def is_stopped(self) -> bool:
        """Whether the till has stopped taking money."""
        return self._stopped

    def shut(self) -> None:
        """Let background work finish; the window is not used after this."""
        self._stopped = True
        self._tick.stop()
        self._idle.stop()
        application().removeEventFilter(self)
        self.papers.background.close()

    def _close(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window ends the program; what is recorded is recorded. Rows that are not are asked about."""
        if self.sale.in_progress and not self._stopped:
            event.ignore()
            self.leaving.ask(_unregistered())
            return
        self.shut()
        super().closeEvent(event)

    def _leave(self, number: int) -> None:
        if number == 1:
            self.close_at_once()
        else:
            self.rooms[self.frame.view.place].focus()

    def close_at_once(self) -> None:
        """Close without asking."""
        self.shut()
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every key and touch puts off the idle lock; a key that is kept down counts once."""
        if self._held.swallows(event):
            return True
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._idle.start(self._desk.register(self._letter).configuration.policy.lock_after_s * 1000)
        return super().eventFilter(watched, event)


def _fail_here(error: BaseException) -> None:
    """What ended work on another thread ends the till: as if it had happened here (`start.crash_notice`)."""
    raise error


def _unregistered() -> Question:
    return Question(
        _("En försäljning pågår och är inte registrerad. Stänger du programmet nu försvinner raderna."),
        (_("Fortsätt försäljningen"), _("Stäng programmet ändå")),
    )


def application() -> QApplication:
    """The one application."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
