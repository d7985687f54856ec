"""Writes XML to a text file element by element, and holds nothing of what is written.

The standard library's own way to stream, `xml.sax.saxutils.XMLGenerator`, adds nothing to these few lines but a
namespace table; lxml would be one more library at every desk. The tests read the result with lxml against the schema.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO
from xml.sax.saxutils import escape

from kassaapp.domain.money import KRONA

LONGEST_TEXT = 72
"""Characters in a text of SKVFS 2021:16."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING = "-"


class Elements:
    """An XML document that is being written to `out`."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def begin(self, root: str, namespaces: str) -> None:
        """The declaration, and the root's start tag."""
        self._out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {namespaces}>\n')

    def end(self, root: str) -> None:
        """The root's end tag."""
        self._out.write(f"</{root}>\n")

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """An element that holds what is written meanwhile."""
        self._out.write(f"<{name}>")
        yield
        self._out.write(f"</{name}>\n")

    def text(self, name: str, value: str, longest: int = LONGEST_TEXT) -> None:
        """An element with text: never empty, never longer than the schema allows, no character that XML forbids."""
        kept = _FORBIDDEN.sub("?", " ".join(value.split()))[:longest].strip()
        self._out.write(f"<{name}>{escape(kept) or _NOTHING}</{name}>")

    def whole(self, name: str, value: int) -> None:
        """An element with a whole number."""
        self._out.write(f"<{name}>{value}</{name}>")

    def money(self, name: str, ore: int) -> None:
        """An element with an amount."""
        self._out.write(f"<{name}>{kronor(ore)}</{name}>")

    def moment(self, name: str, at: datetime) -> None:
        """An element with a local time, without its offset: the schema has no place for one."""
        self._out.write(f"<{name}>{at:%Y-%m-%dT%H:%M:%S}</{name}>")

    def yes(self, name: str) -> None:
        """An element that says that something was done."""
        self._out.write(f"<{name}>JA</{name}>")


def kronor(ore: int) -> str:
    """Write öre as `312.50`, for another program to read."""
    return f"{'-' if ore < 0 else ''}{abs(ore) // KRONA}.{abs(ore) % KRONA:02}"
