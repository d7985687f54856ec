"""Undoing a receipt or putting it right: what it is about, the reason, the second person, and the button that does it
(UX 2.12). The receipt itself is never changed; each act is a record of its own.

Here is what the acts share, and the void of a whole receipt. `undo_refund.py` gives back a part, `undo_correct.py` puts
right the tender or the patient.
"""

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain.errors import NotEnoughCash, Refused
from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.domain.fees import Wish
from kassaapp.domain.payment_attempt import ASKED
from kassaapp.domain.receipts import Standing
from kassaapp.domain.visit import FeeReason, Patient, Payment, Tender
from kassaapp.i18n import _
from kassaapp.pins import Signature
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.approval import Approval, ApprovalView
from kassaapp.screens.money_back import money_back, times
from kassaapp.screens.undo_reason import FOR_VOID, Reasons, UndoReason, UndoReasonView, Why
from kassaapp.wording import amount, amount_plain, day, explain


class Spot(enum.Enum):
    """Where the keyboard should be. Never at the button until a reason is given, so that Enter alone undoes nothing."""

    LINES = enum.auto()
    TENDER = enum.auto()
    NUMBER = enum.auto()
    NAME = enum.auto()
    REASON = enum.auto()
    NOTE = enum.auto()
    APPROVAL = enum.auto()
    CONFIRM = enum.auto()
    AGAIN = enum.auto()


_READY = (Spot.CONFIRM, Spot.AGAIN)


@dataclass(frozen=True, slots=True)
class GiveBackLine:
    """A row that can be given back, in whole or in part: how much was typed, of how much that is left."""

    text: str
    left: str
    chosen: bool
    amount: str
    error: str


@dataclass(frozen=True, slots=True)
class RightPatientView:
    """The patient whom the receipt should have been for: the number and the name as typed, and who was found."""

    number: str
    number_error: str
    name: str
    name_asked: bool
    name_error: str
    found: str


@dataclass(frozen=True, slots=True)
class UndoView:
    """All that is shown. `lines`, `tenders` and `patient` are there for the acts that need them. `again` is empty where
    nothing is registered anew, and `to_drawer` where the drawer has cash enough; `money` is what is to be done by hand
    with the money. `begun`: it is being done, on record, and nothing else can be changed meanwhile."""

    heading: str
    which: str
    about: tuple[tuple[str, str], ...]
    late: str
    lines: tuple[GiveBackLine, ...]
    tenders_title: str
    tenders: tuple[tuple[str, str], ...]
    tender: int | None
    tender_error: str
    patient: RightPatientView | None
    reason: UndoReasonView
    money: tuple[str, ...]
    approval: ApprovalView | None
    error: str
    to_drawer: str
    confirm: str
    again: str
    keep: str
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A new sale, prefilled; without a patient when it was the patient that was wrong."""

    patient: Patient | None
    wishes: tuple[Wish, ...]
    visit_date: date


@dataclass(frozen=True, slots=True)
class Undone:
    """What has been done: in words, what is left to do with the money, the receipts that it made, and a new sale."""

    text: str
    money: tuple[str, ...]
    receipts: tuple[int, ...]
    again: Again | None = None


class Undo(ABC):
    """One act on one sale. `done` is called when it is on record, `left` when nothing was done."""

    tenders_title = ""

    def __init__(
        self,
        register: Register,
        receipt: int,
        reasons: Reasons,
        *,
        done: Callable[[Undone], None],
        left: Callable[[], None],
    ) -> None:
        self._register = register
        self._receipt = receipt
        self._done = done
        self._left = left
        self._error = ""
        self._anew = self._lacks_cash = False
        self._begun: PaymentBegun | None = None
        self._signature: Signature | None = None
        self.reason = UndoReason(reasons)
        self.approval = Approval(register)
        self.spot = Spot.REASON

    @property
    def view(self) -> UndoView:
        """What is shown."""
        view = self._while_choosing()
        return view if not self.is_begun else _while_begun(view)

    @property
    def is_begun(self) -> bool:
        """Whether money is on its way back by card or Swish, on record, and this act is what ends it."""
        return self._begun is not None and self._register.open_payment == self._begun

    def _while_choosing(self) -> UndoView:
        return UndoView(
            heading=self._heading().format(receipt=self._number(self._receipt)),
            which=self._which(),
            about=tuple(self._about()),
            late=self._late(),
            lines=self._lines(),
            tenders_title=self.tenders_title,
            tenders=self._tenders(),
            tender=self._tender(),
            tender_error=self._tender_error(),
            patient=self._patient(),
            reason=self.reason.view,
            money=tuple(self._money()),
            approval=self.approval.view,
            error=self._error,
            to_drawer=_("Vä&xelkassa") if self._lacks_cash else "",
            confirm=self._confirm(),
            again=self._again(),
            keep=self._keep(),
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_reason(self, index: int) -> None:
        """A reason was picked, with its digit or otherwise; own words are asked for at once."""
        self.reason.choose(index)
        self.spot = Spot.NOTE if self.reason.why is Why.OTHER else Spot.REASON

    def go_on(self) -> None:
        """Enter in a field or among choices: on to what is missing, and at last to the button that was pressed, or to
        the one that does it. When nothing is missing, money that goes back by card or Swish is on record as about to
        go, and the button says that it has gone."""
        self._look()
        if self.spot in _READY and not self.is_begun:
            self._begin_now()

    def confirm(self) -> None:
        """Do it, or begin to, as `go_on` does. What the rules refuse leaves everything as it was and is told here."""
        self._try(anew=False)

    def leave(self) -> None:
        """Do nothing. Whoever began to give money back says so that none went; of anybody else's it stays unknown."""
        begun, user = self._begun, self._register.user
        if begun is not None and self.is_begun and user is not None and user.id == begun.by:
            self._register.abandon_payment(PaymentOutcome.ABANDONED)
            self._begun = self._signature = None
            self.spot = Spot.REASON
            return
        self._left()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _standing(self) -> Standing:
        return self._register.receipts.sale(self._receipt)

    def _look(self) -> None:
        """Where the keyboard should be: at what is missing, or at the button."""
        self._error, self._lacks_cash = "", False
        missing = None if self.is_begun else self._missing()
        self.spot = missing or (Spot.AGAIN if self._anew else Spot.CONFIRM)

    def _begin_now(self) -> bool:
        """Put on record that money is about to be given back by card or Swish, where it is; whether somebody has to say
        now how that went, or what was refused."""
        if not any(tender in ASKED for tender in self._back_by()):
            return False
        signature = self.approval.signature()
        try:
            self._begun = self._begin(signature)
        except Refused as refused:
            self._refused(refused)
            return True
        if self._begun is None and signature is not None:  # Another payment is open: it is done at once, with this PIN.
            self.approval.type_pin(signature.pin)
        self._signature = signature if self._begun is not None else None
        return self._begun is not None

    def _try(self, *, anew: bool) -> None:
        self._anew = anew
        self._look()
        if self.spot not in _READY or (not self.is_begun and self._begin_now()):
            return
        try:
            undone = self._do(self._signature if self.is_begun else self.approval.signature(), anew=anew)
        except Refused as refused:
            self._refused(refused)
        else:
            self._signature = None
            self._done(undone)

    def _refused(self, refused: Refused) -> None:
        self._lacks_cash = isinstance(refused, NotEnoughCash)
        if self.approval.takes(refused):
            self.spot = Spot.APPROVAL
        else:
            self._error = explain(refused, support=self._register.configuration.support)
            self.spot = Spot.CONFIRM if self.is_begun else Spot.REASON

    def _missing(self) -> Spot | None:
        """Where something is missing."""
        if not self.reason.check():
            return Spot.NOTE if self.reason.why is Why.OTHER else Spot.REASON
        return None if self.approval.check() else Spot.APPROVAL

    @abstractmethod
    def _heading(self) -> str: ...

    @abstractmethod
    def _which(self) -> str: ...

    @abstractmethod
    def _confirm(self) -> str: ...

    def _back_by(self) -> Sequence[Tender]:
        """How money goes back; nothing for what only puts right."""
        return ()

    def _begin(self, signature: Signature | None) -> PaymentBegun | None:
        """Put on record that money is about to be given back outside the till; None when that cannot be now. Raises
        Refused."""
        return None

    def _left_to_do(self, payments: Sequence[Payment]) -> tuple[str, ...]:
        """What is to be done by hand yet."""
        gone = ASKED if self._begun is not None else ()
        return tuple(money_back([payment for payment in payments if payment.by not in gone]))

    @abstractmethod
    def _do(self, signature: Signature | None, *, anew: bool) -> Undone: ...

    def _money(self) -> Iterator[str]:
        yield from ()

    def _again(self) -> str:
        return ""

    def _keep(self) -> str:
        return _("Avbryt")

    def _lines(self) -> tuple[GiveBackLine, ...]:
        return ()

    def _tenders(self) -> tuple[tuple[str, str], ...]:
        return ()

    def _tender(self) -> int | None:
        return None

    def _tender_error(self) -> str:
        return ""

    def _patient(self) -> RightPatientView | None:
        return None

    def _about(self) -> Iterator[tuple[str, str]]:
        for line in self._standing.sale.lines:
            yield times(line.quantity, line.text), amount_plain(line.amount_ore)

    def _late(self) -> str:
        """That the receipt is of another session than today's (R08)."""
        session, sale = self._register.state.session, self._standing.sale
        if session is None or session.number == sale.session:
            return ""
        return _("Kvittot är från {day}. Det som görs nu bokförs i dag.").format(day=day(sale.at))

    def _number(self, receipt: int) -> str:
        return receipt_number(self._register.configuration, self._register.till, receipt)


class Void(Undo):
    """The whole receipt was wrong. `in_sale`: a sale is being made, so nothing can be registered anew over it."""

    def __init__(
        self,
        register: Register,
        receipt: int,
        *,
        done: Callable[[Undone], None],
        left: Callable[[], None],
        in_sale: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(register, receipt, FOR_VOID, done=done, left=left)
        self._in_sale = in_sale

    def confirm_anew(self) -> None:
        """Undo it, and begin the same visit anew."""
        self._try(anew=True)

    def _heading(self) -> str:
        return _("Makulera kvitto {receipt}")

    def _which(self) -> str:
        return _("Makulera när hela kvittot blev fel: fel patient, fel artikel eller dubbelt.")

    def _confirm(self) -> str:
        to_pay_ore = self._standing.sale.to_pay_ore
        return _("Makulera {amount}").format(amount=amount(to_pay_ore)) if to_pay_ore else _("Makulera kvittot")

    def _again(self) -> str:
        return "" if self._in_sale() else _("Makulera och registrera &om")

    def _keep(self) -> str:
        return _("Behåll kvittot")

    def _money(self) -> Iterator[str]:
        return money_back(self._standing.sale.payments, later=not self.is_begun)

    def _back_by(self) -> Sequence[Tender]:
        return [payment.by for payment in self._standing.sale.payments]

    def _begin(self, signature: Signature | None) -> PaymentBegun | None:
        return self._register.begin_void(self._receipt, self.reason.text, signature)

    def _do(self, signature: Signature | None, *, anew: bool) -> Undone:
        again = self._same_visit() if anew else None
        voided = self._register.void(self._receipt, self.reason.text, signature).event
        words = _("Kvitto {receipt} är makulerat med returkvitto {voided}.")
        return Undone(
            text=words.format(receipt=self._number(self._receipt), voided=self._number(voided.receipt)),
            money=self._left_to_do(voided.payments),
            receipts=(voided.receipt,),
            again=again,
        )

    def _same_visit(self) -> Again:
        """The same rows, and the same patient unless that was what was wrong."""
        sale = self._standing.sale
        patient = None if self.reason.why is Why.WRONG_PATIENT else self._register.known(sale.patient)
        rows = [line for line in sale.lines if line.reason is not FeeReason.INVOICE_FEE]
        return Again(patient, tuple(Wish(line.article, line.quantity) for line in rows), sale.visit_date)


def _while_begun(view: UndoView) -> UndoView:
    """What became of the money, and nothing to change."""
    nothing = UndoReasonView((), None, "", asks_note=False, hint="", error="")
    plain = replace(view, lines=(), tenders=(), tender=None, tender_error="", patient=None, reason=nothing)
    return replace(
        plain,
        approval=None,
        to_drawer="",
        confirm=_("Pengarna är tillbaka – registrera"),
        keep=_("Inget är återbetalt"),
        begun=True,
    )
