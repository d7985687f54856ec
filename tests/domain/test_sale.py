"""A visit is registered on a named patient, with every sum in it, or it is refused and nothing is written."""

import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.app import Desk
from kassaapp.domain import sale
from kassaapp.domain.errors import LateClose, NoName, NoOpenSession, NoPatient, PaymentDoesNotAddUp, Refused
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.fees import Wish
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import PROTECTED_NAME, FeeReason, Patient, Tender
from tests.builders import AT, CARD, CASH, MORNING, PROTECTED, SWISH, a_patient, a_payer, a_sale, an_open_till
from tests.desks import an_open_till as an_open_desk

DECOMPOSED = unicodedata.normalize("NFD", "Åke Öberg")
NURSE, CERTIFICATE, VACCINATION, BANDAGE, BOOK = 2, 101, 103, 104, 105


# ── On whom ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "on_record"),
    [
        ("Test Testsson", "Test Testsson"),
        ("  Test   Testsson ", "Test Testsson"),
        ("Test\nTestsson\t", "Test Testsson"),
        ("Test\u00a0Testsson", "Test Testsson"),
        ("Test\u2028Testsson", "Test Testsson"),
        (DECOMPOSED, "Åke Öberg"),
        ("O’Brien-Åström", "O’Brien-Åström"),
        ("李小龙", "李小龙"),
        ("ع", "ع"),
        ("x" * 100, "x" * 100),
        (unicodedata.normalize("NFD", "å" * 100), "å" * 100),
    ],
)
def test_a_name_goes_on_record_tidy(typed: str, on_record: str) -> None:
    assert sale.named(a_patient(name=typed)).name == on_record


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\n",
        "\u00a0",
        "1",
        "610118-2803",
        "x" * 101,
        "Test\x00Testsson",
        "Test\x1b[2J",
        "Test\x7f",
        "Te\u200bst",
        "\u202etsseT",
        "\ud800",
        "\ufeff",
    ],
)
def test_a_name_that_is_none_is_refused(typed: str) -> None:  # R01
    with pytest.raises(NoName):
        sale.named(a_patient(name=typed))


@given(st.text())
def test_whatever_is_typed_a_name_on_record_is_one_tidy_line(typed: str) -> None:
    try:
        name = sale.named(a_patient(name=typed)).name
    except NoName:
        return

    assert name == " ".join(name.split())
    assert any(map(str.isalpha, name))
    assert unicodedata.is_normalized("NFC", name)
    assert name.isprintable()
    assert len(name) <= sale.MAX_NAME_LENGTH


@given(st.text())
def test_a_name_of_a_protected_person_is_never_on_record(typed: str) -> None:
    assert sale.named(a_patient(PROTECTED, typed, protected=True)).name == PROTECTED_NAME


def test_a_name_typed_decomposed_is_sold_stored_and_found_again(tmp_path: Path) -> None:
    with an_open_desk(tmp_path) as desk:
        sold = desk.register("H").sell(a_patient(name=DECOMPOSED), [Wish(1)], [CARD])
        assert sold.event.patient.name == "Åke Öberg"

    with Desk.open(tmp_path) as desk:
        assert desk.history("H").sale(1) == sold
        assert desk.history("H").name_of(sold.event.patient.id) == "Åke Öberg"


def test_no_visit_without_a_patient(tmp_path: Path) -> None:  # R01
    with an_open_desk(tmp_path) as desk:
        records = desk.records("H")

        with pytest.raises(NoPatient):
            desk.register("H").sell(None, [Wish(1)], [CARD])

        assert desk.records("H") == records


# ── What is on record ────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_on_record_with_every_sum() -> None:
    event = a_sale(offers=[Offer(Tender.CASH, given_ore=50_000)])

    assert (event.receipt, event.session, event.by, event.at) == (1, 1, "anber", AT)
    assert (event.total_ore, event.rounding_ore, event.to_pay_ore, event.change_ore) == (20_000, 0, 20_000, 30_000)
    assert event.counts_ore == 20_000
    assert event.vat == {}
    assert event.grand == GrandTotals(20_000, 0)
    assert event.visit_date == AT.date()


def test_a_visit_that_is_free_is_a_sale_with_a_number_of_its_own() -> None:  # R21
    event = a_sale(wishes=[Wish(NURSE)])

    assert (event.receipt, event.total_ore, event.payments) == (1, 0, ())
    assert event.lines[0].reason is FeeReason.FREE_VISIT
    assert apply(an_open_till(), event).next_receipt == 2


def test_a_visit_registered_later_keeps_its_own_day_and_price() -> None:  # R19
    state = an_open_till()
    new_year = MORNING.replace(year=2027, month=1, day=2)
    assert state.session is not None
    state = replace(state, session=replace(state.session, opened_at=new_year))

    event = a_sale(state=state, at=new_year, visit_date=date(2026, 12, 31))

    assert (event.total_ore, event.visit_date, event.at) == (20_000, date(2026, 12, 31), new_year)


@pytest.mark.parametrize(
    ("wishes", "vat"),
    [
        ([Wish(CERTIFICATE)], {"25": 13_760}),  # R56
        ([Wish(VACCINATION)], {}),
        ([Wish(BANDAGE)], {"25": 999}),
        ([Wish(BANDAGE), Wish(BANDAGE)], {"25": 1_998}),
        ([Wish(BANDAGE, 3), Wish(BOOK), Wish(VACCINATION)], {"6": 679, "25": 2_997}),
        ([Wish(CERTIFICATE), Wish(BANDAGE)], {"25": 14_759}),
    ],
)
def test_vat_is_found_once_for_each_rate_on_the_receipt(wishes: list[Wish], vat: dict[str, int]) -> None:
    assert a_sale(wishes=wishes, till="E").vat == vat


@pytest.mark.parametrize(
    ("offers", "to_pay_ore", "rounding_ore"),
    [
        ([CASH], 33_100, 50),
        ([CARD], 33_050, 0),
        ([SWISH], 33_050, 0),
        ([Offer(Tender.CARD, 10_025), Offer(Tender.CASH, 23_000)], 33_025, -25),
    ],
)
def test_rounding_is_for_cash_and_is_no_part_of_the_sale(
    offers: list[Offer], to_pay_ore: int, rounding_ore: int
) -> None:  # R55
    event = a_sale(wishes=[Wish(VACCINATION)], offers=offers, till="E")

    assert (event.to_pay_ore, event.rounding_ore) == (to_pay_ore, rounding_ore)
    assert event.total_ore == event.grand.sales_ore == 33_050


def test_the_sale_that_reaches_the_ceiling_says_so() -> None:  # R25
    near = a_patient(paid_in_window_ore=135_000, window_from=date(2026, 3, 10))

    event = a_sale(near)

    assert (event.total_ore, event.counts_ore, event.frikort_reached) == (10_000, 10_000, True)


def test_receipts_are_numbered_without_a_gap_and_totals_only_grow() -> None:  # R39, R47
    state, sales = an_open_till(), list[SaleRegistered]()
    for _ in range(5):
        sales.append(a_sale(state=state))
        state = apply(state, sales[-1])

    assert [event.receipt for event in sales] == [1, 2, 3, 4, 5]
    assert [event.grand.sales_ore for event in sales] == [20_000, 40_000, 60_000, 80_000, 100_000]


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def test_a_closed_till_sells_nothing() -> None:  # R02
    with pytest.raises(NoOpenSession):
        a_sale(state=RegisterState(till="H"))


def test_a_till_left_open_over_midnight_sells_nothing() -> None:  # R51
    with pytest.raises(LateClose):
        a_sale(at=AT + timedelta(days=1))


def test_a_visit_without_a_name_is_refused_before_it_is_paid() -> None:
    with pytest.raises(NoName):
        a_sale(a_patient(name=" "), offers=[])


def test_a_visit_that_is_not_paid_is_refused() -> None:
    with pytest.raises(PaymentDoesNotAddUp) as refused:
        a_sale(offers=[])

    assert (refused.value.due_ore, refused.value.offered_ore) == (20_000, 0)


LONG = "7" * 70_000


@pytest.mark.parametrize(
    ("patient", "wishes", "offers"),
    [
        (a_patient(), [Wish(NURSE)] * 5_000, []),
        (a_patient(), [Wish(1)], [Offer(Tender.CARD, 2)] * 10_000),
        (a_patient(), [Wish(1)], [Offer(Tender.CASH, given_ore=2**53)]),
    ],
    ids=["rows", "payments", "given"],
)
def test_what_no_record_can_hold_is_refused_and_the_till_sells_on(
    tmp_path: Path, patient: Patient, wishes: list[Wish], offers: list[Offer]
) -> None:
    with an_open_desk(tmp_path) as desk:
        register = desk.register("H")
        records = desk.records("H")

        with pytest.raises(Refused):
            register.sell(patient, wishes, offers)

        assert desk.records("H") == records
        assert register.sell(a_patient(), [Wish(1)], [CARD]).event.receipt == 1


@pytest.mark.parametrize(
    ("patient", "offer"),
    [
        (a_patient(), Offer(Tender.CARD, reference=LONG)),
        (a_patient(), Offer(Tender.CASH, reference=LONG)),
        (a_patient(category_reference=LONG), CARD),
        (a_patient(address=LONG), CARD),
        (replace(a_patient(), payer=a_payer(name=LONG)), CARD),
        (replace(a_patient(), payer=a_payer(name="Vera\nTestsson")), CARD),
    ],
    ids=["card reference", "cash reference", "category reference", "address", "payer", "payer on two lines"],
)
def test_a_text_without_end_is_cut_or_refused_and_the_till_sells_on(
    tmp_path: Path, patient: Patient, offer: Offer
) -> None:
    with an_open_desk(tmp_path) as desk:
        register = desk.register("H")

        with suppress(Refused):
            sold = register.sell(patient, [Wish(1)], [offer]).event
            texts = [sold.payments[0].reference, sold.patient.category_reference, sold.patient.address]
            texts.append(None if sold.patient.payer is None else sold.patient.payer.name)
            assert all(text is None or (len(text) <= 1_000 and text.isprintable()) for text in texts)

        assert register.sell(a_patient(), [Wish(1)], [CARD]).event.receipt == register.state.next_receipt - 1


def test_a_visit_at_the_end_of_time_is_refused(tmp_path: Path) -> None:
    patient = a_patient(paid_in_window_ore=0, window_from=date(9999, 1, 1))

    with an_open_desk(tmp_path) as desk, pytest.raises(Refused):
        desk.register("H").sell(patient, [Wish(NURSE)], [], date(9999, 12, 31))


# ── Whatever is sold ─────────────────────────────────────────────────────────────────────────────

goods = st.lists(
    st.builds(Wish, st.sampled_from([CERTIFICATE, 102, VACCINATION, BANDAGE, BOOK]), st.integers(1, 20)),
    min_size=1,
    max_size=6,
)


@given(goods, st.sampled_from([CASH, CARD, SWISH]))
def test_rows_payments_and_vat_of_a_sale_add_up(wishes: list[Wish], offer: Offer) -> None:
    event = a_sale(wishes=wishes, offers=[offer], till="E")

    assert event.total_ore == sum(line.amount_ore for line in event.lines) == event.grand.sales_ore
    assert event.to_pay_ore == sum(payment.amount_ore for payment in event.payments)
    assert event.to_pay_ore == event.total_ore + event.rounding_ore
    taxed_ore = sum(line.amount_ore for line in event.lines if line.vat.percent)
    assert 0 <= sum(event.vat.values()) <= taxed_ore
    assert set(event.vat) == {line.vat.value for line in event.lines if line.vat.percent}
