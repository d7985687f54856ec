"""Money a conto: put in by whoever is at the till, paid out with a second person, and never more than there is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import Look
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import Filter
from kassaapp.pins import Signature
from kassaapp.screens.a_conto import AContoScreen, Spot
from kassaapp.screens.account_job import Job
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.paper_line import PaperLine
from kassaapp.screens.payment import CardPayment, SwishPayment
from kassaapp.screens.sale import SaleScreen
from tests.desks import a_desk, an_open_till
from tests.screens.terminals import SimulatedTerminal

ADULT = "19610118-2803"
TWO_CENTURIES = "1212121212"
ERIK = Signature("erilu", "234567")
CARD, CASH, SWISH = 0, 1, 2


class Counter:
    """An a conto screen and what it told."""

    def __init__(self, desk: Desk, terminal: SimulatedTerminal | None = None, *, has_region: bool = False) -> None:
        self.desk = desk
        self.printed: list[int] = []
        self.left = 0
        self.screen = AContoScreen(
            desk.register("H"),
            desk.history("H"),
            print_slip=self.printed.append,
            left=self._leave,
            terminal=terminal,
            has_region=has_region,
        )

    def _leave(self) -> None:
        self.left += 1

    def find(self, number: str = ADULT, name: str = "Test Testsson") -> None:
        """Enter a patient, and the name where it is asked for."""
        self.screen.enter_patient(number)
        if self.screen.view.holder.name_asked:
            self.screen.holder.enter_name(name)

    def deposit(self, kronor: str, tender: int = CARD) -> None:
        """A patient puts money in."""
        self.find()
        self.screen.type_amount(kronor)
        self.screen.choose_tender(tender)
        self.screen.settle()
        self.come()

    def come(self) -> None:
        """The money that was asked for, if any, is here."""
        match self.screen.view.payment:
            case CardPayment() as card:
                card.approve()
            case SwishPayment() as swish:
                swish.arrive()

    def repay(self, kronor: str, approved_by: Signature | None, *, reason: int | None = 0, tender: int = CARD) -> None:
        """A patient gets money back."""
        self.find()
        self.screen.choose_job(Job.REPAY)
        self.screen.type_amount(kronor)
        self.screen.choose_tender(tender)
        if reason is not None:
            self.screen.why.choose(reason)
        self.approve(approved_by)

    def approve(self, by: Signature | None) -> None:
        """A second person writes who they are, and everything is tried."""
        if by is not None:
            self.screen.approval.type_user(by.user)
            self.screen.approval.type_pin(by.pin)
        self.screen.settle()

    @property
    def balance(self) -> int:
        """What the till holds of the patient's, in öre."""
        register = self.desk.register("H")
        return register.balance(Patient(register.read_id(ADULT), "Test Testsson"))


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with an_open_till(tmp_path) as desk:
        yield Counter(desk)


def test_a_deposit_is_on_record_and_the_patient_leaves_the_screen(counter: Counter) -> None:
    counter.deposit("500")

    view = counter.screen.view
    assert view.done == "Insatt 500,00\u202fkr a conto · innestående 500,00\u202fkr · kvitto R0417H-1"
    assert view.aloud == "Insatt 500 kronor."
    assert (view.holder.line, view.amount, counter.screen.spot) == ("", "", Spot.NUMBER)
    assert (counter.printed, counter.balance) == ([1], 50_000)


def test_what_will_be_there_afterwards_and_the_button_say_the_sum(counter: Counter) -> None:
    counter.deposit("450")
    counter.find()
    counter.screen.type_amount("500")
    putting_in = counter.screen.view
    counter.screen.choose_job(Job.REPAY)
    too_much = counter.screen.view
    counter.screen.type_amount("300,50")

    assert (putting_in.balance, putting_in.after) == ("450,00\u202fkr", "950,00\u202fkr")
    assert putting_in.button == "Sätt in 500,00\u202fkr"
    assert too_much.after == "–"
    assert (counter.screen.view.button, counter.screen.view.after) == ("Ta ut 300,50\u202fkr", "149,50\u202fkr")


def test_looking_at_a_balance_is_on_record(counter: Counter) -> None:
    counter.find()

    (seen,) = counter.desk.history("H").find(Filter(kind="seen"))
    assert (seen.user, seen.patient) == ("anber", counter.desk.register("H").read_id(ADULT))


@pytest.mark.parametrize(
    ("typed", "tender", "error"),
    [
        ("", CARD, "Skriv beloppet med siffror"),
        ("fem", CARD, "Skriv beloppet med siffror"),
        ("0", CARD, "Ange ett belopp som är mer än 0 kr."),
        ("99999999", CARD, "99\u202f999\u202f999,00\u202fkr är mer än kassan kan ta emot."),
        ("10,50", CASH, "10,50\u202fkr går inte att betala med mynt och sedlar."),
    ],
)
def test_an_amount_that_cannot_be_is_said_at_the_field_and_stays_there(
    counter: Counter, typed: str, tender: int, error: str
) -> None:
    counter.deposit(typed, tender)

    view = counter.screen.view
    assert view.amount_error.startswith(error)
    assert (view.amount, counter.screen.spot, counter.printed) == (typed, Spot.AMOUNT, [])


def test_paying_out_wants_a_reason_and_a_supervisor(counter: Counter) -> None:
    counter.deposit("500")

    counter.repay("300", None, reason=None)
    unreasoned = counter.screen.view.error, counter.screen.spot
    counter.screen.why.choose(0)
    counter.screen.settle()
    asked, alone = counter.screen.approval.view, counter.screen.spot
    counter.approve(ERIK)

    assert unreasoned == ("Ange orsaken. För Annat behövs minst fem tecken.", Spot.WHY)
    assert asked is not None
    assert (asked.text, asked.user_error) == (
        "En utbetalning a conto görs av två. Be kassaansvarig godkänna med sin pinkod.",
        "Skriv vem som godkänner.",
    )
    assert alone is Spot.APPROVAL
    assert counter.screen.view.done.startswith("Utbetalt 300,00\u202fkr a conto · innestående 200,00\u202fkr")
    assert (counter.printed, counter.balance) == ([1, 2], 20_000)


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (Signature("anber", "123456"), "Du kan inte själv vara den andra personen."),
        (Signature("erilu", "000000"), "Pinkoden stämmer inte."),
        (Signature("revis", "345678"), "Rut Revisor är inte kassaansvarig."),
    ],
)
def test_nobody_else_than_another_supervisor_can_approve(counter: Counter, second: Signature, error: str) -> None:
    counter.deposit("500")

    counter.repay("300", second)

    asked = counter.screen.approval.view
    assert asked is not None
    assert (asked.user_error or asked.pin_error).startswith(error)
    assert (asked.has_pin, counter.screen.spot, counter.balance) == (False, Spot.APPROVAL, 50_000)


def test_more_than_there_is_is_never_paid_out(counter: Counter) -> None:
    counter.deposit("100")

    counter.repay("100,50", ERIK)

    assert counter.screen.view.error.startswith("Patienten har 100,00\u202fkr a conto i den här kassan.")
    assert counter.balance == 10_000


def test_cash_that_is_not_in_the_drawer_is_not_paid_out(counter: Counter) -> None:
    counter.deposit("1500")

    counter.repay("1200", ERIK, tender=CASH)

    assert counter.screen.view.error.startswith("I lådan finns 1\u202f000,00\u202fkr enligt kassan.")
    assert counter.balance == 150_000


@pytest.mark.parametrize(("words", "recorded"), [("Flyttar", "Flyttar"), ("nej", None)])
def test_another_reason_wants_words_of_its_own(counter: Counter, words: str, recorded: str | None) -> None:
    counter.screen.why.choose(3)
    counter.screen.why.write(words)

    assert counter.screen.why.view.asks_words
    assert counter.screen.why.text() == recorded


@pytest.mark.parametrize("job", [Job.DEPOSIT, Job.REPAY])
@pytest.mark.parametrize("tender", [CARD, CASH, SWISH])
def test_each_way_says_what_to_do_with_the_money_first(counter: Counter, job: Job, tender: int) -> None:
    counter.find()
    counter.screen.choose_job(job)

    counter.screen.choose_tender(tender)

    words = {CARD: "terminal", CASH: "låda H", SWISH: "Swish" if job is Job.REPAY else "1231181189"}
    assert words[tender] in counter.screen.view.instruction


def test_a_clinic_without_a_swish_number_offers_no_swish(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        clinic = replace(register.configuration.clinic, swish_number="")
        register.take_configuration(replace(register.configuration, clinic=clinic))

        assert Counter(desk).screen.view.tenders == ("Kort", "Kontant")


def test_a_wrong_number_is_explained_and_two_readings_are_asked_about(counter: Counter) -> None:
    counter.screen.enter_patient("6101182804")
    wrong = counter.screen.view.holder.error
    counter.screen.enter_patient(TWO_CENTURIES)
    asked = counter.screen.view.holder.question

    counter.screen.holder.answer(1)

    assert wrong.startswith("Kontrollsiffran stämmer inte.")
    assert asked is not None
    assert counter.screen.view.holder.line.startswith("19121212-1212")


def test_escape_goes_from_the_patient_to_nobody_and_then_out(counter: Counter) -> None:
    counter.find()

    counter.screen.back()
    nobody = counter.screen.view.holder.line, counter.left
    counter.screen.back()

    assert (nobody, counter.left) == (("", 0), 1)


def test_news_of_the_slip_stay_until_the_next_patient(counter: Counter) -> None:
    counter.deposit("500")
    counter.screen.paper_news(1, Paper.FAILED)
    failed = counter.screen.view

    counter.screen.print_again()
    counter.screen.enter_patient(ADULT)

    assert (failed.paper.failed, counter.printed) == (True, [1, 1])
    assert (counter.screen.view.done, counter.screen.view.paper) == ("", PaperLine())


def test_a_protected_patient_is_neither_named_nor_numbered(counter: Counter) -> None:
    register = counter.desk.register("H")
    patient = Patient(register.read_id(ADULT), "", protected=True)
    register.saw(patient, Look.LOOK_UP)

    counter.screen.enter_patient(ADULT)

    line = counter.screen.view.holder.line
    assert "2803" not in line
    assert "Test" not in line
    assert "Skyddad" in line


def test_what_is_recorded_is_swedish_in_every_language(counter: Counter) -> None:
    counter.deposit("500", CASH)
    counter.repay("100", ERIK, reason=2, tender=CASH)

    event = counter.desk.history("H").receipt(2).event
    assert getattr(event, "reason", None) == "Fel patient"
    assert [payment.by for payment in getattr(event, "payments", ())] == [Tender.CASH]


def test_news_of_an_earlier_slip_say_nothing_about_the_newest(counter: Counter) -> None:
    counter.deposit("500")
    counter.deposit("100")

    counter.screen.paper_news(1, Paper.FAILED)

    assert counter.screen.view.paper == PaperLine()


# ── money that somebody else takes ───────────────────────────────────────────────────────────────


def kinds(counter: Counter) -> list[str]:
    """What is on record of payments and deposits, oldest first."""
    rows = counter.desk.history("H").find(Filter())
    return [row.kind for row in rows if row.kind in ("pay-start", "deposit", "pay-end")]


def asked(counter: Counter, tender: int = CARD) -> None:
    """A deposit of 500 kr whose money is awaited."""
    counter.find()
    counter.screen.type_amount("500")
    counter.screen.choose_tender(tender)
    counter.screen.settle()


@pytest.mark.parametrize(("tender", "panel"), [(CARD, CardPayment), (SWISH, SwishPayment)])
def test_a_deposit_is_on_record_before_anybody_is_asked_for_money(
    counter: Counter, tender: int, panel: type[object]
) -> None:
    asked(counter, tender)
    awaited, before = counter.screen.view, (kinds(counter), counter.balance)

    counter.come()

    assert isinstance(awaited.payment, panel)
    assert (awaited.open, awaited.done) == (False, "")
    assert before == (["pay-start"], 0)
    assert (kinds(counter), counter.balance, counter.printed) == (["pay-start", "deposit", "pay-end"], 50_000, [1])
    assert counter.screen.view.payment is None


def test_cash_is_asked_of_nobody(counter: Counter) -> None:
    counter.deposit("500", CASH)

    assert kinds(counter) == ["deposit"]


def test_a_card_that_is_declined_says_so_and_keeps_what_was_typed(counter: Counter) -> None:
    asked(counter)
    panel = counter.screen.view.payment
    assert isinstance(panel, CardPayment)

    panel.decline()

    view = counter.screen.view
    assert view.error.startswith("Kortköpet gick inte igenom. Inget är registrerat.")
    assert (view.amount, view.payment, counter.balance, kinds(counter)) == ("500", None, 0, ["pay-start", "pay-end"])


def test_escape_from_the_terminal_is_no_deposit_and_leads_to_the_form(counter: Counter) -> None:
    asked(counter)

    counter.screen.back()

    assert (counter.screen.view.open, counter.screen.view.amount) == (True, "500")
    assert (kinds(counter), counter.left) == (["pay-start", "pay-end"], 0)


def test_what_nobody_knows_stays_begun_and_hinders_the_next_card(counter: Counter) -> None:
    asked(counter)
    panel = counter.screen.view.payment
    assert isinstance(panel, CardPayment)
    panel.doubt()
    panel.answer(0)
    counter.screen.back()

    counter.screen.settle()

    assert kinds(counter) == ["pay-start"]
    assert counter.screen.view.error.startswith("En kortbetalning på 500,00\u202fkr påbörjades")


def test_a_scan_while_money_is_awaited_changes_no_patient(counter: Counter) -> None:
    asked(counter)

    counter.screen.enter_patient(TWO_CENTURIES, scanned=True)
    counter.screen.begin()

    assert counter.screen.spot is Spot.PAYMENT
    assert counter.screen.view.holder.line.startswith(ADULT)


def test_a_terminal_that_answers_needs_no_second_press(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        counter = Counter(desk, SimulatedTerminal())

        asked(counter)

        assert (kinds(counter), counter.balance) == (["pay-start", "deposit", "pay-end"], 50_000)


@pytest.mark.parametrize("tender", [CARD, SWISH])
def test_what_a_crash_left_is_asked_about_as_a_deposit_and_registered(tmp_path: Path, tender: int) -> None:
    with an_open_till(tmp_path) as desk:
        asked(Counter(desk), tender)
    with a_desk(tmp_path) as desk:
        desk.sign_in("anber", "123456")
        slips: list[int] = []
        sale = SaleScreen(desk.register("H"), desk.history("H"), sold=lambda _sold: None, deposited=slips.append)
        sale.arrive()
        question = sale.view.left_open

        sale.answer_left_open(1)

        assert question is not None
        assert "på 500,00\u202fkr a conto för Test Testsson påbörjades" in question.text
        assert question.text.endswith("Insättningen är inte registrerad.")
        assert sale.view.notice == "Insatt 500,00\u202fkr a conto · innestående 500,00\u202fkr · kvitto R0417H-1"
        assert (slips, Counter(desk).balance, sale.view.left_open) == ([1], 50_000, None)


# ── what another till may have ───────────────────────────────────────────────────────────────────


def test_money_is_let_go_of_to_the_region_without_paper_or_second_person(counter: Counter) -> None:
    counter.deposit("500", CASH)
    printed = list(counter.printed)
    beside = Counter(counter.desk, has_region=True)
    beside.find()
    beside.screen.choose_job(2)
    beside.screen.type_amount("120,50")
    before = beside.screen.view

    beside.screen.settle()

    view = beside.screen.view
    assert (before.tenders, before.why, before.approval) == ((), None, None)
    assert (before.button, before.after) == ("Lämna 120,50\u202fkr till regionen", "379,50\u202fkr")
    assert before.instruction.startswith("Pengarna kan sedan användas i en annan av klinikens kassor")
    assert view.done == "120,50\u202fkr a conto är lämnat till regionen · innestående 379,50\u202fkr"
    assert (view.holder.line, beside.printed, counter.printed) == ("", [], printed)
    (request,) = counter.desk.register("H").state.open_requests.values()
    assert request.amount_ore == 12_050


def test_more_than_the_till_holds_is_not_let_go_of(counter: Counter) -> None:
    counter.deposit("500", CASH)
    beside = Counter(counter.desk, has_region=True)
    beside.find()
    beside.screen.choose_job(2)
    beside.screen.type_amount("600")

    beside.screen.settle()

    assert beside.screen.view.error
    assert counter.desk.register("H").state.open_requests == {}


def test_without_a_region_there_is_nobody_to_give_it_back_to(counter: Counter) -> None:
    with_region = Counter(counter.desk, has_region=True)

    assert counter.screen.view.jobs == ("Sätt in", "Ta ut")
    assert with_region.screen.view.jobs == ("Sätt in", "Ta ut", "Lämna till regionen")
