"""Every class of fault of PEERS 5b is found, named by its class, with the first bad record and what still holds.

Two adversaries: one who changes the file, and one who has the till's key and signs the history anew.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.fees import Wish
from kassaapp.journal import signing_key
from kassaapp.verify.fault import Fault, in_swedish
from sync.wire import canonical, checkpoint, sealing
from sync.wire.demo_keys import demo_keys
from tests.builders import CARD, a_configuration, a_patient
from tests.desks import MONDAY_MORNING, a_desk, an_open_till
from tests.verify.evidence import (
    as_a_person_who_knows_sql,
    copied,
    faults,
    journal_in,
    text_of,
    verdict,
    verdicts,
    warned,
)
from tests.verify.forge import (
    ORIGIN,
    STRANGER,
    Draft,
    certificate_of,
    forget,
    hashes_of,
    keep,
    number_of,
    proved,
    rewrite,
    secrets_of,
)

ROOT = Path(__file__).parents[2]
Change = Callable[[list[Draft]], None]
OTHER_TILLS = next(article for article in a_configuration().catalogue.articles if article.till == "E")


def assert_found(desk: Path, fault: Fault, first: int) -> dict[str, Any]:
    """The class is named, the first bad record is `first`, and all before it still holds."""
    code, report = verdict(journal_in(desk))

    assert (code, report["first_bad"], report["trusted_to"]) == (1, first, first - 1)
    assert fault.value in faults(report)
    return report


def test_a_history_that_was_signed_again_unchanged_is_no_fault(desk: Path) -> None:
    rewrite(desk, lambda drafts: None)

    code, report = verdict(journal_in(desk))

    assert (code, report["findings"]) == (0, [])


# ── Malformed ────────────────────────────────────────────────────────────────────────────────────


def header(edit: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.spell = lambda value: edit(canonical.encode(value))

    return change


def fields(**changes: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.spell = lambda value: canonical.encode({**value, **changes})

    return change


def without(name: str) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.spell = lambda value: canonical.encode({key: item for key, item in value.items() if key != name})

    return change


def says(edit: Callable[[bytes], bytes]) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.say_bytes(edit(canonical.encode(draft.content())))

    return change


def tells(**changes: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        draft.say({**draft.content(), **changes})

    return change


MALFORMED: dict[str, Callable[[Draft], None]] = {
    "header, bad UTF-8": header(lambda raw: raw.replace(b'"sale"', b'"s\xffle"')),
    "header, base64 with padding": fields(ack="A" * 43 + "="),
    "header, base64 of another alphabet": fields(ack="+" * 43),
    "header, base64 with unused bits set": fields(ack="A" * 42 + "B"),
    "header, a hash that is too short": fields(ack="A" * 42),
    "header, a missing field": without("parts"),
    "header, an extra field": fields(extra=1),
    "header, a duplicate key": header(lambda raw: raw.replace(b'"kind":"sale"', b'"kind":"sale","kind":"sale"')),
    "header, NaN": header(lambda raw: raw.replace(b'"v":1', b'"v":NaN')),
    "header, a float": header(lambda raw: raw.replace(b'"v":1', b'"v":1.0')),
    "header, a negative number": fields(seq=-1),
    "header, version 0": fields(v=0),
    "header, version as text": fields(v="1"),
    "header, version as true": fields(v=True),
    "header, trailing bytes": header(lambda raw: raw + b" "),
    "header, a second value": header(lambda raw: raw + b"{}"),
    "header, another order": header(lambda raw: json.dumps(dict(reversed(json.loads(raw).items()))).encode()),
    "header, not an object": header(lambda raw: b"[]" * 10),
    "header, deep": header(lambda raw: b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"),
    "content, bad UTF-8": says(lambda raw: raw.replace(b'"anber"', b'"an\xffer"')),
    "content, a missing field": says(lambda raw: raw.replace(b'"change_ore":0,', b"")),
    "content, an extra field": tells(extra=1),
    "content, a duplicate key": says(lambda raw: raw.replace(b'"change_ore":0', b'"change_ore":0,"change_ore":0')),
    "content, NaN": says(lambda raw: raw.replace(b'"change_ore":0', b'"change_ore":NaN')),
    "content, infinity": says(lambda raw: raw.replace(b'"change_ore":0', b'"change_ore":1E400')),
    "content, a number that is too large": says(
        lambda raw: raw.replace(b'"change_ore":0', b'"change_ore":' + b"9" * 17)
    ),
    "content, text for a number": tells(change_ore="0"),
    "content, a word nobody knows": tells(vat={"25": "mycket"}),
    "content, a time without offset": tells(at="2026-11-23T08:00:00"),
    "content, no time": tells(at="i går"),
    "content, trailing bytes": says(lambda raw: raw + b"\n"),
    "content, empty": says(lambda raw: b""),
    "content, null": says(lambda raw: b"null"),
    "content, fields of nothing": tells(lines=[[]]),
    "content, a list for an object": tells(grand=[]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_not_in_the_format_is_malformed(desk: Path, case: str) -> None:
    """Rightly signed all the same: the form is judged, not the hand."""
    number = number_of(desk, "sale", 3)

    rewrite(desk, lambda drafts: MALFORMED[case](drafts[number]))

    assert_found(desk, Fault.MALFORMED, number)


@pytest.mark.parametrize("change", [fields(v=2), fields(v=2, more="fields"), fields(kind="tomorrow")])
def test_a_record_of_a_newer_program_is_told_apart_from_a_malformed_one(
    desk: Path, change: Callable[[Draft], None]
) -> None:
    number = number_of(desk, "sale", 3)

    rewrite(desk, lambda drafts: change(drafts[number]))

    assert_found(desk, Fault.VERSION, number)


# ── Chaining ─────────────────────────────────────────────────────────────────────────────────────


def bit_in_prev(drafts: list[Draft]) -> None:
    prev = canonical.from_text(drafts[9].header["prev"], 32)
    drafts[9].header["prev"] = canonical.to_text(bytes([prev[0] ^ 1]) + prev[1:])
    drafts[9].keep = ("prev",)


def another_genesis(drafts: list[Draft]) -> None:
    drafts[0].header["prev"] = canonical.to_text(bytes(32))
    drafts[0].keep = ("prev",)


def another_chain(drafts: list[Draft]) -> None:
    drafts[9].header["chain"] = canonical.to_text(bytes(16))


CHAINING: dict[str, tuple[Change, int]] = {
    "one bit in prev": (bit_in_prev, 9),
    "a first record that follows nothing": (another_genesis, 0),
    "a record of another chain": (another_chain, 9),
}


@pytest.mark.parametrize("case", CHAINING)
def test_a_broken_link_is_named(desk: Path, case: str) -> None:
    change, first = CHAINING[case]

    rewrite(desk, change)

    report = assert_found(desk, Fault.LINK, first)
    assert faults(report) == {"link"}


def test_a_removed_record_is_missing_and_the_others_are_whole_by_themselves(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        last = sql.execute("SELECT max(seq) FROM record").get
        sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = 7)")
        sql.execute("DELETE FROM record WHERE seq = 7")

    report = assert_found(desk, Fault.MISSING, 7)

    assert faults(report) == {"missing"}
    assert report["chains"][0]["runs"] == [[0, 6], [8, last]]


def test_two_records_that_changed_places_are_named(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE record SET seq = 1000 WHERE seq = 8")
        sql.execute("UPDATE record SET seq = 8 WHERE seq = 9; UPDATE record SET seq = 9 WHERE seq = 1000")

    assert_found(desk, Fault.LINK, 8)


def test_each_of_two_forgeries_is_named(desk: Path) -> None:
    """The walk goes on after the first."""
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        for number in (7, 12):
            sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = ?)", (number,))
            sql.execute("DELETE FROM record WHERE seq = ?", (number,))

    report = assert_found(desk, Fault.MISSING, 7)

    assert [finding["seq"] for finding in report["findings"] if finding["fault"] == "missing"] == [7, 12]
    assert report["chains"][0]["runs"][1] == [8, 11]


def test_a_second_record_of_one_number_is_found_where_the_table_allows_it(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("CREATE TABLE loose (chain, seq, hash, env); INSERT INTO loose SELECT * FROM record")
        sql.execute("DROP TABLE record; ALTER TABLE loose RENAME TO record")
        sql.execute("INSERT INTO record SELECT chain, 7, hash, env FROM record WHERE seq = 8")

    assert_found(desk, Fault.NUMBER, 7)


# ── Signatures and keys ──────────────────────────────────────────────────────────────────────────


def test_a_flipped_bit_in_a_signature_is_named(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        env = bytearray(sql.execute("SELECT env FROM record WHERE seq = 9").get)
        env[5] ^= 4
        sql.execute("UPDATE record SET env = ? WHERE seq = 9", (bytes(env),))

    assert_found(desk, Fault.SIGNATURE, 9)


def test_an_unknown_key_is_named(desk: Path) -> None:
    def by_a_stranger(drafts: list[Draft]) -> None:
        drafts[9].signer = STRANGER

    rewrite(desk, by_a_stranger)

    assert_found(desk, Fault.SIGNATURE, 9)


def test_the_key_of_another_till_is_named_with_the_till(desk: Path) -> None:
    """The desk has two tills, and the key of E has signed a record of H."""
    other, _ = secrets_of(desk, "E")

    def by_the_other(drafts: list[Draft]) -> None:
        drafts[9].signer = other

    rewrite(desk, by_the_other)

    code, (_, report) = verdicts(desk)

    assert (code, report["first_bad"], report["trusted_to"]) == (1, 9, 8)
    assert faults(report) == {"key"}
    assert "R0417E" in report["findings"][0]["text"]


def test_a_key_that_its_own_certificate_does_not_name_is_found(desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE chain SET public_key = ?", (STRANGER.public_key,))

    assert_found(desk, Fault.KEY, 0)


def test_a_journal_of_a_self_made_key_is_not_in_the_regions_ledger(desk: Path) -> None:
    """Everything hangs together but for what nobody else can make: the region's proof of the certificate."""
    forged = replace(certificate_of(desk), public_key=STRANGER.public_key)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE chain SET public_key = ?, certificate = ?", (forged.public_key, forged.encode()))
    rewrite(desk, lambda drafts: None, by=STRANGER)

    code, report = verdict(journal_in(desk))

    assert (code, faults(report)) == (1, {"proof"})


def test_two_tills_with_one_key_are_found_when_they_are_given_together(desk: Path, tmp_path: Path) -> None:
    """A till was cloned before it was enrolled: another chain, the same key."""
    clone = copied(desk, tmp_path / "all" / "clone")
    shutil.move(desk, tmp_path / "all" / "own")
    own = certificate_of(clone)
    forged = replace(own, chain=bytes(16), register="R0501")
    with as_a_person_who_knows_sql(journal_in(clone)) as sql:
        sql.execute("UPDATE chain SET id = ?, certificate = ?", (forged.chain, forged.encode()))

    _, alone = verdict(journal_in(clone))
    _, together = verdicts(tmp_path / "all")

    assert "shared-key" not in faults(alone)
    assert [("shared-key" in faults(report), Path(report["path"]).parent.name) for report in together] == [
        (False, "E"),
        (True, "H"),
        (False, "E"),
        (True, "H"),
    ]


def test_one_chain_on_two_disks_that_went_apart_is_two_histories(desk: Path, tmp_path: Path) -> None:
    """A restored disk sold on beside the one it was copied from."""
    clone = copied(desk, tmp_path / "all" / "clone")
    shutil.move(desk, tmp_path / "all" / "own")
    number = number_of(clone, "sale", 9)
    rewrite(clone, lambda drafts: drafts[number].say(drafts[number].content() | {"frikort_reached": True}))

    code, reports = verdicts(tmp_path / "all")

    assert code == 1
    assert [finding["seq"] for report in reports for finding in report["findings"] if finding["fault"] == "fork"] == [
        number,
        number,
    ]


def test_two_copies_of_one_journal_are_a_warning(desk: Path, tmp_path: Path) -> None:
    copied(desk / "H", tmp_path / "all" / "one")
    copied(desk / "H", tmp_path / "all" / "two")

    code, reports = verdicts(tmp_path / "all")

    assert (code, [faults(report) for report in reports]) == (0, [set(), set()])
    assert all("unchecked" in warned(report) for report in reports)


# ── Numbers, tills, clocks, totals ───────────────────────────────────────────────────────────────


def say(kind: str, which: int, **changes: Any) -> tuple[str, int, Callable[[Draft], None]]:
    return kind, which, tells(**changes)


def grand(sales_ore: int, returns_ore: int = 0) -> dict[str, int]:
    return {name: ore for name, ore in (("sales_ore", sales_ore), ("returns_ore", returns_ore)) if ore}


SAID: dict[str, tuple[Fault, tuple[str, int, Callable[[Draft], None]]]] = {
    "a receipt number twice": (Fault.NUMBER, say("sale", 3, receipt=3)),
    "a receipt number left out": (Fault.NUMBER, say("sale", 3, receipt=5)),
    "a session number left out": (Fault.NUMBER, say("session-open", 1, session=3)),
    "a Z number left out": (Fault.NUMBER, say("session-close", 0, z=2)),
    "a till that begins in the middle": (Fault.NUMBER, say("open", 0, next_receipt=7)),
    "a till that begins with a total": (Fault.TOTAL, say("open", 0, grand=grand(1))),
    "a total off by one öre": (Fault.TOTAL, say("sale", 3, grand=grand(160_001))),
    "a total that goes down": (Fault.TOTAL, say("sale", 3, grand=grand(20_000))),
    "a return that nobody made": (Fault.TOTAL, say("sale", 3, grand=grand(160_000, 1))),
    "a birth as another register": (Fault.TILL, say("open", 0, register="R0501")),
    "a birth as the other till": (Fault.TILL, say("open", 0, till="E")),
    "a birth at another clinic": (Fault.TILL, say("open", 0, clinic="norrby")),
    "a Z of another sum": (Fault.FIGURES, say("session-close", 0, left_ore=1)),
}


@pytest.mark.parametrize("case", [case for case in SAID if case != "a Z of another sum"])
def test_what_the_key_has_signed_must_still_follow(desk: Path, case: str) -> None:
    fault, (kind, which, change) = SAID[case]
    number = number_of(desk, kind, which)

    rewrite(desk, lambda drafts: change(drafts[number]))

    report = assert_found(desk, fault, number)
    assert faults(report) == {fault.value}


def test_a_till_that_changes_its_name_inside_the_chain_is_born_twice(desk: Path) -> None:
    number = number_of(desk, "sale", 3)

    def born_again(drafts: list[Draft]) -> None:
        drafts[number].header["kind"] = "open"
        drafts[number].parts = dict(drafts[0].parts)
        drafts[number].header["parts"] = {}
        drafts[number].say(drafts[0].content() | {"register": "R0501"})

    rewrite(desk, born_again)

    assert_found(desk, Fault.BIRTH, number)


def test_a_chain_that_does_not_begin_with_a_birth_is_found(desk: Path) -> None:
    def unborn(drafts: list[Draft]) -> None:
        del drafts[0]

    rewrite(desk, unborn)

    assert_found(desk, Fault.BIRTH, 0)


def test_a_chain_that_begins_with_training_is_found(desk: Path) -> None:
    def begins_with_training(drafts: list[Draft]) -> None:
        drafts[0].header["kind"] = "training-on"
        drafts[0].say({"at": drafts[0].content()["at"], "by": "anber"})

    rewrite(desk, begins_with_training)

    assert_found(desk, Fault.BIRTH, 0)


def later(draft: Draft, by: timedelta) -> None:
    content = draft.content()
    content["at"] = (datetime.fromisoformat(content["at"]) + by).isoformat()
    draft.say(content)


def test_a_clock_that_goes_back_without_a_record_is_a_warning_and_no_finding(desk: Path) -> None:
    number = number_of(desk, "sale", 3)

    rewrite(desk, lambda drafts: later(drafts[number], -timedelta(hours=1)))

    code, report = verdict(journal_in(desk))
    assert (code, report["findings"], warned(report)) == (0, [], {"clock"})
    assert [warning["seq"] for warning in report["warnings"] if warning["fault"] == "clock"] == [number]
    assert "inte ändrar omdömet eller slutkoden" in text_of(journal_in(desk))


def test_a_clock_that_goes_back_with_a_record_is_nothing(tmp_path: Path) -> None:
    with an_open_till(tmp_path / "desk") as desk:
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
    with a_desk(tmp_path / "desk", MONDAY_MORNING - timedelta(hours=2)) as desk:
        desk.sign_in("anber", "123456")

    code, report = verdict(journal_in(tmp_path / "desk"))

    assert (code, report["findings"], warned(report)) == (0, [], set())
    assert number_of(tmp_path / "desk", "clock") > 0


def test_a_clock_record_that_names_another_time_is_a_warning(tmp_path: Path) -> None:
    an_open_till(tmp_path / "desk").close()
    a_desk(tmp_path / "desk", MONDAY_MORNING - timedelta(hours=2)).close()
    number = number_of(tmp_path / "desk", "clock")
    rewrite(tmp_path / "desk", lambda drafts: tells(before="2026-11-23T12:00:00+01:00")(drafts[number]))

    _, report = verdict(journal_in(tmp_path / "desk"))

    assert warned(report) == {"clock"}


# ── Training and the other till ──────────────────────────────────────────────────────────────────


def training(kind: str, by: str = "anber", **more: Any) -> Callable[[Draft], None]:
    """A record becomes one of training."""

    def change(draft: Draft) -> None:
        at = draft.content()["at"]
        draft.header["kind"] = kind
        draft.header["parts"].pop("p", None)
        draft.parts.pop("p", None)
        draft.say({"at": at, "by": by, **more})

    return change


TRAINING: dict[str, list[Callable[[Draft], None]]] = {
    "a sale after training began": [training("training-on")],
    "training that begins twice": [training("training-on"), training("training-on")],
    "training that ends and never began": [training("training-off", receipts=0, amount_ore=0)],
    "training of less than nothing": [training("training-on"), training("training-off", receipts=-1, amount_ore=0)],
}


@pytest.mark.parametrize("case", TRAINING)
def test_training_and_earnest_are_kept_apart(desk: Path, case: str) -> None:
    """The last sales become something else; where one is left over, it is made in training."""
    first, changes = number_of(desk, "sale", -2), TRAINING[case]

    def change(drafts: list[Draft]) -> None:
        for draft, one in zip(drafts[first:], changes, strict=False):
            one(draft)

    rewrite(desk, change)

    assert "training" in faults(verdict(journal_in(desk))[1])


def test_an_article_of_the_other_till_is_found(desk: Path) -> None:
    """Article 41 is sold at E only."""
    number = number_of(desk, "sale", -1)

    def of_the_other_till(drafts: list[Draft]) -> None:
        content = drafts[number].content()
        content["lines"][0] |= {"article": OTHER_TILLS.number, "text": OTHER_TILLS.text}
        drafts[number].say(content)

    rewrite(desk, of_the_other_till)

    report = assert_found(desk, Fault.TILL, number)
    assert faults(report) == {"till"}


# ── The end cut off ──────────────────────────────────────────────────────────────────────────────


def cut(desk: Path, left: int) -> None:
    """The journal forgets everything from record `left`."""
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM part WHERE hash IN (SELECT hash FROM record WHERE seq >= ?)", (left,))
        sql.execute("DELETE FROM record WHERE seq >= ?", (left,))


def test_a_tail_that_the_region_has_proved_is_missed(desk: Path) -> None:
    proved(desk)
    forget(desk)
    cut(desk, 12)

    report = assert_found(desk, Fault.CUT, 12)
    assert faults(report) == {"cut"}


def test_a_tail_that_the_second_medium_has_is_missed(desk: Path) -> None:
    for mark in (desk / "H").glob("*.mark"):
        mark.unlink()
    cut(desk, 12)

    report = assert_found(desk, Fault.CUT, 12)
    assert faults(report) == {"cut"}


def test_a_tail_that_the_mark_remembers_is_missed(desk: Path) -> None:
    (desk / "H" / "shadow.kj").unlink()
    write_mark(desk, 14)
    cut(desk, 12)

    report = assert_found(desk, Fault.CUT, 12)
    assert faults(report) == {"cut"}


def test_a_tail_that_nobody_remembers_cannot_be_missed(desk: Path) -> None:
    """Row 7 of RECORDS 5, and why there are marks, media, proofs and paper."""
    forget(desk)
    cut(desk, 12)

    assert verdict(journal_in(desk))[0] == 0


def test_a_mark_that_is_not_as_it_was_kept_tells_nothing(desk: Path) -> None:
    (desk / "H" / "shadow.kj").unlink()
    write_mark(desk, 14)
    mark = desk / "H" / "any.mark"
    mark.write_text(mark.read_text().replace(".14.", ".15."))

    assert verdict(journal_in(desk))[1]["findings"] == []


def test_a_mark_that_the_journal_holds_is_nothing(desk: Path) -> None:
    write_mark(desk, 14)

    assert verdict(journal_in(desk))[1]["findings"] == []


def test_a_history_that_was_rewritten_behind_the_mark_is_two(desk: Path) -> None:
    write_mark(desk, 14)
    mark = next((desk / "H").glob("*.mark")).read_bytes()
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number_of(desk, "sale", 2)]))
    (desk / "H" / "any.mark").write_bytes(mark)

    assert_found(desk, Fault.FORK, 14)


def write_mark(desk: Path, seq: int) -> None:
    """What custody "machine" remembers of record `seq`."""
    chain, digest = certificate_of(desk).chain, hashes_of(desk)[seq]
    for old in (desk / "H").glob("*.mark"):
        old.unlink()
    (desk / "H" / "any.mark").write_text(signing_key.Mark(chain, seq, digest).as_text())


# ── A history that was signed again ──────────────────────────────────────────────────────────────


def sold_less(desk: Path) -> Change:
    """Yesterday's first sale never happened as it did."""
    number = number_of(desk, "sale", 0)
    return lambda drafts: tells(frikort_reached=True)(drafts[number])


def test_a_rewritten_history_is_found_by_what_the_region_has_proved(desk: Path) -> None:
    ledger = proved(desk, 15)
    rewrite(desk, sold_less(desk))

    assert_found(desk, Fault.FORK, 14)
    assert len(ledger.leaves) == 16


def test_a_rewritten_history_is_found_by_the_second_medium(desk: Path) -> None:
    medium = (desk / "H" / "shadow.kj").read_bytes()
    rewrite(desk, sold_less(desk))
    (desk / "H" / "shadow.kj").write_bytes(medium)

    assert_found(desk, Fault.FORK, number_of(desk, "sale", 0))


def test_a_proof_that_was_moved_to_another_record_is_no_proof(desk: Path) -> None:
    proved(desk, 15)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE proof SET next = next - 1 WHERE next > 0")

    assert faults(verdict(journal_in(desk))[1]) == {"proof"}


def test_a_ledger_that_shrinks_is_found(desk: Path) -> None:
    first, second = proved(desk, 8), proved(desk, 15)
    keep(desk, first.pushed(15, 8, 1), len(first.leaves))

    assert len(second.leaves) > len(first.leaves)
    assert "proof" in faults(verdict(journal_in(desk))[1])


def test_a_record_that_names_an_older_head_than_the_one_before_is_found(desk: Path) -> None:
    """`ack` only goes forward: it is what ties a record to the region's time."""
    ledger = proved(desk, 3)
    newer = checkpoint.read(ledger.note(), ORIGIN, demo_keys().ledger.public_key).hash

    def turned_round(drafts: list[Draft]) -> None:
        drafts[9].header["ack"] = canonical.to_text(newer)

    rewrite(desk, turned_round)

    assert_found(desk, Fault.PROOF, 10)


def test_a_start_that_put_records_back_may_name_an_older_head_than_they(desk: Path) -> None:
    """The region gave them back, and did not answer again before the start was on record."""
    a_desk(desk, MONDAY_MORNING + timedelta(hours=12)).close()
    ledger, start = proved(desk, 3), number_of(desk, "start", -1)
    newer = checkpoint.read(ledger.note(), ORIGIN, demo_keys().ledger.public_key).hash

    def restored(drafts: list[Draft]) -> None:
        drafts[start - 1].header["ack"] = canonical.to_text(newer)
        tells(check="restored", restored=1)(drafts[start])

    rewrite(desk, restored)

    code, report = verdict(journal_in(desk))
    assert (code, warned(report)) == (0, {"unchecked"})
    assert report["warnings"][-1]["seq"] == start


def test_a_head_that_is_not_in_the_file_is_a_warning(desk: Path) -> None:
    def of_another_ledger(drafts: list[Draft]) -> None:
        drafts[9].header["ack"] = canonical.to_text(bytes(32))

    rewrite(desk, of_another_ledger)

    code, report = verdict(journal_in(desk))
    assert (code, warned(report)) == (0, {"unchecked"})


# ── Ours, not RKSV's ─────────────────────────────────────────────────────────────────────────────


def test_a_configuration_that_nobody_has_is_named(desk: Path) -> None:
    def of_no_configuration(drafts: list[Draft]) -> None:
        drafts[9].header["cfg"] = canonical.to_text(bytes(32))

    rewrite(desk, of_no_configuration)

    assert_found(desk, Fault.CONFIGURATION, 9)


def test_a_receipt_after_the_z_without_an_opening_is_found(desk: Path) -> None:
    number = number_of(desk, "session-open", 1)

    def unopened(drafts: list[Draft]) -> None:
        del drafts[number]

    rewrite(desk, unopened)

    assert_found(desk, Fault.SESSION, number)


def test_a_sale_on_a_day_whose_float_was_not_registered_is_found(desk: Path) -> None:
    """The till was left open over night."""
    number = number_of(desk, "sale", -1)

    rewrite(desk, lambda drafts: later(drafts[number], timedelta(days=1)))

    report = assert_found(desk, Fault.FLOAT, number)
    assert faults(report) == {"float"}


def test_a_float_that_is_not_what_was_left_is_found(desk: Path) -> None:
    number = number_of(desk, "session-open", 1)

    rewrite(desk, lambda drafts: tells(expected_ore=1, counted_ore=1)(drafts[number]))

    assert_found(desk, Fault.FLOAT, number)


def test_an_identity_that_was_changed_differs_from_the_second_medium(desk: Path) -> None:
    """Without a key nobody sees into the seal; the copy on the other disk has the one that was signed."""
    number = number_of(desk, "sale", 3)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        digest = sql.execute("SELECT hash FROM record WHERE seq = ?", (number,)).get
        body = bytes(reversed(sql.execute("SELECT body FROM part WHERE name = 'p' AND hash = ?", (digest,)).get))
        change = "UPDATE part SET body = ?, digest = ? WHERE name = 'p' AND hash = ?"
        sql.execute(change, (body, hashlib.sha256(body).digest(), digest))

    report = assert_found(desk, Fault.PART, number)
    assert faults(report) == {"part"}


def sealed_anew(desk: Path, number: int) -> None:
    """The same content under another seal, as what comes back from the region has it."""
    _, sealing_key = secrets_of(desk)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        digest = sql.execute("SELECT hash FROM record WHERE seq = ?", (number,)).get
        body = sql.execute("SELECT body FROM part WHERE name = 'p' AND hash = ?", (digest,)).get
        recovery_key = bytes(demo_keys().recovery.public_key)
        again = sealing.seal(sealing.unseal("p", body, sealing_key), sealing_key, recovery_key, secrets.token_bytes)
        change = "UPDATE part SET body = ?, digest = ? WHERE name = 'p' AND hash = ?"
        sql.execute(change, (again, hashlib.sha256(again).digest(), digest))


def test_another_seal_of_the_same_length_is_a_change_when_nothing_was_ever_put_back(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    sealed_anew(desk, number)

    assert_found(desk, Fault.PART, number)


def test_another_seal_is_a_warning_when_a_later_start_says_that_records_came_back(desk: Path) -> None:
    """Without a key the one cannot be told from the other; the till itself opens every seal at its start."""
    number, start = number_of(desk, "sale", 3), number_of(desk, "start", -1)
    rewrite(desk, lambda drafts: tells(check="restored", restored=2)(drafts[start]), with_medium=True)
    sealed_anew(desk, number)

    code, report = verdict(journal_in(desk))

    assert start > number
    assert (code, report["findings"], warned(report)) == (0, [], {"second-medium"})


def test_an_identity_that_was_changed_carelessly_is_found_by_its_digest(desk: Path) -> None:
    number = number_of(desk, "sale", 3)
    forget(desk)
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute(
            "UPDATE part SET body = zeroblob(length(body)) WHERE name = 'p'"
            " AND hash = (SELECT hash FROM record WHERE seq = ?)",
            (number,),
        )

    assert_found(desk, Fault.PART, number)


# ── The words ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", Fault)
def test_every_class_has_words_of_its_own_and_stands_in_the_operators_page(fault: Fault) -> None:
    said = [in_swedish(one) for one in Fault]
    rows = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8").splitlines()

    assert said.count(in_swedish(fault)) == 1
    assert any(in_swedish(fault) in row and f"`{fault.value}`" in row for row in rows if row.startswith("| "))
