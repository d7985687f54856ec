"""Find what has happened at a till: an index in memory, built from the checked journal at start and never stored.

Fed with every event as it is recorded. A later room holds the filters of R68; this one knows receipts, Z reports and
the names that patients have been registered under.
"""

from collections.abc import Sequence

from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import Event, SaleRegistered, SessionClosed, SessionOpened
from kassaapp.domain.patient_id import PatientId
from kassaapp.journal.journal import Written


class History:
    """What one till remembers."""

    def __init__(self, past: Sequence[Written[Event]]) -> None:
        self._sales: dict[int, Written[SaleRegistered]] = {}
        self._openings: dict[int, SessionOpened] = {}
        self._closings: dict[int, Written[SessionClosed]] = {}
        self._names: dict[PatientId, str] = {}
        for written in past:
            self.add(written)

    def add(self, written: Written[Event]) -> None:
        """Remember one more event."""
        event = written.event
        if isinstance(event, SaleRegistered):
            self._sales[event.receipt] = Written(event, written.seq, written.hash, written.env)
            if not event.patient.protected:
                self._names[event.patient.id] = event.patient.name
        elif isinstance(event, SessionOpened):
            self._openings[event.session] = event
        elif isinstance(event, SessionClosed):
            self._closings[event.z] = Written(event, written.seq, written.hash, written.env)

    def sale(self, receipt: int) -> Written[SaleRegistered]:
        """The sale with that receipt number. Raises UnknownReceipt."""
        if receipt not in self._sales:
            raise UnknownReceipt(receipt)
        return self._sales[receipt]

    def opening(self, session: int) -> SessionOpened:
        """How session number `session` was opened."""
        return self._openings[session]

    def last_closing(self) -> Written[SessionClosed] | None:
        """The newest Z report."""
        return self._closings[max(self._closings)] if self._closings else None

    def name_of(self, patient: PatientId) -> str | None:
        """The name the patient was last registered under here; never for protected identity."""
        return self._names.get(patient)
