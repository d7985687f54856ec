"""What makes a PDF one that can be read in fifty years: PDF/A-2b (ISO 19005-2), beside fonts that are in it.

Three things that reportlab leaves out: what the document says of itself as XMP, in the same words as in its properties;
which colours are meant, as a profile that is in it; and nothing said that is empty.
"""

import functools
from typing import Any
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.pdfbase.pdfdoc import (
    XMP,
    PDFArray,
    PDFDate,
    PDFDictionary,
    PDFName,
    PDFObject,
    PDFStream,
    PDFString,
    PDFZCompress,
)

VERSION = (1, 7)
"""Of PDF, which ISO 19005-2 builds on."""
PRODUCER = "Kassa"
_MADE = slice(24, 36)
"""Where a colour profile says when it was made (ICC.1, 7.2.8)."""
_ANY_TIME = bytes.fromhex("07d0 0001 0001 0000 0000 0000")
_CONDITION = "sRGB IEC61966-2.1"

_XMP = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>{producer}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def make_archival(canvas: Any, title: str) -> None:
    """Give a new canvas's document `title` and what PDF/A-2b asks for beside its pages and their fonts. (The stubs of
    reportlab do not know what a canvas draws into.)"""
    document = canvas._doc
    made = document._timeStamp.datetime.isoformat(timespec="seconds")
    text = _XMP.format(title=escape(title), producer=PRODUCER, made=made).encode()
    document.info = _Properties(title)
    catalog = document.Catalog
    catalog.Metadata = XMP(creator=lambda _: text)
    catalog.OutputIntents = PDFArray([_colours(document)])
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]


class _Properties(PDFObject):
    """The properties that older readers show. What the XMP does not say, they do not either."""

    def __init__(self, title: str) -> None:
        self.title = title

    def digest(self, md5object: Any) -> None:
        """Take part in the document's identifier (the name and the argument are reportlab's)."""
        md5object.update(self.title.encode())

    def format(self, document: Any) -> bytes:
        """Return the dictionary as it stands in the file."""
        made = PDFDate(ts=document._timeStamp)
        said = {"Title": PDFString(self.title), "Creator": PDFString(PRODUCER), "Producer": PDFString(PRODUCER)}
        return bytes(PDFDictionary({**said, "CreationDate": made, "ModDate": made}).format(document))


def _colours(document: Any) -> PDFDictionary:
    """Which red, green and blue are meant: those of a screen."""
    stream = PDFStream(PDFDictionary({"N": 3}), _profile(), filters=[PDFZCompress])
    return PDFDictionary(
        {
            "Type": PDFName("OutputIntent"),
            "S": PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": PDFString(_CONDITION),
            "Info": PDFString(_CONDITION),
            "DestOutputProfile": document.Reference(stream),
        }
    )


@functools.cache
def _profile() -> bytes:
    """The colour profile, the same bytes whenever it is made."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_MADE] = _ANY_TIME
    return bytes(made)
