"""Receipts by the keyboard alone: found, opened, shown for ten seconds, printed once, and voided in seven presses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui import start, theme
from kassaapp.ui.receipts_view import ReceiptsWindow
from kassaapp.ui.widgets.double_press import DoublePress
from kassaapp.ui.widgets.scroll import Scroll
from tests.desks import an_open_till
from tests.screens.looking_back import HIDDEN, OTHER, LookingBack
from tests.ui.keys import Keys, focused
from tests.ui.receipt_room import said, shown_in_window, words_in_sight


class Counter:
    """The desk, the room and the keyboard."""

    def __init__(self, back: LookingBack) -> None:
        self.back = back
        self.keys = Keys()
        self.room = ReceiptsWindow(back.screen, DoublePress(self.keys.elapsed_ms), lambda: None)

    @property
    def receipts(self) -> int:
        """How many receipts there are."""
        return self.back.desk.register("H").state.next_receipt - 1

    def is_voided(self, receipt: int) -> bool:
        """Whether the receipt is undone."""
        return self.back.desk.register("H").receipts.sale(receipt).voided_by is not None


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """Three visits, the last of them a protected patient's, and the list in sight."""
    start.dressed()
    with an_open_till(tmp_path) as desk:
        back = LookingBack(desk)
        back.sell(by="cash")
        back.sell(4, patient=OTHER)
        back.sell(patient=HIDDEN)
        counter = Counter(back)
        with shown_in_window(qtbot, counter.room, counter.keys):
            yield counter


# ── undoing the last one ─────────────────────────────────────────────────────────────────────────


def test_the_last_receipt_is_voided_in_seven_presses(counter: Counter) -> None:
    counter.keys.press("F9", "Enter", "Alt+M")
    counter.keys.type("1")
    counter.keys.press("Enter", "Enter")

    assert counter.keys.counted() + 1 == 7  # Alt is a press of its own.
    assert counter.is_voided(3)
    assert counter.room.result.text.text() == ("Kvitto R0417H-3 är makulerat med returkvitto R0417H-4.")
    assert counter.back.printed == [4]


def test_enter_after_enter_voids_nothing(counter: Counter) -> None:
    counter.keys.press("F9", "Enter", "Alt+M", "Enter", "Enter", "Enter", "Enter")

    assert not counter.is_voided(3)
    assert "Välj orsak med en siffra." in words_in_sight(counter.room)


@pytest.mark.parametrize("how", ["held", "bounced"])
def test_an_enter_that_is_held_or_bounces_does_not_reach_the_button(counter: Counter, how: str) -> None:
    counter.keys.press("F9", "Enter", "Alt+M")
    counter.keys.type("1")
    if how == "held":
        counter.keys.hold("Enter")
    else:
        counter.keys.press("Enter")
        counter.keys.press("Enter", quick=True)

    assert not counter.is_voided(3)
    assert focused() is counter.room.undo.confirm


def test_esc_keeps_the_receipt_and_then_leads_away(counter: Counter) -> None:
    counter.keys.press("Enter", "Alt+M", "Esc")
    still_open = counter.room.card.isVisible()
    counter.keys.press("Esc", "Esc")

    assert (still_open, counter.back.left, counter.is_voided(3)) == (True, 1, False)


# ── finding, opening, showing ────────────────────────────────────────────────────────────────────


def test_arrows_go_through_the_list_and_enter_opens(counter: Counter) -> None:
    counter.keys.press("Enter", "Down", "Down")
    closed = counter.room.card.isVisible()
    counter.keys.press("Enter")

    assert not closed
    assert counter.room.card.heading.text() == "Kvitto R0417H-1 · 200,00\u202fkr · 07:42"
    assert focused() is counter.room.table


def test_what_is_typed_is_found_and_what_is_not_understood_stays(counter: Counter) -> None:
    counter.keys.type("läk")
    counter.keys.press("Enter")
    error = counter.room.filters.search.edit.accessibleDescription()
    kept = counter.room.filters.search.edit.text()
    counter.keys.type("701063-2391")
    counter.keys.press("Enter")

    assert (error.startswith("Fel: Sök på"), kept) == (True, "läk")
    assert counter.room.card.heading.text().startswith("Kvitto R0417H-2")


def test_a_patient_is_in_sight_for_ten_seconds_and_no_longer(counter: Counter) -> None:
    counter.keys.type("1")
    counter.keys.press("Enter")
    before = words_in_sight(counter.room)

    counter.keys.press("Alt+V")
    shown, interval = words_in_sight(counter.room), counter.room.shown_for.interval()
    counter.room.shown_for.timeout.emit()

    after = "\n".join(text.text() for text in counter.room.findChildren(QLabel))
    assert ("Testsson" in before, "19610118-2803  ·  Test Testsson" in shown, interval) == (False, True, 10_000)
    assert "Testsson" not in after
    assert "2803" not in after


def test_nobody_is_named_in_what_is_hidden_or_in_the_list(counter: Counter) -> None:
    counter.keys.type("1")
    counter.keys.press("Enter", "Alt+V", "Esc")

    everything = "\n".join(text.text() for text in counter.room.findChildren(QLabel))
    assert "Testsson" not in everything + words_in_sight(counter.room)
    assert "Skyddad" not in words_in_sight(counter.room)
    counter.keys.press("F9")
    assert "Skyddad" in words_in_sight(counter.room)


def test_the_paper_is_a_key_and_the_copy_is_made_once(counter: Counter) -> None:
    register = counter.back.desk.register("H")
    register.printed(1)
    counter.keys.type("1")
    counter.keys.press("Enter", "Ctrl+P", "Ctrl+P")

    assert counter.back.copies == [1]
    assert counter.room.card.paper.text() == "Kopian är utskriven 07:42"
    assert not counter.room.card.paper.isEnabled()


def test_a_scan_finds_without_a_key(counter: Counter) -> None:
    counter.room.scan("701063-2391")

    assert counter.room.card.heading.text().startswith("Kvitto R0417H-2")
    assert focused() is counter.room.table


def test_alt_f_unfolds_the_filters_and_a_choice_filters_at_once(counter: Counter) -> None:
    counter.keys.press("Alt+F", "Down")

    assert counter.room.filters.kind.currentText() == "Makulerat och återbetalt"
    assert counter.room.empty.text() == "Inget att visa."
    assert focused() is counter.room.filters.kind


# ── made for every hand and eye ──────────────────────────────────────────────────────────────────

PLACES: dict[str, tuple[str, ...]] = {
    "list": ("F9",),
    "filters": ("F9", "Alt+F"),
    "open": ("F9", "Enter"),
    "void": ("F9", "Enter", "Alt+M"),
    "words": ("F9", "Enter", "Alt+M", "9"),
    "refund": ("F9", "Enter", "Alt+B"),
    "tender": ("F9", "Enter", "Alt+R"),
    "patient": ("F9", "Enter", "Alt+P"),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, counter: Counter) -> Counter:
    counter.keys.press(*PLACES[request.param])
    for _ in range(3):
        QApplication.processEvents()
    return counter


def in_sight(room: QWidget, *kinds: type[QWidget]) -> list[QWidget]:
    """The widgets of these kinds that can be seen."""
    found = [widget for widget in room.findChildren(QWidget) if isinstance(widget, kinds) and widget.isVisible()]
    return [widget for widget in found if not isinstance(widget.parent(), QComboBox | QTableView)]


def test_every_control_is_named_labelled_and_large_enough(place: Counter) -> None:
    controls = in_sight(place.room, QAbstractButton, QLineEdit, QComboBox, QTableView)
    labels = [text for text in in_sight(place.room, QLabel) if isinstance(text, QLabel)]
    buddies = {text.buddy() for text in labels if text.text()}

    unnamed = [control for control in controls if not said(control)]
    unlabelled = [said(one) for one in controls if isinstance(one, QLineEdit | QComboBox) and one not in buddies]
    small = [(said(one), one.size()) for one in controls if min(one.width(), one.height()) < theme.TARGET]

    assert controls
    assert (unnamed, unlabelled, small) == ([], [], [])


def test_access_keys_are_each_for_one_thing(place: Counter) -> None:
    texts = [button.text() for button in in_sight(place.room, QAbstractButton) if isinstance(button, QAbstractButton)]
    texts += [
        text.text() for text in in_sight(place.room, QLabel) if isinstance(text, QLabel) and text.buddy() is not None
    ]

    letters = [text[text.index("&") + 1].upper() for text in texts if "&" in text]

    assert sorted(letters) == sorted(set(letters))
    assert "L" not in letters  # Alt+L locks the till.


def test_tab_goes_round_once_with_a_ring_of_three_pixels(place: Counter) -> None:
    ring, first = theme.current().colour("focus"), focused()
    seen: list[QWidget] = []
    bare: list[str] = []

    while first not in seen and len(seen) < 40:
        place.room.window().focusNextChild()
        seen.append(focused())
        if not has_ring(focused(), ring):
            bare.append(said(focused()))

    assert seen[-1] is first
    assert bare == []


def has_ring(widget: QWidget, ring: QColor) -> bool:
    """Whether three pixels at the left or the lower edge have the ring's colour."""
    picture = widget.grab().toImage()
    middle = picture.height() // 2
    at_left = all(picture.pixelColor(QPoint(x, middle)) == ring for x in range(3))
    below = all(picture.pixelColor(QPoint(picture.width() // 2, picture.height() - 1 - y)) == ring for y in range(3))
    return at_left or below


@pytest.mark.parametrize("size", [(1280, 560), (960, 410)])
def test_no_words_are_cut_and_nothing_goes_off_at_the_side(place: Counter, size: tuple[int, int]) -> None:
    window = place.room.window()
    window.resize(*size)
    for _ in range(4):
        QApplication.processEvents()

    labels = [text for text in in_sight(place.room, QLabel) if isinstance(text, QLabel) and text.text().strip()]
    cut = [text.text() for text in labels if is_cut(text)]
    wide = [page for page in in_sight(place.room, Scroll) if isinstance(page, Scroll) and needs_more_width(page)]

    assert (cut, wide) == ([], [])
    assert (window.width(), window.height()) == size


def test_what_has_the_keyboard_is_in_sight_also_in_a_small_window(qtbot: QtBot, place: Counter) -> None:
    window = place.room.window()
    window.resize(960, 410)
    qtbot.wait(1)
    for _ in range(4):
        QApplication.processEvents()

    for _ in range(12):
        qtbot.wait(1)
        here = focused()
        page = next(scroll for scroll in in_sight(place.room, Scroll) if isinstance(scroll, Scroll))
        inside = page.widget()
        assert inside is not None
        assert not inside.isAncestorOf(here) or is_inside(page, here), said(here)
        window.focusNextChild()


def is_inside(page: Scroll, widget: QWidget) -> bool:
    """Whether all of the widget is in the part of the page that is shown, or as much as there is room for."""
    top = widget.mapTo(page.viewport(), QPoint(0, 0)).y()
    return top >= 0 and top + min(widget.height(), page.viewport().height()) <= page.viewport().height()


def is_cut(text: QLabel) -> bool:
    if text.wordWrap():
        return text.height() < text.heightForWidth(text.width())
    return text.width() < text.sizeHint().width() or text.height() < text.sizeHint().height()


def needs_more_width(page: Scroll) -> bool:
    inside = page.widget()
    return inside is not None and inside.minimumSizeHint().width() > page.viewport().width()
