"""The auditor's tool: reads a cash journal by itself, checks everything in it, and says in Swedish what holds.

Shares with the till only the formats (`sync.wire`, `journal.payload`, `journal.shadow`) and the rules that add events
up. It reads a private copy with Python's own SQLite, so it never touches the evidence, and needs no key: personal parts
stay sealed, and their bytes are checked against their digests. Read `audit.py` first.
"""

import json
import sys
from pathlib import Path

from kassaapp.verify.audit import audit
from kassaapp.verify.reader import NotAJournal
from kassaapp.verify.report import Report, as_text


def main(path: Path, *, as_json: bool) -> int:
    """Verify the journal at `path` (a file, or a desk's folder with one or several) and print the verdict.

    The exit code: 0 intact, 1 findings, 2 not readable as a journal.
    """
    reports: list[Report] = []
    journals = _journals(path)
    try:
        if not journals:
            raise NotAJournal("här finns ingen kassajournal")
        reports = [audit(journal) for journal in journals]
    except NotAJournal as reason:
        _print_unreadable(path, str(reason), as_json=as_json)
        return 2
    if as_json:
        _print(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=1))
    else:
        _print("\n\n".join(as_text(report) for report in reports))
    return 1 if any(report.findings for report in reports) else 0


def _journals(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("journal.db")) or sorted(path.glob("*/journal.db"))
    return [path] if path.is_file() else []


def _print_unreadable(path: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        _print(json.dumps([{"path": str(path), "verdict": "unreadable", "reason": reason}], ensure_ascii=False))
    else:
        _print(f"{path}\nGÅR INTE ATT LÄSA: {reason}.")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
