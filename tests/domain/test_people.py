"""Who is at the till, what the roles cover, and how often a PIN may be tried."""

from datetime import timedelta

import pytest

from kassaapp.domain import people
from kassaapp.domain.errors import NotAllowed, NotSignedIn, TooManyAttempts
from kassaapp.domain.events import Locked, ProgramStarted, SignedIn, SignedOut
from kassaapp.domain.people import LOCKED_FOR, Role, User
from kassaapp.domain.state import RegisterState, apply, fold
from tests.builders import AT

ANNA = User("anber", "Anna Berg", frozenset({Role.CASHIER}), "secret-verifier")
ERIK = User("erilu", "Erik Lund", frozenset({Role.CASHIER, Role.SUPERVISOR}), "")
RUT = User("revis", "Rut Revisor", frozenset({Role.AUDITOR}), "")


def after_failures(count: int, *, user: str = "anber", attempts: int = 5) -> RegisterState:
    state = RegisterState()
    for _ in range(count):
        state = apply(state, people.failed_attempt(state, user, AT, attempts))
    return state


def test_the_last_allowed_wrong_pin_closes_the_door() -> None:
    fourth = people.failed_attempt(after_failures(3), "anber", AT, 5)
    fifth = people.failed_attempt(after_failures(4), "anber", AT, 5)

    assert fourth.locked_until is None
    assert fifth.locked_until == AT + LOCKED_FOR


def test_the_door_is_closed_for_a_quarter_of_an_hour_and_not_a_second_longer() -> None:
    state = after_failures(5)

    with pytest.raises(TooManyAttempts) as refused:
        people.may_try(state, "anber", AT + LOCKED_FOR - timedelta(seconds=1))

    assert refused.value.until == AT + LOCKED_FOR
    people.may_try(state, "anber", AT + LOCKED_FOR)


def test_a_clock_that_goes_back_does_not_open_the_door() -> None:
    with pytest.raises(TooManyAttempts):
        people.may_try(after_failures(5), "anber", AT - timedelta(days=1))


def test_the_door_is_closed_for_that_person_only() -> None:
    people.may_try(after_failures(5), "erilu", AT)


def test_after_the_quarter_there_are_as_many_tries_again() -> None:
    state = after_failures(5)
    later = AT + LOCKED_FOR
    for _ in range(4):
        failed = people.failed_attempt(state, "anber", later, 5)
        assert failed.locked_until is None
        state = apply(state, failed)

    fifth = people.failed_attempt(state, "anber", later, 5)

    assert fifth.locked_until == later + LOCKED_FOR


def test_wrong_pins_are_counted_in_a_row_and_each_person_alone() -> None:
    state = after_failures(4)
    state = apply(state, people.failed_attempt(state, "erilu", AT, 5))
    state = apply(state, SignedIn(AT, "anber"))

    anna, erik = (people.failed_attempt(state, user, AT, 5) for user in ("anber", "erilu"))

    assert (anna.locked_until, erik.locked_until) == (None, None)
    assert state.failures["erilu"].count == 1
    assert "anber" not in state.failures


def test_wrong_pins_are_remembered_over_a_start() -> None:
    state = apply(after_failures(4), ProgramStarted(AT, "0.1.0"))

    assert people.failed_attempt(state, "anber", AT, 5).locked_until is not None


def test_who_signed_in_last_is_at_the_till() -> None:
    assert people.signed_in(fold([SignedIn(AT, "anber"), SignedIn(AT, "erilu")])) == "erilu"


@pytest.mark.parametrize("then", [SignedOut(AT, "anber"), Locked(AT, "anber"), ProgramStarted(AT, "0.1.0")])
def test_nobody_is_at_a_till_that_was_left_locked_or_started(then: SignedOut | Locked | ProgramStarted) -> None:
    state = fold([SignedIn(AT, "anber"), then])

    with pytest.raises(NotSignedIn):
        people.signed_in(state)


def test_nobody_is_at_a_new_till() -> None:
    with pytest.raises(NotSignedIn):
        people.signed_in(RegisterState())


@pytest.mark.parametrize(
    ("user", "roles", "allowed"),
    [
        (ANNA, (Role.CASHIER,), True),
        (ANNA, (Role.SUPERVISOR,), False),
        (ANNA, (Role.CASHIER, Role.SUPERVISOR), True),
        (ERIK, (Role.SUPERVISOR,), True),
        (RUT, (Role.CASHIER, Role.SUPERVISOR), False),
        (RUT, (Role.AUDITOR,), True),
        (User("nobody", "Utan Roll", frozenset(), ""), tuple(Role), False),
    ],
)
def test_a_person_may_do_what_one_of_the_roles_covers(user: User, roles: tuple[Role, ...], allowed: bool) -> None:
    if allowed:
        people.require(user, *roles)
    else:
        with pytest.raises(NotAllowed) as refused:
            people.require(user, *roles)
        assert refused.value.user == user.id


def test_a_person_is_shown_without_name_and_verifier() -> None:
    assert repr(ANNA) == "User('anber')"
