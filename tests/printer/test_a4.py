"""A slip on A4 through the system's own printing, put in a file and read back by others' programs."""

import os
import re
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from kassaapp.printer import Outcome
from kassaapp.printout.slip import Qr, Slip, Text
from kassaapp.ui import a4
from tests.printer.papers import PAPERS


def drawn(slip: Slip, path: Path) -> pypdf.PdfReader:
    """The slip on the system's printer that makes PDF files."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    a4.draw(slip, printer)
    return pypdf.PdfReader(path)


@pytest.mark.parametrize("name", ["receipt", "copy", "z", "protected"])
def test_it_is_a4_and_reads_back_whole(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    folder = Path(os.environ.get("KASSA_PICTURES", tmp_path))

    pages = drawn(PAPERS[name], folder / f"a4_{name}.pdf").pages

    text = " ".join("".join(page.extract_text() for page in pages).split())
    (said,) = {row.text for row in PAPERS[name].rows if isinstance(row, Text) and "kassajournalen" in row.text}
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)
    assert said in text
    assert "Vårdcentralen Ekbacken" in text


def test_the_code_on_the_picture_is_the_code_of_the_slip(qtbot: QtBot, tmp_path: Path) -> None:
    drawn(PAPERS["receipt"], tmp_path / "a4.pdf")

    picture = pypdfium2.PdfDocument(tmp_path / "a4.pdf")[0].render(scale=4).to_pil()

    (content,) = (row.content for row in PAPERS["receipt"].rows if isinstance(row, Qr))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [content]


def test_a_long_report_takes_the_sheets_it_needs(qtbot: QtBot, tmp_path: Path) -> None:
    rows = tuple(Text(f"Rad {number}") for number in range(200))

    pages = drawn(Slip("x", rows), tmp_path / "long.pdf").pages

    found = re.findall(r"Rad\s(\d+)", "".join(page.extract_text() for page in pages))
    assert len(pages) > 1
    assert [int(number) for number in found] == list(range(200))


def test_what_is_written_is_no_markup(qtbot: QtBot, tmp_path: Path) -> None:
    page = drawn(Slip("x", (Text("<b>5 < 6 & 7</b>"),)), tmp_path / "x.pdf").pages[0]

    assert "<b>5 < 6 & 7</b>" in " ".join(page.extract_text().split())


def test_a_printer_that_the_system_does_not_know_prints_nothing(qtbot: QtBot) -> None:
    assert a4.print_slip(PAPERS["receipt"], "Finns inte") is Outcome.NOT_ANSWERING
