"""A slip on the roll, as a printer that knows nothing of us reads it: text, sizes, codes, and the picture of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp

from kassaapp.printer import roll
from kassaapp.printout.slip import Align, Big, Columns, Emphasis, Qr, Rule, Signature, Slip, Space, Text
from kassaapp.trouble import BadClinicFile
from tests.printer.escpos import CODE_PAGES, Interpreter, Sheet
from tests.printer.papers import PAPERS, check

ZIJIANG = {52: "cp850", 53: "cp858"}
"""A cheap printer for 58 mm numbers its code pages otherwise."""
LONG = "Kontantfakturering" * 20


def printed(slip: Slip, model: roll.Model = roll.GENERIC) -> Sheet:
    """What comes out; a printer without a knife leaves it hanging."""
    interpreter = Interpreter(ZIJIANG if model.profile == "POS-5890" else CODE_PAGES)
    interpreter.feed(roll.to_bytes(slip, model))
    (sheet,) = interpreter.sheets or [interpreter.sheet]
    return sheet


@pytest.mark.parametrize("name", PAPERS)
def test_what_comes_out_reads_as_it_should(name: str, tmp_path: Path) -> None:
    sheet = printed(PAPERS[name])

    check(sheet, name)
    sheet.picture().save(Path(os.environ.get("KASSA_PICTURES", tmp_path)) / f"{name}.png")


@pytest.mark.parametrize("name", PAPERS)
def test_the_code_on_the_picture_is_the_code_of_the_slip(name: str) -> None:
    (content,) = (row.content for row in PAPERS[name].rows if isinstance(row, Qr))

    (read,) = zxingcpp.read_barcodes(printed(PAPERS[name]).picture())

    assert read.text == content


@pytest.mark.parametrize(("name", "mark"), [("copy", "KOPIA"), ("training", "ÖVNING"), ("trial", "EJ KVITTO")])
def test_r42_a_mark_is_at_least_twice_as_high_as_any_amount(name: str, mark: str) -> None:
    sheet = printed(PAPERS[name])

    lines = list(zip(sheet.lines, sheet.sizes, strict=True))
    marks = [size for line, size in lines if line.strip() == mark]
    amounts = [size for line, size in lines if re.search(r"\d,\d\d", line)]
    assert len(marks) == 1
    assert marks[0] >= 2 * max(amounts) > 0


def test_letters_come_out_in_the_code_page_and_what_it_lacks_is_replaced() -> None:
    sheet = printed(Slip("x", (Text("åäö ÅÄÖ é ü ñ § Šárka Phạm 漢 1\u202f234,50 \u22121\u00a0kr – €"),)))

    assert sheet.text.split("\n")[0] == "åäö ÅÄÖ é ü ñ § Sárka Pham ? 1 234,50 -1"
    assert sheet.text.split("\n")[1] == "kr - €"


@pytest.mark.parametrize("page", ["CP850", "CP437", "CP865", "CP1252"])
def test_swedish_comes_out_right_on_a_printer_without_our_code_page(page: str) -> None:
    names = {"CP850": "TM-T88II", "CP437": "TM-U220", "CP865": "TM-T88II", "CP1252": "TM-T88II"}
    model = roll.Model(names[page] if page != "CP437" else None, 42, page, draws_qr=True)

    sheet = printed(Slip("x", (Text("Åsa Öberg, Ängelholm, år 2026, båtsmän i kö: café"), Rule())), model)

    assert sheet.text.split("\n")[0] == "Åsa Öberg, Ängelholm, år 2026, båtsmän i"
    assert sheet.text.split("\n")[1] == "kö: café"
    assert sheet.text.split("\n")[2] == ("─" if page != "CP1252" else "-") * 42


@pytest.mark.parametrize("emphasis", Emphasis)
def test_no_line_is_wider_than_the_roll(emphasis: Emphasis) -> None:
    rows = (
        Text(LONG, emphasis, indent=2),
        Text(LONG, emphasis, Align.CENTRE),
        Columns(LONG, "1 234,50 kr", emphasis),
        Columns("Kassör", LONG, emphasis, indent=4),
        Big(LONG),
        Signature(LONG),
        Space(),
        Rule(),
    )

    for model in (roll.GENERIC, roll.model("POS-5890"), roll.model("TM-T20II")):
        sheet = printed(Slip("x", rows), model)
        assert max(len(line) for line in sheet.lines) <= model.columns
        assert "".join(sheet.text.split()).count("Kontantfakturering") >= 20


def test_a_printer_that_cannot_draw_a_code_gets_it_as_dots() -> None:
    model = roll.model("POS-5890")

    sheet = printed(PAPERS["receipt"], model)

    (content,) = (row.content for row in PAPERS["receipt"].rows if isinstance(row, Qr))
    assert not model.draws_qr
    assert sheet.codes == []
    assert [found.text for found in zxingcpp.read_barcodes(sheet.picture())] == [content]


def test_swedish_comes_out_right_on_every_printer_that_is_taken() -> None:
    slip = Slip("x", (Text("Åsa Öberg, Ängelholm år två"), Columns("Växel", "-1 234,50")))
    taken = 0
    for name, profile in roll._library().capabilities.CAPABILITIES["profiles"].items():
        try:
            model = roll.model(name)
        except BadClinicFile:
            continue
        taken += 1
        has = {int(number): page.lower() for number, page in profile["codePages"].items()}
        interpreter = Interpreter(has)
        interpreter.feed(roll.to_bytes(slip, model))
        text = (interpreter.sheets or [interpreter.sheet])[0].text

        assert text.startswith(f"Åsa Öberg, Ängelholm år två\n{'Växel':{model.columns - 9}}-1 234,50\n"), name
    assert taken >= 25


def test_a_model_is_known_by_its_name() -> None:
    assert roll.model("TM-T20II") == roll.Model("TM-T20II", 48, "CP858", draws_qr=True)
    assert roll.model("TM-T88II").code_page == "CP850"


@pytest.mark.parametrize("name", ["TM-T9999", "OCD-100", "SP2000 "])
def test_a_model_that_is_unknown_or_no_use_is_refused(name: str) -> None:
    with pytest.raises(BadClinicFile) as refused:
        roll.model(name)

    assert refused.value.field == "printer_model"


def test_the_same_slip_is_the_same_bytes_also_in_another_process() -> None:
    program = (
        "import hashlib; from tests.printer.papers import PAPERS; from kassaapp.printer import roll\n"
        "print(hashlib.sha256(roll.to_bytes(PAPERS['receipt'], roll.GENERIC)).hexdigest(), end='')"
    )

    runs = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]

    assert runs[0] == runs[1]


def test_the_library_is_loaded_by_what_prints_and_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import sys, logging, kassaapp.printer\n"
        "before = 'escpos' in sys.modules\n"
        "from kassaapp.printer import roll; roll.to_bytes(None, roll.GENERIC, kick=True)\n"
        "print(before, 'escpos' in sys.modules, logging.root.handlers)"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], env={"TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False True []"
    assert list(tmp_path.iterdir()) == []
