"""A text on sheets of A4, to be kept beside what it is about. Loaded by `pdf.py` when one is made."""

import io
import re
from collections.abc import Iterator

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kassaapp.printout import archival, sheet

_MARGIN = 56.0
_SIZE, _HEADING = 9.5, 12.0
_LEADING = 1.32
_COLUMN = 5.1
"""How wide a character is where columns stand below each other, parted by at least two spaces."""


def draw(title: str, text: str) -> bytes:
    """The text as a PDF, each line on one of its own. Characters that the font lacks are replaced as on slips."""
    sheet.register_fonts()
    out = io.BytesIO()
    canvas = Canvas(
        out,
        pagesize=A4,
        invariant=1,
        initialFontName="Vera",  # type: ignore[arg-type] # a name, whatever the stubs say
        lang="sv-SE",
        pdfVersion=archival.VERSION,
    )
    archival.make_archival(canvas, title)
    for number, lines in enumerate(_pages(text.splitlines()), 1):
        _draw_page(canvas, lines, number)
    canvas.save()
    return out.getvalue()


def _pages(lines: list[str]) -> Iterator[list[str]]:
    """As many lines as a sheet holds, and then the rest."""
    room = int((A4[1] - 2 * _MARGIN) / (_SIZE * _LEADING))
    for first in range(0, len(lines), room):
        yield lines[first : first + room]


def _draw_page(canvas: Canvas, lines: list[str], number: int) -> None:
    y = A4[1] - _MARGIN
    for line in lines:
        heading = line.isupper() and not line.startswith(" ")
        canvas.setFont("VeraBd" if heading else "Vera", _HEADING if heading else _SIZE)
        for piece in re.finditer(r"\S+(?: \S+)*", line):
            canvas.drawString(_MARGIN + _COLUMN * piece.start(), y, sheet.drawable(piece[0]))
        y -= _SIZE * _LEADING
    canvas.setFont("Vera", _SIZE)
    canvas.drawRightString(A4[0] - _MARGIN, _MARGIN / 2, str(number))
    canvas.showPage()
