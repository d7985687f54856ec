"""A typed day is read strictly: `2026-03-07`, or the same digits without dashes."""

import re
from datetime import date

from kassaapp.i18n import _


class BadDay(ValueError):
    """The text is no day."""


_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")


def read_day(text: str) -> date:
    """Return the day that is written, or raise BadDay."""
    written = _DAY.fullmatch(text.strip())
    if written is None:
        raise BadDay
    try:
        return date(*(int(part) for part in written.groups()))
    except ValueError:
        raise BadDay from None


def explain_day() -> str:
    """How to write a day."""
    return _("Skriv datumet med år, månad och dag, till exempel 2026-03-07.")
