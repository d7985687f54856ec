"""Random days at a till: whatever is wished, the numbers have no gap and every sum follows from the sales."""

from dataclasses import replace
from typing import Any

import pytest

from kassaapp.domain import sale, session
from kassaapp.domain.errors import UnknownReceipt
from kassaapp.domain.events import (
    ConfigurationTaken,
    DepositTaken,
    Event,
    Locked,
    PaymentBegun,
    ProgramStarted,
    RegisterOpened,
    SaleRecalled,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SignedIn,
    SignedOut,
    SignInFailed,
)
from kassaapp.domain.figures import Figures, GrandTotals
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.domain.visit import Tender
from tests.builders import (
    AT,
    CARD,
    MORNING,
    OLD,
    a_configuration,
    a_deposit,
    a_patient,
    a_refund,
    a_sale,
    a_void,
    an_open_till,
)

DEMO = a_configuration()
FLOAT_ORE = 50_000
TILL = sale.Till("E", needs_address=True)


# ── What each event leaves ───────────────────────────────────────────────────────────────────────


def test_a_till_is_born_as_its_certificate_says() -> None:
    born = RegisterOpened(MORNING, "R0417", "H", "ekbacken", GrandTotals(500, 100), 17, 4, 3)

    state = fold([born])

    assert (state.register, state.till, state.clinic) == ("R0417", "H", "ekbacken")
    assert (state.next_receipt, state.next_session, state.next_z) == (17, 4, 3)
    assert state.grand == GrandTotals(500, 100)


def test_what_was_sold_is_in_the_session_and_in_the_totals() -> None:
    state = apply(an_open_till(), a_sale())

    assert state.session is not None
    assert state.session.figures.sales_ore == state.grand.sales_ore == 20_000
    assert (state.next_receipt, state.last_at) == (2, AT)


def asked_for(state: RegisterState, paid: SaleRegistered | DepositTaken | SaleVoided, **changes: Any) -> RegisterState:
    """A payment has been asked for, which is the first one of what is `paid` later."""
    begun = PaymentBegun(
        at=AT,
        by="anber",
        session=paid.session,
        attempt=1,
        tender=paid.payments[0].by,
        amount_ore=paid.payments[0].amount_ore,
        patient=paid.patient,
        lines=paid.lines if isinstance(paid, SaleRegistered) else (),
        visit_date=AT.date(),
        returns=paid.sale_receipt if isinstance(paid, SaleVoided) else None,
    )
    return apply(state, replace(begun, **changes))


def test_a_payment_is_over_with_its_receipt_also_when_its_end_is_lost() -> None:
    sold = a_sale(offers=[CARD])
    after_sale = apply(an_open_till(), sold)
    voided = a_void(sold)
    deposited = a_deposit(state=an_open_till(), offers=[CARD])

    left = [
        apply(asked_for(an_open_till(), sold), sold),
        apply(asked_for(an_open_till(), deposited), deposited),
        apply(asked_for(after_sale, voided), voided),
    ]

    assert [state.open_payment for state in left] == [None, None, None]


@pytest.mark.parametrize(
    "other",
    [
        {"amount_ore": 100},
        {"tender": Tender.SWISH},
        {"patient": a_patient(OLD)},
        {"lines": ()},
        {"returns": 1},
    ],
)
def test_a_payment_is_not_over_with_a_receipt_of_something_else(other: dict[str, Any]) -> None:
    sold = a_sale(offers=[CARD])

    state = apply(asked_for(an_open_till(), sold, **other), sold)

    assert state.open_payment is not None


def closed(state: RegisterState, count: Count) -> SessionClosed:
    return session.close_session(state, count, reason=None, second=None, limit_ore=0, at=AT, by="anber")


def test_the_figures_of_a_new_session_begin_at_nothing_but_the_totals_go_on() -> None:  # R47
    state = apply(an_open_till(), a_sale())
    state = apply(state, closed(state, Count(120_000)))

    state = apply(state, session.open_session(state, 120_000, float_ore=0, reason=None, at=AT, by="anber"))

    assert state.session is not None
    assert state.session.figures == Figures(opening_ore=120_000, grand=GrandTotals(20_000))


def test_a_session_outlives_a_start_of_the_program_and_its_people_do_not() -> None:  # R03
    before = apply(an_open_till(), a_sale())

    state = apply(before, ProgramStarted(AT, "0.1.0"))

    assert state.session == before.session
    assert state.user is None


def test_a_new_configuration_is_remembered_by_its_number() -> None:
    assert fold([ConfigurationTaken(AT, 7)]).configuration == 7


@pytest.mark.parametrize(
    ("events", "user", "locked"),
    [
        ([SignedIn(AT, "anber")], "anber", False),
        ([SignedIn(AT, "anber"), Locked(AT, "anber")], "anber", True),
        ([SignedIn(AT, "anber"), Locked(AT, "anber"), SignedIn(AT, "erilu")], "erilu", False),
        ([SignedIn(AT, "anber"), SignedOut(AT, "anber")], None, False),
        ([SignedIn(AT, "anber"), SignInFailed(AT, "erilu")], "anber", False),
    ],
)
def test_who_is_at_the_till(events: list[Event], user: str | None, locked: bool) -> None:
    state = fold(events)

    assert (state.user, state.locked) == (user, locked)


def test_a_state_is_never_changed_but_made_anew() -> None:
    before = an_open_till()

    apply(before, a_sale())

    assert before == an_open_till()


# ── Events that no copy holds ────────────────────────────────────────────────────────────────────


def test_what_stands_after_a_gap_is_added_up_without_what_is_lost() -> None:
    sold = a_sale()
    born = RegisterOpened(MORNING, "R0417", "H", "ekbacken")
    parked = SaleRecalled(AT, "anber", 1, 7, 20_000)

    state = fold([born, sold, parked, a_refund(sold)])

    assert (state.next_receipt, state.next_session, state.session) == (3, 2, None)
    assert state.grand == GrandTotals(20_000, 20_000)


def test_a_session_of_which_only_the_close_is_left_has_its_number() -> None:
    close = closed(an_open_till(), Count(100_000))
    born = RegisterOpened(MORNING, "R0417", "H", "ekbacken")

    after = fold([born, close])

    assert (after.next_session, after.next_z, after.left_ore) == (close.session + 1, close.z + 1, close.left_ore)


def test_what_was_given_back_of_a_lost_sale_has_its_number_and_no_more() -> None:
    receipts = Receipts()

    receipts.add(a_refund())
    receipts.add(a_void())

    assert [slip.receipt for slip in receipts.unprinted] == [2]
    with pytest.raises(UnknownReceipt):
        receipts.sale(1)
