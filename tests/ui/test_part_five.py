"""Checks of UX part 5 that go for every screen at once (A05, A16, A18, A24, A28, A29, A30, A31, A34, A37, A47, A48).

Where the other rows of the part are checked stands in `tests/test_part_five_rows.py`.
"""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from kassaapp.history import Filter
from kassaapp.screens.frame import Place
from kassaapp.ui.widgets.field import Field
from tests.ui.conftest import Counter
from tests.ui.keys import focused, middle

_OUTSIDE = QPoint(-200, -200)
_AFTER_SALE = (Place.RECEIPTS, Place.A_CONTO, Place.DRAWER, Place.REPORT, Place.PERIOD, Place.EXPORT, Place.Z_LIST)
_PLACES = (Place.SALE, *_AFTER_SALE, Place.STATUS, Place.DISPLAY, Place.ABOUT, Place.HELP, Place.CLOSE)


def through(counter: Counter) -> Iterator[Place]:
    """Every place that one can go to with a till that is open, one after the other."""
    for place in _PLACES:
        counter.window._go(place)
        QApplication.processEvents()
        assert counter.window.frame.view.place is place
        yield place


def told(window: QWidget) -> str:
    """All that a screen reader is told of a window: names, descriptions and what the fields hold."""
    words: list[str] = []
    waiting = [QAccessible.queryAccessibleInterface(window)]
    while waiting:
        one = waiting.pop()
        kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
        words += [one.text(kind) for kind in kinds]
        waiting += [child for n in range(one.childCount()) if (child := one.child(n)).isValid()]
    return "\n".join(words)


def values(counter: Counter) -> list[str]:
    """What stands in every field and list that is seen."""
    fields = [one for one in counter.window.findChildren(QWidget) if one.isVisible()]
    texts = [one.text() for one in fields if isinstance(one, QLineEdit)]
    return texts + [one.currentText() for one in fields if isinstance(one, QComboBox)]


def test_every_screen_has_a_title_of_its_own_at_each_till(at_sale: Counter) -> None:
    titles = []

    for place in through(at_sale):
        titles.append(at_sale.window.windowTitle())
        assert "Hälsovalskassan 1" in titles[-1], place
    other = at_sale.desk.register("E")
    other.open_session(other.till.float_ore)
    at_sale.window.frame.home()
    at_sale.window._change_till()
    QApplication.processEvents()
    titles.append(at_sale.window.windowTitle())

    assert len(set(titles)) == len(_PLACES) + 1


def test_help_stands_first_below_every_screen_and_leads_to_whom_to_call(at_sale: Counter) -> None:
    keys, firsts = at_sale.window.around.keys, set()

    for _place in through(at_sale):
        firsts.add((keys.text().split("  ")[0], keys.geometry().right()))
    at_sale.window._go(Place.SALE)
    at_sale.keys.press("F1")

    assert {first for first, _right in firsts} == {"F1 Hjälp"}
    assert len({right for _first, right in firsts}) == 1
    assert at_sale.desk.register("H").configuration.support in told(at_sale.window)


def test_going_through_a_screen_changes_neither_it_nor_what_stands_in_it(at_sale: Counter) -> None:
    for place in through(at_sale):
        before = values(at_sale)
        for _step in range(6):
            at_sale.window.focusNextChild()

        assert at_sale.window.frame.view.place is place
        assert values(at_sale) == before


def registered(counter: Counter) -> list[str]:
    """What is on record, without papers that came out meanwhile: those wait for no key."""
    return [row.kind for row in counter.desk.history("H").find(Filter()) if row.kind != "print"]


def test_what_is_typed_is_submitted_by_enter_alone(at_sale: Counter) -> None:
    at_sale.known()
    before = registered(at_sale)

    for place in (Place.SALE, Place.RECEIPTS, Place.A_CONTO, Place.DRAWER):
        at_sale.window._go(place)
        QApplication.processEvents()
        if isinstance(focused(), QLineEdit):
            at_sale.keys.type("100")

        assert at_sale.window.frame.view.place is place
        assert registered(at_sale) == before


def test_a_press_counts_when_it_is_let_go_on_the_button(at_sale: Counter) -> None:
    button = at_sale.window.around.lock_button

    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=middle(button))
    held = at_sale.window.frame.view.place
    QTest.mouseMove(button, _OUTSIDE)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=_OUTSIDE)
    outside = at_sale.window.frame.view.place
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=middle(button))

    assert (held, outside) == (Place.SALE, Place.SALE)
    assert at_sale.window.frame.view.place is Place.LOGIN


def test_a_pin_is_never_written_out_and_nobody_gets_another_ones_name(at_sale: Counter) -> None:
    at_sale.known()
    pins = [at_sale.login.pin, at_sale.closing.pin, at_sale.closing.second_pin]

    at_sale.keys.type("195009072553")
    at_sale.keys.press("Enter")

    assert [pin.edit.echoMode() for pin in pins] == [QLineEdit.EchoMode.Password] * 3
    assert at_sale.sale.patient.name.isVisible()
    assert at_sale.sale.patient.name.edit.text() == ""


def test_what_is_wrong_is_told_with_the_field_and_stays_until_it_is_mended(at_sale: Counter) -> None:
    at_sale.keys.type("6101182804")
    at_sale.keys.press("Enter")
    field = at_sale.sale.patient.number.edit
    assert isinstance(field, Field)

    at_sale.window.settle()
    QApplication.processEvents()

    said = QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Description)
    assert said.startswith("Fel: Kontrollsiffran stämmer inte.")
    assert field.property("state") == "error"
    assert field.text() == "6101182804"
    assert said.removeprefix("Fel: ") in [
        text.text() for text in at_sale.window.findChildren(QLabel) if text.isVisible()
    ]


def test_nobody_is_asked_twice_for_a_number_or_a_name(at_sale: Counter) -> None:
    other = at_sale.desk.register("E")
    other.open_session(other.till.float_ore)
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter")
    at_sale.keys.type("Test Testsson")
    at_sale.keys.press("Enter", "F11")

    patient = at_sale.window.sale.view.patient

    assert at_sale.window.now.letter == "E"
    assert patient.line.startswith("19610118-2803")
    assert not patient.name_asked


def test_a_protected_number_is_nowhere_for_a_screen_reader(at_sale: Counter) -> None:
    at_sale.keys.type("6101182803")
    at_sale.keys.press("Enter", "Alt+S")
    QApplication.processEvents()

    heard = told(at_sale.window)

    assert "SKYDDADE PERSONUPPGIFTER" in heard.upper()
    assert "2803" not in heard
    assert "610118" not in heard


def test_a_report_is_text_that_can_be_marked_under_a_heading(at_sale: Counter) -> None:
    for place in (Place.REPORT, Place.CLOSE, Place.Z_LIST):
        at_sale.window._go(place)
        QApplication.processEvents()
        texts = [one for one in at_sale.window.findChildren(QLabel) if one.isVisible() and one.text()]

        assert [one.text() for one in texts if one.property("kind") in ("title", "heading")], place
        assert [one for one in texts if not one.pixmap().isNull()] == [], place
    at_sale.window._go(Place.REPORT)
    marked = [one for one in at_sale.window.findChildren(QWidget) if one.isVisible() and can_be_marked(one)]
    assert marked


def can_be_marked(one: QWidget) -> bool:
    """Whether its text can be marked with the mouse, or the keyboard."""
    if not isinstance(one, QLabel | QPlainTextEdit):
        return False
    return bool(one.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse)
