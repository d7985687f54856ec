"""Each paper is PDF/A-2b, as far as its clauses are read here. veraPDF, which reads them all, is not run.

The numbers are those of ISO 19005-2.
"""

import io
import re
import xml.etree.ElementTree as Xml

import pypdf
import pytest
from pypdf.generic import DictionaryObject, IndirectObject, NumberObject
from reportlab.pdfgen.canvas import Canvas

from kassaapp.printout.pdf import to_pdf
from kassaapp.printout.slip import Slip, Text
from tests.printout.test_pdf import a_receipt, a_z_report

_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_PDF = "{http://ns.adobe.com/pdf/1.3/}"
_LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_SYMBOLIC = 4
_FORBIDDEN = ("/LZWDecode", "/JavaScript", "/Launch", "/Encrypt", "/EmbeddedFile", "/SMask", "/AA ", "/OpenAction")


def faults(pdf: bytes) -> list[str]:
    """What is against the standard, one word each; none for a document that keeps to it."""
    read = pypdf.PdfReader(io.BytesIO(pdf))
    return [
        *(["6.1.2 header"] if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", pdf) else []),
        *(["6.1.3 no ID"] if "/ID" not in read.trailer or not pdf.endswith(b"%%EOF\n") else []),
        *(f"6.1 {word}" for word in _FORBIDDEN if word.encode() in pdf),
        *_colour_faults(read),
        *_font_faults(read),
        *_metadata_faults(read),
    ]


def _colour_faults(read: pypdf.PdfReader) -> list[str]:
    intents = read.root_object.get("/OutputIntents")
    if not intents:
        return ["6.2.3 no output intent"]
    intent = intents[0].get_object()
    profile = intent["/DestOutputProfile"].get_object()
    data = profile.get_data()
    is_good = data[36:40] == b"acsp" and data[8] <= 4 and data[12:20] == b"mntrRGB " and profile["/N"] == 3
    return [] if intent["/S"] == "/GTS_PDFA1" and is_good else ["6.2.3 output intent"]


def _font_faults(read: pypdf.PdfReader) -> list[str]:
    found = []
    for font in _fonts(read):
        descriptor = font.get("/FontDescriptor")
        if descriptor is None or "/FontFile2" not in descriptor.get_object():
            found.append("6.2.11.4 font not in it")
            continue
        if "/ToUnicode" not in font:
            found.append("6.2.11.7 no Unicode")
        flags = descriptor.get_object()["/Flags"]
        if isinstance(flags, NumberObject) and flags & _SYMBOLIC and "/Encoding" in font:
            found.append("6.2.11.6 symbolic with an encoding")
    return found


def _fonts(read: pypdf.PdfReader) -> list[DictionaryObject]:
    objects = [read.get_object(IndirectObject(number, 0, read)) for number in range(1, len(read.xref[0]) + 1)]
    return [one for one in objects if isinstance(one, DictionaryObject) and one.get("/Type") == "/Font"]


def _metadata_faults(read: pypdf.PdfReader) -> list[str]:
    stream = read.root_object.get("/Metadata")
    if stream is None:
        return ["6.6.2 no metadata"]
    if "/Filter" in stream.get_object():
        return ["6.6.2.1 metadata filtered"]
    said = Xml.fromstring(stream.get_object().get_data())  # noqa: S314
    claim = said.findtext(f".//{_PDFA}part"), said.findtext(f".//{_PDFA}conformance")
    found = [] if claim == ("2", "B") else ["6.6.4 what it claims to be"]
    properties: dict[str, object] = dict(read.metadata or {})
    same = {
        "/Title": said.findtext(f".//{_DC}title//{_LI}"),
        "/Creator": said.findtext(f".//{_XMP}CreatorTool"),
        "/Producer": said.findtext(f".//{_PDF}Producer"),
    }
    found += [f"6.6.3 {key}" for key, value in same.items() if properties.get(key) != value]
    made = read.metadata.creation_date if read.metadata else None
    if made is None or made.isoformat() != said.findtext(f".//{_XMP}CreateDate"):
        found.append("6.6.3 the date")
    return found


@pytest.mark.parametrize(
    "slip",
    [a_receipt(), a_receipt(protected=True), a_z_report(), Slip("a & b < c", (Text("å"),))],
    ids=["receipt", "protected", "z", "a title with signs"],
)
def test_a_paper_keeps_to_the_standard(slip: Slip) -> None:
    assert faults(to_pdf(slip)) == []


def test_a_pdf_as_a_library_writes_it_does_not() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(10, 10, "x")
    canvas.save()

    found = faults(out.getvalue())

    assert found == ["6.2.3 no output intent", "6.2.11.4 font not in it", "6.6.2 no metadata"]


@pytest.mark.parametrize(
    ("said", "instead", "fault"),
    [
        (b"<pdfaid:part>2<", b"<pdfaid:part>7<", "6.6.4 what it claims to be"),
        (b"/S /GTS_PDFA1", b"/S /GTS_PDFX1", "6.2.3 output intent"),
        (b"/ToUnicode", b"/ToNothing", "6.2.11.7 no Unicode"),
        (b"/Title (", b"/Titel (", "6.6.3 /Title"),
        (b"/FontFile2", b"/FontFilf2", "6.2.11.4 font not in it"),
    ],
)
def test_what_is_taken_out_is_missed(said: bytes, instead: bytes, fault: str) -> None:
    pdf = to_pdf(Slip("Kvitto", (Text("å"),)))
    assert said in pdf

    assert fault in faults(pdf.replace(said, instead))
