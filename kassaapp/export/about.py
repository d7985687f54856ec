"""The short text that goes with an export: what the file is, and in Swedish how it was made.

An auditor reads it beside the file, so it says what an exempt till cannot fill in and what stands there instead, which
registrations have no name in the schema, and what a local time without a zone means.
"""

from dataclasses import dataclass
from datetime import datetime

from kassaapp.configuration import ClinicName
from kassaapp.domain.events import ExportFormat
from kassaapp.export import policy
from kassaapp.export.past import Period, Survey
from kassaapp.paths import resource_text

_MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made. `digest` is its SHA-256 in hexadecimal digits; `chosen` says which rows a table has."""

    format: ExportFormat
    name: str
    period: Period
    records: int
    digest: str
    at: datetime
    clinic: ClinicName
    chosen: str = ""


def about(made: Made, found: Survey) -> str:
    """The whole text."""
    return "\n".join([*_head(made, found), "", *_told(made), *_before(made, found), *_times(found)]) + "\n"


def _head(made: Made, found: Survey) -> list[str]:
    tills = ", ".join(dict.fromkeys(seen.till for seen in found.tills)) or "-"
    title = {
        ExportFormat.XML: "Registreringar ur kassajournalen som XML enligt SKVFS 2021:16",
        ExportFormat.SIE: "Verifikationer ur kassan som SIE 4I",
        ExportFormat.CSV: "Tabell ur kassajournalen",
    }[made.format]
    return [
        f"OM EXPORTEN {made.name}",
        "",
        title,
        f"Företag: {made.clinic.company}, {made.clinic.organisation_number}, {made.clinic.name}",
        made.clinic.exemption,
        f"Kassa: {tills}",
        f"Period: {made.period.first} till {made.period.last}, båda dagarna med",
        *([f"Urval: {made.chosen}"] if made.chosen else []),
        f"Gjord: {made.at:%Y-%m-%d %H:%M:%S}",
        f"Poster ur kassajournalen i filen: {made.records}",
        f"Filens SHA-256: {made.digest}",
        "Exporten är själv en registrering i kassajournalen, med filens SHA-256.",
        "Är filens summa en annan har filen ändrats.",
    ]


def _told(made: Made) -> list[str]:
    """How a file of that format was made."""
    told = resource_text("kassaapp.export", f"about-{made.format.value}.txt")
    return told.format(
        control_unit=policy.CONTROL_UNIT,
        code=policy.CODE_PREFIX,
        on_account=policy.ON_ACCOUNT_GROUP,
        nothing=policy.NOTHING_PAID,
    ).splitlines()


def _before(made: Made, found: Survey) -> list[str]:
    """Vouchers that were made before must not be booked twice."""
    before = [one for one in found.exported if one.format is made.format is ExportFormat.SIE]
    if not before:
        return []
    listed = "; ".join(f"{one.at:%Y-%m-%d %H:%M} ({one.first} till {one.last})" for one in before[-_MOST_LISTED:])
    return ["", "SAMMA DAGAR ÄR EXPORTERADE FÖRUT", f"- Bokför dem inte två gånger. Exporterade: {listed}."]


def _times(found: Survey) -> list[str]:
    """What a local time means, and where it goes back."""
    said = [
        "",
        "TIDER",
        "- Tider är svensk tid utan tidszon. Registreringarna står i den ordning de",
        "  gjordes, också när klockan går bakåt, som natten då sommartiden slutar.",
    ]
    if found.set_back:
        listed = ", ".join(f"{at:%Y-%m-%d %H:%M:%S} (UTC{at:%z})" for at in found.set_back[:_MOST_LISTED])
        more = len(found.set_back) - _MOST_LISTED
        said.append(f"- Klockan gick bakåt före: {listed}{f' och {more} till' if more > 0 else ''}.")
    return said
