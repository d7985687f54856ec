"""The kinds of event a cash journal can hold. Each is written as one signed record and never changed.

An event is past tense and carries everything needed to add up the day again: texts and prices as they were, not
references to lists that change. A field's name is its key in the stored record (`journal/payload.py`), so fields are
never renamed, and new ones get a default. `patient` goes into the record's personal part, all else into the accounting
part. Money is whole öre; `at` is aware local time with its offset; `by` is the id of the person who did it.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kassaapp.domain.figures import Figures, GrandTotals
from kassaapp.domain.visit import Line, ParkedLine, Patient, Payment, ReturnedLine, Tender


class CashPurpose(enum.StrEnum):
    """Where cash that leaves the till goes (R53)."""

    BANK = "bank"
    EXPENSE = "expense"


class Look(enum.StrEnum):
    """How somebody looked at a patient (R60)."""

    LOOK_UP = "look_up"
    HISTORY = "history"
    RECEIPT = "receipt"
    BALANCE = "balance"
    PRINT = "print"
    EXPORT = "export"


class ExportFormat(enum.StrEnum):
    """In which form records left the till (R66, R67)."""

    XML = "xml"
    """SKVFS 2021:16."""
    SIE = "sie"
    """SIE 4I vouchers."""
    CSV = "csv"
    """A table for a special report."""
    CONTROL_VISIT = "control-visit"
    """A folder with all that an auditor asks for."""


class PaymentOutcome(enum.StrEnum):
    """How a payment that was begun came to an end."""

    PAID = "paid"
    """The money came, and a receipt has it."""
    DECLINED = "declined"
    """The terminal said no."""
    ABANDONED = "abandoned"
    """It was broken off at the till before anything was paid."""
    NOT_FOUND = "not-found"
    """Nobody saw the end of it; somebody has looked in the terminal's or Swish's own list, and it is not there."""


class CheckResult(enum.StrEnum):
    """What the start-up check of the journal found."""

    INTACT = "intact"
    RESTORED = "restored"
    """Records that were missing here came back from the second medium or the region."""
    REPAIRED = "repaired"
    """The file was damaged, and was put together again with nothing missing."""
    TAIL_CUT = "tail-cut"
    """The keyring remembers a later record than anybody holds: the journal's end was cut off, or the disk lied."""
    SUCCEEDED = "succeeded"
    """The chain before was closed, for a fork or a gap, and this one goes on after it."""


@dataclass(frozen=True, slots=True)
class RegisterOpened:
    """The till was enrolled: the first record of its chain."""

    at: datetime
    register: str
    till: str
    clinic: str
    grand: GrandTotals = field(default_factory=GrandTotals)
    next_receipt: int = 1
    next_session: int = 1
    next_z: int = 1


@dataclass(frozen=True, slots=True)
class ProgramStarted:
    """The program was started and had checked its journal (R20). Nobody is signed in after a start.

    `restored` records came back; `mark` is the record that the keyring remembers when the tail was cut, else -1."""

    at: datetime
    version: str
    check: CheckResult = CheckResult.INTACT
    restored: int = 0
    mark: int = -1


@dataclass(frozen=True, slots=True)
class RecordsLost:
    """Records `first`… (so many as `count`) of the chain before this one are in no copy: they were damaged here, and
    neither the second medium nor the region has them (RECORDS 2.2, `gap`).

    `expected` is the hash of the first of them as the record after it names it, base64url, so that it can be known
    again if it is found; empty when no record came after."""

    at: datetime
    first: int
    count: int
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ConfigurationTaken:
    """A newer signed configuration came into force (R17, R20)."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class ConfigurationRefused:
    """A signed configuration came that this program cannot use; the one before stays in force (R17, R20).

    `where` names what it lacks."""

    at: datetime
    number: int
    where: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person signed in."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SignInFailed:
    """Somebody gave a wrong PIN for `user`; `locked_until` is set when that was one time too many."""

    at: datetime
    user: str
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The person signed out."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Locked:
    """The till was locked by hand or after idling; the person must sign in again."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The till was opened with a counted float (R02–R04). `expected_ore` was left at the last close."""

    at: datetime
    by: str
    session: int
    counted_ore: int
    expected_ore: int
    reason: str | None = None

    @property
    def difference_ore(self) -> int:
        return self.counted_ore - self.expected_ore


@dataclass(frozen=True, slots=True)
class SaleRegistered:
    """A visit was registered, paid or free. `total_ore` is the sum of the lines; `to_pay_ore` includes cash rounding;
    `vat` is VAT in öre by rate, without exempt. `grand` are the totals after this sale."""

    at: datetime
    by: str
    session: int
    receipt: int
    patient: Patient
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    visit_date: date
    total_ore: int
    rounding_ore: int
    to_pay_ore: int
    change_ore: int
    vat: Mapping[str, int]
    grand: GrandTotals
    frikort_reached: bool = False
    replaces: int | None = None
    finishes: int | None = None
    parked_ore: int = 0

    @property
    def counts_ore(self) -> int:
        """What of the sale counts towards the ceiling."""
        return sum(line.counts_ore for line in self.lines)


@dataclass(frozen=True, slots=True)
class PaymentBegun:
    """A terminal, or Swish, is about to be asked for `amount_ore`: recorded before it is asked (RECORDS 2.5).

    It is not a sale. With `returns`, the number of a sale's receipt, `amount_ore` is about to be given back on that
    sale; else without `lines` it is for a deposit a conto. `lines` are what it pays for, as priced then, so that the
    visit can be registered after a crash; `amount_ore` is less than their sum when the rest is paid otherwise. `mark`
    is what the payer's app shows.
    """

    at: datetime
    by: str
    session: int
    attempt: int
    tender: Tender
    amount_ore: int
    patient: Patient
    lines: tuple[Line, ...]
    visit_date: date
    frikort_reached: bool = False
    mark: str | None = None
    returns: int | None = None

    @property
    def is_deposit(self) -> bool:
        """Whether it is to stand a conto, and pays no visit."""
        return not self.lines and not self.is_return

    @property
    def is_return(self) -> bool:
        """Whether money goes back to the patient, and none comes."""
        return self.returns is not None

    def is_of(self, payment: Payment) -> bool:
        """Whether a payment on a receipt is for the same sum by the same tender."""
        return (payment.by, payment.amount_ore) == (self.tender, self.amount_ore)

    def is_settled_by(self, event: "SaleRegistered | DepositTaken | SaleRefunded | SaleVoided") -> bool:
        """Whether the event is the receipt of this payment, or of what was to go back."""
        match event:
            case SaleRefunded() | SaleVoided():
                is_own = self.returns == event.sale_receipt
            case _:
                kinds_agree = self.is_deposit is isinstance(event, DepositTaken)
                is_own = kinds_agree and not self.is_return and self.patient.id == event.patient.id
        return is_own and any(self.is_of(payment) for payment in event.payments)


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """It is known how payment `attempt` ended. `receipt` is what it paid, when it was paid; `reference` the terminal's
    own number for it."""

    at: datetime
    by: str
    session: int
    attempt: int
    tender: Tender
    amount_ore: int
    patient: Patient
    outcome: PaymentOutcome
    receipt: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What refunds and voids have in common: rows given back on a return receipt of its own, with the reason (R10).

    `payments` is what was paid out, by tender; `approved_by` the second person when one was needed (R11).
    """

    at: datetime
    by: str
    session: int
    receipt: int
    sale_receipt: int
    sale_session: int
    patient: Patient
    lines: tuple[ReturnedLine, ...]
    payments: tuple[Payment, ...]
    total_ore: int
    rounding_ore: int
    to_pay_ore: int
    vat: Mapping[str, int]
    reason: str
    grand: GrandTotals
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class SaleRefunded(Returned):
    """Money was given back for a sale, whole or in part (R09–R13)."""


@dataclass(frozen=True, slots=True)
class SaleVoided(Returned):
    """A whole receipt was undone, in the session of today; the receipt itself stays as it is (R07, R08)."""


@dataclass(frozen=True, slots=True)
class DepositTaken:
    """A patient paid in a conto: a debt to the patient, never a sale (R54). `balance_ore` is what stands after it."""

    at: datetime
    by: str
    session: int
    receipt: int
    patient: Patient
    amount_ore: int
    payments: tuple[Payment, ...]
    balance_ore: int


@dataclass(frozen=True, slots=True)
class DepositRepaid:
    """What stood a conto was paid back to the patient, approved by a second person (R54)."""

    at: datetime
    by: str
    session: int
    receipt: int
    patient: Patient
    amount_ore: int
    payments: tuple[Payment, ...]
    balance_ore: int
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class RightsAsked:
    """The region was about to be asked for the right to spend `amount_ore` of what the patient has a conto and nobody
    holds (RECORDS 2.10). Moves nothing. `request` is the id that it is asked under, 16 random bytes as base64url."""

    at: datetime
    by: str
    request: str
    amount_ore: int
    patient: Patient


@dataclass(frozen=True, slots=True)
class RightsGranted:
    """The region answered `request`: the till holds `amount_ore` more of the patient's money; 0 when there was not so
    much to be had. `free_ore` is what nobody held after it, as the region saw it."""

    at: datetime
    request: str
    amount_ore: int
    patient: Patient
    free_ore: int = 0


@dataclass(frozen=True, slots=True)
class RightsReleased:
    """The till let go of `amount_ore` of the patient's money, so that another desk may be granted it: from now on it
    holds so much less, also while the region has not heard of it."""

    at: datetime
    by: str
    request: str
    amount_ore: int
    patient: Patient


@dataclass(frozen=True, slots=True)
class ReleaseTaken:
    """The region has what the till let go of under `request`. Moves nothing."""

    at: datetime
    request: str


@dataclass(frozen=True, slots=True)
class FloatChanged:
    """The float was changed by `amount_ore` (below zero: taken out), with a reason (R05)."""

    at: datetime
    by: str
    session: int
    amount_ore: int
    reason: str


@dataclass(frozen=True, slots=True)
class CashTakenOut:
    """Cash left the till: to the bank in a numbered bag with two names (R53), or for an expense."""

    at: datetime
    by: str
    session: int
    amount_ore: int
    purpose: CashPurpose
    reference: str
    second: str | None = None


@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """The drawer was opened without a sale, with a reason (R44)."""

    at: datetime
    by: str
    session: int
    reason: str


@dataclass(frozen=True, slots=True)
class CashCounted:
    """The drawer was counted during the session, or before a close that was counted again. Changes nothing (R50)."""

    at: datetime
    by: str
    session: int
    counted_ore: Mapping[str, int]
    difference_ore: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """A receipt came out on paper: the original once (R40), and at most one copy ever (R41)."""

    at: datetime
    by: str
    session: int
    receipt: int
    amount_ore: int
    copy: bool
    patient: Patient


@dataclass(frozen=True, slots=True)
class ReportTaken:
    """An X report was taken (R45)."""

    at: datetime
    by: str
    session: int


@dataclass(frozen=True, slots=True)
class SaleParked:
    """A sale was put aside with its patient; `amount_ore` is what it would cost (Z line t)."""

    at: datetime
    by: str
    session: int
    parked: int
    patient: Patient
    lines: tuple[ParkedLine, ...]
    amount_ore: int


@dataclass(frozen=True, slots=True)
class SaleRecalled:
    """A parked sale was taken up again."""

    at: datetime
    by: str
    session: int
    parked: int
    amount_ore: int


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """A second person, `by`, approved what follows: `act` is the kind of that record (R11, R20)."""

    at: datetime
    by: str
    asked_by: str
    act: str


@dataclass(frozen=True, slots=True)
class PatientSeen:
    """Somebody looked at what is known of a patient: who, whom, and how (R60)."""

    at: datetime
    by: str
    what: Look
    patient: Patient


@dataclass(frozen=True, slots=True)
class RecordsExported:
    """What the till did on the days `first` to `last` left it as a file (R60, R66, R67; PEERS 1, row 94).

    `records` is how many records the file tells of, and `digest` the SHA-256 of its bytes, base64url, so that the file
    can be known again; of a control visit's folder it is that of its list of sums. `by` is None when nobody was signed
    in: then it was asked for outside the window, by the operating system's user `account`. `columns` are a table's.
    """

    at: datetime
    format: ExportFormat
    first: date
    last: date
    records: int
    digest: str
    by: str | None = None
    account: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingBegun:
    """The till went into training: what follows lies in a journal of its own (R43)."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TrainingEnded:
    """Training ended: how many receipts were made and for how much, for the Z (R43)."""

    at: datetime
    by: str
    receipts: int
    amount_ore: int


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """The clock showed an earlier time than the record before; the order of records is their numbers (R65)."""

    at: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """The till was counted and closed, and the Z report made (R46–R50). Signed by `by` with the PIN.

    `left_ore` stays in the drawer as the next session's float. `denominations` is the count as made, value in öre to
    pieces, when it was made that way. `late` marks a session closed on a later day than it was opened (R51).
    """

    at: datetime
    by: str
    session: int
    z: int
    figures: Figures
    left_ore: int
    reason: str | None = None
    denominations: Mapping[str, int] | None = None
    late: bool = False
    second: str | None = None


Event = (
    RegisterOpened
    | ProgramStarted
    | RecordsLost
    | ConfigurationTaken
    | ConfigurationRefused
    | SignedIn
    | SignInFailed
    | SignedOut
    | Locked
    | SessionOpened
    | PaymentBegun
    | PaymentEnded
    | SaleRegistered
    | SaleRefunded
    | SaleVoided
    | DepositTaken
    | DepositRepaid
    | RightsAsked
    | RightsGranted
    | RightsReleased
    | ReleaseTaken
    | FloatChanged
    | CashTakenOut
    | DrawerOpened
    | CashCounted
    | ReceiptPrinted
    | ReportTaken
    | SaleParked
    | SaleRecalled
    | ApprovalGiven
    | PatientSeen
    | RecordsExported
    | TrainingBegun
    | TrainingEnded
    | ClockSetBack
    | SessionClosed
)

KINDS: dict[str, type[Event]] = {
    "open": RegisterOpened,
    "start": ProgramStarted,
    "gap": RecordsLost,
    "config": ConfigurationTaken,
    "config-refused": ConfigurationRefused,
    "sign-in": SignedIn,
    "sign-in-failed": SignInFailed,
    "sign-out": SignedOut,
    "lock": Locked,
    "session-open": SessionOpened,
    "pay-start": PaymentBegun,
    "pay-end": PaymentEnded,
    "sale": SaleRegistered,
    "refund": SaleRefunded,
    "void": SaleVoided,
    "deposit": DepositTaken,
    "repayment": DepositRepaid,
    "grant-ask": RightsAsked,
    "grant": RightsGranted,
    "release": RightsReleased,
    "release-end": ReleaseTaken,
    "float": FloatChanged,
    "cash-out": CashTakenOut,
    "drawer": DrawerOpened,
    "count": CashCounted,
    "print": ReceiptPrinted,
    "x-report": ReportTaken,
    "park": SaleParked,
    "recall": SaleRecalled,
    "approval": ApprovalGiven,
    "seen": PatientSeen,
    "export": RecordsExported,
    "training-on": TrainingBegun,
    "training-off": TrainingEnded,
    "clock": ClockSetBack,
    "session-close": SessionClosed,
}
"""The word each kind of event has in a record's header. For ever."""


def kind_of(event: Event) -> str:
    """The event's word in a record's header."""
    return _WORDS[type(event)]


_WORDS: dict[type, str] = {event_type: kind for kind, event_type in KINDS.items()}
