"""With the network cable out the window sells as usual and says so quietly; with it in again, everything is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kassaapp import first_start
from kassaapp.app import Desk
from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.widgets.double_press import DoublePress
from sync.client.loop import Pace
from tests.desks import a_clock
from tests.regions import DEMO, PluggedRegion
from tests.ui.conftest import Counter
from tests.ui.keys import Keys

QUICK = Pace(first_s=0.0, heartbeat_s=0.1, debounce_s=0.0, backoff_s=0.05, backoff_most_s=0.05)


@pytest.fixture
def region(tmp_path: Path) -> Iterator[PluggedRegion]:
    plugged = PluggedRegion(tmp_path / "region")
    yield plugged
    plugged.region.close()


def test_a_visit_with_the_cable_out_and_new_prices_when_it_is_in(
    region: PluggedRegion, tmp_path: Path, qtbot: QtBot
) -> None:
    start.dressed()
    with region.plugged_in():
        first_start.enrol(tmp_path / "till", region.clinic_file(tmp_path), a_clock())
    with Desk.open(tmp_path / "till", a_clock()) as desk:
        keys = Keys()
        window = MainWindow(desk, "H", DoublePress(keys.elapsed_ms))
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        counter = Counter(desk, window, keys)
        desk.start_sync(QUICK)
        counter.sign_in()
        counter.open_till()
        qtbot.waitUntil(lambda: said(window).startswith("Frånkopplad – "))

        counter.known()
        alone = said(window)
        with region.plugged_in():
            qtbot.waitUntil(lambda: said(window) == "Allt skickat", timeout=10_000)
            region.publish(DEMO.read_text(encoding="utf-8").replace("price_ore = 20000", "price_ore = 21000"))
            qtbot.waitUntil(lambda: "210,00" in counter.sale.tiles.buttons[0].text(), timeout=10_000)
        window.shut()

    assert alone.endswith("poster väntar. Kassan fungerar som vanligt.")
    assert counter.sale.result.headline.text.text().startswith("Registrerat utan betalning")


def said(window: MainWindow) -> str:
    """What the status line says."""
    return window.around.sync.text.text()
