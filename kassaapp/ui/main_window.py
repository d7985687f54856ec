"""The window: what stands round every screen, and which screen is shown. Decides nothing; `screens/frame.py` does."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QCloseEvent, QInputEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget

from kassaapp.app import Desk
from kassaapp.display import Display
from kassaapp.display import write as write_display
from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import Wish as BasketWish
from kassaapp.domain.visit import Patient
from kassaapp.i18n import _, use_language
from kassaapp.screens.display import DisplayScreen
from kassaapp.screens.frame import Frame, FrameView, MenuRow, Place, Strip, Wish
from kassaapp.screens.question import Question
from kassaapp.screens.sale import SaleScreen
from kassaapp.ui import sound, theme
from kassaapp.ui.customer_display import CustomerWindow, follow_screens
from kassaapp.ui.keypad import Keypad
from kassaapp.ui.papers import Papers
from kassaapp.ui.room import Prints, Room
from kassaapp.ui.scanner import Scanner
from kassaapp.ui.stopped_view import StoppedView
from kassaapp.ui.surround import Surround
from kassaapp.ui.sync_news import SyncNews
from kassaapp.ui.till_rooms import TillRooms
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.held_keys import HeldKeys
from kassaapp.ui.widgets.modal import ModalQuestion
from kassaapp.ui.widgets.shortcut import on_key
from kassaapp.wording import explain
from sync.client.status import SyncStatus

_TICK_MS = 30_000
"""How often the words about time are looked at again: open since yesterday, offline for long."""


class MainWindow(QMainWindow):
    """A desk, beginning at one of its tills, dressed as `display` says. `guard` is told the time by tests."""

    def __init__(
        self, desk: Desk, letter: str, guard: DoublePress | None = None, display: Display | None = None
    ) -> None:
        super().__init__()
        self._desk = desk
        self._guard = guard or DoublePress()
        worn = display or Display()
        self._guard.use(worn.double_press_ms)
        self._stopped = self.has_failed = False
        self._held, self._keypad = HeldKeys(), Keypad(self._open_menu)
        self.leaving = ModalQuestion(self, self._leave)
        self.display = DisplayScreen(
            worn,
            wear=self._wear,
            keep=lambda chosen: write_display(desk.folder, chosen),
            has_contrast=lambda: theme.has_contrast_theme(application()),
        )
        self.customer = CustomerWindow() if desk.clinic.customer_display else None
        self._stack = QStackedWidget()
        self._tills = {till: self._rooms_of(desk, till) for till in desk.tills}
        self._practice: TillRooms | None = None
        self.now = self._tills[letter]
        self._build()
        self._listen()
        self._resume_practice()
        self.settle()
        if self.customer is not None:
            follow_screens(self.customer, self)

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────

    def _rooms_of(self, desk: Desk, letter: str) -> TillRooms:
        made = TillRooms(
            desk,
            letter,
            self._guard,
            self,
            outer=self._desk,
            display=self.display,
            settle=self.settle,
            is_stopped=lambda: self._stopped,
            other_till=self._open_other if len(self._desk.tills) > 1 and desk is self._desk else None,
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
        return self.now.screens.papers

    def _all(self) -> list[TillRooms]:
        return [*self._tills.values(), *([self._practice] if self._practice is not None else [])]

    def _build(self) -> None:
        self.around = Surround(
            self._stack,
            act=self._act_on_strip,
            lock=self._lock,
            menu=self._open_menu,
            pick=self._pick,
            parked=self._show_parked,
        )
        self._listen_to_printers()
        self.setCentralWidget(self.around)

    def _listen_to_printers(self) -> None:
        self.around.listen_to([rooms.screens.papers for rooms in self._all()], self._guard)

    def _listen(self) -> None:
        on_key(self, "F1", lambda: self._go(Place.HELP))
        on_key(self, "F9", lambda: self._go(Place.RECEIPTS))
        on_key(self, "F10", self._open_menu)
        on_key(self, "F11", self._change_till)
        on_key(self, "Ctrl+L", self._lock)
        on_key(self, "Ctrl+P", self._print)
        for key, change in (
            ("Ctrl++", self.display.larger),
            ("Ctrl+-", self.display.smaller),
            ("Ctrl+0", self.display.normal),
        ):
            on_key(self, key, change)
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
        self._scanner = Scanner(self._scanned)
        application().installEventFilter(self._scanner)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Draw what stands round the screen, and go to another screen if that is where we are now."""
        if self._stopped:
            return
        view = self._draw_frame()
        self._stack.setCurrentWidget(self.now.stack)
        self.now.arrive(view.place, is_back=view.is_back)
        self._tell_customer(view.place)

    def _draw_frame(self) -> FrameView:
        view = self.frame.view
        self.setWindowTitle(view.title)
        self.around.show_frame(view)
        self.around.show_waiting(self.sale.waiting if view.place is Place.SALE else "")
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
        if not self._stopped:
            self.around.open_menu(self.frame.view.menu)

    def _pick(self, shown: MenuRow) -> None:
        if isinstance(shown.to, Place):
            self._go(shown.to)
        else:
            self._fulfil(shown.to)

    def _fulfil(self, wish: Wish) -> None:
        match wish:
            case Wish.LOCK:
                self.frame.lock()
            case Wish.SIGN_OUT:
                self.frame.sign_out()
            case Wish.COUNT:
                self.now.count()
            case Wish.PRACTISE:
                self._begin_practice()
            case Wish.END_PRACTICE:
                self._end_practice()
        self.settle()

    def _print(self) -> None:
        """What a printer has not put out first, then what is shown, then what had not come out when the program ended
        last."""
        if self._stopped or any(strip.press_key() for strip in self.around.printing):
            return
        place = self.frame.view.place
        room = self.rooms[place]
        if isinstance(room, Prints) and not (place is Place.SALE and self.frame.unprinted):
            room.press_print()
        else:
            self._print_left()

    def _print_left(self) -> None:
        self.now.screens.print_left()

    def _show_parked(self) -> None:
        self.now.show_parked()

    def _scanned(self, text: str) -> None:
        if not self._stopped:
            self.now.scan(text)

    # ── another till, and practice ───────────────────────────────────────────────────────────────────────────────

    def _change_till(self) -> None:
        """To the desk's next till, where its work is; each keeps its own sale, numbers and drawer (R14–R16)."""
        if self._stopped or self.now.screens.is_practice or len(self._tills) == 1:
            return
        if self.frame.may_leave():
            self._to_next(self.sale.hand_over())
        self.settle()

    def _open_other(self, patient: Patient, waiting: tuple[BasketWish, ...]) -> None:
        """To the other till with the same patient, and with what waits for it (E21)."""
        self._to_next(patient, waiting)
        self.settle()

    def _to_next(self, patient: Patient | None, waiting: tuple[BasketWish, ...] = ()) -> None:
        letters = list(self._tills)
        following = letters[(letters.index(self.now.letter) + 1) % len(letters)]
        if patient is not None:
            self._tills[following].sale.receive(patient, waiting)
        self._show(self._tills[following])

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
            self._listen_to_printers()
            self._show(self._practice)

    def _end_practice(self) -> None:
        """Back to work. What was practised stays in its own folder, and counts nowhere."""
        practice = self._practice
        if practice is None or not self.frame.may_leave():
            return
        self._practice = None
        self._listen_to_printers()
        self._stack.removeWidget(practice.stack)
        practice.shut()
        practice.stack.deleteLater()
        self._desk.end_training(practice.letter)
        self._show(self._tills[practice.letter])

    def _tell_customer(self, place: Place) -> None:
        """The patient's own screen, when there is one, shows what is to be paid here."""
        if self.customer is not None:
            sale = self.now.sale
            view = sale.view if place is Place.SALE else None
            self.customer.show_view(self.now.screens.customer.tell(view, sale.payment))

    # ── how it looks ─────────────────────────────────────────────────────────────────────────────────────────────

    def wear_again(self) -> None:
        """The computer has turned dark or light, or its contrast theme on or off."""
        if not self._stopped:
            self._wear(self.display.worn)

    def _wear(self, display: Display) -> None:
        """Put on another dress: every widget is made anew, and nothing that was typed or chosen is lost."""
        dress(application(), display)
        self._guard.use(display.double_press_ms)
        for rooms in self._all():
            rooms.build_anew()
        self._build()
        self._stack.show()
        self.settle()
        self.rooms[self.frame.view.place].focus()

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

    def note_stop(self, word: str) -> None:
        """Leave word for the next start that the program has stopped."""
        self._desk.standing.stop(word)

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
        application().removeEventFilter(self._scanner)
        application().removeEventFilter(self)
        for rooms in self._all():
            rooms.shut()
        if self.customer is not None:
            self.customer.hide()
            self.customer.deleteLater()
            self.customer = None

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

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Every key and touch puts off the idle lock; a key that is kept down counts once. Some hundred events follow a
        key press, and no more of them are looked at than must be."""
        if not isinstance(event, QInputEvent):
            return False
        if self._held.swallows(event):
            return True
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._idle.start(self.now.screens.register.configuration.policy.lock_after_s * 1000)
        return self._keypad.swallows(event)


def dress(app: QApplication, display: Display) -> None:
    """Let the whole program look, speak and sound as was chosen."""
    use_language(display.language)
    sound.use_sound(display.sound)
    theme.apply(app, theme.chosen(app, display))


def _fail_here(error: BaseException) -> None:
    """What ended work on another thread ends the till: as if it had happened here (`start.crash_notice`)."""
    raise error


def _unregistered() -> Question:
    return Question(
        _("En försäljning pågår och är inte registrerad. Stänger du programmet nu ligger den kvar till nästa start."),
        (_("Fortsätt försäljningen"), _("Stäng programmet ändå")),
    )


def application() -> QApplication:
    """The one application."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
