"""What a till has done, as every export reads it: from its birth, in order, each event with its place and its chain.

It is read twice. The first reading, `survey`, finds what a record cannot know when it comes: which Z closed its
session, which receipt a later copy is of, who is protected today. It keeps a number or two for each session and nothing
for each record.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from kassaapp.configuration import ClinicName
from kassaapp.domain.events import (
    ConfigurationTaken,
    Event,
    ProgramStarted,
    ReceiptPrinted,
    RecordsExported,
    SessionClosed,
)
from kassaapp.domain.patient_id import PatientId


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a till's own time, both included."""

    first: date
    last: date

    def holds(self, at: datetime) -> bool:
        """Whether it was on one of the days."""
        return self.first <= at.date() <= self.last

    @property
    def begins(self) -> datetime:
        """The first moment, without a zone."""
        return datetime.combine(self.first, time.min)

    @property
    def ends(self) -> datetime:
        """The last second, without a zone."""
        return datetime.combine(self.last, time(23, 59, 59))


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in its place. `till` is its kassabeteckning, such as `R0417H`, and `chain` the id of its chain: another
    computer, or one put right after damage, goes on under a name and a chain of its own."""

    event: Event
    till: str
    chain: bytes
    seq: int
    hash: bytes
    env: bytes


@dataclass(frozen=True, slots=True)
class Past:
    """A till's past. `entries` begins a new reading each time it is called; `clinic_of` says who we were when a record
    with that signed header was made."""

    entries: Callable[[], Iterator[Entry]]
    clinic_of: Callable[[bytes], ClinicName]


@dataclass(slots=True)
class TillSeen:
    """A chain that has records in the period, with the newest program version it had there."""

    till: str
    chain: bytes
    version: str


@dataclass(slots=True)
class Survey:
    """What the first reading found. `closed` is the Z of each closed session; `copied` the receipts that were copied in
    the period; `tills` the chains that have records there, in order; `protected` who is protected today; `set_back` the
    moments in the period before which the local time went back; `exported` the exports of any of those days before
    this one; `configuration` and `last_at` are the newest."""

    closed: dict[int, int] = field(default_factory=dict)
    copied: set[int] = field(default_factory=set)
    tills: list[TillSeen] = field(default_factory=list)
    protected: set[PatientId] = field(default_factory=set)
    set_back: list[datetime] = field(default_factory=list)
    exported: list[RecordsExported] = field(default_factory=list)
    version: str = ""
    configuration: int = -1
    last_at: datetime | None = None
    records: int = 0


def survey(past: Past, period: Period) -> Survey:
    """Read it all once."""
    found = Survey()
    for entry in past.entries():
        if period.holds(entry.event.at):
            _see(found, entry)
        _know(found, entry.event)
        if isinstance(entry.event, RecordsExported) and _overlap(entry.event, period):
            found.exported.append(entry.event)
    return found


def _overlap(exported: RecordsExported, period: Period) -> bool:
    return exported.first <= period.last and period.first <= exported.last


def _see(found: Survey, entry: Entry) -> None:
    """What matters only in the period."""
    event = entry.event
    if found.last_at is not None and event.at.replace(tzinfo=None) < found.last_at.replace(tzinfo=None):
        found.set_back.append(event.at)
    if isinstance(event, ReceiptPrinted) and event.copy:
        found.copied.add(event.receipt)
    if isinstance(event, ProgramStarted):
        found.version = event.version
    if not found.tills or found.tills[-1].chain != entry.chain:
        found.tills.append(TillSeen(entry.till, entry.chain, found.version))
    found.tills[-1].version = found.version


def _know(found: Survey, event: Event) -> None:
    """What matters whenever it was."""
    found.records += 1
    found.last_at = event.at
    match event:
        case SessionClosed():
            found.closed[event.session] = event.z
        case ConfigurationTaken():
            found.configuration = event.number
        case ProgramStarted():
            found.version = event.version
        case _:
            patient = getattr(event, "patient", None)
            if patient is not None and patient.protected:
                found.protected.add(patient.id)
