"""What a scanner sent: told apart by its content, wherever the keyboard was (UX 2.0)."""

import enum
import re

from kassaapp.printout import qr

_PATIENT = re.compile(r"([0-9]{6}|[0-9]{8})[-+]?[0-9A-Za-z]{4}")


class Scan(enum.Enum):
    """What it is. A paper is one of ours; what is neither a person nor a paper is looked for among the articles."""

    PATIENT = enum.auto()
    PAPER = enum.auto()
    ARTICLE = enum.auto()


def kind_of(text: str) -> Scan:
    """What the scanned text is."""
    bare = text.replace(" ", "")
    if _PATIENT.fullmatch(bare):
        return Scan.PATIENT
    try:
        qr.read_digits(bare)
    except ValueError:
        return Scan.ARTICLE
    return Scan.PAPER if len(bare) > _LONGEST_BARCODE else Scan.ARTICLE


_LONGEST_BARCODE = 48
"""No barcode on goods has more digits; the code of a slip has hundreds."""
