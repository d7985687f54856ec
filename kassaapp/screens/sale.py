"""The sale: patient, rows, total and payment in one place, and what became of it (UX 2.3, 2.9)."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kassaapp.domain.catalogue import Article
from kassaapp.domain.errors import EmptyBasket, NoPatient, Refused
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
from kassaapp.screens.payment import CardPayment, CashPayment, Payment, SwishPayment
from kassaapp.screens.question import Question
from kassaapp.screens.spot import Spot
from kassaapp.wording import amount, amount_spoken, explain, tender

TENDERS = ((Tender.CASH, "1", "F5"), (Tender.CARD, "2", "F6"), (Tender.SWISH, "3", "F7"))
"""The payment row, in its order for ever: a conto (5, F4) comes before and faktura (4, F8) after."""


class Panel(enum.Enum):
    """What fills the right column."""

    ARTICLES = enum.auto()
    CASH = enum.auto()
    CARD = enum.auto()
    SWISH = enum.auto()
    FRIKORT = enum.auto()


@dataclass(frozen=True, slots=True)
class TenderButton:
    """A button of the payment row; `digit` opens it while the row has the focus."""

    tender: Tender
    text: str
    digit: str
    key: str
    primary: bool


@dataclass(frozen=True, slots=True)
class SaleView:
    """All that is shown. `free` is the one button that stands for the payment row when there is nothing to pay."""

    patient: PatientView
    question: Question | None
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
    """`sold` is called when a visit is on record. After each wish, `spot` is where the keyboard should be."""

    def __init__(self, register: Register, history: History, *, sold: Callable[[Sold], None]) -> None:
        self._register = register
        self._sold = sold
        self._basket = Basket(register, repriced=self._close_payment)
        self._result: Result | None = None
        self._payment: Payment | None = None
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
            tiles=tiles(self._on_sale(), self._search),
            article_error=self._article_error,
            rows=self._basket.rows,
            total=amount(total_ore),
            total_spoken=amount_spoken(total_ore),
            result=self._result.view if self._result is not None else None,
            notice=self._notice,
            panel=self._panel(),
            tenders=self._tenders(),
            free=_("Registrera utan betalning") if self._is_free() else "",
        )

    @property
    def payment(self) -> Payment | None:
        """The open payment panel."""
        return self._payment

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
        self._payment = None
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
        self._payment = self._begin_payment(by)
        self.spot = Spot.PANEL

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
        self._payment, self.patient.frikort, self._notice = None, None, ""
        self.spot = Spot.ARTICLE if self._basket.draft.patient is not None else Spot.PATIENT

    def arrive(self) -> None:
        """Back at the counter: a question that waits comes first."""
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
        return self._payment is None

    def configuration_taken(self) -> None:
        """New prices: the rows are priced anew."""
        if self._basket.requote():
            self._notice = _("Prislistan har uppdaterats. Kontrollera beloppet innan du tar betalt.")

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin_payment(self, by: Tender) -> Payment:
        total_ore, letter = self._basket.total_ore, self._register.till.letter
        configuration = self._register.configuration
        if by is Tender.CASH:
            return CashPayment(total_ore, letter, configuration.policy.denominations_ore, self._sell)
        if by is Tender.CARD:
            return CardPayment(total_ore, self._sell, declined=self._declined)
        mark = self._mark(self._register.state.next_receipt)
        return SwishPayment(total_ore, configuration.clinic.swish_number, mark, self._sell)

    def _mark(self, receipt: int) -> str:
        """A receipt's number as it is printed."""
        return receipt_number(self._register.configuration, self._register.till, receipt)

    def _sell(self, offers: Sequence[Offer]) -> None:
        """Put the visit on record. Raises Refused, and then everything is as it was."""
        draft = self._basket.draft
        sold = self._register.sell(draft.patient, draft.wishes, offers, draft.visit_date)
        self._clear()
        self._result = Result(sold.event, self._mark(sold.event.receipt))
        self.spot = Spot.PATIENT
        self._sold(sold)

    def _close_payment(self) -> None:
        """What is due is another: a panel with the old sum must not be used."""
        self._payment = None

    def _clear(self) -> None:
        self._basket.clear()
        self.patient.clear()
        self._payment, self._search, self._article_error, self._notice = None, "", "", ""

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
        self._payment, self._article_error, self._notice = None, "", ""
        try:
            change()
        except Refused as refused:
            self._article_error = explain(refused, support=self._register.configuration.support)
            return False
        return True

    def _tenders(self) -> tuple[TenderButton, ...]:
        """The payment row; Kort is marked once there is something to pay and no panel is open."""
        marked = Tender.CARD if self.in_progress and self._panel() is Panel.ARTICLES else None
        return tuple(TenderButton(by, tender(by), digit, key, primary=by is marked) for by, digit, key in TENDERS)

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
        match self._payment:
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
