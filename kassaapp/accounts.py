"""A conto at the till: deposits, balances, repayments, and the rights that come from the region and go back to it.

The parts of `Register` that move a patient's own money. None of them waits for a network: a request is put on record
here, `kassaapp.rights` carries it, and what the region answered is put on record when it has come.
"""

import secrets
from collections.abc import Iterable, Sequence

from kassaapp.domain import on_account, rights
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    Look,
    PatientSeen,
    RecordsExported,
    RightsAsked,
    RightsReleased,
)
from kassaapp.domain.people import Role
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient
from kassaapp.journal.journal import Written
from kassaapp.pins import Signature
from kassaapp.visits import Visits
from sync.wire.accounts import ID_BYTES
from sync.wire.canonical import to_text


class Accounts(Visits):
    """Take a deposit, pay it back, and move the right to spend it between desks."""

    def saw(self, patient: Patient, what: Look) -> None:
        """Record that the signed-in person looked at a patient (R60)."""
        user = self.require_reader()
        self._record(PatientSeen(at=self._now(), by=user.id, what=what, patient=patient))

    def exported(self, event: RecordsExported, named: Iterable[Patient]) -> None:
        """Record that a file leaves the till, asked for by the signed-in person, and each patient whom it names (R60).
        Raises NotSignedIn, NotAllowed, DiskAlmostFull."""
        user = self.require_reader()
        assert event.by == user.id
        seen = [PatientSeen(at=event.at, by=user.id, what=Look.EXPORT, patient=patient) for patient in named]
        events: list[Event] = [*seen, event]
        self._record_all(events)

    def balance(self, patient: Patient) -> int:
        """What this till holds of what the patient has a conto, in öre; recorded as looked at (R60)."""
        self.saw(patient, Look.BALANCE)
        return on_account.balance(self._state, patient.id)

    def deposit(self, patient: Patient, amount_ore: int, offers: Sequence[Offer]) -> Written[DepositTaken]:
        """Take a deposit. Raises as `domain.on_account.deposit`, and PaymentUnderWay by card or Swish while another
        payment has no end."""
        user = self.require_counter()
        return self._record_paid(
            on_account.deposit(self._state, self.known(patient), amount_ore, offers, at=self._now(), by=user.id)
        )

    def repay(
        self,
        patient: Patient,
        amount_ore: int,
        offers: Sequence[Offer],
        reason: str,
        approved_by: Signature | None,
    ) -> Written[DepositRepaid]:
        """Pay a balance back, with a second person's approval. Raises as `domain.on_account.repay`."""
        user = self.require_counter()
        event = on_account.repay(
            self._state,
            self.known(patient),
            amount_ore,
            offers,
            reason,
            at=self._now(),
            by=user.id,
            approved_by=None if approved_by is None else approved_by.user,
        )
        return self._record_approved(event, approved_by, (Role.SUPERVISOR,))

    # ── rights between desks ─────────────────────────────────────────────────────────────────────────────────────

    def ask_rights(self, patient: Patient, amount_ore: int) -> RightsAsked:
        """Ask the region for the right to spend so much more of the patient's money. The till holds it when
        `take_answer` has recorded that it came. While something is asked for this patient nothing more is, and that is
        returned. Raises as `domain.rights.ask`."""
        user = self.require_counter()
        under_way = rights.open_ask(self._state, patient)
        if under_way is not None:
            return under_way
        whom = self.known(patient)
        return self._record(rights.ask(whom, amount_ore, _new_request(), at=self._now(), by=user.id)).event

    def release_rights(self, patient: Patient, amount_ore: int) -> RightsReleased:
        """Let go of so much of the patient's money, so that another desk may be granted it. The till does not hold it
        any more when this returns. Raises as `domain.rights.release`."""
        user = self.require_counter()
        whom = self.known(patient)
        event = rights.release(self._state, whom, amount_ore, _new_request(), at=self._now(), by=user.id)
        return self._record(event).event

    def take_answer(self, request: str, moved_ore: int, free_ore: int) -> None:
        """Record what the region answered to a request, whoever is at the till; once, however often it is told."""
        event = rights.answered(self._state, request, moved_ore, free_ore, at=self._now())
        if event is not None:
            self._record(event)


def _new_request() -> str:
    return to_text(secrets.token_bytes(ID_BYTES))
