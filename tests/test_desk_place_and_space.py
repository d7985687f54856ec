"""A desk is opened where a journal may lie, and watches over its disk."""

import sys
from pathlib import Path

import pytest

from kassaapp import __main__, acts
from kassaapp.app import Desk
from kassaapp.clinic import Clinic
from kassaapp.domain.errors import DiskAlmostFull
from kassaapp.domain.fees import Wish
from kassaapp.journal import space
from kassaapp.journal.journal import Journal
from kassaapp.trouble import FATAL, JournalDamaged, UnsuitablePlace
from tests.builders import CARD, a_patient
from tests.desks import a_clock, a_desk, an_enrolled_folder, an_open_till


def test_a_desk_whose_folder_has_become_synchronised_is_not_opened(tmp_path: Path) -> None:
    an_enrolled_folder(tmp_path / "till")
    (tmp_path / ".sync_5f1ad.db").touch()

    with pytest.raises(UnsuitablePlace):
        a_desk(tmp_path / "till")


def test_a_till_that_takes_money_has_ballast_and_a_demo_has_none(tmp_path: Path) -> None:
    for name, demo in (("real", False), ("demo", True)):
        (tmp_path / name).mkdir()
        with Desk(tmp_path / name, Clinic(bytes(32), demo=demo), a_clock()) as desk:
            desk.space.room()

    assert (tmp_path / "real" / space.BALLAST_NAME).stat().st_size == space.BALLAST_BYTES
    assert not (tmp_path / "demo" / space.BALLAST_NAME).exists()


def test_a_desk_on_a_disk_that_is_almost_full_sells_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with an_open_till(tmp_path) as desk:
        monkeypatch.setattr(desk.space, "_free", lambda _folder: 60_000_000)

        with pytest.raises(DiskAlmostFull):
            desk.register("H").sell(a_patient(), [Wish(1)], [CARD])


def test_a_damaged_journal_ends_the_headless_till_after_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise JournalDamaged(7, "page checksum")

    with an_open_till(tmp_path) as desk:
        monkeypatch.setattr(Journal, "append_all", damaged)
        answers = acts.perform_all(desk, ['{"do":"lock"}', '{"do":"status"}'])

        assert '"trouble":"JournalDamaged"' in next(answers)
        with pytest.raises(FATAL):
            next(answers)
        monkeypatch.undo()


def test_without_a_screen_the_window_says_so_and_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    assert __main__.main(["--data", str(tmp_path / "till")]) == 1

    assert "behöver en skärm" in capsys.readouterr().err
    assert not (tmp_path / "till").exists()
