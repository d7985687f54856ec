"""Draws a slip on one sheet of an 80 mm roll, top to bottom. Loaded by `pdf.py` when something is printed.

Lengths are points, from the top; a piece is drawn with its own top given. The fonts are the Vera that reportlab brings,
embedded, so that å ä ö look and read the same on every machine.
"""

import functools
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import segno
from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from kassaapp.printout import archival
from kassaapp.printout.slip import (
    Align,
    Big,
    Columns,
    Emphasis,
    Qr,
    Row,
    Rule,
    Signature,
    Slip,
    Space,
    Text,
    beside,
    printable,
    wrap,
)

PAGE = 80 * mm
MARGIN = 4 * mm
INNER = PAGE - 2 * MARGIN
LEADING = 1.35
INDENT = 4.5
GAP = 6.0
"""Least air between a label and its value."""
BIG = 24.0
"""Size of a mark; no amount is larger than half of it (R42)."""
QUIET = 4
"""Modules of white around a QR code."""
MASK = 2
"""What every code is scattered with. What ours carry is signatures and hashes, which any of the eight masks scatters
alike; to try them all for the best took most of the time that a receipt takes."""

rl_config.useA85 = 0  # Bytes as they are: a quarter less than as letters, and sooner written.


@dataclass(frozen=True, slots=True)
class Font:
    """An embedded font at one size."""

    name: str
    size: float

    @property
    def leading(self) -> float:
        return self.size * LEADING

    def width(self, text: str) -> float:
        """How wide `text` is."""
        return float(pdfmetrics.stringWidth(text, self.name, self.size))


REGULAR = Font("Vera", 8)
FONTS = {Emphasis.PLAIN: REGULAR, Emphasis.STRONG: Font("VeraBd", 8), Emphasis.LARGE: Font("VeraBd", 11)}
MARK = Font("VeraBd", BIG)


@dataclass(frozen=True, slots=True)
class Piece:
    """A height, and how to draw it when its top is at `y`."""

    height: float
    draw: Callable[[Canvas, float], None]


def draw(slip: Slip) -> bytes:
    """Return the slip as a PDF of one page."""
    register_fonts()
    pieces = [piece for row in slip.rows for piece in _pieces(row)]
    height = 2 * MARGIN + sum(piece.height for piece in pieces)
    out = io.BytesIO()
    canvas = Canvas(
        out,
        pagesize=(PAGE, height),
        invariant=1,
        initialFontName=REGULAR.name,  # type: ignore[arg-type] # a name, whatever the stubs say
        lang="sv-SE",
        pdfVersion=archival.VERSION,
    )
    archival.make_archival(canvas, slip.title)
    canvas.setLineWidth(0.6)
    y = height - MARGIN
    for piece in pieces:
        piece.draw(canvas, y)
        y -= piece.height
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@functools.cache
def register_fonts() -> frozenset[int]:
    """Make Vera known to reportlab, once; return the characters it has."""
    regular, bold = (TTFont(name, f"{name}.ttf") for name in ("Vera", "VeraBd"))
    pdfmetrics.registerFont(regular)
    pdfmetrics.registerFont(bold)
    return frozenset(regular.face.charToGlyph) & frozenset(bold.face.charToGlyph)


def _pieces(row: Row) -> Iterator[Piece]:
    match row:
        case Text():
            yield from _text(row)
        case Columns():
            yield from _columns(row)
        case Rule():
            yield Piece(8, lambda canvas, y: canvas.line(MARGIN, y - 4, PAGE - MARGIN, y - 4))
        case Space():
            yield Piece(6, lambda canvas, y: None)
        case Big():
            yield from (_line(MARK, text, centre=True) for text in wrap(drawable(row.text), INNER, MARK.width))
        case Signature():
            yield Piece(28, lambda canvas, y: canvas.line(MARGIN, y - 26, PAGE - MARGIN, y - 26))
            yield from _text(Text(row.caption))
        case Qr():
            yield _qr(row.content)


def _text(row: Text) -> Iterator[Piece]:
    font, indent = FONTS[row.emphasis], row.indent * INDENT
    for text in wrap(drawable(row.text), INNER - indent, font.width):
        yield _line(font, text, indent=indent, centre=row.align is Align.CENTRE)


def _columns(row: Columns) -> Iterator[Piece]:
    font, indent = FONTS[row.emphasis], row.indent * INDENT
    for left, right in beside(drawable(row.left), drawable(row.right), INNER - indent, GAP, font.width):
        yield _line(font, left, indent=indent, right=right)


def _line(font: Font, text: str, *, right: str = "", indent: float = 0, centre: bool = False) -> Piece:
    def draw_text(canvas: Canvas, y: float) -> None:
        canvas.setFont(font.name, font.size)
        if centre:
            canvas.drawCentredString(PAGE / 2, y - font.size, text)
        else:
            canvas.drawString(MARGIN + indent, y - font.size, text)
            canvas.drawRightString(PAGE - MARGIN, y - font.size, right)

    return Piece(font.leading, draw_text)


def drawable(text: str) -> str:
    """Return `text` with letters that Vera lacks replaced: without their accent where that helps, else by `?`."""
    return "".join(_glyph(char) for char in unicodedata.normalize("NFC", printable(text)))


def _glyph(char: str) -> str:
    known = register_fonts()
    plain = unicodedata.normalize("NFKD", char)[0]
    return next((candidate for candidate in (char, plain) if ord(candidate) in known), "?")


def _qr(content: str) -> Piece:
    """A QR code as one filled shape. Modules are whole dots of a printer with 8 dots to the millimetre."""
    code = segno.make_qr(content, error="m", mask=MASK)
    rows = [bytes(row) for row in code.matrix]
    module = (0.5 if len(rows) > 50 else 0.75) * mm
    side = (len(rows) + 2 * QUIET) * module

    shape = "\n".join(
        f"{start} {-1 - down} {length} 1 re" for down, row in enumerate(rows) for start, length in _runs(row)
    )

    def draw_modules(canvas: Canvas, y: float) -> None:
        canvas.saveState()
        canvas.translate((PAGE - side) / 2 + QUIET * module, y - QUIET * module)
        canvas.scale(module, module)
        canvas.addLiteral(f"{shape} f")  # In whole modules: a path of fractions takes as long as all the rest.
        canvas.restoreState()

    return Piece(side, draw_modules)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Start and length of each unbroken run of dark modules."""
    start = None
    for column, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            yield start, column - start
            start = None
