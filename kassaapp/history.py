"""Find what has happened at a till: an index in memory, built from the checked journal and never stored (R68).

Fed with every event as it is recorded. A row says what happened, when and by whom; whether its patient is protected is
judged when the row is shown, so that an old receipt is masked when the mark comes later (R58). Ten years of rows are
searched between two key presses: `_Index` knows where each could be.
"""

import sys
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from heapq import merge
from operator import attrgetter
from typing import Any

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import (
    CashCounted,
    DepositRepaid,
    DepositTaken,
    Event,
    PaymentEnded,
    ProgramStarted,
    ReceiptPrinted,
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
RECEIPT_KINDS = frozenset({"sale", "refund", "void", "deposit", "repayment"})
"""The kinds of `Receipt`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the history shows it. `session` and `user` are None where the event has none. `result` is a word of
    `CheckResult` for a start and of `PaymentOutcome` for the end of a payment, else empty. `paid_ore` is what was paid
    where that is another amount, for cash has no öre; `place` is the row's number in the history, from 0."""

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
    paid_ore: int | None = None
    place: int = -1


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; every part that is given must fit (R68). Days include both ends; with `kinds` the row is of one
    of them. An amount is found both as what it cost and as what was paid."""

    kind: str | None = None
    patient: PatientId | None = None
    user: str | None = None
    session: int | None = None
    receipt: int | None = None
    first: date | None = None
    last: date | None = None
    amount_ore: int | None = None
    kinds: frozenset[str] | None = None

    def fits(self, row: Row) -> bool:
        """Whether the row is looked for."""
        return (
            (self.receipt is None or self.receipt == row.receipt)
            and (self.amount_ore is None or self.amount_ore in (row.amount_ore, row.paid_ore))
            and (self.session is None or self.session == row.session)
            and (self.user is None or self.user == row.user)
            and (self.kinds is None or row.kind in self.kinds)
            and (self.kind is None or self.kind == row.kind or (self.kind == DIFFERENCE and bool(row.difference_ore)))
            and (self.first is None or self.first <= row.at.date())
            and (self.last is None or row.at.date() <= self.last)
            and (self.patient is None or self.patient == row.patient)
        )


class _Index:
    """Every row, and where those with a patient, a number, an amount, a session, a user, a kind or a day are.

    Kept as each row is added, so that nothing is sorted, nor every row walked through, while somebody waits for an
    answer. A row is in each list once for each of its keys, in the order of the journal.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._by: dict[str, dict[Hashable, list[Row]]] = {name: {} for name in _KEYS}
        self._days: list[date] = []
        """Every day that has a row, in order, whatever the clock was put back to."""

    def add(self, row: Row) -> None:
        """One more row, the newest."""
        self.rows.append(row)
        day = row.at.date()
        if day not in self._by["day"]:
            insort(self._days, day)
        for name, keys in _KEYS.items():
            by = self._by[name]
            for key in keys(row):
                by.setdefault(key, []).append(row)

    def newest_first(self, wanted: Filter) -> Iterator[Row]:
        """The fewest rows that hold all that fit, from the end of the journal."""
        exact = {
            "receipt": wanted.receipt,
            "patient": wanted.patient,
            "amount": wanted.amount_ore,
            "session": wanted.session,
            "user": wanted.user,
        }
        places = [[self._by[name].get(asked, [])] for name, asked in exact.items() if asked is not None]
        kinds = _COUNTED if wanted.kind == DIFFERENCE else wanted.kinds if wanted.kind is None else {wanted.kind}
        if kinds is not None:
            places.append([rows for kind, rows in self._by["kind"].items() if kind in kinds])
        if wanted.first is not None or wanted.last is not None:
            places.append([self._by["day"][day] for day in self._between(wanted.first, wanted.last)])
        fewest = min(places, key=lambda lists: sum(map(len, lists)), default=[self.rows])
        return merge(*map(reversed, fewest), key=attrgetter("place"), reverse=True)

    def _between(self, first: date | None, last: date | None) -> Sequence[date]:
        """The days from the first to the last of them, both included."""
        begin = 0 if first is None else bisect_left(self._days, first)
        return self._days[begin : len(self._days) if last is None else bisect_right(self._days, last)]


def _amounts(row: Row) -> tuple[int, ...]:
    if row.amount_ore is None:
        return ()
    return (row.amount_ore,) if row.paid_ore in (None, row.amount_ore) else (row.amount_ore, row.paid_ore or 0)


_COUNTED = frozenset({"session-open", "session-close", "count"})
"""The kinds that can have a difference."""
_KEYS: Mapping[str, Callable[[Row], Collection[Hashable]]] = {
    "receipt": lambda row: () if row.receipt is None else (row.receipt,),
    "patient": lambda row: () if row.patient is None else (row.patient,),
    "amount": _amounts,
    "session": lambda row: (row.session,),
    "user": lambda row: (row.user,),
    "kind": lambda row: (row.kind,),
    "day": lambda row: (row.at.date(),),
}


class History:
    """What one till remembers. `protected` is whom the desk knows to be protected; `Register` keeps it."""

    def __init__(self, past: Sequence[Written[Event]], protected: set[PatientId] | None = None) -> None:
        self._index = _Index()
        self._receipts: dict[int, Written[Receipt]] = {}
        self._numbers: dict[bytes, int] = {}
        self._returns: dict[int, list[int]] = {}
        self._replaced: dict[int, int] = {}
        self._copied: dict[int, datetime] = {}
        self._voided: set[int] = set()
        self._openings: dict[int, SessionOpened] = {}
        self._closings: dict[int, Written[SessionClosed]] = {}
        self._names: dict[PatientId, str] = {}
        self._ids: dict[PatientId, PatientId] = {}
        self._protected = set[PatientId]() if protected is None else protected
        self._session: int | None = None
        self._in_session: list[Event] = []
        for written in past:
            self.add(written)

    def add(self, written: Written[Event]) -> None:
        """Remember one more event."""
        event = written.event
        if isinstance(event, SessionOpened):
            self._session, self._in_session = event.session, []
        if self._session is not None:
            self._in_session.append(event)
        self._index.add(row_of(written, self._session, len(self._index.rows), same=self._same))
        match event:
            case SaleRegistered() | SaleRefunded() | SaleVoided() | DepositTaken() | DepositRepaid():
                self._add_receipt(Written(event, written.seq, written.hash, written.env))
            case ReceiptPrinted(copy=True):
                self._copied[event.receipt] = event.at
            case SessionOpened():
                self._openings[event.session] = event
            case SessionClosed():
                self._closings[event.z] = Written(event, written.seq, written.hash, written.env)
            case _:
                pass
        if isinstance(event, SessionClosed):
            self._session, self._in_session = None, []

    def _add_receipt(self, written: Written[Receipt]) -> None:
        """Remember what has a number of its own, and what it did to another."""
        event = written.event
        self._receipts[event.receipt] = written
        self._numbers[written.env] = event.receipt
        self._know(event.patient)
        match event:
            case SaleRegistered(replaces=int(replaced)):
                self._replaced[replaced] = event.receipt
            case SaleRefunded() | SaleVoided():
                self._returns.setdefault(event.sale_receipt, []).append(event.receipt)
                if isinstance(event, SaleVoided):
                    self._voided.add(event.sale_receipt)
            case _:
                pass

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

    def number_of(self, env: bytes) -> int:
        """The number of the receipt whose record has this signed header, as its QR code carries. Raises UnknownReceipt
        (with 0) for what this till never made."""
        if env not in self._numbers:
            raise UnknownReceipt(0)
        return self._numbers[env]

    def returns_of(self, receipt: int) -> tuple[int, ...]:
        """The return receipts of a sale, oldest first."""
        return tuple(self._returns.get(receipt, ()))

    def replaced_by(self, receipt: int) -> int | None:
        """The receipt that was made in its place when it was put right."""
        return self._replaced.get(receipt)

    def copied_at(self, receipt: int) -> datetime | None:
        """When the one copy of a receipt came out (R41)."""
        return self._copied.get(receipt)

    def opening(self, session: int) -> SessionOpened:
        """How session number `session` was opened."""
        return self._openings[session]

    def openings(self) -> Mapping[int, SessionOpened]:
        """How every session was opened, by its number, as it is now."""
        return dict(self._openings)

    def receipts(self) -> Sequence[Receipt]:
        """All that has a receipt number, in the order of the journal, as it is now; for sums, so nobody is masked."""
        return [written.event for written in self._receipts.values()]

    def last_closing(self) -> Written[SessionClosed] | None:
        """The newest Z report."""
        return self._closings[max(self._closings)] if self._closings else None

    @property
    def in_session(self) -> Sequence[Event]:
        """What has happened in the open session, from its opening on; nothing when the till is closed."""
        return tuple(self._in_session)

    def closings(self) -> list[Written[SessionClosed]]:
        """Every Z report, in order."""
        return [self._closings[number] for number in sorted(self._closings)]

    # ── searching ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._index.rows)

    def find(self, wanted: Filter, most: int | None = None) -> list[Row]:
        """The rows that fit, oldest first; with `most` only so many, the newest."""
        found: list[Row] = []
        for row in self._index.newest_first(wanted):
            if len(found) == most:
                break
            if wanted.fits(row):
                found.append(row)
        found.reverse()
        return found

    # ── patients ─────────────────────────────────────────────────────────────────────────────────────────────────

    def name_of(self, patient: PatientId) -> str | None:
        """The name the patient was last registered under here; never for protected identity."""
        return None if patient in self._protected else self._names.get(patient)

    def is_protected(self, patient: PatientId) -> bool:
        """Whether the patient is known at this desk to be protected."""
        return patient in self._protected

    def _same(self, patient: PatientId) -> PatientId:
        """The number as it was first seen: whoever comes back is held in memory once."""
        return self._ids.setdefault(patient, patient)

    def _know(self, patient: Patient) -> None:
        if not patient.protected:
            self._names[patient.id] = patient.name


def row_of(
    written: Written[Event],
    session: int | None,
    place: int = -1,
    *,
    same: Callable[[PatientId], PatientId] = lambda patient: patient,
) -> Row:
    """The event as a row. Fields are read by the names all events share; `session` is the one that was open, and `same`
    gives the number that is kept for a patient's."""
    event: Any = written.event
    patient: Patient | None = getattr(event, "patient", None)
    return Row(
        seq=written.seq,
        at=event.at,
        kind=kind_of(event),
        session=getattr(event, "session", session),
        user=None if (by := getattr(event, "by", None)) is None else sys.intern(by),
        receipt=getattr(event, "receipt", None),
        amount_ore=_amount(event),
        patient=None if patient is None else same(patient.id),
        difference_ore=_difference(event),
        result=_result(event),
        paid_ore=getattr(event, "to_pay_ore", None),
        place=place,
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
