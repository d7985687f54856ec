"""A sale that is being put together: for whom, what, on which day, and what that costs. Nothing of it is on record.

A change that the rules refuse leaves the basket as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import FeeRules, Quote, Wish
from kassaapp.domain.visit import Line, Patient
from kassaapp.register import Register
from kassaapp.wording import amount_plain, amount_spoken, fee_reason


@dataclass(frozen=True, slots=True)
class Draft:
    """`visit_date` None is today. `by` is the id of who began it."""

    patient: Patient | None = None
    wishes: tuple[Wish, ...] = ()
    visit_date: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the basket. `reason` stands in small under the article."""

    text: str
    quantity: str
    amount: str
    amount_spoken: str
    reason: str


class Basket:
    """The draft, what it costs, and how to go back a step. `repriced` is called when the total has become another."""

    def __init__(self, register: Register, *, repriced: Callable[[], None]) -> None:
        self._register = register
        self._repriced = repriced
        self._draft = Draft()
        self._quote: Quote | None = None
        self._earlier: list[tuple[Wish, ...]] = []

    @property
    def draft(self) -> Draft:
        """What has been put together."""
        return self._draft

    @property
    def total_ore(self) -> int:
        """What the rows cost together, in öre."""
        return self._quote.total_ore if self._quote is not None else 0

    @property
    def rows(self) -> tuple[RowView, ...]:
        """The rows as shown."""
        rules = self._register.configuration.fees
        return tuple(_row(line, rules) for line in self._quote.lines) if self._quote is not None else ()

    def take(self, draft: Draft) -> None:
        """Let `draft` be the basket. Raises Refused as `Register.quote`, and then nothing has changed."""
        quote = None
        if draft.wishes:
            quote = self._register.quote(draft.patient, draft.wishes, draft.visit_date)
        before_ore = self.total_ore
        self._draft, self._quote = draft, quote
        if self.total_ore != before_ore:
            self._repriced()

    def change(self, wishes: tuple[Wish, ...]) -> None:
        """Let the rows be `wishes`, and remember what they were. Raises Refused."""
        before = self._draft.wishes
        self.take(replace(self._draft, wishes=wishes))
        self._earlier.append(before)

    def add(self, wish: Wish) -> None:
        """One more row. Raises Refused."""
        self.change((*self._draft.wishes, wish))

    def set_quantity(self, row: int, quantity: int) -> None:
        """Another quantity on a row. Raises Refused."""
        wishes = list(self._draft.wishes)
        wishes[row] = replace(wishes[row], quantity=quantity)
        self.change(tuple(wishes))

    def remove(self, row: int) -> None:
        """A row less."""
        wishes = self._draft.wishes
        self.change(wishes[:row] + wishes[row + 1 :])

    def undo(self) -> None:
        """The rows as they were one change ago. Raises Refused when they have no price any more."""
        if self._earlier:
            self.take(replace(self._draft, wishes=self._earlier[-1]))
            self._earlier.pop()

    def requote(self) -> bool:
        """Price anew after a new configuration; whether the total is another. What has no price any more is left as it
        was: registering it will be refused."""
        before_ore = self.total_ore
        try:
            self.take(self._draft)
        except Refused:
            return True
        return self.total_ore != before_ore

    def clear(self) -> None:
        """An empty basket, for the next patient."""
        self._draft, self._quote, self._earlier = Draft(), None, []


def _row(line: Line, rules: FeeRules) -> RowView:
    return RowView(
        text=line.text,
        quantity=str(line.quantity),
        amount=amount_plain(line.amount_ore),
        amount_spoken=amount_spoken(line.amount_ore),
        reason=fee_reason(line, rules),
    )
