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

from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.vat import VatRate


class Tender(enum.StrEnum):
    """How something is paid (R55, DOMAIN 5.2)."""

    CASH = "cash"
    CARD = "card"
    SWISH = "swish"
    INVOICE = "invoice"
    ON_ACCOUNT = "on_account"


class Category(enum.StrEnum):
    """Who pays for the patient's care; changes fees (R31, R32)."""

    RESIDENT = "resident"
    ASYLUM = "asylum"
    UNDOCUMENTED = "undocumented"
    EU = "eu"
    OUTSIDE_EU = "outside_eu"
    OTHER_REGION = "other_region"


class FeeReason(enum.StrEnum):
    """Why a line costs something else than its price (R21–R28, R31)."""

    FREE_VISIT = "free_visit"
    UNDER_AGE = "under_age"
    OVER_AGE = "over_age"
    FRIKORT = "frikort"
    CEILING_REACHED = "ceiling_reached"
    CEILING_PART = "ceiling_part"
    MISSED_UNDER_AGE = "missed_under_age"
    MISSED_VISIT = "missed_visit"
    ASYLUM_FEE = "asylum_fee"


class CheckResult(enum.StrEnum):
    """What the start-up check of the journal found."""

    INTACT = "intact"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the visit concerns (R01). `name` is the literal PROTECTED_NAME for protected identity (DOMAIN 6.4).

    `frikort_until` is the last day of an exemption card that was shown or looked up. `paid_in_window_ore`, counted
    since `window_from`, is what the patient has paid towards the ceiling (R24–R26); None is not known.
    """

    id: PatientId
    name: str
    category: Category = Category.RESIDENT
    category_reference: str | None = None
    protected: bool = False
    frikort_until: date | None = None
    paid_in_window_ore: int | None = None
    window_from: date | None = None


PROTECTED_NAME = "SKYDDADE PERSONUPPGIFTER"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a receipt. `price_ore` is the list price of one, `amount_ore` what the row costs after the rules, and
    `counts_ore` what of it counts towards the ceiling. `until` is the last day of the frikort that `reason` names."""

    article: int
    text: str
    quantity: int
    price_ore: int
    amount_ore: int
    vat: VatRate
    counts_ore: int = 0
    reason: FeeReason | None = None
    until: date | None = None
    group: str | None = None
    goods: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """One tender's share. `amount_ore` is what it settles (for cash: rounded, R55); `given_ore` is cash handed over."""

    by: Tender
    amount_ore: int
    given_ore: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class GrandTotals:
    """Sales and returns since the till was born; never reset (DOMAIN 1.5, R47)."""

    sales_ore: int = 0
    returns_ore: int = 0

    @property
    def net_ore(self) -> int:
        return self.sales_ore - self.returns_ore


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much in öre."""

    count: int = 0
    ore: int = 0


@dataclass(frozen=True, slots=True)
class CashierTally:
    """What one cashier did in a session (R06)."""

    user: str
    count: int
    ore: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an X or Z report (DOMAIN 1.3). The comment is the regulation's letter."""

    sales_ore: int = 0  # f
    by_group: Mapping[str, int] = field(default_factory=dict)  # g
    by_vat: Mapping[str, int] = field(default_factory=dict)  # h, VAT in öre by rate; exempt holds the exempt gross
    opening_ore: int = 0  # i
    float_changes_ore: int = 0  # i
    goods: int = 0  # j
    services: int = 0  # k
    receipts: int = 0  # l
    drawer_openings: int = 0  # m
    copies: Tally = Tally()  # n
    training: Tally = Tally()  # o
    by_tender: Mapping[str, int] = field(default_factory=dict)  # p
    refunds: Tally = Tally()  # q
    discounts: Tally = Tally()  # r
    voids: Tally = Tally()  # s
    unfinished: Tally = Tally()  # t
    grand: GrandTotals = GrandTotals()  # u v w
    zero_registrations: Mapping[str, int] = field(default_factory=dict)
    deposits_ore: int = 0
    deposits_used_ore: int = 0
    deposits_repaid_ore: int = 0
    rounding_ore: int = 0
    cashiers: tuple[CashierTally, ...] = ()
    expected_ore: Mapping[str, int] = field(default_factory=dict)
    counted_ore: Mapping[str, int] = field(default_factory=dict)
    difference_ore: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisterOpened:
    """The till was enrolled: the first record of its chain."""

    at: datetime
    register: str
    till: str
    clinic: str
    grand: GrandTotals = GrandTotals()
    next_receipt: int = 1
    next_session: int = 1
    next_z: int = 1


@dataclass(frozen=True, slots=True)
class ProgramStarted:
    """The program was started and had checked its journal (R20). Nobody is signed in after a start."""

    at: datetime
    version: str
    check: CheckResult = CheckResult.INTACT
    restored: int = 0


@dataclass(frozen=True, slots=True)
class ConfigurationTaken:
    """A newer signed configuration came into force (R17, R20)."""

    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class ConfigurationRefused:
    """A signed configuration came that this program cannot use; the one before stays in force (R17, R20). `where` names
    what it lacks."""

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

    @property
    def counts_ore(self) -> int:
        """What of the sale counts towards the ceiling."""
        return sum(line.counts_ore for line in self.lines)


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


Event = (
    RegisterOpened
    | ProgramStarted
    | ConfigurationTaken
    | ConfigurationRefused
    | SignedIn
    | SignInFailed
    | SignedOut
    | Locked
    | SessionOpened
    | SaleRegistered
    | SessionClosed
)

KINDS: dict[str, type[Event]] = {
    "open": RegisterOpened,
    "start": ProgramStarted,
    "config": ConfigurationTaken,
    "config-refused": ConfigurationRefused,
    "sign-in": SignedIn,
    "sign-in-failed": SignInFailed,
    "sign-out": SignedOut,
    "lock": Locked,
    "session-open": SessionOpened,
    "sale": SaleRegistered,
    "session-close": SessionClosed,
}
"""The word each kind of event has in a record's header. For ever."""


def kind_of(event: Event) -> str:
    """The event's word in a record's header."""
    return _WORDS[type(event)]


_WORDS: dict[type, str] = {event_type: kind for kind, event_type in KINDS.items()}
