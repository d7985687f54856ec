"""What people write: tidied, and refused when there is nothing in it."""

import unicodedata

from kassaapp.domain.errors import ReasonMissing

MAX_LENGTH = 200


def tidy(text: str | None) -> str:
    """The text on one line, in Unicode NFC, without control characters, at most 200 characters."""
    words = " ".join((text or "").split())
    printable = "".join(letter for letter in unicodedata.normalize("NFC", words) if letter.isprintable())
    return printable[:MAX_LENGTH]


def reason_given(reason: str | None, about_ore: int = 0) -> str:
    """The reason, tidied. Raises ReasonMissing (with the amount it is about) when there is none."""
    given = tidy(reason)
    if not given:
        raise ReasonMissing(about_ore)
    return given
