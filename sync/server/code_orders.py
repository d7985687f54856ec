"""The command `register new` as it is given and told: one code, or with --table a code for every desk of a deployment.

A table is CSV as a spreadsheet writes it, with commas or semicolons, a row for each desk; `clinic`, `register` and
`tills` say what the code is for, and all other columns are passed on. Every row is looked at before the first code is
ordered, and the table comes back with `code` and `code_expires` filled in.
"""

import argparse
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sync.server import configuration, enrolment
from sync.server.errors import Refused
from sync.server.region import Region
from sync.wire import entry
from sync.wire.canonical import from_text
from sync.wire.errors import Malformed
from sync.wire.record import CHAIN_BYTES

SAYS = "print a one-time code for a new register, or a table of them"
COLUMNS = ("clinic", "register", "tills")


@dataclass(frozen=True, slots=True)
class Told:
    """What goes to standard output, and beside it."""

    lines: list[str]
    beside: list[str] = field(default_factory=list)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What may be said with it."""
    command.add_argument("--clinic", help="the clinic's id; with --parent, the parent's when left out")
    command.add_argument(
        "--name", help="the register's name, such as R0417; with --parent, its name by the next letter"
    )
    command.add_argument("--till", action="append", choices=["H", "E"], help="once for each till of the desk")
    command.add_argument(
        "--parent", action="append", default=[], metavar="CHAIN", help="the chain that a till succeeds"
    )
    command.add_argument("--table", type=Path, metavar="FILE.csv", help="a desk a row; printed again with its codes")


def is_whole(chosen: argparse.Namespace) -> bool:
    """Whether what was said makes an order."""
    if chosen.table is not None:
        return not (chosen.clinic or chosen.name or chosen.till or chosen.parent)
    return bool(chosen.parent or (chosen.clinic and chosen.name and chosen.till))


def run(region: Region, chosen: argparse.Namespace) -> Told:
    """Order what was asked for. Raises Refused, Malformed."""
    return _one(region, chosen) if chosen.table is None else _table(region, chosen.table.read_bytes())


def _one(region: Region, chosen: argparse.Namespace) -> Told:
    parents = [from_text(text, CHAIN_BYTES) for text in chosen.parent]
    code = enrolment.order(region, chosen.clinic, chosen.name, chosen.till or [], parents, unheld=True)
    made = enrolment.ordered(region, code)
    beside = _unpublished(region, {made.clinic})
    if parents:
        beside.append(f"{made.clinic}  {made.register}")
    return Told([enrolment.shown(code)], beside)


def _unpublished(region: Region, clinics: set[str]) -> list[str]:
    without = sorted(clinic for clinic in clinics if not configuration.published_for(region, clinic))
    return [f"no configuration is published yet for the clinic {clinic}" for clinic in without]


def _table(region: Region, raw: bytes) -> Told:
    dialect, columns, rows = _read(raw)
    wanted = [_checked(number, row) for number, row in enumerate(rows, start=2)]
    seen = {(clinic, register) for clinic, register, _ in wanted}
    if len(seen) < len(wanted):
        raise Malformed("the table names one register twice")
    for number, (row, (clinic, register, tills)) in enumerate(zip(rows, wanted, strict=True), start=2):
        with _in_line(number):
            code = enrolment.order(region, clinic, register, tills, unheld=True)
        expires = datetime.fromtimestamp(enrolment.ordered(region, code).expires_ms / 1000, UTC)
        row |= {"code": enrolment.shown(code), "code_expires": f"{expires:%Y-%m-%dT%H:%MZ}"}
    written = io.StringIO()
    out = csv.DictWriter(written, [*columns, *(name for name in ("code", "code_expires") if name not in columns)],
                         dialect=dialect, lineterminator="\n")  # fmt: skip
    out.writeheader()
    out.writerows(rows)
    return Told(written.getvalue().splitlines(), _unpublished(region, {clinic for clinic, _, _ in wanted}))


def _read(raw: bytes) -> tuple[type[csv.Dialect], list[str], list[dict[str, str]]]:
    """How the table is written, its columns, its rows. Raises Malformed."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("the table is not UTF-8 text") from None

    class Dialect(csv.excel):
        delimiter = ";" if text.partition("\n")[0].count(";") else ","

    found = csv.DictReader(io.StringIO(text), dialect=Dialect, strict=True)
    columns = list(found.fieldnames or [])
    lacking = [name for name in COLUMNS if name not in columns]
    if lacking or len(set(columns)) < len(columns):
        raise Malformed(f"the table's first row lacks {', '.join(lacking)}" if lacking else "a column is there twice")
    try:
        rows = list(found)
    except csv.Error:
        raise Malformed("the table is not CSV") from None
    return Dialect, columns, rows


def _checked(number: int, row: dict[str, str]) -> tuple[str, str, list[str]]:
    """Clinic, register and tills of a row, line `number` of the table. Raises Malformed."""
    with _in_line(number):
        if None in row or None in row.values():
            raise Malformed("more or fewer cells than the first line")
        tills = row["tills"].split()
        if not tills or len(set(tills)) < len(tills) or not set(tills) <= {"H", "E"}:
            raise Malformed("tills is H, E or H E")
        return entry.check_clinic(row["clinic"].strip()), entry.check_register(row["register"].strip()), tills


@contextmanager
def _in_line(number: int) -> Iterator[None]:
    """Whatever is wrong inside is told with the line of the table."""
    try:
        yield
    except Malformed as mistake:
        raise Malformed(f"line {number}: {mistake}") from None
    except Refused as refused:
        raise Refused(refused.status, f"{refused.why} (line {number})") from None
