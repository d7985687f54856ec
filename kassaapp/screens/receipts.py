"""Receipts, F9: the list, one of them opened, its paper, and the ways to undo it or put it right (UX 2.11, 2.12).

The list is masked. To open a receipt is to look at a patient, and goes on record; so does showing who it is.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kassaapp.domain.errors import Refused, UnknownReceipt
from kassaapp.domain.events import Look
from kassaapp.domain.fees import Wish
from kassaapp.domain.receipts import Standing
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.recorder import COUNTER_ROLES
from kassaapp.register import Register
from kassaapp.screens.receipt_detail import DetailView, ReceiptDetail
from kassaapp.screens.receipt_rows import ReceiptRow, ReceiptRows
from kassaapp.screens.receipt_search import ReceiptSearch, SearchView
from kassaapp.screens.undo import Undo, Undone, Void
from kassaapp.screens.undo_correct import CorrectPatient, CorrectTender
from kassaapp.screens.undo_refund import Refund
from kassaapp.wording import clock, explain, moment
from sync.client.status import SyncStatus

REVEALED_S = 10
"""So long a patient is shown before the window masks again, in seconds (UX 2.11)."""

AgainWish = Callable[[Patient | None, tuple[Wish, ...], date], None]
"""Begins a new sale: the patient (None when it was the patient that was wrong), the rows and the day of the visit."""


class Spot(enum.Enum):
    """Where the keyboard should be."""

    SEARCH = enum.auto()
    LIST = enum.auto()
    UNDO = enum.auto()


class Act(enum.Enum):
    """What can be done with a sale that is on record."""

    VOID = enum.auto()
    REFUND = enum.auto()
    TENDER = enum.auto()
    PATIENT = enum.auto()


@dataclass(frozen=True, slots=True)
class PaperView:
    """The button for a receipt's paper; when it is not `enabled`, its text says why."""

    text: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class ReceiptsView:
    """All that is shown. `marked` is the marked row's index; `result` and `money` are what was done last."""

    heading: str
    search: SearchView
    rows: tuple[ReceiptRow, ...]
    marked: int | None
    empty: str
    detail: DetailView | None
    paper: PaperView
    acts: frozenset[Act]
    can_reveal: bool
    error: str
    result: str
    money: tuple[str, ...]


class ReceiptsScreen:
    """`print_receipt` makes the original of a return receipt, `print_asked` an original that somebody asked for, even a
    protected patient's, and `print_copy` the paper of a copy that is on record. `again` begins a new sale, unless
    `in_sale` says that one is being made; `left` leads away. `undo` is the act under way."""

    def __init__(
        self,
        register: Register,
        history: History,
        sync_status: Callable[[], SyncStatus],
        *,
        print_receipt: Callable[[int], None],
        print_asked: Callable[[int], None],
        print_copy: Callable[[int], None],
        again: AgainWish,
        left: Callable[[], None],
        in_sale: Callable[[], bool] = lambda: False,
    ) -> None:
        self._register = register
        self._history = history
        self._print_receipt = print_receipt
        self._print_asked = print_asked
        self._print_copy = print_copy
        self._again = again
        self._left = left
        self._in_sale = in_sale
        self._rows = ReceiptRows(register, history, sync_status)
        self._detail = ReceiptDetail(register, history, self._rows)
        self._wanted: tuple[int, Act | None] | None = None
        self._scanned = ""
        self._shown: tuple[ReceiptRow, ...] = ()
        self._marked: int | None = None
        self._open: int | None = None
        self._revealed = False
        self._error = self._result = ""
        self._money: tuple[str, ...] = ()
        self.search = ReceiptSearch(register, history)
        self.undo: Undo | None = None
        self.spot = Spot.SEARCH

    @property
    def view(self) -> ReceiptsView:
        """What is shown."""
        receipt = self._current()
        return ReceiptsView(
            heading=_("Kvitton"),
            search=self.search.view,
            rows=self._shown,
            marked=self._marked_index(),
            empty="" if self._shown or self.search.view.error else _("Inget att visa."),
            detail=None if self._open is None else self._detail.view(self._open, reveal=self._revealed),
            paper=self._paper(receipt),
            acts=frozenset(act for act in Act if receipt is not None and self._can(act, receipt)),
            can_reveal=receipt is not None and not self._revealed,
            error=self._error,
            result=self._result,
            money=self._money,
        )

    # ── coming and going ─────────────────────────────────────────────────────────────────────────────────────────

    def show(self, receipt: int, act: Act | None = None) -> None:
        """When the screen is gone to next, have this receipt open, and an act begun."""
        self._wanted, self._scanned = (receipt, act), ""

    def show_scanned(self, code: str) -> None:
        """When the screen is gone to next, have the receipt open whose code was scanned elsewhere."""
        self._wanted, self._scanned = None, code

    def begin(self) -> None:
        """Today's receipts, the newest marked, or the receipt that was to be shown."""
        wanted, scanned = self._wanted, self._scanned
        self._wanted, self._scanned = None, ""
        self.undo, self.spot = None, Spot.SEARCH
        self.search.clear()
        self.filtered()
        if scanned:
            self.scan(scanned)
        elif wanted is not None:
            receipt, act = wanted
            self.search.only(receipt, self._rows.number(receipt))
            self.refresh()
            self._open_receipt(receipt)
            if act is not None:
                self.begin_undo(act)

    @property
    def is_repaying(self) -> bool:
        """Whether money that is on record as on its way back is asked about in the open act."""
        return self.undo is not None and self.undo.is_begun

    def refresh(self) -> None:
        """The rows as the journal and the region are now."""
        self.search.refresh()
        self._show_rows()

    def _show_rows(self) -> None:
        self._shown = tuple(reversed(self._rows.shown(self.search.rows)))
        if self._marked not in {row.place for row in self._shown}:
            self._marked = self._shown[0].place if self._shown else None

    def back(self) -> None:
        """One step back: out of an act, out of an open receipt, and away."""
        if self.undo is not None:
            self.undo.leave()
        elif self._open is not None:
            self._close()
            self.spot = Spot.LIST
        else:
            self._left()

    # ── finding and opening ──────────────────────────────────────────────────────────────────────────────────────

    def scan(self, text: str) -> None:
        """Something was scanned: the right patient where one is asked for, else what to look for."""
        if isinstance(self.undo, CorrectPatient):
            self.undo.enter_number(text, scanned=True)
        elif self.undo is None:
            self.enter(text, scanned=True)

    def enter(self, text: str, *, scanned: bool = False) -> None:
        """Look for what was written. What can be one receipt only is opened; nothing written opens the marked one."""
        self._say_nothing()
        self._close()
        receipt, self._marked = self.search.enter(text, scanned=scanned), None
        self._show_rows()
        if receipt is not None:
            self._open_receipt(receipt)
        elif text.strip():
            self.spot = Spot.LIST if self._shown else Spot.SEARCH
        else:
            self.open_marked()

    def filtered(self) -> None:
        """Another filter was chosen: nothing is open, and the newest row is marked."""
        self._say_nothing()
        self._close()
        self._marked = None
        self.refresh()

    def mark(self, index: int) -> None:
        """Go to a row. A receipt that was open is closed."""
        if 0 <= index < len(self._shown) and self._shown[index].place != self._marked:
            self._marked = self._shown[index].place
            self._close()
            self._say_nothing()

    def open_marked(self) -> None:
        """Open the marked receipt, and have its buttons at hand."""
        row = self._marked_row()
        if row is not None and row.receipt not in (None, self._open):
            self._open_receipt(row.receipt)

    def reveal(self) -> None:
        """Show who the patient is, on record; the window masks again with `mask_again`."""
        receipt = self._opened()
        if receipt is not None and self._saw(receipt):
            self._revealed = True

    def mask_again(self) -> None:
        """The patient has been shown for long enough."""
        self._revealed = False

    # ── paper ────────────────────────────────────────────────────────────────────────────────────────────────────

    def print(self) -> None:
        """The original if it has not come out, else the one copy, which is on record before it is made (R41)."""
        receipt = self._opened()
        if receipt is None or not self._paper(receipt).enabled:
            return
        if not self._register.receipts.is_printed(receipt):
            self._print_asked(receipt)
            return
        try:
            self._register.copy(receipt)
        except Refused as refused:
            self._error = self._words(refused)
        else:
            self._print_copy(receipt)

    # ── undoing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_undo(self, act: Act) -> None:
        """Begin to undo the open receipt, or the marked one, or to put it right."""
        receipt = self._current()
        if receipt is None or not self._can(act, receipt) or self._opened() is None:
            return
        self._say_nothing()
        self._revealed = False
        self.undo = self._made(act, receipt)
        self.spot = Spot.UNDO

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _say_nothing(self) -> None:
        self._error, self._result, self._money = "", "", ()

    def _open_receipt(self, receipt: int) -> None:
        if self._saw(receipt):
            self._open, self._revealed, self.spot = receipt, False, Spot.LIST

    def _close(self) -> None:
        self._open, self._revealed = None, False

    def _close_undo(self) -> None:
        self.undo, self.spot = None, Spot.LIST

    def _saw(self, receipt: int) -> bool:
        """Put on record that somebody looks; whether that could be done."""
        try:
            self._register.saw(self._history.receipt(receipt).event.patient, Look.RECEIPT)
        except Refused as refused:
            self._error = self._words(refused)
            return False
        return True

    def _opened(self) -> int | None:
        """The open receipt; the marked one is opened when none is."""
        if self._open is None:
            self.open_marked()
        return self._open

    def _current(self) -> int | None:
        row = self._marked_row()
        return self._open if self._open is not None else None if row is None else row.receipt

    def _marked_row(self) -> ReceiptRow | None:
        index = self._marked_index()
        return None if index is None else self._shown[index]

    def _marked_index(self) -> int | None:
        return next((index for index, row in enumerate(self._shown) if row.place == self._marked), None)

    def _made(self, act: Act, receipt: int) -> Undo:
        register, done, left = self._register, self._undone, self._close_undo
        match act:
            case Act.VOID:
                return Void(register, receipt, done=done, left=left, in_sale=self._in_sale)
            case Act.REFUND:
                return Refund(register, receipt, done=done, left=left)
            case Act.TENDER:
                return CorrectTender(register, receipt, done=done, left=left)
            case Act.PATIENT:
                return CorrectPatient(register, self._history, receipt, done=done, left=left)

    def _undone(self, undone: Undone) -> None:
        """It is on record: say so, make the papers, and begin anew if that was wished."""
        self._close_undo()
        self._close()
        self._result, self._money = undone.text, undone.money
        self.refresh()
        for receipt in undone.receipts:
            self._print_receipt(receipt)
        if undone.again is not None:
            self._again(undone.again.patient, undone.again.wishes, undone.again.visit_date)

    def _can(self, act: Act, receipt: int) -> bool:
        """Whether it makes sense to begin: the rules have the last word."""
        standing = self._sale(receipt)
        if standing is None or standing.voided_by is not None or not self._at_counter():
            return False
        untouched = not standing.all_returned_ore
        match act:
            case Act.VOID | Act.PATIENT:
                return untouched
            case Act.REFUND:
                return standing.all_left_ore > 0
            case Act.TENDER:
                payments = standing.sale.payments
                return untouched and bool(payments) and all(paid.by is not Tender.INVOICE for paid in payments)

    def _sale(self, receipt: int) -> Standing | None:
        try:
            return self._register.receipts.sale(receipt)
        except UnknownReceipt:
            return None

    def _at_counter(self) -> bool:
        user = self._register.user
        return user is not None and bool(user.roles.intersection(COUNTER_ROLES))

    def _paper(self, receipt: int | None) -> PaperView:
        """What Ctrl+P would do (R40, R41, E52b)."""
        if receipt is None or not self._at_counter():
            return PaperView(_("Kvittokopia"), enabled=False)
        if not self._register.receipts.is_printed(receipt):
            if self._history.is_voided(receipt):
                return PaperView(_("Kvittot är makulerat"), enabled=False)
            protected = self._history.receipt(receipt).event.patient.protected
            return PaperView(_("Skriv ut utan namn") if protected else _("Skriv ut kvittot"), enabled=True)
        copied_at = self._history.copied_at(receipt)
        if copied_at is not None:
            today = copied_at.date() == self._register.now().date()
            when = clock(copied_at) if today else moment(copied_at)
            return PaperView(_("Kopian är utskriven {when}").format(when=when), enabled=False)
        if self._sale(receipt) is None:
            return PaperView(_("Originalet är utskrivet"), enabled=False)
        return PaperView(_("Kvittokopia"), enabled=True)

    def _words(self, refused: Refused) -> str:
        return explain(refused, support=self._register.configuration.support)
