"""The payment that is being taken in the sale, and the question about one that was begun and never ended (E34).

A card or Swish payment is on record before anything is shown to key in or to read, and stays so until somebody, or the
terminal itself, has said how it ended. Nobody's money is guessed about.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp import wording
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register, Sold
from kassaapp.screens.basket import Draft
from kassaapp.screens.payment import CardPayment, CashPayment, Payment, Sell, SwishPayment
from kassaapp.screens.question import Question
from kassaapp.screens.terminal import PaymentTerminal, TerminalAnswer

TENDERS = ((Tender.CASH, "1", "F5"), (Tender.CARD, "2", "F6"), (Tender.SWISH, "3", "F7"))
"""The payment row, in its order for ever: a conto (5, F4) comes before and faktura (4, F8) after."""


@dataclass(frozen=True, slots=True)
class TenderButton:
    """A button of the payment row; `digit` opens it while the row has the focus."""

    tender: Tender
    text: str
    digit: str
    key: str
    primary: bool


def tender_row(*, marked: bool) -> tuple[TenderButton, ...]:
    """The payment row; Kort is `marked` once there is something to pay and no panel is open."""
    return tuple(
        TenderButton(by, wording.tender(by), digit, key, primary=marked and by is Tender.CARD)
        for by, digit, key in TENDERS
    )


class Paying:
    """`sell` registers what is paid in cash; `registered` is called with a visit that a begun payment has paid, and
    `declined` when the terminal said no."""

    def __init__(
        self,
        register: Register,
        terminal: PaymentTerminal,
        *,
        sell: Sell,
        registered: Callable[[Sold], None],
        declined: Callable[[], None],
    ) -> None:
        self._register = register
        self._terminal = terminal
        self._sell = sell
        self._registered = registered
        self._declined = declined
        self._payment: Payment | None = None
        self._attempt = 0
        self._asking = False

    @property
    def payment(self) -> Payment | None:
        """The open panel."""
        return self._payment

    @property
    def is_begun(self) -> bool:
        """Whether the open panel is for a payment that is on record as begun."""
        begun = self._register.open_payment
        return self._payment is not None and begun is not None and begun.attempt == self._attempt

    # ── a payment that is being taken ────────────────────────────────────────────────────────────────────────────

    def begin(self, by: Tender, draft: Draft, total_ore: int) -> None:
        """Open a panel. Raises Refused as `Register.begin_payment`, and then none is open."""
        begun = self._register.open_payment
        if begun is not None and self.is_begun and by is begun.tender:
            return
        self.leave()
        if by is Tender.CASH:
            denominations_ore = self._register.configuration.policy.denominations_ore
            self._payment = CashPayment(total_ore, self._register.till.letter, denominations_ore, self._sell)
        elif by is Tender.CARD:
            self._begin_card(draft)
        else:
            self._begin_swish(draft, total_ore)

    def leave(self) -> None:
        """Out of the panel. A payment that whoever leaves it can answer for is broken off; any other stays begun."""
        can_tell = self.is_begun and self._can_tell()
        self._payment, self._attempt = None, 0
        if can_tell:
            self._register.abandon_payment(PaymentOutcome.ABANDONED)

    def _can_tell(self) -> bool:
        """Whether the person at the till is the one who began the payment, and knows that nothing came of it."""
        begun, user = self._register.open_payment, self._register.user
        if begun is None or user is None or begun.by != user.id:
            return False
        return not isinstance(self._payment, CardPayment) or (self._terminal.by_hand and not self._payment.in_doubt)

    def _begin_card(self, draft: Draft) -> None:
        begun = self._begun(Tender.CARD, draft)
        payment = CardPayment(begun.amount_ore, self._confirmed, declined=self._decline)
        self._payment = payment
        self._terminal.charge(begun, lambda answer: self._heard(payment, answer))

    def _begin_swish(self, draft: Draft, total_ore: int) -> None:
        number = self._register.configuration.clinic.swish_number
        mark = receipt_number(self._register.configuration, self._register.till, self._register.state.next_receipt)
        if number.strip():
            total_ore = self._begun(Tender.SWISH, draft, mark).amount_ore
        self._payment = SwishPayment(total_ore, number, mark, self._confirmed)

    def _begun(self, by: Tender, draft: Draft, mark: str = "") -> PaymentBegun:
        begun = self._register.begin_payment(draft.patient, draft.wishes, by, draft.visit_date, mark=mark)
        self._attempt = begun.attempt
        return begun

    def _heard(self, payment: CardPayment, answer: TerminalAnswer) -> None:
        """The terminal has answered; too late when its panel is gone, and then it is asked again."""
        if self._payment is payment:
            payment.hear(answer)

    def _confirmed(self, offers: Sequence[Offer]) -> None:
        """What a panel registers: the payment that was begun, with the terminal's reference. Raises Refused."""
        self._settle(offers[0].reference)

    def _settle(self, reference: str | None = None) -> None:
        """The money has come: register what it paid. Raises Refused."""
        sold = self._register.settle_payment(reference)
        self._payment, self._attempt, self._asking = None, 0, False
        self._registered(sold)

    def _decline(self, outcome: PaymentOutcome) -> None:
        self._register.abandon_payment(outcome)
        self.leave()
        self._declined()

    # ── a payment that was left open ─────────────────────────────────────────────────────────────────────────────

    @property
    def question(self) -> Question | None:
        """What is asked about a payment that was left open; only of somebody who is at the till."""
        begun = self._register.open_payment
        if not self._asking or begun is None or self._register.user is None:
            return None
        return Question(wording.ask_about_payment(begun, self._whose(begun), self._register.now()), _answers(begun))

    def ask(self) -> None:
        """Ask what became of a payment that was left open, when there is one: the terminal first, then the person."""
        begun = self._register.open_payment
        if begun is None or self.is_begun:
            return
        self._asking = True
        if begun.tender is Tender.CARD:
            self._terminal.recall(begun, lambda answer: self._recalled(begun, answer))

    def answer(self, number: int) -> None:
        """0: nobody has looked yet, and it stays open; 1: it went through; 2: it did not. Raises Refused."""
        self._asking = False
        if number == 1:
            self._settle()
        elif number == 2:
            self._register.abandon_payment(PaymentOutcome.NOT_FOUND)

    def _recalled(self, begun: PaymentBegun, answer: TerminalAnswer) -> None:
        """The terminal's own word on a payment, unless a person was faster; what is refused the person is asked."""
        if answer.outcome is None or self._register.open_payment != begun:
            return
        with contextlib.suppress(Refused):
            if answer.outcome is PaymentOutcome.PAID:
                self._settle(answer.reference or None)
            else:
                self._register.abandon_payment(answer.outcome)

    def _whose(self, begun: PaymentBegun) -> str:
        """The patient as may be shown today."""
        patient = self._register.known(begun.patient)
        return _("en patient med skyddade personuppgifter") if patient.protected else patient.name


def _answers(begun: PaymentBegun) -> tuple[str, ...]:
    later, paid = _("Jag har inte tittat än"), wording.amount(begun.amount_ore)
    if begun.tender is Tender.SWISH:
        came = _("Betalningen har kommit – registrera {amount}").format(amount=paid)
        return (later, came, _("Betalningen har inte kommit"))
    return (later, _("Köpet finns – registrera {amount}").format(amount=paid), _("Köpet finns inte"))
