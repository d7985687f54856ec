"""Giving money back for a sale, whole or in part. Nobody is given it outside the till before that is on record.

The parts of `Register` that undo. A sale is never changed: what undoes it is a record of its own (R08).
"""

from collections.abc import Sequence

from kassaapp.accounts import Accounts
from kassaapp.domain import payment_attempt, refund
from kassaapp.domain.events import PaymentBegun, SaleRefunded, SaleVoided
from kassaapp.domain.people import Role
from kassaapp.domain.refund import Circumstances, GiveBack
from kassaapp.domain.tender import Offer
from kassaapp.journal.journal import Written
from kassaapp.pins import Signature

_ROLES = (Role.SUPERVISOR,)
"""Who may be the second person."""


class Returns(Accounts):
    """Undo a sale, and begin to."""

    def refund(
        self,
        receipt: int,
        wishes: Sequence[GiveBack],
        offers: Sequence[Offer],
        reason: str,
        approved_by: Signature | None = None,
    ) -> Written[SaleRefunded]:
        """Give back part of a sale, row by row; a repayment that was begun for it ends with it. Raises UnknownReceipt,
        and as `domain.refund.refund`."""
        event = self._refund(receipt, wishes, offers, reason, approved_by)
        return self._record_approved(event, approved_by, _ROLES, payment_attempt.ended_by_return(self._state, event))

    def void(self, receipt: int, reason: str, approved_by: Signature | None = None) -> Written[SaleVoided]:
        """Undo a whole receipt; a repayment that was begun for it ends with it. Raises UnknownReceipt, and as
        `domain.refund.void`."""
        event = self._void(receipt, reason, approved_by)
        return self._record_approved(event, approved_by, _ROLES, payment_attempt.ended_by_return(self._state, event))

    def begin_refund(
        self,
        receipt: int,
        wishes: Sequence[GiveBack],
        offers: Sequence[Offer],
        reason: str,
        approved_by: Signature | None = None,
    ) -> PaymentBegun | None:
        """Put on record that what `refund` would give back by card or Swish is about to be given back, before it is;
        None when nothing is. Of two such tenders it is the first. Raises as `refund`."""
        return self._begin(self._refund(receipt, wishes, offers, reason, approved_by), approved_by)

    def begin_void(self, receipt: int, reason: str, approved_by: Signature | None = None) -> PaymentBegun | None:
        """As `begin_refund`, for `void`."""
        return self._begin(self._void(receipt, reason, approved_by), approved_by)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _refund(
        self,
        receipt: int,
        wishes: Sequence[GiveBack],
        offers: Sequence[Offer],
        reason: str,
        approved_by: Signature | None,
    ) -> SaleRefunded:
        given = self._circumstances(receipt, approved_by)
        return refund.refund(self._state, self.receipts.sale(receipt), wishes, offers, reason, given)

    def _void(self, receipt: int, reason: str, approved_by: Signature | None) -> SaleVoided:
        given = self._circumstances(receipt, approved_by)
        return refund.void(self._state, self.receipts.sale(receipt), reason, given)

    def _begin(self, event: SaleRefunded | SaleVoided, approved_by: Signature | None) -> PaymentBegun | None:
        """The repayment that is begun now, or was before; a wrong PIN is told before the money goes."""
        self._second_person(approved_by, _ROLES)
        begun = payment_attempt.begin_return(self._state, event)
        if begun is not None:
            self._record(begun)
        ends = payment_attempt.ended_by_return(self._state, event)
        return self._state.open_payment if ends is not None else None

    def _circumstances(self, receipt: int, approved_by: Signature | None) -> Circumstances:
        user, begun = self.require_counter(), self._state.open_payment
        return Circumstances(
            self._now(),
            user.id,
            self._configuration.policy.refund_approval_over_ore,
            None if approved_by is None else approved_by.user,
            begun_at=begun.at if begun is not None and begun.returns == receipt else None,
        )
