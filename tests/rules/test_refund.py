"""Giving back: linked, never more than was paid, with a second person where needed; nothing is erased (R07–R13)."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kassaapp.domain.events import ApprovalGiven, SaleRefunded, SaleVoided
from kassaapp.verify.audit import audit
from tests.rules.counter import (
    BOSS,
    CARD,
    CASH,
    INVOICE,
    SWISH,
    Counter,
    Edit,
    a_refund,
    at_counter,
)

THREE = [{"article": 1, "quantity": 3}]


def paid_back(counter: Counter, till: str = "H") -> int:
    """What has been paid out in all for refunds and voids."""
    return sum(event.to_pay_ore for event in counter.events(till) if isinstance(event, SaleRefunded | SaleVoided))


# ── R07: nothing is changed or erased ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM record",
        "DELETE FROM record WHERE seq = (SELECT max(seq) FROM record)",
        "UPDATE record SET env = zeroblob(200)",
        "UPDATE record SET seq = seq + 1000",
        "DELETE FROM part",
        "UPDATE part SET body = zeroblob(20)",
        "INSERT OR REPLACE INTO record SELECT * FROM record",
    ],
)
def test_r07_the_journal_file_refuses_to_forget(tmp_path: Path, statement: str) -> None:
    with at_counter(tmp_path / "desk") as counter:
        counter.sell()
    file = sqlite3.connect(tmp_path / "desk" / "H" / "journal.db")

    with pytest.raises(sqlite3.Error):
        file.execute(statement)

    file.close()
    assert audit(tmp_path / "desk" / "H" / "journal.db").findings == []


def test_r07_a_changed_byte_is_found_and_named(tmp_path: Path) -> None:
    path = tmp_path / "desk" / "H" / "journal.db"
    with at_counter(tmp_path / "desk") as counter:
        sold = counter.sell()
        counter.sell()
        env = counter.desk.history("H").sale(1).env
    raw = bytearray(path.read_bytes())
    at = raw.index(env)
    raw[at + 100] ^= 1
    path.write_bytes(raw)

    report = audit(path)

    assert report.first_bad == sold["seq"]


def test_r07_there_is_no_act_that_deletes_or_changes() -> None:
    from kassaapp import acts

    assert [name for name in acts.ACTS if any(word in name for word in ("delete", "remove", "erase", "edit"))] == []


# ── R08: void ────────────────────────────────────────────────────────────────────────────────────


def test_r08_a_void_is_a_new_record_and_the_receipt_stays_as_it_was(counter: Counter) -> None:
    for _ in range(17):
        sold = counter.sell(pay=CASH)
    original = counter.journal().frames(sold["seq"], 1)[0]

    voided = counter.ok("void", till="H", receipt=17, reason="Fel besök")

    assert voided["receipt"] == 18
    assert counter.journal().frames(sold["seq"], 1)[0] == original
    event = counter.events()[-1]
    assert isinstance(event, SaleVoided)
    assert (event.sale_receipt, event.sale_session, event.reason, event.by) == (17, 1, "Fel besök", "anber")
    assert [row["voided"] for row in counter.rows(receipt=17)] == [True]
    assert counter.refused("void", till="H", receipt=17, reason="Igen") == "AlreadyVoided"
    assert counter.refused("refund", **a_refund(17, 100)) == "AlreadyVoided"
    assert counter.refused("void", till="H", receipt=18, reason="Ångra ångern") == "UnknownReceipt"
    assert counter.refused("void", till="H", receipt=1, reason="  ") == "ReasonMissing"


def test_r08_yesterdays_receipt_is_voided_today_and_yesterdays_z_stays(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.close()
    z = counter.desk.history("H").closings()[0]
    counter.at("2026-11-24T08:00")
    counter.ok("open_session", till="H", counted_ore=120_000)

    counter.ok("void", till="H", receipt=1, reason="Fel besök")

    event = counter.events()[-1]
    assert isinstance(event, SaleVoided)
    assert (event.session, event.sale_session) == (2, 1)
    assert counter.journal().hash_of(z.seq) == z.hash
    figures = counter.close()["figures"]
    assert figures["s"] == {"count": 1, "ore": 20_000}
    assert (figures["q"], figures["f"], figures["v"]) == ({"count": 0, "ore": 0}, 0, 20_000)
    assert figures["expected_ore"]["cash"] == 100_000


def test_r08_what_has_been_partly_given_back_is_not_voided_as_a_whole(counter: Counter) -> None:
    counter.sell()
    counter.refund(1, 100)

    assert counter.refused("void", till="H", receipt=1, reason="Fel besök") == "PartlyRefunded"


def test_r08_a_free_visit_is_voided_too(counter: Counter) -> None:
    counter.sell(2, [])

    counter.ok("void", till="H", receipt=1, reason="Fel patient")

    assert counter.x()["s"] == {"count": 1, "ore": 0}


# ── R09: never more than was paid ────────────────────────────────────────────────────────────────


def test_r09_a_receipt_is_given_back_down_to_nothing_and_no_further(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1, "quantity": 2}])

    assert counter.refund(1, 15_000)["left_ore"] == 25_000
    assert counter.refund(1, 25_000)["left_ore"] == 0
    assert counter.refused("refund", **a_refund(1, 1)) == "RefundOutOfRange"
    figures = counter.x()
    assert figures["q"] == {"count": 2, "ore": 40_000}
    assert (figures["u"], figures["v"], figures["w"]) == (40_000, 40_000, 0)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"line": 1, "amount_ore": 20_001}],
        [{"line": 1, "amount_ore": 0}],
        [{"line": 1, "amount_ore": -1}],
        [{"line": 0, "amount_ore": 1}],
        [{"line": -1, "amount_ore": 1}],
        [{"line": 3, "amount_ore": 1}],
        [{"line": 2, "amount_ore": 1}],
        [{"line": 1, "amount_ore": 20_000}, {"line": 1, "amount_ore": 1}],
        [{"line": 1, "amount_ore": 2**53 - 1}],
    ],
)
def test_r09_no_row_gives_back_more_than_it_has(counter: Counter, lines: list[dict[str, int]]) -> None:
    counter.sell(lines=[{"article": 1}, {"article": 2}])

    assert counter.refused("refund", **{**a_refund(1, 1), "lines": lines}) == "RefundOutOfRange"


def test_r09_many_small_refunds_in_cash_give_back_no_more_than_was_paid(counter: Counter) -> None:
    counter.sell(104, CASH, "E")
    drawer = counter.expected("E")

    for _ in range(99):
        counter.ask("refund", **a_refund(1, 50, CASH, "E"))

    assert paid_back(counter, "E") <= 5_000
    assert counter.expected("E") >= drawer - 5_000


@pytest.mark.parametrize(
    "parts", [[4_995], [2_500, 2_495], [50, 4_945], [4_945, 50], [49, 49, 4_897], [1] * 3 + [4_992]]
)
def test_r09_all_of_it_in_parts_is_what_was_paid(counter: Counter, parts: list[int]) -> None:
    counter.sell(104, CASH, "E")

    for part in parts:
        counter.refund(1, part, CASH, "E")

    assert paid_back(counter, "E") == 5_000
    assert counter.x("E")["expected_ore"] == {}
    assert counter.expected("E") == 50_000


def test_r09_the_vat_given_back_in_parts_is_the_vat_of_the_sale(counter: Counter) -> None:
    vat = counter.sell(101, CARD, "E")["vat"]

    for part in (1, 2, 1, 33_333, 35_463):
        counter.ok("refund", **a_refund(1, part, CARD, "E"), approved_by=BOSS)

    assert counter.figures("E").returned_vat == vat


# ── R10: the return receipt ──────────────────────────────────────────────────────────────────────


def test_r10_a_return_receipt_says_what_why_and_of_which_receipt(counter: Counter) -> None:
    counter.sell(lines=[{"article": 1}, {"article": 3}])
    counter.ok("refund", **{**a_refund(1, 1), "lines": [{"line": 2, "amount_ore": 5_000}]})

    text = counter.paper(2)

    for said in (
        "Ekbacken Vård AB",
        "Org.nr 556016-0680",
        "Ekvägen 1, 123 45 Demostad",
        "2026-11-23 07:42",
        "R0417H-2",
        "Kassa R0417H",
        "Fysioterapeut",
        "50,00",
        "Kort",
        "Undantag Skatteverket dnr DEMO-1",
        "R0417H-1",
        "Fel avgift",
    ):
        assert said in text
    assert "RETUR" in text.upper()
    assert "Läkarbesök" not in text


@pytest.mark.parametrize("reason", [None, "", "   ", "\u00a0"])
def test_r10_nothing_is_given_back_without_a_reason_and_a_receipt(counter: Counter, reason: str | None) -> None:
    counter.sell()
    given = {**a_refund(1, 100), "reason": reason}
    if reason is None:
        del given["reason"]

    assert counter.refused("refund", **given) in ("ReasonMissing", "Malformed")
    assert counter.refused("refund", **a_refund(99, 100)) == "UnknownReceipt"


# ── R11: the second person ───────────────────────────────────────────────────────────────────────


def test_r11_above_the_limit_a_second_person_approves_and_it_is_recorded(counter: Counter) -> None:
    counter.sell(lines=THREE)
    refund = a_refund(1, 50_100)
    assert counter.refused("refund", **refund) == "NeedsApproval"
    self_approval = {"user": "anber", "pin": "123456"}
    assert counter.refused("refund", **refund, approved_by=self_approval) == "SelfApproval"
    assert counter.refused("refund", **refund, approved_by={"user": "revis", "pin": "345678"}) == "NotAllowed"
    assert counter.refused("refund", **refund, approved_by={**BOSS, "pin": "000000"}) == "WrongPin"
    assert counter.refused("refund", **refund, approved_by={"user": "ingen", "pin": "234567"}) == "WrongPin"

    counter.ok("refund", **refund, approved_by=BOSS)

    approval, refunded = counter.events()[-2:]
    assert isinstance(approval, ApprovalGiven)
    assert (approval.by, approval.asked_by, approval.act) == ("erilu", "anber", "refund")
    assert isinstance(refunded, SaleRefunded)
    assert (refunded.by, refunded.approved_by) == ("anber", "erilu")


def test_r11_at_the_limit_nobody_else_is_needed(counter: Counter) -> None:
    counter.sell(lines=THREE)

    assert counter.refund(1, 50_000)["amount_ore"] == 50_000


def test_r11_the_limit_is_not_passed_in_small_steps(counter: Counter) -> None:
    counter.sell(lines=THREE)
    counter.refund(1, 50_000)

    assert counter.refused("refund", **a_refund(1, 100)) == "NeedsApproval"
    counter.refund(1, 100, approved_by=BOSS)


def test_r11_the_limit_is_the_regions(counter_with: Callable[[Edit], Counter]) -> None:
    counter = counter_with(lambda made: made["policy"].update(refund_approval_over_ore=0))
    counter.sell()

    assert counter.refused("refund", **a_refund(1, 1)) == "NeedsApproval"
    assert counter.refused("void", till="H", receipt=1, reason="Fel") == "NeedsApproval"


def test_r11_another_tender_needs_a_second_person(counter: Counter) -> None:
    counter.sell()

    for pay in (CASH, SWISH, INVOICE, {"by": "on_account"}):
        assert counter.refused("refund", **a_refund(1, 100, pay)) == "NeedsApproval"
    counter.refund(1, 100, CASH, approved_by=BOSS)


def test_r11_more_by_a_tender_than_it_paid_is_another_tender(counter: Counter) -> None:
    counter.sell(pay=[{**CARD, "amount_ore": 15_000}, {**CASH, "amount_ore": 5_000}])
    counter.refund(1, 5_000, CASH)

    assert counter.refused("refund", **a_refund(1, 100, CASH)) == "NeedsApproval"
    counter.refund(1, 15_000, CARD)


def test_r11_nobody_approves_their_own_act_even_when_nobody_had_to(counter: Counter) -> None:
    counter.sign_in("erilu")
    counter.sell(pay=CASH)

    assert counter.refused("refund", **a_refund(1, 100, CASH), approved_by=BOSS) == "SelfApproval"
    assert counter.refused("void", till="H", receipt=1, reason="Fel", approved_by=BOSS) == "SelfApproval"


# ── R12 ─────────────────────────────────────────────────────────────────────────────────────────


def test_r12_cash_that_is_not_in_the_drawer_is_not_given_back(counter: Counter) -> None:
    counter.sell(pay=CASH)
    counter.ok("change_float", till="H", amount_ore=-110_000, reason="Till kassaskåpet")

    assert counter.refused("refund", **a_refund(1, 20_000, CASH)) == "NotEnoughCash"
    assert counter.refused("void", till="H", receipt=1, reason="Fel") == "NotEnoughCash"
    assert counter.refund(1, 10_000, CASH)["left_ore"] == 10_000
