"""A deposit a conto by card or Swish: on record before anybody is asked for money, and again when the money has come.

What a crash leaves between the two is asked about at the sale (`left_open.py`).
"""

from collections.abc import Callable, Sequence

from kassaapp.domain.events import DepositTaken, PaymentBegun, PaymentOutcome
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.payment import CardPayment, SwishPayment
from kassaapp.screens.terminal import PaymentTerminal, TerminalAnswer
from kassaapp.wording import amount


class Depositing:
    """`registered` is called with a deposit whose money has come, and `declined` when the terminal said no."""

    def __init__(
        self,
        register: Register,
        terminal: PaymentTerminal,
        *,
        registered: Callable[[DepositTaken], None],
        declined: Callable[[], None],
    ) -> None:
        self._register = register
        self._terminal = terminal
        self._registered = registered
        self._declined = declined
        self._payment: CardPayment | SwishPayment | None = None
        self._attempt = 0

    @property
    def payment(self) -> CardPayment | SwishPayment | None:
        """The open panel; none when what it was for has ended elsewhere."""
        begun = self._register.open_payment
        return self._payment if begun is not None and begun.attempt == self._attempt else None

    def begin(self, by: Tender, patient: Patient, amount_ore: int) -> None:
        """Put on record that the money is about to be asked for, and show what to key in or to read. Raises Refused as
        `Register.begin_deposit`, and then nothing is shown."""
        mark = ""
        if by is Tender.SWISH:
            mark = receipt_number(self._register.configuration, self._register.till, self._register.state.next_receipt)
        begun = self._register.begin_deposit(patient, amount_ore, by, mark=mark)
        self._attempt = begun.attempt
        if by is Tender.SWISH:
            number = self._register.configuration.clinic.swish_number
            self._payment = SwishPayment(amount_ore, number, mark, self._confirmed)
        else:
            self._ask_terminal(begun)

    def leave(self) -> None:
        """Out of the panel. A payment that whoever leaves it can answer for is broken off; any other stays begun."""
        can_tell = self.payment is not None and self._can_tell()
        self._payment = None
        if can_tell:
            self._register.abandon_payment(PaymentOutcome.ABANDONED)

    def _ask_terminal(self, begun: PaymentBegun) -> None:
        payment = CardPayment(begun.amount_ore, self._confirmed, declined=self._decline)
        self._payment = payment
        self._terminal.charge(begun, lambda answer: self._heard(payment, answer))

    def _heard(self, payment: CardPayment, answer: TerminalAnswer) -> None:
        """The terminal has answered; too late when its panel is gone, and then it is asked again."""
        if self.payment is payment:
            payment.hear(answer)

    def _confirmed(self, offers: Sequence[Offer]) -> None:
        """The money has come. Raises Refused."""
        taken = self._register.settle_deposit(offers[0].reference).event
        self._payment = None
        self._registered(taken)

    def _decline(self, outcome: PaymentOutcome) -> None:
        self._register.abandon_payment(outcome)
        self._payment = None
        self._declined()

    def _can_tell(self) -> bool:
        """Whether the person at the till is the one who began the payment, and knows that nothing came of it."""
        begun, user = self._register.open_payment, self._register.user
        if begun is None or user is None or begun.by != user.id:
            return False
        return not isinstance(self._payment, CardPayment) or (self._terminal.by_hand and not self._payment.in_doubt)


def deposited(register: Register, taken: DepositTaken) -> str:
    """What is said of a deposit that is on record."""
    return _("{moved} a conto · innestående {left} · kvitto {receipt}").format(
        moved=_("Insatt {amount}").format(amount=amount(taken.amount_ore)),
        left=amount(taken.balance_ore),
        receipt=receipt_number(register.configuration, register.till, taken.receipt),
    )
