"""The auditor's tool finds every change, names the first record that is not as it was signed, and touches nothing."""

import errno
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kassaapp import verify
from kassaapp.domain.fees import Wish
from kassaapp.journal import shadow
from kassaapp.verify import audit
from kassaapp.verify.given import Given
from sync.wire import canonical
from sync.wire.demo_keys import demo_keys
from tests.builders import ADULT, CARD, a_patient
from tests.desks import a_desk, an_open_till
from tests.verify.evidence import (
    SOLD_ON_MONDAY,
    SOLD_ON_TUESDAY,
    as_a_person_who_knows_sql,
    copied,
    faults,
    journal_in,
    stored,
    touched,
    verdict,
    verdicts,
    warned,
)

SEED = 20261123
FLIPS = 300
ROOT = Path(__file__).parents[2]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kassaapp", "verify", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


# ── Intact ───────────────────────────────────────────────────────────────────────────────────────


def test_an_intact_journal_ends_with_0_and_says_so(evidence: Path) -> None:
    ended = command(str(journal_in(evidence)))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "HEL" in ended.stdout
    assert f"2 sessioner, {SOLD_ON_MONDAY + SOLD_ON_TUESDAY} kvitton" in ended.stdout
    assert ADULT[-4:] not in ended.stdout
    assert "Patient" not in ended.stdout


def test_a_whole_desk_is_verified_by_its_folder(evidence: Path) -> None:
    ended = command(str(evidence), "--json")

    assert ended.returncode == 0
    assert '"verdict": "intact"' in ended.stdout


def test_what_this_account_may_not_read_is_not_readable_and_no_finding(
    evidence: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", closed)

    assert verify.main(evidence, as_json=False) == 2
    assert "GÅR INTE ATT LÄSA: det här kontot på datorn får inte läsa det." in capsys.readouterr().out


def test_the_report_says_how_far_everything_holds(evidence: Path) -> None:
    code, report = verdict(journal_in(evidence))

    assert (code, report["findings"], report["first_bad"]) == (0, [], None)
    assert report["trusted_to"] == report["records"] - 1 > SOLD_ON_MONDAY + SOLD_ON_TUESDAY
    assert report["sealed_parts"] == SOLD_ON_MONDAY + SOLD_ON_TUESDAY
    assert report["root_checked"]


def test_the_evidence_is_not_touched(journal: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in journal.parent.iterdir()}

    verdict(journal)

    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in journal.parent.iterdir()} == before


def test_a_till_that_is_selling_is_verified_while_it_sells(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as selling:
        selling.register("H").sell(a_patient(), [Wish(1)], [CARD])

        code, report = verdict(journal_in(tmp_path))

        assert (code, report["records"]) == (0, selling.records("H"))


def test_without_the_clinic_file_the_report_says_what_was_not_checked(journal: Path) -> None:
    (journal.parent.parent / "clinic.toml").unlink()

    code, report = verdict(journal)

    assert (code, report["root_checked"]) == (0, False)


# ── Not readable ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [0, 1, 100, 4_095, 4_096, 4_097, 8_192, 12_288, 50_000, 409_600])
def test_a_text_file_is_not_readable(tmp_path: Path, size: int) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes((b"Det h\xc3\xa4r \xc3\xa4r ingen kassajournal. " * (size // 30 + 1))[:size])

    code, report = verdict(path)

    assert (code, report["verdict"]) == (2, "unreadable")


def test_another_programs_database_is_not_readable(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with apsw.Connection(str(path)) as other:
        other.execute("CREATE TABLE record (seq, hash, env); INSERT INTO record VALUES (0, x'00', x'00')")
    other.close()

    assert verdict(path)[0] == 2


def test_what_is_not_there_is_not_readable(tmp_path: Path) -> None:
    assert verdict(tmp_path)[0] == 2
    assert verdict(tmp_path / "nothing")[0] == 2
    assert command(str(tmp_path / "nothing")).returncode == 2


# ── Damage ───────────────────────────────────────────────────────────────────────────────────────


def flips(size: int) -> Iterator[tuple[int, int]]:
    """A byte and a bit in each of so many equal stretches of a file, the same each time."""
    chance = random.Random(SEED)
    for number in range(FLIPS):
        first, end = number * size // FLIPS, (number + 1) * size // FLIPS
        yield chance.randrange(first, end), 1 << chance.randrange(8)


@pytest.mark.slow
def test_one_flipped_bit_anywhere_is_found_and_the_record_named(journal: Path) -> None:
    whole, before = journal.read_bytes(), stored(journal)
    assert before is not None
    outcome, wrong = Counter[str](), list[str]()

    for at, bit in flips(len(whole)):
        journal.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        hit = touched(before, stored(journal))
        code, report = verdict(journal)
        if code == 0:
            wrong.append(f"byte {at} bit {bit}: not found")
        elif hit is not None and report["first_bad"] != hit:
            wrong.append(f"byte {at} bit {bit}: record {hit} hit, record {report.get('first_bad')} named")
        outcome["in a record" if hit is not None else "elsewhere"] += 1

    assert wrong == [], f"seed {SEED}"
    assert min(outcome["in a record"], outcome["elsewhere"]) > 50, outcome


@pytest.mark.parametrize("left", [0.05, 0.5, 0.95])
def test_a_file_that_was_cut_short_is_found(journal: Path, left: float) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole[: int(len(whole) * left)])

    assert verdict(journal)[0] in (1, 2)


def test_a_page_of_zeros_is_found(journal: Path) -> None:
    whole = journal.read_bytes()
    for page in range(len(whole) // 4096):
        journal.write_bytes(whole[: page * 4096] + bytes(4096) + whole[(page + 1) * 4096 :])

        assert verdict(journal)[0] in (1, 2), f"page {page + 1}"


def test_two_pages_that_changed_places_are_found(journal: Path) -> None:
    whole = journal.read_bytes()
    pages = [whole[at : at + 4096] for at in range(0, len(whole), 4096)]
    for number in range(1, len(pages) - 1):
        changed = [*pages[:number], pages[number + 1], pages[number], *pages[number + 2 :]]
        journal.write_bytes(b"".join(changed))

        assert verdict(journal)[0] in (1, 2), f"pages {number + 1} and {number + 2}"


def test_a_write_ahead_log_that_was_changed_is_found(tmp_path: Path) -> None:
    with an_open_till(tmp_path / "desk") as selling:
        for _ in range(5):
            selling.register("H").sell(a_patient(), [Wish(1)], [CARD])
        left_behind = copied(tmp_path / "desk", tmp_path / "left behind")
    journal = journal_in(left_behind)
    log = journal.with_name("journal.db-wal")
    whole, records = log.read_bytes(), verdict(journal)[1]["records"]
    chance = random.Random(SEED)

    for _ in range(60):
        at = chance.randrange(len(whole))
        log.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        code, report = verdict(journal)

        assert code != 0 or report["records"] == records, f"byte {at}, seed {SEED}"
    assert len(whole) > 20_000


# ── A person who knows SQL ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seq", [0, 1, 7, 15, -1])
def test_a_record_that_was_removed_is_found(journal: Path, seq: int) -> None:
    """The last one too: the second medium beside the journal still has it."""
    with as_a_person_who_knows_sql(journal) as sql:
        last = sql.execute("SELECT max(seq) FROM record").get
        number = last if seq == -1 else seq
        sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = ?)", (number,))
        sql.execute("DELETE FROM record WHERE seq = ?", (number,))

    code, report = verdict(journal)

    assert (code, report["first_bad"]) == (1, number)
    assert faults(report) == {"cut" if seq == -1 else "missing"}


def test_a_record_removed_and_the_rest_renumbered_is_found(journal: Path) -> None:
    with as_a_person_who_knows_sql(journal) as sql:
        sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = 7)")
        sql.execute("DELETE FROM record WHERE seq = 7; UPDATE record SET seq = seq - 1 WHERE seq > 7")

    code, report = verdict(journal)

    assert (code, report["first_bad"]) == (1, 7)
    assert "link" in faults(report)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE record SET env = substr(env, 1, 80) WHERE seq = 7", "malformed"),
        ("UPDATE record SET env = CAST(zeroblob(64) || substr(env, 65) AS BLOB) WHERE seq = 7", "signature"),
        ("UPDATE record SET env = (SELECT env FROM record WHERE seq = 6) WHERE seq = 7", "link"),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 7", "changed"),
        ("UPDATE part SET body = zeroblob(40) WHERE hash = (SELECT hash FROM record WHERE seq = 7)", "part"),
        ("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = 7)", "part"),
        ("DELETE FROM part WHERE name = 'p' AND hash = (SELECT hash FROM record WHERE seq = 7)", "part"),
    ],
)
def test_a_record_that_was_changed_is_found(journal: Path, statement: str, fault: str) -> None:
    with as_a_person_who_knows_sql(journal) as sql:
        sql.execute(statement)

    code, report = verdict(journal)

    assert (code, report["first_bad"], report["trusted_to"]) == (1, 7, 6)
    assert faults(report) == {fault}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM proof",
        "DROP TABLE proof",
        "DELETE FROM region; DELETE FROM region_part",
        "DELETE FROM region_part WHERE kind = 'trust'",
        "DELETE FROM region_part WHERE kind = 'config' AND name = 'region'",
        "UPDATE chain SET public_key = zeroblob(32)",
        "UPDATE chain SET certificate = zeroblob(200)",
        "DELETE FROM chain",
        "DROP TABLE record",
        "DROP TABLE part",
    ],
)
def test_what_the_records_rest_on_cannot_be_taken_away(journal: Path, statement: str) -> None:
    with as_a_person_who_knows_sql(journal) as sql:
        sql.execute(statement)

    assert verdict(journal)[0] == 1


# ── The second medium ────────────────────────────────────────────────────────────────────────────


def test_another_tills_second_medium_is_found(journal: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    a_desk(other).close()
    shutil.copy(other / "H" / "shadow.kj", journal.with_name("shadow.kj"))

    assert "second-medium" in faults(verdict(journal)[1])


def test_a_second_medium_that_was_changed_before_its_end_is_found(journal: Path) -> None:
    """At the very end a frame may be torn; before it, a frame that does not read is damage."""
    beside = journal.with_name("shadow.kj")
    whole = beside.read_bytes()
    first = len(shadow.MAGIC) + 16
    chance = random.Random(SEED)
    places = [*range(first, first + 8), *chance.sample(range(len(whole) // 2), 60)]

    missed = []
    for at in places:
        beside.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
        if verdict(journal)[0] != 1:
            missed.append(at)

    assert missed == [], f"seed {SEED}"


@pytest.mark.parametrize("raw", [b"", b"text", b"kassa shadow 1\n"])
def test_what_is_no_second_medium_is_found(journal: Path, raw: bytes) -> None:
    journal.with_name("shadow.kj").write_bytes(raw)

    assert faults(verdict(journal)[1]) == {"second-medium"}


def test_the_second_medium_on_another_disk_is_found_by_the_clinic_file(desk: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.move(desk / "H" / "shadow.kj", stick / "R0417H.kj")
    shutil.copy(desk / "E" / "shadow.kj", stick / "R0417E.kj")
    clinic_file = desk / "clinic.toml"
    clinic_file.write_text(f'second_medium = "{stick.as_posix()}"\n{clinic_file.read_text()}')
    for mark in (desk / "H").glob("*.mark"):
        mark.unlink()

    assert verdict(journal_in(desk))[1]["findings"] == []
    with as_a_person_who_knows_sql(journal_in(desk)) as sql:
        last = sql.execute("SELECT max(seq) FROM record").get
        sql.execute("DELETE FROM part WHERE hash = (SELECT hash FROM record WHERE seq = ?)", (last,))
        sql.execute("DELETE FROM record WHERE seq = ?", (last,))

    assert faults(verdict(journal_in(desk))[1]) == {"cut"}


# ── What the auditor brings ──────────────────────────────────────────────────────────────────────


def test_a_root_key_that_the_auditor_brings_goes_before_the_one_beside_the_evidence(journal: Path) -> None:
    own, another = canonical.to_text(demo_keys().root.public_key), canonical.to_text(demo_keys().ledger.public_key)
    (journal.parent.parent / "clinic.toml").unlink()

    assert verdict(journal, root_key=own)[1]["root_checked"]
    assert faults(verdict(journal, root_key=another)[1]) == {"configuration"}


def test_a_journal_is_held_against_another_one(desk: Path, tmp_path: Path) -> None:
    other = copied(desk, tmp_path / "other")

    code, reports = verdicts(journal_in(desk), journal=other / "H")

    assert (code, len(reports)) == (0, 2)
    assert all("unchecked" in warned(report) for report in reports)


@pytest.mark.parametrize("given", [{"root_key": "AAAA"}, {"trust": "nothing"}, {"trust": __file__}, {"key": __file__}])
def test_what_the_auditor_brings_must_be_what_it_is_called(journal: Path, given: dict[str, str]) -> None:
    assert verdict(journal, **given)[0] == 2


def test_a_journal_audited_alone_has_the_same_verdict_and_says_what_was_not_looked_at(journal: Path) -> None:
    alone = audit.audit(journal, Given(alone=True))
    whole = audit.audit(journal)

    assert (alone.exit_code, alone.records, alone.receipts) == (0, whole.records, whole.receipts)
    assert [one.text for one in alone.warnings][-1] == "det andra mediet är inte jämfört här"
    with as_a_person_who_knows_sql(journal) as sql:
        sql.execute("UPDATE part SET body = x'00' WHERE name = 'a'")
    assert audit.audit(journal, Given(alone=True)).exit_code == 1
