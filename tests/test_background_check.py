"""Every signature is checked the same day, in slices, and a finding is told."""

import queue
from pathlib import Path

import apsw
import pytest

from kassaapp.background_check import SLICE, BackgroundCheck
from kassaapp.domain.fees import Wish
from kassaapp.trouble import DiskFailed, JournalDamaged
from tests.builders import CARD, a_patient
from tests.desks import an_open_till

WAIT_S = 10.0


class Journal:
    """A journal of so many records, whose signatures are looked at on the other thread."""

    def __init__(self, count: int, bad: Exception | None = None) -> None:
        self.count = count
        self.bad = bad
        self.asked: list[tuple[int, int]] = []
        self.done = queue.Queue[int]()

    def verify_older(self, first: int, at_most: int) -> int | None:
        self.asked.append((first, at_most))
        if self.bad is not None and first >= self.count // 2:
            raise self.bad
        if first >= self.count:
            self.done.put(first)
            return None
        return min(first + at_most, self.count)


def check(journal: Journal, failures: "queue.Queue[BaseException]", first_rest_s: float = 0.0) -> BackgroundCheck:
    made = BackgroundCheck(journal.verify_older, failures.put, "check-H", first_rest_s=first_rest_s, rest_s=0.0)
    made.start()
    return made


def test_all_of_it_is_checked_once_and_in_order() -> None:
    journal, failures = Journal(3 * SLICE + 1), queue.Queue[BaseException]()

    checking = check(journal, failures)

    assert journal.done.get(timeout=WAIT_S) == journal.count
    checking.close()
    assert [first for first, _ in journal.asked] == [0, SLICE, 2 * SLICE, 3 * SLICE, 3 * SLICE + 1]
    assert failures.empty()


@pytest.mark.parametrize("error", [JournalDamaged(7, "signature"), DiskFailed("IOError"), KeyError("a bug")])
def test_what_ends_it_too_early_is_told(error: Exception) -> None:
    journal, failures = Journal(4 * SLICE, error), queue.Queue[BaseException]()

    checking = check(journal, failures)

    assert failures.get(timeout=WAIT_S) is error
    checking.close()
    assert journal.done.empty()


def test_a_till_that_closes_does_not_wait_for_it() -> None:
    journal, failures = Journal(1_000_000_000), queue.Queue[BaseException]()

    check(journal, failures).close()
    check(journal, failures, first_rest_s=3600.0).close()

    assert journal.done.empty()
    assert failures.empty()


def test_a_signature_that_is_not_ours_in_an_old_record_is_found(tmp_path: Path) -> None:
    """As someone would who may write to the file but has not the key: every hash and checksum right, the chain too."""
    with an_open_till(tmp_path) as desk:
        for _ in range(3):
            desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
        journal, failures = desk.register("H")._journal, queue.Queue[BaseException]()
        spoil_signature(journal._file._connection, seq=2)

        checking = BackgroundCheck(journal.verify_older, failures.put, "check-H", first_rest_s=0.0)
        checking.start()
        found = failures.get(timeout=WAIT_S)
        checking.close()

    assert isinstance(found, JournalDamaged)
    assert found.seq == 2


def spoil_signature(connection: apsw.Connection, seq: int) -> None:
    name = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'record' AND sql LIKE '%BEFORE UPDATE%'"
    ).get
    connection.execute(f"DROP TRIGGER {name}")
    env = connection.execute("SELECT env FROM record WHERE chain = 1 AND seq = ?", (seq,)).get
    connection.execute("UPDATE record SET env = ? WHERE seq = ?", (bytes([env[0] ^ 1]) + env[1:], seq))
