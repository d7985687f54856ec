"""A visit at the till: what it costs, the payment that a terminal is asked for, and how it is registered.

The parts of `Register` that take money for a visit. Nobody outside is asked for money before that is on record.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from kassaapp.domain import fees, on_account, payment_attempt, sale, session
from kassaapp.domain.errors import NoPatient, VisitTooFarAhead
from kassaapp.domain.events import (
    DepositTaken,
    Event,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
)
from kassaapp.domain.fees import Quote, Wish
from kassaapp.domain.state import apply
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.journal.journal import Written
from kassaapp.recorder import Recorder

P = TypeVar("P", SaleRegistered, DepositTaken)

FURTHEST_VISIT = timedelta(days=366)
"""A booked visit may be paid before it, but not years before."""


class Visits(Recorder):
    """Price a visit, ask for its payment, register it."""

    # ── the visit ────────────────────────────────────────────────────────────────────────────────────────────────

    def quote(self, patient: Patient | None, wishes: Sequence[Wish], visit_date: date | None = None) -> Quote:
        """What a basket costs this patient on the day of the visit (today when not said).

        Raises NoPatient, EmptyBasket, BadQuantity, UnknownArticle, WrongTill, MixedBasket, PriceMissing.
        """
        self.require_counter()
        if patient is None:
            raise NoPatient
        today = self._now().date()
        if visit_date is not None and visit_date > today + FURTHEST_VISIT:
            raise VisitTooFarAhead(visit_date)
        return fees.quote(
            self._configuration.catalogue,
            self._configuration.fees,
            patient,
            wishes,
            till=self._state.till,
            visit_date=visit_date or today,
        )

    def sell(
        self,
        patient: Patient | None,
        wishes: Sequence[Wish],
        offers: Sequence[Offer],
        visit_date: date | None = None,
        *,
        acknowledged: bool = False,
    ) -> Written[SaleRegistered]:
        """Register a visit, paid or free; a payment that was begun for it ends with it.

        Raises as `quote`, as `domain.sale.sell`, and PaymentUnderWay for another card or Swish payment than that."""
        self.require_counter()
        session.require_open(self._state, self._now())
        quoted = self.quote(patient, wishes, visit_date)
        assert patient is not None
        return self._record_paid(self._sale(patient, quoted, offers, visit_date, acknowledged=acknowledged))

    # ── a payment that somebody else takes: a terminal, or Swish ─────────────────────────────────────────────────

    @property
    def open_payment(self) -> PaymentBegun | None:
        """The payment that was begun and has no end on record; after a restart somebody must say what became of it."""
        return self._state.open_payment

    def begin_payment(
        self,
        patient: Patient | None,
        wishes: Sequence[Wish],
        tender: Tender,
        visit_date: date | None = None,
        *,
        amount_ore: int | None = None,
        mark: str = "",
        acknowledged: bool = False,
    ) -> PaymentBegun:
        """Put on record that a card or Swish payment is about to be asked for, before it is; all that is due, when not
        said how much. `mark` is what the payer's app shows. Raises as `quote` and `domain.payment_attempt.begin`."""
        user = self.require_counter()
        quoted = self.quote(patient, wishes, visit_date)
        assert patient is not None
        at = self._now()
        event = payment_attempt.begin(
            self._state,
            self._rules(),
            self.known(patient),
            quoted,
            tender,
            amount_ore=amount_ore,
            visit_date=visit_date or at.date(),
            at=at,
            by=user.id,
            mark=mark,
            acknowledged=acknowledged,
        )
        return self._record(event).event

    def begin_deposit(self, patient: Patient, amount_ore: int, tender: Tender, *, mark: str = "") -> PaymentBegun:
        """As `begin_payment`, for a deposit a conto. Raises as `domain.payment_attempt.begin_deposit`."""
        user = self.require_counter()
        event = payment_attempt.begin_deposit(
            self._state, self.known(patient), amount_ore, tender, at=self._now(), by=user.id, mark=mark
        )
        return self._record(event).event

    def settle_payment(self, reference: str | None = None, rest: Sequence[Offer] = ()) -> Written[SaleRegistered]:
        """The payment that was begun for a visit has come: register it, as priced when it was asked for, also over
        midnight and after a crash. `rest` is what is paid otherwise. Raises NoPaymentUnderWay, and as
        `domain.sale.sell`."""
        self.require_counter()
        begun = payment_attempt.under_way(self._state)
        assert not begun.is_deposit, "a deposit pays no visit"
        offers = [Offer(begun.tender, begun.amount_ore, reference=reference), *rest]
        as_priced = payment_attempt.as_priced(begun)
        return self._record_paid(
            self._sale(begun.patient, as_priced, offers, begun.visit_date, acknowledged=True, begun_at=begun.at)
        )

    def settle_deposit(self, reference: str | None = None) -> Written[DepositTaken]:
        """As `settle_payment`, for a payment that was begun for a deposit. Raises NoPaymentUnderWay, and as
        `domain.on_account.deposit`."""
        user = self.require_counter()
        begun = payment_attempt.under_way(self._state)
        assert begun.is_deposit, "a visit is not a deposit"
        event = on_account.deposit(
            self._state,
            self.known(begun.patient),
            begun.amount_ore,
            [Offer(begun.tender, begun.amount_ore, reference=reference)],
            at=self._now(),
            by=user.id,
            begun_at=begun.at,
        )
        return self._record_paid(event)

    def abandon_payment(self, outcome: PaymentOutcome) -> PaymentEnded:
        """No money came of the payment that was begun, and `outcome` is why not. Raises NoPaymentUnderWay."""
        user = self.require_counter()
        return self._record(payment_attempt.end_unpaid(self._state, outcome, at=self._now(), by=user.id)).event

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _sale(
        self,
        patient: Patient,
        quoted: Quote,
        offers: Sequence[Offer],
        visit_date: date | None,
        *,
        acknowledged: bool = False,
        replaces: int | None = None,
        after: SaleRefunded | SaleVoided | None = None,
        begun_at: datetime | None = None,
    ) -> SaleRegistered:
        """The event of a visit; `replaces` and `after` are the receipt it stands in for and what undid that, `begun_at`
        when its payment was asked for."""
        at = self._now()
        return sale.sell(
            self._state if after is None else apply(self._state, after),
            self._rules(),
            self.known(patient),
            quoted,
            offers,
            visit_date=visit_date or at.date(),
            at=at,
            by=self.require_counter().id,
            acknowledged=acknowledged or after is not None,
            replaces=replaces,
            begun_at=begun_at,
        )

    def _rules(self) -> sale.Till:
        """What of this till its sales depend on."""
        return sale.Till(
            self._state.till,
            needs_address=self.till.document == "kontantfaktura",
            invoice_fee_ore=self._configuration.policy.invoice_fee_ore,
        )

    def _record_paid(self, paid: P) -> Written[P]:
        """Record what was paid and, with it or not at all, the end of the payment that was begun for it."""
        ended = payment_attempt.ended_by(self._state, paid)
        if ended is None:
            return self._record(paid)
        both: list[Event] = [paid, ended]
        written = self._record_all(both)[0]
        return Written(paid, written.seq, written.hash, written.env)
