"""The sale: patient, rows, total and payment in one place, and what became of it (UX 2.3, 2.9)."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kassaapp.domain.catalogue import Article
from kassaapp.domain.errors import EmptyBasket, NoPatient, PaymentUnderWay, Refused
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register, Sold
from kassaapp.screens.after_sale import Paper, Result, ResultView
from kassaapp.screens.articles import Tile, Unclear, explain_unclear, read_wish, tiles
from kassaapp.screens.basket import Basket, RowView
from kassaapp.screens.patient import PatientPart, PatientView
from kassaapp.screens.paying import Paying, TenderButton, tender_row
from kassaapp.screens.payment import CardPayment, CashPayment, Payment, SwishPayment
from kassaapp.screens.question import Question
from kassaapp.screens.spot import Spot
from kassaapp.screens.terminal import HandConfirmed, PaymentTerminal
from kassaapp.wording import amount, amount_spoken, explain


class Panel(enum.Enum):
    """What fills the right column."""

    ARTICLES = enum.auto()
    CASH = enum.auto()
    CARD = enum.auto()
    SWISH = enum.auto()
    FRIKORT = enum.auto()


@dataclass(frozen=True, slots=True)
class SaleView:
    """All that is shown. `left_open` asks about a payment that was begun and has no end. `free` is the one button that
    stands for the payment row when there is nothing to pay."""

    patient: PatientView
    question: Question | None
    left_open: Question | None
    tiles: tuple[Tile, ...]
    article_error: str
    rows: tuple[RowView, ...]
    total: str
    total_spoken: str
    result: ResultView | None
    notice: str
    panel: Panel
    tenders: tuple[TenderButton, ...]
    free: str


class SaleScreen:
    """`sold` is called when a visit is on record; without a `terminal` a person reads it. After each wish, `spot` is
    where the keyboard should be."""

    def __init__(
        self,
        register: Register,
        history: History,
        *,
        sold: Callable[[Sold], None],
        terminal: PaymentTerminal | None = None,
    ) -> None:
        self._register = register
        self._sold = sold
        self._paying = Paying(
            register,
            terminal or HandConfirmed(),
            sell=self._sell,
            registered=self._registered,
            declined=self._declined,
        )
        self._basket = Basket(register, repriced=self._paying.leave)
        self._result: Result | None = None
        self._search = ""
        self._article_error = ""
        self._notice = ""
        self.patient = PatientPart(register, history, self._basket)
        self.spot = Spot.PATIENT

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> SaleView:
        """What is shown."""
        total_ore = self._basket.total_ore
        return SaleView(
            patient=self.patient.view,
            question=self._question(),
            left_open=self._paying.question,
            tiles=tiles(self._on_sale(), self._search),
            article_error=self._article_error,
            rows=self._basket.rows,
            total=amount(total_ore),
            total_spoken=amount_spoken(total_ore),
            result=self._result.view if self._result is not None else None,
            notice=self._notice,
            panel=self._panel(),
            tenders=tender_row(marked=self.in_progress and self._panel() is Panel.ARTICLES),
            free=_("Registrera utan betalning") if self._is_free() else "",
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

    # ── patient ──────────────────────────────────────────────────────────────────────────────────────────────────

    def enter_patient(self, text: str) -> None:
        """A number was typed and Enter pressed. The last result makes room for the new patient."""
        self._notice = ""
        self.spot = self.patient.enter(text)
        if self._basket.draft.patient is not None:
            self._result = None

    def enter_name(self, name: str) -> None:
        """The name is written."""
        self.spot = self.patient.enter_name(name)

    def change_name(self) -> None:
        """The name is to be written anew."""
        self.spot = self.patient.change_name()

    def enter_visit_date(self, text: str) -> None:
        """The day of the visit is written."""
        self.spot = self.patient.enter_visit_date(text)

    def answer(self, number: int) -> None:
        """Answer the question in place."""
        if self._taken_by_another():
            self._take_over() if number == 0 else self._clear()
            self.spot = Spot.ARTICLE if number == 0 else Spot.PATIENT
            return
        self.spot = self.patient.answer(number)
        if self._basket.draft.patient is not None:
            self._result = None

    def open_frikort(self) -> None:
        """Enter what the patient shows, in the right column."""
        self._paying.leave()
        self.patient.open_frikort()
        self.spot = Spot.PANEL if self.patient.frikort is not None else self.patient.ask_for(NoPatient())

    def save_frikort(self) -> None:
        """Take what was entered; it changes what the rows cost."""
        self.spot = self.patient.save_frikort()

    # ── articles and rows ────────────────────────────────────────────────────────────────────────────────────────

    def search(self, text: str) -> None:
        """An article is being written: show the tiles it may be."""
        self._search, self._article_error = text, ""

    def enter_article(self, text: str) -> bool:
        """An article was written and Enter pressed; whether it was taken, so that the field can be emptied.

        Nothing written leads to the payment row, or registers at once what costs nothing.
        """
        self._article_error = self._notice = ""
        if not text.strip():
            self._on_to_payment()
            return False
        day = self._basket.draft.visit_date or self._register.now().date()
        try:
            wish = read_wish(self._register.configuration.catalogue, text, till=self._register.state.till, day=day)
        except Unclear as unclear:
            self._article_error, self.spot = explain_unclear(unclear), Spot.ARTICLE
            return False
        return self._add(wish)

    def add(self, article: int) -> None:
        """A tile was pressed."""
        self._add(Wish(article))

    def quick(self, place: int) -> None:
        """Ctrl+1 to Ctrl+9, from anywhere in the sale."""
        offered = self._on_sale()
        if place <= len(offered):
            self._add(Wish(offered[place - 1].number))

    def change_quantity(self, row: int, by: int) -> None:
        """More or less of a row."""
        wishes = self._basket.draft.wishes
        if row < len(wishes):
            self._try(lambda: self._basket.set_quantity(row, wishes[row].quantity + by))

    def remove(self, row: int) -> None:
        """Take a row away."""
        if row < len(self._basket.draft.wishes):
            self._try(lambda: self._basket.remove(row))

    def undo(self) -> None:
        """The rows as they were a step ago."""
        self._try(self._basket.undo)

    # ── paying ───────────────────────────────────────────────────────────────────────────────────────────────────

    def pay(self, by: Tender) -> None:
        """Open a payment panel, when there is somebody and something to pay for."""
        if not self._is_ready():
            return
        if self._is_free():
            self._notice = _("Det är inget att betala. Registrera besöket utan betalning.")
            self.spot = Spot.TENDERS
            return
        self.patient.frikort = None
        try:
            self._paying.begin(by, self._basket.draft, self._basket.total_ore)
        except PaymentUnderWay:
            self._paying.ask()
        except Refused as refused:
            self._notice, self.spot = explain(refused), Spot.TENDERS
        else:
            self.spot = self.spot if self._paying.payment is None else Spot.PANEL

    def answer_left_open(self, number: int) -> None:
        """Answer what became of a payment that was left open."""
        try:
            self._paying.answer(number)
        except Refused as refused:
            self._notice = explain(refused)

    def register_free(self) -> None:
        """Register a visit that costs nothing (R21)."""
        if not self._is_ready() or not self._is_free():
            return
        try:
            self._sell([])
        except Refused as refused:
            self._notice = explain(refused)

    def back(self) -> None:
        """One step back: out of a question or a panel, from the payment row to the articles, and with no rows from the
        patient. Never takes rows away."""
        if self._taken_by_another():
            self.spot = Spot.QUESTION
        elif self.patient.question is not None:
            self.spot = self.patient.keep()
        elif self._panel() is Panel.ARTICLES and not self._basket.draft.wishes:
            self._clear()
            self.spot = Spot.PATIENT
        else:
            self.to_articles()

    def to_articles(self) -> None:
        """Out of whatever panel is open."""
        self._paying.leave()
        self.patient.frikort, self._notice = None, ""
        self.spot = Spot.ARTICLE if self._basket.draft.patient is not None else Spot.PATIENT

    def arrive(self) -> None:
        """Back at the counter: what waits for an answer comes first."""
        self._paying.ask()
        if self._question() is not None:
            self.spot = Spot.QUESTION

    # ── news ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def receipt_news(self, receipt: int, paper: Paper) -> None:
        """What has become of the receipt; too late when the next patient is here."""
        if self._result is not None and self._result.event.receipt == receipt:
            self._result = self._result.with_paper(paper)

    @property
    def may_reprice(self) -> bool:
        """Whether new prices may come into force now: not while somebody is paying what the old ones said."""
        return self._paying.payment is None

    def configuration_taken(self) -> None:
        """New prices: the rows are priced anew."""
        if self._basket.requote():
            self._notice = _("Prislistan har uppdaterats. Kontrollera beloppet innan du tar betalt.")

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _sell(self, offers: Sequence[Offer]) -> None:
        """Put the visit on record. Raises Refused, and then everything is as it was."""
        draft = self._basket.draft
        self._registered(self._register.sell(draft.patient, draft.wishes, offers, draft.visit_date))

    def _registered(self, sold: Sold) -> None:
        """A visit is on record: its rows go, those of another patient stay."""
        patient = self._basket.draft.patient
        if patient is None or patient.id == sold.event.patient.id:
            self._clear()
            self.spot = Spot.PATIENT
        number = receipt_number(self._register.configuration, self._register.till, sold.event.receipt)
        self._result = Result(sold.event, number)
        self._sold(sold)

    def _clear(self) -> None:
        self._basket.clear()
        self.patient.clear()
        self._paying.leave()
        self._search, self._article_error, self._notice = "", "", ""

    def _declined(self) -> None:
        """The card was not accepted (E33)."""
        self.to_articles()
        self._notice = _("Kortköpet gick inte igenom. Inget är registrerat. Försök igen eller välj annat betalsätt.")
        self.spot = Spot.TENDERS

    def _is_free(self) -> bool:
        return self.in_progress and self._basket.total_ore == 0

    def _is_ready(self) -> bool:
        """Whether there is a patient with a name and at least a row, that are this person's to register."""
        self._notice = ""
        draft = self._basket.draft
        if self._question() is not None:
            self.spot = Spot.QUESTION
        elif draft.patient is None:
            self.spot = self.patient.ask_for(NoPatient())
        elif not draft.wishes:
            self._article_error, self.spot = explain(EmptyBasket()), Spot.ARTICLE
        elif not draft.patient.protected and not draft.patient.name.strip():
            self.spot = self.patient.ask_for_name()
        else:
            return True
        return False

    def _on_to_payment(self) -> None:
        if self._is_free():
            self.register_free()
        elif self._is_ready():
            self.spot = Spot.TENDERS

    def _add(self, wish: Wish) -> bool:
        if self._basket.draft.patient is None:
            self.spot = self.patient.ask_for(NoPatient())
            return False
        taken = self._try(lambda: self._basket.add(wish))
        self._search = "" if taken else self._search
        self.spot = Spot.ARTICLE
        return taken

    def _try(self, change: Callable[[], None]) -> bool:
        """Change the rows. Closes an open panel, whose sum would be another; a refusal is told at the article."""
        self._paying.leave()
        self._article_error, self._notice = "", ""
        try:
            change()
        except Refused as refused:
            self._article_error = explain(refused, support=self._register.configuration.support)
            return False
        return True

    def _question(self) -> Question | None:
        by = self._taken_by_another()
        if not by:
            return self.patient.question
        return Question(
            _("Försäljningen påbörjades av {name}.").format(name=self._register.configuration.user_name(by)),
            (_("Ta över försäljningen"), _("Ta bort den")),
        )

    def _taken_by_another(self) -> str:
        """The id of somebody else who began this sale; empty when it is one's own."""
        user, by = self._register.user, self._basket.draft.by
        return by if user is not None and by is not None and by != user.id else ""

    def _take_over(self) -> None:
        user = self._register.user
        assert user is not None
        self._basket.take(replace(self._basket.draft, by=user.id))

    def _panel(self) -> Panel:
        if self.patient.frikort is not None:
            return Panel.FRIKORT
        match self._paying.payment:
            case CashPayment():
                return Panel.CASH
            case CardPayment():
                return Panel.CARD
            case SwishPayment():
                return Panel.SWISH
        return Panel.ARTICLES

    def _on_sale(self) -> tuple[Article, ...]:
        day = self._basket.draft.visit_date or self._register.now().date()
        return self._register.configuration.catalogue.on_sale(till=self._register.state.till, day=day)
