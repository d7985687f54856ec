"""What is asked for: which format, of which days, to which place; read from the words of a command line or a form.

Columns and contents that say who a patient is can be asked for only where somebody is signed in (R60).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kassaapp.domain.events import KINDS, ExportFormat
from kassaapp.export.csv import USUAL, Column, read_columns
from kassaapp.export.past import Period
from kassaapp.history import DIFFERENCE, Filter
from kassaapp.trouble import BadRequest


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. With several tills at the desk and none named, each has a file of its own, its letter before
    the ending. `columns` and `wanted` are a table's: which columns, of which records. `with_patients` is a control
    visit's: patients with number and name instead of pseudonyms."""

    format: ExportFormat
    period: Period
    out: Path
    till: str | None = None
    columns: tuple[Column, ...] = USUAL
    wanted: Filter = field(default_factory=Filter)
    with_patients: bool = False


def read_request(given: Mapping[str, Any], *, signed_in: bool = False) -> Request:
    """What was asked for, from words: `format`, `first`, `last`, `out`; `till`; `columns`, `kind`, `user`,
    `session` and `receipt` of a table; `with_patients` of a control visit. Raises BadRequest."""
    wanted = _format(given)
    first, last = _day(given["first"]), _day(given["last"])
    if last < first:
        raise BadRequest("period", f"{first} till {last}")
    table = {name: given[name] for name in _OF_A_TABLE if given.get(name)}
    if table and wanted is not ExportFormat.CSV:
        raise BadRequest("table", f"--{next(iter(table))}")
    return Request(
        wanted,
        Period(first, last),
        Path(given["out"]),
        given.get("till"),
        read_columns(table["columns"].split(","), signed_in=signed_in) if "columns" in table else USUAL,
        Filter(
            kind=_kind(table.get("kind")),
            user=table.get("user"),
            session=_whole(table.get("session")),
            receipt=_whole(table.get("receipt")),
            first=first,
            last=last,
        ),
        _with_patients(given, wanted, signed_in=signed_in),
    )


_OF_A_TABLE = ("columns", "kind", "user", "session", "receipt")


def _format(given: Mapping[str, Any]) -> ExportFormat:
    for name, option in (("format", "FORMAT"), ("first", "--from"), ("last", "--to"), ("out", "--out")):
        if not given.get(name):
            raise BadRequest("missing", option)
    try:
        return ExportFormat(given["format"])
    except ValueError:
        raise BadRequest("format", given["format"]) from None


def _with_patients(given: Mapping[str, Any], wanted: ExportFormat, *, signed_in: bool) -> bool:
    if not given.get("with_patients"):
        return False
    if wanted is not ExportFormat.CONTROL_VISIT:
        raise BadRequest("control-visit", "--with-patients")
    if not signed_in:
        raise BadRequest("patients", "--with-patients")
    return True


def _kind(word: str | None) -> str | None:
    if word is not None and word not in KINDS and word != DIFFERENCE:
        raise BadRequest("kind", word)
    return word


def _whole(text: str | None) -> int | None:
    if text is not None and not (text.isascii() and text.isdecimal()):
        raise BadRequest("number", text)
    return None if text is None else int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("day", text) from None
