"""A conto: the patient's own money, never below zero, never a sale, never at another till (R54)."""

from typing import Any

import pytest

from kassaapp.domain.events import ApprovalGiven, DepositRepaid, DepositTaken
from tests.rules.counter import ADULT, BOSS, CARD, CASH, HIDDEN, ON_ACCOUNT, OTHER, SWISH, Answer, Counter, at_counter

REPAY: dict[str, Any] = {"till": "H", "patient": ADULT, "pay": [CASH], "reason": "Flyttar"}


def deposited(counter: Counter, ore: int = 50_000, patient: dict[str, Any] = ADULT, pay: Any = CASH) -> Answer:
    """A deposit that is taken."""
    return counter.ok("deposit", till="H", patient=patient, amount_ore=ore, pay=[pay])


def balance(counter: Counter, patient: dict[str, Any] = ADULT) -> int:
    """What the patient has."""
    ore: int = counter.ok("balance", till="H", patient=patient)["balance_ore"]
    return ore


def test_r54_what_is_deposited_is_used_and_the_rest_paid_back(counter: Counter) -> None:
    assert deposited(counter) == {"ok": True, "receipt": 1, "balance_ore": 50_000}
    counter.sell(pay=ON_ACCOUNT)
    assert balance(counter) == 30_000
    overdrawn = {"till": "H", "patient": ADULT, "lines": [{"article": 1, "quantity": 2}], "pay": [ON_ACCOUNT]}
    assert counter.refused("sell", **overdrawn) == "BalanceTooLow"
    assert counter.refused("repay", **REPAY, amount_ore=30_100, approved_by=BOSS) == "BalanceTooLow"

    repaid = counter.ok("repay", **REPAY, amount_ore=30_000, approved_by=BOSS)

    assert repaid == {"ok": True, "receipt": 3, "balance_ore": 0}
    assert balance(counter) == 0
    figures = counter.close()["figures"]
    assert (figures["f"], figures["l"], figures["p"]) == (20_000, 1, {"on_account": 20_000})
    assert [figures[name] for name in ("deposits_ore", "deposits_used_ore", "deposits_repaid_ore")] == [
        50_000,
        20_000,
        30_000,
    ]
    assert figures["expected_ore"]["cash"] == 120_000
    assert (figures["u"], figures["v"]) == (20_000, 0)


def test_r54_paying_back_is_approved_and_has_a_reason(counter: Counter) -> None:
    deposited(counter)

    assert counter.refused("repay", **REPAY, amount_ore=100) == "NeedsApproval"
    own = {"user": "anber", "pin": "123456"}
    assert counter.refused("repay", **REPAY, amount_ore=100, approved_by=own) == "SelfApproval"
    assert counter.refused("repay", **{**REPAY, "reason": " "}, amount_ore=100, approved_by=BOSS) == "ReasonMissing"
    counter.ok("repay", **REPAY, amount_ore=100, approved_by=BOSS)

    approval, repaid = counter.events()[-2:]
    assert isinstance(approval, ApprovalGiven)
    assert isinstance(repaid, DepositRepaid)
    assert (repaid.approved_by, repaid.reason, repaid.balance_ore) == ("erilu", "Flyttar", 49_900)


def test_r54_each_patient_has_their_own(counter: Counter) -> None:
    deposited(counter)
    deposited(counter, 10_000, OTHER, CARD)

    assert (balance(counter), balance(counter, OTHER)) == (50_000, 10_000)
    others = {"till": "H", "patient": OTHER, "lines": [{"article": 1}], "pay": [ON_ACCOUNT]}
    assert counter.refused("sell", **others) == "BalanceTooLow"


def test_r54_part_of_a_visit_can_be_paid_a_conto(counter: Counter) -> None:
    deposited(counter, 5_000)

    counter.sell(pay=[{**ON_ACCOUNT, "amount_ore": 5_000}, {**CARD, "amount_ore": 15_000}])

    assert balance(counter) == 0


def test_r54_what_is_undone_stands_a_conto_again(counter: Counter) -> None:
    deposited(counter)
    sold = counter.sell(pay=ON_ACCOUNT)

    counter.ok("void", till="H", receipt=sold["receipt"], reason="Fel besök")

    assert balance(counter) == 50_000
    assert counter.expected() == 150_000


@pytest.mark.parametrize(
    ("ore", "pay", "refused"),
    [
        (0, CASH, "BadAmount"),
        (-100, CASH, "BadAmount"),
        (10_000_000_001, CARD, "BadAmount"),
        (150, CASH, "BadAmount"),
        (10_000, ON_ACCOUNT, "TenderNotOffered"),
        (10_000, {"by": "invoice"}, "TenderNotOffered"),
        (10_000, {**SWISH, "amount_ore": 9_999}, "PaymentDoesNotAddUp"),
        (10_000, {**CASH, "given_ore": 9_900}, "PaymentDoesNotAddUp"),
    ],
)
def test_r54_a_deposit_is_money_to_the_ore(counter: Counter, ore: int, pay: dict[str, Any], refused: str) -> None:
    assert counter.refused("deposit", till="H", patient=ADULT, amount_ore=ore, pay=[pay]) == refused


def test_r54_cash_that_is_not_there_is_not_paid_back(counter: Counter) -> None:
    deposited(counter, 150_000, pay=CARD)

    assert counter.refused("repay", **REPAY, amount_ore=150_000, approved_by=BOSS) == "NotEnoughCash"
    counter.ok("repay", **{**REPAY, "pay": [CARD]}, amount_ore=150_000, approved_by=BOSS)


def test_r54_the_slip_says_a_conto_and_that_it_is_no_sale(counter: Counter) -> None:
    deposited(counter)

    text = counter.paper(1)

    assert "A CONTO" in text.upper()
    assert "EJ FÖRSÄLJNING" in text.upper()
    assert "500,00" in text


def test_r54_a_balance_outlives_the_day_and_the_program(counter: Counter) -> None:
    deposited(counter)
    counter.close()
    folder = counter.desk.folder
    counter.desk.close()

    with at_counter(folder, opened=False) as again:
        again.ok("open_session", till="H", counted_ore=150_000)
        assert balance(again) == 50_000
        again.sell(pay=ON_ACCOUNT)
        assert again.x()["deposits_ore"] == 0


def test_r54_a_protected_patients_money_is_theirs_and_unnamed(counter: Counter) -> None:
    deposited(counter, patient=HIDDEN)

    taken = counter.events()[-1]

    assert isinstance(taken, DepositTaken)
    assert taken.patient.name == "SKYDDADE PERSONUPPGIFTER"
    assert balance(counter, {"id": HIDDEN["id"]}) == 50_000
    assert "Ska Inte" not in counter.paper(1)


def test_r54_what_is_asked_of_the_region_is_not_spent_before_it_answers(counter: Counter) -> None:
    asked = counter.ok("ask_rights", till="H", patient=ADULT, amount_ore=20_000)

    assert asked == {"ok": True, "amount_ore": 20_000}
    assert balance(counter) == 0
    unpaid = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "pay": [ON_ACCOUNT]}
    assert counter.refused("sell", **unpaid) == "BalanceTooLow"
    assert counter.refused("ask_rights", till="H", patient=OTHER, amount_ore=0) == "BadAmount"


def test_r54_what_is_given_to_another_desk_is_not_spent_here(counter: Counter) -> None:
    deposited(counter)

    left = counter.ok("release_rights", till="H", patient=ADULT, amount_ore=40_000)

    assert left == {"ok": True, "balance_ore": 10_000}
    assert counter.refused("repay", **REPAY, amount_ore=10_100, approved_by=BOSS) == "BalanceTooLow"
    assert counter.refused("release_rights", till="H", patient=ADULT, amount_ore=10_001) == "BalanceTooLow"
    assert counter.close()["figures"]["deposits_used_ore"] == 0
