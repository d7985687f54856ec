"""Prints a slip on A4 through the operating system's own printers, and asks nothing: no dialog, no preview.

The system takes the whole paper and has a list of its own for what does not come out; nothing is said back.
"""

from html import escape

import segno
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QImage, QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from kassaapp.printer import Outcome
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
    printable,
)

_SIZES = {Emphasis.PLAIN: "10pt", Emphasis.STRONG: "10pt", Emphasis.LARGE: "14pt"}
_MARK = "32pt"
"""Twice as high as any amount (R42)."""
_LINE = (
    '<table width="{width}%" cellspacing="0" cellpadding="0"><tr>'
    '<td style="border-top: 1px solid black; font-size: 4pt">&nbsp;</td></tr></table>'
)
"""A line across; Qt draws no `hr` on paper."""
_MODULE = 8
_QUIET = 4
_CODE_PX = {True: 150, False: 90}
"""Side of a QR code on the paper, for one of many modules and of few; 96 are an inch."""


def print_slip(slip: Slip, name: str) -> Outcome:
    """Print on the system's printer of that name."""
    known = QPrinterInfo.printerInfo(name)
    if known.isNull():
        return Outcome.NOT_ANSWERING
    printer = QPrinter(known)
    draw(slip, printer)
    return Outcome.NOT_ANSWERING if printer.printerState() is QPrinter.PrinterState.Error else Outcome.OUT


def draw(slip: Slip, printer: QPrinter) -> None:
    """Draw the slip on as many sheets as it needs."""
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setDocName(slip.title)
    printer.setCreator("Kassa")
    document = QTextDocument()
    document.setDefaultFont(QFont("sans-serif", 10))
    for content in {row.content for row in slip.rows if isinstance(row, Qr)}:
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(_url(content)), _code(content))
    document.setHtml("".join(_html(row) for row in slip.rows))
    document.print_(printer)


def _html(row: Row) -> str:
    match row:
        case Text():
            if row.align is Align.LEFT:
                return _columns(Columns(row.text, "", row.emphasis, row.indent))
            return _paragraph(row.text, row.emphasis, align="center")
        case Columns():
            return _columns(row)
        case Rule():
            return _LINE.format(width=100)
        case Space():
            return '<p style="font-size: 5pt; margin: 0">&nbsp;</p>'
        case Big():
            return f'<p align="center" style="font-size: {_MARK}; font-weight: bold; margin: 0">{_text(row.text)}</p>'
        case Signature():
            return f'<p style="font-size: 22pt; margin: 0">&nbsp;</p>{_LINE.format(width=60)}{_paragraph(row.caption)}'
        case Qr():
            side = _CODE_PX[len(row.content) > 400]
            return f'<p align="center"><img src="{_url(row.content)}" width="{side}" height="{side}"></p>'


def _paragraph(text: str, emphasis: Emphasis = Emphasis.PLAIN, *, align: str = "left") -> str:
    return f'<p align="{align}" style="{_look(emphasis)}; margin: 0">{_text(text)}</p>'


def _columns(row: Columns) -> str:
    look = _look(row.emphasis)
    left = f'<td style="{look}; padding-left: {row.indent * 8}px">{_text(row.left)}</td>'
    right = f'<td align="right" style="{look}">{_text(row.right).replace(" ", "&nbsp;")}</td>'
    return f'<table width="100%" cellspacing="0" cellpadding="1"><tr>{left}{right}</tr></table>'


def _look(emphasis: Emphasis) -> str:
    weight = "normal" if emphasis is Emphasis.PLAIN else "bold"
    return f"font-size: {_SIZES[emphasis]}; font-weight: {weight}"


def _text(text: str) -> str:
    return escape(printable(text))


def _url(content: str) -> str:
    return f"qr:{content}"


def _code(content: str) -> QImage:
    """A QR code with white round it, dot for dot."""
    rows = [bytes(row) for row in segno.make_qr(content, error="m").matrix]
    side = len(rows) + 2 * _QUIET
    picture = QImage(side * _MODULE, side * _MODULE, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFFFF)
    for y in range(len(rows) * _MODULE):
        for x in range(len(rows) * _MODULE):
            if rows[y // _MODULE][x // _MODULE]:
                picture.setPixel(x + _QUIET * _MODULE, y + _QUIET * _MODULE, 0xFF000000)
    return picture
