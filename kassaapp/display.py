"""How the window looks and sounds at this desk: the only settings that a person at the counter may change (UX 2.18).

They lie in a small file of their own in the desk's folder, `display.toml`, one `name = value` a line:

    text_percent = 125              how large everything is: 100, 125, 150 or 200
    theme = "system"                "light", "dark", "contrast" or "system"
    language = "sv"                 "sv" or "en"
    sound = true                    whether a refused key or a scan is heard
    double_press_ms = 600           for how long a second press does nothing: 300, 600 or 1000

The reader is strict and cannot fail: a value that is not one of these is its default, and so is all of a file that
cannot be read. Nothing of it is money, so nothing of it is signed or sent.
"""

import enum
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kassaapp.i18n import Language

NAME = "display.toml"
TEXT_PERCENTS = (100, 125, 150, 200)
DOUBLE_PRESS_MS = (300, 600, 1000)
LANGUAGES: tuple[Language, ...] = ("sv", "en")
MAX_BYTES = 4096


class ThemeChoice(enum.StrEnum):
    """Which theme is asked for; SYSTEM follows the computer's own."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Display:
    """The settings. `text_percent` is of the normal size; `double_press_ms` in milliseconds."""

    text_percent: int = 100
    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: Language = "sv"
    sound: bool = True
    double_press_ms: int = 600

    @property
    def scale(self) -> float:
        """How many times the normal size everything has."""
        return self.text_percent / 100

    def larger(self) -> "Display":
        """The next larger text; the largest stays."""
        return replace(self, text_percent=_beside(self.text_percent, 1))

    def smaller(self) -> "Display":
        """The next smaller text; the smallest stays."""
        return replace(self, text_percent=_beside(self.text_percent, -1))


def _beside(percent: int, step: int) -> int:
    place = TEXT_PERCENTS.index(percent) + step
    return TEXT_PERCENTS[min(max(place, 0), len(TEXT_PERCENTS) - 1)]


_ALLOWED: dict[str, tuple[object, ...]] = {
    "text_percent": TEXT_PERCENTS,
    "theme": tuple(ThemeChoice),
    "language": LANGUAGES,
    "sound": (True, False),
    "double_press_ms": DOUBLE_PRESS_MS,
}
_LINE = re.compile(r'([a-z_]+) = (?:"([a-z]+)"|([1-9][0-9]{0,5})|(true|false))')


def parse(text: str) -> Display:
    """Read the text of a settings file; what is not exactly as it should be is its default."""
    given: dict[str, Any] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None and match[1] in _ALLOWED:
            given[match[1]] = _value(match)
    kept = {name: value for name, value in given.items() if _is_allowed(name, value)}
    if "theme" in kept:
        kept["theme"] = ThemeChoice(kept["theme"])
    return Display(**kept)


def text_of(display: Display) -> str:
    """The settings as they lie in the file."""
    return "".join(f"{name} = {_written(value)}\n" for name, value in asdict(display).items())


def read(folder: Path) -> Display:
    """The settings in the desk's folder, or the defaults."""
    try:
        with (folder / NAME).open("rb") as file:
            return parse(file.read(MAX_BYTES).decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        return Display()


def write(folder: Path, display: Display) -> bool:
    """Keep the settings for the next start; False when the disk would not, and then they last until the program ends.

    In one step, so that a power cut leaves the old file or the new one.
    """
    part = folder / f"{NAME}.part"
    try:
        part.write_text(text_of(display), encoding="utf-8")
        os.replace(part, folder / NAME)
    except OSError:
        return False
    return True


def _value(match: re.Match[str]) -> object:
    word, number, truth = match[2], match[3], match[4]
    if number is not None:
        return int(number)
    return word if word is not None else truth == "true"


def _is_allowed(name: str, value: object) -> bool:
    return any(type(value) in (type(one), str) and value == one for one in _ALLOWED[name])


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return f'"{value}"'
