"""How amounts, times and words are written on paper: Swedish always, in characters that every receipt printer has.

Paper uses the plain space and the hyphen where the window uses U+202F and U+2212 (UX 2.19).
"""

from datetime import datetime

from kassaapp.configuration import Configuration, TillName
from kassaapp.domain.events import Category, FeeReason, Tender
from kassaapp.domain.money import KRONA
from kassaapp.printout.slip import Align, Big, Emphasis, Row, Space, Text

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


def short_code(record_hash: bytes) -> str:
    """The first eight hexadecimal digits of a record's hash, to compare by eye: `3F2A-91C4`."""
    digits = record_hash.hex().upper()
    return f"{digits[:4]}-{digits[4:8]}"


def head(configuration: Configuration, *, demo: bool) -> list[Row]:
    """Who we are and where (DOMAIN 1.3 a, 1.4 a–b)."""
    clinic = configuration.clinic
    mark: list[Row] = [Big("DEMO"), Text("Prov, gäller inte", align=Align.CENTRE), Space()] if demo else []
    return [
        *mark,
        Text(clinic.name, Emphasis.LARGE, Align.CENTRE),
        Text(clinic.company, align=Align.CENTRE),
        Text(f"Org.nr {clinic.organisation_number}", align=Align.CENTRE),
        Text(clinic.address, align=Align.CENTRE),
        Space(),
    ]
