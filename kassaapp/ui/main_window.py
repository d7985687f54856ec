"""The window: what stands round every screen, and which screen is shown. Decides nothing; `screens/frame.py` does."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QStackedWidget

from kassaapp.app import Desk
from kassaapp.domain.errors import Refused
from kassaapp.i18n import _
from kassaapp.screens.frame import Frame, FrameView, MenuRow, Place, Strip, Wish
from kassaapp.screens.question import Question
from kassaapp.screens.sale import SaleScreen
from kassaapp.screens.status import Tone
from kassaapp.ui.papers import Papers
from kassaapp.ui.room import Room
from kassaapp.ui.stopped_view import StoppedView
from kassaapp.ui.sync_news import SyncNews
from kassaapp.ui.till_rooms import TillRooms
from kassaapp.ui.widgets.announce import announce
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.dress import column, label, row, set_property
from kassaapp.ui.widgets.held_keys import HeldKeys
from kassaapp.ui.widgets.message import Message
from kassaapp.ui.widgets.message_strip import MessageStrip
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.page import Page
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.wording import explain
from sync.client.status import SyncStatus

_TICK_MS = 30_000
"""How often the words about time are looked at again: open since yesterday, offline for long."""


class MainWindow(QMainWindow):
    """A desk, beginning at one of its tills. `guard` is told the time by tests."""

    def __init__(self, desk: Desk, letter: str, guard: DoublePress | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._guard = guard or DoublePress()
        self._stopped = self.has_failed = False
        self._said = ""
        self._held = HeldKeys()
        self.leaving = ModalQuestion(self, self._leave)
        self._stack = QStackedWidget()
        self._tills = {till: self._rooms_of(desk, till) for till in desk.tills}
        self._practice: TillRooms | None = None
        self.now = self._tills[letter]
        self._build()
        self._listen()
        self._resume_practice()
        self.settle()

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────

    def _rooms_of(self, desk: Desk, letter: str) -> TillRooms:
        made = TillRooms(
            desk, letter, self._guard, self, outer=self._desk, settle=self.settle, is_stopped=lambda: self._stopped
        )
        self._stack.addWidget(made.stack)
        return made

    @property
    def frame(self) -> Frame:
        """What stands round the screen of the till that is shown."""
        return self.now.frame

    @property
    def sale(self) -> SaleScreen:
        """The sale at the till that is shown."""
        return self.now.sale

    @property
    def rooms(self) -> dict[Place, Room]:
        """The screens of the till that is shown."""
        return self.now.rooms

    @property
    def papers(self) -> Papers:
        """What makes the papers of the till that is shown."""
        return self.now.papers

    def _build(self) -> None:
        self.strips = MessageStrip(self._act_on_strip)
        self.page = Page()
        page = column(self.page, margins=(16, 12), spacing=12)
        page.addLayout(self._build_state_bar())
        page.addWidget(self.strips)
        page.addWidget(self._stack, 1)
        page.addLayout(self._build_bottom())
        self.setCentralWidget(self.page)

    def _build_state_bar(self) -> QHBoxLayout:
        self.till, self.who = label(kind="till"), label()
        self.training = label(_("ÖVNING"), kind="till")
        set_property(self.training, "state", "training")
        self.who.setMinimumWidth(1)
        self.lock_button = Button(_("&Lås"), key="Ctrl+L")
        self.lock_button.clicked.connect(self._lock)
        self.menu_button = Button(_("Meny"), key="F10")
        self.menu_button.clicked.connect(self._open_menu)
        self.menu = QMenu(self)
        bar = row(spacing=12)
        bar.addWidget(self.till)
        bar.addWidget(self.training)
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
        on_key(self, "F11", self._change_till)
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
        self._stack.setCurrentWidget(self.now.stack)
        self.now.arrive(view.place)

    def _draw_frame(self) -> FrameView:
        view = self.frame.view
        self.setWindowTitle(view.title)
        self.till.setText(f"{view.letter}  {view.till.upper()}")
        self.till.setAccessibleName(_("Kassa {letter}, {till}").format(letter=view.letter, till=view.till))
        set_property(self.till, "state", view.letter)
        self.training.setVisible(view.is_practice)
        self.page.set_hatched(view.is_practice)
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

    def _lock(self) -> None:
        if self._stopped:
            return
        self.frame.lock()
        self.settle()

    def _act_on_strip(self, strip: Strip) -> None:
        if strip.receipts:
            self._print_left()
        elif strip.wish is not None:
            self._fulfil(strip.wish)
        elif strip.place is not None and strip.place is self.now.shown:
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
        if isinstance(shown.to, Place):
            self._go(shown.to)
        else:
            self._fulfil(shown.to)

    def _fulfil(self, wish: Wish) -> None:
        match wish:
            case Wish.SIGN_OUT:
                self.frame.sign_out()
            case Wish.PRACTISE:
                self._begin_practice()
            case Wish.END_PRACTICE:
                self._end_practice()
        self.settle()

    def _print_left(self) -> None:
        self.now.print_left()

    # ── another till, and practice ───────────────────────────────────────────────────────────────────────────────

    def _change_till(self) -> None:
        """To the desk's next till, where its work is; each keeps its own sale, numbers and drawer (R14–R16)."""
        if self._stopped or self.now.is_practice or len(self._tills) == 1:
            return
        if self.frame.may_leave():
            letters = list(self._tills)
            following = letters[(letters.index(self.now.letter) + 1) % len(letters)]
            self._show(self._tills[following])
        self.settle()

    def _show(self, rooms: TillRooms) -> None:
        self.now = rooms
        self.now.shown = None
        self.now.frame.home()

    def _begin_practice(self) -> None:
        """Practise at the till that is shown; what is done then goes to a desk of its own (R43)."""
        if not self.frame.may_leave():
            return
        try:
            self._desk.begin_training(self.now.letter)
        except Refused as refused:
            self.frame.tell(explain(refused))
        else:
            self._resume_practice()

    def _resume_practice(self) -> None:
        """Show the practice at the till that is shown, when there is one: begun now, or before the program ended."""
        practice = self._desk.practice(self.now.letter)
        if practice is not None:
            self._practice = self._rooms_of(practice, self.now.letter)
            self._show(self._practice)

    def _end_practice(self) -> None:
        """Back to work. What was practised stays in its own folder, and counts nowhere."""
        practice = self._practice
        if practice is None or not self.frame.may_leave():
            return
        self._practice = None
        self._stack.removeWidget(practice.stack)
        practice.shut()
        practice.stack.deleteLater()
        self._desk.end_training(practice.letter)
        self._show(self._tills[practice.letter])

    # ── the region ───────────────────────────────────────────────────────────────────────────────────────────────

    def _sync_changed(self, letter: str, _status: SyncStatus) -> None:
        """News from the sync thread, here on the UI thread."""
        if self._stopped:
            return
        self._tills[letter].sync_changed()
        if letter == self.now.letter:
            self.settle()

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
        return self._desk.support

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
        for rooms in (*self._tills.values(), *([self._practice] if self._practice else [])):
            rooms.shut()

    def _close(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window ends the program; what is recorded is recorded. Rows that are not are asked about."""
        if any(rooms.sale.in_progress for rooms in self._tills.values()) and not self._stopped:
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
            self._idle.start(self.now.register.configuration.policy.lock_after_s * 1000)
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
