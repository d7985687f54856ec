"""What is said before it is late: that the clock was set back, and that the exemption ends (E56, E69)."""

from datetime import date, datetime

from kassaapp.i18n import _, ngettext
from kassaapp.wording.amounts import clock, day, moment
from kassaapp.wording.words import call


def clock_behind(now: datetime, latest: datetime, *, support: str = "") -> str:
    """Say that the computer's clock shows less than what stands on the newest record (R65)."""
    same_day = now.date() == latest.date()
    shown, then = (clock(now), clock(latest)) if same_day else (moment(now), moment(latest))
    return _(
        "Datorns klocka visar {shown} men den senaste registreringen gjordes {then}. Du kan fortsätta, kvittona "
        "behåller rätt ordning, men {call} så att klockan ställs."
    ).format(shown=shown, then=then, call=call(support))


def exemption_ends(until: date, left: int, *, support: str = "") -> str:
    """Say that the exemption ends in `left` days, or has ended (R69)."""
    if left < 0:
        words = _("Undantaget från Skatteverket gällde till {day}. Kontakta regionen, eller {call}.")
        return words.format(day=day(until), call=call(support))
    return ngettext(
        "Undantaget från Skatteverket gäller till {day}, {left} dag kvar. Kontakta regionen, eller {call}.",
        "Undantaget från Skatteverket gäller till {day}, {left} dagar kvar. Kontakta regionen, eller {call}.",
        left,
    ).format(day=day(until), left=left, call=call(support))
