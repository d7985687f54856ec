"""A till is opened with a counted float, closed with a count that is explained, and never sells over midnight."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassaapp.domain import session
from kassaapp.domain.cash import MAX_AMOUNT_ORE
from kassaapp.domain.errors import (
    BadAmount,
    LateClose,
    NoOpenSession,
    ReasonMissing,
    Refused,
    SessionAlreadyOpen,
    WrongPin,
)
from kassaapp.domain.events import SessionClosed, SessionOpened
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply
from tests.builders import CARD, CASH, EVENING, MORNING, SWISH, a_sale, an_open_till
from tests.desks import an_open_till as an_open_desk

FLOAT_ORE = 100_000
NEXT_DAY = MORNING + timedelta(days=1)


def closed_till(left_ore: int = FLOAT_ORE) -> RegisterState:
    state = an_open_till()
    return apply(state, close(state, Count(left_ore), "Uttag"))


def opened(state: RegisterState, counted_ore: int, reason: str | None = None, at: datetime = NEXT_DAY) -> SessionOpened:
    return session.open_session(state, counted_ore, float_ore=FLOAT_ORE, reason=reason, at=at, by="anber")


def close(state: RegisterState, count: Count, reason: str | None = None, at: datetime = EVENING) -> SessionClosed:
    return session.close_session(state, count, reason=reason, second=None, limit_ore=10**9, at=at, by="anber")


def after_a_day() -> RegisterState:
    """200 kr in cash, 200 by card and 200 by Swish have been taken."""
    state = an_open_till()
    for offer in (CASH, CARD, SWISH):
        state = apply(state, a_sale(offers=[offer], state=state))
    return state


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────


def test_every_opening_is_the_next_session() -> None:  # R02
    state, numbers = RegisterState(), []
    for _ in range(3):
        event = opened(state, FLOAT_ORE)
        numbers.append(event.session)
        state = apply(state, event)
        state = apply(state, close(state, Count(FLOAT_ORE), at=NEXT_DAY))

    assert numbers == [1, 2, 3]


def test_an_open_till_is_not_opened_again() -> None:  # R03
    with pytest.raises(SessionAlreadyOpen) as refused:
        opened(an_open_till(), FLOAT_ORE)

    assert (refused.value.opened_by, refused.value.opened_at) == ("anber", MORNING)


def test_the_first_float_is_the_one_of_the_configuration() -> None:  # R04
    assert opened(RegisterState(), FLOAT_ORE).difference_ore == 0


def test_later_floats_are_what_was_left() -> None:  # R04
    event = opened(closed_till(120_000), 120_000)

    assert (event.expected_ore, event.difference_ore, event.reason) == (120_000, 0, None)


def test_a_drawer_left_empty_is_expected_empty() -> None:
    assert opened(closed_till(0), 0).expected_ore == 0


def test_another_float_than_was_left_needs_a_reason() -> None:  # R04
    with pytest.raises(ReasonMissing) as refused:
        opened(closed_till(120_000), 100_000)

    event = opened(closed_till(120_000), 100_000, "Tömd av bevakningen")

    assert refused.value.difference_ore == -20_000
    assert (event.difference_ore, event.reason) == (-20_000, "Tömd av bevakningen")


@pytest.mark.parametrize("counted_ore", [-1, MAX_AMOUNT_ORE + 1, 10**30])
def test_a_float_that_cannot_be_is_refused_whatever_the_reason(counted_ore: int) -> None:
    with pytest.raises(BadAmount):
        opened(RegisterState(), counted_ore, "Anledning")


# ── Reasons ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", [None, "", "   ", "\n\t", "\u00a0", "\u200b", "\u2060\ufeff"])
def test_an_empty_reason_is_no_reason(reason: str | None) -> None:  # R49
    with pytest.raises(ReasonMissing):
        close(an_open_till(), Count(FLOAT_ORE - 2_000), reason)


def test_a_reason_is_kept_without_the_spaces_around_it() -> None:
    assert close(an_open_till(), Count(0), "  Fel växel ").reason == "Fel växel"


@pytest.mark.parametrize("reason", ["Fel växel\ni kassan", "Fel\tväxel", "Fel\x00växel", "Fel\x1b[2Jväxel"])
def test_a_reason_on_record_is_one_line_of_text(reason: str) -> None:
    try:
        event = close(an_open_till(), Count(0), reason)
    except Refused:
        return

    assert event.reason is not None
    assert event.reason.isprintable()


def test_a_reason_without_a_difference_is_not_recorded() -> None:
    assert close(an_open_till(), Count(FLOAT_ORE), "För säkerhets skull").reason is None


def test_a_reason_that_no_record_can_hold_is_refused(tmp_path: Path) -> None:
    with an_open_desk(tmp_path) as desk, pytest.raises(Refused):
        desk.register("H").close_session(Count(0), "123456", "a" * 70_000)


# ── Over midnight ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [MORNING, EVENING, MORNING.replace(hour=23, minute=59, second=59)])
def test_a_till_sells_all_the_day_it_was_opened(at: datetime) -> None:
    assert session.require_open(an_open_till(), at).number == 1


@pytest.mark.parametrize("at", [NEXT_DAY.replace(hour=0, minute=0), NEXT_DAY.replace(hour=0, minute=5)])
def test_after_midnight_a_till_is_closed_first(at: datetime) -> None:  # R51
    with pytest.raises(LateClose) as refused:
        session.require_open(an_open_till(), at)

    assert refused.value.opened_at == MORNING


def test_a_close_on_a_later_day_says_so() -> None:  # R51
    assert close(an_open_till(), Count(FLOAT_ORE), at=NEXT_DAY).late
    assert not close(an_open_till(), Count(FLOAT_ORE), at=EVENING).late


def test_a_clock_that_went_back_stops_neither_sale_nor_close() -> None:
    yesterday = MORNING - timedelta(days=1)

    assert session.require_open(an_open_till(), yesterday).number == 1
    assert not close(an_open_till(), Count(FLOAT_ORE), at=yesterday).late


@pytest.mark.parametrize("state", [RegisterState(), closed_till()])
def test_a_closed_till_neither_sells_nor_closes(state: RegisterState) -> None:  # R02
    with pytest.raises(NoOpenSession):
        session.require_open(state, EVENING)
    with pytest.raises(NoOpenSession):
        close(state, Count(FLOAT_ORE))


# ── Closing ──────────────────────────────────────────────────────────────────────────────────────


def test_a_close_compares_what_was_counted_with_float_and_takings() -> None:  # R48
    figures = close(after_a_day(), Count(120_000, 20_000, 20_000)).figures

    assert figures.expected_ore == {"cash": 120_000, "card": 20_000, "swish": 20_000}
    assert figures.counted_ore == {"cash": 120_000, "card": 20_000, "swish": 20_000}
    assert figures.difference_ore == {"cash": 0, "card": 0, "swish": 0}


@pytest.mark.parametrize(
    ("count", "difference"),
    [
        (Count(118_000), {"cash": -2_000}),  # R49
        (Count(122_000), {"cash": 2_000}),
        (Count(120_000, card_ore=0), {"cash": 0, "card": -20_000}),  # R52
        (Count(120_000, swish_ore=20_001), {"cash": 0, "swish": 1}),
        (Count(100_000, card_ore=40_000), {"cash": -20_000, "card": 20_000}),
    ],
)
def test_any_difference_of_any_tender_needs_a_reason(count: Count, difference: dict[str, int]) -> None:
    state = after_a_day()

    with pytest.raises(ReasonMissing):
        close(state, count)

    event = close(state, count, "Fel växel")
    assert event.figures.difference_ore == difference
    assert event.reason == "Fel växel"


def test_differences_that_cancel_each_other_are_shown_gross() -> None:
    with pytest.raises(ReasonMissing) as refused:
        close(after_a_day(), Count(100_000, 40_000, 20_000))

    assert abs(refused.value.difference_ore) == 20_000


def test_what_was_not_compared_has_no_difference() -> None:  # R52
    figures = close(after_a_day(), Count(120_000)).figures

    assert figures.difference_ore == {"cash": 0}


@pytest.mark.parametrize("count", [Count(-1), Count(0, card_ore=-1), Count(0, swish_ore=10**11), Count(10**30)])
def test_a_count_that_cannot_be_is_refused_whatever_the_reason(count: Count) -> None:
    with pytest.raises(BadAmount):
        close(after_a_day(), count, "Anledning")


def test_what_was_counted_is_the_next_float_and_z_goes_up_by_one() -> None:  # R46
    state = apply(after_a_day(), close(after_a_day(), Count(120_000)))

    assert (state.left_ore, state.next_z, state.session) == (120_000, 2, None)


def test_pieces_are_recorded_as_they_were_counted() -> None:
    event = close(an_open_till(), Count(100_000, denominations={50_000: 1, 10_000: 5, 100: 0}))

    assert event.denominations == {"50000": 1, "10000": 5, "100": 0}


def test_a_count_of_a_sum_has_no_pieces() -> None:
    assert close(an_open_till(), Count(FLOAT_ORE)).denominations is None


def test_a_close_that_is_not_signed_leaves_the_session_open(tmp_path: Path) -> None:  # R50
    with an_open_desk(tmp_path) as desk:
        register = desk.register("H")
        before = register.x_report()

        with pytest.raises(WrongPin):
            register.close_session(Count(FLOAT_ORE), "000000")

        assert register.x_report() == before
        assert register.close_session(Count(FLOAT_ORE), "123456").event.by == "anber"
        assert register.state.session is None


def test_reading_x_again_and_again_changes_nothing(tmp_path: Path) -> None:  # R45
    with an_open_desk(tmp_path) as desk:
        register = desk.register("H")

        first, second = register.x_report(), register.x_report()

        assert first == second
        assert register.state.next_z == 1


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_expected_and_the_difference_make_what_was_counted(left_ore: int, counted_ore: int) -> None:
    event = opened(closed_till(left_ore), counted_ore, "Fel växel")

    assert event.expected_ore + event.difference_ore == event.counted_ore
    assert (event.reason is not None) == (event.difference_ore != 0)
