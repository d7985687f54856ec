"""What is sold and where: one till a basket, the region's prices by the visit's day (R14–R19, R21, R38–R40)."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp import acts
from kassaapp.domain.events import ReceiptPrinted, SaleRegistered
from kassaapp.verify.audit import audit
from tests.rules.counter import (
    ADULT,
    BOSS,
    CARD,
    CASH,
    ON_ACCOUNT,
    Counter,
    Edit,
    at_counter,
    demo_document,
)

# ── R14–R16: two tills that never mix ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("till", ["H", "E"])
def test_r14_one_basket_is_of_one_till_and_of_one_sign(counter: Counter, till: str) -> None:
    basket: dict[str, Any] = {"till": till, "patient": ADULT, "pay": [CARD]}

    assert counter.refused("sell", **basket, lines=[{"article": 1}, {"article": 101}]) == "MixedBasket"
    own = 1 if till == "H" else 101
    for quantity in (-1, 0, 1000):
        lines = [{"article": own}, {"article": own, "quantity": quantity}]
        assert counter.refused("sell", **basket, lines=lines) == "BadQuantity"


def test_r15_no_till_sells_the_articles_of_the_other(counter: Counter) -> None:
    by_till: dict[str, set[int]] = {"H": set(), "E": set()}
    for row in demo_document()["articles"]:
        by_till[row["till"]].add(row["number"])

    for till, others in (("H", by_till["E"]), ("E", by_till["H"])):
        sale: dict[str, Any] = {"till": till, "patient": ADULT, "pay": [CARD]}
        answers = {counter.refused("sell", **sale, lines=[{"article": other}]) for other in others}
        assert answers == {"WrongTill"}


def test_r15_the_tills_share_no_number_no_session_no_money_and_no_memory(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.sell(pay=CASH)
    e_before = counter.heads()["E"]
    assert counter.sell(101, CASH, "E")["receipt"] == 1
    h_before = counter.heads()["H"]

    e_figures = counter.close("E")["figures"]

    assert e_before[0] + 2 == counter.heads()["E"][0]
    assert counter.heads()["H"] == h_before
    assert (e_figures["c"], e_figures["f"], e_figures["u"], e_figures["l"]) == (1, 68_800, 68_800, 1)
    assert counter.x("H")["f"] == 40_000
    assert [row["amount_ore"] for row in counter.rows("H", kind="sale")] == [20_000, 20_000]
    assert [row["amount_ore"] for row in counter.rows("E", kind="sale")] == [68_800]
    assert counter.rows("H", amount_ore=68_800) == []
    assert counter.refused("receipt", till="E", receipt=2) == "UnknownReceipt"


def test_r15_each_till_has_its_own_file_key_and_chain(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        h, e = counter.journal("H"), counter.journal("E")
        assert h.enrolment.chain != e.enrolment.chain
        assert h.signer.public_key != e.signer.public_key
        assert {h.hash_of(seq) for seq in range(h.count())}.isdisjoint(e.hash_of(seq) for seq in range(e.count()))

    reports = [audit(tmp_path / "desk" / till / "journal.db") for till in ("H", "E")]
    assert [report.register for report in reports] == ["R0417H", "R0417E"]
    assert [report.findings for report in reports] == [[], []]


def test_r15_what_stands_a_conto_at_one_till_is_nothing_at_the_other(counter: Counter) -> None:
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=100_000, pay=[CASH])

    assert counter.ok("balance", till="E", patient=ADULT)["balance_ore"] == 0
    sale = {"till": "E", "patient": ADULT, "lines": [{"article": 101}], "pay": [ON_ACCOUNT]}
    assert counter.refused("sell", **sale) == "BalanceTooLow"


def test_r16_every_paper_names_its_till(counter: Counter) -> None:
    counter.sell()
    counter.sell(101, CARD, "E")
    counter.refund(1, 10_000)

    papers = {till: [counter.paper(number, till) for number in (1, 2) if till == "H" or number == 1] for till in "HE"}

    assert all("Kassa R0417H, Hälsovalskassan 1" in text for text in papers["H"])
    assert all("Kassa R0417E, Egenförvaltad kassa 1" in text for text in papers["E"])


def test_r16_x_and_z_name_their_till(counter: Counter) -> None:
    from kassaapp.printout import day_report, slip

    register = counter.register("E")
    session = register.state.session
    assert session is not None
    x = day_report.x_report(session, register.configuration, register.till, at=register.now(), by="anber")
    counter.close("E")
    closed = counter.desk.history("E").closings()[0]
    z = day_report.z_report(closed.event, register.configuration, register.till, closed.hash)

    for paper in (x, z):
        assert "Kassa R0417E, Egenförvaltad kassa 1" in "\n".join(slip.lines(paper))


# ── R18, R19, R21: the region's price, on the day of the visit ───────────────────────────────────


@pytest.mark.parametrize(
    "more", ['"price_ore":1', '"amount_ore":1', '"text":"Rabatt"', '"vat":"25"', '"discount_ore":100', '"quantity":0.5']
)
def test_r18_nobody_at_the_clinic_sets_a_price_or_a_text(counter: Counter, more: str) -> None:
    before = counter.heads()
    head = '{"do":"sell","till":"H","patient":{"id":"196101182803","name":"Test"},'
    line = f'{head}"lines":[{{"article":1,{more}}}],"pay":[{{"by":"card"}}]}}'

    answer = json.loads(next(iter(acts.perform_all(counter.desk, [line]))))

    assert answer["malformed"]
    assert counter.heads() == before


def test_r18_what_is_sold_has_the_lists_text_and_price(counter: Counter) -> None:
    counter.sell(3)

    sold = counter.events()[-1]

    assert isinstance(sold, SaleRegistered)
    assert [(line.article, line.text, line.price_ore) for line in sold.lines] == [(3, "Fysioterapeut", 20_000)]


@pytest.mark.parametrize(("visit", "price_ore"), [("2026-12-31", 20_000), ("2027-01-01", 25_000)])
def test_r19_the_price_is_that_of_the_visit_and_not_of_the_payment(
    counter: Counter, visit: str, price_ore: int
) -> None:
    counter.close()
    counter.at("2027-01-02T08:00")
    counter.ok("open_session", till="H", counted_ore=100_000)

    assert counter.sell(visit_date=visit)["total_ore"] == price_ore
    assert "Besöksdatum" in counter.paper(1)
    assert visit in counter.paper(1)


def test_r19_a_day_without_a_price_is_refused(counter: Counter) -> None:
    sale: dict[str, Any] = {"till": "H", "patient": ADULT, "lines": [{"article": 1}], "pay": [CARD]}

    assert counter.refused("sell", **sale, visit_date="2024-12-31") == "UnknownArticle"


def test_r19_a_vat_rate_is_dated_too(counter_with: Callable[[Edit], Counter]) -> None:
    def cheaper_books(made: dict[str, Any]) -> None:
        book = next(row for row in made["articles"] if row["number"] == 105)
        made["articles"].append({**book, "vat": "25", "valid_from": "2026-11-01"})
        book["valid_to"] = "2026-10-31"

    counter = counter_with(cheaper_books)

    assert counter.sell(105, CARD, "E", visit_date="2026-10-31")["vat"] == {"6": 679}
    assert counter.sell(105, CARD, "E", visit_date="2026-11-01")["vat"] == {"25": 2_400}


def test_r19_a_visit_more_than_a_year_ahead_is_a_slip_of_the_finger(counter: Counter) -> None:
    for visit in ("2027-11-25", "2050-01-01", "9999-12-31"):
        patient = {**ADULT, "paid_in_window_ore": 0, "window_from": visit}
        basket: dict[str, Any] = {"till": "H", "patient": patient, "lines": [{"article": 3}], "visit_date": visit}
        assert counter.refused("quote", **basket) == "VisitTooFarAhead"
        assert counter.refused("sell", **basket, pay=[CARD]) == "VisitTooFarAhead"

    assert counter.sell(3, visit_date="2027-11-24")["total_ore"] == 20_000


def test_r21_a_free_visit_has_its_own_receipt_a_reason_and_a_count_of_its_own(counter: Counter) -> None:
    counter.sell()
    nurse = counter.sell(2, pay=[])

    assert (nurse["receipt"], nurse["total_ore"], nurse["lines"][0]["reason"]) == (2, 0, "free_visit")
    assert counter.rows(kind="sale", amount_ore=0)[0]["receipt"] == 2
    figures = counter.close()["figures"]
    assert (figures["l"], figures["zero_registrations"]) == (2, {"free_visit": 1})
    assert "Avgiftsfritt besök" in counter.paper(2)


def test_r21_a_free_visit_takes_no_money(counter: Counter) -> None:
    pay = [{"by": "cash", "amount_ore": 100}]

    answer = counter.refused("sell", till="H", patient=ADULT, lines=[{"article": 2}], pay=pay)

    assert answer == "PaymentDoesNotAddUp"


# ── R38–R40: the receipt ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("field", ["company", "organisation_number", "address", "exemption"])
def test_r38_no_session_without_what_must_stand_on_every_receipt(
    counter_with: Callable[[Edit], Counter], field: str
) -> None:
    def forget(made: dict[str, Any]) -> None:
        made["clinic"]["exemption_until"] = "2029-12-31"
        made["clinic"][field] = " "

    with pytest.raises(AssertionError, match="NotReady"):
        counter_with(forget)


def test_r38_a_receipt_has_all_of_a_to_l(counter: Counter) -> None:
    counter.sell(lines=[{"article": 101}, {"article": 105, "quantity": 2}], till="E", pay=[CASH])

    text = counter.paper(1, "E")

    for letter, said in {
        "a": ("Ekbacken Vård AB", "Org.nr 556016-0680"),
        "b": ("Ekvägen 1, 123 45 Demostad",),
        "c": ("2026-11-23 07:42",),
        "d": ("R0417E-1",),
        "e": ("Kassa R0417E",),
        "f g": ("1 st Körkortsintyg", "2 st Egenvårdsbok"),
        "h": ("688,00", "240,00", "928,00 kr"),
        "i": ("151,18",),
        "j": ("25 %", "137,60", "6 %", "13,58"),
        "k": ("Kontant",),
        "l": ("Undantag Skatteverket dnr DEMO-1",),
    }.items():
        for part in said:
            assert part in text, f"{letter}: {part}"


def test_r38_exempt_care_shows_no_vat(counter: Counter) -> None:
    counter.sell()

    assert "oms" not in counter.paper(1)


def test_r39_receipt_numbers_are_one_series_over_every_kind_of_slip(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.refused("sell", till="H", patient=ADULT, lines=[{"article": 1}], pay=[])
    counter.refund(1, 5_000, CASH)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
    counter.sell(2, pay=[])
    counter.ok("correct_tender", till="H", receipt=counter.sell()["receipt"], by="swish", reason="Fel knapp")
    counter.ok("repay", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH], reason="Flyttar", approved_by=BOSS)

    numbers = [event.receipt for event in counter.numbered()]

    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.slow
def test_r39_a_till_that_is_killed_again_and_again_skips_no_number(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.days.kills", str(tmp_path), "20", "39"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    outcome = json.loads(ended.stdout)
    assert (outcome["lost"], outcome["findings"]) == ([], [])
    assert outcome["held"] >= outcome["acknowledged"] > 0


def test_r40_the_sale_is_the_receipt_and_a_late_print_is_still_the_original(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:  # The printer's cable is out.
        counter.sell()
        assert counter.register().receipts.sale(1).printed is False
        text = counter.paper(1)
        assert "KOPIA" not in text

    with at_counter(tmp_path / "desk", opened=False) as counter:
        assert counter.register().receipts.sale(1).printed is False
        assert counter.paper(1) == text
        counter.register().printed(1)
        assert counter.register().receipts.sale(1).printed is True
        printed = counter.events()[-1]
        assert isinstance(printed, ReceiptPrinted)
        assert (printed.receipt, printed.copy) == (1, False)
        counter.ok("copy_receipt", till="H", receipt=1)


def test_r40_an_original_is_recorded_once(counter: Counter) -> None:
    counter.sell()
    counter.register().printed(1)
    records = counter.desk.records("H")

    counter.register().printed(1)

    assert counter.desk.records("H") == records


def test_r40_an_original_is_the_same_whatever_the_region_changes_later(counter: Counter) -> None:
    counter.sell(101, CARD, "E")
    original = counter.paper(1, "E")
    register = counter.register("E")
    clinic = replace(register.configuration.clinic, name="Nya Kliniken", address="Nygatan 9")

    register.take_configuration(replace(register.configuration, number=1, clinic=clinic))

    assert counter.paper(1, "E") == original


# ── What the headless till must survive ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "pay"),
    [
        ({}, {"by": "card", "reference": "x" * 70_000}),
        ({"category_reference": "x" * 70_000, "category": "eu"}, {"by": "card"}),
        ({"address": "x" * 70_000}, {"by": "card"}),
    ],
    ids=["reference", "card number", "address"],
)
def test_r40_a_text_without_end_never_stops_the_till(
    counter: Counter, more: dict[str, Any], pay: dict[str, Any]
) -> None:
    answer = counter.ask("sell", till="H", patient={**ADULT, **more}, lines=[{"article": 1}], pay=[pay])

    assert isinstance(answer["ok"], bool)
    assert counter.sell()["receipt"] == (2 if answer["ok"] else 1)


def test_r40_a_basket_without_end_never_stops_the_till(counter: Counter) -> None:
    assert counter.ask("sell", till="H", patient=ADULT, lines=[{"article": 2}] * 2_000, pay=[])["ok"] is False
    assert counter.sell()["receipt"] == 1


@pytest.mark.parametrize("given_ore", [2**53 - 1, 10_000_000_001])
def test_r40_nobody_hands_over_more_than_there_is(counter: Counter, given_ore: int) -> None:
    pay = [{**CASH, "given_ore": given_ore}]

    assert counter.refused("sell", till="H", patient=ADULT, lines=[{"article": 1}], pay=pay) == "BadAmount"
