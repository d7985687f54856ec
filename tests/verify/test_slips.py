"""Paper against a journal: what a patient holds in the hand proves a rewritten or shortened history."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kassaapp.printout import qr
from kassaapp.printout.qr import Kind
from sync.wire import canonical
from tests.verify.evidence import (
    as_a_person_who_knows_sql,
    faults,
    journal_in,
    stored,
    text_of,
    verdict,
    warned,
)
from tests.verify.forge import (
    STRANGER,
    Successor,
    certificate_of,
    forget,
    hashes_of,
    lose,
    number_of,
    rewrite,
    succeed,
)
from tests.verify.test_fault_classes import cut, tells

ROOT = Path(__file__).parents[2]


@pytest.fixture
def number(desk: Path) -> int:
    """The record of the fourth receipt."""
    return number_of(desk, "sale", 3)


@pytest.fixture
def slip(desk: Path, tmp_path: Path, number: int) -> Path:
    """What the scanner read from the fourth receipt."""
    records = stored(journal_in(desk))
    assert records is not None
    _, env = records[0][number]
    return scanned(tmp_path, qr.digits(Kind.RECEIPT, env))


@pytest.fixture
def z(desk: Path, tmp_path: Path) -> Path:
    """What the scanner read from Monday's Z."""
    return scanned(tmp_path, qr.digits(Kind.HEAD, hashes_of(desk)[number_of(desk, "session-close")]))


def scanned(folder: Path, digits: str) -> Path:
    path = folder / "scanned.txt"
    path.write_text(f"{digits}\n")
    return path


# ── A receipt ────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_that_the_journal_holds_says_which_record_it_is(slip: Path, desk: Path, number: int) -> None:
    code, report = verdict(slip, journal=journal_in(desk))

    assert (code, report["evidence"], report["findings"]) == (0, "slip", [])
    assert report["named"] == {
        "kind": "sale",
        "chain": canonical.to_text(certificate_of(desk).chain),
        "seq": number,
        "hash": canonical.to_text(hashes_of(desk)[number]),
        "signature": True,
        "journal": "same",
    }
    said = text_of(slip, journal=journal_in(desk))
    assert f"Post {number} av slaget sale" in said
    assert "STÄMMER" in said


def test_the_digits_may_come_from_standard_input(slip: Path, desk: Path, number: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "kassaapp", "verify", "-", "--journal", str(desk / "H"), "--json"],
        cwd=ROOT,
        input=slip.read_bytes(),
        capture_output=True,
        check=False,
    )

    (report,) = json.loads(ended.stdout)
    assert (ended.returncode, report["named"]["seq"], report["named"]["journal"]) == (0, number, "same")


def test_a_receipt_is_held_against_a_key_alone(slip: Path, desk: Path) -> None:
    code, report = verdict(slip, key=canonical.to_text(certificate_of(desk).public_key))

    assert (code, report["named"]["signature"], report["named"]["journal"]) == (0, True, "unknown")
    assert warned(report) == {"unchecked"}


def test_a_receipt_with_nothing_to_hold_it_against_says_only_what_it_is(slip: Path, number: int) -> None:
    code, report = verdict(slip)

    assert (code, report["named"]["seq"], report["named"]["signature"]) == (0, number, None)
    assert report["signatures_checked"] is False
    assert "så långt det kunde prövas" in text_of(slip)


def test_two_signatures_on_one_number_prove_a_rewritten_journal(slip: Path, desk: Path, number: int) -> None:
    """The journal alone is without a fault."""
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number]))

    assert verdict(journal_in(desk))[0] == 0
    code, report = verdict(slip, journal=journal_in(desk))

    assert (code, report["first_bad"], faults(report)) == (1, number, {"fork"})
    assert report["named"]["journal"] == "another"
    assert "journalen är omskriven" in text_of(slip, journal=journal_in(desk))


def test_a_receipt_after_the_journals_end_proves_that_it_was_cut(slip: Path, desk: Path, number: int) -> None:
    forget(desk)
    cut(desk, number)

    assert verdict(journal_in(desk))[0] == 0
    code, report = verdict(slip, journal=journal_in(desk))

    assert (code, report["first_bad"], faults(report)) == (1, number, {"cut"})
    assert report["named"]["journal"] == "none"


def test_a_receipt_of_a_record_that_was_removed_shows_that_it_was_there(slip: Path, desk: Path, number: int) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = ?)", (number,))
        sql.execute("DELETE FROM record WHERE seq = ?", (number,))

    _, report = verdict(slip, journal=journal_in(desk))

    assert (faults(report), report["named"]["journal"]) == ({"missing"}, "none")


def test_a_receipt_fills_a_gap(slip: Path, desk: Path, number: int) -> None:
    """The paper is the record that the next one names."""
    lose(desk, number)

    _, report = verdict(slip, journal=journal_in(desk))

    assert (faults(report), report["named"]["journal"]) == ({"missing"}, "gap")
    assert "papperet visar att den har funnits" in text_of(slip, journal=journal_in(desk))


def test_a_receipt_of_the_chain_before_is_found_in_its_chain(slip: Path, desk: Path, number: int) -> None:
    succeed(desk, Successor())

    code, report = verdict(slip, journal=journal_in(desk))

    assert (code, report["named"]["seq"], report["named"]["journal"]) == (0, number, "same")


def test_a_receipt_of_another_till_is_not_in_the_journal(slip: Path, desk: Path) -> None:
    _, report = verdict(slip, journal=desk / "E" / "journal.db")

    assert (faults(report), report["named"]["journal"]) == ({"missing"}, "none")


def test_a_forged_receipt_is_not_the_tills(slip: Path, desk: Path, tmp_path: Path, number: int) -> None:
    """Somebody drew a code around a number of their own choosing."""
    _, env = qr.read_digits(slip.read_text().strip())
    forged = env.replace(b'"kind":"sale"', b'"kind":"void"')

    code, report = verdict(scanned(tmp_path, qr.digits(Kind.RECEIPT, forged)), journal=journal_in(desk))

    assert (code, faults(report)) == (1, {"signature"})
    assert report["named"]["signature"] is False


def test_a_strangers_key_does_not_fit(slip: Path, desk: Path) -> None:
    _, report = verdict(slip, journal=journal_in(desk), key=canonical.to_text(STRANGER.public_key))

    assert faults(report) == {"signature"}


def test_a_journal_with_findings_is_named_beside_the_paper(slip: Path, desk: Path) -> None:
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        sql.execute("UPDATE record SET env = CAST(zeroblob(64) || substr(env, 65) AS BLOB) WHERE seq = 2")

    _, report = verdict(slip, journal=journal_in(desk))

    assert (report["findings"], warned(report)) == ([], {"unchecked"})


# ── A Z ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_head_on_a_z_is_the_record_that_closed_the_session(z: Path, desk: Path) -> None:
    code, report = verdict(z, journal=journal_in(desk))

    assert (code, report["named"]["seq"]) == (0, number_of(desk, "session-close"))


def test_the_head_of_a_rewritten_history_is_nowhere(z: Path, desk: Path, number: int) -> None:
    rewrite(desk, lambda drafts: tells(frikort_reached=True)(drafts[number]))

    code, report = verdict(z, journal=journal_in(desk))

    assert (code, faults(report), report["named"]["journal"]) == (1, {"missing"}, "none")


def test_the_head_of_a_record_that_closes_nothing_is_no_z(desk: Path, tmp_path: Path) -> None:
    forged = scanned(tmp_path, qr.digits(Kind.HEAD, hashes_of(desk)[3]))

    assert faults(verdict(forged, journal=journal_in(desk))[1]) == {"changed"}


def test_the_head_on_a_z_says_nothing_without_a_journal(z: Path) -> None:
    code, report = verdict(z)

    assert (code, "--journal" in report["reason"]) == (2, True)


# ── No slip of ours ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "digits",
    ["1", "0123", "255", "7" * 4000, qr.digits(Kind.RECEIPT, b"x" * 100), qr.digits(Kind.HEAD, b"short")],
)
def test_what_is_no_code_of_ours_is_not_readable(tmp_path: Path, desk: Path, digits: str) -> None:
    assert verdict(scanned(tmp_path, digits), journal=journal_in(desk))[0] == 2


def test_digits_that_were_broken_into_lines_are_read(slip: Path, desk: Path) -> None:
    digits = slip.read_text().strip()
    slip.write_text("\ufeff" + "\r\n".join(digits[at : at + 60] for at in range(0, len(digits), 60)), encoding="utf-8")

    assert verdict(slip, journal=journal_in(desk))[1]["named"]["journal"] == "same"


def test_a_journal_that_is_none_is_not_held_against(slip: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Det här är ingen kassajournal.")

    for journal in (tmp_path / "notes.txt", tmp_path / "nothing"):
        assert verdict(slip, journal=journal)[0] == 2
