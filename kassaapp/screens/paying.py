"""The payment that is being taken in the sale: which panel is open, and what happens when the money is there.

A card or Swish payment is on record before anything is shown to key in or to read, and stays so until somebody, or the
terminal itself, has said how it ended. Nobody's money is guessed about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.domain.fees import Quote
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Payer, Tender
from kassaapp.draft import Draft
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register, Sold
from kassaapp.screens.account_payment import AccountPayment
from kassaapp.screens.elsewhere import Elsewhere
from kassaapp.screens.invoice_payment import InvoicePayment, Invoicing
from kassaapp.screens.payment import CardPayment, CashPayment, Sell, SwishPayment
from kassaapp.screens.split import Shares, SplitPayment
from kassaapp.screens.terminal import PaymentTerminal, TerminalAnswer

Payment = CashPayment | CardPayment | SwishPayment | InvoicePayment | AccountPayment | SplitPayment


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid for, and what it costs. `acknowledged`: somebody has thought of a missed visit of a protected
    patient (R29)."""

    draft: Draft
    quote: Quote
    acknowledged: bool = False


class Paying:
    """`sell` registers what needs nobody else's word, and may name a payer; `registered` is called with a visit that a
    begun payment has paid, and `declined` when the terminal said no. `has_region`: there is one to ask for money that
    another till holds."""

    def __init__(
        self,
        register: Register,
        terminal: PaymentTerminal,
        *,
        sell: Callable[[Sequence[Offer], Payer | None], None],
        registered: Callable[[Sold], None],
        declined: Callable[[], None],
        has_region: bool = False,
    ) -> None:
        self._register = register
        self._terminal = terminal
        self._sell_to = sell
        self._registered = registered
        self._declined = declined
        self._has_region = has_region
        self._payment: Payment | None = None
        self._attempt = 0
        self._has_come = False

    @property
    def payment(self) -> Payment | None:
        """The open panel."""
        return self._payment

    @property
    def is_begun(self) -> bool:
        """Whether the open panel is for a payment that is on record as begun."""
        begun = self._register.open_payment
        return self._payment is not None and begun is not None and begun.attempt == self._attempt

    @property
    def has_come(self) -> bool:
        """Whether a part of a divided sum has come, and the rest is being taken."""
        return self._has_come

    # ── opening a panel ──────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, by: Tender, due: Due) -> None:
        """Open a panel. Raises Refused as `Register.begin_payment`, and then none is open."""
        begun = self._register.open_payment
        if begun is not None and self.is_begun and by is begun.tender:
            return
        if self._has_come:
            return  # What has come is finished, or left to be asked about; nothing is begun in its place.
        if isinstance(self._payment, SplitPayment) and self._payment.offers(by):
            self._payment.pay_rest(by)
            return
        self.leave()
        match by:
            case Tender.CASH:
                self._payment = self._cash(
                    due.quote.total_ore, self._sell, divide=lambda ore: self.divide(due, cash=ore)
                )
            case Tender.CARD:
                self._begin_card(due, self._confirmed)
            case Tender.SWISH:
                self._begin_swish(due, self._confirmed)
            case Tender.INVOICE:
                self._payment = self._invoice(due)
            case Tender.ON_ACCOUNT:
                self._payment = self._account(due)

    def divide(self, due: Due, *, cash: int = 0, account: int = 0) -> None:
        """Pay in parts, some of which may be known already, in öre."""
        self.leave()
        total_ore, balance_ore = due.quote.total_ore, self._balance_ore(due.draft)
        self._payment = SplitPayment(
            total_ore, balance_ore, lambda shares: self._take(due, shares), cash_ore=cash, account_ore=account
        )

    def finish(self, begun: PaymentBegun, reference: str | None) -> None:
        """A payment that was begun has come, and pays a part: take the rest a conto or in cash, and register. Raises
        Refused when it pays all, as `Register.settle_payment`."""
        assert not begun.is_deposit, "a deposit has nothing to divide"
        rest_ore = sum(line.amount_ore for line in begun.lines) - begun.amount_ore
        if rest_ore == 0:
            self._settle(reference)
            return
        self._attempt, self._has_come = begun.attempt, True
        balance_ore = self._register.balance(begun.patient)
        if not balance_ore:
            self._collect(rest_ore, reference, [])
            return

        def take(shares: Shares) -> None:
            self._collect(shares.cash_ore, reference, _from_account(shares))

        self._payment = SplitPayment(rest_ore, balance_ore, take, rests=(Tender.CASH,))

    def leave(self) -> None:
        """Out of the panel. A payment that whoever leaves it can answer for is broken off; any other stays begun."""
        can_tell = self.is_begun and self._can_tell()
        self._close()
        if can_tell:
            self._register.abandon_payment(PaymentOutcome.ABANDONED)

    # ── the panels ───────────────────────────────────────────────────────────────────────────────────────────────

    def _cash(self, total_ore: int, sell: Sell, *, divide: Callable[[int], None] | None = None) -> CashPayment:
        denominations_ore = self._register.configuration.policy.denominations_ore
        return CashPayment(total_ore, self._register.till.letter, denominations_ore, sell, divide=divide)

    def _invoice(self, due: Due) -> InvoicePayment:
        return InvoicePayment(invoicing(self._register, due), self._sell_to, read_id=self._register.read_id)

    def _account(self, due: Due) -> AccountPayment:
        return AccountPayment(
            due.quote.total_ore,
            self._balance_ore(due.draft),
            self._sell,
            divide=lambda ore: self.divide(due, account=ore),
            elsewhere=self._elsewhere(due.draft),
        )

    def _elsewhere(self, draft: Draft) -> Elsewhere | None:
        """Whom to ask for money that this till does not hold; nobody without a region, nor without a name."""
        patient = draft.patient
        return None if patient is None or not self._has_region else Elsewhere(self._register, patient)

    def _begin_card(self, due: Due, sell: Sell, amount_ore: int | None = None) -> None:
        begun = self._begun(Tender.CARD, due, amount_ore)
        payment = CardPayment(begun.amount_ore, sell, declined=self._decline)
        self._payment = payment
        self._terminal.charge(begun, lambda answer: self._heard(payment, answer))

    def _begin_swish(self, due: Due, sell: Sell, amount_ore: int | None = None) -> None:
        number = self._register.configuration.clinic.swish_number
        mark = receipt_number(self._register.configuration, self._register.till, self._register.state.next_receipt)
        total_ore = due.quote.total_ore if amount_ore is None else amount_ore
        if number.strip():
            total_ore = self._begun(Tender.SWISH, due, amount_ore, mark).amount_ore
        self._payment = SwishPayment(total_ore, number, mark, sell)

    def _begun(self, by: Tender, due: Due, amount_ore: int | None, mark: str = "") -> PaymentBegun:
        draft = due.draft
        begun = self._register.begin_payment(
            draft.patient,
            draft.wishes,
            by,
            draft.visit_date,
            amount_ore=amount_ore,
            mark=mark,
            acknowledged=due.acknowledged,
        )
        self._attempt = begun.attempt
        return begun

    def _heard(self, payment: CardPayment, answer: TerminalAnswer) -> None:
        """The terminal has answered; too late when its panel is gone, and then it is asked again."""
        if self._payment is payment:
            payment.hear(answer)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, due: Due, shares: Shares) -> None:
        """Take a sum in parts: what can be refused first, cash last. Raises Refused."""
        from_account = _from_account(shares)

        def collect(offers: Sequence[Offer]) -> None:
            self._has_come = True
            self._collect(shares.cash_ore, offers[0].reference, from_account)

        match shares.rest_by:
            case Tender.CARD:
                self._begin_card(due, collect, shares.rest_ore)
            case Tender.SWISH:
                self._begin_swish(due, collect, shares.rest_ore)
            case _ if shares.cash_ore:
                self._payment = self._cash(shares.cash_ore, lambda offers: self._sell([*from_account, *offers]))
            case _:
                self._sell(from_account)

    def _collect(self, cash_ore: int, reference: str | None, from_account: Sequence[Offer]) -> None:
        """The part that was asked for has come: take the cash, if any, and register all of it. Raises Refused."""
        if not cash_ore:
            self._settle(reference, from_account)
            return
        self._payment = self._cash(cash_ore, lambda offers: self._settle(reference, [*from_account, *offers]))

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _sell(self, offers: Sequence[Offer]) -> None:
        self._sell_to(offers, None)

    def _confirmed(self, offers: Sequence[Offer]) -> None:
        """What a panel registers: the payment that was begun, with the terminal's reference. Raises Refused."""
        self._settle(offers[0].reference)

    def _settle(self, reference: str | None = None, rest: Sequence[Offer] = ()) -> None:
        """The money has come: register what it paid. Raises Refused."""
        sold = self._register.settle_payment(reference, rest)
        self._close()
        self._registered(sold)

    def _decline(self, outcome: PaymentOutcome) -> None:
        self._register.abandon_payment(outcome)
        self.leave()
        self._declined()

    def _close(self) -> None:
        self._payment, self._attempt, self._has_come = None, 0, False

    def _can_tell(self) -> bool:
        """Whether the person at the till is the one who began the payment, and knows that nothing came of it."""
        begun, user = self._register.open_payment, self._register.user
        if begun is None or user is None or begun.by != user.id or self._has_come:
            return False
        return not isinstance(self._payment, CardPayment) or (self._terminal.by_hand and not self._payment.in_doubt)

    def _balance_ore(self, draft: Draft) -> int:
        """What the patient has a conto at this till; that somebody looked is on record (R60)."""
        return 0 if draft.patient is None else self._register.balance(draft.patient)


def invoicing(register: Register, due: Due) -> Invoicing:
    """What an invoice for this would depend on."""
    assert due.draft.patient is not None
    return Invoicing(
        patient=register.known(due.draft.patient),
        quote=due.quote,
        day=due.draft.visit_date or register.now().date(),
        till_letter=register.state.till,
        fee_ore=register.configuration.policy.invoice_fee_ore,
    )


def _from_account(shares: Shares) -> list[Offer]:
    return [Offer(Tender.ON_ACCOUNT, amount_ore=shares.account_ore)] if shares.account_ore else []
