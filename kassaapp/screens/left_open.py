"""The question about a payment that was begun and has no end on record, perhaps since before a crash (E34)."""

import contextlib
from collections.abc import Callable

from kassaapp import wording
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.question import Question
from kassaapp.screens.terminal import PaymentTerminal, TerminalAnswer


class LeftOpen:
    """`finish` registers what the payment paid, with the terminal's reference, and may refuse; of money that
    was to be given back only a person can tell, and `finish` leads to the receipt."""

    def __init__(
        self,
        register: Register,
        terminal: PaymentTerminal,
        finish: Callable[[PaymentBegun, str | None], None],
    ) -> None:
        self._register = register
        self._terminal = terminal
        self._finish = finish
        self._asking = False

    @property
    def question(self) -> Question | None:
        """What is asked; only of somebody who is at the till."""
        begun = self._register.open_payment
        if not self._asking or begun is None or self._register.user is None:
            return None
        return Question(self._words(begun), _answers(begun))

    def ask(self) -> None:
        """Ask what became of a payment that was left open, when there is one: the terminal first, then the person."""
        begun = self._register.open_payment
        if begun is None:
            return
        self._asking = True
        if begun.tender is Tender.CARD and not begun.is_return:
            self._terminal.recall(begun, lambda answer: self._recalled(begun, answer))

    def settled(self) -> None:
        """Nothing is left to ask."""
        self._asking = False

    def answer(self, number: int) -> None:
        """0: nobody has looked yet, and it stays open; 1: it went through; 2: it did not. Raises Refused."""
        self._asking = False
        begun = self._register.open_payment
        if number == 1 and begun is not None:
            self._finish(begun, None)
        elif number == 2:
            self._register.abandon_payment(PaymentOutcome.NOT_FOUND)

    def _recalled(self, begun: PaymentBegun, answer: TerminalAnswer) -> None:
        """The terminal's own word on a payment, unless a person was faster; what is refused the person is asked."""
        if answer.outcome is None or self._register.open_payment != begun:
            return
        with contextlib.suppress(Refused):
            if answer.outcome is PaymentOutcome.PAID:
                self._finish(begun, answer.reference or None)
                self._asking = False
            else:
                self._register.abandon_payment(answer.outcome)

    def _words(self, begun: PaymentBegun) -> str:
        now = self._register.now()
        if begun.returns is None:
            return wording.ask_about_payment(begun, self._whose(begun), now)
        number = receipt_number(self._register.configuration, self._register.till, begun.returns)
        return wording.ask_about_return(begun, number, now)

    def _whose(self, begun: PaymentBegun) -> str:
        """The patient as may be shown today."""
        patient = self._register.known(begun.patient)
        return _("en patient med skyddade personuppgifter") if patient.protected else patient.name


def _answers(begun: PaymentBegun) -> tuple[str, ...]:
    later, paid = _("Jag har inte tittat än"), wording.amount(begun.amount_ore)
    if begun.is_return:
        return (later, _("Pengarna är tillbaka – visa kvittot"), _("Inget är återbetalt"))
    if begun.tender is Tender.SWISH:
        came = _("Betalningen har kommit – registrera {amount}").format(amount=paid)
        return (later, came, _("Betalningen har inte kommit"))
    return (later, _("Köpet finns – registrera {amount}").format(amount=paid), _("Köpet finns inte"))
