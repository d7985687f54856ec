"""The figures of a session, an X and a Z, as values. How they are added up is in `day_report.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
class CountTally:
    """A count of the drawer during a session, and how far it was from what should have been there."""

    counted_ore: int
    difference_ore: int


@dataclass(frozen=True, slots=True)
class GroupTally:
    """What was sold of one article group, in öre. Its name is text of the region's, so it is no key."""

    group: str
    ore: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an X or Z report (DOMAIN 1.3). The comment is the regulation's letter."""

    sales_ore: int = 0  # f
    by_group: tuple[GroupTally, ...] = ()  # g
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
    returned_vat: Mapping[str, int] = field(default_factory=dict)
    paid_in: Mapping[str, int] = field(default_factory=dict)
    paid_out: Mapping[str, int] = field(default_factory=dict)
    cash_out_ore: int = 0
    counts: tuple[CountTally, ...] = ()
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
