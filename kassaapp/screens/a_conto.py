"""Money a conto: a patient puts money in, or gets it back (UX 2.13). Never a sale, never below zero, own slip (R54).

A deposit by card or Swish is on record before the money is asked for. Paying out wants a reason and a second person's
approval. What is let go of to the region another till of the clinic may spend: no money moves, and there is no slip.
What is refused moves nothing, and what was typed stays, all but the PIN.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from kassaapp import wording
from kassaapp.domain.cash import MAX_AMOUNT_ORE
from kassaapp.domain.errors import BadAmount, Refused
from kassaapp.domain.events import DepositTaken
from kassaapp.domain.money import KRONA
from kassaapp.domain.payment_attempt import ASKED
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.account_holder import AccountHolder, HolderView
from kassaapp.screens.account_job import Job, button, instruction
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.approval import Approval, ApprovalView
from kassaapp.screens.depositing import Depositing
from kassaapp.screens.paper_line import NO_PAPER, PaperLine, paper_line
from kassaapp.screens.payment import CardPayment, SwishPayment
from kassaapp.screens.terminal import HandConfirmed, PaymentTerminal
from kassaapp.screens.why import Why, WhyView
from kassaapp.wording import BadAmountText, amount, amount_spoken, explain, read_amount

TENDERS = (Tender.CARD, Tender.CASH, Tender.SWISH)
"""How money a conto comes and goes, in the order of the screen."""
_RECORDED = ("Patienten vill ha pengarna tillbaka", "Fel belopp sattes in", "Fel patient", "Annat")


class Spot(enum.Enum):
    """Where the keyboard should be."""

    NUMBER = enum.auto()
    QUESTION = enum.auto()
    NAME = enum.auto()
    JOB = enum.auto()
    AMOUNT = enum.auto()
    WHY = enum.auto()
    APPROVAL = enum.auto()
    PAYMENT = enum.auto()


@dataclass(frozen=True, slots=True)
class AContoView:
    """All that is shown. Before the patient is known only `holder` and `done` say anything; `why` and `approval` are
    None unless money is paid out; `payment` is the panel of a deposit whose money is awaited. `done` is what was last
    done, `paper` what became of its slip."""

    heading: str
    holder: HolderView
    open: bool
    payment: CardPayment | SwishPayment | None
    balance: str
    balance_spoken: str
    jobs: tuple[str, ...]
    job: Job
    amount: str
    amount_error: str
    tenders: tuple[str, ...]
    tender: int
    instruction: str
    after: str
    after_spoken: str
    why: WhyView | None
    approval: ApprovalView | None
    button: str
    error: str
    done: str
    aloud: str
    paper: PaperLine


class AContoScreen:
    """`print_slip` is called with the receipt number when money has moved, and again when its slip is to be tried anew;
    `left` when one steps out. Without a `terminal` a person reads it. `has_region`: there is one to give back to."""

    def __init__(
        self,
        register: Register,
        history: History,
        *,
        print_slip: Callable[[int], None],
        left: Callable[[], None],
        terminal: PaymentTerminal | None = None,
        has_region: bool = False,
    ) -> None:
        self._register = register
        self._has_region = has_region
        self._print_slip = print_slip
        self._left = left
        self.holder = AccountHolder(register, history)
        self._depositing = Depositing(
            register, terminal or HandConfirmed(), registered=self._came, declined=self._declined
        )
        self._coming: Patient | None = None
        self.begin()

    def begin(self) -> None:
        """The screen is opened: nobody's money yet, unless some is awaited."""
        if self.is_paying:
            return
        self.holder.clear()
        coming, self._coming = self._coming, None
        if coming is not None:
            self.holder.receive(coming)
        self._done = self._aloud = ""
        self._paper = NO_PAPER
        self._receipt: int | None = None
        self._next()

    def begin_with(self, patient: Patient) -> None:
        """The next time the screen is opened it is for this patient."""
        self._coming = patient

    @property
    def is_paying(self) -> bool:
        """Whether money that was asked for is awaited here."""
        return self._depositing.payment is not None

    @property
    def view(self) -> AContoView:
        """What is shown."""
        is_open = self.holder.is_known and not self.is_paying
        after_ore = self._after_ore()
        repaying = is_open and self._job is Job.REPAY
        return AContoView(
            heading=_("A conto"),
            holder=self.holder.view,
            open=is_open,
            payment=self._depositing.payment,
            balance=amount(self.holder.balance_ore),
            balance_spoken=amount_spoken(self.holder.balance_ore),
            jobs=tuple(button(job, "") for job in Job if self._has_region or job is not Job.RELEASE),
            job=self._job,
            amount=self._amount,
            amount_error=self._amount_error,
            tenders=() if self._job is Job.RELEASE else tuple(wording.tender(by) for by in self._tenders()),
            tender=self._tender,
            instruction=instruction(self._job, self._by(), self._register) if is_open else "",
            after="–" if after_ore is None else amount(after_ore),
            after_spoken="" if after_ore is None else amount_spoken(after_ore),
            why=self.why.view if repaying else None,
            approval=self.approval.view if repaying else None,
            button=self._button(),
            error=self._error,
            done=self._done,
            aloud=self._aloud,
            paper=self._paper,
        )

    @property
    def spot(self) -> Spot:
        """Where the keyboard should be."""
        holder = self.holder.view
        if self.is_paying:
            return Spot.PAYMENT
        if holder.question is not None:
            return Spot.QUESTION
        if self.holder.patient is None:
            return Spot.NUMBER
        return Spot.NAME if holder.name_asked else self._spot

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def enter_patient(self, text: str, *, scanned: bool = False) -> None:
        """A number, typed or scanned; the result of the last one leaves the screen with it. Not while money
        is awaited."""
        if self.is_paying:
            return
        if text.strip():
            self._done = self._aloud = ""
            self._paper = NO_PAPER
        self.holder.enter(text, scanned=scanned)

    def choose_job(self, number: int) -> None:
        """Put in, pay out, or let go."""
        self._job, self._error, self._amount_error = Job(number), "", ""
        self._spot = Spot.JOB
        self._ask_approval()

    def type_amount(self, text: str) -> None:
        """How much, as typed."""
        self._amount, self._amount_error, self._error = text.strip(), "", ""

    def check_amount(self) -> bool:
        """Whether what was typed can be moved; if not, the view says why not."""
        try:
            self._read()
        except (BadAmountText, Refused) as bad:
            self._amount_error = explain(bad)
        return not self._amount_error

    def choose_tender(self, number: int) -> None:
        """How the money comes or goes."""
        self._tender, self._amount_error, self._error = number, "", ""

    def settle(self) -> None:
        """Put it in, or pay it out as approved; ask for the money first when it comes by card or Swish. What is refused
        leaves everything as it was."""
        self._error = ""
        if not self._is_complete():
            return
        try:
            if self._job is Job.REPAY:
                self._moved(*self._repay())
            elif self._job is Job.RELEASE:
                self._release()
            elif self._by() in ASKED:
                self._ask_for_money()
            else:
                self._moved(*self._deposit())
        except Refused as refused:
            self._refused(refused)

    def print_again(self) -> None:
        """Try the slip anew."""
        assert self._receipt is not None
        self._print_slip(self._receipt)

    def paper_news(self, receipt: int, paper: Paper) -> None:
        """What has become of the slip; one that failed may be tried anew."""
        if receipt == self._receipt:
            self._paper = paper_line(paper)

    def back(self) -> None:
        """One step back: from money that is awaited to the form, from a question to none, from a patient to nobody,
        from nobody out."""
        if self.is_paying:
            self._depositing.leave()
        elif self.holder.view.question is not None:
            self.holder.keep()
        elif self.holder.patient is None:
            self._left()
        else:
            self.holder.clear()
            self._next()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _next(self) -> None:
        """Nothing typed, the usual choices."""
        self._job, self._tender = Job.DEPOSIT, 0
        self._amount = self._amount_error = self._error = ""
        self._spot = Spot.JOB
        self.why = Why(_reasons, _RECORDED)
        self._ask_approval()

    def _ask_approval(self) -> None:
        """Nobody has approved yet."""
        self.approval = Approval(self._register)
        if self._job is Job.REPAY:
            self.approval.ask(_("En utbetalning a conto görs av två. Be kassaansvarig godkänna med sin pinkod."))

    def _is_complete(self) -> bool:
        """Whether all is there that can be asked for before the rule is; if not, the keyboard goes there."""
        if not self.check_amount():
            self._spot = Spot.AMOUNT
            return False
        if self._job is Job.REPAY and self.why.text() is None:
            self._error, self._spot = _("Ange orsaken. För Annat behövs minst fem tecken."), Spot.WHY
            return False
        if not self.approval.check():
            self._spot = Spot.APPROVAL
            return False
        return True

    def _tenders(self) -> tuple[Tender, ...]:
        has_swish = bool(self._register.configuration.clinic.swish_number.strip())
        return tuple(by for by in TENDERS if has_swish or by is not Tender.SWISH)

    def _by(self) -> Tender:
        return self._tenders()[self._tender]

    def _read(self) -> int:
        """The amount in öre. Raises BadAmountText, BadAmount."""
        ore = read_amount(self._amount)
        in_cash = self._job is not Job.RELEASE and self._by() is Tender.CASH
        if not 0 < ore <= MAX_AMOUNT_ORE or (in_cash and ore % KRONA):
            raise BadAmount(ore)
        return ore

    def _deposit(self) -> tuple[int, int]:
        """The receipt number and the balance in öre afterwards. Raises Refused."""
        assert self.holder.patient is not None
        ore = self._read()
        event = self._register.deposit(self.holder.patient, ore, [Offer(self._by(), ore)]).event
        return event.receipt, event.balance_ore

    def _ask_for_money(self) -> None:
        """By card or Swish: on record before anybody is asked. Raises Refused."""
        assert self.holder.patient is not None
        self._spot = Spot.AMOUNT
        self._depositing.begin(self._by(), self.holder.patient, self._read())

    def _came(self, taken: DepositTaken) -> None:
        """The money that was asked for is here."""
        self._moved(taken.receipt, taken.balance_ore)

    def _declined(self) -> None:
        self._error = _("Kortköpet gick inte igenom. Inget är registrerat. Försök igen eller välj ett annat betalsätt.")

    def _repay(self) -> tuple[int, int]:
        """The receipt number and the balance in öre afterwards. Raises Refused."""
        assert self.holder.patient is not None
        ore, reason = self._read(), self.why.text() or ""
        offers = [Offer(self._by(), ore)]
        event = self._register.repay(self.holder.patient, ore, offers, reason, self.approval.signature()).event
        return event.receipt, event.balance_ore

    def _release(self) -> None:
        """Let another till of the clinic have it. Raises Refused."""
        assert self.holder.patient is not None
        ore = self._read()
        self._register.release_rights(self.holder.patient, ore)
        left_ore = self._register.state.balances.get(self.holder.patient.id, 0)
        self._done = _("{amount} a conto är lämnat till regionen · innestående {left}").format(
            amount=amount(ore), left=amount(left_ore)
        )
        self._aloud, self._receipt, self._paper = self._done, None, NO_PAPER
        self.holder.clear()
        self._next()

    def _moved(self, receipt: int, left_ore: int) -> None:
        """Say so, and be ready for the next: the patient leaves the screen at once."""
        number = receipt_number(self._register.configuration, self._register.till, receipt)
        moved = _("Insatt {amount}") if self._job is Job.DEPOSIT else _("Utbetalt {amount}")
        ore = self._read()
        self._done = _("{moved} a conto · innestående {left} · kvitto {receipt}").format(
            moved=moved.format(amount=amount(ore)), left=amount(left_ore), receipt=number
        )
        self._aloud = f"{moved.format(amount=amount_spoken(ore))}."
        self._receipt, self._paper = receipt, NO_PAPER
        self.holder.clear()
        self._next()
        self._print_slip(receipt)

    def _refused(self, refused: Refused) -> None:
        """Say it where it belongs: at the second person's fields, or in the panel."""
        if self.approval.takes(refused):
            self._spot = Spot.APPROVAL
        else:
            self._error = explain(refused, support=self._register.configuration.support)
            self._spot = Spot.AMOUNT

    def _after_ore(self) -> int | None:
        """The balance afterwards; None while the amount is none, or more than there is."""
        try:
            ore = self._read()
        except (BadAmountText, BadAmount):
            return None
        after_ore = self.holder.balance_ore + (ore if self._job is Job.DEPOSIT else -ore)
        return after_ore if after_ore >= 0 else None

    def _button(self) -> str:
        try:
            return button(self._job, amount(self._read()))
        except (BadAmountText, BadAmount):
            return button(self._job, "")


def _reasons() -> tuple[str, ...]:
    """As `_RECORDED`, in the language of the window."""
    return (_("Patienten vill ha pengarna tillbaka"), _("Fel belopp sattes in"), _("Fel patient"), _("Annat"))
