"""A slip is rows from top to bottom, as plain data: it knows no printer, no font and no language.

`lines` writes it as text of a fixed width, for the screen, the headless till and tests; `pdf.py` draws the same rows.
All text that goes on paper passes `printable`.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WIDTH = 42
"""Characters in a line of an 80 mm roll."""


class Emphasis(enum.Enum):
    """How much a row stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    LARGE = "large"


class Align(enum.Enum):
    """Where a row of text stands."""

    LEFT = "left"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, broken between words. `indent` is in characters."""

    text: str
    emphasis: Emphasis = Emphasis.PLAIN
    align: Align = Align.LEFT
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """A label and, flush right on its first line, a value; below it when the two have no room beside each other."""

    left: str
    right: str
    emphasis: Emphasis = Emphasis.PLAIN
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the slip."""


@dataclass(frozen=True, slots=True)
class Space:
    """Air."""


@dataclass(frozen=True, slots=True)
class Big:
    """A mark that cannot be overlooked: at least twice the height of any amount (R42)."""

    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to write a name on, with what it is for below."""

    caption: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code. `content` is what a scanner types."""

    content: str


Row = Text | Columns | Rule | Space | Big | Signature | Qr


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper. `title` names it and never a person."""

    title: str
    rows: tuple[Row, ...]


_ON_PAPER = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u2212": "-", "–": "-", "—": "-", "‑": "-"})


def printable(text: str) -> str:
    """Return `text` as printers take it: plain spaces and hyphens (UX 2.19), and nothing that steers a printer."""
    return "".join(char if char.isprintable() else " " for char in text.translate(_ON_PAPER))


Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure, rest: float | None = None) -> list[str]:
    """Break `text` into lines no wider than `width` (from the second line on `rest`), between words where possible.

    Always at least one line. A word wider than a line is cut.
    """
    broken = [""]
    for word in printable(text).split():
        _place(word, broken, width, width if rest is None else rest, measure)
    return broken


def _place(word: str, broken: list[str], width: float, rest: float, measure: Measure) -> None:
    """Put `word` on the last of the `broken` lines, or on new ones."""

    def room() -> float:
        return width if len(broken) == 1 else rest

    extended = f"{broken[-1]} {word}" if broken[-1] else word
    if measure(extended) <= room():
        broken[-1] = extended
        return
    if broken[-1]:
        broken.append("")
    while measure(word) > room() and len(word) > 1:
        fitting = next((n for n in range(len(word) - 1, 1, -1) if measure(word[:n]) <= room()), 1)
        broken[-1], word = word[:fitting], word[fitting:]
        broken.append("")
    broken[-1] = word


def beside(left: str, right: str, width: float, gap: float, measure: Measure) -> list[tuple[str, str]]:
    """Break a label and its value into lines of (what stands left, what stands right), at least `gap` apart."""
    value = printable(right)
    room = width - gap - measure(value)
    if room < width / 4:
        return [
            *((line, "") for line in wrap(left, width, measure)),
            *(("", line) for line in wrap(value, width, measure)),
        ]
    first, *more = wrap(left, room, measure, width)
    return [(first, value), *((line, "") for line in more)]


def lines(slip: Slip, width: int = WIDTH) -> list[str]:
    """Write the slip as text. No line is longer than `width`, and none ends in a space."""
    return [line.rstrip() for row in slip.rows for line in _row(row, width)]


def _row(row: Row, width: int) -> Iterator[str]:
    match row:
        case Text():
            for line in wrap(row.text, width - row.indent, len):
                yield line.center(width) if row.align is Align.CENTRE else " " * row.indent + line
        case Columns():
            yield from _columns(row, width)
        case Rule():
            yield "-" * width
        case Space():
            yield ""
        case Big():
            yield from (line.center(width) for line in wrap(row.text, width // 2, len))
        case Signature():
            yield ""
            yield "_" * width
            yield from wrap(row.caption, width, len)
        case Qr():
            yield "[QR-kod]".center(width)


def _columns(row: Columns, width: int) -> Iterator[str]:
    room = width - row.indent
    for left, right in beside(row.left, row.right, room, 1, len):
        yield " " * row.indent + left + right.rjust(room - len(left))
