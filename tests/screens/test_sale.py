"""The sale screen: what a key does and what it says, on a real till."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kassaapp.domain.catalogue import Catalogue
from kassaapp.domain.visit import Tender
from kassaapp.screens.after_sale import Paper
from kassaapp.screens.payment import CardPayment, CashPayment
from kassaapp.screens.sale import Panel
from kassaapp.screens.spot import Spot
from tests.desks import MONDAY_MORNING, an_open_till
from tests.screens.counters import ADULT, CHILD, DOCTOR, NURSE, Selling, selling

OTHER = "195009072553"


@pytest.fixture
def sale(tmp_path: Path) -> Iterator[Selling]:
    with an_open_till(tmp_path) as desk:
        yield selling(desk)


# ── the patient ──────────────────────────────────────────────────────────────────────────────────


def test_a_first_visit_asks_for_the_name(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)

    assert sale.screen.spot is Spot.NAME
    assert sale.screen.view.patient.name_asked
    assert sale.screen.view.patient.line == "19610118-2803  ·  65 år"


def test_a_name_that_is_known_is_shown_at_once(sale: Selling) -> None:
    sale.visit(NURSE)
    sale.screen.enter_article("")

    sale.screen.enter_patient(ADULT)

    assert sale.screen.spot is Spot.ARTICLE
    assert sale.screen.view.patient.line == "19610118-2803  ·  Test Testsson  ·  65 år"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("610118", "Numret ska ha 10 eller 12 tecken. Du har skrivit 6."),
        ("6101182804", "Kontrollsiffran stämmer inte. Jämför med legitimationen, ofta har två siffror bytt plats."),
        ("6113322803", "Datumet i numret finns inte. Kontrollera månad och dag."),
    ],
)
def test_a_bad_number_says_what_is_wrong_and_keeps_the_keyboard(sale: Selling, text: str, error: str) -> None:
    sale.screen.enter_patient(text)

    assert sale.screen.view.patient.error == error
    assert not sale.screen.view.patient.present
    assert sale.screen.spot is Spot.PATIENT


@pytest.mark.parametrize("written", ["1", "103", "x" * 101])
def test_what_is_no_name_is_asked_for_again_where_it_was_written(sale: Selling, written: str) -> None:
    sale.screen.enter_patient(ADULT)

    sale.screen.enter_name(written)

    patient = sale.screen.view.patient
    assert patient.name_error == "Skriv patientens namn som på legitimationen, högst 100 tecken."
    assert (patient.name_asked, patient.name, sale.screen.spot) == (True, written, Spot.NAME)


def test_esc_leaves_the_name_that_was_to_be_changed_as_it_was(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.change_name()
    sale.screen.patient.type_name("Nå")

    sale.screen.back()

    view = sale.screen.view
    assert (view.patient.name_asked, view.patient.name, sale.screen.spot) == (False, "Test Testsson", Spot.ARTICLE)
    assert len(view.rows) == 1


def test_nothing_in_the_patient_field_does_nothing(sale: Selling) -> None:
    sale.screen.enter_patient("")

    assert sale.screen.view.patient.error == ""
    assert sale.screen.spot is Spot.PATIENT


def test_ten_digits_that_may_be_a_child_or_a_centenarian_are_asked_about(sale: Selling) -> None:
    sale.screen.enter_patient(CHILD[2:])
    question = sale.screen.view.question

    sale.screen.answer(0)

    assert question is not None
    assert (question.text, question.answers) == ("Är patienten 2 eller 102 år?", ("2 år", "102 år"))
    assert sale.screen.view.patient.line == "20231231-2388  ·  2 år"


def test_another_patient_with_rows_in_the_basket_is_asked_about(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.enter_patient(OTHER)
    question = sale.screen.view.question
    assert question is not None

    sale.screen.answer(0)
    kept = sale.screen.view.patient.line
    sale.screen.enter_patient(OTHER)
    sale.screen.answer(1)

    assert question.text == "Försäljningen gäller 610118-••••. Byt patient på hela försäljningen till 500907-••••?"
    assert kept.startswith("19610118-2803")
    assert sale.screen.view.patient.line.startswith("19500907-2553")
    assert len(sale.screen.view.rows) == 1


def test_the_price_follows_the_day_of_the_visit(sale: Selling) -> None:
    sale.desk.clock.set(MONDAY_MORNING.replace(year=2027, month=1, day=4))
    sale.visit(DOCTOR)
    new = sale.screen.view.total

    sale.screen.enter_visit_date("2026-12-31")

    assert new == "250,00\u202fkr"
    assert sale.screen.view.total == "200,00\u202fkr"
    assert sale.screen.view.patient.other_day


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("31/12", "Skriv datumet med år, månad och dag, till exempel 2026-03-07."),
        ("2026-12-31", "Besöksdatumet ligger i framtiden. Kontrollera året."),
    ],
)
def test_a_bad_day_of_visit_is_kept_as_written_and_explained(sale: Selling, text: str, error: str) -> None:
    sale.visit(DOCTOR)

    sale.screen.enter_visit_date(text)

    assert (sale.screen.view.patient.visit_date, sale.screen.view.patient.visit_error) == (text, error)
    assert sale.screen.spot is Spot.VISIT_DATE


def test_a_category_changes_the_fee_and_asks_for_its_number(sale: Selling) -> None:
    sale.visit(DOCTOR)

    sale.screen.patient.choose_category(1)

    assert sale.screen.view.total == "50,00\u202fkr"
    assert sale.screen.view.patient.reference_label == "LMA-nummer"


def test_a_shown_frikort_makes_the_visit_free_and_says_until_when(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.open_frikort()
    entry = sale.screen.patient.frikort
    assert entry is not None
    entry.type("2027-02-11", "", "")

    sale.screen.save_frikort()

    assert sale.screen.view.patient.detail == "Frikort gäller t.o.m. 2027-02-11"
    assert sale.screen.view.rows[0].reason == "Frikort gäller t.o.m. 2027-02-11"
    assert sale.screen.view.free == "Registrera utan betalning"


def test_a_frikort_field_that_cannot_be_read_says_which(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.open_frikort()
    entry = sale.screen.patient.frikort
    assert entry is not None
    entry.type("i vår", "12.3.4", "")

    sale.screen.save_frikort()

    assert entry.view.until_error.startswith("Skriv datumet")
    assert entry.view.paid_error.startswith("Skriv beloppet")
    assert sale.screen.view.panel is Panel.FRIKORT


# ── articles ─────────────────────────────────────────────────────────────────────────────────────


def test_an_article_without_a_patient_asks_for_the_patient(sale: Selling) -> None:
    sale.screen.enter_article(DOCTOR)

    assert sale.screen.view.patient.error == "Ange patienten först. Varje besök registreras på en patient."
    assert sale.screen.view.rows == ()


@pytest.mark.parametrize("text", ["2*3", "2*fysio", "2 * Fysioterapeut"])
def test_an_article_is_found_by_number_or_name_with_a_quantity(sale: Selling, text: str) -> None:
    sale.visit(text)

    assert [(row.text, row.quantity, row.amount) for row in sale.screen.view.rows] == [("Fysioterapeut", "2", "400,00")]


def test_a_name_that_many_articles_begin_with_shows_them(sale: Selling) -> None:
    sale.visit()
    sale.screen.search("utebl")

    sale.screen.enter_article("utebl")

    error = sale.screen.view.article_error
    assert error.endswith("Närmast: 5 Uteblivet läkarbesök, 6 Uteblivet sköterskebesök. Välj med ↓ och Enter.")
    assert [tile.article for tile in sale.screen.view.tiles] == [5, 6]


def test_an_unknown_number_and_one_of_the_other_till_are_explained(sale: Selling) -> None:
    sale.visit("99")
    unknown = sale.screen.view.article_error

    sale.screen.enter_article("101")

    assert unknown.startswith("Artikel 99 har inget pris 2026-11-23.")
    assert sale.screen.view.article_error.startswith("«Körkortsintyg» hör till den andra kassan.")


def test_a_quantity_cannot_go_below_one(sale: Selling) -> None:
    sale.visit(DOCTOR)

    sale.screen.change_quantity(0, -1)

    assert sale.screen.view.article_error == "Antalet ska vara 1 till 999."
    assert sale.screen.view.rows[0].quantity == "1"


# ── paying ───────────────────────────────────────────────────────────────────────────────────────


def test_paying_needs_somebody_something_and_a_name(sale: Selling) -> None:
    sale.screen.pay(Tender.CARD)
    nobody = sale.screen.view.patient.error
    sale.screen.enter_patient(ADULT)
    sale.screen.pay(Tender.CARD)
    nothing = sale.screen.view.article_error
    sale.screen.enter_article(DOCTOR)

    sale.screen.pay(Tender.CARD)

    assert nobody == "Ange patienten först. Varje besök registreras på en patient."
    assert nothing == "Välj minst en artikel."
    assert sale.screen.view.patient.name_error.startswith("Skriv patientens namn som på legitimationen.")
    assert sale.screen.view.panel is Panel.ARTICLES


def test_a_card_sale_ends_with_an_empty_screen_and_the_result(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)
    assert isinstance(sale.screen.payment, CardPayment)

    sale.screen.payment.approve()

    view = sale.screen.view
    assert view.result is not None
    assert view.result.headline == "Betalt 200,00\u202fkr med kort · kvitto R0417H-1 · 07:42"
    assert not view.patient.present
    assert (view.rows, view.panel, sale.screen.spot) == ((), Panel.ARTICLES, Spot.PATIENT)
    assert [sold.event.receipt for sold in sale.sold] == [1]


def test_what_is_free_is_registered_by_enter_in_the_empty_field(sale: Selling) -> None:
    sale.visit(NURSE)

    sale.screen.enter_article("")

    assert sale.screen.view.result is not None
    assert sale.screen.view.result.headline == "Registrerat utan betalning · kvitto R0417H-1 · 07:42"


def test_a_payment_key_says_that_there_is_nothing_to_pay(sale: Selling) -> None:
    sale.visit(NURSE)

    sale.screen.pay(Tender.CASH)

    assert sale.screen.view.notice == "Det är inget att betala. Registrera besöket utan betalning."
    assert sale.receipts == 0


def test_a_change_of_what_is_due_closes_the_panel(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)

    sale.screen.patient.choose_category(1)

    assert sale.screen.payment is None
    assert sale.screen.view.panel is Panel.ARTICLES


def test_a_declined_card_leaves_the_sale_and_says_that_nothing_is_recorded(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)
    assert isinstance(sale.screen.payment, CardPayment)

    sale.screen.payment.decline()

    assert sale.screen.view.notice.startswith("Kortköpet gick inte igenom. Inget är registrerat.")
    assert len(sale.screen.view.rows) == 1
    assert sale.receipts == 0


def test_a_sale_that_is_begun_by_another_must_be_taken_over(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.desk.lock()
    sale.desk.sign_in("erilu", "234567")

    sale.screen.pay(Tender.CARD)
    question = sale.screen.view.question
    sale.screen.answer(0)
    sale.screen.pay(Tender.CARD)

    assert question is not None
    assert question.text == "Försäljningen påbörjades av Anna Berg."
    assert sale.screen.view.panel is Panel.CARD


def test_a_session_from_yesterday_refuses_in_words_and_keeps_the_sale(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CASH)
    sale.desk.clock.set(MONDAY_MORNING.replace(day=24))
    assert isinstance(sale.screen.payment, CashPayment)

    sale.screen.payment.register()
    cash = sale.screen.payment.view.error
    sale.screen.pay(Tender.CARD)

    assert cash.startswith("Kassan har varit öppen sedan 2026-11-23 07:42. Stäng den först")
    assert sale.screen.view.notice == cash
    assert len(sale.screen.view.rows) == 1
    assert sale.screen.payment is None


def test_a_card_that_was_asked_before_midnight_is_registered_after_it(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)
    sale.desk.clock.set(MONDAY_MORNING.replace(day=24))
    assert isinstance(sale.screen.payment, CardPayment)

    sale.screen.payment.approve()

    assert [sold.event.session for sold in sale.sold] == [1]


# ── news ─────────────────────────────────────────────────────────────────────────────────────────


def test_news_of_a_receipt_is_told_until_the_next_patient(sale: Selling) -> None:
    sale.visit(NURSE)
    sale.screen.enter_article("")

    sale.screen.receipt_news(1, Paper.FAILED)
    failed = sale.screen.view.result
    sale.screen.enter_patient(ADULT)
    sale.screen.receipt_news(1, Paper.SAVED)

    assert failed is not None
    assert failed.paper == "Kvittot har inte kommit ut. Betalningen är registrerad."
    assert failed.retry == "Gör kvittot igen"
    assert sale.screen.view.result is None


def test_new_prices_are_shown_and_said_but_wait_while_somebody_pays(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)
    while_paying = sale.screen.may_reprice
    sale.screen.back()
    register = sale.desk.register("H")
    dearer = tuple(replace(article, price_ore=30_000) for article in register.configuration.catalogue.articles)
    register.take_configuration(replace(register.configuration, number=9, catalogue=Catalogue(dearer)))

    sale.screen.configuration_taken()

    assert (while_paying, sale.screen.may_reprice) == (False, True)
    assert sale.screen.view.total == "300,00\u202fkr"
    assert sale.screen.view.notice == "Prislistan har uppdaterats. Kontrollera beloppet innan du tar betalt."
