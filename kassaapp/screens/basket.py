"""A sale that is being put together: for whom, what, on which day, and what that costs. Nothing of it is on record.

A change that the rules refuse leaves the basket as it was.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import FeeRules, Quote, Wish
from kassaapp.domain.visit import FeeReason, Line, Patient
from kassaapp.draft import Draft
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens import frikort
from kassaapp.wording import amount_plain, amount_spoken, fee_reason

Changed = Callable[[Draft, bool], None]
"""Told of every change: the draft as it was before, and whether the total is another."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the basket. `reason` stands in small under the article."""

    text: str
    quantity: str
    amount: str
    amount_spoken: str
    reason: str


class Basket:
    """The draft, what it costs, and how to go back a step. `changed` is called after every change."""

    def __init__(self, register: Register, *, changed: Changed) -> None:
        self._register = register
        self._changed = changed
        self._draft = Draft()
        self._quote: Quote | None = None
        self._earlier: list[tuple[Wish, ...]] = []

    @property
    def draft(self) -> Draft:
        """What has been put together."""
        return self._draft

    @property
    def quote(self) -> Quote | None:
        """What the rows cost; None when there are none."""
        return self._quote

    @property
    def visit_date(self) -> date:
        """The day of the visit."""
        return self._draft.visit_date or self._register.now().date()

    @property
    def is_missed_visit(self) -> bool:
        """Whether a fee for a visit that nobody came to is among the rows (R28)."""
        return self._quote is not None and any(line.reason is FeeReason.MISSED_VISIT for line in self._quote.lines)

    @property
    def total_ore(self) -> int:
        """What the rows cost together, in öre."""
        return self._quote.total_ore if self._quote is not None else 0

    @property
    def rows(self) -> tuple[RowView, ...]:
        """The rows as shown."""
        rules, patient = self._register.configuration.fees, self._draft.patient
        if self._quote is None or patient is None:
            return ()
        ask = frikort.counts_at(self._register)
        return tuple(_row(line, rules, patient, ask=ask) for line in self._quote.lines)

    def take(self, draft: Draft) -> None:
        """Let `draft` be the basket. Raises Refused as `Register.quote`, and then nothing has changed."""
        quote = None
        if draft.wishes:
            quote = self._register.quote(draft.patient, draft.wishes, draft.visit_date)
        before, before_ore = self._draft, self.total_ore
        self._draft, self._quote = draft, quote
        self._changed(before, self.total_ore != before_ore)

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

    def remove_articles(self, articles: Collection[int]) -> None:
        """Take away every row of these articles."""
        self.change(tuple(wish for wish in self._draft.wishes if wish.article not in articles))

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
        before, before_ore = self._draft, self.total_ore
        self._draft, self._quote, self._earlier = Draft(), None, []
        self._changed(before, before_ore != 0)


def _row(line: Line, rules: FeeRules, patient: Patient, *, ask: bool) -> RowView:
    return RowView(
        text=line.text,
        quantity=str(line.quantity),
        amount=amount_plain(line.amount_ore),
        amount_spoken=amount_spoken(line.amount_ore),
        reason=fee_reason(line, rules) or (_unchecked(line, patient) if ask else ""),
    )


def _unchecked(line: Line, patient: Patient) -> str:
    """Say that nobody has looked whether the patient has a frikort, where it would matter (E20)."""
    is_known = patient.frikort_until is not None or patient.paid_in_window_ore is not None
    return "" if is_known or not line.counts_ore else _("Frikort ej kontrollerat")
