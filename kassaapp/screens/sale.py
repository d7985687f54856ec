"""The sale: patient, rows, total and payment in one place, and what became of it (UX 2.3, 2.9).

sale_parts   what the sale is made of, and what is shown of it
composing    patient, rows, what was scanned
selling      payment
sale         coming and going: questions, steps back, what lies aside, the other till, news
"""

from collections.abc import Sequence
from datetime import date

from kassaapp.domain.errors import Refused
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.draft import Draft
from kassaapp.i18n import _
from kassaapp.screens.account_payment import AccountPayment
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.parked import CannotKeep
from kassaapp.screens.payment import CashPayment
from kassaapp.screens.sale_view import Panel as Panel
from kassaapp.screens.sale_view import SaleView as SaleView
from kassaapp.screens.selling import Selling
from kassaapp.screens.spot import Spot
from kassaapp.wording import explain


class SaleScreen(Selling):
    """The whole of it."""

    def answer(self, number: int) -> None:
        """Answer the question in place."""
        if self._resumed.question is not None:
            self._answer_resumed(number)
        elif self._asked is not None:
            asked, self._asked, self.spot = self._asked, None, Spot.ARTICLE
            asked.acts[number]()
        elif self.patient.question is not None:
            before = self._basket.draft.patient
            self.spot = self.patient.answer(number)
            self._met(before)

    def back(self) -> None:
        """One step back: out of a question or a panel, from a name that was to be changed or the payment row to the
        articles, and with no rows from the patient. Never takes rows away."""
        if self._resumed.question is not None:
            self.spot = Spot.QUESTION
        elif self._asked is not None:
            self._asked, self.spot = None, Spot.ARTICLE
        elif self.patient.question is not None:
            self.spot = self.patient.keep()
        elif isinstance(payment := self._paying.payment, CashPayment) and payment.take_back():
            self.spot = Spot.PANEL
        elif self._panel() is Panel.ARTICLES and self.patient.is_renaming:
            self.spot = self.patient.keep_name()
        elif self._panel() is Panel.ARTICLES and not self._basket.draft.wishes:
            self._clear()
            self.spot = Spot.PATIENT
        else:
            self.to_articles()

    def arrive(self) -> None:
        """Back at the counter: what waits for an answer comes first."""
        patient_before = self._basket.draft.patient
        if self._resumed.arrive():
            patient = self._basket.draft.patient
            if patient is not None and patient_before is None:
                self.patient.show(patient)
        if not self._paying.is_begun:
            self._left_open.ask()
        if self._question() is not None:
            self.spot = Spot.QUESTION

    def park(self) -> None:
        """Put the sale aside (Ctrl+D)."""
        if self._collecting() or not self._is_ready():
            return
        self._paying.leave()
        try:
            self._parked.park()
        except CannotKeep:
            self._notice = _(
                "Besöksdatumet kan inte sparas med försäljningen just nu. Slutför den, eller ändra datumet till i dag."
            )
        except Refused as refused:
            self._notice = explain(refused, support=self._register.configuration.support)
        else:
            self._clear()
            self.spot = Spot.PATIENT

    def show_parked(self) -> None:
        """Show what lies aside, or show it no more (Ctrl+Shift+D)."""
        if self._collecting():
            return
        was_open = self._parked.is_open
        self.to_articles()
        if not was_open:
            self._parked.open()
            self.spot = Spot.PANEL

    def recall(self, number: int) -> None:
        """Take a parked sale up again."""
        if self._parked.recall(number):
            patient = self._basket.draft.patient
            assert patient is not None
            self.patient.show(patient)
            self._result, self.spot = None, Spot.ARTICLE

    def hand_over(self) -> Patient | None:
        """The patient, who follows to the other till (F11); the screen is empty after it. Not while there are rows."""
        assert not self.in_progress, "the rows are of this till"
        patient = self._basket.draft.patient
        self._clear()
        self.spot = Spot.PATIENT
        return patient

    def receive(self, patient: Patient, wishes: Sequence[Wish] = ()) -> None:
        """A patient comes from the other till, with what waits for this one (E21)."""
        before = self._basket.draft.patient
        self._clear()
        self.spot = self.patient.receive(patient)
        self._met(before)
        for wish in wishes:
            self._article.add(wish)

    def begin_again(self, patient: Patient | None, wishes: Sequence[Wish], day: date) -> None:
        """The same visit anew, after it was voided: the patient too, unless it was the patient that was wrong. Then the
        rows wait for the right one."""
        assert not self.in_progress, "the rows of a sale are not thrown away"
        self._clear()
        other_day = day if day != self._register.now().date() else None
        if patient is None:
            self._coming, self.spot = Draft(None, tuple(wishes), other_day), Spot.PATIENT
            self._notice = _("Ange rätt patient. Sedan läggs raderna från kvittot till.")
            return
        try:
            self._basket.take(Draft(patient, tuple(wishes), other_day))
        except Refused as refused:
            self._notice = explain(refused, support=self._register.configuration.support)
        self.patient.show(patient)
        self.spot = Spot.ARTICLE

    def receipt_news(self, receipt: int, paper: Paper) -> None:
        """What has become of the receipt; too late when the next patient is here."""
        if self._result is not None and self._result.event.receipt == receipt:
            self._result = self._result.with_paper(paper)

    def copy(self) -> None:
        """The one copy of the receipt that was just made, on record before it is made (R41)."""
        if self._result is None or not self._result.is_out or self._result.copied:
            return
        receipt = self._result.event.receipt
        try:
            self._register.copy(receipt)
        except Refused as refused:
            self._notice = explain(refused, support=self._register.configuration.support)
        else:
            self._result = self._result.with_copy(self._register.now())
            self._print_copy(receipt)

    def void(self) -> None:
        """Begin to undo the receipt that was just made."""
        if self._result is not None:
            self._void(self._result.event.receipt)

    def forget_result(self) -> None:
        """A receipt has been undone since: what was said of the last one may no longer be so."""
        self._result = None

    @property
    def may_reprice(self) -> bool:
        """Whether new prices may come into force now: not while somebody is paying what the old ones said."""
        return self._paying.payment is None or self.asks_elsewhere

    @property
    def asks_elsewhere(self) -> bool:
        """Whether the open panel is for money a conto, which the region's answer may change."""
        return isinstance(self._paying.payment, AccountPayment)

    def configuration_taken(self) -> None:
        """New prices: the rows are priced anew."""
        if self._basket.requote():
            self._notice = _("Prislistan har uppdaterats. Kontrollera beloppet innan du tar betalt.")

    def drop(self) -> None:
        """The sale is not to be gone on with: nothing of it is kept."""
        self._clear()

    def _answer_resumed(self, number: int) -> None:
        if number == 1:
            self._clear()
            self.spot = Spot.PATIENT
            return
        try:
            self._resumed.go_on()
        except Refused as refused:
            self._notice = explain(refused)
        self.spot = Spot.ARTICLE
