"""Closing the till: blind until the third step, a reason for a difference, and nothing closed without a signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.events import SessionClosed
from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.pins import Signature
from kassaapp.screens.close_session import CloseScreen, Step
from tests.builders import a_patient
from tests.desks import a_desk, an_open_till


class Closing:
    """A close screen and what it told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.closed: list[SessionClosed] = []
        self.left = 0
        self.screen = CloseScreen(
            desk.register("H"),
            lambda: desk.sync_status("H"),
            closed=self.closed.append,
            left=self._leave,
            events=lambda: desk.history("H").in_session,
        )

    def _leave(self) -> None:
        self.left += 1

    def count(self, cash: str, card: str = "", swish: str = "") -> None:
        self.screen.count.type_total(cash)
        self.screen.counted()
        self.screen.type_lists(card, swish)
        self.screen.compare()


@pytest.fixture
def closing(tmp_path: Path) -> Iterator[Closing]:
    with an_open_till(tmp_path) as desk:
        yield Closing(desk)


def test_the_expected_amount_is_nowhere_before_the_third_step(closing: Closing) -> None:
    closing.screen.count.type_total("900")
    counting = closing.screen.view
    closing.screen.counted()
    listing = closing.screen.view
    closing.screen.compare()

    assert "1\u202f000,00" not in repr(counting) + repr(listing)
    assert [row.expected for row in closing.screen.view.rows] == [
        "1\u202f000,00\u202fkr",
        "0,00\u202fkr",
        "0,00\u202fkr",
    ]


def test_a_till_that_is_right_is_closed_with_the_pin_alone(closing: Closing) -> None:
    closing.count("1000")
    right = closing.screen.view

    closing.screen.sign("123456")

    assert [row.words for row in right.rows] == ["Stämmer", "Stämmer", "Stämmer"]
    assert not right.asks_reason
    assert [event.z for event in closing.closed] == [1]
    assert closing.desk.register("H").state.session is None


@pytest.mark.parametrize(("pin", "error"), [("", "Skriv pinkoden"), ("000000", "Pinkoden stämmer inte.")])
def test_without_the_right_pin_the_till_is_still_open(closing: Closing, pin: str, error: str) -> None:
    closing.count("1000")

    closing.screen.sign(pin)

    assert closing.screen.view.error.startswith(error)
    assert closing.desk.register("H").state.session is not None


def test_a_difference_is_said_in_words_and_wants_a_reason(closing: Closing) -> None:
    closing.count("950", swish="20")
    shown = closing.screen.view

    closing.screen.sign("123456")
    asked = closing.screen.view.error
    closing.screen.reason.choose(1)
    closing.screen.sign("123456")

    assert [row.words for row in shown.rows] == ["Saknas 50,00\u202fkr", "Stämmer", "20,00\u202fkr för mycket"]
    assert asked == "Välj orsak till skillnaden."
    assert [event.reason for event in closing.closed] == ["Fel växel"]


def test_a_large_difference_is_signed_by_a_colleague_too(closing: Closing) -> None:
    closing.count("400")
    closing.screen.reason.choose(4)

    closing.screen.sign("123456")
    asked = closing.screen.view.error
    closing.screen.sign("123456", Signature("erilu", "234567"))

    assert asked.startswith("Skillnaden är större än 500,00\u202fkr. En kollega ska kontrollera räkningen")
    assert [event.second for event in closing.closed] == ["erilu"]


def test_counting_again_keeps_every_answer(closing: Closing) -> None:
    closing.count("950", card="10")

    closing.screen.recount()
    closing.screen.count.type_total("1000")
    closing.screen.counted()

    view = closing.screen.view
    assert (view.step, view.card, view.count.counted) == (Step.LISTS, "10", "1\u202f000,00\u202fkr")


def test_escape_goes_a_step_back_and_out_of_the_first(closing: Closing) -> None:
    closing.count("1000")

    for _ in range(3):
        closing.screen.back()

    assert (closing.screen.view.step, closing.left) == (Step.COUNT, 1)


def test_a_list_that_cannot_be_read_is_said_there(closing: Closing) -> None:
    closing.count("1000", card="8.700.00")

    assert closing.screen.view.step is Step.LISTS
    assert closing.screen.view.lists_error.startswith("Skriv beloppet med siffror")


def test_what_waits_for_the_region_is_told_and_does_not_stop_the_close(closing: Closing) -> None:
    closing.count("1000")

    assert closing.screen.view.report.startswith("Z-rapport nr 1 · 0 kvitton · ")
    assert closing.screen.view.report.endswith("är inte skickade ännu, de skickas när det finns kontakt.")


def test_what_was_counted_is_there_when_the_same_person_comes_back(closing: Closing) -> None:
    closing.screen.arrive()
    closing.screen.count.type_pieces(10_000, "7")
    closing.screen.back()

    closing.screen.arrive()

    assert closing.screen.view.count.counted == "700,00\u202fkr"
    assert closing.screen.view.kept == "Din räkning är kvar."


def test_a_sale_that_lies_aside_is_told_before_anything_is_counted(closing: Closing) -> None:
    closing.screen.arrive()
    without = closing.screen.view.hindrance
    register = closing.desk.register("H")
    register.park(a_patient(), [Wish(1)])

    closing.screen.arrive()
    aside = closing.screen.view.hindrance
    closing.count("1000")

    assert without == ""
    assert aside.startswith("1 försäljning ligger åt sidan.")
    assert closing.screen.view.hindrance == ""


def test_a_count_is_counted_on_when_the_till_has_been_used_since(closing: Closing) -> None:
    closing.screen.arrive()
    closing.count("1000", "200")
    closing.desk.register("H").change_float(10_000, "Från kassaskåp")

    closing.screen.arrive()

    view = closing.screen.view
    assert (view.step, view.count.total, view.card) == (Step.COUNT, "1000", "200")
    assert view.kept == "Din räkning är kvar. Kassan har använts sedan dess: ändra det som är annorlunda."


def test_a_comparison_is_no_use_of_the_till(closing: Closing) -> None:
    closing.screen.arrive()
    closing.count("1000", "200")
    compared = closing.screen.view.step

    closing.screen.arrive()

    view = closing.screen.view
    assert (compared, view.step, view.kept) == (Step.COMPARE, Step.COMPARE, "Din räkning är kvar.")


def test_a_count_is_begun_again_when_that_is_wished(closing: Closing) -> None:
    closing.screen.arrive()
    closing.screen.count.type_total("1000")
    closing.screen.arrive()

    closing.screen.begin()

    assert (closing.screen.view.count.total, closing.screen.view.kept) == ("", "")


def test_another_person_counts_for_themselves(closing: Closing) -> None:
    closing.screen.arrive()
    closing.screen.count.type_total("1000")
    closing.desk.sign_out()
    closing.desk.sign_in("erilu", "234567")

    closing.screen.arrive()

    assert closing.screen.view.count.total == ""


def a_sale_by_card_that_was_paid_in_cash(desk: Desk) -> None:
    register = desk.register("H")
    patient = Patient(register.read_id("19610118-2803"), "Test Testsson")
    register.sell(patient, [Wish(1)], [Offer(Tender.CARD)])


def test_what_may_explain_a_difference_is_told_in_the_third_step_and_names_nobody(closing: Closing) -> None:
    a_sale_by_card_that_was_paid_in_cash(closing.desk)
    closing.screen.count.type_total("1200")
    closing.screen.counted()
    before = closing.screen.view.leads

    closing.screen.compare()

    shown = closing.screen.view.leads
    assert before == ()
    assert "Kvitto R0417H-1 (07:42) registrerades med kort men kan ha betalats kontant." in shown
    assert "610118" not in repr(shown)
    assert "Testsson" not in repr(shown)


def test_a_till_that_is_right_has_nothing_to_explain(closing: Closing) -> None:
    closing.count("1000")

    assert closing.screen.view.leads == ()


def test_counting_again_looks_anew_and_says_when_it_was_right(closing: Closing) -> None:
    closing.count("1000")
    closing.screen.recount()

    closing.count("963")

    assert closing.screen.view.leads == (
        "När lådan räknades 07:42 stämde kontanterna. Det som hänt har hänt efter det.",
    )


def test_a_start_in_the_middle_of_the_day_remembers_what_was_sold(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        a_sale_by_card_that_was_paid_in_cash(desk)
        before = desk.history("H").in_session
    with a_desk(tmp_path) as again:
        after = again.history("H").in_session[: len(before)]

    assert len(before) == 2
    assert after == before
