"""Who may not open the journal is told how the till stands: agents, installers, and the next person at the desk."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kassaapp import __main__, health, occupied, standing, wording
from kassaapp.app import Desk
from kassaapp.domain.session import Count
from kassaapp.health import Idle, Verdict
from kassaapp.trouble import JournalInUse, JournalMissing
from tests.desks import MONDAY_MORNING, a_clock, a_desk, an_open_till, asking, named

HOUR = timedelta(hours=1)


def die_selling(folder: Path) -> None:
    """A program opens the desk and its session, and is ended by no will of its own."""
    program = (
        "import os, sys; from pathlib import Path; from tests.desks import an_open_till;"
        "desk = an_open_till(Path(sys.argv[1])); os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], check=False, cwd=Path(__file__).parents[1])
    assert ended.returncode == 9


# ── one program at a time ────────────────────────────────────────────────────────────────────────


def test_the_second_start_is_told_who_is_there_and_since_when(tmp_path: Path) -> None:
    with a_desk(tmp_path), pytest.raises(JournalInUse) as refused:
        Desk.open(tmp_path, a_clock(MONDAY_MORNING + HOUR))

    assert refused.value.by == occupied.account()
    assert refused.value.since == MONDAY_MORNING
    assert f"kontot {occupied.account()} använder den sedan 2026-11-23 07:42" in wording.explain_trouble(refused.value)


def test_whoever_looks_keeps_nobody_out(tmp_path: Path) -> None:
    with a_desk(tmp_path):
        there = occupied.occupant(tmp_path)
    nobody = occupied.occupant(tmp_path)

    assert there is not None
    assert there.since == MONDAY_MORNING
    assert nobody is None
    a_desk(tmp_path).close()


def test_a_desk_that_cannot_be_opened_is_given_back(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    (tmp_path / "H" / "journal.db").rename(tmp_path / "H" / "kept")
    (tmp_path / "H" / "shadow.kj").rename(tmp_path / "H" / "kept.kj")
    with pytest.raises(JournalMissing):
        Desk.open(tmp_path, a_clock())

    assert occupied.occupant(tmp_path) is None


# ── how the program ended ────────────────────────────────────────────────────────────────────────


def test_an_ordinary_end_is_no_news(tmp_path: Path) -> None:
    a_desk(tmp_path).close()

    with a_desk(tmp_path) as desk:
        assert desk.ended is None


def test_a_program_that_was_ended_is_told_of_at_the_next_start(tmp_path: Path) -> None:
    die_selling(tmp_path)

    with a_desk(tmp_path, MONDAY_MORNING + HOUR) as desk:
        ended = desk.ended

    assert ended == standing.Ended(MONDAY_MORNING, "")
    assert "sparat" in wording.ended(ended.at, ended.stopped)
    with a_desk(tmp_path) as desk:
        assert desk.ended is None


def test_a_program_that_stopped_for_an_error_says_which_at_the_next_start(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.standing.stop("ZeroDivisionError")
        desk.standing.write()

    with a_desk(tmp_path, MONDAY_MORNING + HOUR) as desk:
        assert desk.ended == standing.Ended(MONDAY_MORNING, "ZeroDivisionError")
    with a_desk(tmp_path) as desk:
        assert desk.ended is None


# ── how the desk stands ──────────────────────────────────────────────────────────────────────────


def test_an_open_session_is_told_while_the_till_runs_and_no_longer_when_it_is_closed(tmp_path: Path) -> None:
    with an_open_till(tmp_path) as desk:
        open_now = standing.read(tmp_path)
        desk.register("H").close_session(Count(100_000), "123456")
    closed = standing.read(tmp_path)

    assert open_now is not None
    assert [(till.name, till.session, till.opened) for till in open_now.open_tills] == [("R0417H", 1, MONDAY_MORNING)]
    assert closed is not None
    assert closed.open_tills == ()
    assert closed.tills[0].records > 0


def test_a_file_that_is_no_standing_says_nothing(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"at": 1}', '{"tills": 5}', '{"tills": [{"x": 1}]}'):
        (tmp_path / standing.NAME).write_text(text, encoding="utf-8")

        assert standing.read(tmp_path) is None


# ── may the program be replaced? ─────────────────────────────────────────────────────────────────


def test_the_program_may_be_replaced_when_nobody_runs_it_and_not_while_a_session_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["idle", "--data", str(tmp_path)]
    with an_open_till(tmp_path) as desk:
        with_session = __main__.main(asked)
        desk.register("H").close_session(Count(100_000), "123456")
        without = __main__.main(asked)
    nobody = __main__.main(asked)

    assert (with_session, without, nobody) == (Idle.SESSION_OPEN, Idle.RUNNING, Idle.YES)
    assert "R0417H har session 1 öppen sedan 2026-11-23 07:42" in capsys.readouterr().out


def test_a_session_that_a_power_cut_left_open_hinders_no_update(tmp_path: Path) -> None:
    die_selling(tmp_path)

    answer, why = health.idle(tmp_path)

    assert answer is Idle.YES
    assert "session 1" in why


# ── is it well? ──────────────────────────────────────────────────────────────────────────────────


def test_a_till_that_runs_is_well_and_says_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with an_open_till(tmp_path):
        found = health.judge(tmp_path, MONDAY_MORNING)
        __main__.main(["health", "--data", str(tmp_path)])

    assert found.verdict is Verdict.OK, found.line
    assert found.line.startswith("KASSA OK - R0417H R0417E (Reception 1): igång sedan 2026-11-23 07:42")
    assert "R0417H_unsent=" in found.line
    assert capsys.readouterr().out.count("\n") == 1


def test_the_line_says_what_people_call_the_desk_and_never_a_number_of_somebody(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    named(tmp_path, "Reception 2")
    with a_desk(tmp_path) as desk:
        told = [asking(desk)("status")["desk"], health.judge(tmp_path, MONDAY_MORNING).line]
    file = tmp_path / standing.NAME
    file.write_text(file.read_text().replace("Reception 2", r"Anna | 19610118-2803\nrum 3"))
    broken = health.judge(tmp_path, MONDAY_MORNING).line

    assert told[0] == "Reception 2"
    assert told[1].startswith("KASSA OK - R0417H R0417E (Reception 2): igång")
    assert broken.startswith("KASSA OK - R0417H R0417E (Anna / •••••• rum 3): ")


def test_a_standing_of_an_older_program_names_no_desk(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    file = tmp_path / standing.NAME
    said = json.loads(file.read_text())
    del said["desk"]
    file.write_text(json.dumps(said))

    assert health.judge(tmp_path, MONDAY_MORNING).line.startswith("KASSA OK - R0417H R0417E: stängd")


def test_what_is_wrong_is_told_with_its_weight(tmp_path: Path) -> None:
    die_selling(tmp_path)
    ended = health.judge(tmp_path, MONDAY_MORNING)
    late = health.judge(tmp_path, MONDAY_MORNING + 25 * HOUR)
    very_late = health.judge(tmp_path, MONDAY_MORNING + 49 * HOUR)

    assert (ended.verdict, late.verdict, very_late.verdict) == (Verdict.WARNING, Verdict.WARNING, Verdict.CRITICAL)
    assert "avslutades inte i ordning" in ended.line
    assert "session 1 öppen sedan" in late.line
    assert "poster väntar på regionen" in very_late.line


def test_a_stop_is_critical_until_the_next_start(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.standing.stop("DiskFailed")
        stopped = health.judge(tmp_path, MONDAY_MORNING)
    with a_desk(tmp_path):
        again = health.judge(tmp_path, MONDAY_MORNING)

    assert (stopped.verdict, again.verdict) == (Verdict.CRITICAL, Verdict.OK)
    assert "DiskFailed" in stopped.line


def test_a_folder_without_a_till_is_not_known(tmp_path: Path) -> None:
    assert health.judge(tmp_path, MONDAY_MORNING).verdict is Verdict.UNKNOWN
