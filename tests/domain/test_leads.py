"""What may explain a difference, with known answers: each day below has one mistake in it, and it is found."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from kassaapp.domain import day_report, drawer, parked, session
from kassaapp.domain.events import (
    CashCounted,
    CashPurpose,
    Event,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    SaleRegistered,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.lead import Cause, Counted, Lead
from kassaapp.domain.lead_in_count import are_swapped
from kassaapp.domain.leads import MOST, leads
from kassaapp.domain.money import round_cash
from kassaapp.domain.state import apply, fold
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from tests.builders import (
    ADULT,
    AT,
    CARD,
    CASH,
    INVOICE,
    LATER,
    OLD,
    YOUNG,
    a_configuration,
    a_patient,
    a_refund,
    a_sale,
    a_void,
    opening_events,
)

VALUES = a_configuration().policy.denominations_ore
FOUR, THREE, TWO = Wish(5), Wish(6), Wish(1)
"""Visits for 400, 300 and 200 kr."""


class Day:
    """A session as it goes, and its count."""

    def __init__(self, till: str = "H", counted_ore: int | None = None) -> None:
        opening = opening_events(till, counted_ore=counted_ore, reason=None if counted_ore is None else "Okänd orsak")
        self.till = till
        self.events: list[Event] = opening[-1:]
        self.state = fold(opening)

    def add(self, *events: Event) -> None:
        """So much more happens."""
        for event in events:
            self.events.append(event)
            self.state = apply(self.state, event)

    def sell(self, wish: Wish = FOUR, *offers: Offer, number: str = ADULT) -> SaleRegistered:
        """A sale, in cash when not said how, a minute after the one before."""
        at = AT + timedelta(minutes=len(self.events))
        sold = a_sale(a_patient(number), [wish], offers or (CASH,), till=self.till, state=self.state, at=at)
        self.add(sold)
        return sold

    def off(self, pieces: Mapping[int, int] | None = None, **off_ore: int) -> tuple[Lead, ...]:
        """The leads when so much more than expected is counted of each tender."""
        figures = session.require_session(self.state).figures
        counted = {by: ore + off_ore.get(by, 0) for by, ore in day_report.expected(figures).items()}
        return leads(Counted(self.events, day_report.with_count(figures, counted), pieces or {}, VALUES))


def causes(found: Sequence[Lead]) -> list[Cause]:
    return [lead.cause for lead in found]


def receipts(found: Sequence[Lead], cause: Cause) -> list[int]:
    return [mark.receipt for lead in found if lead.cause is cause for mark in lead.marks]


def test_nothing_is_explained_where_nothing_differs() -> None:
    day = Day()
    day.sell()

    assert day.off() == ()


# ── the wrong tender ─────────────────────────────────────────────────────────────────────────────


def test_a_receipt_with_the_wrong_tender_is_named_alone() -> None:
    day = Day()
    wrong, _right = day.sell(FOUR), day.sell(TWO, number=YOUNG)

    found = day.off(cash=-40_000, card=40_000)

    assert (found[0].cause, found[0].tender, found[0].other) == (Cause.OTHER_TENDER, Tender.CASH, Tender.CARD)
    assert receipts(found, Cause.OTHER_TENDER) == [wrong.receipt]


def test_a_sale_that_was_undone_is_never_the_one_with_the_wrong_tender() -> None:
    day = Day()
    undone = day.sell()
    day.add(a_void(undone))
    stands = day.sell()

    found = day.off(cash=-40_000, swish=40_000)

    assert receipts(found, Cause.OTHER_TENDER) == [stands.receipt]


def test_an_odd_price_by_card_is_known_again_by_its_rounding_in_cash() -> None:
    day = Day("E")
    by_card = day.sell(Wish(103), CARD)

    found = day.off(cash=round_cash(by_card.total_ore), card=-by_card.total_ore)

    assert round_cash(by_card.total_ore) != by_card.total_ore
    assert receipts(found, Cause.OTHER_TENDER) == [by_card.receipt]


def test_what_was_given_back_with_the_wrong_tender_is_named() -> None:
    day = Day()
    sold = day.sell(FOUR, CARD)
    back = a_refund(sold, offers=[CARD])
    day.add(back)

    found = day.off(cash=-40_000, card=40_000)

    assert receipts(found, Cause.RETURN_OTHER_TENDER) == [back.receipt]


def test_as_much_missing_here_as_too_much_there_is_told_without_a_receipt() -> None:
    day = Day()
    day.sell(TWO), day.sell(TWO, number=YOUNG)

    found = day.off(cash=-40_000, card=40_000)

    assert causes(found)[0] is Cause.TENDERS_MIXED


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────


def test_one_visit_registered_twice_is_told_before_a_receipt_that_was_not_paid() -> None:
    day = Day()
    first, second, _other = day.sell(FOUR), day.sell(FOUR), day.sell(FOUR, number=OLD)

    found = day.off(cash=-40_000)

    assert causes(found)[:2] == [Cause.TWICE, Cause.NOT_PAID]
    assert receipts(found, Cause.TWICE) == [second.receipt, first.receipt]


@pytest.mark.parametrize(("off_ore", "cause"), [(40_000, Cause.RETURN_NOT_PAID), (-40_000, Cause.RETURN_PAID_TWICE)])
def test_money_given_back_never_or_twice(off_ore: int, cause: Cause) -> None:
    day = Day()
    back = a_refund(day.sell())
    day.add(back)

    found = day.off(cash=off_ore)

    assert receipts(found, cause) == [back.receipt]


@pytest.mark.parametrize(("off_ore", "cause"), [(10_000, Cause.CHANGE_KEPT), (-10_000, Cause.CHANGE_TWICE)])
def test_change_that_was_kept_or_given_twice(off_ore: int, cause: Cause) -> None:
    day = Day()
    sold = day.sell(FOUR, Offer(Tender.CASH, given_ore=50_000))

    found = day.off(cash=off_ore)

    assert receipts(found, cause) == [sold.receipt]


def test_change_given_as_for_a_larger_note() -> None:
    day = Day()
    sold = day.sell(TWO, Offer(Tender.CASH, given_ore=50_000))

    found = day.off(cash=-30_000)

    (lead,) = [lead for lead in found if lead.cause is Cause.OTHER_NOTE]
    assert (lead.marks[0].receipt, lead.values_ore) == (sold.receipt, (50_000, 20_000))


def test_an_invoice_that_was_paid_at_the_desk() -> None:
    day = Day()
    sent = day.sell(FOUR, INVOICE)

    found = day.off(cash=sent.total_ore)

    assert receipts(found, Cause.INVOICE_PAID) == [sent.receipt]


def test_a_correction_moves_no_money_and_is_never_a_lead() -> None:
    day = Day()
    sold = day.sell(FOUR, CARD)
    back = a_refund(sold, offers=[CARD])
    day.add(back)
    day.add(a_sale(wishes=[FOUR], state=day.state, at=LATER, replaces=sold.receipt))

    found = day.off(card=-40_000)

    assert receipts(found, Cause.RETURN_PAID_TWICE) == []


# ── what was never registered ────────────────────────────────────────────────────────────────────


def test_a_card_payment_that_was_said_not_to_have_come() -> None:
    day = Day()
    sold = a_sale(wishes=[FOUR])
    begun = PaymentBegun(AT, "anber", 1, 1, Tender.CARD, 40_000, sold.patient, sold.lines, sold.visit_date)
    end = PaymentEnded(LATER, "anber", 1, 1, Tender.CARD, 40_000, sold.patient, PaymentOutcome.NOT_FOUND)
    day.add(begun, end)

    found = day.off(card=40_000)

    assert (found[0].cause, found[0].at) == (Cause.UNKNOWN_PAYMENT, AT)


def test_a_sale_that_was_put_aside_and_never_finished() -> None:
    day = Day()
    day.add(parked.park(day.state, a_patient(), [FOUR], 40_000, at=AT, by="anber"))
    day.add(parked.recall(day.state, 1, at=LATER, by="anber"))

    found = day.off(cash=40_000)

    assert (found[0].cause, found[0].at) == (Cause.PARKED, AT)


def test_one_that_was_finished_explains_nothing() -> None:
    day = Day()
    day.add(parked.park(day.state, a_patient(), [FOUR], 40_000, at=AT, by="anber"))
    day.add(parked.recall(day.state, 1, at=LATER, by="anber"))
    day.sell()

    assert Cause.PARKED not in causes(day.off(cash=40_000))


# ── cash without a patient ───────────────────────────────────────────────────────────────────────


def test_only_the_float_lies_there() -> None:
    day = Day()
    day.sell()

    assert causes(day.off(cash=-40_000))[0] is Cause.ONLY_THE_FLOAT


def test_the_opening_differed_by_the_same_amount() -> None:
    day = Day(counted_ore=105_000)
    day.sell()

    assert causes(day.off(cash=-5_000))[0] is Cause.OPENING


@pytest.mark.parametrize(("off_ore", "cause"), [(-70_000, Cause.MOVE_NOT_DONE), (-140_000, Cause.MOVE_TURNED)])
def test_change_that_was_registered_and_never_put_in(off_ore: int, cause: Cause) -> None:
    day = Day()
    for _ in range(4):
        day.sell()
    day.add(drawer.change_float(day.state, 70_000, "Från kassaskåp", at=LATER, by="anber"))

    found = day.off(cash=off_ore)

    assert (found[0].cause, found[0].at) == (cause, LATER)


def test_money_for_the_bank_that_was_registered_and_lies_there_still() -> None:
    day = Day()
    day.add(
        drawer.take_out(day.state, 70_000, CashPurpose.BANK, "17", second="Eri", at=LATER, by="anber", own_name="Anna")
    )

    assert causes(day.off(cash=70_000))[0] is Cause.MOVE_NOT_DONE


def test_an_even_sum_may_be_change_or_the_bank_when_little_else_fits() -> None:
    assert causes(Day().off(cash=300_000)) == [Cause.EVEN]


def test_a_count_that_was_right_says_since_when_and_how_often_the_drawer_was_opened() -> None:
    day = Day()
    day.add(drawer.open_drawer(day.state, "Växla", at=AT, by="anber"))
    day.add(drawer.count(day.state, {"cash": 100_000}, at=LATER, by="anber"))
    day.add(drawer.open_drawer(day.state, "Växla", at=LATER + timedelta(minutes=5), by="anber"))

    found = day.off(cash=-3_700)

    assert [(lead.cause, lead.at, lead.pieces) for lead in found] == [
        (Cause.RIGHT_BEFORE, LATER, 0),
        (Cause.DRAWER, LATER + timedelta(minutes=5), 1),
    ]


# ── the count itself ─────────────────────────────────────────────────────────────────────────────


def test_a_list_that_was_never_read() -> None:
    day = Day()
    day.sell(FOUR, CARD)

    found = day.off(card=-40_000)

    assert (found[0].cause, found[0].values_ore) == (Cause.LIST_NOT_GIVEN, (0, 40_000))


def test_a_typed_sum_with_two_figures_in_each_others_place() -> None:
    day = Day()
    for _ in range(3):
        day.sell(FOUR, CARD)

    found = day.off(card=90_000)

    assert (found[0].cause, found[0].values_ore) == (Cause.DIGITS_SWAPPED, (210_000, 120_000))


def test_a_nought_too_many() -> None:
    day = Day()
    day.sell(FOUR, CARD)

    assert causes(day.off(card=360_000))[0] is Cause.ZERO_TOO_MANY


def test_what_can_be_divided_by_nine_is_told_when_little_else_fits() -> None:
    assert causes(Day().off(cash=6_300)) == [Cause.NINE]


def test_a_number_of_notes_with_two_figures_in_each_others_place() -> None:
    found = Day().off({2_000: 21, 10_000: 5}, cash=18_000)

    (lead,) = [lead for lead in found if lead.cause is Cause.PIECES_SWAPPED]
    assert (lead.values_ore, lead.pieces) == ((2_000, 24_000), 21)


def test_a_note_in_the_row_of_one_that_looks_like_it() -> None:
    found = Day().off({5_000: 1, 10_000: 9}, cash=-45_000)

    (lead,) = [lead for lead in found if lead.cause is Cause.WRONG_ROW]
    assert (lead.values_ore, lead.pieces) == ((5_000, 50_000), 1)


def test_a_row_that_was_left_out() -> None:
    found = Day().off({10_000: 9}, cash=-6_000)

    assert [(lead.values_ore, lead.pieces) for lead in found if lead.cause is Cause.EMPTY_ROW] == [((2_000,), 3)]


def test_one_note_more_or_less() -> None:
    assert causes(Day().off({10_000: 5, 50_000: 1, 100: 3}, cash=2_000)) == [Cause.ONE_PIECE]


@pytest.mark.parametrize(
    ("one", "other", "swapped"),
    [(870_000, 780_000, True), (12, 21, True), (121, 211, True), (11, 11, False), (123, 321, False), (12, 210, False)],
)
def test_figures_that_changed_places_are_beside_each_other(one: int, other: int, swapped: bool) -> None:
    assert are_swapped(one, other) is swapped


# ── all of them ──────────────────────────────────────────────────────────────────────────────────


def test_there_are_never_more_than_five_and_the_likeliest_come_first() -> None:
    day = Day(counted_ore=140_000)
    for _ in range(4):
        day.sell(FOUR, Offer(Tender.CASH, given_ore=80_000))
    day.add(a_refund(day.sell()), drawer.change_float(day.state, 40_000, "Från kassaskåp", at=LATER, by="anber"))
    day.add(drawer.open_drawer(day.state, "Växla", at=LATER, by="anber"))

    found = day.off(cash=-40_000)

    order = [list(Cause).index(lead.cause) for lead in found]
    assert len(found) == MOST
    assert order == sorted(order)


def test_the_count_at_close_itself_is_no_earlier_count_that_was_right() -> None:
    day = Day()
    day.add(drawer.count(day.state, {"cash": 96_300}, at=LATER, by="anber"))

    assert isinstance(day.events[-1], CashCounted)
    assert Cause.RIGHT_BEFORE not in causes(day.off(cash=-3_700))
