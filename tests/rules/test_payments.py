"""Payments that somebody else takes, and paper: what a crash may leave open, and that nothing of it is ever guessed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.catalogue import Catalogue
from kassaapp.domain.events import (
    DepositTaken,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    ReceiptPrinted,
    SaleRegistered,
    SaleVoided,
)
from kassaapp.verify.audit import audit
from tests.rules.counter import (
    ADULT,
    CARD,
    CASH,
    CHILD,
    HIDDEN,
    OTHER,
    SWISH,
    Answer,
    Counter,
    at_counter,
)


def begin(counter: Counter, by: str = "card", **more: Any) -> Answer:
    basket: dict[str, Any] = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], **more}
    return counter.ok("begin_payment", **basket, by=by)


def end(counter: Counter, outcome: str, **more: Any) -> Answer:
    return counter.ok("end_payment", till="H", outcome=outcome, **more)


def status(counter: Counter) -> Answer:
    answer: Answer = counter.ok("status")["tills"][0]
    return answer


# ── R40: the sale is the receipt, on paper too ───────────────────────────────────────────────────


def test_r40_what_has_no_paper_is_known_until_it_has(counter: Counter) -> None:
    counter.sell()
    counter.sell(2, pay=[])
    before = status(counter)["unprinted"]

    file = counter.ok("print_receipt", till="H", receipt=1)["file"]

    assert (before, file) == ([1, 2], "kvitto-R0417H-000001.pdf")
    assert status(counter)["unprinted"] == [2]


def test_r40_what_has_no_paper_is_known_after_a_restart(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell()
        counter.sell()
        counter.ok("print_receipt", till="H", receipt=2)

    with at_counter(tmp_path / "desk", opened=False) as counter:
        assert status(counter)["unprinted"] == [1]


def test_r40_every_slip_with_a_number_has_its_paper(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.refund(1, 5_000, CASH)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=50_000, pay=[CARD])
    before = status(counter)["unprinted"]

    for receipt in before:
        counter.ok("print_receipt", till="H", receipt=receipt)

    assert before == [1, 2, 3]
    assert "unprinted" not in status(counter)
    printed = [event for event in counter.events() if isinstance(event, ReceiptPrinted)]
    assert [(one.receipt, one.amount_ore, one.copy) for one in printed] == [
        (1, 20_000, False),
        (2, 5_000, False),
        (3, 50_000, False),
    ]


def test_r40_what_was_undone_needs_no_paper_but_that_of_its_undoing(counter: Counter) -> None:
    counter.sell()

    counter.ok("void", till="H", receipt=1, reason="Fel patient")

    assert status(counter)["unprinted"] == [2]


def test_r40_an_original_comes_out_once(counter: Counter) -> None:
    counter.sell()
    counter.ok("print_receipt", till="H", receipt=1)

    assert counter.refused("print_receipt", till="H", receipt=1) == "AlreadyPrinted"


def test_r40_a_copy_is_no_original(counter: Counter) -> None:
    counter.sell()

    counter.ok("copy_receipt", till="H", receipt=1)

    assert status(counter)["unprinted"] == [1]


def test_r40_with_the_session_the_waiting_ends(counter: Counter) -> None:
    counter.sell()

    counter.close()

    assert "unprinted" not in status(counter)


def test_r40_paper_that_comes_when_nobody_is_there_is_the_sellers(counter: Counter) -> None:
    counter.sell()
    counter.ok("lock")

    counter.register().printed(1)

    printed = counter.events()[-1]
    assert isinstance(printed, ReceiptPrinted)
    assert printed.by == "anber"


# ── R52: what the terminal took is what is registered ────────────────────────────────────────────


def test_r52_a_payment_is_on_record_before_it_is_asked_for(counter: Counter) -> None:
    answer = begin(counter)

    begun = counter.events()[-1]
    assert isinstance(begun, PaymentBegun)
    assert (begun.attempt, begun.amount_ore, begun.patient.name, begun.lines[0].article) == (
        1,
        20_000,
        "Test Testsson",
        1,
    )
    assert (answer["attempt"], answer["amount_ore"], answer["total_ore"]) == (1, 20_000, 20_000)


def test_r52_a_payment_that_is_begun_is_no_sale(counter: Counter) -> None:
    before = counter.x()

    begin(counter)
    end(counter, "declined")

    assert counter.x() == before
    assert counter.register().state.next_receipt == 1


def test_r52_the_sale_ends_the_payment_in_the_same_breath(counter: Counter) -> None:
    begin(counter)

    counter.sell(pay={"by": "card", "reference": "004217"})

    sold, ended = counter.events()[-2:]
    assert isinstance(sold, SaleRegistered)
    assert isinstance(ended, PaymentEnded)
    assert (ended.outcome, ended.attempt, ended.receipt, ended.reference) == (
        PaymentOutcome.PAID,
        1,
        sold.receipt,
        "004217",
    )
    assert "open_payment" not in status(counter)


def test_r52_a_card_that_was_confirmed_afterwards_is_a_sale_without_a_beginning(counter: Counter) -> None:
    counter.sell(pay=CARD)

    assert not any(isinstance(event, PaymentBegun | PaymentEnded) for event in counter.events())


def test_r52_that_it_went_through_registers_what_was_begun(counter: Counter) -> None:
    begin(counter, "swish", mark="R0417H-1")

    answer = end(counter, "paid", reference="ABC123")

    sold, ended = counter.events()[-2:]
    assert isinstance(sold, SaleRegistered)
    assert (answer["receipt"], answer["total_ore"], sold.payments[0].reference) == (1, 20_000, "ABC123")
    assert isinstance(ended, PaymentEnded)
    assert ended.receipt == 1


@pytest.mark.parametrize("outcome", ["declined", "abandoned", "not-found"])
def test_r52_that_no_money_came_says_why_and_frees_the_till(counter: Counter, outcome: str) -> None:
    begin(counter)

    end(counter, outcome)

    ended = counter.events()[-1]
    assert isinstance(ended, PaymentEnded)
    assert (ended.outcome.value, ended.receipt) == (outcome, None)
    assert begin(counter)["attempt"] == 2


def test_r52_one_payment_at_a_time_at_a_till(counter: Counter) -> None:
    begin(counter)
    lines = [{"article": 1}]

    again = counter.refused("begin_payment", till="H", patient=OTHER, lines=lines, by="swish")
    other = counter.refused("sell", till="H", patient=OTHER, lines=lines, pay=[CARD])
    another_sum = counter.refused("sell", till="H", patient=ADULT, lines=[{"article": 6}], pay=[CARD])
    by_swish = counter.refused("sell", till="H", patient=ADULT, lines=lines, pay=[SWISH])
    deposit = counter.refused("deposit", till="H", patient=OTHER, amount_ore=10_000, pay=[CARD])

    assert {again, other, another_sum, by_swish, deposit} == {"PaymentUnderWay"}


def test_r52_cash_is_taken_beside_a_payment_that_nobody_can_answer_for(counter: Counter) -> None:
    begin(counter)

    counter.sell(pay=CASH, patient=OTHER)

    assert status(counter)["open_payment"]["attempt"] == 1


def test_r52_the_other_till_is_not_concerned(counter: Counter) -> None:
    begin(counter)

    counter.sell(104, pay=CARD, till="E")

    assert counter.register("E").open_payment is None


def test_r52_the_rest_may_be_paid_otherwise(counter: Counter) -> None:
    begin(counter, amount_ore=15_000)
    too_little = counter.refused("end_payment", till="H", outcome="paid")

    answer = end(counter, "paid", pay=[{"by": "cash", "amount_ore": 5_000}])

    assert too_little == "PaymentDoesNotAddUp"
    assert (answer["receipt"], answer["to_pay_ore"]) == (1, 20_000)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"by": "cash"}, "TenderNotOffered"),
        ({"by": "invoice"}, "TenderNotOffered"),
        ({"amount_ore": 20_001}, "PaymentDoesNotAddUp"),
        ({"amount_ore": 0}, "PaymentDoesNotAddUp"),
        ({"lines": [{"article": 2}]}, "PaymentDoesNotAddUp"),
        ({"patient": CHILD}, "PaymentDoesNotAddUp"),
        ({"lines": []}, "EmptyBasket"),
        ({"patient": {"id": ADULT["id"]}}, "NoName"),
        ({"patient": {**HIDDEN}, "lines": [{"article": 5}]}, "Protected"),
    ],
)
def test_r52_what_the_sale_would_refuse_is_refused_before_anybody_pays(
    counter: Counter, change: dict[str, Any], refusal: str
) -> None:
    asked: dict[str, Any] = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "by": "card", **change}

    assert counter.refused("begin_payment", **asked) == refusal


def test_r52_what_has_not_begun_does_not_end(counter: Counter) -> None:
    assert counter.refused("end_payment", till="H", outcome="paid") == "NoPaymentUnderWay"
    assert counter.refused("end_payment", till="H", outcome="declined") == "NoPaymentUnderWay"


@pytest.mark.parametrize("more", [{"outcome": "perhaps"}, {"outcome": "declined", "pay": []}, {}])
def test_r52_an_end_is_one_of_four_words(counter: Counter, more: dict[str, Any]) -> None:
    begin(counter)

    assert counter.refused("end_payment", till="H", **more) == "Malformed"


def test_r52_a_session_is_not_closed_before_it_is_known_what_was_taken(counter: Counter) -> None:
    begin(counter)
    pin = {"till": "H", "pin": "123456", "counted_ore": counter.expected()}

    assert counter.refused("close_session", **pin) == "PaymentUnderWay"
    assert counter.refused("training", till="H", on=True) == "PaymentUnderWay"


def test_r52_what_was_asked_for_is_what_is_registered_whatever_the_list_says_since(counter: Counter) -> None:
    begin(counter)
    register = counter.register()
    dearer = tuple(replace(one, price_ore=one.price_ore + 10_000) for one in register.configuration.catalogue.articles)
    register.take_configuration(replace(register.configuration, number=1, catalogue=Catalogue(dearer)))

    answer = end(counter, "paid")

    assert (answer["total_ore"], answer["to_pay_ore"]) == (20_000, 20_000)


def test_r52_a_payment_that_was_left_open_is_asked_about_after_a_restart(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        begin(counter)
        counter.ok("sign_out")
        told = status(counter)["open_payment"]

    with at_counter(tmp_path / "desk", opened=False) as counter:
        again = status(counter)["open_payment"]
        end(counter, "paid")

        assert again == told
        assert told == {"attempt": 1, "at": "2026-11-23T07:42:00+01:00", "by": "card", "amount_ore": 20_000}
        assert [row["kind"] for row in counter.rows(patient=ADULT["id"])][-4:] == [
            "pay-start",
            "sale",
            "pay-end",
            "seen",
        ]
    assert audit(tmp_path / "desk" / "H" / "journal.db").findings == []


def test_r52_the_history_tells_how_it_ended(counter: Counter) -> None:
    begin(counter)
    end(counter, "not-found")

    rows = counter.rows(kind="pay-end")

    assert [(row["result"], row["amount_ore"], row["user"], "receipt" in row) for row in rows] == [
        ("not-found", 20_000, "anber", False)
    ]


def begin_deposit(counter: Counter, by: str = "card", ore: int = 50_000) -> Answer:
    return counter.ok("begin_deposit", till="H", patient=ADULT, amount_ore=ore, by=by)


@pytest.mark.parametrize("by", ["card", "swish"])
def test_r52_a_deposit_is_on_record_before_it_is_asked_for(counter: Counter, by: str) -> None:
    answer = begin_deposit(counter, by)
    (begun,) = [event for event in counter.events() if isinstance(event, PaymentBegun)]
    held = counter.ok("balance", till="H", patient=ADULT)["balance_ore"]

    paid = end(counter, "paid", reference="123456")

    assert (answer["attempt"], answer["by"], answer["amount_ore"]) == (1, by, 50_000)
    assert (begun.is_deposit, begun.lines, held) == (True, (), 0)
    assert paid == {"ok": True, "receipt": 1, "balance_ore": 50_000}
    taken, ended = counter.events()[-2:]
    assert isinstance(taken, DepositTaken)
    assert isinstance(ended, PaymentEnded)
    assert (taken.payments[0].reference, ended.outcome, ended.receipt) == ("123456", PaymentOutcome.PAID, 1)


def test_r52_a_deposit_that_was_left_open_is_registered_after_a_restart(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        begin_deposit(counter)

    with at_counter(tmp_path / "desk", opened=False) as counter:
        counter.at("2026-11-24T00:10")
        assert counter.refused("deposit", till="H", patient=ADULT, amount_ore=50_000, pay=[CASH]) == "LateClose"
        end(counter, "paid")

        assert counter.x()["deposits_ore"] == 50_000
    assert audit(tmp_path / "desk" / "H" / "journal.db").findings == []


def test_r52_a_visit_does_not_end_what_a_deposit_began(counter: Counter) -> None:
    begin_deposit(counter, ore=20_000)
    visit: dict[str, Any] = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]}
    assert counter.refused("sell", **visit) == "PaymentUnderWay"
    assert counter.refused("end_payment", till="H", outcome="paid", pay=[CASH]) == "Malformed"
    end(counter, "declined")

    begin(counter)

    assert counter.refused("deposit", till="H", patient=ADULT, amount_ore=20_000, pay=[CARD]) == "PaymentUnderWay"


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"by": "cash"}, "TenderNotOffered"),
        ({"amount_ore": 0}, "BadAmount"),
        ({"patient": {"id": "196101182803"}}, "NoName"),
    ],
)
def test_r52_what_a_deposit_would_refuse_is_refused_before_anybody_pays(
    counter: Counter, more: dict[str, Any], refused: str
) -> None:
    usual: dict[str, Any] = {"till": "H", "patient": ADULT, "amount_ore": 50_000, "by": "card"}

    assert counter.refused("begin_deposit", **{**usual, **more}) == refused


# ── money that goes back ─────────────────────────────────────────────────────────────────────────


WHY = {"till": "H", "receipt": 1, "reason": "Fel patient"}
SOME: dict[str, Any] = {**WHY, "lines": [{"line": 1, "amount_ore": 5_000}], "pay": [SWISH]}


def test_r52_a_void_by_card_is_on_record_before_the_money_goes_back(counter: Counter) -> None:
    counter.sell()
    before = counter.x()

    answer = counter.ok("begin_void", **WHY)
    begun, during = counter.register().open_payment, counter.x()
    voided = counter.ok("void", **WHY)

    returned, ended = counter.events()[-2:]
    assert (answer["by"], answer["amount_ore"], answer["returns"]) == ("card", 20_000, 1)
    assert begun is not None
    assert (begun.is_return, begun.is_deposit, during["q"]) == (True, False, before["q"])
    assert isinstance(returned, SaleVoided)
    assert isinstance(ended, PaymentEnded)
    assert (ended.outcome, ended.receipt) == (PaymentOutcome.PAID, voided["receipt"])
    assert counter.register().open_payment is None


def test_r52_a_repayment_that_was_left_open_is_told_of_after_a_restart(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell()
        counter.ok("sign_in", user="erilu", pin="234567")
        counter.ok("begin_refund", **{**SOME, "pay": [CARD]})

    with at_counter(tmp_path / "desk", opened=False) as counter:
        told = status(counter)["open_payment"]
        counter.at("2026-11-24T00:10")
        closed = counter.refused("close_session", till="H", pin="123456", counted_ore=counter.expected())
        paid = counter.refused("end_payment", till="H", outcome="paid")
        counter.ok("refund", **{**SOME, "pay": [CARD]})

        assert (told["returns"], told["amount_ore"], closed, paid) == (1, 5_000, "PaymentUnderWay", "Malformed")
        assert counter.register().open_payment is None
    assert audit(tmp_path / "desk" / "H" / "journal.db").findings == []


def test_r52_a_repayment_that_did_not_happen_frees_the_till_and_gives_nothing_back(counter: Counter) -> None:
    counter.sell()
    counter.ok("begin_void", **WHY)

    end(counter, "not-found")

    assert counter.register().receipts.sale(1).voided_by is None
    assert begin(counter)["attempt"] == 2


def test_r52_no_sale_and_no_other_return_ends_what_a_repayment_began(counter: Counter) -> None:
    counter.sell()
    counter.sell()
    counter.ok("begin_void", **WHY)
    visit: dict[str, Any] = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]}
    sold = counter.refused("sell", **visit)

    counter.ok("void", **{**WHY, "receipt": 2})

    begun = counter.register().open_payment
    assert sold == "PaymentUnderWay"
    assert begun is not None
    assert begun.returns == 1


def test_r52_what_goes_back_in_cash_has_no_beginning(counter: Counter) -> None:
    counter.sell(pay=CASH)

    assert counter.ok("begin_void", **WHY) == {"ok": True}
    assert counter.register().open_payment is None


def test_r52_what_the_repayment_would_refuse_is_refused_before_the_money_goes(counter: Counter) -> None:
    counter.sell()
    no_second, wrong_pin, other = (
        counter.refused("begin_refund", **SOME),
        counter.refused("begin_refund", **SOME, approved_by={"user": "erilu", "pin": "000000"}),
        counter.refused("begin_void", **{**WHY, "reason": ""}),
    )

    counter.ok("begin_refund", **SOME, approved_by={"user": "erilu", "pin": "234567"})

    assert (no_second, wrong_pin, other) == ("NeedsApproval", "WrongPin", "ReasonMissing")


# ── what else a payment that is begun must keep to ───────────────────────────────────────────────


def test_r51_what_was_asked_before_midnight_belongs_to_that_session(counter: Counter) -> None:
    begin(counter)
    counter.at("2026-11-24T00:05")
    new = counter.refused("sell", till="H", patient=OTHER, lines=[{"article": 1}], pay=[CASH])

    answer = end(counter, "paid")

    sold = counter.numbered()[-1]
    assert isinstance(sold, SaleRegistered)
    assert new == "LateClose"
    assert (answer["receipt"], sold.session, sold.visit_date.isoformat()) == (1, 1, "2026-11-23")
    assert counter.close(card_ore=20_000)["figures"]["difference_ore"] == {"cash": 0, "card": 0}


def test_r58_a_payment_of_a_protected_patient_is_named_nowhere_and_its_paper_not_offered(counter: Counter) -> None:
    begin(counter, patient=HIDDEN)
    end(counter, "paid")

    begun, _, ended = counter.events()[-3:]
    assert isinstance(begun, PaymentBegun)
    assert isinstance(ended, PaymentEnded)
    assert {begun.patient.name, ended.patient.name} == {"SKYDDADE PERSONUPPGIFTER"}
    assert "unprinted" not in status(counter)
    assert "file" not in counter.ok("print_receipt", till="H", receipt=1)


def test_r43_practice_has_payments_of_its_own_and_no_paper(counter: Counter) -> None:
    counter.sell()
    counter.ok("training", till="H", on=True)

    begin(counter)

    assert counter.refused("print_receipt", till="H", receipt=1) == "InTraining"
    assert status(counter)["open_payment"]["attempt"] == 1
    assert counter.register().open_payment is None
