"""Writes a slip in the language of receipt printers, ESC/POS: the same slip and model always give the same bytes.

Letters come out right whatever the printer's own settings are: its code page is chosen first, CP858 where there is one
(in all that we choose, å ä ö have their places). What the code page lacks loses its accent or becomes `?`.
"""

import functools
import logging
import os
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
from kassaapp.trouble import BadClinicFile

DOTS = 12
"""Width of a letter of font A, in dots; 8 dots are a millimetre."""
NARROWEST = 32
"""Letters in a line of the narrowest roll that a receipt is written for."""
QUIET = 4
"""Modules of white around a QR code."""

_CODE_PAGES = ("CP858", "CP850", "CP437", "CP865", "CP1252")
"""All have å ä ö. The first that the printer has is used."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a kind of printer can do. `profile` is its name in escpos-printer-db; `columns` letters make a line."""

    profile: str | None
    columns: int
    code_page: str
    draws_qr: bool


GENERIC = Model(None, 42, "CP858", draws_qr=True)
"""What every printer for 80 mm can do."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks: times the plain width and height, and bold."""

    width: int = 1
    height: int = 1
    bold: bool = False
    centred: bool = False


PLAIN = Style()
STYLES = {Emphasis.PLAIN: PLAIN, Emphasis.STRONG: Style(bold=True), Emphasis.LARGE: Style(height=2, bold=True)}
MARK = Style(width=3, height=4, bold=True)
"""Twice as high as any amount (R42)."""


def model(name: str) -> Model:
    """What is known of a printer by its name in escpos-printer-db. Raises BadClinicFile for one that is not in it, or
    that cannot print a receipt."""
    profiles = _library().capabilities.CAPABILITIES["profiles"]
    if name not in profiles:
        raise BadClinicFile("printer_model")
    known = profiles[name]
    columns = known["fonts"]["0"]["columns"]
    has = set(known["codePages"].values())
    code_page = next((page for page in _CODE_PAGES if page in has), None)
    if columns < NARROWEST or code_page is None:
        raise BadClinicFile("printer_model")
    return Model(name, columns, code_page, known["features"]["qrCode"])


def to_bytes(slip: Slip | None, model: Model, *, kick: bool = False) -> bytes:
    """Write the slip, cut off at its end. `kick` opens the drawer before; without a slip that is all."""
    writer = _Writer(model)
    if kick:
        writer.kick()
    if slip is not None:
        for row in slip.rows:
            writer.write(row)
        writer.cut()
    return writer.data


class _Writer:
    """Writes rows one after the other."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._out = _library().printer.Dummy(profile=model.profile)
        self._out.hw("INIT")
        self._out.charcode(model.code_page)
        self._out._raw(b"\x1dW" + (model.columns * DOTS).to_bytes(2, "little"))  # GS W: all is centred on one line.
        self._style: Style | None = None

    @property
    def data(self) -> bytes:
        """All that was written."""
        return bytes(self._out.output)

    def kick(self) -> None:
        """Open the drawer at the printer's first connector."""
        self._out.cashdraw(2)

    def cut(self) -> None:
        """Feed the paper past the knife, and cut."""
        self._look(PLAIN)
        self._out.cut(mode="PART")

    def write(self, row: Row) -> None:
        """Write one row."""
        match row:
            case Text():
                self._lines(STYLES[row.emphasis], self._text(row))
            case Columns():
                self._lines(STYLES[row.emphasis], self._columns(row))
            case Rule():
                line = "─" if _has(self._model, "─") else "-"
                self._lines(PLAIN, [line * self._model.columns])
            case Space():
                self._lines(PLAIN, [""])
            case Big():
                width = self._model.columns // MARK.width
                self._lines(MARK, [line.center(width).rstrip() for line in wrap(self._fit(row.text), width, len)])
            case Signature():
                self._lines(PLAIN, ["", "", "_" * self._model.columns])
                self._lines(PLAIN, self._text(Text(row.caption)))
            case Qr():
                self._qr(row.content)

    def _text(self, row: Text) -> Iterator[str]:
        width = self._model.columns
        for line in wrap(self._fit(row.text), width - row.indent, len):
            yield line.center(width).rstrip() if row.align is Align.CENTRE else " " * row.indent + line

    def _columns(self, row: Columns) -> Iterator[str]:
        width = self._model.columns - row.indent
        for left, right in beside(self._fit(row.left), self._fit(row.right), width, 1, len):
            yield (" " * row.indent + left + right.rjust(width - len(left))).rstrip()

    def _lines(self, style: Style, lines: Iterator[str] | list[str]) -> None:
        for line in lines:
            if line:
                self._look(style)
            self._out.text(f"{line}\n")

    def _look(self, style: Style) -> None:
        if style != self._style:
            self._out.set_with_default(
                align="center" if style.centred else "left",
                bold=style.bold,
                custom_size=True,
                width=style.width,
                height=style.height,
            )
            self._style = style

    def _fit(self, text: str) -> str:
        """The text in letters that the printer has."""
        return "".join(self._letter(char) for char in unicodedata.normalize("NFC", printable(text)))

    def _letter(self, char: str) -> str:
        plain = unicodedata.normalize("NFKD", char)[0]
        return next((candidate for candidate in (char, plain) if _has(self._model, candidate)), "?")

    def _qr(self, content: str) -> None:
        """A QR code, with whole dots for a module: 4 are half a millimetre."""
        import segno  # Loaded by what prints, not at the start.

        matrix = segno.make_qr(content, error="m").matrix
        dots = 4 if len(matrix) > 50 else 6
        self._lines(PLAIN, [""])
        self._look(Style(centred=True))
        if self._model.draws_qr:
            self._out.qr(content, ec=_library().constants.QR_ECLEVEL_M, size=dots, native=True)
        else:
            self._out.image(_picture([bytes(row) for row in matrix], dots, self._model.columns * DOTS))
        self._out.text("\n")


def _picture(rows: list[bytes], dots: int, width: int) -> Any:
    """The code as dots, for a printer that cannot draw it itself: as large as there is room for."""
    from PIL import Image

    side = len(rows) + 2 * QUIET
    dots = min(dots, width // side)
    picture = Image.new("1", (side, side), 1)
    picture.putdata([1] * side * QUIET + [dot for row in rows for dot in _framed(row)] + [1] * side * QUIET)
    return picture.resize((side * dots, side * dots), Image.Resampling.NEAREST)


def _framed(row: bytes) -> list[int]:
    return [1] * QUIET + [1 - dark for dark in row] + [1] * QUIET


def _has(model: Model, char: str) -> bool:
    try:
        char.encode(model.code_page)
    except UnicodeEncodeError:
        return False
    return True


@functools.cache
def _library() -> Any:
    """python-escpos, loaded when something is printed: it takes a third of a second.

    On its way in it puts a cache of its own in a new temporary folder, which is taken away again, and gives the log a
    place to go, which is none of its business.
    """
    before = list(logging.root.handlers)
    import escpos
    import escpos.capabilities
    import escpos.constants
    import escpos.printer

    for handler in [handler for handler in logging.root.handlers if handler not in before]:
        logging.root.removeHandler(handler)
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(escpos.capabilities.pickle_dir, ignore_errors=True)
    return escpos
