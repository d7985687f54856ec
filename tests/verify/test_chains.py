"""A journal with several chains: each is whole by itself, goes on where the one before ended, and losses are told."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import Event, SaleRefunded, SaleRegistered, SessionOpened
from kassaapp.domain.figures import GrandTotals
from kassaapp.domain.state import RegisterState, apply
from sync.wire import canonical, checkpoint, shadow
from sync.wire.demo_keys import demo_keys
from tests.builders import EVENING
from tests.verify.evidence import (
    as_a_person_who_knows_sql,
    faults,
    journal_in,
    text_of,
    verdict,
    warned,
)
from tests.verify.forge import (
    ORIGIN,
    Draft,
    Ledger,
    Successor,
    certificate_of,
    drafts,
    hashes_of,
    insert,
    keep,
    lose,
    number_of,
    rewrite,
    secrets_of,
    succeed,
)
from tests.verify.test_forgeries import next_close, next_sale


def sells_on(state: RegisterState, past: Sequence[Event]) -> list[Event]:
    """One more sale and a close: the session that was open in the chain before goes on."""
    sold = next_sale(state, list(past))
    return [sold, next_close(apply(state, sold), at=sold.at)]


def sells(state: RegisterState, past: Sequence[Event]) -> list[Event]:
    return [next_sale(state, list(past))]


def findings(report: dict[str, Any]) -> list[tuple[str, int, int | None]]:
    """Class, chain and number of what was found."""
    return [(finding["fault"], finding["chain"], finding["seq"]) for finding in report["findings"]]


# ── One after the other ──────────────────────────────────────────────────────────────────────────


def test_a_successor_goes_on_in_numbers_sums_and_the_open_session(desk: Path) -> None:
    before = len(hashes_of(desk))
    succeed(desk, Successor(then=sells_on))

    code, report = verdict(journal_in(desk))

    assert (code, report["findings"], warned(report)) == (0, [], set())
    assert [(chain["n"], chain["register"], chain["records"]) for chain in report["chains"]] == [
        (1, "R0417H", before),
        (2, "R0417BH", 3),
    ]
    assert (report["records"], report["trusted_chain"], report["trusted_to"]) == (before + 3, 2, 2)
    assert "Kedjor: 1 (R0417H" in text_of(journal_in(desk))


def test_a_journal_from_before_there_were_gaps_is_read(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DROP TABLE gap")

    assert verdict(journal_in(desk))[1]["findings"] == []


FORGED: dict[str, tuple[str, Successor]] = {
    "receipts that begin anew": ("number", Successor(birth={"next_receipt": 1})),
    "sessions that begin anew": ("number", Successor(birth={"next_session": 1})),
    "Z that skip one": ("number", Successor(birth={"next_z": 7})),
    "a total that begins anew": ("total", Successor(birth={"grand": GrandTotals()})),
    "a total of one öre more": ("total", Successor(birth={"grand": GrandTotals(440_001)})),
    "another register in its birth": ("till", Successor(birth={"register": "R0501"})),
    "the other till": ("till", Successor(till="E")),
    "no parent": ("succession", Successor(has_parent=False)),
    "the same name": ("succession", Successor(register="R0417")),
    "a head that is not here": ("fork", Successor(parent=bytes(32))),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_successor_that_does_not_follow_is_found(desk: Path, case: str) -> None:
    fault, how = FORGED[case]
    succeed(desk, how)

    code, report = verdict(journal_in(desk))

    assert (code, faults(report)) == (1, {fault})
    assert {finding["chain"] for finding in report["findings"]} == {2}
    assert report["chains"][0]["runs"] == [[0, report["chains"][0]["records"] - 1]]


def test_a_successor_with_the_old_key_is_found(desk: Path) -> None:
    signer, _ = secrets_of(desk)

    succeed(desk, Successor(signer=signer))

    assert "shared-key" in faults(verdict(journal_in(desk))[1])


def test_a_till_that_succeeds_a_chain_elsewhere_is_told_as_not_checked(desk: Path) -> None:
    """A new machine: its numbers go on from a journal that is lost."""
    successor = replace(certificate_of(desk), parent=bytes(32))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE chain SET certificate = ?", (successor.encode(),))
        sql.execute("DELETE FROM proof")
        ledger = Ledger([successor.encode()])
        answer = ledger.pushed(0, 0, 0)
        sql.execute(
            "INSERT INTO proof (id, chain, next, size, leaf, idx, inclusion, consistency, note)"
            " VALUES (1, 1, 0, 1, ?, 0, x'', x'', ?)",
            (answer.leaf, answer.note),
        )
    rewrite(desk, from_receipt_101)

    _, report = verdict(journal_in(desk))

    assert (report["findings"], warned(report)) == ([], {"unchecked"})
    assert "numren och grand total" in text_of(journal_in(desk))


def from_receipt_101(drafts: list[Draft]) -> None:
    drafts[0].say(drafts[0].content() | {"next_receipt": 101})
    for draft in drafts:
        if draft.header["kind"] == "sale":
            draft.say(draft.content() | {"receipt": draft.content()["receipt"] + 100})


def test_a_chain_that_was_taken_out_of_the_file_is_missed(desk: Path) -> None:
    succeed(desk, Successor(then=sells))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM part WHERE hash IN (SELECT hash FROM record WHERE chain = 1)")
        sql.execute("DELETE FROM record WHERE chain = 1; DELETE FROM proof WHERE chain = 1")
        sql.execute("DELETE FROM chain WHERE n = 1")

    code, report = verdict(journal_in(desk))

    assert (code, findings(report)[0]) == (1, ("missing", 2, 0))


def test_records_of_a_chain_without_certificate_are_found(desk: Path) -> None:
    succeed(desk, Successor(then=sells))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM proof WHERE chain = 2; DELETE FROM chain WHERE n = 2")

    assert findings(verdict(journal_in(desk))[1]) == [("key", 2, 0)]


def test_the_first_bad_record_is_named_with_its_chain(desk: Path) -> None:
    succeed(desk, Successor(then=sells_on))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE record SET env = CAST(zeroblob(64) || substr(env, 65) AS BLOB) WHERE chain = 2 AND seq = 1")

    _, report = verdict(journal_in(desk))

    assert (report["first_bad_chain"], report["first_bad"]) == (2, 1)
    assert (report["trusted_chain"], report["trusted_to"]) == (2, 0)
    assert "1 i kedja 2 (R0417BH)" in text_of(journal_in(desk))


def test_when_the_second_chain_is_bad_from_its_start_the_first_still_holds(desk: Path) -> None:
    before = len(hashes_of(desk))
    succeed(desk, Successor(birth={"next_z": 9}))

    _, report = verdict(journal_in(desk))

    assert (report["trusted_chain"], report["trusted_to"]) == (1, before - 1)


def test_a_certificate_of_another_chain_than_its_row_says_is_found(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE chain SET id = zeroblob(16)")

    assert "key" in faults(verdict(journal_in(desk))[1])


# ── The region's proofs over both ────────────────────────────────────────────────────────────────


def test_a_ledger_that_shrinks_from_one_chain_to_the_next_is_found(desk: Path) -> None:
    succeed(desk, Successor(then=sells))
    small = Ledger.of(desk)
    keep(desk, replace(small.pushed(0, 0, 1), consistency=()), 1, n=1)

    assert ("proof", 1, None) in findings(verdict(journal_in(desk))[1])


def test_a_record_made_after_the_successor_was_certified_is_found(desk: Path) -> None:
    """The old key was used again: the record names a head of the ledger that has the successor in it."""
    succeed(desk, Successor(then=sells))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        newest = sql.execute("SELECT note FROM proof ORDER BY id DESC LIMIT 1").get
    late(desk, newest)

    _, report = verdict(journal_in(desk))

    assert "closed" in faults(report)
    assert report["first_bad_chain"] == 1


def late(desk: Path, note: str) -> None:
    """One more record in chain 1, which knows that head."""
    signer, _ = secrets_of(desk)
    hashes = hashes_of(desk)
    head = checkpoint.read(note, ORIGIN, demo_keys().ledger.public_key)
    again = next(draft for draft in reversed(drafts(desk)) if draft.header["kind"] == "sign-in")
    again.header["ack"] = canonical.to_text(head.hash)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        insert(sql, 1, len(hashes), again.sealed(len(hashes), hashes[-1], signer), again.parts)


# ── Gaps ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_loss_that_the_till_has_recorded_is_missing_with_those_words(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,), then=sells))

    code, report = verdict(journal_in(desk))

    assert (code, findings(report)) == (1, [("missing", 1, number)])
    assert "kassan har själv antecknat förlusten" in text_of(journal_in(desk))
    assert report["chains"][0]["gaps"] == 1
    assert report["chains"][0]["runs"] == [[0, number - 1], [number + 1, report["chains"][0]["records"] - 1]]


def test_what_is_lost_is_told_in_money_by_the_grand_total(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,)))

    _, report = verdict(journal_in(desk))

    assert report["lost"] == {"sales_ore": 40_000, "returns_ore": 0}
    assert "fattas försäljning för 400,00 kr" in text_of(journal_in(desk))


def test_a_loss_that_nobody_recorded_is_undeclared(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,), declared=False))

    assert findings(verdict(journal_in(desk))[1]) == [("missing-undeclared", 1, number)]


def test_a_gap_in_a_journal_that_has_no_successor_is_undeclared(desk: Path) -> None:
    lose(desk, 7)

    assert findings(verdict(journal_in(desk))[1]) == [("missing-undeclared", 1, 7)]


def test_a_gap_that_was_taken_out_of_the_table_is_still_known_by_the_tills_own_word(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,)))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM gap")

    assert findings(verdict(journal_in(desk))[1]) == [("missing", 1, number)]


def test_a_gap_of_another_hash_than_the_next_record_names_is_a_broken_link(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,), declared=False))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE gap SET hash = zeroblob(32)")

    assert ("link", 1, number + 1) in findings(verdict(journal_in(desk))[1])


LOST: dict[str, list[tuple[str, int]]] = {
    "an opening": [("session-open", 1)],
    "a close": [("session-close", 0)],
    "a close and the next opening": [("session-close", 0), ("session-open", 1)],
    "two sales": [("sale", 3), ("sale", 4)],
    "the last sale of a session and its close": [("sale", 7), ("session-close", 0)],
    "a sign-in": [("sign-in", 0)],
    "the very last record": [("sale", -1)],
    "the first sale": [("sale", 0)],
}


@pytest.mark.parametrize("case", LOST)
def test_what_follows_a_loss_is_no_fault_of_its_own(desk: Path, case: str) -> None:
    """Numbers, sums and sessions are taken up again from what the next records say."""
    numbers = [number_of(desk, kind, which) for kind, which in LOST[case]]
    lose(desk, *numbers)

    _, report = verdict(journal_in(desk))

    assert {(fault, seq) for fault, _, seq in findings(report)} == {("missing-undeclared", seq) for seq in numbers}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"receipt": 1}, "number"),
        ({"receipt": 40}, "number"),
        ({"grand": {"sales_ore": 1}}, "total"),
        ({"session": 9}, "session"),
    ],
)
def test_after_a_loss_not_everything_goes(desk: Path, change: dict[str, Any], fault: str) -> None:
    """One lost record cannot have used up twenty receipts, nor given money back out of the grand total."""
    number = number_of(desk, "sale", 3)
    rewrite(desk, lambda drafts: drafts[number + 1].say(drafts[number + 1].content() | change))
    lose(desk, number)

    _, report = verdict(journal_in(desk))

    assert (fault, 1, number + 1) in findings(report)


def refund_of_the_lost(state: RegisterState, past: Sequence[Event]) -> list[Event]:
    """The sale of receipt 4 is lost, and its patient comes back with the paper."""
    sold = next(event for event in past if isinstance(event, SaleRegistered))
    returned = SaleRefunded(
        at=EVENING,
        by="anber",
        session=state.next_session - 1,
        receipt=state.next_receipt,
        sale_receipt=4,
        sale_session=1,
        patient=sold.patient,
        lines=(),
        payments=(),
        total_ore=0,
        rounding_ore=0,
        to_pay_ore=0,
        vat={},
        reason="Fel",
        grand=state.grand,
    )
    return [returned]


def test_a_refund_of_a_sale_that_is_lost_cannot_be_blamed(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    succeed(desk, Successor(lost=(number,), then=refund_of_the_lost))

    assert findings(verdict(journal_in(desk))[1]) == [("missing", 1, number)]


def test_a_z_after_a_loss_in_its_session_is_not_added_up_and_the_next_is(desk: Path) -> None:
    number = number_of(desk, "sale", -1)

    def closes_twice(state: RegisterState, past: Sequence[Event]) -> list[Event]:
        closed = next_close(state)
        opened = SessionOpened(EVENING, "erilu", state.next_session, closed.left_ore, closed.left_ore)
        then = apply(apply(state, closed), opened)
        forged = next_close(then)
        return [closed, opened, replace(forged, figures=replace(forged.figures, sales_ore=7))]

    succeed(desk, Successor(lost=(number,), then=closes_twice))

    _, report = verdict(journal_in(desk))

    assert findings(report) == [("missing", 1, number), ("figures", 2, 4)]


def test_the_second_medium_of_the_first_chain_is_compared_with_the_first_chain(desk: Path) -> None:
    medium = (desk / "H" / "shadow.kj").read_bytes()
    succeed(desk, Successor(then=sells))
    (desk / "H" / "shadow.kj").write_bytes(medium)

    _, report = verdict(journal_in(desk))

    assert (report["findings"], warned(report)) == ([], {"second-medium"})


def test_a_second_medium_that_holds_what_is_lost_says_so(desk: Path) -> None:
    number, medium = number_of(desk, "sale", 3), (desk / "H" / "shadow.kj").read_bytes()
    succeed(desk, Successor(lost=(number,)))
    (desk / "H" / "shadow.kj").write_bytes(medium)

    assert "posten som saknas ligger på det andra mediet" in text_of(journal_in(desk))


def test_a_second_medium_that_is_damaged_where_a_record_is_known_to_be_lost_is_said_and_no_second_fault(
    desk: Path,
) -> None:
    number, medium = number_of(desk, "sale", 3), (desk / "H" / "shadow.kj").read_bytes()
    torn = medium.replace(shadow.read(medium).records[number].env[-60:], bytes(60))
    succeed(desk, Successor(lost=(number,)))
    (desk / "H" / "shadow.kj").write_bytes(torn)

    _, report = verdict(journal_in(desk))

    assert findings(report) == [("missing", 1, number)]
    assert f"skadat vid post {number}, som ingen annan kopia heller har" in text_of(journal_in(desk))
