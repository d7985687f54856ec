"""The states of the counter's screens, from the login to what is shown when a visit has been paid."""

from collections.abc import Iterator

from kassaapp.domain.visit import Tender
from kassaapp.screens.frame import Place
from kassaapp.screens.invoice_payment import InvoicePayment
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment
from kassaapp.screens.split import SplitPayment
from kassaapp.ui.sale_view import SaleWindow
from tests.builders import ADULT, OLD, PROTECTED, YOUNG
from tests.ui.a_day import CHILD, NAME, Day


class AtTheCounter(Day):
    """Everybody that comes to the counter."""

    @property
    def _sale_room(self) -> SaleWindow:
        room = self.window.rooms[Place.SALE]
        assert isinstance(room, SaleWindow)
        return room

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
        self.home()

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
        self.home()

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
        sale.enter_name(NAME)
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
        self.payment(CardPayment).doubt()
        yield "card-doubt"
        self._sale_room.card.doubt._answered(2)
        yield "card-declined"
        sale.pay(Tender.SWISH)
        yield "swish"
        self.payment(SwishPayment).miss()
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
        cash = self.payment(CashPayment)
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
        split = self.payment(SplitPayment)
        split.type("", "200")
        yield "split-shared"
        sale.back()
        sale.pay(Tender.CASH)
        cash = self.payment(CashPayment)
        cash.type("2000")
        cash.register()
        yield "after-sale"

    def unusual_patients(self) -> Iterator[str]:
        sale = self.window.sale
        self.begin(OLD, "1")
        yield "free"
        sale.register_free()
        yield "after-free"
        self.begin(PROTECTED)
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
        self.begin(YOUNG, "1")
        sale.pay(Tender.INVOICE)
        yield "invoice"
        if isinstance(sale.payment, InvoicePayment):
            sale.payment.could_not_pay(could_not=True)
            yield "invoice-could-not"
            sale.payment.could_not_pay(could_not=False)
            sale.payment.register()
        yield "after-invoice"
        self.begin(CHILD, "5")
        sale.pay(Tender.INVOICE)
        yield "invoice-child"
        sale.back()
        while sale.view.rows:
            sale.remove(0)
        self.begin(ADULT, "1")
        yield "sale-twice-the-same-day"
        sale.pay(Tender.CARD)
        yield "card-again"
        if isinstance(sale.payment, CardPayment):
            sale.payment.approve()
        yield "after-card"
