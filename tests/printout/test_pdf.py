"""A slip as PDF, read back by others' programs: the text, the pictures, the properties."""

import ctypes
import io
import subprocess
import sys

import pypdf
import pypdfium2
import pytest
import segno
from segno import encoder

from kassaapp.domain.fees import Wish
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.printout import document, qr, sheet
from kassaapp.printout.day_report import z_report
from kassaapp.printout.pdf import to_pdf
from kassaapp.printout.slip import Big, Columns, Emphasis, Qr, Rule, Signature, Slip, Space, Text
from tests.builders import PROTECTED, a_closed_session, a_configuration, a_patient, a_record, a_sale

NAME = "Maximilian-Åke von Östergöthland-Älvkvist"
LONG = "Kontantfakturering" * 20


def a_receipt(*, protected: bool = False) -> Slip:
    settings = a_configuration()
    patient = a_patient(PROTECTED, NAME, protected=protected)
    sold = a_sale(patient, [Wish(101), Wish(105, 2)], [Offer(Tender.CASH, given_ore=100000)], till="E")
    return document(sold, settings, settings.till("E"), a_record().env, demo=True)


def a_z_report() -> Slip:
    settings = a_configuration()
    opened, closed = a_closed_session()
    return z_report(closed, settings, settings.till("H"), a_record().hash, opened=opened)


def text_of(pdf: bytes) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_the_text_reads_back_with_its_letters() -> None:
    text = text_of(to_pdf(a_receipt()))

    for said in (
        "Vårdcentralen Ekbacken",
        "Maximilian-Åke von",
        "Östergöthland-Älvkvist",
        "Växel tillbaka",
        "à 120,00",
    ):
        assert said in text


def test_every_letter_that_swedish_uses_is_drawn_and_what_the_font_lacks_is_replaced() -> None:
    text = text_of(to_pdf(Slip("x", (Text("åäö ÅÄÖ é ü ñ Łukasz Šárka Đorđe § 漢 Phạm 1\u202f234,50"),))))

    assert " ".join(text.split()) == "åäö ÅÄÖ é ü ñ Łukasz Šárka Đorđe § ? Pham 1 234,50"


@pytest.mark.parametrize("slip", [a_receipt(), a_z_report()], ids=["receipt", "z"])
def test_nothing_but_the_title_is_in_the_properties(slip: Slip) -> None:
    properties: dict[str, object] = dict(pypdf.PdfReader(io.BytesIO(to_pdf(slip))).metadata or {})

    told = {key: value for key, value in properties.items() if value and not key.endswith("Date")}
    assert set(told) <= {"/Title", "/Creator", "/Producer", "/Trapped"}
    assert told["/Title"] == slip.title
    assert "Test" not in slip.title


def test_the_paper_of_a_protected_patient_names_nobody() -> None:
    text = text_of(to_pdf(a_receipt(protected=True)))

    assert "Körkortsintyg" in text
    for word in ("Patient", "Maximilian", "Älvkvist", "500907", "2553", "SKYDDADE"):
        assert word not in text


def test_the_same_slip_is_the_same_bytes_also_in_another_process() -> None:
    program = (
        "import hashlib; from tests.printout.test_pdf import a_receipt; from kassaapp.printout.pdf import to_pdf\n"
        "print(hashlib.sha256(to_pdf(a_receipt())).hexdigest(), end='')"
    )

    runs = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]

    assert runs[0] == runs[1]
    assert to_pdf(a_receipt()) == to_pdf(a_receipt())


def test_a_start_does_not_wait_for_what_only_printing_needs() -> None:
    program = "import sys, kassaapp.printout; print('reportlab' in sys.modules, 'segno' in sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == ["False", "False"]


def test_every_font_is_embedded() -> None:
    fonts = pypdf.PdfReader(io.BytesIO(to_pdf(a_receipt()))).pages[0]["/Resources"]["/Font"]  # type: ignore[index]

    descriptors = [font.get_object()["/FontDescriptor"] for font in fonts.values()]
    assert len(descriptors) >= 2
    assert all("/FontFile2" in descriptor for descriptor in descriptors)


@pytest.mark.parametrize("emphasis", Emphasis)
def test_nothing_is_drawn_outside_the_margins(emphasis: Emphasis) -> None:
    wide = Slip(
        "x",
        (
            Text(LONG, emphasis, indent=2),
            Columns(LONG, "1 234,50 kr", emphasis),
            Columns("Kassör", LONG, emphasis, indent=4),
            Big(LONG),
            Signature(LONG),
            Space(),
            Rule(),
        ),
    )

    boxes = drawn_characters(to_pdf(wide))

    assert len(boxes) > 4 * len(LONG)
    assert min(left for left, _, _, _ in boxes) >= sheet.MARGIN - 0.5
    assert max(right for _, right, _, _ in boxes) <= sheet.PAGE - sheet.MARGIN + 0.5
    assert min(bottom for _, _, bottom, _ in boxes) >= sheet.MARGIN - 2


def drawn_characters(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Left, right, bottom and top of each visible character."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    boxes = []
    for index in range(page.count_chars()):
        corners = [ctypes.c_double() for _ in range(4)]
        if pypdfium2.raw.FPDFText_GetCharBox(page, index, *corners):
            left, right, bottom, top = (corner.value for corner in corners)
            boxes.append((left, right, bottom, top))
    return [box for box in boxes if box[1] > box[0]]


def test_a_mark_is_twice_as_high_as_any_amount() -> None:
    assert max(font.size for font in sheet.FONTS.values()) * 2 <= sheet.BIG


@pytest.mark.parametrize("slip", [a_receipt(), a_z_report()], ids=["receipt", "z"])
def test_the_drawn_code_is_the_code_of_its_content(slip: Slip) -> None:
    content = next(row.content for row in slip.rows if isinstance(row, Qr))
    expected = [list(row) for row in segno.make_qr(content, error="m", mask=sheet.MASK).matrix]

    assert drawn_modules(to_pdf(Slip("x", (Qr(content),))), len(expected)) == expected


def test_a_code_is_scattered_nearly_as_well_as_the_best_mask_would_scatter_it() -> None:
    for content in (qr.digits(qr.Kind.RECEIPT, a_record().env), qr.digits(qr.Kind.HEAD, a_record().hash)):
        penalties = [
            encoder.evaluate_mask(code.matrix, len(code.matrix), len(code.matrix))  # type: ignore[no-untyped-call]
            for code in (segno.make_qr(content, error="m", mask=mask) for mask in range(8))
        ]

        assert penalties[sheet.MASK] <= 1.25 * min(penalties)  # ISO/IEC 18004, 7.8.3.1.


def drawn_modules(pdf: bytes, size: int) -> list[list[int]]:
    """The modules of the only code on a page, found by looking at the middle of each."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=8).to_pil().convert("L")
    left, top, right, bottom = picture.point(lambda value: 255 * (value < 128)).getbbox() or (0, 0, 0, 0)
    across, down = (right - left) / size, (bottom - top) / size
    return [
        [
            int(picture.getpixel((left + (column + 0.5) * across, top + (row + 0.5) * down)) < 128)
            for column in range(size)
        ]
        for row in range(size)
    ]


@pytest.mark.parametrize(
    ("slip", "kind", "data"),
    [
        (a_receipt(), qr.Kind.RECEIPT, a_record().env),
        (a_z_report(), qr.Kind.HEAD, a_record().hash),
    ],
    ids=["receipt", "z"],
)
def test_a_reader_of_codes_finds_it_on_the_page(slip: Slip, kind: qr.Kind, data: bytes) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    dots = 203 / 72  # A receipt printer's resolution.

    picture = pypdfium2.PdfDocument(to_pdf(slip))[0].render(scale=dots).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)

    assert qr.read_digits(found.text) == (kind, data)
