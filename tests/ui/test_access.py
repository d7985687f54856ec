"""Everything can be reached, named, hit and seen: the checks of UX part 5 that a program can make (A02, A13, A15, A19,
A20, A21, A25, A26, A36)."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QFontMetricsF, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget

from kassaapp.screens.frame import Place
from kassaapp.ui import theme
from kassaapp.ui.widgets.button import Button
from kassaapp.ui.widgets.scroll import Scroll
from kassaapp.ui.widgets.shrinking_label import ShrinkingLabel
from tests.ui.conftest import Counter
from tests.ui.keys import focused

PLACES = ("login", "open", "name", "sale", "cash", "card", "swish", "frikort", "close", "status", "report", "help")


def go(counter: Counter, place: str) -> None:
    """Go to a place as a person would."""
    keys = counter.keys
    if place == "login":
        return
    counter.sign_in()
    if place == "open":
        return
    counter.open_till()
    keys.type("6101182803")
    keys.press("Enter")
    if place == "name":
        return
    keys.type("Test Testsson")
    keys.press("Enter")
    menu = {"close": "6", "status": "7", "report": "4"}
    if place in menu:
        keys.press("F10", menu[place])
        return
    keys.type("1")
    keys.press("Enter")
    steps = {"cash": "F5", "card": "F6", "swish": "F7", "help": "F1", "frikort": "Alt+K"}
    if place in steps:
        keys.press(steps[place])


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, counter: Counter) -> Counter:
    go(counter, request.param)
    QApplication.processEvents()
    return counter


def shown(counter: Counter, *kinds: type[QWidget]) -> Iterator[QWidget]:
    """The widgets of these kinds that can be seen and used."""
    for widget in counter.window.findChildren(QWidget):
        if isinstance(widget, kinds) and widget.isVisible() and not isinstance(widget.parent(), QComboBox):
            yield widget


def test_every_control_is_named_labelled_and_large_enough(place: Counter) -> None:
    controls = list(shown(place, QAbstractButton, QLineEdit, QComboBox, QTableView))
    fields = [control for control in controls if isinstance(control, QLineEdit | QComboBox)]
    buddies = {text.buddy() for text in shown(place, QLabel) if isinstance(text, QLabel) and text.text()}
    shortcuts = [shortcut.key().toString() for shortcut in place.window.findChildren(QShortcut)]

    unnamed = [control for control in controls if not said(control)]
    unlabelled = [field.accessibleName() for field in fields if field not in buddies]
    instructing = [field for field in fields if isinstance(field, QLineEdit) and field.placeholderText()]
    small = [said(control) for control in controls if min(control.width(), control.height()) < theme.TARGET]
    misnamed = [
        button for button in controls if isinstance(button, Button) and not said(button).startswith(word(button))
    ]
    bare = [text for text in shortcuts if len(text) == 1]

    assert controls
    assert shortcuts
    assert (unnamed, unlabelled, instructing, small, misnamed, bare) == ([], [], [], [], [], [])


def said(widget: QWidget) -> str:
    """What a screen reader calls it."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def word(button: Button) -> str:
    """What stands on it."""
    return button.text().replace("&", "").split("\n")[0]


def test_tab_goes_round_once_and_the_focus_is_a_ring_of_three_pixels(place: Counter) -> None:
    ring, first = theme.current().colour("focus"), focused()
    seen: list[QWidget] = []
    bare: list[str] = []

    while first not in seen and len(seen) < 60:
        place.window.focusNextChild()
        seen.append(focused())
        if not has_ring(focused(), ring):
            bare.append(said(focused()))

    assert seen[-1] is first
    assert len({id(widget) for widget in seen}) == len(seen)
    assert bare == []


def test_nothing_is_cut_in_a_small_window(place: Counter) -> None:
    place.window.resize(1024, 768)
    for _ in range(3):
        QApplication.processEvents()

    cut = [text.text() for text in shown(place, QLabel) if isinstance(text, QLabel) and is_cut(text)]
    wide = [page for page in shown(place, Scroll) if isinstance(page, Scroll) and needs_more_width(page)]

    assert (cut, wide) == ([], [])
    assert (place.window.width(), place.window.height()) == (1024, 768)


def is_cut(text: QLabel) -> bool:
    """Whether words are missing at the right, or below where they go on to a new line."""
    if isinstance(text, ShrinkingLabel):
        return QFontMetricsF(text.shown_font()).horizontalAdvance(text.text()) > text.width()
    if text.wordWrap():
        return text.height() < text.heightForWidth(text.width())
    return text.width() < text.sizeHint().width() or text.height() < text.sizeHint().height()


def needs_more_width(page: Scroll) -> bool:
    inside = page.widget()
    return inside is not None and inside.minimumSizeHint().width() > page.viewport().width()


def has_ring(widget: QWidget, ring: QColor) -> bool:
    """Whether the three pixels at the left edge, half way down, have the ring's colour."""
    picture = widget.grab().toImage()
    middle = picture.height() // 2
    return all(picture.pixelColor(QPoint(x, middle)) == ring for x in range(3))


def test_the_title_names_screen_and_till(counter: Counter) -> None:
    titles = set()

    for place in ("open", "close", "status", "report"):
        counter.desk.sign_in("anber", "123456")
        if place != "open" and counter.desk.register("H").state.session is None:
            counter.desk.register("H").open_session(100_000)
        counter.window.frame.go(Place[place.upper()])
        counter.window.settle()
        titles.add(counter.window.windowTitle())

    assert titles == {
        "Öppna kassa – Hälsovalskassan 1 – Kassa",
        "Stäng kassa – Hälsovalskassan 1 – Kassa",
        "Synkstatus – Hälsovalskassan 1 – Kassa",
        "X-rapport – Hälsovalskassan 1 – Kassa",
    }


def test_the_pin_is_hidden_until_it_is_asked_for(counter: Counter) -> None:
    hidden = counter.login.pin.edit.echoMode()

    counter.login.show_pin.click()

    assert hidden is QLineEdit.EchoMode.Password
    assert counter.login.pin.edit.echoMode() is QLineEdit.EchoMode.Normal


def test_arrows_go_between_the_articles_and_tab_passes_them_in_one_step(at_sale: Counter) -> None:
    at_sale.keys.press("F3")

    at_sale.keys.press("Down", "Right", "Down")
    there = QApplication.focusWidget()
    at_sale.keys.press("Tab")

    assert there is not None
    assert there.accessibleName().startswith("4  Psykolog")
    assert QApplication.focusWidget() is at_sale.sale.rows
    assert there.focusPolicy() is Qt.FocusPolicy.StrongFocus


def test_tab_goes_in_the_order_of_the_work(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.press("F2")
    order = [focused().accessibleName()]

    for _ in range(14):
        at_sale.keys.press("Tab")
        order.append(focused().accessibleName())

    assert order == [
        "Patient",
        "Artikel",
        "1  Läkarbesök, 200,00\u202fkr",
        "Rader i försäljningen",
        "Historik",
        "Ändra namn",
        "Frikort",
        "Kategori",
        "Besöksdatum",
        "A conto",
        "Kontant",
        "Kort",
        "Swish",
        "Faktura",
        "Lås",
    ]
