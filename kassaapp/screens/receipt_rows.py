"""How a row of the history is written in a list: masked, in words, and with what has become of it (UX 2.10, 2.11)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import DepositRepaid, DepositTaken, SaleRefunded, SaleRegistered, SaleVoided
from kassaapp.domain.visit import Payment
from kassaapp.history import History, Receipt, Row
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.recorder import COUNTER_ROLES
from kassaapp.register import Register
from kassaapp.screens.money_back import times
from kassaapp.wording import amount, amount_spoken, clock, event_kind, moment, patient_name, tender
from sync.client.status import SyncStatus


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A row as shown. `receipt` is None for what has no number; `struck`: the receipt stands no more."""

    place: int
    receipt: int | None
    time: str
    number: str
    patient: str
    content: str
    tender: str
    amount: str
    amount_spoken: str
    status: str
    struck: bool = False


class ReceiptRows:
    """Writes rows. `sync_status` says how much the region has not yet."""

    def __init__(self, register: Register, history: History, sync_status: Callable[[], SyncStatus]) -> None:
        self._register = register
        self._history = history
        self._sync_status = sync_status

    def shown(self, rows: Iterable[Row]) -> tuple[ReceiptRow, ...]:
        """The rows as shown, in their order."""
        held, today = self._held(), self._register.now().date()
        return tuple(
            self._receipt(row, row.receipt, held, today) if row.receipt else self._other(row, held, today)
            for row in rows
        )

    def number(self, receipt: int) -> str:
        """A receipt's number as printed."""
        return receipt_number(self._register.configuration, self._register.till, receipt)

    def is_sent(self, place: int) -> bool:
        """Whether the region has proved that it holds the record in that place."""
        return place < self._held()

    def standing(self, receipt: int) -> str:
        """What has become of a sale since; empty while it stands as it was made."""
        try:
            standing = self._register.receipts.sale(receipt)
        except UnknownReceipt:
            return ""
        if standing.voided_by is not None:
            return _("Makulerat")
        if standing.all_returned_ore and not standing.all_left_ore:
            return _("Återbetalt")
        return _("Delvis återbetalt") if standing.all_returned_ore else ""

    def can_refund(self, receipt: int) -> bool:
        """Whether there is something of a sale left to give back, and somebody at the counter to do it."""
        user = self._register.user
        if user is None or not user.roles.intersection(COUNTER_ROLES):
            return False
        try:
            return self._register.receipts.sale(receipt).all_left_ore > 0
        except UnknownReceipt:
            return False

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _held(self) -> int:
        """How many rows, from the first, the region has proved that it holds."""
        return self._history.count - self._sync_status().unsent

    def _receipt(self, row: Row, receipt: int, held: int, today: date) -> ReceiptRow:
        event = self._history.receipt(receipt).event
        ore, standing = signed_ore(event), self.standing(receipt)
        return ReceiptRow(
            place=row.place,
            receipt=receipt,
            time=_time(row, today),
            number=self.number(receipt),
            patient=patient_name(event.patient) if event.patient.protected else event.patient.id.masked(),
            content=self._content(event),
            tender=" + ".join(tenders(event.payments)),
            amount=amount(ore),
            amount_spoken=amount_spoken(ore),
            status=standing or _sent(row, held),
            struck=self._history.is_voided(receipt),
        )

    def _other(self, row: Row, held: int, today: date) -> ReceiptRow:
        """What is no receipt; a difference is what it is about when there is one."""
        ore = row.difference_ore or row.amount_ore or 0
        name = event_kind(row.kind)
        return ReceiptRow(
            place=row.place,
            receipt=None,
            time=_time(row, today),
            number="",
            patient="",
            content=_("{event}, differens").format(event=name) if row.difference_ore else name,
            tender="" if row.user is None else self._register.configuration.user_name(row.user),
            amount=amount(ore),
            amount_spoken=amount_spoken(ore),
            status=_sent(row, held),
        )

    def _content(self, event: Receipt) -> str:
        match event:
            case SaleRegistered():
                return ", ".join(times(line.quantity, line.text) for line in event.lines)
            case SaleVoided():
                return _("Makulering av {receipt}").format(receipt=self.number(event.sale_receipt))
            case SaleRefunded():
                return _("Återbetalning av {receipt}").format(receipt=self.number(event.sale_receipt))
            case DepositTaken():
                return event_kind("deposit")
            case DepositRepaid():
                return event_kind("repayment")


def _time(row: Row, today: date) -> str:
    return clock(row.at) if row.at.date() == today else moment(row.at)


def _sent(row: Row, held: int) -> str:
    return _("Skickat") if row.place < held else _("Väntar")


def signed_ore(event: Receipt) -> int:
    """What came in, or below zero what went out."""
    match event:
        case SaleRegistered():
            return event.to_pay_ore
        case SaleRefunded() | SaleVoided():
            return -event.to_pay_ore
        case DepositTaken():
            return event.amount_ore
        case DepositRepaid():
            return -event.amount_ore


def tenders(payments: Iterable[Payment]) -> list[str]:
    """Each tender once, in words."""
    return [tender(by) for by in dict.fromkeys(payment.by for payment in payments)] or [_("Utan betalning")]
