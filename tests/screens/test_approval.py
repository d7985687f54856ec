"""A second person's signature: told what is wrong at its field, and a PIN that is not kept (R11, UX E19)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp.domain.errors import NeedsApproval, NoOpenSession, NotAllowed, SelfApproval, WrongPin
from kassaapp.pins import Signature
from kassaapp.screens.approval import Approval, Spot
from tests.desks import an_open_till


@pytest.fixture
def approval(tmp_path: Path) -> Iterator[Approval]:
    with an_open_till(tmp_path) as desk:
        yield Approval(desk.register("H"))


def test_nobody_is_asked_until_the_rules_ask(approval: Approval) -> None:
    before = (approval.view, approval.check(), approval.signature())

    taken = approval.takes(NeedsApproval(50_000))

    assert before == (None, True, None)
    assert taken
    assert approval.view is not None
    assert (approval.view.text[:11], approval.view.spot) == ("Över 500\u202fkr", Spot.USER)


def test_what_is_missing_is_said_at_its_field(approval: Approval) -> None:
    approval.ask("Be en kollega.")

    nobody = (approval.check(), approval.view)
    approval.type_user(" ERILU ")
    no_pin = (approval.check(), approval.view)

    assert (nobody[0], nobody[1] and nobody[1].user_error) == (False, "Skriv vem som godkänner.")
    assert (no_pin[0], no_pin[1] and no_pin[1].pin_error) == (False, "Skriv pinkoden.")
    assert no_pin[1] is not None
    assert (no_pin[1].user, no_pin[1].spot) == ("erilu", Spot.PIN)


def test_the_pin_is_forgotten_when_it_is_handed_over(approval: Approval) -> None:
    approval.ask("Be en kollega.")
    approval.type_user("erilu")
    approval.type_pin("234567")

    given = approval.signature()

    assert given == Signature("erilu", "234567")
    assert approval.view is not None
    assert not approval.view.has_pin
    assert "234567" not in repr(vars(approval))


def test_each_refusal_is_told_where_it_belongs(approval: Approval) -> None:
    approval.ask("Be en kollega.")
    approval.type_user("anber")

    told = []
    for refused in (SelfApproval(), NotAllowed("anber"), WrongPin(4)):
        approval.type_user("anber")
        assert approval.takes(refused)
        assert approval.view is not None
        told.append((approval.view.user_error, approval.view.pin_error[:22]))

    assert told == [
        ("Du kan inte själv vara den andra personen. Be en kollega godkänna.", ""),
        ("Anna Berg är inte kassaansvarig. Be någon som är det.", ""),
        ("", "Pinkoden stämmer inte."),
    ]


def test_what_is_not_about_the_second_person_is_the_screens(approval: Approval) -> None:
    approval.ask("Be en kollega.")
    approval.type_user("erilu")

    assert not approval.takes(NoOpenSession())
    assert not approval.takes(NotAllowed("anber"))
