"""What fails for good beside the window stops the till, with words, as if it had failed at the counter."""

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.journal.journal import Journal
from kassaapp.trouble import DiskFailed, JournalDamaged
from kassaapp.ui import start
from sync.client.loop import Pace
from sync.client.status import SyncStatus
from tests.ui.conftest import Counter


@pytest.mark.parametrize("error", [JournalDamaged(7, "signature"), DiskFailed("IOError")])
def test_a_failure_on_another_thread_is_raised_at_the_window(counter: Counter, qtbot: QtBot, error: Exception) -> None:
    with qtbot.captureExceptions() as raised:
        beside = threading.Thread(target=counter.desk._tell_failure, args=(error,))
        beside.start()
        beside.join()
        qtbot.waitUntil(lambda: bool(raised))

    assert raised[0][1] is error


def test_an_old_signature_that_is_not_ours_stops_the_till(
    counter: Counter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(journal: Journal, first: int, at_most: int) -> int | None:
        raise JournalDamaged(first, "signature")

    monkeypatch.setattr(Journal, "verify_older", damaged)

    with qtbot.captureExceptions() as raised:
        counter.desk.start_check(first_rest_s=0.0)
        qtbot.waitUntil(lambda: bool(raised))
    start.crash_notice(counter.window)(raised[0][0], raised[0][1], None)

    assert counter.window.is_stopped
    assert counter.window.has_failed


def test_a_sync_thread_that_ends_is_not_silent(counter: Counter, qtbot: QtBot) -> None:
    def step() -> SyncStatus:
        raise DiskFailed("IOError")

    till = counter.desk._tills["H"]
    till.round = step  # type: ignore[assignment]

    with qtbot.captureExceptions() as raised:
        counter.desk.start_sync(Pace(first_s=0.0))
        qtbot.waitUntil(lambda: bool(raised))

    assert isinstance(raised[0][1], DiskFailed)


def test_a_till_that_has_failed_ends_with_a_code(counter: Counter, tmp_path: Path) -> None:
    assert not counter.window.has_failed

    counter.window.stop("ord")

    assert counter.window.has_failed
