"""A whole day with one hand on the numeric keypad and nothing else: no letter, no F-key, no Tab, no mouse."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow
from kassaapp.ui.widgets.double_press import DoublePress
from tests.desks import MONDAY_MORNING, an_open_till
from tests.ui.conftest import Counter
from tests.ui.keys import Keys, focused

PATIENT = "6101182803"
TRIES = 40
"""So many controls are on a screen at most."""


@pytest.fixture
def morning(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """Anna Berg was here yesterday, and so was the patient: both are known when the program starts."""
    start.dressed()
    keys = Keys()
    with an_open_till(tmp_path, MONDAY_MORNING - timedelta(days=3)) as desk:
        register = desk.register("H")
        patient = Patient(register.read_id(PATIENT), "Test Testsson")
        register.sell(patient, [Wish(1)], [Offer(Tender.CARD)])
        register.close_session(Count(cash_ore=100_000, card_ore=20_000, swish_ore=0, denominations={}), "123456")
        desk.sign_out()
        desk.clock.set(MONDAY_MORNING)
        window = MainWindow(desk, "H", DoublePress(keys.elapsed_ms))
        window.resize(1280, 720)
        window.show()
        window.activateWindow()
        yield Counter(desk, window, keys)
        window.shut()
        window.hide()
        window.deleteLater()
        qtbot.wait(1)


def on_to(keys: Keys, name: str) -> None:
    """With `*`, as far as the control of that name."""
    for _ in range(TRIES):
        if focused().accessibleName() == name:
            return
        keys.pad("*")
    raise AssertionError(f"{name} is not reached")


def visit(counter: Counter, *rest: str) -> None:
    """A doctor's visit, a quarter of an hour after the last."""
    counter.desk.clock.set(counter.desk.clock() + timedelta(minutes=15))
    counter.keys.pad(PATIENT, "=", "1=", *rest)


def test_a_whole_day_with_the_numeric_keypad(morning: Counter, qtbot: QtBot) -> None:
    keys, register = morning.keys, morning.desk.register("H")
    qtbot.waitUntil(morning.login.pin.edit.hasFocus)

    keys.pad("123456=")
    for pieces in ("", "1", "", "3", "2", "2", "4", "3", "2", "1"):
        keys.pad(pieces, "=")
    keys.pad("=")
    assert morning.is_open()

    visit(morning, "=", "1", "500=")
    visit(morning, "=", "2", "=")
    visit(morning, "=", "3", "=")
    visit(morning, "=", "1", "200,00=")
    assert morning.receipts == 5

    keys.pad("/", "+")
    locked = morning.login.locked.text()
    keys.pad("123456=")
    assert (locked, morning.sale.isVisible()) == ("Kassan är låst av Anna Berg", True)

    keys.pad("/", "3", "=")
    on_to(keys, "Återbetala")
    keys.pad("=", "1=", "=")
    assert register.receipts.sale(5).all_left_ore == 0
    keys.pad("-", "-")
    assert morning.sale.isVisible()

    keys.pad("/", "6")
    for pieces in ("", "1", "1", "3", "2", "2", "4", "3", "2", "1"):
        keys.pad(pieces, "=")
    keys.pad("=", "200=", "200=", "123456=")
    assert not morning.is_open()
    closing = morning.desk.history("H").last_closing()
    assert closing is not None
    assert closing.event.reason is None


def test_the_keys_of_the_keypad_are_the_fields_own_where_something_is_written(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.pad(PATIENT, "=", "2*1", "=")

    (row,) = at_sale.window.sale.view.rows
    assert (row.text, row.quantity) == ("Läkarbesök", "2")


def test_plus_and_minus_are_the_rows_own(at_sale: Counter) -> None:
    at_sale.known()
    at_sale.keys.pad(PATIENT, "=", "1=")
    on_to(at_sale.keys, "Rader i försäljningen")

    at_sale.keys.pad("++-")

    assert at_sale.window.sale.view.rows[0].quantity == "2"
