"""Amounts, dates and identity numbers as they are written on the screen, and amounts as they are typed (UX 4.5)."""

import re
from datetime import date, datetime

from kassaapp.domain.money import KRONA
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import Patient
from kassaapp.i18n import _, ngettext

NARROW_SPACE = "\u202f"
"""Parts thousands, and the amount from its unit; a line is never broken there."""
MINUS = "\u2212"
HIDDEN_NUMBER = "••••••••-••••"
"""What stands for the number of a patient with protected identity (UX 2.20)."""

# ── Amounts ──────────────────────────────────────────────────────────────────────────────────────


class BadAmountText(ValueError):
    """The text is no amount of money. `explain` says how to write one."""


def amount(ore: int) -> str:
    """Write öre as `1 234,50 kr`."""
    return f"{amount_plain(ore)}{NARROW_SPACE}kr"


def amount_plain(ore: int) -> str:
    """Write öre as `1 234,50`, for a column whose heading tells the unit."""
    return f"{_kronor(ore)},{abs(ore) % KRONA:02}"


def krona(ore: int) -> str:
    """Write öre as `312 kr`, for banknotes and cash due; with two decimals where it is no whole krona."""
    return amount(ore) if ore % KRONA else f"{_kronor(ore)}{NARROW_SPACE}kr"


def amount_spoken(ore: int) -> str:
    """Write öre as `1234 kronor och 50 öre`, for a screen reader, which would split `1 234`."""
    kronor, rest = divmod(abs(ore), KRONA)
    words = ngettext("{count} krona", "{count} kronor", kronor).format(count=kronor)
    if rest:
        words = _("{kronor} och {rest} öre").format(kronor=words, rest=rest)
    return _("minus {amount}").format(amount=words) if ore < 0 else words


_SPACES = str.maketrans({"\u00a0": " ", NARROW_SPACE: " ", MINUS: "-"})
_AMOUNT = re.compile(r"(-?)([0-9]{1,12}|[0-9]{1,3}(?: [0-9]{3}){1,3})(?:[.,]([0-9]{1,2}))?(?: ?kr)?")


def read_amount(text: str) -> int:
    """Return the öre that `text` says, or raise BadAmountText.

    Digits with at most one comma or full stop and two decimals after it. A space of any kind may part thousands and
    nothing else, so that `12 50` is asked about and not taken for 1250. A minus before and `kr` after are read too.
    """
    written = _AMOUNT.fullmatch(text.translate(_SPACES).strip())
    if written is None:
        raise BadAmountText
    minus, kronor, rest = written.groups()
    ore = int(kronor.replace(" ", "")) * KRONA + int((rest or "").ljust(2, "0"))
    return -ore if minus else ore


def _kronor(ore: int) -> str:
    grouped = f"{abs(ore) // KRONA:,}".replace(",", NARROW_SPACE)
    return f"{MINUS}{grouped}" if ore < 0 else grouped


def difference(ore: int) -> str:
    """Say whether a count is right, short or over (UX 2.15)."""
    if ore == 0:
        return _("Stämmer")
    if ore < 0:
        return _("Saknas {amount}").format(amount=amount(-ore))
    return _("{amount} för mycket").format(amount=amount(ore))


# ── Dates and persons ────────────────────────────────────────────────────────────────────────────


def day(when: date) -> str:
    """Write a day as `2026-03-07`; of a moment, its local day."""
    return f"{when:%Y-%m-%d}"


def clock(when: datetime) -> str:
    """Write a time of day as `14:05`, in the offset of `when`."""
    return f"{when.hour:02}:{when.minute:02}"


def moment(when: datetime) -> str:
    """Write a day and a time of day as `2026-03-07 14:05`, in the offset of `when`."""
    return f"{day(when)} {clock(when)}"


def identity(patient_id: PatientId) -> str:
    """Write the whole number as `19610118-2803`. For a patient who is not protected: else use `patient_number`."""
    return patient_id.formatted_long()


def patient_number(patient: Patient) -> str:
    """Write the patient's whole number, or dots when the identity is protected."""
    return HIDDEN_NUMBER if patient.protected else identity(patient.id)


def patient_name(patient: Patient) -> str:
    """Write the patient's name as in a list: a word in its place when the identity is protected."""
    return _("Skyddad") if patient.protected else patient.name


def shape_only() -> str:
    """Warn that only the shape of a number could be checked (R36)."""
    return _("Kassan kan bara kontrollera numrets form. Jämför det med handlingen, tecken för tecken.")
