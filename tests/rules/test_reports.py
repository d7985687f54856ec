"""X and Z: every figure of the regulation, from the records alone; one copy; large marks (R41, R42, R45–R47)."""

import io
import re
from pathlib import Path

import pypdf
import pytest

from kassaapp.domain.events import SaleRegistered, SessionClosed
from kassaapp.domain.state import fold
from kassaapp.printout import day_report, pdf, slip
from tests.rules.counter import ADULT, CARD, CASH, INVOICE, ON_ACCOUNT, OTHER, SWISH, Answer, Counter, at_counter


def a_mixed_day(counter: Counter) -> None:
    """Something of everything, at both tills."""
    counter.sell(lines=[{"article": 1}, {"article": 3}], pay=CASH)
    counter.sell(5, CARD)
    counter.sell(2, [])
    counter.sell(pay=INVOICE)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=50_000, pay=[CASH])
    counter.sell(pay=ON_ACCOUNT)
    counter.refund(1, 5_000, CASH)
    counter.ok("void", till="H", receipt=2, reason="Fel person")
    counter.ok("correct_tender", till="H", receipt=6, by="swish", reason="Fel knapp")
    counter.ok("change_float", till="H", amount_ore=10_000, reason="Mer växel")
    counter.ok("cash_out", till="H", amount_ore=30_000, kind="bank", reference="Påse 1", second="Erik Lund")
    counter.ok("open_drawer", till="H", reason="Växla")
    counter.ok("copy_receipt", till="H", receipt=1)
    counter.sell(till="E", lines=[{"article": 101}, {"article": 104, "quantity": 3}], pay=CASH)


# ── R41 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r41_a_receipt_has_one_copy_ever(counter: Counter) -> None:
    counter.sell()
    counter.sell(lines=[{"article": 1, "quantity": 2}])

    first = counter.ok("copy_receipt", till="H", receipt=1)["text"]

    assert "KOPIA" in first
    assert counter.refused("copy_receipt", till="H", receipt=1) == "CopyAlreadyMade"
    assert counter.refused("copy_receipt", till="H", receipt=3) == "UnknownReceipt"
    assert "KOPIA" not in counter.paper(1)
    counter.ok("copy_receipt", till="H", receipt=2)
    assert counter.close()["figures"]["n"] == {"count": 2, "ore": 60_000}


def test_r41_the_one_copy_is_one_also_another_day_and_after_a_restart(counter: Counter) -> None:
    counter.sell()
    counter.ok("copy_receipt", till="H", receipt=1)
    counter.close()
    folder = counter.desk.folder
    counter.desk.close()

    with at_counter(folder, opened=False) as again:
        again.ok("open_session", till="H", counted_ore=100_000)
        assert again.refused("copy_receipt", till="H", receipt=1) == "CopyAlreadyMade"


def test_r41_a_copy_is_the_original_and_the_word(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1}, {"article": 3}], pay=CASH)

    copied = counter.ok("copy_receipt", till="H", receipt=1)["text"]

    assert " ".join(copied.split()).replace("KOPIA ", "") == counter.paper(1)


# ── R42 ──────────────────────────────────────────────────────────────────────────────────────────


def sizes(made: slip.Slip) -> list[tuple[str, float]]:
    """Each piece of text in the slip's PDF, with its height in points."""
    found: list[tuple[str, float]] = []

    def visit(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append((text.strip(), size * abs(matrix[3])))

    page = pypdf.PdfReader(io.BytesIO(pdf.to_pdf(made))).pages[0]
    page.extract_text(visitor_text=visit)
    return found


def largest_amount(found: list[tuple[str, float]]) -> float:
    """The height of the largest amount on the paper."""
    return max(size for text, size in found if re.search(r"\d,\d\d", text))


def test_r42_kopia_is_at_least_twice_as_high_as_any_amount(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 500}])

    found = sizes(counter.desk.slip("H", 1, copy=True))

    marks = [size for text, size in found if text == "KOPIA"]
    assert marks
    assert min(marks) >= 2 * largest_amount(found) > 0


def test_r42_övning_is_at_least_twice_as_high_as_any_amount(counter: Counter) -> None:
    counter.ok("training", till="H", on=True)
    counter.sell()

    found = sizes(counter.desk.slip("H", 1))

    marks = [size for text, size in found if text == "ÖVNING"]
    assert marks
    assert min(marks) >= 2 * largest_amount(found) > 0


def test_r42_an_original_bears_no_mark(counter: Counter) -> None:
    counter.sell()

    said = [text for text, _ in sizes(counter.desk.slip("H", 1))]

    assert not {"KOPIA", "ÖVNING", "EJ KVITTO"}.intersection(said)


# ── R45 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r45_an_x_changes_nothing_and_has_no_number(counter: Counter) -> None:
    a_mixed_day(counter)

    first, second = counter.x(), counter.x()
    closed = counter.close()["figures"]

    assert first == second
    assert "c" not in first
    assert closed["c"] == 1
    letters = "fghijklmnopqrstuvw"
    assert {letter: first[letter] for letter in letters} == {letter: closed[letter] for letter in letters}
    assert [row["user"] for row in counter.rows(kind="x-report")] == ["anber", "anber"]


def test_r45_only_a_z_moves_the_z_number(counter: Counter) -> None:
    counter.x()
    assert counter.close()["z"] == 1
    counter.ok("open_session", till="H", counted_ore=100_000)
    counter.x()
    counter.x()

    assert counter.close()["z"] == 2


def test_r45_an_x_has_its_own_heading_and_does_not_tell_what_should_be_there(counter: Counter) -> None:
    counter.sell(pay=CASH)
    register, session = counter.register(), counter.register().state.session
    assert session is not None

    x = day_report.x_report(session, register.configuration, register.till, at=register.now(), by="anber")

    text = "\n".join(slip.lines(x))
    assert "X-DAGRAPPORT" in text
    assert "Z-nummer" not in text
    assert "Enligt kassan" not in text
    assert counter.x()["expected_ore"] == {}


# ── R46 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r46_every_figure_of_the_regulation_is_on_the_z_and_right(counter: Counter) -> None:
    a_mixed_day(counter)

    figures = counter.close(card_ore=0, swish_ore=20_000)["figures"]

    expected: Answer = {
        "c": 1,
        "f": 145_000,
        "g": {},
        "h": {"exempt": 145_000},
        "i": {"opening_ore": 100_000, "changes_ore": 10_000},
        "j": 0,
        "k": 8,
        "l": 6,
        "m": 1,
        "n": {"count": 1, "ore": 40_000},
        "o": {"count": 0, "ore": 0},
        "p": {"card": 40_000, "cash": 40_000, "invoice": 25_000, "on_account": 20_000, "swish": 20_000},
        "q": {"count": 2, "ore": 25_000},
        "r": {"count": 0, "ore": 0},
        "s": {"count": 1, "ore": 40_000},
        "t": {"count": 0, "ore": 0},
        "u": 145_000,
        "v": 65_000,
        "w": 80_000,
        "zero_registrations": {"free_visit": 1},
        "deposits_ore": 50_000,
        "deposits_used_ore": 20_000,
        "cash_out_ore": 30_000,
        "expected_ore": {"card": 0, "cash": 165_000, "swish": 20_000},
        "difference_ore": {"card": 0, "cash": 0, "swish": 0},
    }
    assert {name: figures[name] for name in expected} == expected
    assert sum(figures["p"].values()) == figures["f"] + figures["rounding_ore"]


def test_r46_the_z_of_the_own_till_tells_goods_services_and_vat_apart(counter: Counter) -> None:
    a_mixed_day(counter)

    figures = counter.close("E")["figures"]

    assert (figures["j"], figures["k"], figures["l"]) == (3, 1, 1)
    assert figures["h"] == {"25": 16_757}
    assert (figures["f"], figures["rounding_ore"], figures["p"]) == (83_785, 15, {"cash": 83_800})


def test_r46_goods_groups_add_up(counter: Counter) -> None:
    assert counter.x("E")["g"] == {}


def test_r46_the_z_paper_has_a_line_for_every_letter(counter: Counter) -> None:
    a_mixed_day(counter)
    counter.close()

    closed = counter.desk.history("H").closings()[0]
    register = counter.register()
    z = day_report.z_report(closed.event, register.configuration, register.till, closed.hash)
    text = "\n".join(slip.lines(z))

    for letter, said in {
        "a": "Org.nr 556016-0680",
        "b": "2026-11-23 07:42",
        "c": "Z-nummer",
        "d": "Z-DAGRAPPORT",
        "e": "R0417H",
        "f": "Total försäljning",
        "g": "Huvudgrupper används inte",
        "h": "Moms 25 %",
        "i": "Växelkassa vid öppning",
        "j": "Antal sålda varor",
        "k": "Antal sålda tjänster",
        "l": "Antal kassakvitton",
        "m": "Antal lådöppningar",
        "n": "Kvittokopior, 1 st",
        "o": "I övningsläge, 0 st",
        "p": "Försäljning per betalningsmedel",
        "q": "Returer, 2 st",
        "r": "Rabatter, 0 st",
        "s": "Makulerat",
        "t": "Oavslutade försäljningar",
        "u": "Grand total försäljning",
        "v": "Grand total retur",
        "w": "Grand total netto",
    }.items():
        assert said in text, f"{letter}: {said}"


def test_r46_a_sale_put_aside_and_never_made_is_counted(counter: Counter) -> None:
    counter.ok("park", till="H", patient=ADULT, lines=[{"article": 1}])
    counter.ok("park", till="H", patient=OTHER, lines=[{"article": 3}])
    assert counter.x()["t"] == {"count": 2, "ore": 40_000}
    assert counter.refused("close_session", till="H", counted_ore=100_000, pin="123456") == "ParkedSalesLeft"
    counter.ok("recall", till="H", parked=1)
    counter.sell()
    counter.ok("recall", till="H", parked=2)

    assert counter.close()["figures"]["t"] == {"count": 1, "ore": 20_000}


def test_r46_at_most_three_sales_are_put_aside_and_each_is_taken_up_once(counter: Counter) -> None:
    basket = {"till": "H", "patient": ADULT, "lines": [{"article": 1}]}
    numbers = [counter.ok("park", **basket)["parked"] for _ in range(3)]
    assert counter.refused("park", **basket) == "TooManyParked"

    counter.ok("recall", till="H", parked=numbers[0])

    assert counter.refused("recall", till="H", parked=numbers[0]) == "UnknownParked"
    assert counter.ok("park", **basket)["parked"] == 4


@pytest.mark.parametrize(
    "more",
    [
        {"category": "asylum", "category_reference": "LMA 50-123456"},
        {"frikort_until": "2027-01-01"},
        {"paid_in_window_ore": 140_000, "window_from": "2026-03-10"},
        {"category": "eu", "category_reference": "80752"},
    ],
    ids=["asylum", "frikort", "ceiling", "eu"],
)
def test_r46_what_is_put_aside_costs_the_same_when_it_is_taken_up(counter: Counter, more: dict[str, object]) -> None:
    basket = {"till": "H", "patient": {**ADULT, **more}, "lines": [{"article": 1}]}
    before = counter.ok("quote", **basket)
    counter.ok("park", **basket)

    recalled = counter.ok("recall", till="H", parked=1)

    again = counter.ok("quote", till="H", patient=recalled["patient"], lines=recalled["lines"])
    assert again == before


def test_r46_the_stored_z_is_what_its_records_add_up_to(counter: Counter) -> None:
    a_mixed_day(counter)
    counter.close()
    events = counter.events()
    closed = events[-1]
    assert isinstance(closed, SessionClosed)

    session = fold(events[:-1]).session

    assert session is not None
    assert day_report_of(session.figures, closed) == closed.figures


def day_report_of(figures: object, closed: SessionClosed) -> object:
    """The figures with the closing count, added by the rule itself."""
    from kassaapp.domain import day_report as rule
    from kassaapp.domain.figures import Figures

    assert isinstance(figures, Figures)
    return rule.with_count(figures, closed.figures.counted_ore)


def test_r46_a_z_can_be_drawn_again_the_same(counter: Counter, tmp_path: Path) -> None:
    a_mixed_day(counter)
    counter.close()
    closed = counter.desk.history("H").closings()[0]
    first = counter.desk.save_z("H", closed).read_bytes()
    counter.ok("open_session", till="H", counted_ore=counter.register().state.left_ore)
    counter.sell()

    again = counter.desk.save_z("H", counter.desk.history("H").closings()[0]).read_bytes()

    assert again == first


# ── R47 ──────────────────────────────────────────────────────────────────────────────────────────


def test_r47_grand_totals_only_grow_and_outlive_z_and_restart(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.refund(1, 5_000, CASH)
    first = counter.close()["figures"]
    folder = counter.desk.folder
    counter.desk.close()

    with at_counter(folder, opened=False) as again:
        again.ok("open_session", till="H", counted_ore=115_000)
        opened = again.x()
        again.sell(pay=SWISH)
        again.ok("deposit", till="H", patient=ADULT, amount_ore=10_000, pay=[CASH])
        again.ok("copy_receipt", till="H", receipt=1)
        second = again.close()["figures"]

    assert [(one["u"], one["v"], one["w"]) for one in (first, opened, second)] == [
        (20_000, 5_000, 15_000),
        (20_000, 5_000, 15_000),
        (40_000, 5_000, 35_000),
    ]
    assert opened["f"] == 0


def test_r47_every_sale_carries_the_grand_total_after_it(counter: Counter) -> None:
    for article in (1, 3, 5):
        counter.sell(article)

    sales = [event for event in counter.events() if isinstance(event, SaleRegistered)]

    assert [sale.grand.sales_ore for sale in sales] == [20_000, 40_000, 80_000]


def test_r47_a_register_that_moves_takes_its_totals_along() -> None:
    from datetime import UTC, datetime

    from kassaapp.domain.events import RegisterOpened
    from kassaapp.domain.figures import GrandTotals

    moved = RegisterOpened(datetime(2026, 1, 1, tzinfo=UTC), "R0417", "H", "ekbacken", GrandTotals(500, 100), 8, 3, 3)

    state = fold([moved])

    assert (state.grand.net_ore, state.next_receipt, state.next_session, state.next_z) == (400, 8, 3, 3)


def test_r03_a_session_whose_close_is_lost_is_over_when_something_names_a_later_one() -> None:
    from dataclasses import replace

    from tests import builders

    before = builders.an_open_till()
    assert before.session is not None
    later = replace(builders.a_sale(), session=before.session.number + 1)

    after = fold([*builders.opening_events(), later])

    assert (after.session, after.left_ore, after.next_session) == (None, None, before.session.number + 2)
