"""A lead: one thing that would explain, to the öre, why a count differs from what should be there (PEERS 3, idea 10).

A lead is a place to look and never an answer: nothing is changed by it, and it names nobody. `leads.py` finds them.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kassaapp.domain.events import Event
from kassaapp.domain.figures import Figures
from kassaapp.domain.visit import Tender


class Cause(enum.Enum):
    """What may have happened, the likeliest first: in this order they are told."""

    LIST_NOT_GIVEN = enum.auto()
    """The terminal's or Swish's own list says nothing, and there are payments."""
    UNKNOWN_PAYMENT = enum.auto()
    """A payment that was begun and not registered came all the same."""
    DIGITS_SWAPPED = enum.auto()
    """Two figures beside each other of a typed sum have changed places."""
    ZERO_TOO_MANY = enum.auto()
    """A typed sum is ten times what it should be, or a tenth."""
    PIECES_SWAPPED = enum.auto()
    """Two figures of a number of coins or notes have changed places."""
    OTHER_TENDER = enum.auto()
    """Registered with one tender and paid with another."""
    RETURN_OTHER_TENDER = enum.auto()
    """Given back with another tender than was registered."""
    TENDERS_MIXED = enum.auto()
    """As much is missing in one tender as is too much in another, and no receipt is of that amount."""
    TWICE = enum.auto()
    """The same visit was registered twice and paid once."""
    ONLY_THE_FLOAT = enum.auto()
    """Exactly the float lies there: the rest was put away without being registered."""
    OPENING = enum.auto()
    """The count at opening differed by the same amount."""
    RETURN_NOT_PAID = enum.auto()
    """What was to be given back lies there still."""
    RETURN_PAID_TWICE = enum.auto()
    """What was to be given back was given twice."""
    CHANGE_KEPT = enum.auto()
    """The change was not given."""
    CHANGE_TWICE = enum.auto()
    """The change was given twice."""
    OTHER_NOTE = enum.auto()
    """Change was given as for another note than was received."""
    MOVE_NOT_DONE = enum.auto()
    """Cash was registered as moved, and was not."""
    MOVE_TURNED = enum.auto()
    """Cash was registered as put in and was taken out, or the other way."""
    PARKED = enum.auto()
    """A sale that was put aside was paid, and never registered."""
    INVOICE_PAID = enum.auto()
    """An invoice, which is counted nowhere, was paid at the desk."""
    WRONG_ROW = enum.auto()
    """Coins or notes were counted in another's row."""
    EMPTY_ROW = enum.auto()
    """A row was left out."""
    ONE_PIECE = enum.auto()
    """One coin or note more or less."""
    NOT_PAID = enum.auto()
    """A receipt was registered, and the money never came."""
    RIGHT_BEFORE = enum.auto()
    """At an earlier count it was right: what happened, happened after."""
    EVEN = enum.auto()
    """An even sum: change or money for the bank, moved without being registered."""
    DRAWER = enum.auto()
    """The drawer was opened without a sale."""
    NINE = enum.auto()
    """Can be divided by nine, as what two swapped figures make."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A receipt, and when it was made."""

    receipt: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Lead:
    """`tender` differs by `ore` (below zero: missing). `other` is the tender it may belong to; `marks` the receipts it
    may be, the newest first; `at` when something without a receipt happened; `values_ore` the coins, notes or sums that
    are meant, and `pieces` how many."""

    cause: Cause
    tender: Tender
    ore: int
    other: Tender | None = None
    marks: tuple[Mark, ...] = ()
    at: datetime | None = None
    values_ore: tuple[int, ...] = ()
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known when a till has been counted: the session's `events` in order, from its opening, its `figures` with
    the count, `pieces` by value in öre (empty when the drawer was counted as one sum), and the `values_ore` there
    are."""

    events: Sequence[Event]
    figures: Figures
    pieces: Mapping[int, int] = field(default_factory=dict)
    values_ore: Sequence[int] = ()

    def off_ore(self, tender: Tender) -> int:
        """How far a tender is off; 0 for one that is not counted."""
        return self.figures.difference_ore.get(tender.value, 0)
