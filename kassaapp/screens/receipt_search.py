"""Looking back: what is asked for in words or by filter, and the rows that answer (UX 2.11, R68).

A cashier sees the day at hand and the open session; other days need the right to (R61). A receipt on paper is opened by
its number, whatever its day. A protected patient is found by the whole number or the receipt's number only (UX 2.20).
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain.errors import Refused, UnknownReceipt
from kassaapp.domain.events import Look
from kassaapp.domain.patient_id import LENGTHS, PatientId
from kassaapp.domain.people import Role, User
from kassaapp.domain.visit import Patient
from kassaapp.history import DIFFERENCE, RECEIPT_KINDS, Filter, History, Row
from kassaapp.i18n import _
from kassaapp.printout.paper import designation
from kassaapp.printout.qr import Kind as Code
from kassaapp.printout.qr import read_digits
from kassaapp.register import Register
from kassaapp.screens.day_entry import BadDay, explain_day, read_day
from kassaapp.wording import BadAmountText, day, explain, read_amount

MOST = 200
"""So many rows are shown, the newest; of more, only that there are more."""


class Scope(enum.Enum):
    """Which days."""

    TODAY = enum.auto()
    SESSION = enum.auto()
    DAYS = enum.auto()


class Kind(enum.Enum):
    """Which events."""

    RECEIPTS = enum.auto()
    UNDONE = enum.auto()
    DIFFERENCES = enum.auto()
    ON_ACCOUNT = enum.auto()
    DRAWER = enum.auto()
    OPENINGS = enum.auto()


_KINDS = {
    Kind.RECEIPTS: Filter(kinds=RECEIPT_KINDS),
    Kind.UNDONE: Filter(kinds=frozenset({"refund", "void"})),
    Kind.DIFFERENCES: Filter(kind=DIFFERENCE),
    Kind.ON_ACCOUNT: Filter(kinds=frozenset({"deposit", "repayment"})),
    Kind.DRAWER: Filter(kinds=frozenset({"float", "cash-out", "drawer"})),
    Kind.OPENINGS: Filter(kinds=frozenset({"session-open", "session-close"})),
}


@dataclass(frozen=True, slots=True)
class SearchView:
    """All that is shown above the list. The lists are to choose from, and the numbers beside them what is chosen."""

    text: str
    error: str
    scopes: tuple[str, ...]
    scope: int
    asks_days: bool
    first: str
    last: str
    days_error: str
    kinds: tuple[str, ...]
    kind: int
    cashiers: tuple[str, ...]
    cashier: int
    session: str
    session_error: str
    note: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, in every way it can be read."""

    receipt: int | None = None
    amount_ore: int | None = None
    patient: PatientId | None = None
    on: date | None = None


class _NotRead(ValueError):
    """What was typed is nothing that can be looked for; the words say what can."""


class ReceiptSearch:
    """What is asked for. `rows` are the answer, oldest first; they are found anew with `refresh`."""

    def __init__(self, register: Register, history: History) -> None:
        self._register = register
        self._history = history
        self.rows: list[Row] = []
        self.clear()

    @property
    def view(self) -> SearchView:
        """What is shown."""
        return SearchView(
            text=self._text,
            error=self._error,
            scopes=tuple(_scope(scope) for scope in self._scopes()),
            scope=self._scopes().index(self._scope),
            asks_days=self._scope is Scope.DAYS,
            first=self._first,
            last=self._last,
            days_error=self._days_error,
            kinds=tuple(kind_name(kind) for kind in Kind),
            kind=list(Kind).index(self._kind),
            cashiers=(_("Alla"), *(user.name for user in self._users())),
            cashier=self._cashier,
            session=self._session,
            session_error=self._session_error,
            note=self._note(),
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def clear(self) -> None:
        """Today's receipts, of everybody."""
        self._text = self._error = self._first = self._last = self._days_error = ""
        self._session = self._session_error = ""
        self._scope, self._kind, self._cashier = Scope.TODAY, Kind.RECEIPTS, 0
        self._asked = _Asked()
        self._more = False
        self.rows = []

    def type(self, text: str) -> None:
        """Something is being written; it is looked for when it is entered."""
        self._text, self._error = text, ""

    def enter(self, text: str, *, scanned: bool = False) -> int | None:
        """Look for what was written; the receipt's number when it can be no other. Nothing written is all of them."""
        self._text, self._error, self._asked = text, "", _Asked()
        try:
            self._asked = self._read(text.strip(), scanned=scanned)
            if self._asked.patient is not None:
                name = self._history.name_of(self._asked.patient) or ""
                self._register.saw(Patient(self._asked.patient, name), Look.HISTORY)
        except _NotRead as not_read:
            self._error = str(not_read)
        except Refused as refused:
            self._error = self._words(refused)
        if self._asked.on is not None:
            self._scope, self._first, self._last = Scope.DAYS, day(self._asked.on), day(self._asked.on)
        self.refresh()
        return self.rows[0].receipt if text.strip() and not self._error and len(self.rows) == 1 else None

    def only(self, receipt: int, text: str) -> None:
        """That receipt and no other, whatever its day, as if `text` had been written."""
        self._text, self._error, self._asked = text, "", _Asked(receipt=receipt)
        self.refresh()

    def choose_scope(self, index: int) -> None:
        """Which days."""
        self._scope = self._scopes()[index]
        today = day(self._register.now())
        if self._scope is Scope.DAYS and not self._first:
            self._first = self._last = today
        self.refresh()

    def enter_days(self, first: str, last: str) -> None:
        """From and to; an empty one is open."""
        self._first, self._last = first, last
        self.refresh()

    def choose_kind(self, index: int) -> None:
        """Which events."""
        self._kind = list(Kind)[index]
        self.refresh()

    def choose_cashier(self, index: int) -> None:
        """Whose; the first is everybody."""
        self._cashier = index
        self.refresh()

    def enter_session(self, text: str) -> None:
        """Which session, by its number; empty is any."""
        self._session = text.strip()
        self.refresh()

    def refresh(self) -> None:
        """Find anew, as the journal is now."""
        self._days_error = self._session_error = ""
        if self._scope not in self._scopes():
            self._scope = Scope.TODAY
        try:
            wanted = self._wanted()
        except BadDay:
            self.rows, self._days_error = [], explain_day()
            return
        except ValueError:
            self.rows, self._session_error = [], _("Skriv sessionens nummer med siffror.")
            return
        found = self._find(wanted) if not self._error else []
        self._more = len(found) > MOST
        self.rows = found[-MOST:]

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _find(self, wanted: Filter) -> list[Row]:
        """By number and by amount the same text may mean two things: both are found."""
        asked, find = self._asked, self._history.find
        if asked.patient is not None:
            days = Filter() if sees_other_days(self._register) else self._today()
            return find(replace(days, patient=asked.patient, kinds=RECEIPT_KINDS), MOST + 1)
        if asked.receipt is None and asked.amount_ore is None:
            return find(wanted, MOST + 1)
        found: dict[int, Row] = {}
        if asked.receipt is not None:
            found |= _by_place(find(Filter(receipt=asked.receipt, kinds=RECEIPT_KINDS)))
        if asked.amount_ore is not None:
            rows = find(replace(wanted, amount_ore=asked.amount_ore), MOST + 1)
            found |= _by_place([row for row in rows if not self._is_protected(row)])
        return [found[place] for place in sorted(found)]

    def _wanted(self) -> Filter:
        """The filters together. Raises BadDay, ValueError."""
        wanted = replace(self._in_scope(), kind=_KINDS[self._kind].kind, kinds=_KINDS[self._kind].kinds)
        users = self._users()
        if 0 < self._cashier <= len(users):
            wanted = replace(wanted, user=users[self._cashier - 1].id)
        return replace(wanted, session=int(self._session)) if self._session else wanted

    def _in_scope(self) -> Filter:
        """Raises BadDay."""
        session = self._register.state.session
        match self._scope:
            case Scope.SESSION if session is not None:
                return Filter(session=session.number)
            case Scope.DAYS:
                return Filter(
                    first=read_day(self._first) if self._first.strip() else None,
                    last=read_day(self._last) if self._last.strip() else None,
                )
            case _:
                return self._today()

    def _today(self) -> Filter:
        today = self._register.now().date()
        return Filter(first=today, last=today)

    def _scopes(self) -> Sequence[Scope]:
        scopes = [Scope.TODAY]
        if self._register.state.session is not None:
            scopes.append(Scope.SESSION)
        if sees_other_days(self._register):
            scopes.append(Scope.DAYS)
        return scopes

    def _users(self) -> list[User]:
        users = self._register.configuration.users.values()
        return sorted((user for user in users if user.roles - {Role.AUDITOR}), key=lambda user: user.name)

    def _is_protected(self, row: Row) -> bool:
        return row.patient is not None and self._history.is_protected(row.patient)

    # ── what was written ─────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, text: str, *, scanned: bool) -> _Asked:
        """Raises _NotRead, BadIdentity, NotATestNumber."""
        if not text:
            return _Asked()
        if _CODE.fullmatch(text):
            return _Asked(receipt=self._scanned(text))
        if (marked := _MARKED.fullmatch(text)) is not None:
            return _Asked(receipt=self._own(marked[1].upper(), int(marked[2])))
        if _DAY.fullmatch(text):
            return self._on(text)
        bare = text.replace(" ", "").replace("-", "").replace("+", "")
        if len(bare) in LENGTHS and _PERSON.match(bare):
            return _Asked(patient=self._register.read_id(text, scanned=scanned))
        return self._figure(text)

    def _figure(self, text: str) -> _Asked:
        """A number: of a receipt, or an amount."""
        try:
            amount_ore = read_amount(text)
        except BadAmountText:
            raise _NotRead(
                _("Sök på kvittots nummer, ett belopp, hela personnumret eller ett datum som 2026-03-07.")
            ) from None
        return _Asked(receipt=int(text) if _NUMBER.fullmatch(text) else None, amount_ore=abs(amount_ore))

    def _scanned(self, digits: str) -> int:
        """The receipt whose code was scanned."""
        try:
            kind, data = read_digits(digits)
            if kind is Code.RECEIPT:
                return self._history.number_of(data)
        except (ValueError, UnknownReceipt):
            pass
        raise _NotRead(_("Koden hör inte till något kvitto i den här kassan. Kontrollera kassans namn på kvittot."))

    def _own(self, mark: str, number: int) -> int:
        """The number of a receipt that is marked with a till's name."""
        register, till = self._register.configuration, self._register.till
        own = designation(register, till)
        desk = own.rstrip(_LETTERS)  # A chain that took over from another has a letter more.
        if mark != till.letter and not (mark.startswith(desk) and mark.endswith(till.letter)):
            raise _NotRead(
                _("Kvittot är från en annan kassa. Den här kassans kvitton börjar med {mark}.").format(mark=own)
            )
        return number

    def _on(self, text: str) -> _Asked:
        try:
            on = read_day(text)
        except BadDay:
            raise _NotRead(explain_day()) from None
        if on != self._register.now().date() and not sees_other_days(self._register):
            raise _NotRead(only_today())
        return _Asked(on=on)

    def _words(self, refused: Refused) -> str:
        return explain(refused, support=self._register.configuration.support)

    def _note(self) -> str:
        if self._more:
            return _("De {most} senaste visas. Sök, eller välj färre dagar, för att se de andra.").format(most=MOST)
        if not sees_other_days(self._register):
            return only_today()
        return ""


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE = re.compile(r"[0-9]{60,}")
_MARKED = re.compile(r"([A-Za-z][A-Za-z0-9]*)-([0-9]{1,9})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERSON = re.compile(r"[0-9]{6}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def sees_other_days(register: Register) -> bool:
    """Whether the person at the till may look at other days than today (R61)."""
    user = register.user
    if user is None:
        return False
    return register.configuration.policy.cashier_sees_other_days or bool(user.roles & {Role.SUPERVISOR, Role.AUDITOR})


def only_today() -> str:
    """What somebody without the right to see other days is told."""
    return _("Du ser dagens kvitton. Ett äldre kvitto öppnas med sitt nummer.")


def _by_place(rows: Sequence[Row]) -> dict[int, Row]:
    return {row.place: row for row in rows}


def _scope(scope: Scope) -> str:
    match scope:
        case Scope.TODAY:
            return _("I dag")
        case Scope.SESSION:
            return _("Den här sessionen")
        case Scope.DAYS:
            return _("Välj datum")


def kind_filter(kind: Kind) -> Filter:
    """What finds those events."""
    return _KINDS[kind]


def kind_name(kind: Kind) -> str:
    """What those events are called in a list to choose from."""
    match kind:
        case Kind.RECEIPTS:
            return _("Kvitton")
        case Kind.UNDONE:
            return _("Makulerat och återbetalt")
        case Kind.DIFFERENCES:
            return _("Differenser")
        case Kind.ON_ACCOUNT:
            return _("A conto")
        case Kind.DRAWER:
            return _("Växelkassa och låda")
        case Kind.OPENINGS:
            return _("Öppnat och stängt")
