"""The auditor's tool: reads a cash journal by itself, checks everything in it, and says in Swedish what holds.

Shares with the till only the formats (`sync.wire`, `journal.payload`, `journal.shadow`) and the rules that add events
up. It reads a private copy with Python's own SQLite, so it never touches the evidence, and needs no key: personal parts
stay sealed, and their bytes are checked against their digests. Read `audit.py` first.
"""

import json
import sys
import tomllib
from pathlib import Path

from kassaapp.verify.audit import audit
from kassaapp.verify.reader import NotAJournal
from kassaapp.verify.report import Fault, Report, as_text


def main(path: Path, *, as_json: bool) -> int:
    """Verify the journal at `path` (a file, or a desk's folder with one or several) and print the verdict.

    The exit code: 0 intact, 1 findings, 2 something is not readable as a journal.
    """
    journals = _journals(path)
    reports = [_report(journal) for journal in journals] or [Report(path, unreadable="här finns ingen kassajournal")]
    if as_json:
        _print(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=1))
    else:
        _print("\n\n".join(as_text(report) for report in reports))
    if any(report.unreadable for report in reports):
        return 2
    return 1 if any(report.findings for report in reports) else 0


def _report(journal: Path) -> Report:
    if not journal.is_file():
        report = Report(journal)
        report.add(Fault.MISSING, 0, "hela kassajournalen saknas")
        return report
    try:
        return audit(journal)
    except NotAJournal as reason:
        return Report(journal, unreadable=str(reason))


def _journals(path: Path) -> list[Path]:
    """The journals at `path`: of a desk, those its clinic file names, also one that is not there."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    if (path / "journal.db").is_file():
        return [path / "journal.db"]
    there = {found.parent.name for found in path.glob("*/journal.db")}
    return [path / till / "journal.db" for till in sorted(there | _tills(path / "clinic.toml"))]


def _tills(clinic_file: Path) -> set[str]:
    try:
        named = tomllib.loads(clinic_file.read_text(encoding="utf-8-sig")).get("tills", ["H"])
    except (OSError, ValueError):
        return set()
    return {till for till in named if till in ("H", "E")} if isinstance(named, list) else set()


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
