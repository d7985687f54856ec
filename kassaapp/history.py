"""Find what has happened at a till: an index in memory, built from the checked journal and never stored (R68).

Fed with every event as it is recorded. A row says what happened, when and by whom; whether its patient is protected is
judged when the row is shown, so that an old receipt is masked when the mark comes later (R58).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import (
    CashCounted,
    DepositRepaid,
    DepositTaken,
    Event,
    PaymentEnded,
    ProgramStarted,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    kind_of,
)
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import PROTECTED_NAME, Patient
from kassaapp.journal.journal import Written

DIFFERENCE = "difference"
"""A kind to look for: every row with a cash difference that is not nothing (S000, R68)."""
Receipt = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid
"""What has a receipt number of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the history shows it. `session` and `user` are None where the event has none. `result` is a word of
    `CheckResult` for a start and of `PaymentOutcome` for the end of a payment, else empty."""

    seq: int
    at: datetime
    kind: str
    session: int | None
    user: str | None
    receipt: int | None
    amount_ore: int | None
    patient: PatientId | None
    difference_ore: int | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; every part that is given must fit (R68). Days include both ends."""

    kind: str | None = None
    patient: PatientId | None = None
    user: str | None = None
    session: int | None = None
    receipt: int | None = None
    first: date | None = None
    last: date | None = None
    amount_ore: int | None = None

    def fits(self, row: Row) -> bool:
        """Whether the row is looked for."""
        wanted = (
            (self.patient, row.patient),
            (self.user, row.user),
            (self.session, row.session),
            (self.receipt, row.receipt),
            (self.amount_ore, row.amount_ore),
        )
        day = row.at.date()
        in_time = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        of_kind = self.kind in (None, row.kind) or (self.kind == DIFFERENCE and bool(row.difference_ore))
        return in_time and of_kind and all(asked is None or asked == has for asked, has in wanted)


class History:
    """What one till remembers. `protected` is whom the desk knows to be protected; `Register` keeps it."""

    def __init__(self, past: Sequence[Written[Event]], protected: set[PatientId] | None = None) -> None:
        self._rows: list[Row] = []
        self._receipts: dict[int, Written[Receipt]] = {}
        self._of_patient: dict[PatientId, list[Row]] = {}
        self._voided: set[int] = set()
        self._openings: dict[int, SessionOpened] = {}
        self._closings: dict[int, Written[SessionClosed]] = {}
        self._names: dict[PatientId, str] = {}
        self._protected = set[PatientId]() if protected is None else protected
        self._session: int | None = None
        for written in past:
            self.add(written)

    def add(self, written: Written[Event]) -> None:
        """Remember one more event."""
        event = written.event
        self._session = event.session if isinstance(event, SessionOpened) else self._session
        row = row_of(written, self._session)
        self._rows.append(row)
        if row.patient is not None:
            self._of_patient.setdefault(row.patient, []).append(row)
        match event:
            case SaleRegistered() | SaleRefunded() | SaleVoided() | DepositTaken() | DepositRepaid():
                self._receipts[event.receipt] = Written(event, written.seq, written.hash, written.env)
                self._know(event.patient)
            case SessionOpened():
                self._openings[event.session] = event
            case SessionClosed():
                self._closings[event.z] = Written(event, written.seq, written.hash, written.env)
            case _:
                pass
        if isinstance(event, SessionClosed):
            self._session = None
        if isinstance(event, SaleVoided):
            self._voided.add(event.sale_receipt)

    # ── receipts and reports ─────────────────────────────────────────────────────────────────────────────────────

    def receipt(self, number: int) -> Written[Receipt]:
        """What has that receipt number, masked if its patient is protected today. Raises UnknownReceipt."""
        if number not in self._receipts:
            raise UnknownReceipt(number)
        written = self._receipts[number]
        event = written.event
        if event.patient.id not in self._protected:
            return written
        masked = replace(event, patient=replace(event.patient, name=PROTECTED_NAME, protected=True))
        return Written(masked, written.seq, written.hash, written.env)

    def sale(self, number: int) -> Written[SaleRegistered]:
        """The sale with that receipt number. Raises UnknownReceipt."""
        written = self.receipt(number)
        if not isinstance(written.event, SaleRegistered):
            raise UnknownReceipt(number)
        return Written(written.event, written.seq, written.hash, written.env)

    def is_voided(self, receipt: int) -> bool:
        """Whether the receipt has been undone."""
        return receipt in self._voided

    def opening(self, session: int) -> SessionOpened:
        """How session number `session` was opened."""
        return self._openings[session]

    def last_closing(self) -> Written[SessionClosed] | None:
        """The newest Z report."""
        return self._closings[max(self._closings)] if self._closings else None

    def closings(self) -> list[Written[SessionClosed]]:
        """Every Z report, in order."""
        return [self._closings[number] for number in sorted(self._closings)]

    # ── searching ────────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, wanted: Filter) -> list[Row]:
        """The rows that fit, oldest first."""
        rows: Iterable[Row] = self._rows if wanted.patient is None else self._of_patient.get(wanted.patient, [])
        return [row for row in rows if wanted.fits(row)]

    # ── patients ─────────────────────────────────────────────────────────────────────────────────────────────────

    def name_of(self, patient: PatientId) -> str | None:
        """The name the patient was last registered under here; never for protected identity."""
        return None if patient in self._protected else self._names.get(patient)

    def is_protected(self, patient: PatientId) -> bool:
        """Whether the patient is known at this desk to be protected."""
        return patient in self._protected

    def _know(self, patient: Patient) -> None:
        if not patient.protected:
            self._names[patient.id] = patient.name


def row_of(written: Written[Event], session: int | None) -> Row:
    """The event as a row. Fields are read by the names all events share; `session` is the one that was open."""
    event: Any = written.event
    patient: Patient | None = getattr(event, "patient", None)
    return Row(
        seq=written.seq,
        at=event.at,
        kind=kind_of(event),
        session=getattr(event, "session", session),
        user=getattr(event, "by", None),
        receipt=getattr(event, "receipt", None),
        amount_ore=_amount(event),
        patient=None if patient is None else patient.id,
        difference_ore=_difference(event),
        result=_result(event),
    )


def _amount(event: Any) -> int | None:
    """What the event is about in öre: a total, an amount, what a count differed, a session's sales."""
    match event:
        case SessionOpened():
            return event.counted_ore
        case SessionClosed():
            return event.figures.sales_ore
        case _:
            total: int | None = getattr(event, "total_ore", getattr(event, "amount_ore", None))
            return total


def _result(event: Event) -> str:
    match event:
        case ProgramStarted():
            return event.check.value
        case PaymentEnded():
            return event.outcome.value
        case _:
            return ""


def _difference(event: Event) -> int | None:
    """How far a count was from what should have been there, at its worst; None for what counts nothing."""
    match event:
        case SessionOpened():
            return event.difference_ore
        case SessionClosed():
            return max(event.figures.difference_ore.values(), key=abs, default=0)
        case CashCounted():
            return max(event.difference_ore.values(), key=abs, default=0)
        case _:
            return None
