"""The auditor's tool: reads a till's evidence by itself, checks everything in it, and says in Swedish what holds.

Evidence is a journal or a desk's folder, a lone second medium, the digits of a QR code on paper, or a region's answer.
Shares with the till only the formats (`sync.wire`, `journal.payload`, `printout.qr`) and the rules that add events up.
It reads a private copy with Python's own SQLite, so it never touches the evidence, and needs no secret: personal parts
stay sealed, and their bytes are checked against their digests. Read `audit.py` first, then `fault.py`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from kassaapp.verify import bench, given
from kassaapp.verify.given import Given, NotAKey
from kassaapp.verify.report import Report
from kassaapp.verify.verdict import as_text


def main(
    path: Path,
    *,
    as_json: bool,
    journal: Path | None = None,
    key: str | None = None,
    root_key: str | None = None,
    trust: str | None = None,
) -> int:
    """Verify the evidence at `path` ("-" is standard input, for a slip or an answer) and print the verdict.

    The exit code: 0 intact, 1 findings, 2 something is not readable. `journal`, `key`, `root_key` and `trust` are what
    the auditor brings besides (`given.py`).
    """
    try:
        reports = bench.examine(path, given.read(journal, key, root_key, trust))
    except NotAKey as reason:
        reports = [Report(path, unreadable=str(reason))]
    except PermissionError:
        reports = [Report(path, unreadable="det här kontot på datorn får inte läsa det")]
    except OSError as error:
        reports = [Report(path, unreadable=f"disken svarade med ett fel ({error.strerror})")]
    if as_json:
        _print(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=1))
    else:
        _print("\n\n".join(as_text(report) for report in reports))
    codes = {report.exit_code for report in reports}
    return 2 if 2 in codes else max(codes)


def findings(journal: Path, root_key: bytes) -> tuple[str, list[dict[str, Any]]]:
    """The verdict on the journal in this file, for a person and for programs. Neither says where it lies.
    The second medium is not looked at."""
    reports = bench.examine(journal, Given(root_key=root_key, alone=True))
    for report in reports:
        report.path = Path(journal.name)
    return "\n\n".join(as_text(report) for report in reports), [report.as_json() for report in reports]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


__all__ = ["Given", "findings", "main"]
