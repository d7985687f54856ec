"""After a disk has answered with an error nothing is tried again: the program ends, and the next start is whole."""

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from kassaapp import acts, demo
from kassaapp.__main__ import main
from kassaapp.app import Desk
from kassaapp.domain.events import SignedIn
from kassaapp.domain.fees import Wish
from kassaapp.journal import database
from kassaapp.journal.journal import E, Journal, Written
from kassaapp.trouble import FATAL, DiskFailed
from kassaapp.verify.audit import audit
from tests.builders import CARD, a_patient
from tests.desks import MONDAY_MORNING, a_clock, a_desk, an_enrolled_folder, an_open_till
from tests.journal.failing_disk import FailingDisk, failing_disk


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingDisk]:
    with failing_disk(monkeypatch) as disk:
        yield disk
        disk.heal()


def sell(desk: Desk) -> None:
    desk.register("H").sell(a_patient(), [Wish(1)], [CARD])


def told(desk: Desk) -> str:
    """How a sale ended."""
    try:
        sell(desk)
    except DiskFailed as trouble:
        return str(trouble)
    return "sold"


@pytest.mark.parametrize(("kind", "at"), [("write", 1), ("write", 2), ("write", 5), ("sync", 1), ("sync", 3)])
def test_nothing_is_recorded_after_an_error_though_the_disk_answers_again(
    tmp_path: Path, disk: FailingDisk, kind: str, at: int
) -> None:
    with an_open_till(tmp_path) as desk:
        disk.fail(kind, at)
        while (first := told(desk)) == "sold":
            pass
        receipts = desk.register("H").state.next_receipt
        disk.heal()

        again = told(desk)

    assert (first, again) == ("IOError", "the disk failed earlier")
    with a_desk(tmp_path) as desk:  # What was never acknowledged may be there: it was written, and not known to last.
        assert desk.register("H").state.next_receipt in (receipts, receipts + 1)
    assert audit(tmp_path / "H" / "journal.db").findings == []


@pytest.mark.parametrize("at", range(1, 12))
def test_a_start_on_a_disk_that_cannot_be_read_ends_with_words_and_changes_nothing(
    tmp_path: Path, disk: FailingDisk, at: int
) -> None:
    an_enrolled_folder(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("journal.db*")}
    disk.fail("read", at)

    with pytest.raises(DiskFailed):
        Desk.open(tmp_path, a_clock())

    assert {path: path.read_bytes() for path in tmp_path.rglob("journal.db*")} == before
    disk.heal()
    with an_open_till(tmp_path) as desk:
        assert told(desk) == "sold"


@pytest.mark.parametrize(("kind", "stride"), [("write", 7), ("sync", 3)])
def test_a_first_start_that_meets_an_error_is_whole_the_second_time(
    tmp_path: Path, disk: FailingDisk, kind: str, stride: int
) -> None:
    """SQLite says nothing of an error while it closes, but for this VFS, which cannot help it: apsw.IOError."""
    for at in range(1, 60, stride):
        folder = tmp_path / str(at)
        disk.fail(kind, at)
        with suppress(DiskFailed, apsw.IOError):
            demo.enrol(folder, now=a_clock(), tills=("H",))
        if not disk.has_failed:
            break
        disk.heal()
        if not (folder / "clinic.toml").exists():
            demo.enrol(folder, now=a_clock(), tills=("H",))
        with an_open_till(folder) as desk:
            sell(desk)
        assert audit(folder / "H" / "journal.db").findings == []

    assert at > 6, "too few steps to prove anything"


def test_the_headless_till_says_so_once_and_ends(tmp_path: Path, disk: FailingDisk) -> None:
    with an_open_till(tmp_path) as desk:
        disk.fail("write")
        answers = acts.perform_all(desk, ['{"do":"lock"}', '{"do":"status"}'])

        assert '"trouble":"DiskFailed"' in next(answers)
        with pytest.raises(FATAL):
            next(answers)
        disk.heal()


def test_the_command_answers_each_line_once_and_ends_with_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_enrolled_folder(tmp_path)
    record = Journal.append_all

    def failing(journal: Journal, events: Sequence[E]) -> list[Written[E]]:
        if any(isinstance(event, SignedIn) for event in events):
            raise DiskFailed("IOError")
        return record(journal, events)

    monkeypatch.setattr(Journal, "append_all", failing)
    lines = b'{"do":"status"}\n{"do":"sign_in","user":"anber","pin":"123456"}\n{"do":"status"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, write_through=True))

    code = main(["acts", "--data", str(tmp_path)])

    answers = out.getvalue().decode().splitlines()
    assert code == 1
    assert len(answers) == 2
    assert '"trouble":"DiskFailed"' in answers[1]


# ── What durability depends on is read back ──────────────────────────────────────────────────────

WRONG = {
    "locking_mode": "NORMAL",
    "journal_mode": "DELETE",
    "synchronous": "NORMAL",
    "foreign_keys": "OFF",
    "trusted_schema": "ON",
    "cell_size_check": "OFF",
    "fullfsync": "OFF",
    "checkpoint_fullfsync": "OFF",
}


def test_a_wrong_value_of_every_setting_is_tried() -> None:
    assert set(WRONG) == {name for name, _, _ in database._PRAGMAS}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_does_not_take_stops_the_till(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As if this SQLite did not know it: another value is in force than was asked for."""
    an_enrolled_folder(tmp_path)
    asked = tuple((one, WRONG[one] if one == name else value, wanted) for one, value, wanted in database._PRAGMAS)
    monkeypatch.setattr(database, "_PRAGMAS", asked)

    with pytest.raises(AssertionError, match=f"pragma {name} is"):
        a_desk(tmp_path, MONDAY_MORNING)


@pytest.mark.parametrize("version", ["3.51.2", "3.50.4", "3.40.1"])
def test_a_sqlite_that_can_lose_a_transaction_stops_the_till(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    an_enrolled_folder(tmp_path)
    monkeypatch.setattr("apsw.sqlite_lib_version", lambda: version)

    with pytest.raises(AssertionError, match="lose a committed transaction"):
        a_desk(tmp_path)
