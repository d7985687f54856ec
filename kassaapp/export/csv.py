"""A table for a special report: chosen columns, one row for each record that was chosen, and the sums of each kind.

Written as a Swedish spreadsheet opens it: UTF-8 with a mark, semicolons, decimal commas. No text in it can be taken for
a formula. A patient is a pseudonym; the columns that name patients are for somebody who is signed in, and a protected
person is a pseudonym there too (R58, DOMAIN 6.3).
"""

import csv
import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TextIO

from kassaapp.domain.money import KRONA
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import PROTECTED_NAME, Patient, Tender
from kassaapp.export.past import Entry
from kassaapp.trouble import BadRequest, NothingThere
from kassaapp.wording.history import event_kind

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""


class Column(enum.StrEnum):
    """A column of a table, by the name it is asked for with."""

    RECORD = "record"
    AT = "at"
    TILL = "till"
    KIND = "kind"
    SESSION = "session"
    USER = "user"
    RECEIPT = "receipt"
    AMOUNT = "amount"
    DIFFERENCE = "difference"
    CASH = "cash"
    CARD = "card"
    SWISH = "swish"
    INVOICE = "invoice"
    ON_ACCOUNT = "on_account"
    ROUNDING = "rounding"
    VAT = "vat"
    ARTICLES = "articles"
    VISIT_DATE = "visit_date"
    PATIENT = "patient"
    REASON = "reason"
    PATIENT_NUMBER = "patient_number"
    PATIENT_NAME = "patient_name"


HEADINGS = {
    Column.RECORD: "Post",
    Column.AT: "Tid",
    Column.TILL: "Kassa",
    Column.KIND: "Händelse",
    Column.SESSION: "Session",
    Column.USER: "Användare",
    Column.RECEIPT: "Kvitto",
    Column.AMOUNT: "Belopp",
    Column.DIFFERENCE: "Differens",
    Column.CASH: "Kontant",
    Column.CARD: "Kort",
    Column.SWISH: "Swish",
    Column.INVOICE: "Faktura",
    Column.ON_ACCOUNT: "A conto",
    Column.ROUNDING: "Öresavrundning",
    Column.VAT: "Moms",
    Column.ARTICLES: "Artiklar",
    Column.VISIT_DATE: "Besöksdag",
    Column.PATIENT: "Patient",
    Column.REASON: "Orsak",
    Column.PATIENT_NUMBER: "Personnummer",
    Column.PATIENT_NAME: "Namn",
}
USUAL = (
    Column.RECORD,
    Column.AT,
    Column.TILL,
    Column.KIND,
    Column.SESSION,
    Column.USER,
    Column.RECEIPT,
    Column.AMOUNT,
)
"""What a table has when nobody has chosen."""
NAMING = frozenset({Column.REASON, Column.PATIENT_NUMBER, Column.PATIENT_NAME})
"""Columns that say who a patient is, or may: a reason is free text. Only for somebody who is signed in (R60)."""
_TENDERS = {Column(tender.value): tender for tender in Tender}


class Fact(Protocol):
    """A record as the history shows it: `kassaapp.history.Row`."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def session(self) -> int | None: ...
    @property
    def user(self) -> str | None: ...
    @property
    def receipt(self) -> int | None: ...
    @property
    def amount_ore(self) -> int | None: ...
    @property
    def difference_ore(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Persons:
    """How patients are told of: whom nobody may name, what stands for them, and who is told of each person named, so
    that it is put on record (R60)."""

    protected: frozenset[PatientId]
    pseudonym: Callable[[PatientId], str]
    named: Callable[[Patient], None]


Cell = str | int | None
"""What stands in a column: text, öre, or nothing. Öre only in the columns that are summed."""


@dataclass(slots=True)
class _Sum:
    count: int = 0
    ore: dict[Column, int] = field(default_factory=dict)


def read_columns(names: Sequence[str], *, signed_in: bool) -> tuple[Column, ...]:
    """The columns with those names, each once. Raises BadRequest for one that is not there, and for one that names
    patients when nobody is signed in."""
    try:
        columns = tuple(dict.fromkeys(Column(name.strip()) for name in names))
    except ValueError:
        unknown = next(name for name in names if name.strip() not in set(Column))
        raise BadRequest("column", unknown) from None
    for column in columns:
        if column in NAMING and not signed_in:
            raise BadRequest("signed-in", column.value)
    return columns


def write(out: TextIO, listed: Iterable[tuple[Entry, Fact]], columns: Sequence[Column], persons: Persons) -> int:
    """Write the table; how many records are in it. `out` writes UTF-8 and ends lines as they are. Raises
    NothingThere."""
    out.write(BYTE_ORDER_MARK)
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(["Rad", *(HEADINGS[column] for column in columns)])
    sums: dict[str, _Sum] = {}
    rows = 0
    for entry, fact in listed:
        rows += 1
        cells = row(columns, entry, fact, persons)
        table.writerow([rows, *(written(column, cell) for column, cell in cells.items())])
        _add(sums.setdefault(fact.kind, _Sum()), cells)
    if not rows:
        raise NothingThere
    for kind in sorted(sums):
        table.writerow(_sum_row(kind, sums[kind], columns))
    return rows


def row(columns: Sequence[Column], entry: Entry, fact: Fact, persons: Persons) -> dict[Column, Cell]:
    """What stands in each column of a record's row."""
    return {column: _cell(column, entry, fact, persons) for column in columns}


def _add(total: _Sum, cells: dict[Column, Cell]) -> None:
    total.count += 1
    for column, cell in cells.items():
        if column in SUMMED and isinstance(cell, int):
            total.ore[column] = total.ore.get(column, 0) + cell


def _sum_row(kind: str, total: _Sum, columns: Sequence[Column]) -> list[str]:
    label = f"Summa {event_kind(kind).lower()}, {total.count} st"
    return [label, *("" if column not in total.ore else _kronor(total.ore[column]) for column in columns)]


SUMMED = frozenset({Column.AMOUNT, Column.DIFFERENCE, Column.ROUNDING, Column.VAT, *_TENDERS})
"""The columns with amounts, in öre until they are written."""


def written(column: Column, cell: Cell) -> str:
    """The cell as it stands in a table of text."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return _kronor(cell) if column in SUMMED else str(cell)
    return plain(cell)


def plain(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: with an apostrophe before, when it could be taken so."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _kronor(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // KRONA},{abs(ore) % KRONA:02}"


# ── cells ────────────────────────────────────────────────────────────────────────────────────────


def _cell(column: Column, entry: Entry, fact: Fact, persons: Persons) -> Cell:
    match column:
        case Column.RECORD:
            return fact.seq
        case Column.AT:
            return f"{fact.at:%Y-%m-%d %H:%M:%S}"
        case Column.TILL:
            return entry.till
        case Column.KIND:
            return event_kind(fact.kind)
        case Column.SESSION:
            return fact.session
        case Column.USER:
            return fact.user
        case Column.RECEIPT:
            return fact.receipt
        case Column.AMOUNT:
            return fact.amount_ore
        case Column.DIFFERENCE:
            return fact.difference_ore
        case _:
            return _cell_of_event(column, entry, persons)


def _cell_of_event(column: Column, entry: Entry, persons: Persons) -> Cell:
    """What only some kinds of event have; nothing for the others."""
    event: Any = entry.event
    match column:
        case Column.ROUNDING:
            return getattr(event, "rounding_ore", None)
        case Column.VAT:
            return sum(event.vat.values()) if hasattr(event, "vat") else None
        case Column.ARTICLES:
            return ", ".join(line.text for line in getattr(event, "lines", ()) if hasattr(line, "text"))
        case Column.VISIT_DATE:
            return str(event.visit_date) if hasattr(event, "visit_date") else None
        case Column.REASON:
            return getattr(event, "reason", None)
        case Column.PATIENT | Column.PATIENT_NUMBER | Column.PATIENT_NAME:
            patient: Patient | None = getattr(event, "patient", None)
            return None if patient is None else _person(column, patient, persons)
        case _:
            return _paid(event, _TENDERS[column])


def _paid(event: Any, tender: Tender) -> int | None:
    """What was paid so, or paid out so; nothing for what has no such payment."""
    shares = [payment.amount_ore for payment in getattr(event, "payments", ()) if payment.by is tender]
    return sum(shares) if shares else None


def _person(column: Column, patient: Patient, persons: Persons) -> str:
    protected = patient.protected or patient.id in persons.protected
    if column is Column.PATIENT or (protected and column is Column.PATIENT_NUMBER):
        return persons.pseudonym(patient.id)
    if protected:
        return PROTECTED_NAME
    persons.named(patient)
    return patient.name if column is Column.PATIENT_NAME else patient.id.formatted_long()
