"""Append and it has happened; open and every record has been checked."""

import os
import sqlite3
import stat
from pathlib import Path

import apsw
import pytest

from kassaapp import clinic, enrolment
from kassaapp.domain.events import SignedIn, SignedOut
from kassaapp.journal import database, shadow
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import MachineCustody
from kassaapp.trouble import (
    AlreadyEnrolled,
    DiskFull,
    JournalDamaged,
    JournalInUse,
    JournalMissing,
    JournalUnreadable,
    KeyMissing,
    NotEnrolled,
    Trouble,
)
from tests.desks import MONDAY_MORNING, a_desk, an_enrolled_folder

SIGNED_IN = SignedIn(MONDAY_MORNING, "anber")
HOSTILE = [
    "UPDATE record SET env = zeroblob(100)",
    "DELETE FROM record",
    "INSERT OR REPLACE INTO record SELECT chain, 1, hash, zeroblob(100) FROM record WHERE seq = 1",
    "REPLACE INTO record SELECT chain, seq, hash, env FROM record",
    "INSERT OR REPLACE INTO record SELECT chain, 0, zeroblob(32), env FROM record WHERE seq = 0",
    "INSERT INTO record SELECT chain, 99, zeroblob(32), env FROM record WHERE seq = 0",
    "UPDATE OR REPLACE record SET seq = seq + 1",
    "UPDATE part SET body = zeroblob(10)",
    "DELETE FROM part",
    "INSERT OR REPLACE INTO part SELECT hash, name, sealed, digest, zeroblob(50) FROM part",
    "INSERT INTO part SELECT * FROM part WHERE true ON CONFLICT DO UPDATE SET body = x'00'",
    "DELETE FROM proof",
    "UPDATE proof SET next = 99",
    "INSERT OR REPLACE INTO proof SELECT id, chain, 99, size, leaf, idx, inclusion, consistency, note FROM proof",
    "INSERT INTO proof SELECT 2, chain, next, 0, leaf, idx, inclusion, consistency, note FROM proof",
    "UPDATE region SET env = zeroblob(100)",
    "DELETE FROM region",
    "REPLACE INTO region SELECT kind, seq, zeroblob(100) FROM region",
    "INSERT INTO region VALUES ('config', 7, zeroblob(100))",
    "UPDATE region_part SET body = zeroblob(10)",
    "DELETE FROM region_part",
    "REPLACE INTO region_part SELECT kind, seq, name, sealed, digest, zeroblob(9) FROM region_part",
    "UPDATE chain SET public_key = zeroblob(32)",
    "DELETE FROM chain",
    "REPLACE INTO chain SELECT n, id, zeroblob(32), certificate FROM chain",
]


def opened(folder: Path) -> Journal:
    """The folder's journal, open and checked, with its configuration in force."""
    read = clinic.read(folder / "clinic.toml")
    journal, _ = Journal.open(
        enrolment.journal_path(folder, "H"),
        MachineCustody(folder / "H"),
        read.root_key,
        second_medium=lambda name: enrolment.second_medium_path(folder, read, "H", name),
    )
    journal.configurations.use(0)
    return journal


def test_what_was_appended_is_there_after_opening_again(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        written = journal.append(SIGNED_IN)

    with opened(tmp_path) as journal:
        assert journal.count() == 2
        assert journal.hash_of(1) == written.hash


def test_frames_read_back_what_was_signed(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        written = journal.append(SIGNED_IN)

        first, second = journal.frames(0, 10)

        assert (first.record.header.kind, second.record.header.kind) == ("open", "sign-in")
        assert second.record.env == written.env
        assert second.record.header.cfg == first.record.header.cfg is not None


@pytest.mark.parametrize("sql", HOSTILE)
def test_the_guards_refuse_hostile_sql(tmp_path: Path, sql: str) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
    connection = database.open_existing(enrolment.journal_path(tmp_path, "H"))

    with pytest.raises(apsw.ConstraintError):
        connection.execute(sql)

    connection.close()
    opened(tmp_path).close()


def test_a_second_start_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    with a_desk(tmp_path), pytest.raises(JournalInUse):
        a_desk(tmp_path)


def test_every_pragma_that_durability_depends_on_is_set(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    connection = database.open_existing(enrolment.journal_path(tmp_path, "H"))

    settings = {
        name: connection.execute(f"PRAGMA {name}").get for name in ("journal_mode", "synchronous", "locking_mode")
    }

    assert settings == {"journal_mode": "wal", "synchronous": 3, "locking_mode": "exclusive"}
    connection.close()


def test_the_second_medium_holds_the_same_records(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
        journal.append(SignedOut(MONDAY_MORNING, "anber"))
        own = [frame.record.env for frame in journal.frames(0, 10)]

    held = shadow.read(tmp_path / "H" / "shadow.kj")

    assert [record.env for record in held.records] == own
    assert (held.torn, held.damaged) == (False, None)


def test_a_torn_end_of_the_second_medium_is_cut_and_written_again(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
    path = tmp_path / "H" / "shadow.kj"
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])

    opened(tmp_path).close()

    assert path.read_bytes() == whole


def test_a_damaged_second_medium_is_put_aside_and_made_anew(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
    path = tmp_path / "H" / "shadow.kj"
    raw = bytearray(path.read_bytes())
    raw[100] ^= 1
    path.write_bytes(raw)

    opened(tmp_path).close()

    assert len(shadow.read(path).records) == 2
    assert [aside.read_bytes() for aside in path.parent.glob("*.aside")] == [bytes(raw)]


def test_records_that_only_the_second_medium_has_come_back_byte_for_byte(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    path = enrolment.journal_path(tmp_path, "H")
    before = path.read_bytes()
    with opened(tmp_path) as journal:
        written = journal.append(SIGNED_IN)
    path.write_bytes(before)  # An old backup is put back.

    with opened(tmp_path) as journal:
        assert (journal.count(), journal.restored) == (2, 1)
        assert journal.hash_of(1) == written.hash

    with a_desk(tmp_path) as desk:
        assert desk.register("H").state.user is None


def test_another_history_on_the_second_medium_stops_the_start(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    opened(tmp_path).close()
    path, beside = enrolment.journal_path(tmp_path, "H"), tmp_path / "H" / "shadow.kj"
    before, shadow_before = path.read_bytes(), beside.read_bytes()
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
    other = beside.read_bytes()
    path.write_bytes(before)
    beside.write_bytes(shadow_before)
    with opened(tmp_path) as journal:
        journal.append(SignedOut(MONDAY_MORNING, "anber"))
    beside.write_bytes(other)

    with pytest.raises(JournalDamaged) as found:
        opened(tmp_path)

    assert found.value.seq == 1


def test_a_lost_second_medium_warns_and_does_not_stop(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    path = tmp_path / "H" / "shadow.kj"
    path.mkdir()

    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)

        assert journal.second_medium_lost


def test_a_missing_journal_is_never_begun_afresh(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    enrolment.journal_path(tmp_path, "H").unlink()

    with pytest.raises(JournalMissing):
        a_desk(tmp_path)
    with pytest.raises(AlreadyEnrolled):
        an_enrolled_folder(tmp_path)


def test_a_folder_without_a_till_says_so(tmp_path: Path) -> None:
    from kassaapp.app import Desk

    with pytest.raises(NotEnrolled):
        Desk.open(tmp_path)


def test_another_file_in_the_journals_place_is_not_read_as_one(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    path = enrolment.journal_path(tmp_path, "H")
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE record (seq)")
    other.commit()
    other.close()

    with pytest.raises(JournalUnreadable):
        a_desk(tmp_path)


def test_the_key_of_another_till_opens_nothing(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path / "one")
    an_enrolled_folder(tmp_path / "two")
    (key,) = (tmp_path / "one" / "H").glob("*.key")
    (other,) = (tmp_path / "two" / "H").glob("*.key")
    key.write_bytes(other.read_bytes())

    with pytest.raises(KeyMissing):
        opened(tmp_path / "one")


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_a_key_file_that_everyone_can_read_is_refused(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    (key,) = (tmp_path / "H").glob("*.key")
    assert not key.stat().st_mode & stat.S_IRWXO
    key.chmod(0o644)

    with pytest.raises(KeyMissing):
        opened(tmp_path)


def test_a_changed_byte_anywhere_stops_the_start(tmp_path: Path) -> None:
    """The check at start sees each change in what it reads; the page checksum sees it first."""
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
        envs = [frame.record.env for frame in journal.frames(0, 10)]
    path = enrolment.journal_path(tmp_path, "H")
    raw = path.read_bytes()

    for env in envs:
        at = raw.index(env) + 100
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(Trouble):
            opened(tmp_path)

    path.write_bytes(raw)
    opened(tmp_path).close()


def test_a_change_that_mends_the_checksums_is_found_by_the_chain(tmp_path: Path) -> None:
    """As someone would who knows the file: past the guards, with every checksum right."""
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal.append(SIGNED_IN)
        journal.append(SIGNED_IN)
    connection = database.open_existing(enrolment.journal_path(tmp_path, "H"))
    guard = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'part_kept'").get
    connection.execute("DROP TRIGGER part_kept")
    connection.execute(
        "UPDATE part SET body = CAST(body || x'20' AS BLOB) WHERE hash = (SELECT hash FROM record WHERE seq = 1)"
    )
    connection.execute(guard)
    connection.close()

    with pytest.raises(JournalDamaged) as found:
        opened(tmp_path)

    assert found.value.seq == 1


def append_until_full(journal: Journal) -> int:
    for appended in range(200):
        try:
            journal.append(SIGNED_IN)
        except DiskFull:
            return appended
    raise AssertionError("the disk never became full")


def test_a_full_disk_stores_nothing_and_says_so(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path)
    with opened(tmp_path) as journal:
        journal._file._connection.execute("PRAGMA max_page_count=1")  # As full as a disk can be: not a page more.
        appended = append_until_full(journal)

        assert journal.count() == 1 + appended

    with opened(tmp_path) as journal:
        assert journal.count() == 1 + appended
        journal.append(SIGNED_IN)
