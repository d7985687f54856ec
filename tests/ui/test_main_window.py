"""What the window does round its screens: locking, strips, the menu, paper that fails, and stopping."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.screens.frame import Place
from kassaapp.trouble import DiskFailed, DiskFull
from kassaapp.ui import opening_view, start
from kassaapp.ui.widgets.message import Message
from tests.desks import MONDAY_MORNING, a_desk, an_enrolled_folder
from tests.ui.conftest import Counter


def notice(counter: Counter, error: BaseException) -> None:
    """What happens to an exception that nobody caught."""
    start.crash_notice(counter.window)(type(error), error, None)


def test_a_till_that_nobody_touches_locks_itself(at_sale: Counter, qtbot: QtBot) -> None:
    register = at_sale.desk.register("H")
    at_once = replace(register.configuration, policy=replace(register.configuration.policy, lock_after_s=0))
    register.take_configuration(at_once)

    at_sale.keys.type("6")

    qtbot.waitUntil(lambda: at_sale.window.frame.view.place is Place.LOGIN)
    assert register.user is None


def test_a_strip_pushes_the_screen_down_and_leads_where_it_says(at_sale: Counter) -> None:
    top = at_sale.sale.mapTo(at_sale.window, at_sale.sale.rect().topLeft()).y()
    at_sale.desk.clock.set(MONDAY_MORNING + timedelta(days=1))

    at_sale.window.settle()
    QApplication.processEvents()
    strip = at_sale.window.around.strips.findChildren(Message)[0]
    pushed = at_sale.sale.mapTo(at_sale.window, at_sale.sale.rect().topLeft()).y()
    said = strip.text.text()
    strip.button.click()

    assert said.startswith("Kassan har varit öppen sedan i går 07:42.")
    assert pushed > top
    assert at_sale.window.frame.view.place is Place.CLOSE


@pytest.mark.parametrize(
    ("digit", "place"), [("4", Place.REPORT), ("6", Place.CLOSE), ("7", Place.STATUS), ("0", Place.LOGIN)]
)
def test_the_menu_is_picked_by_digit(at_sale: Counter, digit: str, place: Place) -> None:
    at_sale.keys.press("F10", digit)

    assert at_sale.window.frame.view.place is place


@pytest.mark.parametrize("keys", [["F9"], *(["F10", digit] for digit in "12345678")], ids="-".join)
def test_escape_out_of_every_room_leaves_the_keyboard_at_the_counter(at_sale: Counter, keys: list[str]) -> None:
    at_sale.keys.press(*keys)
    left = at_sale.window.frame.view.place
    at_sale.keys.press("Esc")
    at_sale.keys.type("6101182803")

    assert left is not Place.SALE
    assert at_sale.sale.patient.number.edit.text() == "6101182803"


def test_help_is_there_before_anybody_has_signed_in_and_escape_leads_back(counter: Counter) -> None:
    counter.keys.press("F1")
    shown = counter.window.frame.view.place

    counter.keys.press("Esc")

    assert (shown, counter.window.frame.view.place) == (Place.HELP, Place.LOGIN)


def test_a_receipt_that_cannot_be_saved_is_told_and_can_be_tried_again(at_sale: Counter, qtbot: QtBot) -> None:
    papers = at_sale.desk.folder / "kvitton"
    papers.write_text("a file where the folder should be", encoding="utf-8")
    at_sale.known()
    result = at_sale.sale.result
    qtbot.waitUntil(lambda: result.paper.text().startswith("Kvittot har inte kommit ut."))
    papers.unlink()

    result.retry.click()

    qtbot.waitUntil(lambda: result.paper.text() == "Kvittot är sparat som fil.")
    assert len(list(papers.glob("*.pdf"))) == 1


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RuntimeError("a bug"), "Ett fel i programmet gör att kassan inte tar emot fler betalningar."),
        (DiskFailed(), "Datorns disk svarade med ett fel."),
    ],
)
def test_what_nobody_expected_stops_the_till_with_words(
    at_sale: Counter, error: Exception, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    notice(at_sale, error)
    QApplication.processEvents()

    assert at_sale.window.is_stopped
    assert not at_sale.sale.isVisible()
    (shown,) = [message.text.text() for message in at_sale.window.findChildren(Message) if message.isVisible()]
    assert shown.startswith(text)
    assert caplog.records[0].levelname == "CRITICAL"
    caplog.clear()


def test_a_stopped_till_takes_no_key(at_sale: Counter, caplog: pytest.LogCaptureFixture) -> None:
    notice(at_sale, RuntimeError("a bug"))
    caplog.clear()

    at_sale.keys.press("F10", "F6", "Ctrl+L", "F1")

    assert QApplication.activePopupWidget() is None
    assert at_sale.desk.register("H").user is not None


def test_a_full_disk_is_a_dialog_and_the_sale_is_kept(at_sale: Counter, caplog: pytest.LogCaptureFixture) -> None:
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")

    notice(at_sale, DiskFull())
    caplog.clear()
    dialog = QApplication.activeModalWidget()
    at_sale.keys.press("Esc")

    assert dialog is not None
    assert not at_sale.window.is_stopped
    assert at_sale.sale.patient.line.text().startswith("19610118-2803")


# ── start ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def closing_soon(qapp: QApplication) -> Iterator[QTimer]:
    """Closes every window again and again, as somebody who has seen enough."""
    timer = QTimer()
    timer.setInterval(50)
    timer.timeout.connect(qapp.closeAllWindows)
    timer.start()
    yield timer
    timer.stop()


def test_the_window_runs_until_it_is_closed_and_gives_the_hook_back(tmp_path: Path, closing_soon: QTimer) -> None:
    hook = sys.excepthook

    with a_desk(tmp_path) as desk:
        code = start.run(desk)

    assert code == 0
    assert sys.excepthook is hook


def test_the_till_is_opened_behind_a_window_that_is_seen_first_and_cannot_be_closed(
    tmp_path: Path, closing_soon: QTimer, qapp: QApplication
) -> None:
    an_enrolled_folder(tmp_path)
    seen = Shown(qapp)

    code = opening_view.main(tmp_path)

    assert code == 0
    assert seen.windows[0] == "OpeningView"
    assert seen.windows[-1] == "MainWindow"


class Shown(QObject):
    """Which windows were shown, in order."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.windows: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_a_folder_without_a_till_says_so_and_ends_with_one(
    tmp_path: Path, closing_soon: QTimer, caplog: pytest.LogCaptureFixture
) -> None:
    code = opening_view.main(tmp_path)

    assert code == 1
    assert caplog.messages == ["the till cannot start: NotEnrolled"]
    caplog.clear()


def test_the_words_of_qt_are_swedish(counter: Counter) -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Avbryt"


def test_a_receipt_that_was_voided_is_no_longer_told_as_paid(at_sale: Counter) -> None:
    at_sale.known()
    told = at_sale.sale.result.isVisible()

    at_sale.keys.press("F9", "Enter", "Alt+M", "1", "Enter", "Enter", "Esc", "Esc")
    QApplication.processEvents()

    assert at_sale.window.frame.view.place is Place.SALE
    assert (told, at_sale.sale.result.isVisible()) == (True, False)
