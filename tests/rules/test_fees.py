"""What a visit costs and whom: age, frikort and ceiling, missed visits, categories, invoices (R22–R33)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kassaapp.domain import fees
from kassaapp.domain.events import SaleRegistered
from tests.rules.counter import (
    ADULT,
    CARD,
    CASH,
    CHILD,
    HIDDEN,
    INVOICE,
    OLD,
    TWENTY,
    Answer,
    Counter,
    Edit,
    article,
)

EditedCounter = Callable[[Edit], Counter]


def quoted(counter: Counter, patient: dict[str, Any], number: int, till: str = "H", **more: Any) -> Answer:
    """A quote of one article."""
    return counter.ok("quote", till=till, patient=patient, lines=[{"article": number}], **more)


def cost(
    counter: Counter, patient: dict[str, Any], number: int, till: str = "H", **more: Any
) -> tuple[int, str | None]:
    """What one article costs the patient, and why."""
    (line,) = quoted(counter, patient, number, till, **more)["lines"]
    return line["amount_ore"], line.get("reason")


def later(counter: Counter, moment: str) -> None:
    """Another day: yesterday's session is closed and a new one opened."""
    counter.close()
    counter.at(moment)
    counter.ok("open_session", till="H", counted_ore=counter.register().state.left_ore)


# ── R22–R24 ──────────────────────────────────────────────────────────────────────────────────────


def test_r22_under_twenty_on_the_day_of_the_visit_is_free(counter: Counter) -> None:
    assert cost(counter, TWENTY, 1, visit_date="2025-12-30") == (0, "under_age")
    assert cost(counter, TWENTY, 1, visit_date="2025-12-31") == (20_000, None)
    assert cost(counter, TWENTY, 5, visit_date="2025-12-30") == (0, "missed_under_age")
    assert cost(counter, TWENTY, 5, visit_date="2025-12-31") == (40_000, "missed_visit")


@pytest.mark.parametrize(("number", "price_ore"), [(101, 68_800), (103, 33_050)])
def test_r22_certificates_and_vaccination_cost_the_young_the_same(
    counter: Counter, number: int, price_ore: int
) -> None:
    assert cost(counter, TWENTY, number, "E", visit_date="2025-12-30") == (price_ore, None)


def test_r23_from_eighty_five_on_the_day_of_the_visit_is_free(counter: Counter) -> None:
    later(counter, "2027-01-20T08:00")

    assert cost(counter, OLD, 3, visit_date="2027-01-18") == (20_000, None)
    assert cost(counter, OLD, 3, visit_date="2027-01-19") == (0, "over_age")


def test_r24_a_frikort_is_valid_to_its_last_day_and_for_care_only(counter: Counter) -> None:
    holder = {**ADULT, "frikort_until": "2026-10-12"}

    assert cost(counter, holder, 1, visit_date="2026-10-12") == (0, "frikort")
    assert cost(counter, holder, 1, visit_date="2026-10-13") == (20_000, None)
    assert cost(counter, holder, 5, visit_date="2026-10-12") == (40_000, "missed_visit")
    assert cost(counter, holder, 101, "E", visit_date="2026-10-12") == (68_800, None)
    assert cost(counter, holder, 103, "E", visit_date="2026-10-12") == (33_050, None)


def test_r24_the_receipt_says_how_long_the_frikort_lasts(counter: Counter) -> None:
    counter.sell(patient={**ADULT, "frikort_until": "2027-03-09"}, pay=[])

    assert "Frikort t.o.m. 2027-03-09" in counter.paper(1)


# ── R25–R27 ──────────────────────────────────────────────────────────────────────────────────────


def test_r25_the_last_fee_is_what_is_left_to_the_ceiling(counter: Counter) -> None:
    near = {**ADULT, "paid_in_window_ore": 135_000, "window_from": "2026-03-10"}

    sold = counter.sell(patient=near)

    assert (sold["total_ore"], sold["counts_ore"], sold["frikort_reached"]) == (10_000, 10_000, True)
    assert sold["lines"][0]["reason"] == "ceiling_part"
    assert "Högkostnadsskyddet är nått" in counter.paper(1)


def test_r25_the_ceiling_is_one_for_the_whole_basket(counter: Counter) -> None:
    near = {**ADULT, "paid_in_window_ore": 115_000, "window_from": "2026-03-10"}

    basket = counter.ok("quote", till="H", patient=near, lines=[{"article": 1}, {"article": 3}, {"article": 4}])

    assert [line["amount_ore"] for line in basket["lines"]] == [20_000, 10_000, 0]
    assert [line.get("reason") for line in basket["lines"]] == [None, "ceiling_part", "ceiling_reached"]
    assert (basket["counts_ore"], basket["frikort_reached"]) == (30_000, True)


@pytest.mark.parametrize(("paid_ore", "due_ore", "reached"), [(125_000, 20_000, True), (124_999, 20_000, False)])
def test_r25_the_ceiling_is_reached_exactly(counter: Counter, paid_ore: int, due_ore: int, reached: bool) -> None:
    near = {**ADULT, "paid_in_window_ore": paid_ore, "window_from": "2026-03-10"}

    answer = quoted(counter, near, 1)

    assert (answer["total_ore"], answer["frikort_reached"]) == (due_ore, reached)


def test_r25_nobody_has_paid_less_than_nothing(counter: Counter) -> None:
    sale: dict[str, Any] = {"till": "H", "lines": [{"article": 1}], "pay": [CARD]}

    assert counter.refused("sell", **sale, patient={**ADULT, "paid_in_window_ore": -100}) == "BadAmount"


def test_r26_the_window_ends_the_day_before_the_same_date(counter: Counter) -> None:
    near = {**ADULT, "paid_in_window_ore": 145_000, "window_from": "2026-03-10"}
    later(counter, "2027-03-10T08:00")

    assert fees.window_end(date(2026, 3, 10), 12) == date(2027, 3, 9)
    assert cost(counter, near, 3, visit_date="2027-03-09") == (0, "ceiling_reached")
    assert cost(counter, near, 3, visit_date="2027-03-10") == (20_000, None)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 3, 1), date(2024, 2, 29)),
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2027, 12, 30)),
    ],
)
def test_r26_a_window_is_a_year_also_over_a_leap_day(first: date, last: date) -> None:
    assert fees.window_end(first, 12) == last


@pytest.mark.parametrize(("price_base", "ceiling"), [(57_300, 1_400), (58_800, 1_450), (59_200, 1_450)])
def test_r27_the_ceiling_follows_from_the_price_base_amount(price_base: int, ceiling: int) -> None:
    assert fees.ceiling_of(price_base * 100) == ceiling * 100


def test_r27_the_ceiling_in_force_is_the_configurations(counter_with: EditedCounter) -> None:
    counter = counter_with(lambda made: made["fees"].update(frikort_ceiling_ore=140_000))

    answer = quoted(counter, {**ADULT, "paid_in_window_ore": 135_000}, 1)

    assert (answer["total_ore"], answer["frikort_reached"]) == (5_000, True)


# ── R28–R30: missed visits and invoices ──────────────────────────────────────────────────────────


def test_r28_a_missed_visit_costs_despite_frikort_counts_nothing_and_has_no_invoice_fee(counter: Counter) -> None:
    holder = {**ADULT, "frikort_until": "2027-03-09", "paid_in_window_ore": 145_000, "window_from": "2026-03-10"}

    doctor = counter.sell(5, INVOICE, patient=holder)
    nurse = counter.sell(6, INVOICE, patient=holder)

    assert (doctor["total_ore"], doctor["counts_ore"], len(doctor["lines"])) == (40_000, 0, 1)
    assert (nurse["total_ore"], nurse["counts_ore"], len(nurse["lines"])) == (30_000, 0, 1)
    assert "Räknas inte mot högkostnadsskyddet" in counter.paper(1)


def test_r29_a_protected_patient_is_not_charged_for_not_coming_before_somebody_has_thought(counter: Counter) -> None:
    sale: dict[str, Any] = {"till": "H", "patient": HIDDEN, "lines": [{"article": 5}], "pay": [CARD]}

    assert counter.refused("sell", **sale) == "Protected"
    assert counter.refused("sell", **sale, acknowledged=False) == "Protected"
    assert counter.ok("sell", **sale, acknowledged=True)["total_ore"] == 40_000


def test_r30_the_fee_for_an_invoice_is_added_only_when_the_patient_chose_it(counter: Counter) -> None:
    chosen = counter.sell(pay=INVOICE)
    unable = counter.sell(pay={**INVOICE, "could_not_pay": True})
    paid = counter.sell(pay=CARD)

    assert [sold["total_ore"] for sold in (chosen, unable, paid)] == [25_000, 20_000, 20_000]
    assert chosen["lines"][1]["reason"] == "invoice_fee"
    assert chosen["counts_ore"] == 20_000
    figures = counter.x()
    assert figures["p"] == {"card": 20_000, "invoice": 45_000}


def test_r30_what_may_not_be_invoiced_is_not(counter_with: EditedCounter) -> None:
    counter = counter_with(lambda made: article(made, 3).update(no_invoice=True))
    sale: dict[str, Any] = {"till": "H", "patient": ADULT, "pay": [INVOICE]}

    assert counter.refused("sell", **sale, lines=[{"article": 3}]) == "InvoiceNotAllowed"
    assert counter.refused("sell", **sale, lines=[{"article": 1}, {"article": 3}]) == "InvoiceNotAllowed"
    assert counter.sell(1, INVOICE)["total_ore"] == 25_000


def test_r30_vaccination_is_paid_at_once(counter: Counter) -> None:
    sale = {"till": "E", "patient": ADULT, "lines": [{"article": 103}], "pay": [INVOICE]}

    assert counter.refused("sell", **sale) == "InvoiceNotAllowed"


def test_r30_an_invoice_is_for_all_of_it(counter: Counter) -> None:
    half = {"amount_ore": 10_000}

    answer = counter.refused(
        "sell", till="H", patient=ADULT, lines=[{"article": 1}], pay=[{**INVOICE, **half}, {**CARD, **half}]
    )

    assert answer == "InvoiceNotAllowed"


def test_r30_a_free_visit_has_nothing_to_invoice(counter: Counter) -> None:
    assert counter.sell(2, INVOICE)["total_ore"] == 0


# ── R31–R33: who else pays ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("category", ["asylum", "undocumented"])
def test_r31_asylum_seekers_pay_their_own_fees_that_count_nothing(counter: Counter, category: str) -> None:
    seeker = {**ADULT, "category": category, "category_reference": "LMA 50-123456", "paid_in_window_ore": 144_000}

    assert cost(counter, seeker, 1) == (5_000, "asylum_fee")
    assert cost(counter, seeker, 3) == (2_500, "asylum_fee")
    assert cost(counter, seeker, 2) == (2_500, "asylum_fee")
    assert quoted(counter, seeker, 1)["counts_ore"] == 0
    assert quoted(counter, seeker, 1)["frikort_reached"] is False
    assert cost(counter, {**TWENTY, "category": category}, 1, visit_date="2025-12-30") == (0, "under_age")


def test_r31_the_price_list_decides_whether_a_nurse_costs_an_asylum_seeker(counter_with: EditedCounter) -> None:
    counter = counter_with(lambda made: article(made, 2).update(asylum_ore=0))

    assert cost(counter, {**ADULT, "category": "asylum"}, 2)[0] == 0


def test_r31_the_lma_number_is_on_record_and_on_the_receipt(counter: Counter) -> None:
    counter.sell(patient={**ADULT, "category": "asylum", "category_reference": "LMA 50-123456"})

    sold = counter.events()[-1]

    assert isinstance(sold, SaleRegistered)
    assert sold.patient.category_reference == "LMA 50-123456"
    assert "LMA 50-123456" in counter.paper(1)


def _full_costs(made: dict[str, Any]) -> None:
    for row in made["articles"]:
        if row["number"] in (1, 2):
            row["full_cost_ore"] = 190_500 if row["number"] == 1 else 77_700


def test_r32_from_outside_the_eu_and_from_within_it_without_a_card_is_full_cost(counter_with: EditedCounter) -> None:
    counter = counter_with(_full_costs)

    assert cost(counter, {**ADULT, "category": "outside_eu"}, 1) == (190_500, "full_cost")
    assert cost(counter, {**ADULT, "category": "outside_eu"}, 2) == (77_700, "full_cost")
    assert cost(counter, {**ADULT, "category": "eu"}, 1) == (190_500, "full_cost")
    assert cost(counter, {**ADULT, "category": "eu", "category_reference": "  "}, 1) == (190_500, "full_cost")
    with_card = {**ADULT, "category": "eu", "category_reference": "80752000123456789 DK 2027-05"}
    assert cost(counter, with_card, 1) == (20_000, None)
    assert cost(counter, {**ADULT, "category": "other_region"}, 1) == (20_000, None)


def test_r32_without_a_full_cost_in_the_list_nothing_is_guessed(counter: Counter) -> None:
    basket = {"till": "H", "patient": {**ADULT, "category": "outside_eu"}, "lines": [{"article": 1}]}

    assert counter.refused("quote", **basket) == "PriceMissing"


def _charge_children(made: dict[str, Any]) -> None:
    made["fees"]["free_under_age"] = 15


GUARDIAN = {"id": "196101182803", "name": "Vera Vårdnadshavare"}


def test_r33_a_childs_invoice_goes_to_a_guardian_who_is_on_record(counter_with: EditedCounter) -> None:
    counter = counter_with(_charge_children)
    invoice: dict[str, Any] = {"till": "H", "patient": CHILD, "lines": [{"article": 1}], "pay": [INVOICE]}
    assert counter.refused("sell", **invoice) == "PayerMissing"

    counter.ok("sell", **invoice, payer=GUARDIAN)
    counter.sell(patient=CHILD, pay=CARD)
    counter.sell(patient=CHILD, pay=CASH, payer=GUARDIAN)

    payers = [event.patient.payer for event in counter.events() if isinstance(event, SaleRegistered)]
    assert [None if payer is None else (payer.id.reveal(), payer.name) for payer in payers] == [
        ("196101182803", "Vera Vårdnadshavare"),
        None,
        ("196101182803", "Vera Vårdnadshavare"),
    ]
    assert counter.sell(2, INVOICE, patient=CHILD)["total_ore"] == 0


def test_r33_the_receipt_can_name_who_paid(counter_with: EditedCounter) -> None:
    counter = counter_with(_charge_children)

    counter.sell(patient=CHILD, pay=CASH, payer=GUARDIAN)

    assert "Vera Vårdnadshavare" in counter.paper(1)


@pytest.mark.parametrize(
    "payer",
    [
        {"id": "196101182803", "name": "  "},
        {"id": "196101182803", "name": "a" * 101},
        {"id": "196101182804", "name": "Fel Siffra"},
        {"id": CHILD["id"], "name": CHILD["name"]},
    ],
    ids=["blank", "long", "wrong number", "the child"],
)
def test_r33_a_payer_is_a_person_and_not_the_child(counter_with: EditedCounter, payer: dict[str, Any]) -> None:
    counter = counter_with(_charge_children)

    answer = counter.refused("sell", till="H", patient=CHILD, lines=[{"article": 1}], pay=[INVOICE], payer=payer)

    assert answer in ("NoName", "BadIdentity", "PayerMissing")
