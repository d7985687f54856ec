"""The states of the screens behind the counter: what has been, money without a visit, reports, files, the close."""

from collections.abc import Iterator
from datetime import timedelta

from kassaapp.domain.visit import Tender
from kassaapp.screens.account_job import Job as AccountJob
from kassaapp.screens.drawer_job import Job
from kassaapp.screens.frame import Place, Wish
from kassaapp.screens.payment import CardPayment
from kassaapp.screens.receipts import Act
from kassaapp.screens.status import Tone
from kassaapp.ui.receipts_view import ReceiptsWindow
from tests.builders import ADULT
from tests.ui.a_day import ADDRESS, NAME, OTHER, PAYER, Day


class InTheBackRoom(Day):
    """All that a clinic does with a till but sell."""

    # ── what has been ────────────────────────────────────────────────────────────────────────────────────────────

    def looking_back(self) -> Iterator[str]:
        self.at(Place.RECEIPTS)
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
        self.begin(ADULT)
        self.at(Place.HISTORY)
        yield "history"
        self.begin(OTHER)
        self.at(Place.HISTORY)
        yield "history-none"
        self.home()

    def undoing(self) -> Iterator[str]:
        self.at(Place.RECEIPTS)
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
        if screen.undo is not None:
            screen.undo.confirm()  # What goes back by card has gone.
        yield "undone"
        self.home()

    # ── money without a visit ────────────────────────────────────────────────────────────────────────────────────

    def a_conto(self) -> Iterator[str]:
        self.at(Place.A_CONTO)
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
        self.home()

    def drawer(self) -> Iterator[str]:
        self.at(Place.DRAWER)
        screen = self.window.now.screens.drawer
        for job in Job:
            screen.choose_job(job)
            yield f"drawer-{job.name.lower()}"
            screen.settle()
            yield f"drawer-{job.name.lower()}-settled"
        self.home()

    # ── round it ─────────────────────────────────────────────────────────────────────────────────────────────────

    def round_it(self) -> Iterator[str]:
        self.window._open_menu()
        yield "menu"
        self.window.around.menu.hide()
        for place in (Place.REPORT, Place.Z_LIST, Place.STATUS, Place.DISPLAY, Place.ABOUT, Place.HELP):
            self.at(place)
            yield place.name.lower()
        self.home()
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
        self.begin(PAYER, "1", "2")
        self.window.sale.pay(Tender.CARD)
        yield "two-printers-card"
        for strip in self.window.around.printing:
            strip.draw()
        self.window._lock()
        yield "locked"
        self.desk.sign_in("erilu", "234567")
        self.home()
        yield "another-took-over"
        self.desk.sign_in("anber", "123456")
        self.home()
        assert isinstance(self.window.sale.payment, CardPayment | None)
        self.window.sale.back()
        while self.window.sale.view.rows:
            self.window.sale.remove(0)
        self.window.sale.to_articles()

    def practice(self) -> Iterator[str]:
        self.window._fulfil(Wish.PRACTISE)
        self.window.sale.enter_patient(ADULT)
        yield "practice"
        self.home()
        self.window._fulfil(Wish.END_PRACTICE)

    # ── the evening ──────────────────────────────────────────────────────────────────────────────────────────────

    def closing(self) -> Iterator[str]:
        self.at(Place.CLOSE)
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
        closing.recount()
        closing.count.type_total("979")
        closing.counted()
        closing.type_lists("90", "0")
        closing.compare()
        yield "close-leads"
        self.home()
        self.at(Place.CLOSE)
        closing.count.type_total("1000")
        closing.counted()
        yield "close-kept"

    def the_other_till(self) -> Iterator[str]:
        self.home()
        self.window._change_till()
        yield "till-e-open"
        opening = self.window.now.screens.opening
        opening.count.type_total("1000")
        opening.open()
        if opening.view.difference:
            opening.reason.choose(1)
            opening.open()
        self.home()
        yield "till-e"
        self.window.sale.enter_patient(PAYER)
        self.window.sale.enter_name(NAME)
        yield "till-e-address"
        self.window.sale.enter_address(ADDRESS)
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
