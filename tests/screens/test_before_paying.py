"""What must be answered before anybody is asked for money (E09, E38c), and an article of the other till (E21)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Tender
from kassaapp.screens.payment import CashPayment
from kassaapp.screens.sale import Panel
from kassaapp.screens.spot import Spot
from tests.desks import MONDAY_MORNING, an_open_till
from tests.screens.counters import ADULT, DOCTOR, NURSE, Selling
from tests.screens.sales import MISSED, VACCINATION, Asked, equipped


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Selling, Asked]]:
    with an_open_till(tmp_path) as desk:
        yield equipped(desk)


@pytest.fixture
def sale(both: tuple[Selling, Asked]) -> Selling:
    return both[0]


@pytest.fixture
def asked(both: tuple[Selling, Asked]) -> Asked:
    return both[1]


def pay_cash(sale: Selling) -> None:
    sale.screen.pay(Tender.CASH)
    assert isinstance(sale.screen.payment, CashPayment)
    sale.screen.payment.register()


def question(sale: Selling) -> tuple[str, tuple[str, ...]]:
    shown = sale.screen.view.question
    return ("", ()) if shown is None else (shown.text, shown.answers)


# ── charged a moment ago ─────────────────────────────────────────────────────────────────────────


def test_the_same_article_for_the_same_patient_within_ten_minutes_is_asked_about(sale: Selling) -> None:
    sale.visit(DOCTOR)
    pay_cash(sale)
    sale.desk.clock.set(MONDAY_MORNING + timedelta(minutes=9, seconds=59))
    sale.visit(DOCTOR)

    sale.screen.pay(Tender.CARD)

    assert question(sale) == (
        "Läkarbesök togs betalt för den här patienten kl. 07:42 (kvitto R0417H-1). Ta betalt en gång till?",
        ("Gå tillbaka", "&Ta betalt igen"),
    )
    assert sale.screen.spot is Spot.QUESTION
    assert sale.desk.register("H").open_payment is None


@pytest.mark.parametrize("wish", ["later", "other", "free", "voided", "another"])
def test_what_is_not_the_same_is_not_asked_about(sale: Selling, wish: str) -> None:
    sale.visit(DOCTOR)
    pay_cash(sale)
    if wish == "later":
        sale.desk.clock.set(MONDAY_MORNING + timedelta(minutes=10))
    if wish == "voided":
        sale.desk.register("H").void(1, "Dubbelt")
    article = {"other": "3", "free": NURSE}.get(wish, DOCTOR)
    sale.visit(article, number="195009072553" if wish == "another" else ADULT)

    sale.screen.pay(Tender.CASH)

    assert question(sale) == ("", ())


def test_going_back_leaves_the_rows_and_charging_again_charges(sale: Selling) -> None:
    sale.visit(DOCTOR)
    pay_cash(sale)
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CASH)
    sale.screen.answer(0)
    back = (sale.screen.view.panel, len(sale.screen.view.rows), question(sale))
    sale.screen.pay(Tender.CASH)

    sale.screen.answer(1)

    assert back == (Panel.ARTICLES, 1, ("", ()))
    again = sale.screen.view.panel
    sale.screen.pay(Tender.CARD)
    assert (again, sale.screen.view.panel) == (Panel.CASH, Panel.CARD)  # It is asked once for a basket.


def test_another_row_makes_it_another_question(sale: Selling) -> None:
    sale.visit(DOCTOR)
    pay_cash(sale)
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CASH)
    sale.screen.answer(1)
    sale.screen.enter_article("3")

    sale.screen.pay(Tender.CASH)

    assert question(sale)[1] == ("Gå tillbaka", "&Ta betalt igen")


# ── a missed visit of somebody protected ─────────────────────────────────────────────────────────


def test_a_missed_visit_of_a_protected_patient_is_asked_about_before_any_money(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.protect()
    sale.screen.enter_article(MISSED)
    sale.screen.enter_article("3")
    sale.screen.pay(Tender.CARD)
    shown = question(sale)

    sale.screen.answer(0)

    assert shown[0].startswith("Skickades kallelsen via Skatteverkets förmedling?")
    assert shown[1] == ("Ta inte ut avgift", "&Ta ut avgift")
    assert [row.text for row in sale.screen.view.rows] == ["Fysioterapeut"]
    assert sale.desk.register("H").open_payment is None


@pytest.mark.parametrize("by", [Tender.CASH, Tender.CARD])
def test_a_fee_that_is_to_be_charged_is_charged(sale: Selling, by: Tender) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.protect()
    sale.screen.enter_article(MISSED)
    sale.screen.pay(by)

    sale.screen.answer(1)

    assert sale.screen.view.panel is (Panel.CASH if by is Tender.CASH else Panel.CARD)


def test_escape_from_the_question_takes_no_row_away(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.protect()
    sale.screen.enter_article(MISSED)
    sale.screen.pay(Tender.CARD)

    sale.screen.back()

    assert question(sale) == ("", ())
    assert len(sale.screen.view.rows) == 1


def test_a_protected_patient_is_shown_as_that_and_nothing_else(sale: Selling) -> None:
    sale.screen.enter_patient(ADULT)
    sale.screen.protect()

    view = sale.screen.view.patient

    assert (view.line, view.protected) == ("••••••••-••••  ·  SKYDDADE PERSONUPPGIFTER", True)
    assert (view.name_asked, view.name, view.address) == (False, "", "")


# ── the other till ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", [VACCINATION, "vaccination"])
def test_an_article_of_the_other_till_waits_and_opens_it_with_the_same_patient(
    sale: Selling, asked: Asked, written: str
) -> None:
    sale.visit(DOCTOR)
    sale.screen.enter_article(written)
    shown = question(sale)
    sale.screen.answer(0)
    pay_cash(sale)
    result = sale.screen.view.result
    spot = sale.screen.spot

    sale.screen.proceed()

    assert shown[0] == (
        "«Vaccination influensa» hör till Egenförvaltad kassa 1. Slutför besöket här först, så öppnar kassan den "
        "andra med samma patient."
    )
    assert shown[1] == ("Lägg i kö",)
    assert result is not None
    assert (result.proceed, spot) == ("Fortsätt i E-kassan", Spot.RESULT)
    ((patient, wishes),) = asked.elsewhere
    assert (patient.id.reveal(), wishes) == ("196101182803", (Wish(103),))


def test_with_nothing_in_the_basket_the_till_can_be_changed_at_once(sale: Selling, asked: Asked) -> None:
    sale.visit()
    sale.screen.enter_article(VACCINATION)
    answers = question(sale)[1]

    sale.screen.answer(1)

    assert answers == ("Lägg i kö", "Byt kassa nu")
    assert [wishes for _, wishes in asked.elsewhere] == [(Wish(103),)]


def test_what_waits_goes_with_its_patient(sale: Selling, asked: Asked) -> None:
    sale.visit(DOCTOR)
    sale.screen.enter_article(VACCINATION)
    sale.screen.answer(0)
    pay_cash(sale)
    sale.visit("3", number="195009072553", name="Rut Ek")

    pay_cash(sale)

    result = sale.screen.view.result
    assert result is not None
    assert result.proceed == ""
    sale.screen.proceed()
    assert asked.elsewhere == []


def test_the_other_till_takes_the_patient_and_what_waited(sale: Selling) -> None:
    sale.desk.register("E").open_session(50_000)
    other, _ = equipped(sale.desk, "E")
    sale.visit()
    patient = sale.screen.hand_over()
    assert patient is not None

    other.screen.receive(patient, (Wish(103),))

    assert not sale.screen.view.patient.present
    assert other.screen.view.patient.line == "19610118-2803  ·  Test Testsson  ·  65 år"
    assert [row.text for row in other.screen.view.rows] == ["Vaccination influensa"]
    assert other.screen.spot is Spot.ADDRESS


def test_a_kontantfaktura_asks_for_the_address_once_and_remembers_it(sale: Selling) -> None:
    sale.desk.register("E").open_session(50_000)
    other, _ = equipped(sale.desk, "E")
    other.visit(VACCINATION)
    other.screen.pay(Tender.CASH)
    error = other.screen.view.patient.address_error

    other.screen.enter_address("Ekvägen 2, 123 45 Demostad")
    pay_cash(other)
    other.screen.enter_patient(ADULT)

    assert error.startswith("Ange gatuadress, postnummer och ort.")
    assert other.sold[0].event.patient.address == "Ekvägen 2, 123 45 Demostad"
    assert other.screen.view.patient.address == "Ekvägen 2, 123 45 Demostad"
    assert other.screen.spot is Spot.ARTICLE
