"""A control visit's folder in a test: to run its own program, and to do harm as who covers the tracks."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kassaapp.app import Desk
from sync.client.engine import Proof
from sync.wire import checkpoint
from tests.desks import MONDAY_MORNING, a_clock
from tests.verify.forge import Ledger


def prove(folder: Path, *counts: int) -> None:
    """The region has proved at each of these counts that it has so many records."""
    ledger = Ledger.of(folder)
    with Desk.open(folder, a_clock(MONDAY_MORNING + timedelta(days=1))) as desk:
        journal = desk._tills["H"].journal
        for count in counts:
            known = len(ledger.leaves)
            ledger.take(journal.hash_of(seq) for seq in range(known - 1, count))
            said = ledger.pushed(count, count, known)
            head = checkpoint.read(said.note, journal.trust.origin, journal.trust.ledger_key)
            journal.keep(Proof(count, said.leaf, said.index, said.inclusion, said.consistency, head))


def examined(visit: Path, *words: str) -> tuple[int, str]:
    """What the folder's own program ends with and says, run as on a machine that has Python and nothing else."""
    environment = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {}
    command = [sys.executable, "-I", "-S", "kontrollera.py", *words]
    ran = subprocess.run(command, cwd=visit, env=environment, capture_output=True, timeout=60, check=False)
    assert ran.stderr == b""
    return ran.returncode, ran.stdout.decode("utf-8")


def sum_up(visit: Path) -> None:
    """Write the list of sums anew, as one would who covers their tracks."""
    names = sorted(path.relative_to(visit).as_posix() for path in visit.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256((visit / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if name != "SHA256SUMS.txt"
    ]
    (visit / "SHA256SUMS.txt").write_text("".join(lines), encoding="utf-8")


def change(visit: Path, name: str, make: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a file of evidence."""
    path = visit / "bevis" / name
    path.write_text("".join(make(path.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    sum_up(visit)


def rewrite(path: Path, make: Callable[[str], str]) -> None:
    """Change a file of text, which must then be another."""
    before = path.read_bytes().decode("utf-8")
    after = make(before)
    assert after != before
    path.write_bytes(after.encode("utf-8"))


def in_the_sheet(visit: Path, make: Callable[[str], str]) -> None:
    """Change the spreadsheet's only sheet."""
    path = visit / "journal/kassajournal.xlsx"
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    before = parts[sheet].decode("utf-8")
    parts[sheet] = make(before).encode("utf-8")
    assert parts[sheet].decode("utf-8") != before
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def without_the_last_row(visit: Path) -> None:
    """The last record is in no table any more."""
    rewrite(visit / "journal/kassajournal.csv", lambda text: re.sub(r"[^\n]*\n\Z", "", text))
    in_the_sheet(visit, lambda text: re.sub(r"<row (?:(?!<row ).)*</sheetData>", "</sheetData>", text))
