"""The payment panels: what is due, what goes back, and what is asked before money is put on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from kassaapp.domain.errors import NoOpenSession
from kassaapp.domain.events import PaymentOutcome
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.screens.payment import CardPayment, CashPayment, SwishPayment, likely_amounts, swish_code

NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


@dataclass
class Till:
    """Stands for the sale: remembers what it was asked to register."""

    offers: list[Offer] = field(default_factory=list)

    def sell(self, offers: Sequence[Offer]) -> None:
        self.offers.extend(offers)


def refusing(offers: Sequence[Offer]) -> None:
    raise NoOpenSession


def cash(total_ore: int, given: str | None = None) -> tuple[CashPayment, Till]:
    till = Till()
    payment = CashPayment(total_ore, "H", NOTES, till.sell)
    if given is not None:
        payment.type(given)
    return payment, till


# ── cash ─────────────────────────────────────────────────────────────────────────────────────────


def test_cash_is_rounded_and_begins_with_the_exact_sum() -> None:
    payment, till = cash(312_40)

    payment.register()

    assert (payment.view.rounding, payment.view.to_pay) == ("−0,40\u202fkr", "312,00\u202fkr")
    assert payment.view.given == "312"
    assert till.offers == [Offer(Tender.CASH, amount_ore=312_00, given_ore=312_00)]


def test_change_is_shown_while_typing_with_its_notes_and_coins() -> None:
    payment, _ = cash(312_00, "500")

    assert payment.view.change == "188\u202fkr"
    assert payment.view.pieces.startswith("1 × 100\u202fkr   1 × 50\u202fkr   1 × 20\u202fkr")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("200", "200\u202fkr räcker inte, det saknas 112\u202fkr."),
        ("", "Skriv beloppet med siffror och högst ett kommatecken"),
        ("6101182803", "6\u202f101\u202f182\u202f803,00\u202fkr är mer än kassan kan ta emot."),
    ],
)
def test_too_little_or_nothing_is_explained_and_registers_nothing(given: str, error: str) -> None:
    payment, till = cash(312_00, given)

    payment.register()

    assert payment.view.error.startswith(error)
    assert payment.view.change == ""
    assert till.offers == []


def test_a_nought_too_many_is_asked_about_and_can_be_mended_with_enter() -> None:
    payment, till = cash(300_00, "3000")
    payment.register()
    question = payment.view.question
    assert question is not None

    payment.answer(0)

    assert question.text == "Växeln blir 2\u202f700\u202fkr. Menade du 300\u202fkr?"
    assert question.answers == ("Ändra till 300\u202fkr", "3\u202f000\u202fkr &stämmer")
    assert (payment.view.given, payment.view.question, till.offers) == ("300", None, [])


def test_a_large_note_that_is_right_is_registered_when_that_is_said() -> None:
    payment, till = cash(300_00, "3000")
    payment.register()

    payment.answer(1)

    assert till.offers == [Offer(Tender.CASH, amount_ore=300_00, given_ore=3_000_00)]


def test_the_question_about_the_change_can_be_left_for_the_amount() -> None:
    payment, till = cash(300_00, "3000")
    payment.register()

    left = payment.take_back(), payment.take_back()

    assert left == (True, False)
    assert (payment.view.given, payment.view.question, till.offers) == ("3000", None, [])


def test_large_change_without_a_likely_slip_is_asked_about_too() -> None:
    payment, _ = cash(688_00, "2000")

    payment.register()

    assert payment.view.question is not None
    assert payment.view.question.text == "Växeln blir 1\u202f312\u202fkr. Stämmer det?"


def test_likely_amounts_are_stepped_through() -> None:
    payment, _ = cash(312_00)

    payment.step(1)
    payment.step(1)
    up = payment.view.given
    payment.step(-1)

    assert (up, payment.view.given) == ("350", "320")
    assert likely_amounts(312_00) == (312_00, 320_00, 350_00, 400_00, 500_00, 1_000_00)


def test_what_the_till_refuses_is_said_in_the_panel() -> None:
    payment = CashPayment(300_00, "H", NOTES, refusing)

    payment.register()

    assert payment.view.error.startswith("Kassan är inte öppen.")


# ── card ─────────────────────────────────────────────────────────────────────────────────────────


def card() -> tuple[CardPayment, Till, list[str]]:
    till, declined = Till(), list[str]()
    return CardPayment(300_00, till.sell, declined=declined.append), till, declined


def test_an_approved_card_is_registered_with_the_exact_sum_and_the_reference() -> None:
    payment, till, _ = card()
    payment.type_reference(" 004217 ")

    payment.approve()

    assert till.offers == [Offer(Tender.CARD, amount_ore=300_00, reference="004217")]


def test_a_card_that_nobody_knows_about_registers_nothing_until_somebody_has_looked() -> None:
    payment, till, declined = card()

    payment.doubt()
    doubt = payment.view.doubt
    payment.answer(0)

    assert doubt is not None
    assert doubt.text.startswith(
        "Kassan vet inte om kortköpet på 300,00\u202fkr gick igenom, och inget är registrerat."
    )
    assert (payment.view.doubt, till.offers, declined) == (None, [], [])


@pytest.mark.parametrize(("answer", "registered", "told"), [(1, 1, []), (2, 0, [PaymentOutcome.NOT_FOUND])])
def test_what_the_terminal_list_says_decides(answer: int, registered: int, told: list[str]) -> None:
    payment, till, declined = card()
    payment.doubt()

    payment.answer(answer)

    assert (len(till.offers), declined) == (registered, told)


def test_a_refused_card_is_no_card_that_was_not_found() -> None:
    payment, till, declined = card()

    payment.decline()

    assert (till.offers, declined) == ([], [PaymentOutcome.DECLINED])


def test_a_payment_that_was_doubted_stays_in_doubt_when_nobody_has_looked() -> None:
    payment, _, _ = card()
    payment.doubt()

    payment.answer(0)

    assert payment.in_doubt


# ── Swish ────────────────────────────────────────────────────────────────────────────────────────


def test_the_swish_code_says_everything_and_lets_the_payer_change_nothing() -> None:
    assert swish_code("1231181189", 300_50, "R0417H-1") == "C1231181189;300,50;R0417H-1;0"
    assert swish_code("1231181189", 5, "Å 1;2") == "C1231181189;0,05;%C3%85%201%3B2;0"


def test_swish_is_registered_when_it_has_come_and_not_before() -> None:
    till = Till()
    payment = SwishPayment(300_00, "1231181189", "R0417H-1", till.sell)

    payment.miss()
    missed, before = payment.view.error, list(till.offers)
    payment.arrive()

    assert missed.startswith("Betalningen har inte kommit.")
    assert before == []
    assert (payment.view.to, payment.view.mark) == ("Till 123 118 11 89", "Märkning R0417H-1")
    assert till.offers == [Offer(Tender.SWISH, amount_ore=300_00)]


def test_a_clinic_without_a_swish_number_says_so_and_registers_nothing() -> None:
    till = Till()
    payment = SwishPayment(300_00, "", "R0417H-1", till.sell)

    payment.arrive()

    assert payment.view.error == "Kliniken har inget Swishnummer. Välj ett annat betalsätt."
    assert (payment.view.code, till.offers) == ("", [])
