"""Records are taken out by the keyboard, by who may, while the till goes on; what was taken out is on record."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kassaapp.history import Filter
from kassaapp.screens.frame import Place
from kassaapp.ui.export_view import ExportWindow
from tests.ui.conftest import Counter


@pytest.fixture
def supervised(at_sale: Counter) -> Counter:
    """A visit has been paid by Anna, and Erik, who is responsible for the till, is there."""
    at_sale.known()
    at_sale.desk.sign_out()
    at_sale.desk.sign_in("erilu", "234567")
    at_sale.window.frame.home()
    at_sale.window.settle()
    return at_sale


def going_out(counter: Counter, folder: Path) -> ExportWindow:
    """From the counter to the export of today, into `folder`, which is made."""
    folder.mkdir()
    counter.keys.press("F10", "4", "Alt+P", "Alt+U")
    room = counter.window.rooms[Place.EXPORT]
    assert isinstance(room, ExportWindow)
    assert counter.window.frame.view.place is Place.EXPORT
    counter.keys.press("Alt+E", "Up", "Up", "Up")
    room.folder.edit.take_focus()
    counter.keys.type(str(folder))
    return room


def test_a_file_is_taken_out_by_the_keyboard_and_is_on_record(
    supervised: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    room = going_out(supervised, tmp_path / "ut")

    supervised.keys.press("Enter")
    qtbot.waitUntil(room.done.isVisible)

    (xml,) = (tmp_path / "ut").glob("*.xml")
    (row,) = supervised.desk.history("H").find(Filter(kind="export"))
    assert xml.name == "kassa-R0417H-2026-11-23-2026-11-23.xml"
    assert room.done.text.accessibleName().startswith(f"Klart: {xml.name}, {xml.name}-om-exporten.txt i ")
    assert row.user == "erilu"
    assert list((tmp_path / "ut").glob(".*.part")) == []


def test_what_cannot_be_taken_out_is_told_and_leaves_nothing(supervised: Counter, qtbot: QtBot, tmp_path: Path) -> None:
    room = going_out(supervised, tmp_path / "ut")
    room.form.setFocus()
    supervised.keys.press("Down")
    room.folder.edit.take_focus()

    supervised.keys.press("Enter")
    qtbot.waitUntil(room.error.isVisible)

    assert room.error.text.text().startswith("Det finns inget att exportera för de dagarna. Ingen fil är skriven.")
    assert list((tmp_path / "ut").iterdir()) == []


def test_a_table_that_names_a_patient_puts_it_on_record(supervised: Counter, qtbot: QtBot, tmp_path: Path) -> None:
    room = going_out(supervised, tmp_path / "ut")
    room.form.setFocus()
    supervised.keys.press("Down", "Down")
    names = next(box for box in room.columns if box.text() == "Namn")
    names.setFocus()
    supervised.keys.press("Space")
    qtbot.waitUntil(room.naming.isVisible)
    warned = room.naming.text.text()
    room.folder.edit.take_focus()

    supervised.keys.press("Enter")
    qtbot.waitUntil(room.done.isVisible)

    (table,) = (tmp_path / "ut").glob("*.csv")
    seen = supervised.desk.history("H").find(Filter(kind="seen", user="erilu"))
    assert warned.startswith("Filen visar vilka patienterna är.")
    assert "Test Testsson" in table.read_text(encoding="utf-8")
    assert len(seen) == 1


def test_the_till_sells_while_a_file_is_written(supervised: Counter, qtbot: QtBot, tmp_path: Path) -> None:
    room = going_out(supervised, tmp_path / "ut")
    before = supervised.receipts

    supervised.keys.press("Enter", "Esc", "Esc", "Esc")
    supervised.known(name="Test Testsson")

    qtbot.waitUntil(lambda: bool(room.done.text.accessibleName()))
    assert supervised.receipts > before
    assert list((tmp_path / "ut").glob("*.xml"))


def test_a_folder_is_chosen_in_the_systems_own_list(supervised: Counter, tmp_path: Path) -> None:
    room = going_out(supervised, tmp_path / "ut")
    chosen = tmp_path / "revisor"
    chosen.mkdir()
    asked: list[str] = []

    def pick(_over: QWidget, begins: str) -> str:
        asked.append(begins)
        return str(chosen)

    room.pick = pick
    supervised.keys.press("Alt+A")

    assert asked == [str(tmp_path / "ut")]
    assert room.folder.edit.text() == str(chosen)
    assert room.take.hasFocus()


def test_a_cashier_is_told_who_takes_out(at_sale: Counter, tmp_path: Path) -> None:
    at_sale.keys.press("F10", "4", "Alt+P", "Alt+U")

    room = at_sale.window.rooms[Place.EXPORT]
    assert isinstance(room, ExportWindow)
    assert room.error.text.text().startswith("Kassaansvarig eller granskare tar ut uppgifter.")
    assert not room.take.isEnabled()


def test_a_folder_for_a_control_visit_is_taken_out_with_a_key(
    supervised: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    room = going_out(supervised, tmp_path / "ut")
    room.form.setFocus()
    supervised.keys.press("Down", "Down", "Down")
    room.folder.edit.take_focus()

    supervised.keys.press("Enter")
    qtbot.waitUntil(room.done.isVisible, timeout=20_000)

    folder = tmp_path / "ut/kontrollbesok-R0417H-2026-11-23-2026-11-23"
    assert room.done.text.accessibleName().startswith(f"Klart: {folder.name}")
    assert len(list(folder.iterdir())) > 4
    assert "Testsson" not in "".join(path.read_text("utf-8", "replace") for path in folder.glob("*.csv"))
