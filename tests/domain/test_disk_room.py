"""When the disk is almost full nothing new is taken on, and everything that ends or undoes goes on."""

import typing

import pytest

from kassaapp.domain import disk_room
from kassaapp.domain.disk_room import DiskRoom
from kassaapp.domain.errors import DiskAlmostFull
from kassaapp.domain.events import KINDS, Event, PaymentBegun

NEW = {"sale", "deposit", "grant-ask", "pay-start", "park", "training-on"}


def an_event(kind: str) -> Event:
    """An event of a kind, with nothing in it but that a payment is none to give back."""
    event: Event = object.__new__(KINDS[kind])
    if isinstance(event, PaymentBegun):
        object.__setattr__(event, "returns", None)
    return event


@pytest.mark.parametrize(
    ("free_bytes", "is_low", "is_full"),
    [
        (0, True, True),
        (99_999_999, True, True),
        (100_000_000, True, False),
        (999_999_999, True, False),
        (1_000_000_000, False, False),
    ],
)
def test_below_a_gigabyte_is_low_and_below_a_hundred_megabytes_is_full(
    free_bytes: int, is_low: bool, is_full: bool
) -> None:
    room = DiskRoom(free_bytes)

    assert (room.is_low, room.is_full) == (is_low, is_full)


def test_on_a_full_disk_money_may_be_given_back() -> None:
    begun = an_event("pay-start")
    object.__setattr__(begun, "returns", 1)

    disk_room.require(DiskRoom(0), [begun])


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_full_disk_only_what_begins_something_new_is_refused(kind: str) -> None:
    refused = False
    try:
        disk_room.require(DiskRoom(99_999_999), [an_event(kind)])
    except DiskAlmostFull as no:
        refused = no.free_bytes == 99_999_999

    assert refused is (kind in NEW)


@pytest.mark.parametrize("kind", sorted(NEW))
def test_with_room_enough_nothing_is(kind: str) -> None:
    disk_room.require(DiskRoom(100_000_000), [an_event(kind)])


@pytest.mark.parametrize("kinds", [("sale", "pay-end"), ("refund", "sale"), ("void", "sale"), ("deposit", "pay-end")])
def test_what_finishes_a_payment_or_a_correction_goes_on(kinds: typing.Sequence[str]) -> None:
    disk_room.require(DiskRoom(0), [an_event(kind) for kind in kinds])
