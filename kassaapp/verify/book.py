"""What the records of a journal add up to so far, and what a gap has left open.

Without a gap the book knows every number and total, and the next record must follow. After one it doubts: it takes over
what the next records say, as far as it can be so after so many lost records, and trusts itself again. What the grand
totals jump by is then known to be missing. A second medium alone may begin in the middle of a session: what the chain
before it had open is in doubt then too, and numbers and totals are as its birth says.
"""

import enum
from dataclasses import dataclass, field, replace

from kassaapp.domain import day_report
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    PaymentBegun,
    PaymentEnded,
    ReceiptPrinted,
    RegisterOpened,
    SaleParked,
    SaleRecalled,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.state import RegisterState, Session, apply
from kassaapp.verify.sales import PriceLists

Returned = SaleRefunded | SaleVoided
Numbered = SaleRegistered | Returned | DepositTaken | DepositRepaid
_NOBODY = ""
"""Who opened a session of which the opening is lost."""
_SOMEBODY = "?"
"""Who opened a session in the chain before, when that is not at hand."""


class Fact(enum.Enum):
    """What a gap, or a chain before that is not at hand, can leave open."""

    RECEIPT = enum.auto()
    SESSION = enum.auto()
    FIGURES = enum.auto()
    Z = enum.auto()
    GRAND = enum.auto()
    TRAINING = enum.auto()
    PAYMENT = enum.auto()
    ATTEMPT = enum.auto()
    PARKED = enum.auto()


_UNTOLD = (Fact.ATTEMPT, Fact.PARKED)
"""Numbers that a birth does not say."""


@dataclass(slots=True)
class Book:
    """The till so far. `newest` is the event before, None at the start and after a gap. `lost` is how many records are
    known to be missing; with any of them a receipt or a parked sale may be named that nobody has. `put_back` are the
    starts, chain and number, at which records came from another copy. `is_alone` when no chain before is at hand; if
    there was one, `before` are the numbers of its receipts. `settled` is a payment with its receipt on record and
    not its end; `awaits_end` when that must come next."""

    prices: PriceLists
    is_alone: bool = False
    state: RegisterState = field(default_factory=RegisterState)
    receipts: Receipts = field(default_factory=Receipts)
    newest: Event | None = None
    doubt: set[Fact] = field(default_factory=set)
    lost: int = 0
    lost_receipts: set[int] = field(default_factory=set)
    before: range | None = None
    put_back: list[tuple[int, int]] = field(default_factory=list)
    settled: PaymentBegun | None = None
    awaits_end: bool = False
    lost_sales_ore: int = 0
    lost_returns_ore: int = 0

    def skip(self) -> None:
        """A record is missing here."""
        self.newest = None
        self.awaits_end = False
        self.lost += 1
        self.doubt = set(Fact)

    def take(self, event: Event) -> None:
        """Add one more event, which has been found to follow."""
        self.newest, begun = event, self.state.open_payment
        unknown = isinstance(event, SaleRecalled) and event.parked not in self.state.parked
        self.state = replace(self.state, last_at=event.at) if unknown else apply(self.state, event)
        if not (isinstance(event, Returned) and self.may_be_sold(event.sale_receipt)):
            self.receipts.add(event)
        self._note_settled(event, begun)
        if isinstance(event, RegisterOpened) and self.is_alone:
            self._doubt_what_was_before(event)

    @property
    def begun(self) -> PaymentBegun | None:
        """The payment that has no end on record, with or without a receipt."""
        return self.state.open_payment or self.settled

    def _note_settled(self, event: Event, begun: PaymentBegun | None) -> None:
        ended = isinstance(event, PaymentBegun | PaymentEnded | SessionClosed)
        is_settled = not ended and begun is not None and self.state.open_payment is None
        self.settled = begun if is_settled else None if ended else self.settled
        self.awaits_end = is_settled and Fact.PAYMENT not in self.doubt

    # ── what is not here ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_partial(self) -> bool:
        """Whether what nobody has here may be named all the same: it is lost, or in the chain before."""
        return self.lost > 0 or self.before is not None

    def may_be_sold(self, receipt: int) -> bool:
        """Whether the receipt is of a record that is lost, or of the chain before."""
        return receipt in self.lost_receipts or (self.before is not None and receipt in self.before)

    def _doubt_what_was_before(self, born: RegisterOpened) -> None:
        """What the chain before had open may go on here: every session that is closed has its Z, so that one is open
        only when the sessions are ahead of those, and it is the last."""
        if born.next_session == 1:
            return
        self.before = range(1, born.next_receipt)
        self.doubt.update(_UNTOLD)
        if born.next_session > born.next_z:
            figures = day_report.opening(0, born.grand)
            opened = Session(born.next_session - 1, born.at, _SOMEBODY, figures)
            self.state = replace(self.state, session=opened)
            self.doubt |= {Fact.SESSION, Fact.FIGURES, Fact.TRAINING, Fact.PAYMENT}

    # ── after a gap ──────────────────────────────────────────────────────────────────────────────────────────────

    def learn(self, event: Event) -> None:
        """Take over what the event says of what is in doubt, as far as it can be so."""
        if isinstance(event, SessionOpened) and self._knows_no_opening():
            self.state = replace(self.state, session=None, left_ore=None)
        if not self.doubt:
            return
        if isinstance(event, RegisterOpened):
            self._learn_birth(event)
        self._learn_session(event)
        if isinstance(event, Numbered):
            self._learn_receipt(event.receipt)
        self._learn_grand(event)
        self._learn_rest(event)

    def _settles(self, fact: Fact, said: int, own: int) -> bool:
        """Whether a number that is in doubt can be the one said: not lower, nor further on than what was lost. How far
        on the chain before was with what a birth does not say is known to nobody."""
        if fact not in self.doubt or said < own:
            return False
        if said > own + self.lost and (self.before is None or fact not in _UNTOLD):
            return False
        self.doubt.discard(fact)
        return True

    def _knows_no_opening(self) -> bool:
        """Whether a session is open of which only what was sold in it is left. The till cannot close such a one: its
        float is not known."""
        return self.state.session is not None and self.state.session.opened_by == _NOBODY

    def _learn_birth(self, born: RegisterOpened) -> None:
        self._learn_receipt(born.next_receipt)
        if Fact.SESSION in self.doubt and 0 <= born.next_session - self.state.next_session <= self.lost:
            self.state = replace(self.state, next_session=born.next_session)
        if self._settles(Fact.Z, born.next_z, self.state.next_z):
            self.state = replace(self.state, next_z=born.next_z)
        self._grow(born.grand)

    def _learn_session(self, event: Event) -> None:
        number = getattr(event, "session", None)
        if not isinstance(number, int) or isinstance(event, PaymentEnded | ReceiptPrinted):
            return  # These may name a session that is over.
        if self.state.session is not None and self.state.session.number == number:
            self.doubt.discard(Fact.SESSION)
        elif (self.lost or isinstance(event, SessionOpened)) and self._settles(
            Fact.SESSION, number, self.state.next_session
        ):
            self.state = replace(self.state, session=None, next_session=number, left_ore=None)
            if not isinstance(event, SessionOpened):
                opened = Session(number, event.at, _NOBODY, day_report.opening(0, self.state.grand))
                self.state = replace(self.state, session=opened, next_session=number + 1)
        if isinstance(event, SessionOpened) and Fact.GRAND not in self.doubt:
            self.doubt.discard(Fact.FIGURES)

    def _learn_receipt(self, number: int) -> None:
        first = self.state.next_receipt
        if self._settles(Fact.RECEIPT, number, first):
            self.lost_receipts.update(range(first, number))
            self.state = replace(self.state, next_receipt=number)

    def _learn_grand(self, event: Event) -> None:
        match event:
            case SaleRegistered():
                self._grow(GrandTotals(event.grand.sales_ore - event.total_ore, event.grand.returns_ore))
            case SaleRefunded() | SaleVoided():
                self._grow(GrandTotals(event.grand.sales_ore, event.grand.returns_ore - event.total_ore))
            case SessionClosed():
                self._grow(event.figures.grand)
            case _:
                pass

    def _grow(self, before: GrandTotals) -> None:
        """The grand totals were `before`: what they are more than the book's own has been lost."""
        own = self.state.grand
        more = before.sales_ore - own.sales_ore, before.returns_ore - own.returns_ore
        if Fact.GRAND in self.doubt and min(more) >= 0:
            self.doubt.discard(Fact.GRAND)
            self.lost_sales_ore += more[0]
            self.lost_returns_ore += more[1]
            self.state = replace(self.state, grand=before)

    def _learn_rest(self, event: Event) -> None:
        match event:
            case SessionClosed() if self._settles(Fact.Z, event.z, self.state.next_z):
                self.state = replace(self.state, next_z=event.z)
            case TrainingBegun() | TrainingEnded() if Fact.TRAINING in self.doubt:
                self.doubt.discard(Fact.TRAINING)
                self.state = replace(self.state, trainee=None if isinstance(event, TrainingBegun) else event.by)
            case SaleParked() if self._settles(Fact.PARKED, event.parked, self.state.next_parked):
                self.state = replace(self.state, next_parked=event.parked)
            case PaymentBegun() | PaymentEnded():
                self._learn_payment(event)
            case _:
                pass
        self._learn_what_was_over(event)

    def _learn_payment(self, event: PaymentBegun | PaymentEnded) -> None:
        begun = self.begun
        if isinstance(event, PaymentBegun):
            if self._settles(Fact.ATTEMPT, event.attempt, self.state.next_attempt):
                self.state = replace(self.state, next_attempt=event.attempt)
        elif begun is not None and begun.attempt == event.attempt:
            self.doubt -= {Fact.PAYMENT, Fact.ATTEMPT}
        if Fact.PAYMENT in self.doubt:  # Of what was begun in a record that is not here there is nothing to compare.
            self.state, self.settled = replace(self.state, open_payment=None), None
            if isinstance(event, PaymentBegun):
                self.doubt.discard(Fact.PAYMENT)

    def _learn_what_was_over(self, event: Event) -> None:
        """A sale or a close could not have been made in training, nor a close during a payment."""
        if Fact.TRAINING in self.doubt and isinstance(event, Numbered | SessionClosed):
            self.doubt.discard(Fact.TRAINING)
            self.state = replace(self.state, trainee=None)
        if Fact.PAYMENT in self.doubt and isinstance(event, SessionClosed):
            self.doubt.discard(Fact.PAYMENT)
            self.state = replace(self.state, open_payment=None)
