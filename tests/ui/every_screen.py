"""A walk through every screen of the window and every state of it: a language, a theme, a size of text and of window.

    python -m tests.ui.every_screen FOLDER [sv|en] [light|dark|contrast] [PERCENT] [WIDTHxHEIGHT]

writes a picture of each to FOLDER, and sheets of six beside them to be looked at; without more words in both languages,
all themes, at 100 % and 200 % in 1280×720, and light Swedish in smaller windows. What is seen to be cut, covered
or too pale is printed. The till is a demo clinic's with published test numbers.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.app import Desk
from kassaapp.display import Display, ThemeChoice
from kassaapp.i18n import Language
from kassaapp.ui import start
from kassaapp.ui.main_window import MainWindow, dress
from tests.desks import a_desk
from tests.ui import contrast, cut, sheets, states
from tests.ui.states_of_the_first_start import first_states

_LEAST_CONTRAST = {"light": 4.5, "dark": 4.5, "contrast": 7.0}
_THEMES = {"light": ThemeChoice.LIGHT, "dark": ThemeChoice.DARK, "contrast": ThemeChoice.CONTRAST}


@dataclass(frozen=True, slots=True)
class Look:
    """How the window looks."""

    language: str = "sv"
    theme: str = "light"
    percent: int = 100
    size: tuple[int, int] = start.SIZE

    @property
    def name(self) -> str:
        """For a folder."""
        return f"{self.language}-{self.theme}-{self.percent}-{self.size[0]}x{self.size[1]}"

    @property
    def display(self) -> Display:
        """As it is chosen in the window."""
        return Display(self.percent, _THEMES[self.theme], cast("Language", self.language))


LOOKS = [Look(*one) for one in product(("sv", "en"), _THEMES, (100, 200))]
LOOKS += [Look(percent=percent, size=(1024, 768)) for percent in (100, 200)] + [Look(size=(960, 540))]

Seen = Callable[[str, QWidget], None]
"""Called with the name of a state, and the window or dialog that shows it."""


def walk(folder: Path, look: Look, seen: Seen) -> None:
    """Go through everything with a new desk in `folder`. The application wears what it wore before, afterwards."""
    app = start.dressed()
    dress(app, look.display)
    try:
        with a_desk(folder) as desk, _window(desk, look) as window:
            for name in states.all_states(window, desk):
                _show(window, look, name, seen)
        for name, first in first_states(folder / "first", look.size):
            cut.settle()
            seen(name, first)
    finally:
        dress(app, Display(theme=ThemeChoice.LIGHT))


@contextmanager
def _window(desk: Desk, look: Look) -> Iterator[MainWindow]:
    window = MainWindow(desk, "H", display=look.display)
    window.resize(*look.size)
    window.show()
    window.activateWindow()
    try:
        yield window
    finally:
        window.shut()
        window.hide()
        window.deleteLater()
        QApplication.processEvents()


def _show(window: MainWindow, look: Look, name: str, seen: Seen) -> None:
    """Draw until the layout is at rest, and let it be seen, and a dialog or a menu over it."""
    if not window.is_stopped:
        window.settle()
        room = window.rooms[window.frame.view.place]
        room.draw()
        if not name.startswith("menu"):
            room.focus()
    cut.settle()
    seen(name, window)
    window.resize(*look.size)
    for over in QApplication.topLevelWidgets():
        if over is not window and over.isVisible() and over.isWindow() and over.parent() is not None:
            seen(f"{name}-over", over)


def pictures(folder: Path, look: Look) -> list[str]:
    """Take all pictures of a look into a folder of its own; what is wrong in them."""
    into = folder / look.name
    into.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    found: list[str] = []

    def seen(name: str, shown: QWidget) -> None:
        path = into / f"{len(taken) + 1:02}-{name}.png"
        assert shown.grab().save(str(path)), path
        taken.append(path)
        faults = cut.faults(shown) + contrast.weak(shown, _LEAST_CONTRAST[look.theme])
        if not name.endswith("-over") and (shown.width(), shown.height()) != look.size:
            faults.append(f"the window wants {shown.width()}×{shown.height()}")
        found.extend(f"{look.name} {path.stem}: {fault}" for fault in faults)

    with tempfile.TemporaryDirectory() as desk:
        walk(Path(desk) / "desk", look, seen)
    sheets.write(taken, into)
    return found


def main(folder: Path, *words: str) -> int:
    """Take the pictures; 1 when something is cut or covered."""
    chosen = [look for look in LOOKS if all(word in look.name.replace("-", " ").split() for word in words)]
    found = [fault for look in chosen for fault in pictures(folder, look)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found) + f"{len(chosen)} looks, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
