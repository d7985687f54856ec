"""What a receipt printer does with the bytes it gets: a reading of Epson's command reference, written apart from the
code that prints. It fails on any command that it does not know.

A `Sheet` is what lies between two cuts: its lines as text, and its picture in the printer's dots.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import reportlab
import segno
from PIL import Image, ImageDraw, ImageFont

DOTS = 576
"""The print head: 72 mm at 8 dots to the millimetre."""
CELL = (12, 24)
FEED = 30
CODE_PAGES = {0: "cp437", 2: "cp850", 5: "cp865", 16: "cp1252", 19: "cp858"}
LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


class NotUnderstood(AssertionError):
    """A printer would print rubbish here."""


@dataclass(frozen=True)
class Letter:
    """One letter as it was struck."""

    char: str
    width: int
    height: int
    bold: bool


@dataclass
class Sheet:
    """One piece of paper. `codes` are the contents of its QR codes; `sizes` the height of each line of text."""

    lines: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    strips: list[Callable[[], Image.Image]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines, blanks at their ends left out."""
        return "".join(f"{line.rstrip()}\n" for line in self.lines)

    def picture(self) -> Image.Image:
        """The paper, white with black dots."""
        strips = [strip() for strip in self.strips]
        whole = Image.new("L", (DOTS + 60, sum(strip.height for strip in strips) + 60), 255)
        y = 30
        for strip in strips:
            whole.paste(strip, (30, y))
            y += strip.height
        return whole


class Interpreter:
    """The printer's own processor. `pages` are its code pages by number, Epson's unless another is said."""

    def __init__(self, pages: Mapping[int, str] = CODE_PAGES) -> None:
        self._pages = pages
        self.sheets: list[Sheet] = []
        self.sheet = Sheet()
        self.kicks = 0
        self.lines_left: int | None = None
        self._data = b""
        self._line: list[Letter] = []
        self._reset()

    @property
    def out_of_paper(self) -> bool:
        """Whether the roll has ended."""
        return self.lines_left == 0

    def feed(self, data: bytes) -> bytes:
        """Take more bytes and do all that can be done; what is incomplete waits, and all waits for paper."""
        self._data += data
        answer = b""
        while self._data and not self.out_of_paper:
            step = self._step()
            if step is None:
                break
            taken, said = step
            self._data, answer = self._data[taken:], answer + said
        return answer

    def forget(self) -> None:
        """Throw away what waits, and what stands on a line that is not printed."""
        self._data, self._line = b"", []

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _reset(self) -> None:
        self._line = []
        self._align, self._bold, self._size, self._page, self._area = 0, False, (1, 1), "cp437", DOTS
        self._module, self._level, self._stored = 3, "l", ""

    def _step(self) -> tuple[int, bytes] | None:
        """One command or letter: how many bytes it was, and the answer. None when more must come first."""
        first = self._data[0]
        if first in (0x1B, 0x1D):
            return self._command()
        if first == 0x0A:
            self._print_line()
        elif first >= 0x20:
            char = bytes([first]).decode(self._page)
            self._line.append(Letter(char, *self._size, self._bold))
        else:
            raise NotUnderstood(f"{first:#04x}")
        return 1, b""

    def _command(self) -> tuple[int, bytes] | None:
        data = self._data
        name = data[:2]
        length = self._length(name)
        if length is None or len(data) < length:
            return None
        return length, self._do(name, data[2:length])

    def _length(self, name: bytes) -> int | None:
        """How long a command is, its first two bytes counted; None while it cannot be told."""
        fixed = {b"\x1b@": 2, b"\x1bp": 5, b"\x1dW": 4}
        data = self._data
        if len(name) < 2:
            return None
        if name == b"\x1d(":
            return None if len(data) < 5 else 5 + data[3] + 256 * data[4]
        if name == b"\x1dv":
            return None if len(data) < 8 else 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7])
        if name == b"\x1dV":
            return None if len(data) < 3 else (4 if data[2] in (65, 66) else 3)
        if name in fixed:
            return fixed[name]
        if name in {b"\x1b" + bytes([c]) for c in b"!EaMt-{d3"} | {b"\x1d" + bytes([c]) for c in b"!bBr"}:
            return 3
        raise NotUnderstood(name.hex())

    def _do(self, name: bytes, arguments: bytes) -> bytes:
        does = {
            b"\x1b@": self._reset,
            b"\x1bd": lambda: self._feed(arguments[0]),
            b"\x1d(": lambda: self._code(arguments),
            b"\x1dv": lambda: self._raster(arguments),
            b"\x1dV": self._cut,
            b"\x1bp": self._kick,
        }
        if name in does:
            does[name]()
        elif name == b"\x1dr":
            return b"\x00"
        else:
            self._set(name, arguments)
        return b""

    def _set(self, name: bytes, arguments: bytes) -> None:
        match name:
            case b"\x1bE":
                self._bold = bool(arguments[0] & 1)
            case b"\x1ba":
                self._align = arguments[0] % 48
            case b"\x1bt":
                self._page = self._pages[arguments[0]]
            case b"\x1d!":
                self._size = (arguments[0] >> 4) + 1, (arguments[0] & 7) + 1
            case b"\x1dW":
                self._area = min(DOTS, arguments[0] + 256 * arguments[1])
            case _ if arguments[0]:
                raise NotUnderstood(f"{name.hex()} {arguments.hex()}")

    def _feed(self, lines: int) -> None:
        for _ in range(lines):
            self._print_line()

    def _cut(self) -> None:
        self.sheets.append(self.sheet)
        self.sheet = Sheet()

    def _kick(self) -> None:
        self.kicks += 1

    # ── what comes on paper ──────────────────────────────────────────────────────────────────────────────────────

    def _print_line(self) -> None:
        letters, self._line = self._line, []
        width = sum(CELL[0] * letter.width for letter in letters)
        if width > self._area:
            raise NotUnderstood(f"a line of {width} dots: {''.join(letter.char for letter in letters)}")
        self.sheet.lines.append("".join(letter.char for letter in letters))
        self.sheet.sizes.append(max((letter.height for letter in letters), default=0))
        self.sheet.bold.append(any(letter.bold for letter in letters))
        self._advance(partial(_line, letters, self._left(width)))

    def _advance(self, strip: Callable[[], Image.Image]) -> None:
        self.sheet.strips.append(strip)
        if self.lines_left is not None:
            self.lines_left -= 1

    def _left(self, width: int) -> int:
        return {0: 0, 1: (self._area - width) // 2, 2: self._area - width}[self._align]

    def _code(self, arguments: bytes) -> None:
        kind, function, rest = arguments[3], arguments[4], arguments[5:]
        if arguments[0:1] != b"k" or kind != 0x31:
            raise NotUnderstood(arguments[:8].hex())
        if function == 67:
            self._module = rest[0]
        elif function == 69:
            self._level = LEVELS[rest[0]]
        elif function == 80:
            self._stored = rest[1:].decode("ascii")
        elif function == 81:
            self._draw_code()
        elif function != 65:
            raise NotUnderstood(arguments[:8].hex())

    def _draw_code(self) -> None:
        code = segno.make_qr(self._stored, error=self._level)
        width = int(code.symbol_size(border=0)[0]) * self._module
        if width > self._area:
            raise NotUnderstood("a code wider than the paper")
        self.sheet.codes.append(self._stored)
        self._advance(partial(_code, code, self._module, self._left(width)))

    def _raster(self, arguments: bytes) -> None:
        width, height = arguments[2] + 256 * arguments[3], arguments[4] + 256 * arguments[5]
        self._advance(partial(_dots, arguments[6:], width, height, self._left(width * 8)))


def _line(letters: list[Letter], x: int) -> Image.Image:
    height = max((letter.height for letter in letters), default=1)
    strip = Image.new("L", (DOTS, CELL[1] * height + FEED - CELL[1]), 255)
    for letter in letters:
        drawn = _drawn(letter)
        strip.paste(drawn, (x, CELL[1] * (height - letter.height)))
        x += drawn.width
    return strip


def _code(code: segno.QRCode, module: int, x: int) -> Image.Image:
    out = io.BytesIO()
    code.save(out, kind="png", scale=module, border=0)
    drawn = Image.open(out).convert("L")
    strip = Image.new("L", (DOTS, drawn.height), 255)
    strip.paste(drawn, (x, 0))
    return strip


def _dots(data: bytes, width: int, height: int, x: int) -> Image.Image:
    drawn = Image.frombytes("1", (width * 8, height), bytes(~byte & 255 for byte in data))
    strip = Image.new("L", (DOTS, height), 255)
    strip.paste(drawn.convert("L"), (x, 0))
    return strip


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "VeraBd.ttf" if bold else "Vera.ttf"
    return ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / name), 18)


def _drawn(letter: Letter) -> Image.Image:
    """A letter in its cell; box-drawing lines go from edge to edge, as in a printer's own font."""
    cell = Image.new("L", CELL, 255)
    pen = ImageDraw.Draw(cell)
    if letter.char == "─":
        pen.line((0, 12, CELL[0], 12), fill=0, width=2)
    else:
        pen.text((CELL[0] / 2, 19), letter.char, font=_font(bold=letter.bold), fill=0, anchor="ms")
    return cell.resize((CELL[0] * letter.width, CELL[1] * letter.height), Image.Resampling.LANCZOS)
