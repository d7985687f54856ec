"""How amounts, times and words are written on paper: Swedish always, in characters that every receipt printer has.

Paper uses the plain space and the hyphen where the window uses U+202F and U+2212 (UX 2.19).
"""

import enum
from datetime import datetime

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.money import KRONA
from kassaapp.domain.visit import Category, FeeReason, Tender
from kassaapp.printout.slip import Align, Big, Emphasis, Row, Space, Text


class Marking(enum.StrEnum):
    """What a slip that is no original is marked with, above all else; the words are fixed (SKVFS 2014:9 5:5, R42)."""

    COPY = "KOPIA"
    TRAINING = "ÖVNING"


TENDERS = {
    Tender.CASH: "Kontant",
    Tender.CARD: "Kort",
    Tender.SWISH: "Swish",
    Tender.INVOICE: "Faktura",
    Tender.ON_ACCOUNT: "A conto",
}

CATEGORIES = {
    Category.RESIDENT: "Bosatt i Sverige",
    Category.ASYLUM: "Asylsökande",
    Category.UNDOCUMENTED: "Papperslös",
    Category.EU: "EU/EES med kort",
    Category.OUTSIDE_EU: "Utomlands utan kort",
    Category.OTHER_REGION: "Annan region",
}

REASONS = {
    FeeReason.FREE_VISIT: "Avgiftsfritt besök",
    FeeReason.UNDER_AGE: "Avgiftsfritt, ung",
    FeeReason.OVER_AGE: "Avgiftsfritt, hög ålder",
    FeeReason.FRIKORT: "Frikort",
    FeeReason.CEILING_REACHED: "Högkostnadsskyddet redan nått",
    FeeReason.CEILING_PART: "Sista delen till frikort",
    FeeReason.MISSED_UNDER_AGE: "Uteblivet besök, ung",
    FeeReason.MISSED_VISIT: "Uteblivet besök",
    FeeReason.ASYLUM_FEE: "Avgift för asylsökande m.fl.",
    FeeReason.FULL_COST: "Hela vårdkostnaden",
    FeeReason.INVOICE_FEE: "Faktureringsavgift",
}
"""Every reason in a few words, for counting."""


def amount(ore: int) -> str:
    """Write öre as `1 234,50`."""
    grouped = f"{abs(ore) // KRONA:,}".replace(",", " ")
    return f"{'-' if ore < 0 else ''}{grouped},{abs(ore) % KRONA:02}"


def kronor(ore: int) -> str:
    """Write öre as `1 234,50 kr`."""
    return f"{amount(ore)} kr"


def whole(ore: int) -> str:
    """Write the value of a coin or note as `500 kr`."""
    return f"{ore // KRONA} kr" if ore % KRONA == 0 else f"{ore} öre"


def moment(at: datetime) -> str:
    """Write a day and a time of day, in the offset of `at`."""
    return f"{at:%Y-%m-%d %H:%M}"


def designation(configuration: Configuration, till: TillName) -> str:
    """The till's own mark on paper (kassabeteckning), such as `R0417H`."""
    return f"{configuration.register}{till.letter}"


def receipt_number(configuration: Configuration, till: TillName, number: int) -> str:
    """The number of a receipt or slip as printed and asked for: the till's mark and the number, `R0417H-1`."""
    return f"{designation(configuration, till)}-{number}"


def person(configuration: Configuration, user: str) -> str:
    """A person of the clinic on paper that stays there: `Anna Berg (anber)`; what was written, when it is no id."""
    name = configuration.user_name(user)
    return user if name == user else f"{name} ({user})"


def short_code(record_hash: bytes) -> str:
    """The first eight hexadecimal digits of a record's hash, to compare by eye: `3F2A-91C4`."""
    digits = record_hash.hex().upper()
    return f"{digits[:4]}-{digits[4:8]}"


def head(configuration: Configuration, *, demo: bool, marking: Marking | None = None) -> list[Row]:
    """Who we are and where (DOMAIN 1.3 a, 1.4 a–b), below what marks the slip as no original."""
    clinic = configuration.clinic
    demo_mark: list[Row] = [Big("DEMO"), Text("Prov, gäller inte", align=Align.CENTRE), Space()] if demo else []
    mark: list[Row] = [Big(marking.value), Space()] if marking is not None else []
    return [
        *demo_mark,
        *mark,
        Text(clinic.name, Emphasis.LARGE, Align.CENTRE),
        Text(clinic.company, align=Align.CENTRE),
        Text(f"Org.nr {clinic.organisation_number}", align=Align.CENTRE),
        Text(clinic.address, align=Align.CENTRE),
        Space(),
    ]
