"""A card or Swish payment is on record before it is asked for, and one that has no end is asked about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import PaymentBegun, PaymentEnded, PaymentOutcome, SaleRegistered
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import Filter
from kassaapp.screens.payment import CardPayment, SwishPayment
from kassaapp.screens.sale import Panel, SaleScreen
from kassaapp.screens.spot import Spot
from kassaapp.screens.terminal import PaymentTerminal
from tests.desks import a_desk, an_open_till
from tests.rules.counter import events_of
from tests.screens.counters import ADULT, DOCTOR, Selling, selling
from tests.screens.terminals import SimulatedTerminal

PROTECTED = "195009072553"
OTHER = "197010632391"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Selling]:
    with an_open_till(tmp_path) as desk:
        yield selling(desk)


def with_terminal(desk: Desk, terminal: PaymentTerminal) -> Selling:
    made = selling(desk)
    made.screen = SaleScreen(desk.register("H"), desk.history("H"), sold=made.sold.append, terminal=terminal)
    return made


def after_a_crash(folder: Path, terminal: PaymentTerminal | None = None) -> Selling:
    """The program starts anew on what lies on disk, and Anna is back at the counter."""
    desk = a_desk(folder)
    desk.sign_in("anber", "123456")
    again = selling(desk) if terminal is None else with_terminal(desk, terminal)
    again.screen.arrive()
    return again


def card(till: Selling) -> CardPayment:
    payment = till.screen.payment
    assert isinstance(payment, CardPayment)
    return payment


def asked(till: Selling) -> str:
    """What is asked about a payment that was left open; empty when nothing is."""
    question = till.screen.view.left_open
    return "" if question is None else question.text


def ends(till: Selling) -> list[PaymentOutcome]:
    """How every payment has ended, from the journal."""
    journal = till.desk._tills["H"].journal
    return [event.outcome for event in events_of(journal) if isinstance(event, PaymentEnded)]


# ── while it is taken ────────────────────────────────────────────────────────────────────────────


def test_a_card_payment_is_on_record_before_the_amount_is_shown(till: Selling) -> None:
    till.visit(DOCTOR)

    till.screen.pay(Tender.CARD)

    begun = till.desk.register("H").open_payment
    assert begun is not None
    assert (begun.tender, begun.amount_ore, till.receipts) == (Tender.CARD, 20_000, 0)
    assert card(till).view.amount == "200,00\u202fkr"


def test_what_the_terminal_approves_is_one_sale_with_its_reference(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    card(till).type_reference("004217")

    card(till).approve()

    *_, sold, ended = events_of(till.desk._tills["H"].journal)
    assert isinstance(sold, SaleRegistered)
    assert isinstance(ended, PaymentEnded)
    assert (sold.receipt, ended.receipt, ended.reference) == (1, 1, "004217")
    assert till.desk.register("H").open_payment is None
    assert till.screen.view.panel is Panel.ARTICLES


def test_what_is_broken_off_or_refused_is_no_sale_and_says_which(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    till.screen.back()
    till.screen.pay(Tender.CARD)
    card(till).decline()
    till.screen.pay(Tender.SWISH)
    till.screen.pay(Tender.CASH)

    assert ends(till) == [PaymentOutcome.ABANDONED, PaymentOutcome.DECLINED, PaymentOutcome.ABANDONED]
    assert till.receipts == 0


def test_the_same_key_again_asks_nobody_twice(till: Selling) -> None:
    till.visit(DOCTOR)

    till.screen.pay(Tender.CARD)
    till.screen.pay(Tender.CARD)

    assert [row.kind for row in till.desk.history("H").find(Filter(kind="pay-start"))] == ["pay-start"]
    assert ends(till) == []


def test_swish_is_begun_with_the_mark_that_the_payer_sees(till: Selling) -> None:
    till.visit(DOCTOR)

    till.screen.pay(Tender.SWISH)

    begun, payment = till.desk.register("H").open_payment, till.screen.payment
    assert isinstance(payment, SwishPayment)
    assert begun is not None
    assert payment.view.mark == f"Märkning {begun.mark}"


def test_what_nobody_knows_stays_begun_when_the_panel_is_left(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    card(till).doubt()
    card(till).answer(0)

    till.screen.back()

    assert ends(till) == []
    assert not till.screen.is_paying


def test_cash_beside_a_payment_in_doubt_leaves_it_in_doubt(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    card(till).doubt()
    till.screen.back()
    till.screen.pay(Tender.CASH)

    till.screen.back()

    assert ends(till) == []
    assert till.desk.register("H").open_payment is not None


def test_another_card_is_not_asked_for_before_the_first_is_answered_for(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    card(till).doubt()
    till.screen.back()

    till.screen.pay(Tender.CARD)

    assert till.screen.payment is None
    assert asked(till).startswith("Kortbetalningen på 200,00\u202fkr för Test Testsson påbörjades 07:42")


def test_a_colleague_who_takes_the_sale_away_answers_for_nobody_elses_payment(till: Selling) -> None:
    till.visit(DOCTOR)
    till.screen.pay(Tender.CARD)
    till.desk.lock()
    till.desk.sign_in("erilu", "234567")
    till.screen.arrive()

    till.screen.answer(1)

    assert till.screen.view.rows == ()
    assert till.desk.register("H").open_payment is not None


# ── a terminal that answers by itself ────────────────────────────────────────────────────────────


def test_a_connected_terminal_registers_what_it_approves(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, SimulatedTerminal())
        till.visit(DOCTOR)

        till.screen.pay(Tender.CARD)

        assert [sold.event.payments[0].reference for sold in till.sold] == ["T-0001"]
        assert (till.screen.view.panel, till.screen.spot) == (Panel.ARTICLES, Spot.PATIENT)


def test_a_connected_terminal_that_declines_leaves_the_rows(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, SimulatedTerminal(PaymentOutcome.DECLINED))
        till.visit(DOCTOR)

        till.screen.pay(Tender.CARD)

        assert (till.receipts, len(till.screen.view.rows)) == (0, 1)
        assert till.screen.view.notice.startswith("Kortköpet gick inte igenom.")
        assert ends(till) == [PaymentOutcome.DECLINED]


def test_a_connected_terminal_that_does_not_know_makes_the_till_ask(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, SimulatedTerminal(None))
        till.visit(DOCTOR)

        till.screen.pay(Tender.CARD)

        assert card(till).view.doubt is not None
        assert (till.receipts, ends(till)) == (0, [])


def test_nobody_speaks_for_a_connected_terminal_that_is_silent(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, SimulatedTerminal(silent=True))
        till.visit(DOCTOR)
        till.screen.pay(Tender.CARD)

        till.screen.back()

        assert ends(till) == []


@pytest.mark.parametrize(
    ("outcome", "receipts"), [(PaymentOutcome.PAID, 1), (PaymentOutcome.DECLINED, 0)], ids=["approved", "declined"]
)
def test_a_connected_terminal_is_asked_after_a_crash_and_nobody_else(
    tmp_path: Path, outcome: PaymentOutcome, receipts: int
) -> None:
    terminal = SimulatedTerminal(outcome, silent=True)
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, terminal)
        till.visit(DOCTOR)
        till.screen.pay(Tender.CARD)

    again = after_a_crash(tmp_path, terminal)

    with again.desk:
        assert (again.receipts, asked(again), ends(again)) == (receipts, "", [outcome])


def test_a_terminal_that_never_heard_of_the_payment_took_no_money(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        till = with_terminal(desk, SimulatedTerminal(silent=True))
        till.visit(DOCTOR)
        till.screen.pay(Tender.CARD)

    again = after_a_crash(tmp_path, SimulatedTerminal())

    with again.desk:
        assert (again.receipts, ends(again)) == (0, [PaymentOutcome.NOT_FOUND])


# ── after a crash ────────────────────────────────────────────────────────────────────────────────


def crashed_with(folder: Path, tender: Tender, number: str = ADULT) -> None:
    """The program ends after a payment was begun and before anybody said how it went."""
    with an_open_till(folder) as desk:
        till = selling(desk)
        till.screen.enter_patient(number)
        if till.screen.view.patient.name_asked:
            till.screen.enter_name("Test Testsson")
        till.screen.enter_article(DOCTOR)
        till.screen.pay(tender)


def test_after_a_crash_the_till_asks_in_words_and_the_safe_answer_is_first(tmp_path: Path) -> None:
    crashed_with(tmp_path, Tender.CARD)

    again = after_a_crash(tmp_path)

    with again.desk:
        question = again.screen.view.left_open
        assert question is not None
        assert question.text == (
            "Kortbetalningen på 200,00\u202fkr för Test Testsson påbörjades 07:42 och avslutades aldrig. Se på "
            "terminalen om den gick igenom. Försäljningen är inte registrerad."
        )
        assert question.answers == (
            "Jag har inte tittat än",
            "Köpet finns – registrera 200,00\u202fkr",
            "Köpet finns inte",
        )


def test_swish_is_looked_for_in_its_own_list_by_its_mark(tmp_path: Path) -> None:
    crashed_with(tmp_path, Tender.SWISH)

    again = after_a_crash(tmp_path)

    with again.desk:
        assert "Se i kassans Swish-lista om den har kommit, märkt " in asked(again)
        assert again.screen.view.left_open is not None
        assert again.screen.view.left_open.answers[2] == "Betalningen har inte kommit"


@pytest.mark.parametrize(
    ("answer", "receipts", "ended"), [(0, 0, []), (1, 1, [PaymentOutcome.PAID]), (2, 0, [PaymentOutcome.NOT_FOUND])]
)
def test_the_answer_registers_or_ends_it_or_leaves_it(
    tmp_path: Path, answer: int, receipts: int, ended: list[PaymentOutcome]
) -> None:
    crashed_with(tmp_path, Tender.CARD)
    again = after_a_crash(tmp_path)

    again.screen.answer_left_open(answer)

    with again.desk:
        assert (again.receipts, len(again.sold), ends(again)) == (receipts, receipts, ended)
        assert asked(again) == ""


def test_what_is_registered_after_a_crash_is_what_was_begun(tmp_path: Path) -> None:
    crashed_with(tmp_path, Tender.CARD)
    again = after_a_crash(tmp_path)

    again.screen.answer_left_open(1)

    with again.desk:
        (begun,) = [e for e in events_of(again.desk._tills["H"].journal) if isinstance(e, PaymentBegun)]
        (sold,) = again.sold
        assert (sold.event.lines, sold.event.patient, sold.event.visit_date) == (
            begun.lines,
            begun.patient,
            begun.visit_date,
        )


def test_a_protected_patient_is_not_named(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        register = desk.register("H")
        hidden = Patient(register.read_id(PROTECTED), "Ska Inte Stå Här", protected=True)
        register.begin_payment(hidden, [Wish(1)], Tender.CARD)

    again = after_a_crash(tmp_path)

    with again.desk:
        assert "för en patient med skyddade personuppgifter påbörjades" in asked(again)


def test_rows_of_another_patient_stay_when_the_payment_is_answered_for(tmp_path: Path) -> None:
    crashed_with(tmp_path, Tender.CARD)
    again = after_a_crash(tmp_path)
    again.screen.answer_left_open(0)
    again.visit(DOCTOR, number=OTHER, name="Sara Samordning")
    again.screen.pay(Tender.CARD)

    again.screen.answer_left_open(1)

    with again.desk:
        assert [sold.event.patient.name for sold in again.sold] == ["Test Testsson"]
        assert len(again.screen.view.rows) == 1


def test_nobody_is_asked_while_nobody_is_at_the_till(tmp_path: Path) -> None:
    crashed_with(tmp_path, Tender.CARD)
    again = after_a_crash(tmp_path)

    again.desk.lock()

    with again.desk:
        assert asked(again) == ""
