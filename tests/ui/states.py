"""A working day that comes through every screen and every state of it, one after the other."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

from kassaapp.app import Desk
from kassaapp.domain.visit import Tender
from kassaapp.screens.a_conto import Job as AccountJob
from kassaapp.screens.drawer_job import Job
from kassaapp.screens.frame import Place, Wish
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.receipts import Act
from kassaapp.screens.split import SplitPayment
from kassaapp.screens.status import Tone
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.receipts_view import ReceiptsWindow
from kassaapp.ui.sale_view import SaleWindow
from tests.builders import ADULT, OLD, PROTECTED, YOUNG

P = TypeVar("P")
_OTHER, _CHILD, _PAYER = "197010632391", "201904092390", "198002292384"
_NAME = "Anna-Karin Testsson von Längberg"
_ADDRESS = "Provgatan 1, 123 45 Demostad"


def all_states(window: MainWindow, desk: Desk) -> Iterator[str]:
    """The names of the states; when one is given the window is in it."""
    day = _Day(window, desk)
    for part in (
        day.signing_in,
        day.opening,
        day.who,
        day.rows,
        day.paying,
        day.by_cash,
        day.unusual_patients,
        day.other_tenders,
        day.looking_back,
        day.undoing,
        day.a_conto,
        day.drawer,
        day.round_it,
        day.practice,
        day.closing,
        day.the_other_till,
        day.the_end,
    ):
        yield from part()


class _Day:
    """The window and its desk."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        self.window = window
        self.desk = desk

    def _at(self, place: Place) -> None:
        self.window._go(place)

    def _home(self) -> None:
        self.window.frame.home()
        self.window.settle()

    def _payment(self, kind: type[P]) -> P:
        payment: object = self.window.sale.payment
        assert isinstance(payment, kind), (payment, self.window.sale.view)
        return payment

    @property
    def _sale_room(self) -> SaleWindow:
        room = self.window.rooms[Place.SALE]
        assert isinstance(room, SaleWindow)
        return room

    def _begin(self, number: str = ADULT, *articles: str) -> None:
        """A visit half an hour later."""
        self.desk.clock.set(self.desk.clock() + timedelta(minutes=30))
        self._home()
        sale = self.window.sale
        sale.enter_patient(number)
        if sale.patient.view.name_asked:
            sale.enter_name(_NAME)
        if sale.patient.view.address_asked:
            sale.enter_address(_ADDRESS)
        for article in articles:
            sale.enter_article(article)

    # ── the morning ──────────────────────────────────────────────────────────────────────────────────────────────

    def signing_in(self) -> Iterator[str]:
        yield "login"
        login = self.window.now.screens.login
        login.sign_in("anber", "000000")
        yield "login-wrong-pin"
        self.window._open_menu()
        yield "menu-nobody"
        self.window.around.menu.hide()
        self.desk.sign_in("anber", "123456")
        self._home()

    def opening(self) -> Iterator[str]:
        opening = self.window.now.screens.opening
        yield "open"
        for value_ore, pieces in ((10_000, "4"), (5_000, "4"), (2_000, "12"), (1_000, "8"), (500, "10"), (100, "9")):
            opening.count.type_pieces(value_ore, pieces)
        yield "open-counted"
        opening.open()
        yield "open-difference"
        opening.reason.choose(1)
        opening.open()
        self._home()

    # ── the sale ─────────────────────────────────────────────────────────────────────────────────────────────────

    def who(self) -> Iterator[str]:
        sale = self.window.sale
        yield "sale-empty"
        sale.enter_patient("6101182804")
        yield "sale-wrong-number"
        sale.pay(Tender.CARD)
        yield "sale-paid-too-early"
        sale.enter_patient("610118+2803", scanned=True)
        yield "sale-scanned-plus"
        sale.answer(0)
        yield "sale-name"
        sale.enter_name("")
        yield "sale-name-missing"
        sale.enter_name(_NAME)
        yield "sale-patient"
        sale.enter_visit_date("2031-13-32")
        yield "sale-wrong-date"
        sale.enter_visit_date("2026-11-20")
        sale.patient.choose_category(1)
        yield "sale-other-day-and-category"
        sale.enter_visit_date("2026-11-23")
        sale.patient.choose_category(0)

    def rows(self) -> Iterator[str]:
        sale = self.window.sale
        sale.search("intg")
        sale.enter_article("intg")
        yield "sale-no-such-article"
        sale.enter_article("101")
        yield "sale-of-the-other-till"
        sale.answer(0)
        for article in ("1", "2", "3", "4", "2*5"):
            sale.enter_article(article)
        yield "sale-rows"
        sale.enter_patient(OLD)
        yield "sale-other-patient"
        sale.answer(0)
        sale.open_frikort()
        yield "sale-frikort"
        sale.save_frikort()
        yield "sale-frikort-missing"
        sale.back()
        self.window._change_till()
        yield "sale-may-not-leave"
        self.window.close()
        yield "sale-closing-the-window"
        self.window.leaving.ask(None)
        sale.park()
        yield "sale-parked"
        sale.show_parked()
        yield "sale-parked-list"
        sale.recall(sale.view.parked.rows[0].number)
        yield "sale-recalled"

    def paying(self) -> Iterator[str]:
        sale = self.window.sale
        sale.pay(Tender.CARD)
        yield "card"
        self._payment(CardPayment).doubt()
        yield "card-doubt"
        self._sale_room.card.doubt._answered(2)
        yield "card-declined"
        sale.pay(Tender.SWISH)
        yield "swish"
        self._payment(SwishPayment).miss()
        yield "swish-absent"
        sale.back()
        yield "sale-payment-left-open"
        for answer in (2, 1, 0):
            if sale.view.left_open is not None:
                sale.answer_left_open(answer)
        sale.pay(Tender.ON_ACCOUNT)
        yield "a-conto-as-payment"
        sale.back()

    def by_cash(self) -> Iterator[str]:
        sale = self.window.sale
        sale.pay(Tender.CASH)
        yield "cash"
        cash = self._payment(CashPayment)
        cash.type("100")
        cash.register()
        yield "cash-too-little"
        cash.type("9000")
        cash.register()
        yield "cash-out-by-ten"
        cash.type("2000")
        yield "cash-change"
        cash.divide()
        yield "split"
        split = self._payment(SplitPayment)
        split.type("", "200")
        yield "split-shared"
        sale.back()
        sale.pay(Tender.CASH)
        cash = self._payment(CashPayment)
        cash.type("2000")
        cash.register()
        yield "after-sale"

    def unusual_patients(self) -> Iterator[str]:
        sale = self.window.sale
        self._begin(OLD, "1")
        yield "free"
        sale.register_free()
        yield "after-free"
        self._begin(PROTECTED)
        yield "protected-name"
        sale.protect()
        yield "protected"
        sale.enter_article("1")
        yield "protected-rows"
        sale.pay(Tender.INVOICE)
        yield "protected-invoice"
        sale.back()
        sale.pay(Tender.CARD)
        assert isinstance(sale.payment, CardPayment)
        sale.payment.approve()
        yield "protected-after"
        sale.enter_patient("000101")
        yield "sale-wrong-length"

    def other_tenders(self) -> Iterator[str]:
        sale = self.window.sale
        self._begin(YOUNG, "1")
        sale.pay(Tender.INVOICE)
        yield "invoice"
        if isinstance(sale.payment, InvoicePayment):
            sale.payment.could_not_pay(could_not=True)
            yield "invoice-could-not"
            sale.payment.could_not_pay(could_not=False)
            sale.payment.register()
        yield "after-invoice"
        self._begin(_CHILD, "5")
        sale.pay(Tender.INVOICE)
        yield "invoice-child"
        sale.back()
        while sale.view.rows:
            sale.remove(0)
        self._begin(ADULT, "1")
        yield "sale-twice-the-same-day"
        sale.pay(Tender.CARD)
        yield "card-again"
        if isinstance(sale.payment, CardPayment):
            sale.payment.approve()
        yield "after-card"

    # ── what has been ────────────────────────────────────────────────────────────────────────────────────────────

    def looking_back(self) -> Iterator[str]:
        self._at(Place.RECEIPTS)
        yield "receipts"
        room = self.window.rooms[Place.RECEIPTS]
        assert isinstance(room, ReceiptsWindow)
        room.filters.unfold.click()
        yield "receipts-filters"
        room.filters.unfold.click()
        screen = self.window.now.screens.receipts
        screen.enter("nothing like this")
        yield "receipts-none"
        screen.enter("")
        screen.mark(1)
        screen.reveal()
        yield "receipts-revealed"
        screen.mask_again()
        self._begin(ADULT)
        self._at(Place.HISTORY)
        yield "history"
        self._begin(_OTHER)
        self._at(Place.HISTORY)
        yield "history-none"
        self._home()

    def undoing(self) -> Iterator[str]:
        self._at(Place.RECEIPTS)
        screen = self.window.now.screens.receipts
        screen.enter("1")
        for act in (Act.VOID, Act.REFUND, Act.TENDER, Act.PATIENT):
            screen.begin_undo(act)
            if screen.undo is None:
                yield f"undo-{act.name.lower()}-refused"
                continue
            yield f"undo-{act.name.lower()}"
            screen.undo.go_on()
            yield f"undo-{act.name.lower()}-missing"
            screen.undo.choose_reason(len(screen.undo.view.reason.choices) - 1)
            yield f"undo-{act.name.lower()}-own-words"
            screen.undo.choose_reason(0)
            screen.undo.confirm()
            yield f"undo-{act.name.lower()}-confirm"
            if screen.undo is not None:
                screen.undo.leave()
        screen.begin_undo(Act.VOID)
        assert screen.undo is not None
        screen.undo.choose_reason(0)
        screen.undo.approval.type_user("erilu")
        screen.undo.approval.type_pin("234567")
        screen.undo.confirm()
        yield "undone"
        self._home()

    # ── money without a visit ────────────────────────────────────────────────────────────────────────────────────

    def a_conto(self) -> Iterator[str]:
        self._at(Place.A_CONTO)
        screen = self.window.now.screens.a_conto
        yield "account"
        screen.enter_patient("6101182804")
        yield "account-wrong-number"
        screen.enter_patient(ADULT)
        yield "account-patient"
        screen.check_amount()
        yield "account-no-amount"
        screen.type_amount("500")
        screen.settle()
        yield "account-card"
        paying = screen.view.payment
        assert isinstance(paying, CardPayment)
        paying.approve()
        yield "account-deposited"
        screen.enter_patient(ADULT)
        screen.choose_job(AccountJob.REPAY)
        screen.type_amount("300")
        screen.settle()
        yield "account-repaying"
        screen.why.choose(len(screen.why.view.reasons) - 1)
        yield "account-repaying-own-words"
        self._home()

    def drawer(self) -> Iterator[str]:
        self._at(Place.DRAWER)
        screen = self.window.now.screens.drawer
        for job in Job:
            screen.choose_job(job)
            yield f"drawer-{job.name.lower()}"
            screen.settle()
            yield f"drawer-{job.name.lower()}-settled"
        self._home()

    # ── round it ─────────────────────────────────────────────────────────────────────────────────────────────────

    def round_it(self) -> Iterator[str]:
        self.window._open_menu()
        yield "menu"
        self.window.around.menu.hide()
        for place in (Place.REPORT, Place.Z_LIST, Place.STATUS, Place.DISPLAY, Place.ABOUT, Place.HELP):
            self._at(place)
            yield place.name.lower()
        self._home()
        self.desk.clock.set(self.desk.clock() + timedelta(days=2))
        self.window.frame._lost_medium = True
        yield "many-strips"
        self.window.frame._lost_medium = False
        self.desk.clock.set(self.desk.clock() - timedelta(days=2))
        for strip in self.window.around.printing:
            strip.show_text(_PAPER_OUT, Tone.WARN.value, "Skriv ut igen", key="Ctrl+P")
            strip.second.set_text("Spara som fil i stället")
            strip.second.show()
        yield "two-printers"
        self._begin(_PAYER, "1", "2")
        self.window.sale.pay(Tender.CARD)
        yield "two-printers-card"
        for strip in self.window.around.printing:
            strip.draw()
        self.window._lock()
        yield "locked"
        self.desk.sign_in("erilu", "234567")
        self._home()
        yield "another-took-over"
        self.desk.sign_in("anber", "123456")
        self._home()
        assert isinstance(self.window.sale.payment, CardPayment | None)
        self.window.sale.back()
        while self.window.sale.view.rows:
            self.window.sale.remove(0)
        self.window.sale.to_articles()

    def practice(self) -> Iterator[str]:
        self.window._fulfil(Wish.PRACTISE)
        self.window.sale.enter_patient(ADULT)
        yield "practice"
        self._home()
        self.window._fulfil(Wish.END_PRACTICE)

    # ── the evening ──────────────────────────────────────────────────────────────────────────────────────────────

    def closing(self) -> Iterator[str]:
        self._at(Place.CLOSE)
        closing = self.window.now.screens.closing
        yield "close"
        for value_ore, pieces in ((50_000, "1"), (10_000, "6"), (2_000, "2"), (100, "10")):
            closing.count.type_pieces(value_ore, pieces)
        closing.counted()
        yield "close-lists"
        closing.type_lists("x", "")
        closing.compare()
        yield "close-lists-wrong"
        closing.type_lists("200", "0")
        closing.compare()
        yield "close-compare"
        closing.sign("")
        yield "close-no-pin"
        closing.sign("123456")
        yield "close-no-reason"
        closing.reason.choose(1)
        closing.sign("123456")
        yield "close-second-person"
        self._home()
        self._at(Place.CLOSE)
        closing.count.type_total("1000")
        closing.counted()
        yield "close-kept"

    def the_other_till(self) -> Iterator[str]:
        self._home()
        self.window._change_till()
        yield "till-e-open"
        opening = self.window.now.screens.opening
        opening.count.type_total("1000")
        opening.open()
        if opening.view.difference:
            opening.reason.choose(1)
            opening.open()
        self._home()
        yield "till-e"
        self.window.sale.enter_patient(_PAYER)
        self.window.sale.enter_name(_NAME)
        yield "till-e-address"
        self.window.sale.enter_address(_ADDRESS)
        for article in ("101", "105"):
            self.window.sale.enter_article(article)
        yield "till-e-rows"

    def the_end(self) -> Iterator[str]:
        self.window.stop(_STOPPED)
        yield "stopped"


_PAPER_OUT = (
    "Papperet är slut i kvittoskrivaren. Betalningarna är registrerade, kvitto R0417H-1042 väntar på utskrift. Sätt i "
    "en ny rulle och välj Skriv ut igen."
)
_STOPPED = (
    "Ett fel i programmet gör att kassan inte tar emot fler betalningar. Allt som är registrerat är sparat. Stäng "
    "programmet och starta det igen. Händer det igen, ring 040-675 00 00."
)
