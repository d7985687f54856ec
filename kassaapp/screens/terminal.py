"""What the till asks of a card terminal, and the terminal of today: one that stands by itself, read by a person.

A terminal is asked only for a payment that is on record as begun. One that is connected is written against the protocol
here; the tests have one that approves, declines, is silent, and tells after a crash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kassaapp.domain.events import PaymentBegun, PaymentOutcome


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """What a terminal says of a payment; `outcome` None is that it does not know. `reference` is its own number."""

    outcome: PaymentOutcome | None
    reference: str = ""


Answered = Callable[[TerminalAnswer], None]


class PaymentTerminal(Protocol):
    """Takes card payments. It never makes the caller wait: an answer comes at once or later, on the caller's thread, at
    most once, or not at all.

    `by_hand`: it never answers, and a person says what it shows. What it shows is then the person's word; a terminal
    that answers by itself is never spoken for.
    """

    @property
    def by_hand(self) -> bool:
        """Whether a person says what it shows."""

    def charge(self, payment: PaymentBegun, answered: Answered) -> None:
        """Ask for the money."""

    def recall(self, payment: PaymentBegun, answered: Answered) -> None:
        """Ask what became of a payment that was begun earlier, perhaps before a crash."""


class HandConfirmed:
    """A terminal without a cable: the amount is keyed in, and a person reads the answer."""

    by_hand = True

    def charge(self, payment: PaymentBegun, answered: Answered) -> None:
        """Nothing to ask: the panel tells the person what to key in."""

    def recall(self, payment: PaymentBegun, answered: Answered) -> None:
        """Nothing to ask: the person is asked."""
