"""Clinic files for a whole region from one table: a row for each desk, a small file for each row, and the list that
says which file goes to which desk. Nothing else differs between clinics.

The table is CSV, with commas or semicolons, as a spreadsheet writes it. Its columns are the fields of the clinic file
(docs/OPERATING.md) and `clinic`, `register`, `machine`, `code_expires`, which are for the list; `desk` is for both.
The region's command fills in the codes. Each file is read by the till's own parser before any is written: all are
made, or none.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kassaapp import clinic
from kassaapp.trouble import BadClinicFile
from sync.wire import entry
from sync.wire.errors import Malformed

LIST = "deployment.csv"
ABOUT = ("clinic", "register", "desk", "machine", "code_expires")
"""Columns that are for the list; of them only `desk` is in the clinic file too."""
LISTED = ("machine", "clinic", "desk", "register", "tills", "file", "sha256", "code_expires")
_FLAGS = {"": False, "true": True, "false": False, "ja": True, "nej": False}
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")


class BadTable(Exception):
    """Nothing was written. Carries what is wrong, a sentence each, with the line of the table."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))
        self.found = found


@dataclass(frozen=True, slots=True)
class Desk:
    """A row: what is for the list, and the text of the clinic file. `line` is the table's."""

    line: int
    about: dict[str, str]
    text: str
    said: clinic.Clinic

    @property
    def file(self) -> str:
        """The name of its clinic file."""
        return f"{self.about['clinic']}-{self.about['register']}.toml"


def main(arguments: list[str] | None = None) -> int:
    """Run `build.py clinics`; 0, or 2 when the table is not right."""
    parser = argparse.ArgumentParser(prog="installer/build.py clinics", description=__doc__)
    parser.add_argument("table", type=Path, metavar="TABLE.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder that is empty or not there")
    parser.add_argument("--server", default="", help="for every row whose server is empty")
    parser.add_argument("--root-key", default="", help="for every row whose root_key is empty")
    chosen = parser.parse_args(arguments)
    usual = {"server": chosen.server, "root_key": chosen.root_key}
    try:
        desks = read(chosen.table.read_bytes(), usual, datetime.now(UTC))
        write(desks, chosen.out)
    except BadTable as bad:
        for sentence in bad.found:
            print(sentence, file=sys.stderr)
        print(f"{len(bad.found)} found in {chosen.table}; nothing was written", file=sys.stderr)
        return 2
    except OSError as trouble:
        print(f"{trouble.strerror}: {trouble.filename}", file=sys.stderr)
        return 2
    print(f"{len(desks)} clinic files and {LIST} in {chosen.out}")
    return 0


def read(raw: bytes, usual: dict[str, str], now: datetime) -> list[Desk]:
    """The desks of a table; `usual` fills empty cells. Raises BadTable with all that is wrong."""
    columns, rows = _rows(raw)
    unknown = sorted(set(columns) - set(ABOUT) - clinic.FIELDS)
    lacking = [name for name in ("clinic", "register", "tills", "code") if name not in columns]
    if unknown or lacking:
        raise BadTable(
            [f"line 1: no such column: {name}" for name in unknown] + [f"line 1: lacks {n}" for n in lacking]
        )
    desks: list[Desk] = []
    found: list[str] = []
    for line, row in rows:
        try:
            desks.append(_desk(line, row, usual, now))
        except (BadClinicFile, Malformed) as wrong:
            found.append(f"line {line}: {_what(wrong)}")
    found += _twice(desks)
    if found or not desks:
        raise BadTable(found or ["the table has no row"])
    return desks


def write(desks: list[Desk], folder: Path) -> None:
    """A file for each desk, which only its owner may read, for it holds a code; and the list, which holds none."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadTable([f"{folder} is not empty: another deployment's files may lie there"])
    for desk in desks:
        descriptor = os.open(folder / desk.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(desk.text)
    with (folder / LIST).open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, LISTED, delimiter=";")
        out.writeheader()
        out.writerows(_listed(desk) for desk in sorted(desks, key=lambda desk: desk.file))


def _rows(raw: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The columns, and each row with its line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(["the table is not UTF-8: save it as “CSV UTF-8”"]) from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    found = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True, restval=None)
    try:
        rows = [(found.line_num, row) for row in found]
    except csv.Error as wrong:
        raise BadTable([f"line {found.line_num}: {wrong}"]) from None
    uneven = [f"line {line}: more or fewer cells than line 1" for line, row in rows if None in (*row, *row.values())]
    if uneven:
        raise BadTable(uneven)
    return list(found.fieldnames or []), rows


def _desk(line: int, row: dict[str, str], usual: dict[str, str], now: datetime) -> Desk:
    """One row. Raises BadClinicFile naming the field, Malformed."""
    cells = {name: cell.strip() or usual.get(name, "") for name, cell in {**dict.fromkeys(usual, ""), **row}.items()}
    about = {name: cells.get(name, "") for name in ABOUT}
    entry.check_clinic(about["clinic"])
    entry.check_register(about["register"])
    if not _CODE.fullmatch(cells["code"].replace("-", "").upper()):
        raise BadClinicFile("code")
    _check_expiry(about["code_expires"], now)
    text = "".join(_written(name, cells[name]) for name in sorted(clinic.FIELDS) if cells.get(name))
    return Desk(line, about, text, clinic.parse(text))


def _check_expiry(said: str, now: datetime) -> None:
    if said:
        try:
            expires = datetime.fromisoformat(said)
        except ValueError:
            raise BadClinicFile("code_expires") from None
        if expires.tzinfo is None:
            raise Malformed("code_expires has no zone, as Z in 2026-11-23T07:00Z")
        if expires <= now:
            raise Malformed("the code has expired: order new ones")


def _written(name: str, cell: str) -> str:
    """A line of the clinic file."""
    if name == "tills":
        return f"tills = {json.dumps(cell.split())}\n"
    if name in ("customer_display", "demo"):
        if cell.lower() not in _FLAGS:
            raise BadClinicFile(name)
        return f"{name} = {json.dumps(_FLAGS[cell.lower()])}\n"
    return f"{name} = {json.dumps(cell, ensure_ascii=False)}\n"


def _what(wrong: BadClinicFile | Malformed) -> str:
    return f"{wrong} is missing or not right" if isinstance(wrong, BadClinicFile) else str(wrong)


def _twice(desks: list[Desk]) -> Iterator[str]:
    """What two desks may not share: a name at a clinic, a code, a machine, or the file of a second medium."""
    seen: dict[tuple[str, ...], int] = {}
    for desk in desks:
        told = desk.about
        for what, key in (
            ("this register of this clinic", (told["clinic"], told["register"])),
            ("this desk of this clinic", (told["clinic"], told["desk"].lower()) if told["desk"] else ()),
            ("this code", (str(desk.said.code).replace("-", "").upper(),)),
            ("this machine", (told["machine"].lower(),) if told["machine"] else ()),
            ("this second medium for this register", _medium(desk)),
        ):
            before = seen.setdefault((what, *key), desk.line) if key else desk.line
            if before != desk.line:
                yield f"line {desk.line}: {what} is on line {before} already"


def _medium(desk: Desk) -> tuple[str, ...]:
    medium = desk.said.second_medium
    return () if medium is None else (str(medium).lower(), desk.about["register"])


def _listed(desk: Desk) -> dict[str, str]:
    digest = hashlib.sha256(desk.text.encode()).hexdigest()
    told = {"tills": " ".join(desk.said.tills), "file": desk.file, "sha256": digest}
    return {name: {**desk.about, **told}[name] for name in LISTED}


if __name__ == "__main__":
    sys.exit(main())
