"""The parts of the sale and what they tell each other: what is shown, what becomes of an open panel and of the draft
when the basket is another, and what a registered visit leaves behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from kassaapp.domain.errors import Refused, WrongTill
from kassaapp.domain.events import PaymentBegun
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Payer
from kassaapp.draft import Draft, DraftFile
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register, Sold
from kassaapp.screens.after_sale import Result
from kassaapp.screens.article_part import ArticlePart
from kassaapp.screens.basket import Basket
from kassaapp.screens.before_paying import BeforePaying
from kassaapp.screens.depositing import deposited
from kassaapp.screens.keeping import Keeping
from kassaapp.screens.left_open import LeftOpen
from kassaapp.screens.other_till import Open, OtherTill
from kassaapp.screens.parked import ParkedPart
from kassaapp.screens.patient import PatientPart
from kassaapp.screens.paying import Due, Paying, Payment, invoicing
from kassaapp.screens.question import Asked, Question
from kassaapp.screens.resumed import Resumed
from kassaapp.screens.sale_view import Panel as Panel
from kassaapp.screens.sale_view import SaleView as SaleView
from kassaapp.screens.sale_view import panel_of
from kassaapp.screens.spot import Spot
from kassaapp.screens.tender_buttons import TenderButton, tender_row
from kassaapp.screens.terminal import HandConfirmed, PaymentTerminal
from kassaapp.wording import amount, amount_spoken, explain


class SaleParts:
    """`sold` is called when a visit is on record, `deposited` with the receipt of a deposit that was left open; without
    a `terminal` a person reads it. `drafts` is where the sale is kept; `other_till` opens the desk's other till;
    `paper` is called with the code of a slip that was scanned; `print_copy` makes the paper of a copy that is on
    record, `void` begins to undo a receipt and `show_receipt` opens one; `has_region`: there is one to ask. After each
    wish, `spot` is where the keyboard should be."""

    def __init__(
        self,
        register: Register,
        history: History,
        *,
        sold: Callable[[Sold], None],
        terminal: PaymentTerminal | None = None,
        drafts: DraftFile | None = None,
        other_till: Open | None = None,
        deposited: Callable[[int], None] = lambda _receipt: None,
        paper: Callable[[str], None] | None = None,
        print_copy: Callable[[int], None] = lambda _receipt: None,
        void: Callable[[int], None] = lambda _receipt: None,
        show_receipt: Callable[[int], None] = lambda _receipt: None,
        has_region: bool = False,
    ) -> None:
        self._register = register
        self._sold = sold
        self._deposited = deposited
        self._print_copy = print_copy
        self._void = void
        self._show_receipt = show_receipt
        self._paper = paper
        reading = terminal or HandConfirmed()
        self._paying = Paying(
            register,
            reading,
            sell=self._sell,
            registered=self._registered,
            declined=self._declined,
            has_region=has_region,
        )
        self._left_open = LeftOpen(register, reading, self._finish)
        self._basket = Basket(register, changed=self._changed)
        self._keeping = Keeping(register, history, self._basket, drafts)
        self._resumed = Resumed(register, self._basket, self._keeping)
        self._other = OtherTill(register, other_till)
        self._article = ArticlePart(
            register,
            self._basket,
            leave=self._paying.leave,
            elsewhere=self._belongs_elsewhere if self._other.is_there else None,
        )
        self.patient = PatientPart(register, history, self._basket)
        self._before = BeforePaying(register, history, self._basket, self.patient, self._article)
        self._parked = ParkedPart(register, self._basket, self._keeping)
        self._result: Result | None = None
        self._asked: Asked | None = None
        self._coming: Draft | None = None
        self._notice = ""
        self.spot = Spot.PATIENT

    @property
    def view(self) -> SaleView:
        """What is shown."""
        total_ore = self._basket.total_ore
        result = self._result.view if self._result is not None else None
        return SaleView(
            patient=self.patient.view,
            question=self._question(),
            left_open=None if self._paying.is_begun else self._left_open.question,
            tiles=self._article.tiles,
            article_error=self._article.error,
            rows=self._basket.rows,
            total=amount(total_ore),
            total_spoken=amount_spoken(total_ore),
            result=None if result is None else replace(result, proceed=self._other.proceed),
            notice=self._notice,
            panel=self._panel(),
            tenders=self._tenders(),
            free=_("Registrera utan betalning") if self._is_free() else "",
            waiting=self._parked.waiting,
            parked=self._parked.view,
        )

    @property
    def payment(self) -> Payment | None:
        """The open payment panel."""
        return self._paying.payment

    @property
    def is_paying(self) -> bool:
        """Whether a payment that is on record as begun is being taken in the open panel."""
        return self._paying.is_begun

    @property
    def in_progress(self) -> bool:
        """Whether there are rows that have not been registered."""
        return bool(self._basket.draft.wishes)

    @property
    def waiting(self) -> str:
        """The button for what lies aside; empty when nothing does."""
        return self._parked.waiting

    @property
    def draft(self) -> Draft:
        """What has been put together."""
        return self._basket.draft

    def to_articles(self) -> None:
        """Out of whatever panel is open. What has come of a divided sum is asked about at once."""
        had_come = self._paying.has_come
        self._paying.leave()
        self._parked.close()
        self.patient.frikort, self._notice = None, ""
        self.spot = Spot.ARTICLE if self._basket.draft.patient is not None else Spot.PATIENT
        if had_come:
            self._left_open.ask()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _sell(self, offers: Sequence[Offer], payer: Payer | None = None) -> None:
        """Put the visit on record. Raises Refused, and then everything is as it was."""
        draft = self._basket.draft
        patient = draft.patient
        if payer is not None and patient is not None:
            patient = replace(patient, payer=payer)
        acknowledged = self._before.acknowledged
        self._registered(
            self._register.sell(patient, draft.wishes, offers, draft.visit_date, acknowledged=acknowledged)
        )

    def _registered(self, sold: Sold) -> None:
        """A visit is on record: its rows go, those of another patient stay."""
        patient = self._basket.draft.patient
        self._left_open.settled()
        if patient is None or patient.id == sold.event.patient.id:
            self._other.sold_to(sold.event.patient)
            self._clear()
            self.spot = Spot.RESULT if self._other.proceed else Spot.PATIENT
        number = receipt_number(self._register.configuration, self._register.till, sold.event.receipt)
        self._result = Result(sold.event, number)
        self._sold(sold)

    def _finish(self, begun: PaymentBegun, reference: str | None) -> None:
        """What was left open has come: a visit, or a deposit a conto; or it has gone back, and is to be registered at
        its receipt. Raises Refused."""
        if begun.returns is not None:
            self._show_receipt(begun.returns)
            return
        if not begun.is_deposit:
            self._paying.finish(begun, reference)
            return
        taken = self._register.settle_deposit(reference).event
        self._left_open.settled()
        self._notice = deposited(self._register, taken)
        self._deposited(taken.receipt)

    def _declined(self) -> None:
        """The card was not accepted (E33)."""
        self.to_articles()
        self._notice = _(
            "Kortköpet gick inte igenom. Inget är registrerat. Försök igen, välj ett annat betalsätt eller lägg "
            "försäljningen åt sidan."
        )
        self.spot = Spot.TENDERS

    def _clear(self) -> None:
        self._basket.clear()
        self.patient.clear()
        self._article.clear()
        self._resumed.clear()
        self._before.forget()
        self._paying.leave()
        self._parked.close()
        self._asked, self._notice, self._coming = None, "", None

    def _changed(self, before: Draft, repriced: bool) -> None:
        """The basket is another: an open panel whose sum or patient would be another closes, and the draft is kept."""
        draft = self._basket.draft
        other = replace(before, by=None) != replace(draft, by=None)
        if repriced or (other and self._paying.is_begun):
            self._paying.leave()
        if before.wishes != draft.wishes or _id_of(before) != _id_of(draft):
            self._before.forget()
            self._asked = None
        self._keeping.save()

    def _met(self, before: Patient | None) -> None:
        """After a number was entered: whoever came in place of nobody, or of another, has no result and no queue."""
        patient = self._basket.draft.patient
        if patient is not None:
            self._result = None
            if before is None or before.id != patient.id:
                self._other.clear()
            self._take_coming(patient)

    def _take_coming(self, patient: Patient) -> None:
        """The rows that waited for the right patient (`begin_again`)."""
        coming, self._coming = self._coming, None
        if coming is not None:
            draft = self._basket.draft
            try:
                self._basket.take(replace(draft, patient=patient, wishes=coming.wishes, visit_date=coming.visit_date))
            except Refused as refused:
                self._notice = explain(refused, support=self._register.configuration.support)

    def _tenders(self) -> tuple[TenderButton, ...]:
        due = self._due()
        return tender_row(
            None if due is None else invoicing(self._register, due),
            marked=self.in_progress and self._panel() is Panel.ARTICLES,
            missed=self._basket.is_missed_visit,
        )

    def _due(self) -> Due | None:
        quote, draft = self._basket.quote, self._basket.draft
        return None if quote is None or draft.patient is None else Due(draft, quote, self._before.acknowledged)

    def _is_free(self) -> bool:
        return self.in_progress and self._basket.total_ore == 0

    def _is_ready(self) -> bool:
        """Whether there is a patient with a name and at least a row, that are this person's to register."""
        self._notice = ""
        missing = Spot.QUESTION if self._question() is not None else self._before.missing()
        self.spot = missing or self.spot
        return missing is None

    def _collecting(self) -> bool:
        """Whether a part of a divided sum has come and the rest is being taken: nothing else is done meanwhile."""
        if self._paying.has_come:
            self._notice, self.spot = _("En del är betald. Ta emot resten först."), Spot.PANEL
        return self._paying.has_come

    def _add(self, wish: Wish) -> bool:
        if self._basket.draft.patient is None:
            self._before.missing()
            self.spot = Spot.PATIENT
            return False
        self._notice = ""
        taken = self._article.add(wish)
        self.spot = Spot.QUESTION if self._asked is not None else Spot.ARTICLE
        return taken

    def _belongs_elsewhere(self, wrong: WrongTill, wish: Wish) -> None:
        patient, empty = self._basket.draft.patient, not self._basket.draft.wishes
        self._asked = self._other.asked(wrong, wish, patient, empty=empty)

    def _question(self) -> Question | None:
        asked = None if self._asked is None else self._asked.question
        return self._resumed.question or asked or self.patient.question

    def _panel(self) -> Panel:
        if self.patient.frikort is not None:
            return Panel.FRIKORT
        return Panel.PARKED if self._parked.is_open else panel_of(self._paying.payment)


def _id_of(draft: Draft) -> str:
    return "" if draft.patient is None else draft.patient.id.reveal()
