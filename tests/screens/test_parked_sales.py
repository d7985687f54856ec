"""A sale is put aside and taken up again as it was (UX 2.0, Ctrl+D)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kassaapp.domain.visit import Tender
from kassaapp.screens.payment import CashPayment
from kassaapp.screens.sale import Panel
from kassaapp.screens.spot import Spot
from tests.desks import a_desk, an_open_till
from tests.screens.counters import CHILD, DOCTOR, Selling
from tests.screens.sales import draft_of, equipped

OTHERS = ("195009072553", "197010632391", "200512312398")


@pytest.fixture
def sale(tmp_path: Path) -> Iterator[Selling]:
    with an_open_till(tmp_path) as desk:
        selling, _ = equipped(desk)
        yield selling


def test_a_parked_sale_leaves_the_screen_empty_and_is_counted(sale: Selling) -> None:
    sale.visit(DOCTOR)

    sale.screen.park()

    assert sale.screen.view.rows == ()
    assert not sale.screen.view.patient.present
    assert sale.screen.view.waiting == "Väntande (1)"
    assert sale.screen.spot is Spot.PATIENT
    assert draft_of(sale.desk).read() is None


def test_the_list_shows_when_whom_what_and_how_much_and_names_nobody(sale: Selling) -> None:
    sale.visit(DOCTOR, "3")
    sale.screen.park()

    sale.screen.show_parked()

    view = sale.screen.view
    assert view.panel is Panel.PARKED
    assert view.parked.heading == "1 väntande försäljning"
    assert [(row.digit, row.text) for row in view.parked.rows] == [
        ("1", "07:42  ·  610118-••••  ·  400,00\u202fkr\nLäkarbesök, Fysioterapeut")
    ]


def test_what_is_taken_up_again_is_as_it_was_and_finishes_what_was_parked(sale: Selling) -> None:
    sale.screen.enter_patient("195009072553")
    sale.screen.enter_name("Rut Ek")
    sale.screen.patient.choose_category(1)
    sale.screen.enter_article("2*1")
    sale.screen.park()
    sale.screen.show_parked()

    sale.screen.recall(1)

    assert sale.screen.view.patient.line == "19500907-2553  ·  Rut Ek  ·  76 år"
    assert (sale.screen.view.patient.category, sale.screen.view.rows[0].quantity) == (1, "2")
    assert (sale.screen.view.waiting, sale.screen.view.panel, sale.screen.spot) == ("", Panel.ARTICLES, Spot.ARTICLE)
    sale.screen.pay(Tender.CASH)
    payment = sale.screen.payment
    assert isinstance(payment, CashPayment)
    payment.register()
    assert sale.sold[0].event.finishes == 1


def test_a_day_of_visit_of_its_own_is_kept_also_over_a_restart(sale: Selling, tmp_path: Path) -> None:
    sale.visit(DOCTOR)
    sale.screen.enter_visit_date("2026-11-20")
    sale.screen.park()
    sale.desk.close()
    with a_desk(tmp_path) as desk:
        desk.sign_in("anber", "123456")
        again, _ = equipped(desk)

        again.screen.recall(1)

        assert again.screen.draft.visit_date == date(2026, 11, 20)
        assert list((tmp_path / "H").glob("draft.1*")) == []


def test_a_day_that_cannot_be_kept_parks_nothing_and_says_so(sale: Selling, tmp_path: Path) -> None:
    (tmp_path / "H" / "draft.1.sealed.part").mkdir()
    sale.visit(DOCTOR)
    sale.screen.enter_visit_date("2026-11-20")

    sale.screen.park()

    assert sale.screen.view.notice.startswith("Besöksdatumet kan inte sparas")
    assert len(sale.screen.view.rows) == 1
    assert sale.screen.view.waiting == ""


def test_three_lie_aside_and_a_fourth_is_refused_in_words(sale: Selling) -> None:
    for number in OTHERS:
        sale.visit("5", number=number)
        sale.screen.park()
    sale.visit(DOCTOR)

    sale.screen.park()

    assert sale.screen.view.notice == "Det ligger redan 3 försäljningar åt sidan. Slutför en av dem först."
    assert (len(sale.screen.view.rows), sale.screen.view.waiting) == (1, "Väntande (3)")


def test_rows_on_the_screen_are_not_lost_for_those_that_lie_aside(sale: Selling) -> None:
    sale.visit("3", number=OTHERS[0])
    sale.screen.park()
    sale.visit(DOCTOR)
    sale.screen.show_parked()

    sale.screen.recall(1)

    assert sale.screen.view.parked.error.startswith("Lägg försäljningen på skärmen åt sidan")
    assert sale.screen.view.rows[0].text == "Läkarbesök"
    assert sale.screen.view.waiting == "Väntande (1)"


def test_nothing_is_parked_without_rows_and_a_name(sale: Selling) -> None:
    sale.screen.park()
    no_patient = sale.screen.view.patient.error
    sale.screen.enter_patient(CHILD)
    sale.screen.enter_article(DOCTOR)

    sale.screen.park()

    assert no_patient == "Ange patienten först. Varje besök registreras på en patient."
    assert sale.screen.spot is Spot.NAME
    assert sale.screen.view.waiting == ""


def test_a_crash_between_draft_and_record_leaves_the_sale_parked_and_nowhere_else(
    sale: Selling, tmp_path: Path
) -> None:
    sale.visit(DOCTOR)
    sale.screen.park()
    parked = sale.desk.register("H").state.parked[1]
    sale.screen.recall(1)
    kept = draft_of(sale.desk).read()
    assert kept is not None
    assert kept.draft.parked == 1
    sale.screen.park()
    sale.desk.close()
    with a_desk(tmp_path) as desk:
        draft_of(desk).keep(kept)
        desk.sign_in("anber", "123456")
        again, _ = equipped(desk)

        again.screen.arrive()

        assert again.screen.view.rows == ()
        assert again.screen.view.waiting == "Väntande (1)"
        assert parked.patient.id == desk.register("H").state.parked[2].patient.id


def test_a_protected_patient_is_not_told_in_the_list(sale: Selling) -> None:
    sale.screen.enter_patient(OTHERS[0])
    sale.screen.protect()
    sale.screen.enter_article("3")
    sale.screen.park()

    sale.screen.show_parked()

    (row,) = sale.screen.view.parked.rows
    assert row.text.startswith("07:42  ·  Skyddad  ·  200,00")
    assert "500907" not in row.text + row.spoken


def test_the_card_payment_that_was_open_is_broken_off(sale: Selling) -> None:
    sale.visit(DOCTOR)
    sale.screen.pay(Tender.CARD)

    sale.screen.park()

    assert sale.desk.register("H").open_payment is None
    assert sale.screen.view.waiting == "Väntande (1)"


def test_the_list_opens_and_closes_with_the_same_key(sale: Selling) -> None:
    sale.screen.show_parked()
    opened = (sale.screen.view.panel, sale.screen.view.parked.empty)

    sale.screen.show_parked()

    assert opened == (Panel.PARKED, "Ingen försäljning ligger åt sidan.")
    assert sale.screen.view.panel is Panel.ARTICLES
