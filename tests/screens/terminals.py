"""A card terminal for tests: approves, declines, is silent or does not know, and remembers what it did when the till
does not."""

from dataclasses import dataclass, field

from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.screens.terminal import Answered, TerminalAnswer


@dataclass
class SimulatedTerminal:
    """`outcome` is what becomes of every payment, None that it is never known. `silent`: the line is cut after the
    money is taken, so that the till hears nothing. `memory` outlives the till: attempt → what became of it."""

    outcome: PaymentOutcome | None = PaymentOutcome.PAID
    silent: bool = False
    memory: dict[int, PaymentOutcome | None] = field(default_factory=dict)
    by_hand: bool = False

    def charge(self, payment: PaymentBegun, answered: Answered) -> None:
        """Take the money, or not."""
        self.memory[payment.attempt] = self.outcome
        if not self.silent:
            answered(self._answer(payment))

    def recall(self, payment: PaymentBegun, answered: Answered) -> None:
        """Tell what became of a payment; one it has never heard of took no money."""
        answered(self._answer(payment))

    def _answer(self, payment: PaymentBegun) -> TerminalAnswer:
        outcome = self.memory.get(payment.attempt, PaymentOutcome.NOT_FOUND)
        return TerminalAnswer(outcome, f"T-{payment.attempt:04}" if outcome is PaymentOutcome.PAID else "")
