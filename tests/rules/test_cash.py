"""The drawer: opened, counted, emptied, closed; every krona has a reason (R44, R48–R50, R52, R53, R55)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kassaapp.domain.events import CashTakenOut
from kassaapp.printout import day_report, slip
from tests.rules.counter import ADULT, BOSS, CARD, CASH, SWISH, Counter, Edit, article

CLOSE: dict[str, Any] = {"till": "H", "pin": "123456"}


# ── R44, R48–R50, R52 ────────────────────────────────────────────────────────────────────────────


def test_r44_the_drawer_opened_without_a_sale_is_counted_with_who_and_why(counter: Counter) -> None:
    counter.ok("open_drawer", till="H", reason="Växla en femhundring")
    counter.sell(pay=CASH)
    counter.ok("open_drawer", till="H", reason="Kvitto i lådan")
    for reason in (None, "", "   "):
        given = {} if reason is None else {"reason": reason}
        assert counter.refused("open_drawer", till="H", **given) == "ReasonMissing"

    assert counter.close()["figures"]["m"] == 2
    assert [row["user"] for row in counter.rows(kind="drawer")] == ["anber", "anber"]


def test_r48_what_should_be_in_the_drawer_is_the_formula(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 3}], pay=CASH)
    counter.refund(1, 20_000, CASH)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.ok("cash_out", till="H", amount_ore=50_000, kind="bank", reference="Påse 17", second="Erik Lund")

    assert counter.expected() == 100_000
    figures = counter.ok("close_session", **CLOSE, counted_ore=98_000, reason="Fel växel")["figures"]

    assert figures["expected_ore"]["cash"] == 100_000
    assert figures["difference_ore"]["cash"] == -2_000


def test_r48_every_tender_has_its_own_sum(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.sell(pay=SWISH)
    counter.sell(pay=[{**CARD, "amount_ore": 15_000}, {**CASH, "amount_ore": 5_000}])
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=1_000, pay=[SWISH])
    counter.refund(3, 5_000, CARD)

    figures = counter.close(card_ore=10_000, swish_ore=21_000)["figures"]

    assert figures["expected_ore"] == {"card": 10_000, "cash": 125_000, "swish": 21_000}
    assert figures["difference_ore"] == {"card": 0, "cash": 0, "swish": 0}


def test_r49_a_difference_has_a_reason_and_never_stops_the_day(counter: Counter) -> None:
    counter.sell(pay=CASH)
    for reason in ({}, {"reason": ""}, {"reason": "  "}):
        assert counter.refused("close_session", **CLOSE, counted_ore=118_000, **reason) == "ReasonMissing"

    closed = counter.ok("close_session", **CLOSE, counted_ore=118_000, reason="Fel växel")

    assert closed["figures"]["difference_ore"] == {"cash": -2_000}
    event = counter.desk.history("H").closings()[0].event
    assert (event.reason, event.left_ore, event.by) == ("Fel växel", 118_000, "anber")
    assert "Orsak till skillnaden: Fel växel" in z_of(counter)


def test_r49_a_large_difference_has_two_people(counter: Counter) -> None:
    short = {**CLOSE, "counted_ore": 49_999, "reason": "Pengar saknas"}
    assert counter.refused("close_session", **short) == "NeedsApproval"
    own = {"user": "anber", "pin": "123456"}
    assert counter.refused("close_session", **short, second=own) == "SelfApproval"
    assert counter.refused("close_session", **short, second={**BOSS, "pin": "111111"}) == "WrongPin"
    assert counter.refused("close_session", **short, second={"user": "revis", "pin": "345678"}) == "NotAllowed"

    counter.ok("close_session", **short, second=BOSS)

    assert counter.desk.history("H").closings()[0].event.second == "erilu"


def test_r49_at_the_limit_one_person_is_enough(counter: Counter) -> None:
    counter.ok("close_session", **CLOSE, counted_ore=50_000, reason="Pengar saknas")


def z_of(counter: Counter) -> str:
    """The newest Z as one line of text."""
    closed = counter.desk.history("H").closings()[-1]
    register = counter.register()
    z = day_report.z_report(closed.event, register.configuration, register.till, closed.hash)
    return " ".join(" ".join(slip.lines(z)).split())


def test_r50_a_close_is_signed_and_unsigned_it_is_none(counter: Counter) -> None:
    assert counter.refused("close_session", till="H", counted_ore=100_000, pin="000000") == "WrongPin"
    assert counter.refused("close_session", till="H", counted_ore=100_000) == "Malformed"
    assert counter.register().state.session is not None

    counter.close()

    text = z_of(counter)
    assert "Signerad med pinkod av Anna Berg (anber)." in text
    assert "Underskrift" in text
    assert "Stängd 2026-11-23 07:42 av Anna Berg (anber)" in text


def test_r50_a_count_in_between_is_recorded_and_changes_nothing(counter: Counter) -> None:
    counter.sell(pay=CASH)
    before, records = counter.figures(), counter.desk.records("H")

    assert counter.ok("count", till="H", counted_ore=119_000)["difference_ore"] == -1_000
    assert counter.refused("count", till="H", counted_ore=-1) == "BadAmount"

    assert counter.desk.records("H") == records + 1
    assert replace(counter.figures(), counts=()) == before
    assert counter.register().state.session is not None


def test_r50_a_count_by_denomination_is_kept_as_it_was_made(counter: Counter) -> None:
    counter.sell(pay=CASH)
    pieces = {"50000": 2, "10000": 1, "5000": 2, "2000": 0}

    counter.ok("close_session", **CLOSE, denominations=pieces)

    event = counter.desk.history("H").closings()[0].event
    assert (event.left_ore, event.denominations) == (120_000, pieces)


@pytest.mark.parametrize(
    "pieces",
    [
        {"50000": 2, "050000": 1},
        {"5_0000": 2},
        {" 50000 ": 2},
        {"-50000": 2},
        {"50000": -2},
        {"0": 100},
        {"50000": 2.0},
        {"": 1},
        {"٥٠٠٠٠": 2},
    ],
)
def test_r50_a_denomination_is_written_in_one_way(counter: Counter, pieces: dict[str, Any]) -> None:
    given = {**CLOSE, "denominations": pieces, "reason": "Fel växel", "second": BOSS}

    assert counter.refused("close_session", **given) in ("Malformed", "BadAmount")


def test_r52_the_terminals_list_is_compared_and_a_difference_explained(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 10}], pay=CARD)
    given = {**CLOSE, "counted_ore": 100_000, "card_ore": 180_000}
    assert counter.refused("close_session", **given) == "ReasonMissing"

    figures = counter.ok("close_session", **given, reason="Avbrutet köp i terminalen")["figures"]

    assert figures["expected_ore"]["card"] == 200_000
    assert figures["difference_ore"] == {"card": -20_000, "cash": 0}


def test_r52_differences_do_not_cancel_each_other(counter: Counter) -> None:
    counter.sell(pay=CASH)
    given = {**CLOSE, "counted_ore": 100_000, "card_ore": 20_000}

    assert counter.refused("close_session", **given) == "ReasonMissing"


# ── R53 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r53_cash_to_the_bank_has_a_bag_and_two_names(counter: Counter) -> None:
    out: dict[str, Any] = {"till": "H", "amount_ore": 50_000, "kind": "bank"}
    assert counter.refused("cash_out", **out, reference="Påse 17") == "NeedsApproval"
    assert counter.refused("cash_out", **out, reference="Påse 17", second="  ") == "NeedsApproval"
    assert counter.refused("cash_out", **out, second="Erik Lund") == "ReferenceMissing"
    assert counter.refused("cash_out", **{**out, "amount_ore": 0}, reference="P", second="E") == "BadAmount"
    assert counter.refused("cash_out", **{**out, "amount_ore": -1}, reference="P", second="E") == "BadAmount"
    assert counter.refused("cash_out", **{**out, "amount_ore": 100_001}, reference="P", second="E") == "NotEnoughCash"
    assert counter.refused("cash_out", **out, reference="P", second={**BOSS, "pin": "000000"}) == "WrongPin"

    counter.ok("cash_out", **out, reference="Påse 17", second="Erik Lund")
    counter.ok("cash_out", **out, reference="Påse 18", second=BOSS)

    first, second = (event for event in counter.events() if isinstance(event, CashTakenOut))
    assert (first.by, first.second, first.reference, first.at.isoformat()[:10]) == (
        "anber",
        "Erik Lund",
        "Påse 17",
        "2026-11-23",
    )
    assert second.second == "erilu"
    assert counter.expected() == 0


@pytest.mark.parametrize(
    "second", ["anber", " anber ", "ANBER", "Anna Berg", "anna  berg", {"user": "anber", "pin": "123456"}]
)
def test_r53_the_second_name_is_not_the_first(counter: Counter, second: Any) -> None:
    out = {"till": "H", "amount_ore": 50_000, "kind": "bank", "reference": "Påse 17"}

    assert counter.refused("cash_out", **out, second=second) == "SelfApproval"


def test_r53_an_expense_has_a_receipt_number_and_one_name(counter: Counter) -> None:
    counter.ok("cash_out", till="H", amount_ore=4_500, kind="expense", reference="Ica 4711")

    assert counter.expected() == 95_500
    assert counter.x()["cash_out_ore"] == 4_500


# ── R55 ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("price_ore", "cash_ore"), [(68_750, 68_800), (1_249, 1_200), (1_250, 1_300), (1_299, 1_300), (49, 0), (50, 100)]
)
def test_r55_only_cash_is_rounded_on_the_total(
    counter_with: Callable[[Edit], Counter], price_ore: int, cash_ore: int
) -> None:
    counter = counter_with(lambda made: article(made, 101).update(price_ore=price_ore))

    cash = counter.sell(101, CASH, "E")
    card = counter.sell(101, CARD, "E")

    assert (cash["to_pay_ore"], cash["rounding_ore"]) == (cash_ore, cash_ore - price_ore)
    assert (card["to_pay_ore"], card["rounding_ore"]) == (price_ore, 0)
    assert cash["vat"] == card["vat"]
    assert "Öresavrundning" in counter.paper(1, "E")
    assert "Öresavrundning" not in counter.paper(2, "E")
    figures = counter.x("E")
    assert (figures["f"], figures["rounding_ore"]) == (2 * price_ore, cash_ore - price_ore)
    assert sum(figures["p"].values()) == figures["f"] + figures["rounding_ore"]


def test_r55_rows_are_never_rounded_only_their_sum(counter: Counter) -> None:
    sold = counter.sell(till="E", lines=[{"article": 104, "quantity": 3}, {"article": 103}], pay=CASH)

    assert (sold["total_ore"], sold["to_pay_ore"], sold["rounding_ore"]) == (48_035, 48_000, -35)


def test_r55_of_a_split_payment_only_the_cash_is_rounded(counter: Counter) -> None:
    pay = [{**CARD, "amount_ore": 2_000}, {**CASH, "amount_ore": 2_995, "given_ore": 5_000}]

    sold = counter.sell(104, pay, "E")

    assert (sold["to_pay_ore"], sold["rounding_ore"], sold["change_ore"]) == (5_000, 5, 2_000)
