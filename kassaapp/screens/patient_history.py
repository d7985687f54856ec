"""What one patient has paid here, opened from an active sale and never by browsing (UX 2.10).

That somebody looked is on record, and whoever sees only today elsewhere sees only today here (R60, R61).
"""

from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain import on_account
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import Look
from kassaapp.domain.visit import Patient
from kassaapp.history import RECEIPT_KINDS, Filter, History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens import frikort
from kassaapp.screens.receipt_rows import ReceiptRow, ReceiptRows
from kassaapp.screens.receipt_search import MOST, only_today, sees_other_days
from kassaapp.wording import amount, day, explain, patient_number
from sync.client.status import SyncStatus


@dataclass(frozen=True, slots=True)
class PatientHistoryView:
    """All that is shown. `marked` is the marked row's index. `can_refund`: the marked row is a sale that stands."""

    heading: str
    about: str
    balance: str
    rows: tuple[ReceiptRow, ...]
    marked: int | None
    empty: str
    note: str
    error: str
    can_refund: bool


class PatientHistoryScreen:
    """`open_receipt` shows a receipt, `refund` begins to give it back, `to_account` goes to what the patient has a
    conto, `left` back to the sale."""

    def __init__(
        self,
        register: Register,
        history: History,
        sync_status: Callable[[], SyncStatus],
        *,
        open_receipt: Callable[[int], None],
        refund: Callable[[int], None],
        to_account: Callable[[Patient], None],
        left: Callable[[], None],
    ) -> None:
        self._register = register
        self._history = history
        self._open_receipt = open_receipt
        self._refund = refund
        self._to_account = to_account
        self._left = left
        self._rows = ReceiptRows(register, history, sync_status)
        self._patient: Patient | None = None
        self._shown: tuple[ReceiptRow, ...] = ()
        self._marked = 0
        self._error = ""

    @property
    def view(self) -> PatientHistoryView:
        """What is shown; nothing of anybody before `begin`."""
        patient = self._patient
        return PatientHistoryView(
            heading="" if patient is None else self._heading(patient),
            about="" if patient is None else self._about(patient),
            balance="" if patient is None else self._balance(patient),
            rows=self._shown,
            marked=self._marked if self._shown else None,
            empty="" if self._shown or patient is None else _("Inget är registrerat på patienten."),
            note="" if sees_other_days(self._register) else only_today(),
            error=self._error,
            can_refund=self._can_refund(),
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, patient: Patient) -> None:
        """Look at this patient, on record. What is refused shows nothing."""
        self._patient, self._shown, self._marked, self._error = None, (), 0, ""
        try:
            self._register.saw(patient, Look.HISTORY)
        except Refused as refused:
            self._error = explain(refused, support=self._register.configuration.support)
            return
        self._patient = patient
        self.refresh()

    def refresh(self) -> None:
        """The rows as the journal and the region are now, the newest first."""
        if self._patient is None:
            return
        today = None if sees_other_days(self._register) else self._register.now().date()
        wanted = Filter(patient=self._patient.id, kinds=RECEIPT_KINDS, first=today, last=today)
        self._shown = tuple(reversed(self._rows.shown(self._history.find(wanted, MOST))))

    def mark(self, index: int) -> None:
        """Go to a row."""
        if 0 <= index < len(self._shown):
            self._marked = index

    def open_marked(self) -> None:
        """Show the marked receipt."""
        receipt = self._receipt()
        if receipt is not None:
            self._open_receipt(receipt)

    def refund_marked(self) -> None:
        """Begin to give the marked receipt back."""
        receipt = self._receipt()
        if receipt is not None and self._can_refund():
            self._refund(receipt)

    def account(self) -> None:
        """To the patient's money a conto."""
        if self._patient is not None:
            self._to_account(self._patient)

    def back(self) -> None:
        """Back to the sale; nothing of the patient stays here."""
        self._patient, self._shown = None, ()
        self._left()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _receipt(self) -> int | None:
        return self._shown[self._marked].receipt if self._shown else None

    def _can_refund(self) -> bool:
        receipt = self._receipt()
        return receipt is not None and self._rows.can_refund(receipt)

    def _heading(self, patient: Patient) -> str:
        protected = patient.protected or self._history.is_protected(patient.id)
        age = None if protected else patient.id.age_on(self._register.now().date())
        parts = [_("Historik"), patient_number(self._register.known(patient))]
        parts.append("" if age is None else _("{years} år").format(years=age))
        return "  ·  ".join(part for part in parts if part)

    def _about(self, patient: Patient) -> str:
        if not frikort.counts_at(self._register):
            return ""
        if patient.frikort_until is not None:
            return _("Frikort gäller t.o.m. {day}").format(day=day(patient.frikort_until))
        if patient.paid_in_window_ore is None:
            return _("Frikort ej kontrollerat")
        ceiling_ore = self._register.configuration.fees.frikort_ceiling_ore
        words = _("Frikort: {paid} av {ceiling} betalt")
        paid = words.format(paid=amount(patient.paid_in_window_ore), ceiling=amount(ceiling_ore))
        if patient.window_from is None:
            return paid
        return _("{paid}, perioden började {day}").format(paid=paid, day=day(patient.window_from))

    def _balance(self, patient: Patient) -> str:
        balance_ore = on_account.balance(self._register.state, patient.id)
        return _("A conto {amount}").format(amount=amount(balance_ore))
