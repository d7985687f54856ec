"""Forgeries by those who have the means: the seal that hides nothing, and the key's owner who signs what never was."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain import session
from kassaapp.domain.events import Event, RegisterOpened, SaleRegistered, SessionClosed, SessionOpened
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState
from kassaapp.domain.visit import FeeReason, Payment, Tender
from tests.builders import EVENING
from tests.verify.evidence import (
    SOLD_ON_MONDAY,
    as_a_person_who_knows_sql,
    as_the_owner_of_the_key,
    copied,
    faults,
    journal_in,
    two_days,
    verdict,
)

Make = Callable[[RegisterState, list[Event]], list[Event]]
DRAWER_ORE = 100_000 + SOLD_ON_MONDAY * 40_000


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_days(tmp_path_factory.mktemp("evidence") / "desk")


@pytest.fixture
def desk(evidence: Path, tmp_path: Path) -> Path:
    return copied(evidence, tmp_path / "desk")


# ── Without the key ──────────────────────────────────────────────────────────────────────────────


def test_an_amount_cannot_be_changed_by_calling_its_part_sealed(desk: Path) -> None:
    """A sealed part cannot be compared with its commitment without a key; the accounting part is never sealed."""
    (desk / "H" / "shadow.kj").unlink()
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        last = sql.execute("SELECT max(seq) FROM record").get
        body = sql.execute(
            "SELECT body FROM part WHERE name = 'a' AND hash = (SELECT hash FROM record WHERE seq = ?)", (last,)
        ).get
        changed = body.replace(b'"card"', b'"cash"')
        assert changed != body
        sql.execute(
            "UPDATE part SET body = ?, digest = ?, sealed = 1 WHERE name = 'a' AND body = ?",
            (changed, hashlib.sha256(changed).digest(), body),
        )

    code, report = verdict(journal_in(desk))

    assert (code, report["first_bad"]) == (1, last)


def test_a_price_list_cannot_be_changed_by_calling_it_sealed(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        body = sql.execute("SELECT body FROM region_part WHERE kind = 'config' AND name = 'region'").get
        changed = body.replace(b'"price_ore":20000', b'"price_ore":10000')
        assert changed != body
        sql.execute(
            "UPDATE region_part SET body = ?, digest = ?, sealed = 1 WHERE body = ?",
            (changed, hashlib.sha256(changed).digest(), body),
        )

    assert "configuration" in faults(verdict(journal_in(desk))[1])


def test_patients_that_changed_places_differ_from_the_second_medium(desk: Path) -> None:
    """Without a key nobody sees whose part it is, but the second medium holds them in their places."""
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        (one, one_body, one_digest), (other, other_body, other_digest) = sql.execute(
            "SELECT part.hash, body, digest FROM part JOIN record USING (hash) WHERE name = 'p' ORDER BY seq LIMIT 2"
        ).fetchall()
        change = "UPDATE part SET body = ?, digest = ? WHERE name = 'p' AND hash = ?"
        sql.execute(change, (other_body, other_digest, one))
        sql.execute(change, (one_body, one_digest, other))

    assert verdict(journal_in(desk))[0] == 1


# ── With the key ─────────────────────────────────────────────────────────────────────────────────


def next_sale(state: RegisterState, past: list[Event], **changes: Any) -> SaleRegistered:
    """The next sale of 200 kr by card as the rules would make it, with changes that they would not."""
    newest = [event for event in past if isinstance(event, SaleRegistered)][-1]
    grand = GrandTotals(state.grand.sales_ore + newest.total_ore, state.grand.returns_ore)
    return replace(replace(newest, receipt=state.next_receipt, grand=grand), **changes)


def next_close(state: RegisterState, **changes: Any) -> SessionClosed:
    return replace(rightly_closed(state, Count(DRAWER_ORE)), **changes)


def rightly_closed(state: RegisterState, count: Count, reason: str | None = None) -> SessionClosed:
    return session.close_session(state, count, reason=reason, second=None, limit_ore=10**9, at=EVENING, by="erilu")


def sale(**changes: Any) -> Make:
    return lambda state, past: [next_sale(state, past, **changes)]


def sale_of(amount_ore: int, **line: Any) -> Make:
    """A sale of one row that costs so much, with every other sum following from it."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = next_sale(state, past)
        return [
            replace(
                usual,
                lines=(replace(usual.lines[0], amount_ore=amount_ore, **line),),
                total_ore=amount_ore,
                to_pay_ore=amount_ore,
                payments=(Payment(Tender.CARD, amount_ore),),
                grand=GrandTotals(state.grand.sales_ore + amount_ore, state.grand.returns_ore),
            )
        ]

    return make


def close(**changes: Any) -> Make:
    return lambda state, past: [next_close(state, **changes)]


def z_with(**figures: Any) -> Make:
    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        usual = next_close(state)
        return [replace(usual, figures=replace(usual.figures, **figures))]

    return make


def close_and_open(**changes: Any) -> Make:
    """The till is closed and opened again with another float than was left."""

    def make(state: RegisterState, past: list[Event]) -> list[Event]:
        opening = SessionOpened(EVENING, "erilu", state.next_session, DRAWER_ORE, DRAWER_ORE)
        return [next_close(state), replace(opening, **changes)]

    return make


def born_again(state: RegisterState, past: list[Event]) -> list[Event]:
    assert isinstance(past[0], RegisterOpened)
    return [past[0]]


@pytest.mark.parametrize("make", [sale(), sale_of(20_000), close(), close_and_open()])
def test_what_the_rules_would_make_is_no_forgery(desk: Path, make: Make) -> None:
    as_the_owner_of_the_key(desk, make)

    assert verdict(journal_in(desk))[1]["findings"] == []


FORGERIES: dict[str, Make] = {
    "a receipt left out": lambda state, past: [next_sale(state, past, receipt=state.next_receipt + 1)],
    "a receipt twice": lambda state, past: [next_sale(state, past, receipt=state.next_receipt - 1)],
    "another session": sale(session=1),
    "a total that is not its rows": sale(total_ore=10_000),
    "a payment that is not the total": sale(payments=(Payment(Tender.CARD, 10_000),)),
    "rounding out of nothing": sale(rounding_ore=-50),
    "grand total": sale(grand=GrandTotals(20_000)),
    "rounding of a card": sale(rounding_ore=-15_000, to_pay_ore=5_000, payments=(Payment(Tender.CARD, 5_000),)),
    "rounding of 150 kr": sale(
        rounding_ore=-15_000, to_pay_ore=5_000, payments=(Payment(Tender.CASH, 5_000, given_ore=5_000),)
    ),
    "vat": sale(vat={"25": 4_000}),
    "change": sale(change_ore=5_000),
    "less than nothing": sale_of(-20_000),
    "not the region's price": sale_of(1, price_ore=1),
    "below the price without a reason": sale_of(1),
    "above the price": sale_of(30_000),
    "an article the region does not have": sale_of(20_000, article=77, text="Guldtacka"),
    "more towards the ceiling than was paid": sale_of(20_000, counts_ore=30_000),
    "free for a reason and yet paid": sale_of(20_000, reason=FeeReason.FREE_VISIT),
    "Z of less than was sold": z_with(sales_ore=0),
    "Z without its cash": z_with(by_tender={"cash": 1}),
    "Z with another cashier": z_with(cashiers=()),
    "Z with no difference": z_with(counted_ore={"cash": 1}, difference_ore={"cash": 0}),
    "Z of another tender": z_with(counted_ore={"cash": DRAWER_ORE, "gold": 1}, difference_ore={"cash": 0, "gold": 1}),
    "Z without a count": z_with(counted_ore={}, difference_ore={}),
    "Z with another number": close(z=7),
    "Z of another session": close(session=1),
    "a float that was not counted": close(left_ore=1),
    "a difference without a reason": lambda state, past: [
        replace(rightly_closed(state, Count(DRAWER_ORE - 5_000), "Fel"), reason=None)
    ],
    "a session left out": close_and_open(session=9),
    "a float out of nothing": close_and_open(counted_ore=1, expected_ore=1),
    "a float that differs without a reason": close_and_open(counted_ore=1),
    "a session in a session": lambda state, past: [
        SessionOpened(EVENING, "erilu", state.next_session, DRAWER_ORE, DRAWER_ORE)
    ],
    "a second close": lambda state, past: [next_close(state), next_close(state, z=state.next_z + 1)],
    "a till born again": born_again,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_rules_would_not_make_is_found_by_its_figures(desk: Path, forgery: str) -> None:
    first = as_the_owner_of_the_key(desk, FORGERIES[forgery])

    code, report = verdict(journal_in(desk))

    assert code == 1
    assert report["first_bad"] in (first, first + 1)
    assert faults(report) & {"figures", "configuration"}
    assert not faults(report) & {"signature", "link", "part", "file"}


def test_a_z_of_less_than_was_sold_is_named_as_the_first_bad_record(desk: Path) -> None:
    first = as_the_owner_of_the_key(desk, z_with(sales_ore=0))

    code, report = verdict(journal_in(desk))

    assert (code, report["first_bad"], report["trusted_to"]) == (1, first, first - 1)
    assert faults(report) == {"figures"}
