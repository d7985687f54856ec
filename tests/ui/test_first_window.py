"""The first start in the window: a code, verdicts as they come, the scanner, a protocol, and then the till."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kassaapp.app import Clock, Desk
from kassaapp.printout import trial
from kassaapp.screens.first_start import Stage
from kassaapp.ui.first_window import FirstWindow
from tests.regions import PluggedRegion
from tests.test_selftest import set_clock

WAIT_MS = 30_000


class Started:
    """A first window, and the desk that it gave."""

    def __init__(self, qtbot: QtBot, folder: Path, text: str) -> None:
        self.desks: list[Desk | None] = []
        self.window = FirstWindow(folder, text, self.desks.append)
        self._qtbot = qtbot
        self.window.resize(960, 640)
        self.window.show()

    def press(self, typed: str = "") -> None:
        """Type into the field that is shown, and press the button."""
        view = self.window.view
        (view.scan if self.stage is Stage.SCANNER else view.field).edit.setText(typed)
        view._go_on()

    @property
    def stage(self) -> Stage:
        return self.window.shown.view.stage

    def wait_for(self, stage: Stage) -> None:
        self._qtbot.waitUntil(lambda: self.stage is stage, timeout=WAIT_MS)
        QApplication.processEvents()


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    set_clock(plugged, Clock()().timestamp())
    with plugged.plugged_in():
        yield plugged
    plugged.region.close()


def test_a_code_becomes_a_till_that_has_proved_itself(qtbot: QtBot, tmp_path: Path, region: PluggedRegion) -> None:
    text = region.clinic_file(tmp_path).read_text()
    code = next(line.split('"')[1] for line in text.splitlines() if line.startswith("code"))
    started = Started(
        qtbot, tmp_path / "till", "".join(line + "\n" for line in text.splitlines() if "code" not in line)
    )

    started.press("")
    missing = started.window.shown.view.error
    started.press("AAAA-AAAA-AAAA-AAAA-AAAA")
    qtbot.waitUntil(
        lambda: started.stage is Stage.CODE and "sa nej" in started.window.shown.view.error, timeout=WAIT_MS
    )
    started.press(code)
    started.wait_for(Stage.SCANNER)
    started.press("1234567890+123")
    wrong = started.window.shown.view.error
    started.press(trial.CODE)
    done = started.window.shown.view
    started.press()

    assert missing == "Skriv registreringskoden."
    assert "annat tangentbord" in wrong
    assert done.result == "Klart. Kassan är registrerad."
    assert [row.tone.value for row in done.rows if row.name in ("Region R0417H", "Skanner")] == ["ok", "ok"]
    (protocol,) = (tmp_path / "till" / "protokoll").iterdir()
    assert str(protocol) in done.text
    (desk,) = started.desks
    assert desk is not None
    assert desk.tills == ("H",)
    desk.close()


def test_a_window_that_is_closed_before_leaves_no_desk_open(
    qtbot: QtBot, tmp_path: Path, region: PluggedRegion
) -> None:
    started = Started(qtbot, tmp_path / "till", region.clinic_file(tmp_path).read_text())

    started.window.close()

    assert started.desks == [None]
    assert not (tmp_path / "till").exists()
