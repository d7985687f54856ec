"""The patient's own screen: the amount, the code and the change, and never anything of who is paying for what."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from kassaapp.domain.visit import Tender
from kassaapp.screens.customer_display import BLANK, CustomerDisplay, CustomerView
from kassaapp.screens.payment import CashPayment, SwishPayment
from tests.desks import an_open_till
from tests.screens.counters import ADULT, CHILD, DOCTOR, NURSE, Selling, selling

OTHER = "195009072553"


@dataclass
class Both:
    """The counter, and the patient's screen."""

    sale: Selling
    display: CustomerDisplay

    @property
    def shown(self) -> CustomerView:
        return self.display.tell(self.sale.screen.view, self.sale.screen.payment)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with an_open_till(tmp_path) as desk:
        yield Both(selling(desk), CustomerDisplay())


def test_nothing_is_shown_before_there_is_something_to_pay(both: Both) -> None:
    assert both.shown == BLANK
    both.sale.visit()

    assert both.shown == BLANK


def test_the_amount_is_shown_as_rows_are_added(both: Both) -> None:
    both.sale.visit(DOCTOR)
    first, first_total = both.shown, both.sale.screen.view.total
    both.sale.screen.enter_article("3")

    assert first == CustomerView("Att betala", first_total)
    assert both.shown == CustomerView("Att betala", both.sale.screen.view.total)
    assert first != both.shown


def test_cash_shows_the_rounded_amount_and_then_the_change_for_a_moment(both: Both) -> None:
    both.sale.visit(DOCTOR)
    both.sale.screen.pay(Tender.CASH)
    payment = both.sale.screen.payment
    assert isinstance(payment, CashPayment)
    assert both.shown == CustomerView("Att betala", payment.view.to_pay)

    payment.type("500")
    payment.register()

    result = both.sale.screen.view.result
    assert result is not None
    assert both.shown == CustomerView("Växel tillbaka", result.change, is_passing=True)
    assert result.change


def test_swish_shows_its_code_and_whom_it_pays(both: Both) -> None:
    both.sale.visit(DOCTOR)
    both.sale.screen.pay(Tender.SWISH)

    payment = both.sale.screen.payment
    assert isinstance(payment, SwishPayment)
    assert (both.shown.code, both.shown.to) == (payment.view.code, payment.view.to)
    assert both.shown.code.startswith("C")


def test_a_payment_without_change_is_done_and_the_next_patient_starts_blank(both: Both) -> None:
    both.sale.visit(DOCTOR)
    assert both.shown.heading == "Att betala"
    both.sale.screen.pay(Tender.SWISH)
    payment = both.sale.screen.payment
    assert isinstance(payment, SwishPayment)
    payment.arrive()

    assert both.shown == CustomerView("Betalningen är klar", is_passing=True)
    both.sale.visit(number=OTHER, name="Andra Testsson")
    assert both.shown == BLANK


def test_nothing_personal_is_ever_shown(both: Both) -> None:
    seen: list[CustomerView] = []
    both.sale.visit(DOCTOR)
    seen.append(both.shown)
    for by in (Tender.CASH, Tender.SWISH, Tender.CARD):
        both.sale.screen.pay(by)
        seen.append(both.shown)
        both.sale.screen.to_articles()

    texts = " ".join(str(getattr(view, one.name)) for view in seen for one in fields(view))
    for word in ("Test", "6101", "2803", "Läkar", "besök", "65 år"):
        assert word not in texts


def test_r58_nothing_at_all_of_a_protected_patient_neither_before_nor_after(both: Both) -> None:
    _protect(both)
    both.sale.screen.enter_article(DOCTOR)
    seen = [both.shown]
    for by in (Tender.SWISH, Tender.CASH):
        both.sale.screen.pay(by)
        seen.append(both.shown)
    payment = both.sale.screen.payment
    assert isinstance(payment, CashPayment)
    payment.type("500")
    payment.register()
    seen.append(both.shown)

    assert both.sale.screen.view.result is not None
    assert seen == [BLANK] * 4


def _protect(both: Both) -> None:
    both.sale.visit()
    both.sale.screen.patient.protect()
    assert both.sale.screen.view.patient.protected


def test_a_visit_that_costs_nothing_tells_nothing(both: Both) -> None:
    both.sale.visit(NURSE, number=CHILD)
    before = both.shown
    both.sale.screen.enter_article("")

    assert both.sale.screen.view.result is not None
    assert (before, both.shown) == (BLANK, BLANK)


def test_another_screen_at_the_counter_blanks_it_and_it_stays_blank(both: Both) -> None:
    both.sale.visit(DOCTOR)
    both.sale.screen.pay(Tender.CASH)
    payment = both.sale.screen.payment
    assert isinstance(payment, CashPayment)
    assert both.shown.heading == "Att betala"
    payment.register()
    assert both.shown.is_passing

    assert both.display.tell(None, None) == BLANK
    assert both.shown == BLANK


def test_a_result_that_the_display_did_not_see_begin_is_not_shown(both: Both) -> None:
    both.sale.visit(DOCTOR, number=ADULT)
    both.sale.screen.pay(Tender.CASH)
    payment = both.sale.screen.payment
    assert isinstance(payment, CashPayment)
    payment.register()

    assert both.shown == BLANK
