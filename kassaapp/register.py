"""Everything a person can do at the till, one method each. The window and the headless acts call only these.

A method asks a rule in `domain` for an event, signs and stores it, and only then lets it have happened. A refusal
leaves the journal as it was. (A wrong PIN is refused and is itself an event: attempts are counted.)
"""

from collections.abc import Mapping, Sequence
from datetime import date

from kassaapp.configuration import Configuration
from kassaapp.domain import (
    day_report,
    drawer,
    exemption,
    parked,
    people,
    refund,
    session,
)
from kassaapp.domain.errors import (
    CopyAlreadyMade,
    NotInTraining,
    NotReady,
    NotSignedIn,
    PaymentDoesNotAddUp,
    TenderNotOffered,
)
from kassaapp.domain.events import (
    CashCounted,
    CashPurpose,
    CashTakenOut,
    CheckResult,
    ConfigurationRefused,
    ConfigurationTaken,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    FloatChanged,
    Locked,
    Look,
    ProgramStarted,
    ReceiptPrinted,
    ReportTaken,
    SaleParked,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
    SignedOut,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.fees import Quote, Wish
from kassaapp.domain.figures import Figures
from kassaapp.domain.patient_id import PatientId, read_patient_id
from kassaapp.domain.people import User
from kassaapp.domain.refund import Circumstances, GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import FeeReason, Patient, Tender
from kassaapp.journal.journal import Written
from kassaapp.pins import Signature
from kassaapp.recorder import COUNTER_ROLES
from kassaapp.returns import Returns

Sold = Written[SaleRegistered]
"""A visit that has been registered, with its place in the journal."""


class Register(Returns):
    """One till and everything a person can do at it."""

    # ── the program itself ───────────────────────────────────────────────────────────────────────────────────────

    def start(self, version: str, restored: int = 0, *, check: CheckResult | None = None, mark: int = -1) -> None:
        """The program has started and the journal is checked, with the result `check`; `restored` records came back.
        `mark` as in `ProgramStarted`. Nobody is signed in after this."""
        if check is None:
            check = CheckResult.RESTORED if restored else CheckResult.INTACT
        self._record(ProgramStarted(at=self._now(), version=version, check=check, restored=restored, mark=mark))
        self.take_configuration(self._configuration)

    def take_configuration(self, configuration: Configuration) -> None:
        """A checked configuration comes into force; recorded when it is another than before (R20)."""
        self._configuration = configuration
        if configuration.number != self._state.configuration:
            self._record(ConfigurationTaken(at=self._now(), number=configuration.number))

    def refuse_configuration(self, number: int, where: str) -> None:
        """A signed configuration cannot be used; the one in force stays. Recorded once (R17)."""
        if number > self._state.refused_configuration:
            self._record(ConfigurationRefused(at=self._now(), number=number, where=where))

    # ── who is at the till ───────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, user: str, pin: str) -> User:
        """Sign in with id and PIN. Raises WrongPin, TooManyAttempts."""
        person = self._check_pin(Signature(user, pin))
        self.follow(person)
        return person

    def follow(self, person: User) -> None:
        """Somebody who has signed in at another till of the desk is signed in here too."""
        self._record(SignedIn(at=self._now(), by=person.id))

    def sign_out(self) -> None:
        """Sign out. Raises NotSignedIn."""
        if self._state.user is None:
            raise NotSignedIn
        self._record(SignedOut(at=self._now(), by=self._state.user))

    def lock(self) -> None:
        """Lock the till until somebody signs in. Raises NotSignedIn."""
        self._record(Locked(at=self._now(), by=people.signed_in(self._state)))

    # ── the day ──────────────────────────────────────────────────────────────────────────────────────────────────

    def open_session(self, counted_ore: int, reason: str | None = None) -> SessionOpened:
        """Open the till with a counted float. Raises SessionAlreadyOpen, ReasonMissing, BadAmount, NotReady,
        ExemptionEnded."""
        user = self.require_counter()
        at = self._now()
        self._require_ready(at.date())
        event = session.open_session(
            self._state, counted_ore, float_ore=self.till.float_ore, reason=reason, at=at, by=user.id
        )
        return self._record(event).event

    def compare(self, count: Count) -> Figures:
        """Compare a count with what should be there, before closing. The count is recorded: the expected amounts are
        shown once it is given, and every count is kept (UX 2.15). Raises NoOpenSession, BadAmount."""
        user = self.require_counter()
        self._record(drawer.count(self._state, count.by_tender(), at=self._now(), by=user.id))
        opened = session.require_session(self._state)
        return day_report.with_count(opened.figures, count.by_tender())

    def close_session(
        self, count: Count, pin: str, reason: str | None = None, second: Signature | None = None
    ) -> Written[SessionClosed]:
        """Count, compare, sign with the PIN and close; the event holds the Z.

        Raises NoOpenSession, InTraining, PaymentUnderWay, ParkedSalesLeft, ReasonMissing, BadAmount, NeedsApproval,
        SelfApproval, WrongPin, TooManyAttempts.
        """
        user = self.require_counter()
        event = session.close_session(
            self._state,
            count,
            reason=reason,
            second=None if second is None else second.user,
            limit_ore=self._configuration.policy.difference_second_person_over_ore,
            at=self._now(),
            by=user.id,
        )
        self._check_pin(Signature(user.id, pin))
        return self._record_approved(event, second if event.second is not None else None, COUNTER_ROLES)

    def x_report(self) -> Figures:
        """The figures so far; that they were taken is recorded (R45). Raises NoOpenSession."""
        user = self.require_reader()
        opened = session.require_session(self._state)
        self._record(ReportTaken(at=self._now(), by=user.id, session=opened.number))
        return opened.figures

    # ── a visit ──────────────────────────────────────────────────────────────────────────────────────────────────

    def look_up(self, text: str, *, scanned: bool = False, name: str = "") -> PatientId:
        """Read a typed or scanned identity number (R34–R36), and record that somebody looked (R60). `name` is what
        the patient is known as here. Raises NotSignedIn, BadIdentity, NotATestNumber."""
        self.require_reader()
        patient = self.read_id(text, scanned=scanned)
        self.saw(Patient(patient, name), Look.LOOK_UP)
        return patient

    def read_id(self, text: str, *, scanned: bool = False) -> PatientId:
        """Read an identity number. Raises BadIdentity, NotATestNumber."""
        patient = read_patient_id(text, today=self._now().date(), scanned=scanned)
        self._configuration.check_test_number(patient)
        return patient

    def park(self, patient: Patient | None, wishes: Sequence[Wish]) -> SaleParked:
        """Put a sale aside. Raises as `quote`, and TooManyParked."""
        user = self.require_counter()
        quoted = self.quote(patient, wishes)
        assert patient is not None
        event = parked.park(self._state, self.known(patient), wishes, quoted.total_ore, at=self._now(), by=user.id)
        return self._record(event).event

    def recall(self, number: int) -> SaleParked:
        """Take a parked sale up again. Raises UnknownParked."""
        user = self.require_counter()
        event = parked.recall(self._state, number, at=self._now(), by=user.id)
        put_aside = self._state.parked[number]
        self._record(event)
        return put_aside

    # ── putting right ──────────────────────────────────────────────────────────────────────────────────────────────

    def correct_tender(self, receipt: int, by: Tender, reason: str) -> tuple[SaleRefunded, SaleRegistered]:
        """The right amount with the wrong tender: a return receipt and a new one, net nothing (R13).

        Raises TenderNotOffered for an invoice, whose fee makes it another amount: then void, and register anew.
        """
        standing = self.receipts.sale(receipt)
        old = standing.sale
        if Tender.INVOICE in (by, *(paid.by for paid in old.payments)):
            raise TenderNotOffered(Tender.INVOICE)
        whole = [GiveBack(number, line.amount_ore) for number, line in enumerate(old.lines, 1) if line.amount_ore]
        as_paid = [Offer(paid.by, paid.amount_ore, reference=paid.reference) for paid in old.payments]
        returned = refund.refund(self._state, standing, whole, as_paid, reason, self._correction(old))
        as_priced = Quote(old.lines, old.total_ore, old.counts_ore, old.frikort_reached)
        new = self._sale(old.patient, as_priced, [Offer(by)], old.visit_date, replaces=old.receipt, after=returned)
        self._record_both(returned, new)
        return returned, new

    def correct_patient(self, receipt: int, patient: Patient, reason: str) -> tuple[SaleVoided, SaleRegistered]:
        """The wrong patient: the receipt is undone and registered on the right one, in one act.

        Raises PaymentDoesNotAddUp when the right patient pays another fee: then void, and register anew.
        """
        standing = self.receipts.sale(receipt)
        old = standing.sale
        voided = refund.void(self._state, standing, reason, self._correction(old))
        wishes = [Wish(line.article, line.quantity) for line in old.lines if line.reason is not FeeReason.INVOICE_FEE]
        no_fee = all(line.reason is not FeeReason.INVOICE_FEE for line in old.lines)
        offers = [
            Offer(paid.by, paid.amount_ore, reference=paid.reference, could_not_pay=no_fee) for paid in old.payments
        ]
        quoted = self.quote(patient, wishes, old.visit_date)
        new = self._sale(patient, quoted, offers, old.visit_date, replaces=old.receipt, after=voided)
        if new.total_ore != old.total_ore:
            raise PaymentDoesNotAddUp(new.total_ore, old.total_ore)
        self._record_both(voided, new)
        return voided, new

    # ── the drawer ───────────────────────────────────────────────────────────────────────────────────────────────

    def change_float(self, amount_ore: int, reason: str) -> FloatChanged:
        """Add to the float, or take from it (below zero). Raises as `domain.drawer.change_float`."""
        user = self.require_counter()
        return self._record(drawer.change_float(self._state, amount_ore, reason, at=self._now(), by=user.id)).event

    def cash_out(self, amount_ore: int, purpose: CashPurpose, reference: str, second: str | None) -> CashTakenOut:
        """Take cash out, to the bank or for an expense. Raises as `domain.drawer.take_out`."""
        user = self.require_counter()
        event = drawer.take_out(
            self._state,
            amount_ore,
            purpose,
            reference,
            second=second,
            at=self._now(),
            by=user.id,
            own_name=user.name,
        )
        return self._record(event).event

    def open_drawer(self, reason: str) -> DrawerOpened:
        """Open the drawer without a sale. Raises NoOpenSession, ReasonMissing."""
        user = self.require_counter()
        return self._record(drawer.open_drawer(self._state, reason, at=self._now(), by=user.id)).event

    def expected_cash_ore(self) -> int:
        """What should be in the drawer now. Raises NoOpenSession."""
        return day_report.expected(session.require_session(self._state).figures)[Tender.CASH]

    def count(self, counted: Mapping[str, int]) -> CashCounted:
        """Count in between; changes nothing (R50). Raises NoOpenSession, BadAmount."""
        user = self.require_counter()
        return self._record(drawer.count(self._state, counted, at=self._now(), by=user.id)).event

    # ── paper ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def unprinted(self) -> tuple[int, ...]:
        """The receipts of this session whose original is not on record as printed, oldest first. Those of protected
        patients are not among them: nothing of theirs is printed unasked (R40, R58)."""
        return tuple(slip.receipt for slip in self.receipts.unprinted if not self.known(slip.patient).protected)

    def printed(self, receipt: int) -> None:
        """The original of a receipt came out on paper; recorded once, and for whoever made the receipt when nobody is
        at the till any more (R40). Raises UnknownReceipt."""
        if not self.receipts.is_printed(receipt):
            self._print(receipt, copy=False)

    def copy(self, receipt: int) -> None:
        """Record the one copy a receipt may have (R41). Raises UnknownReceipt, CopyAlreadyMade, NoOpenSession,
        LateClose."""
        session.require_open(self._state, self._now())
        if self.receipts.sale(receipt).copied:
            raise CopyAlreadyMade(receipt)
        self._print(receipt, copy=True)

    # ── training ─────────────────────────────────────────────────────────────────────────────────────────────────

    def may_begin_training(self) -> User:
        """Who would go into training. Raises NotSignedIn, NoOpenSession, LateClose, InTraining, PaymentUnderWay."""
        user = self.require_counter()
        session.require_open(self._state, self._now())
        session.require_no_payment(self._state)
        return user

    def begin_training(self) -> User:
        """Go into training; from now on nothing here moves a figure. Raises as `may_begin_training`."""
        user = self.may_begin_training()
        self._record(TrainingBegun(at=self._now(), by=user.id))
        return user

    def end_interrupted_training(self) -> None:
        """Training was begun and the power went before there was anything to practise in: back to work."""
        trainee = self._state.trainee
        assert trainee is not None
        self._record(TrainingEnded(at=self._now(), by=trainee, receipts=0, amount_ore=0))

    def end_training(self, receipts: int, amount_ore: int) -> None:
        """Leave training, with what was practised, for the Z (R43). Raises NotInTraining."""
        user = self.require_counter()
        if not self._state.training:
            raise NotInTraining
        self._record(TrainingEnded(at=self._now(), by=user.id, receipts=receipts, amount_ore=amount_ore))

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _record_both(self, undone: SaleRefunded | SaleVoided, new: SaleRegistered) -> None:
        """A correction is two records, both or neither."""
        both: list[Event] = [undone, new]
        self._record_all(both)

    def _correction(self, old: SaleRegistered) -> Circumstances:
        """Money only changes its name, so no second person is asked."""
        return Circumstances(self._now(), self.require_counter().id, limit_ore=old.total_ore, net_nothing=True)

    def _print(self, receipt: int, *, copy: bool) -> None:
        slip = self.receipts.numbered(receipt)
        by = self.require_counter().id if copy or self.user is not None else slip.by
        number = self._state.session.number if self._state.session is not None else slip.session
        amount_ore = slip.amount_ore if isinstance(slip, DepositTaken | DepositRepaid) else slip.total_ore
        self._record(ReceiptPrinted(self._now(), by, number, receipt, amount_ore, copy, slip.patient))

    def _require_ready(self, day: date) -> None:
        """What must stand on every receipt is there (R38), and the exemption allows it (R69)."""
        clinic = self._configuration.clinic
        for field in ("company", "organisation_number", "address", "exemption"):
            if not getattr(clinic, field).strip():
                raise NotReady(field)
        stops = self._configuration.policy.stop_after_exemption
        exemption.require(self._configuration.exemption_until, day, stops=stops)
