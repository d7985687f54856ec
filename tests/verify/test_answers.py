"""A region's answer against a journal: what it proves, of which record, and what it does not prove."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.wire import canonical, config, frame, record
from sync.wire.demo_keys import demo_keys
from sync.wire.frame import Frame
from sync.wire.messages import Conflict, Pushed
from sync.wire.record import Part
from tests.verify.evidence import (
    as_a_person_who_knows_sql,
    faults,
    journal_in,
    text_of,
    verdict,
    warned,
)
from tests.verify.forge import (
    STRANGER,
    Ledger,
    Successor,
    certificate_of,
    forget,
    hashes_of,
    keep,
    number_of,
    rewrite,
    succeed,
)
from tests.verify.test_chains import sells_on
from tests.verify.test_fault_classes import cut, tells

HELD = 15


@pytest.fixture
def ledger(desk: Path) -> Ledger:
    """A region that holds the first 15 records."""
    made = Ledger.of(desk)
    made.take(hashes_of(desk)[:HELD])
    return made


@pytest.fixture
def pushed(ledger: Ledger) -> Pushed:
    return ledger.pushed(HELD, HELD, 1)


def saved(folder: Path, answer: Pushed | Conflict) -> Path:
    path = folder / "answer.json"
    path.write_bytes(answer.encode())
    return path


# ── Pushed ───────────────────────────────────────────────────────────────────────────────────────


def test_a_proof_says_which_record_it_is_about(pushed: Pushed, desk: Path, tmp_path: Path) -> None:
    code, report = verdict(saved(tmp_path, pushed), journal=journal_in(desk))

    assert (code, report["evidence"], report["findings"], warned(report)) == (0, "answer", [], set())
    assert report["named"] == {
        "answer": "pushed",
        "next": HELD,
        "size": HELD + 1,
        "index": HELD,
        "hash": canonical.to_text(hashes_of(desk)[HELD - 1]),
        "chain": canonical.to_text(certificate_of(desk).chain),
        "seq": HELD - 1,
    }
    said = text_of(saved(tmp_path, pushed), journal=journal_in(desk))
    assert f"Det gäller post {HELD - 1}" in said
    assert "Liggaren fortsätter" in said


def test_the_answer_to_an_empty_push_is_about_the_certificate(ledger: Ledger, desk: Path, tmp_path: Path) -> None:
    code, report = verdict(saved(tmp_path, ledger.pushed(0, 0, 1)), journal=journal_in(desk))

    assert (code, report["findings"]) == (0, [])
    assert "certifikatet för R0417H" in text_of(saved(tmp_path, ledger.pushed(0, 0, 1)), journal=journal_in(desk))


def test_without_a_journal_the_trust_chain_is_enough_for_the_proof(pushed: Pushed, desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "trust"
    path.write_bytes(frame.encode_all(trust_of(desk)))
    root_key = canonical.to_text(demo_keys().root.public_key)

    code, report = verdict(saved(tmp_path, pushed), root_key=root_key, trust=str(path))

    assert (code, report["root_checked"], report["findings"]) == (0, True, [])
    assert report["named"]["hash"] == canonical.to_text(hashes_of(desk)[HELD - 1])


def trust_of(desk: Path) -> list[Frame]:
    """The trust chain as the journal has it."""
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        env = sql.execute("SELECT env FROM region WHERE kind = 'trust'").get
        body = sql.execute("SELECT body FROM region_part WHERE kind = 'trust'").get
    return [Frame(record.read(env), (Part(config.KEYS_PART, body[:32], body[32:]),))]


def test_another_regions_root_key_does_not_lead_to_it(pushed: Pushed, desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "trust"
    path.write_bytes(frame.encode_all(trust_of(desk)))
    root_key = canonical.to_text(STRANGER.public_key)

    _, report = verdict(saved(tmp_path, pushed), root_key=root_key, trust=str(path))

    assert "configuration" in faults(report)


def test_with_neither_the_signature_is_not_pretended_to_be_checked(pushed: Pushed, tmp_path: Path) -> None:
    code, report = verdict(saved(tmp_path, pushed))

    assert (code, report["signatures_checked"]) == (0, False)
    assert "STÄMMER, så långt" in text_of(saved(tmp_path, pushed))


LIES: dict[str, dict[str, Any]] = {
    "a note nobody signed": {"note": "kassa.demo/ledger/1\n16\nAAAA\n\n— kassa.demo/ledger/1 AAAA\n"},
    "another place": {"index": 3},
    "a path that is cut": {"inclusion": ()},
    "another record's number": {"next": HELD - 1},
    "a leaf that is none": {"leaf": b"{}"},
}


@pytest.mark.parametrize("case", LIES)
def test_an_answer_that_proves_something_else_is_found(pushed: Pushed, desk: Path, tmp_path: Path, case: str) -> None:
    code, report = verdict(saved(tmp_path, replace(pushed, **LIES[case])), journal=journal_in(desk))

    assert (code, faults(report)) == (1, {"proof"})


def test_a_record_that_the_region_has_and_the_journal_not_is_a_cut_end(
    pushed: Pushed, desk: Path, tmp_path: Path
) -> None:
    forget(desk)
    cut(desk, 12)

    code, report = verdict(saved(tmp_path, pushed), journal=journal_in(desk))

    assert (code, report["first_bad"], faults(report)) == (1, 12, {"cut"})


def test_a_record_that_the_region_has_and_the_journal_has_otherwise_is_a_rewritten_history(
    pushed: Pushed, desk: Path, tmp_path: Path
) -> None:
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number_of(desk, "sale", 3)]))

    code, report = verdict(saved(tmp_path, pushed), journal=journal_in(desk))

    assert (code, faults(report)) == (1, {"fork"})


def succeeded(desk: Path, *, ended: tuple[bytes, ...] = (), newest: tuple[bytes, ...] = ()) -> Ledger:
    """A region that holds a till's chain, its successor, and records of each that the journal does not have."""
    succeed(desk, Successor(then=sells_on))
    made = Ledger.of(desk)
    made.take([*hashes_of(desk), *ended])
    made.leaves.append(certificate_of(desk, 2).encode())
    place = len(made.leaves) - 1
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM proof WHERE chain = 2")
    keep(desk, made.pushed(0, place, 1), place + 1, n=2)
    made.take([*hashes_of(desk, 2), *newest])
    return made


def test_a_record_that_the_region_has_of_an_ended_chain_is_another_history_of_that_chain(
    desk: Path, tmp_path: Path
) -> None:
    ledger, own = succeeded(desk, ended=(bytes(32),)), len(hashes_of(desk))

    code, report = verdict(saved(tmp_path, ledger.pushed(own + 1, own + 1, 1)), journal=journal_in(desk))

    assert (code, [(one["fault"], one["chain"]) for one in report["findings"]]) == (1, [("fork", 1)])
    assert report["first_bad"] is None


def test_a_record_that_the_region_has_of_the_successor_and_the_journal_not_is_its_cut_end(
    desk: Path, tmp_path: Path
) -> None:
    ledger, own = succeeded(desk, newest=(bytes(32),)), len(hashes_of(desk, 2))
    answer = ledger.pushed(own + 1, len(ledger.leaves) - 1, 1)

    code, report = verdict(saved(tmp_path, answer), journal=journal_in(desk))

    assert (code, [(one["fault"], one["chain"], one["seq"]) for one in report["findings"]]) == (1, [("cut", 2, own)])


def test_a_record_of_one_of_several_chains_is_missing_when_nobody_knows_where_they_ended(
    desk: Path, tmp_path: Path
) -> None:
    ledger, own = succeeded(desk, ended=(bytes(32),)), len(hashes_of(desk))
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM proof WHERE chain = 2")

    _, report = verdict(saved(tmp_path, ledger.pushed(own + 1, own + 1, 1)), journal=journal_in(desk))

    assert faults(report) == {"missing"}


def test_two_ledgers_of_one_size_are_a_split_view(pushed: Pushed, desk: Path, tmp_path: Path) -> None:
    """The region showed this till another history than the one it shows the auditor."""
    other = Ledger.of(desk)
    other.take([*hashes_of(desk)[: HELD - 1], bytes(32)])
    keep(desk, replace(other.pushed(HELD - 1, HELD - 1, 1)), HELD + 1)

    _, report = verdict(saved(tmp_path, pushed), journal=journal_in(desk))

    assert "proof" in faults(report)


def test_an_answer_that_is_tied_to_no_kept_proof_says_so(ledger: Ledger, desk: Path, tmp_path: Path) -> None:
    _, report = verdict(saved(tmp_path, ledger.pushed(HELD, HELD, 7)), journal=journal_in(desk))

    assert (report["findings"], warned(report)) == ([], {"unchecked"})


def test_another_tills_certificate_is_not_the_journals(desk: Path, tmp_path: Path) -> None:
    other = Ledger.of(desk)

    _, report = verdict(saved(tmp_path, other.pushed(0, 0, 1)), journal=desk / "E" / "journal.db")

    assert "key" in faults(report)


# ── Conflict ─────────────────────────────────────────────────────────────────────────────────────


def env_of(desk: Path, number: int) -> bytes:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        env = sql.execute("SELECT env FROM record WHERE seq = ?", (number,)).get
    assert isinstance(env, bytes)
    return env


def test_a_fork_that_carries_the_tills_own_signature_proves_two_histories(desk: Path, tmp_path: Path) -> None:
    number = number_of(desk, "sale", 3)
    other, head = env_of(desk, number), hashes_of(desk)[number - 1]
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number]))
    answer = saved(tmp_path, Conflict("fork", number, head, other))

    code, report = verdict(answer, journal=journal_in(desk))

    assert (code, report["first_bad"], faults(report)) == (1, number, {"fork"})


def test_a_fork_that_is_our_own_record_is_no_fork(desk: Path, tmp_path: Path) -> None:
    answer = saved(tmp_path, Conflict("fork", 9, hashes_of(desk)[8], env_of(desk, 9)))

    assert faults(verdict(answer, journal=journal_in(desk))[1]) == {"proof"}


def test_a_fork_that_the_till_did_not_sign_proves_nothing(desk: Path, tmp_path: Path) -> None:
    env = env_of(desk, 9)
    answer = saved(tmp_path, Conflict("fork", 9, hashes_of(desk)[8], bytes(64) + env[64:]))

    assert faults(verdict(answer, journal=journal_in(desk))[1]) == {"proof"}


def test_a_fork_is_held_against_a_key_alone(desk: Path, tmp_path: Path) -> None:
    answer = saved(tmp_path, Conflict("fork", 9, hashes_of(desk)[8], env_of(desk, 9)))
    key = canonical.to_text(certificate_of(desk).public_key)

    code, report = verdict(answer, key=key)

    assert (code, report["findings"], report["named"]["seq"]) == (0, [], 9)


@pytest.mark.parametrize("env", [b"", b"x" * 200])
def test_a_fork_without_a_record_is_malformed(desk: Path, tmp_path: Path, env: bytes) -> None:
    answer = saved(tmp_path, Conflict("fork", 9, hashes_of(desk)[8], env))

    assert faults(verdict(answer, journal=journal_in(desk))[1]) == {"malformed"}


def test_a_gap_is_only_the_regions_word(desk: Path, tmp_path: Path) -> None:
    answer = saved(tmp_path, Conflict("gap", 9, hashes_of(desk)[8]))

    code, report = verdict(answer, journal=journal_in(desk))

    assert (code, report["findings"], warned(report)) == (0, [], {"unchecked"})
    assert report["named"]["seq"] == 8


def test_a_region_that_stands_at_a_record_we_never_made_has_another_history(desk: Path, tmp_path: Path) -> None:
    answer = saved(tmp_path, Conflict("gap", 9, bytes(32)))

    assert faults(verdict(answer, journal=journal_in(desk))[1]) == {"fork"}


@pytest.mark.parametrize("raw", [b"{}", b'{"kind":"gap"}', b'{"next":1,"next":1}', b'{"next":NaN}'])
def test_what_is_no_answer_is_not_readable(desk: Path, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(raw)

    assert verdict(path, journal=journal_in(desk))[0] == 2
