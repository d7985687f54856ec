"""A sale outlives a crash, and is not brought back to be paid twice (E40)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.draft import Draft
from kassaapp.screens.payment import CardPayment, CashPayment
from kassaapp.screens.spot import Spot
from tests.desks import MONDAY_MORNING, a_desk, an_open_till
from tests.screens.counters import ADULT, DOCTOR, Selling
from tests.screens.sales import draft_of, equipped

SAID = "Kassan stängdes oväntat 07:42. Försäljningen för 610118-•••• är återställd, ingen betalning hade registrerats."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with an_open_till(tmp_path) as desk:
        yield desk


def after_a_crash(folder: Path, user: str = "anber", pin: str = "123456", days: int = 0) -> Selling:
    """The program starts anew on what lies on disk, and somebody is back at the counter."""
    desk = a_desk(folder, MONDAY_MORNING + timedelta(days=days))
    desk.sign_in(user, pin)
    selling, _ = equipped(desk)
    selling.screen.arrive()
    return selling


def crash(desk: Desk) -> None:
    """The power goes: nothing is tidied up."""
    desk.close()


def test_the_rows_are_back_after_a_crash_and_it_is_said(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR, "3")
    sale.screen.change_quantity(1, 1)
    crash(desk)

    again = after_a_crash(desk.folder)

    question = again.screen.view.question
    assert question is not None
    assert (question.text, question.answers) == (SAID, ("Fortsätt", "Ta &bort"))
    assert [(row.text, row.quantity) for row in again.screen.view.rows] == [("Läkarbesök", "1"), ("Fysioterapeut", "2")]
    assert again.screen.spot is Spot.QUESTION
    again.desk.close()


def test_the_answer_goes_on_or_takes_it_away_for_good(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    crash(desk)
    again = after_a_crash(desk.folder)

    again.screen.answer(0)
    gone_on = (again.screen.view.question, again.screen.spot, len(again.screen.view.rows))
    again.desk.close()
    third = after_a_crash(desk.folder)
    third.screen.answer(1)
    third.desk.close()
    fourth = after_a_crash(desk.folder)

    assert gone_on == (None, Spot.ARTICLE, 1)
    assert fourth.screen.view.rows == ()
    assert fourth.screen.view.question is None
    fourth.desk.close()


def test_nothing_is_registered_or_asked_for_before_it_is_answered(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    crash(desk)
    again = after_a_crash(desk.folder)

    again.screen.pay(Tender.CARD)
    again.screen.scan("195009072553")

    assert again.screen.spot is Spot.QUESTION
    assert again.desk.register("H").open_payment is None
    assert again.screen.draft.patient is not None
    assert again.screen.draft.patient.id.reveal() == "196101182803"
    again.desk.close()


def test_a_sale_that_was_registered_is_not_brought_back(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    left = draft_of(desk).read()
    sale.screen.pay(Tender.CASH)
    payment = sale.screen.payment
    assert isinstance(payment, CashPayment)
    payment.register()
    assert left is not None
    draft_of(desk).keep(left)  # The power went between the record and the file.
    crash(desk)

    again = after_a_crash(desk.folder)

    assert again.screen.view.rows == ()
    assert again.screen.view.question is None
    again.desk.close()


def test_an_earlier_visit_of_the_same_patient_does_not_take_the_draft_away(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit("2")
    sale.screen.register_free()
    sale.visit(DOCTOR)
    crash(desk)

    again = after_a_crash(desk.folder)

    assert len(again.screen.view.rows) == 1
    again.desk.close()


def test_a_colleague_takes_it_over_or_away(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    crash(desk)
    again = after_a_crash(desk.folder, "erilu", "234567")
    question = again.screen.view.question

    again.screen.answer(0)

    assert question is not None
    assert (question.text, question.answers) == (SAID, ("Ta över försäljningen", "Ta bort den"))
    assert again.screen.draft.by == "erilu"
    assert again.screen.view.question is None
    again.desk.close()


def test_a_card_that_was_begun_is_asked_about_and_pays_the_draft(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)
    assert isinstance(sale.screen.payment, CardPayment)
    crash(desk)
    again = after_a_crash(desk.folder)
    asked = again.screen.view.left_open

    again.screen.answer_left_open(1)

    assert asked is not None
    assert again.receipts == 1
    assert again.screen.view.rows == ()
    assert draft_of(again.desk).read() is None
    again.desk.close()


def test_what_was_for_today_is_for_that_day_when_it_is_tomorrow(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    crash(desk)

    again = after_a_crash(desk.folder, days=1)

    assert again.screen.draft.visit_date == date(2026, 11, 23)
    assert again.screen.view.patient.other_day
    again.desk.close()


def test_rows_without_a_price_are_left_out_and_that_is_said(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    left = draft_of(desk).read()
    assert left is not None
    patient = left.draft.patient
    draft_of(desk).keep(type(left)(Draft(patient, (Wish(77),), by="anber"), left.at, 1, 1))
    crash(desk)

    again = after_a_crash(desk.folder)

    question = again.screen.view.question
    assert question is not None
    assert question.text.startswith(SAID + " Artikel 77 har inget pris 2026-11-23.")
    assert again.screen.draft == Draft(patient, (), by="anber")
    again.desk.close()


def test_the_draft_goes_with_the_sale_and_with_the_patient(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    kept = draft_of(desk).read()
    sale.screen.remove(0)
    sale.screen.back()
    left = draft_of(desk).read()

    assert kept is not None
    assert left is None


def test_a_patient_who_has_become_protected_is_not_named_when_brought_back(desk: Desk) -> None:
    sale, _ = equipped(desk)
    sale.visit(DOCTOR)
    register = desk.register("H")
    protected = Patient(register.read_id(ADULT), "", protected=True)
    register.sell(protected, [Wish(3)], [Offer(Tender.CASH)])
    left = draft_of(desk).read()
    assert left is not None
    draft_of(desk).keep(type(left)(left.draft, left.at, 2, 1))
    crash(desk)

    again = after_a_crash(desk.folder)

    question = again.screen.view.question
    assert question is not None
    assert "610118" not in question.text
    assert again.screen.view.patient.line == "••••••••-••••  ·  SKYDDADE PERSONUPPGIFTER"
    again.desk.close()


def test_where_drafts_cannot_be_written_selling_goes_on(desk: Desk) -> None:
    (desk.folder / "H" / "draft.sealed.part").mkdir()
    sale, _ = equipped(desk)

    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CASH)
    payment = sale.screen.payment
    assert isinstance(payment, CashPayment)
    payment.register()

    assert sale.receipts == 1
