"""A table holds the chosen columns of what was chosen, adds up, runs nothing, and names nobody it may not."""

import csv as reader
import io
from collections.abc import Sequence
from functools import cache
from random import Random

import pytest

from kassaapp.domain.events import Event, SaleRefunded, SaleRegistered
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import PROTECTED_NAME, Patient
from kassaapp.export import csv
from kassaapp.export.csv import Column, Persons
from kassaapp.history import Filter, row_of
from kassaapp.journal.journal import Written
from kassaapp.trouble import BadRequest, NothingThere
from tests.builders import ADULT, PROTECTED, a_patient, a_sale
from tests.export.years import Year, past_of

ROW = "Rad"


@cache
def a_month() -> tuple[Event, ...]:
    return tuple(Year(Random(5), 30).events)


def nobody(patient: Patient) -> None:
    raise AssertionError("somebody was named")


def pseudonym(patient: PatientId) -> str:
    return f"P-{int(patient.reveal()) % 97}"


NOBODY = Persons(frozenset(), pseudonym, nobody)


def table(
    events: Sequence[Event], *columns: Column, wanted: Filter | None = None, persons: Persons = NOBODY
) -> list[dict[str, str]]:
    """The table as a spreadsheet reads it: its rows, and last the sums."""
    looked_for = Filter() if wanted is None else wanted
    out = io.StringIO(newline="")
    listed = [
        (entry, row)
        for entry in past_of(events).entries()
        if looked_for.fits(row := row_of(Written(entry.event, entry.seq, entry.hash, entry.env), None))
    ]
    csv.write(out, listed, columns, persons)
    assert out.getvalue().startswith("\ufeff")
    return list(reader.DictReader(io.StringIO(out.getvalue()[1:], newline=""), delimiter=";"))


def ore(written: str) -> int:
    return int(written.replace(",", ""))


def test_the_sums_of_each_kind_are_those_of_its_rows_and_of_the_journal() -> None:
    rows = table(a_month(), Column.KIND, Column.AMOUNT, Column.CASH, Column.VAT)

    sales = [event for event in a_month() if isinstance(event, SaleRegistered)]
    refunds = [event for event in a_month() if isinstance(event, SaleRefunded)]
    (sold,) = [row for row in rows if row[ROW] == f"Summa försäljning, {len(sales)} st"]
    (back,) = [row for row in rows if row[ROW] == f"Summa återbetalning, {len(refunds)} st"]
    assert ore(sold["Belopp"]) == sum(event.total_ore for event in sales) != 0
    assert ore(sold["Moms"]) == sum(sum(event.vat.values()) for event in sales) != 0
    assert ore(back["Belopp"]) == sum(event.total_ore for event in refunds) != 0
    of_sales = [row for row in rows if row["Händelse"] == "Försäljning"]
    assert ore(sold["Kontant"]) == sum(ore(row["Kontant"]) for row in of_sales if row["Kontant"]) != 0


def test_only_what_was_chosen_is_there() -> None:
    rows = table(a_month(), Column.RECEIPT, Column.KIND, wanted=Filter(kind="refund"))

    assert {row["Händelse"] for row in rows[:-1]} == {"Återbetalning"}
    assert [row["Kvitto"] for row in rows[:-1]] == [
        str(event.receipt) for event in a_month() if isinstance(event, SaleRefunded)
    ]
    assert list(rows[0]) == [ROW, "Kvitto", "Händelse"]


@pytest.mark.parametrize("column", Column)
def test_every_column_has_a_heading_and_something_in_it(column: Column) -> None:
    persons = Persons(frozenset(), pseudonym, lambda _: None)

    rows = table(a_month(), column, persons=persons)

    empty = {Column.INVOICE}  # A till that gives invoices by hand takes none.
    assert any(row[csv.HEADINGS[column]] for row in rows) is (column not in empty)


# ── Formulas ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["=A1+1", "+46A", "-2+A3", "@SUM(A1)", '=HYPERLINK("x")'])
def test_no_text_is_a_formula(text: str) -> None:
    named = a_sale(a_patient(name=text))

    rows = table([named], Column.PATIENT_NAME, persons=Persons(frozenset(), pseudonym, lambda _: None))

    assert rows[0]["Namn"][0] == "'"


def test_white_space_before_a_formula_hides_nothing() -> None:
    assert [csv.plain(text) for text in ("\t=1", "\r=1", "Läkarbesök")] == ["'\t=1", "'\r=1", "Läkarbesök"]


def test_an_amount_below_nothing_is_still_a_number() -> None:
    events = [event for event in a_month() if getattr(event, "amount_ore", 0) < 0]

    rows = table(events, Column.AMOUNT)

    assert rows[0]["Belopp"] == "-100,00"


# ── Patients ─────────────────────────────────────────────────────────────────────────────────────


def test_a_patient_is_a_pseudonym() -> None:
    rows = table(a_month(), Column.PATIENT, Column.ARTICLES)

    seen = {row["Patient"] for row in rows if row["Patient"]}
    assert len(seen) == 3
    assert all(one.startswith("P-") for one in seen)


def test_who_is_named_is_told_of_and_the_protected_never_are() -> None:
    told: list[str] = []
    sold = [a_sale(a_patient(ADULT)), a_sale(a_patient(PROTECTED, PROTECTED_NAME, protected=True))]

    rows = table(
        sold,
        Column.PATIENT_NUMBER,
        Column.PATIENT_NAME,
        persons=Persons(frozenset(), pseudonym, lambda patient: told.append(patient.name)),
    )

    assert [(row["Personnummer"], row["Namn"]) for row in rows[:2]] == [
        ("19610118-2803", "Test Testsson"),
        (pseudonym(sold[1].patient.id), PROTECTED_NAME),
    ]
    assert set(told) == {"Test Testsson"}


def test_who_became_protected_later_is_not_named_in_what_was_before() -> None:
    before = a_sale(a_patient(ADULT))

    rows = table(
        [before],
        Column.PATIENT_NUMBER,
        Column.PATIENT_NAME,
        persons=Persons(frozenset({before.patient.id}), pseudonym, nobody),
    )

    assert (rows[0]["Personnummer"], rows[0]["Namn"]) == (pseudonym(before.patient.id), PROTECTED_NAME)


@pytest.mark.parametrize("column", sorted(csv.NAMING))
def test_a_column_that_may_name_somebody_is_for_who_is_signed_in(column: Column) -> None:
    with pytest.raises(BadRequest) as refused:
        csv.read_columns(["at", column.value], signed_in=False)

    assert (refused.value.what, refused.value.given) == ("signed-in", column.value)
    assert csv.read_columns(["at", column.value], signed_in=True) == (Column.AT, column)


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadRequest) as refused:
        csv.read_columns(["at", "belopp"], signed_in=True)

    assert (refused.value.what, refused.value.given) == ("column", "belopp")


def test_a_table_of_nothing_is_refused() -> None:
    with pytest.raises(NothingThere):
        table(a_month(), Column.AT, wanted=Filter(receipt=999_999))
