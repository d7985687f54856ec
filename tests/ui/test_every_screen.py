"""No word is cut, nothing lies over anything else, what has the keyboard is seen, all is read in the order that is seen
and the window keeps its size, in any state of any screen (A03, A08, A22)."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kassaapp.ui import start
from kassaapp.ui.widgets.button import Button
from tests.ui import cut, reading_order
from tests.ui.every_screen import Look, walk

LOOKS = [Look(percent=200, size=(1024, 768)), Look("en", size=(960, 540))]


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_state_of_every_screen_has_room(qtbot: QtBot, tmp_path: Path, look: Look) -> None:
    wrong: list[str] = []
    names: list[str] = []

    def seen(name: str, shown: QWidget) -> None:
        names.append(name)
        faults = cut.faults(shown) + reading_order.backwards(shown)
        if not name.endswith("-over") and (shown.width(), shown.height()) != look.size:
            faults.append(f"wants {shown.size()}")
        wrong.extend(f"{name}: {fault}" for fault in faults)

    walk(tmp_path / "desk", look, seen)

    assert len(names) > 120
    assert wrong == []


def test_what_is_cut_covered_or_outside_is_found(qtbot: QtBot) -> None:
    start.dressed()
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(400, 200)
    for text, place in (
        ("Kort", (0, 0, 80, 40)),
        ("En alldeles för lång mening", (0, 50, 60, 40)),
        ("Ovanpå", (10, 60, 80, 40)),
        ("Utanför", (380, 100, 80, 40)),
    ):
        QLabel(text, page).setGeometry(*place)
    button = Button("Registrera utan betalning")
    button.setParent(page)
    button.setGeometry(0, 150, 90, 44)
    page.show()

    found = " ".join(cut.faults(page))

    assert [word in found for word in ("lång mening", "Ovanpå”", "outside: QLabel 80×40 “Utanför”", "Registrera")] == [
        True
    ] * 4
    assert "cut: QLabel 80×40 “Kort”" not in found
