"""Looking back: every filter of the sector's list finds its rows and no others (R68)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rules.counter import ADULT, BOSS, CARD, CASH, ON_ACCOUNT, OTHER, Counter, at_counter


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Two days with something of everything; Erik, who may see it all, is signed in."""
    with at_counter(tmp_path_factory.mktemp("history") / "desk") as counter:
        first_day(counter)
        counter.at("2026-11-24T08:00")
        counter.ok("open_session", till="H", counted_ore=110_000, reason="Tio kronor i golvet")
        counter.sign_in("erilu")
        counter.sell(patient=OTHER)
        counter.ok("count", till="H", counted_ore=109_000)
        yield counter


def first_day(counter: Counter) -> None:
    """Monday, with a difference of −10 kr at close."""
    counter.sell(pay=CASH)
    counter.ok("deposit", till="H", patient=ADULT, amount_ore=50_000, pay=[CARD])
    counter.sell(3, ON_ACCOUNT)
    counter.refund(1, 5_000, CASH)
    counter.sell(5, patient=OTHER)
    counter.ok("void", till="H", receipt=5, reason="Kom visst")
    counter.ok("repay", till="H", patient=ADULT, amount_ore=30_000, pay=[CARD], reason="Flyttar", approved_by=BOSS)
    counter.ok("change_float", till="H", amount_ore=-4_000, reason="Till kassaskåpet")
    counter.ok("close_session", till="H", counted_ore=110_000, reason="Fel växel", pin="123456")


def receipts(counter: Counter, **wanted: Any) -> list[int]:
    """Receipt numbers of the rows found."""
    return [row["receipt"] for row in counter.rows(**wanted)]


@pytest.mark.parametrize(
    ("kind", "found"), [("sale", [1, 3, 5, 8]), ("refund", [4]), ("void", [6]), ("deposit", [2]), ("repayment", [7])]
)
def test_r68_by_kind_of_transaction(seeded: Counter, kind: str, found: list[int]) -> None:
    assert receipts(seeded, kind=kind) == found


def test_r68_what_is_voided_is_marked(seeded: Counter) -> None:
    assert [(row["receipt"], row["voided"]) for row in seeded.rows(kind="sale")] == [
        (1, False),
        (3, False),
        (5, True),
        (8, False),
    ]


def test_r68_by_difference(seeded: Counter) -> None:
    found = [(row["kind"], row["session"], row["difference_ore"]) for row in seeded.rows(kind="difference")]

    assert found == [("session-close", 1, -1_000), ("count", 2, -1_000)]


def test_r68_by_changed_float_opening_and_closing(seeded: Counter) -> None:
    assert [row["amount_ore"] for row in seeded.rows(kind="float")] == [-4_000]
    assert [row["session"] for row in seeded.rows(kind="session-open")] == [1, 2]
    assert [row["session"] for row in seeded.rows(kind="session-close")] == [1]


def test_r68_by_cashier(seeded: Counter) -> None:
    assert receipts(seeded, user="erilu", kind="sale") == [8]
    assert receipts(seeded, user="anber", kind="sale") == [1, 3, 5]


def test_r68_by_patient(seeded: Counter) -> None:
    kinds = [row["kind"] for row in seeded.rows(patient=OTHER["id"])]

    assert [kind for kind in kinds if kind != "seen"] == ["sale", "void", "sale"]
    assert receipts(seeded, patient="701063-2391", kind="sale") == [5, 8]


def test_r68_by_session_amount_receipt_and_day(seeded: Counter) -> None:
    assert receipts(seeded, session=2, kind="sale") == [8]
    assert {row["session"] for row in seeded.rows(session=1)} == {1}
    assert receipts(seeded, amount_ore=40_000, kind="sale") == [5]
    assert [row["kind"] for row in seeded.rows(receipt=4)] == ["refund"]
    assert receipts(seeded, kind="sale", **{"from": "2026-11-24"}) == [8]
    assert receipts(seeded, kind="sale", to="2026-11-23") == [1, 3, 5]


def test_r68_filters_are_all_asked_for_at_once(seeded: Counter) -> None:
    found = receipts(seeded, kind="sale", user="anber", patient=OTHER["id"], session=1, amount_ore=40_000)

    assert found == [5]
    assert receipts(seeded, kind="sale", user="erilu", session=1) == []


def test_r68_what_cannot_be_looked_for_is_malformed(seeded: Counter) -> None:
    for wanted in ({"kind": "nonsense"}, {"from": "i går"}, {"session": "1"}, {"colour": "red"}):
        assert seeded.refused("history", till="H", **wanted) == "Malformed"
    assert seeded.refused("history", till="H", patient="12") == "BadIdentity"


def test_r68_the_index_is_the_same_after_a_restart(tmp_path: Path) -> None:
    with at_counter(tmp_path / "desk") as counter:
        first_day(counter)
        before = counter.rows()
    with at_counter(tmp_path / "desk", opened=False) as counter:
        assert counter.rows()[: len(before)] == before
