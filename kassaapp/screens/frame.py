"""Where we are: which screen is shown, what stands round it, and what the menu offers. The same for every screen.

Who is at the till and whether it is open decide where home is; nothing else navigates.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kassaapp import wording
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import PaymentBegun
from kassaapp.domain.people import Role
from kassaapp.i18n import _, ngettext
from kassaapp.printout.receipt import receipt_number
from kassaapp.recorder import CLOCK_TOLERANCE
from kassaapp.register import Register
from kassaapp.screens.ahead import exemption_notice
from kassaapp.screens.status import SyncLine, Tone, offline_for, sync_line
from kassaapp.screens.way import Way
from sync.client.status import SyncStatus

MOST_NAMED = 3
"""So many receipts are named in a sentence; of more, only how many."""


class Place(enum.Enum):
    """A screen. A new one gets a name here, a title in `_title`, and a row in `_menu` or a key."""

    LOGIN = enum.auto()
    OPEN = enum.auto()
    SALE = enum.auto()
    RECEIPTS = enum.auto()
    HISTORY = enum.auto()
    A_CONTO = enum.auto()
    DRAWER = enum.auto()
    CLOSE = enum.auto()
    REPORT = enum.auto()
    Z_LIST = enum.auto()
    PERIOD = enum.auto()
    EXPORT = enum.auto()
    STATUS = enum.auto()
    DISPLAY = enum.auto()
    ABOUT = enum.auto()
    HELP = enum.auto()


class Wish(enum.Enum):
    """What the menu does that is no screen."""

    LOCK = enum.auto()
    SIGN_OUT = enum.auto()
    COUNT = enum.auto()
    PRACTISE = enum.auto()
    END_PRACTICE = enum.auto()


_ANYBODY = (Place.HELP, Place.STATUS, Place.DISPLAY, Place.ABOUT)
"""What can be seen with nobody signed in: help must not need a password."""
_OPEN_TILL = (Place.CLOSE, Place.REPORT, Place.A_CONTO, Place.DRAWER)
"""What is there only while the till is open."""
_HOMES = (Place.LOGIN, Place.OPEN, Place.SALE)
"""Where the work is, by turns: nothing leads back here but the end of every other way."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A message across the window: there is something to do. With an `action` it has a button that goes to `place`, or
    fulfils `wish`, or prints `receipts`; `key` does the same."""

    text: str
    tone: Tone
    action: str = ""
    place: Place | None = None
    wish: Wish | None = None
    receipts: tuple[int, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A row of the menu; `digit` picks it. It leads to a place, or is a wish."""

    digit: str
    text: str
    to: Place | Wish


@dataclass(frozen=True, slots=True)
class FrameView:
    """All that stands round a screen. `is_back`: one comes back to it, and what was typed there is kept."""

    place: Place
    is_back: bool
    title: str
    letter: str
    till: str
    who: str
    sync: SyncLine
    strips: tuple[Strip, ...]
    can_lock: bool
    is_practice: bool
    menu: tuple[MenuRow, ...]
    keys: tuple[tuple[str, str], ...]


class Frame:
    """`sync_status` tells how the till stands with its region and `in_sale` whether a sale has rows; `lock` and
    `sign_out` do so at every till of the desk, which are `tills`; `lost_medium` says that the second medium could not
    be written, and `stranded` names those that only the region can read; `latest` is the time of the newest record when
    the program started; `is_paying` whether a payment that was begun is being taken at this moment; `is_practice` that
    nothing done here counts."""

    def __init__(
        self,
        register: Register,
        sync_status: Callable[[], SyncStatus],
        *,
        in_sale: Callable[[], bool],
        lock: Callable[[], None],
        sign_out: Callable[[], None],
        lost_medium: bool = False,
        stranded: Sequence[str] = (),
        is_paying: Callable[[], bool] = lambda: False,
        tills: Sequence[str] = (),
        is_practice: bool = False,
        latest: datetime | None = None,
    ) -> None:
        self._register = register
        self._lock = lock
        self._sign_out = sign_out
        self._sync_status = sync_status
        self._in_sale = in_sale
        self._lost_medium = lost_medium
        self._stranded = stranded
        self._is_paying = is_paying
        self._has_other_till = len(tills) > 1
        self._is_practice = is_practice
        self._latest = latest
        self._unprinted_at_start = register.unprinted
        self._error, self._told_of_sale = "", False
        self._way = Way(self._home())

    @property
    def view(self) -> FrameView:
        """What is shown, and where. Signing out from anywhere leads to the login."""
        place = self.place
        return FrameView(
            place=place,
            is_back=self._way.is_back and place is self._way.place,
            title=_("{screen} – {till} – Kassa").format(screen=self._title(place), till=self._register.till.name),
            letter=self._register.till.letter,
            till=self._register.till.name,
            who=self._who(),
            sync=sync_line(self._sync_status()),
            strips=tuple(self._strips()),
            can_lock=self._register.user is not None,
            is_practice=self._is_practice,
            menu=self._menu(),
            keys=self._keys(place),
        )

    @property
    def unprinted(self) -> tuple[int, ...]:
        """The receipts that had not come out when the program ended last, and have not since."""
        still = set(self._register.unprinted)
        return tuple(receipt for receipt in self._unprinted_at_start if receipt in still)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def home(self) -> None:
        """Go where the work is."""
        self._error, self._told_of_sale = "", False
        self._way.begin(self._home())

    def back(self) -> None:
        """A step back, to where one came from; else to where the work is."""
        self._error, self._told_of_sale = "", False
        if not self._way.back():
            self._way.begin(self._home())

    def signed_in(self) -> None:
        """Somebody has signed in: whoever locked the till is back where it was locked, anybody else where the work
        is."""
        user = self._register.user
        if user is None or not self._way.unlock(user.id):
            self.home()

    def go(self, place: Place, *, anew: bool = False) -> None:
        """Go to a screen, if it can be gone to now; `anew` although one was at it."""
        self._error, self._told_of_sale = "", False
        if place is Place.CLOSE and self._in_sale():
            self._told_of_sale = True
            self._error = _("En försäljning pågår. Slutför den eller ta bort raderna innan du stänger kassan.")
            place = Place.SALE
        if place is Place.CLOSE and self._register.open_payment is not None:
            place = Place.SALE  # What became of the payment comes first; the strip says so.
        self._way.go(place, keep=self.place not in _HOMES, anew=anew)

    def may_leave(self) -> bool:
        """Whether the other till, or practice, can be gone to now: one basket is one till's. Says so when not."""
        self._error, self._told_of_sale = "", False
        if self._register.user is None:
            return False
        if self._in_sale():
            self._told_of_sale = True
            self._error = _(
                "En försäljning pågår. Slutför den, lägg den åt sidan (Ctrl+D) eller ta bort raderna, och försök igen."
            )
        return not self._error

    def tell(self, words: str) -> None:
        """Say across the window why something was not done."""
        self._error, self._told_of_sale = words, False

    def lock(self) -> None:
        """Lock the till; the sale is kept. With nobody at the till there is nothing to lock."""
        user = self._register.user
        if user is not None:
            self._lock()
            self._way.lock(user.id)
            self.home()

    def sign_out(self) -> None:
        """Sign out; the sale is kept for whoever takes it over."""
        try:
            self._sign_out()
        except Refused as refused:
            self._error = wording.explain(refused)
        else:
            self._way.leave()
            self.home()

    # ── where ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _home(self) -> Place:
        if self._register.user is None:
            return Place.LOGIN
        if not self._at_counter():
            return Place.STATUS
        return Place.OPEN if self._register.state.session is None else Place.SALE

    def _at_counter(self) -> bool:
        """Whether the person signed in may take money; an auditor only reads."""
        user = self._register.user
        return user is not None and bool(user.roles & {Role.CASHIER, Role.SUPERVISOR})

    @property
    def place(self) -> Place:
        """Which screen is shown."""
        place = self._way.place
        if self._register.user is None and place not in _ANYBODY:
            return Place.LOGIN
        if place in _HOMES or (place in _OPEN_TILL and self._register.state.session is None):
            return self._home()
        return place

    def _title(self, place: Place) -> str:
        titles = {
            Place.LOGIN: _("Logga in"),
            Place.OPEN: _("Öppna kassa"),
            Place.SALE: _("Försäljning"),
            Place.RECEIPTS: _("Kvitton"),
            Place.HISTORY: _("Patienthistorik"),
            Place.A_CONTO: _("A conto"),
            Place.DRAWER: _("Växelkassa, bank och låda"),
            Place.CLOSE: _("Stäng kassa"),
            Place.REPORT: _("X-rapport"),
            Place.Z_LIST: _("Z-rapporter"),
            Place.PERIOD: _("Rapporter"),
            Place.EXPORT: _("Ta ut uppgifter"),
            Place.STATUS: _("Synkstatus"),
            Place.DISPLAY: _("Visning"),
            Place.ABOUT: _("Om kassan"),
            Place.HELP: _("Hjälp"),
        }
        return titles[place]

    # ── round it ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _who(self) -> str:
        user, session = self._register.user, self._register.state.session
        if user is None:
            return ""
        if session is None:
            return _("{name} · Inte öppen").format(name=user.name)
        since = wording.since(session.opened_at, self._register.now())
        return _("{name} · Öppen sedan {since}").format(name=user.name, since=since)

    def _menu(self) -> tuple[MenuRow, ...]:
        """UX 2.18; the digits are for ever."""
        if self._register.user is None:
            return (MenuRow("7", _("Synkstatus"), Place.STATUS), MenuRow("8", _("Visning"), Place.DISPLAY))
        is_open = self._register.state.session is not None
        works = is_open and self._at_counter()
        practice = MenuRow("9", _("Övningsläge"), Wish.PRACTISE) if works else None
        rows = [
            MenuRow("1", _("Växelkassa, bank och låda"), Place.DRAWER) if works else None,
            MenuRow("2", _("A conto"), Place.A_CONTO) if works else None,
            MenuRow("3", _("Kvitton"), Place.RECEIPTS),
            MenuRow("4", _("Rapporter"), Place.REPORT if is_open else Place.Z_LIST),
            MenuRow("5", _("Kontrollräkna"), Wish.COUNT) if works else None,
            MenuRow("6", _("Stäng kassa"), Place.CLOSE) if works else None,
            MenuRow("7", _("Synkstatus"), Place.STATUS),
            MenuRow("8", _("Visning och om kassan"), Place.DISPLAY),
            MenuRow("9", _("Avsluta övning"), Wish.END_PRACTICE) if self._is_practice else practice,
            MenuRow("0", _("Logga ut"), Wish.SIGN_OUT),
            MenuRow("+", _("Lås kassan"), Wish.LOCK),
        ]
        return tuple(row for row in rows if row is not None)

    def _keys(self, place: Place) -> tuple[tuple[str, str], ...]:
        is_in = self._register.user is not None
        keys = [("F1", _("Hjälp"))]
        if place is Place.SALE:
            keys += [("F2", _("Patient")), ("F3", _("Artikel"))]
        if is_in and place is not Place.RECEIPTS:
            keys.append(("F9", _("Kvitton")))
        keys.append(("F10", _("Meny")))
        if self._has_other_till and not self._is_practice and is_in:
            keys.append(("F11", _("Byt kassa")))
        if place not in (Place.LOGIN, Place.OPEN, Place.SALE):
            keys.append(("Esc", _("Tillbaka")))
        return tuple(keys)

    def _strips(self) -> list[Strip]:
        if self._told_of_sale and not self._in_sale():
            self._error, self._told_of_sale = "", False
        strips = [Strip(self._error, Tone.WARN)] if self._error else []
        if self._is_practice:
            words = _("Övningsläge. Inget av det du gör räknas.")
            signed_in = self._register.user is not None
            ends = (_("Avsluta övning"), Wish.END_PRACTICE) if signed_in else ("", None)
            strips.append(Strip(words, Tone.INFO, ends[0], wish=ends[1]))
        session, now = self._register.state.session, self._register.now()
        if session is not None and session.opened_at.date() < now.date() and self._way.place is not Place.CLOSE:
            strips.append(self._late(session.opened_at, now))
        if self._register.open_payment is not None and not self._is_paying():
            strips.append(self._left_open(self._register.open_payment, now))
        if self.unprinted:
            strips.append(self._not_printed(self.unprinted))
        if self._lost_medium:
            strips.append(Strip(self._lost(), Tone.WARN))
        if self._stranded:
            strips.append(Strip(self._to_be_read(), Tone.WARN))
        room = self._register.disk_room
        if room is not None and room.is_low:
            words = wording.disk_warning(room, support=self._register.configuration.support)
            strips.append(Strip(words, Tone.ERROR if room.is_full else Tone.WARN))
        strips += [
            Strip(words, Tone.WARN) for words in (self._clock_behind(now), exemption_notice(self._register)) if words
        ]
        warning = timedelta(hours=self._register.configuration.policy.offline_warning_h)
        if offline_for(self._sync_status(), now) >= warning:
            strips.append(Strip(self._long_offline(), Tone.WARN))
        return strips

    def _clock_behind(self, now: datetime) -> str:
        """E56, until the clock is past what it has shown before."""
        seen = [at for at in (self._latest, self._register.state.last_at) if at is not None]
        self._latest = max(seen, default=None)
        if self._latest is None or now >= self._latest - CLOCK_TOLERANCE:
            return ""
        return wording.clock_behind(now, self._latest, support=self._register.configuration.support)

    def _late(self, opened_at: datetime, now: datetime) -> Strip:
        text = _("Kassan har varit öppen sedan {when}. Stäng den först, det går även utan kontakt med servern.")
        words = text.format(when=wording.since(opened_at, now))
        if self._register.user is None:
            return Strip(words, Tone.WARN)
        return Strip(words, Tone.WARN, _("Stäng kassan från {day}").format(day=wording.day(opened_at)), Place.CLOSE)

    def _left_open(self, begun: PaymentBegun, now: datetime) -> Strip:
        """A payment was begun and nobody knows how it ended (E34). Names nobody: it stands over the login too."""
        when = wording.since(begun.at, now)
        words = wording.payment_left_open(begun.tender, begun.amount_ore, when, is_return=begun.is_return)
        if not self._at_counter():
            return Strip(words, Tone.WARN)
        return Strip(words, Tone.WARN, _("Svara på vad som hände"), Place.SALE)

    def _not_printed(self, receipts: tuple[int, ...]) -> Strip:
        """The program ended between a sale and its receipt (E52)."""
        till, configuration = self._register.till, self._register.configuration
        numbers = ", ".join(receipt_number(configuration, till, receipt) for receipt in receipts[:MOST_NAMED])
        if len(receipts) > MOST_NAMED:
            numbers = _("{numbers} och fler").format(numbers=numbers)
        words = ngettext(
            "Kvitto {numbers} var inte utskrivet när programmet stängdes. Betalningen är registrerad.",
            "{count} kvitton var inte utskrivna när programmet stängdes: {numbers}. Betalningarna är registrerade.",
            len(receipts),
        ).format(numbers=numbers, count=len(receipts))
        if not self._at_counter():
            return Strip(words, Tone.WARN)
        return Strip(words, Tone.WARN, _("Skriv ut"), receipts=receipts, key="Ctrl+P")

    def _lost(self) -> str:
        return _(
            "Kassan kan inte skriva sin extra kopia på det andra lagringsmediet. Du kan fortsätta ta betalt. "
            "Sätt i mediet, eller ring {support}."
        ).format(support=self._support())

    def _to_be_read(self) -> str:
        return _(
            "På det andra lagringsmediet kan det ligga registreringar som inte går att skicka härifrån ({files}). "
            "Du kan fortsätta ta betalt. Ring {support}: regionen läser in dem."
        ).format(files=", ".join(self._stranded), support=self._support())

    def _long_offline(self) -> str:
        hours = int(offline_for(self._sync_status(), self._register.now()) / timedelta(hours=1))
        return _("Kassan har varit frånkopplad i {hours} timmar. Ring {support}. Du kan fortsätta ta betalt.").format(
            hours=hours, support=self._support()
        )

    def _support(self) -> str:
        return self._register.configuration.support or _("it-stödet")
