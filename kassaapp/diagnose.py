"""What whoever helps with a till needs to know, in one ZIP: about the program and the machine, never about a person.

It may be made while the till runs, and reads nothing of a journal but the auditor's verdict in numbers.
"""

import json
import os
import platform
import shutil
import stat
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

from kassaapp import VERSION, clinic, enrolment, health, logs, standing
from kassaapp.journal import durable
from kassaapp.trouble import NotEnrolled, PlaceTaken
from kassaapp.verify import bench
from kassaapp.verify.given import Given
from kassaapp.verify.report import Finding, Report

PACKAGES = (
    "PySide6-Essentials",
    "apsw",
    "cryptography",
    "PyNaCl",
    "httpx2",
    "keyring",
    "reportlab",
    "segno",
    "python-escpos",
)
MAX_LOG_BYTES = 500_000
_SECRET_FIELDS = ("code",)
_HEALTH = "health.txt"
"""The one text that is not masked: it is made of words and measures of ours, and the desk's name, masked there; a free
disk is as long as a number of somebody's."""


def bundle(folder: Path, out: Path, at: datetime, *, verify: bool = True) -> Path:
    """Write the ZIP at `out`. `verify`: let the auditor read the journals too, which takes a while for old ones.

    Raises NotEnrolled, NotPermitted, PlaceTaken, OSError.
    """
    if not enrolment.is_enrolled(folder):
        raise NotEnrolled
    if out.exists():
        raise PlaceTaken(out.name)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _contents(folder, at, verify=verify):
            archive.writestr(name, text if name == _HEALTH else logs.masked(text))
    durable.write_bytes(out, made.getvalue())
    return out


def _contents(folder: Path, at: datetime, *, verify: bool) -> Iterator[tuple[str, str]]:
    yield "about.json", _json(_about(folder, at))
    yield _HEALTH, health.judge(folder, at).line + "\n"
    yield "clinic.json", _json(_clinic(folder))
    yield "files.txt", "\n".join(_files(folder)) + "\n"
    for name in (standing.NAME, "selftest.json"):
        if (folder / name).exists():
            yield name, (folder / name).read_text(encoding="utf-8", errors="replace")
    for path in sorted((folder / logs.FOLDER).glob("*.log*")):
        yield f"logs/{path.name}", _tail(path)
    if verify:
        yield "verify.json", _json([_verdict(report) for report in bench.examine(folder, Given())])


def _about(folder: Path, at: datetime) -> dict[str, Any]:
    uname, disk = platform.uname(), shutil.disk_usage(folder)
    return {
        "at": at.isoformat(),
        "program": VERSION,
        "python": platform.python_version(),
        "system": f"{uname.system} {uname.release}",
        "machine": uname.machine,
        "processors": os.cpu_count(),
        "disk_mb": {"all": disk.total // 1_000_000, "free": disk.free // 1_000_000},
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return _inside(Path(sys.executable).with_name("sbom.json")).get(name.lower())


def _inside(bom: Path) -> dict[str, str]:
    """Versions by name, as the build of a frozen program has listed them beside it; nothing of another."""
    try:
        listed = json.loads(bom.read_text(encoding="utf-8"))["components"]
    except (OSError, ValueError, KeyError):
        return {}
    return {one["name"].lower(): one["version"] for one in listed if "version" in one}


def _clinic(folder: Path) -> dict[str, Any]:
    """What the clinic file says, but for the code."""
    said = clinic.read_values(folder / enrolment.CLINIC_NAME)
    return {name: "…" if name in _SECRET_FIELDS else value for name, value in said.items()}


def _files(folder: Path) -> Iterator[str]:
    """Every file of the desk: rights, owner and group as numbers, size, when it was changed, and its name."""
    for path in sorted(folder.rglob("*")):
        seen = path.lstat()
        changed = datetime.fromtimestamp(seen.st_mtime).astimezone()
        whose = f"{stat.filemode(seen.st_mode)} {seen.st_uid}:{seen.st_gid}"
        yield f"{whose} {seen.st_size:>12} B {changed:%Y-%m-%d %H:%M:%S} {path.relative_to(folder).as_posix()}"


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - MAX_LOG_BYTES, 0))
        return file.read().decode("utf-8", errors="replace")


def _verdict(report: Report) -> dict[str, Any]:
    """The auditor's verdict in words of its own and numbers: what a finding says may quote what was found."""
    if report.unreadable:
        return {"verdict": "unreadable", "evidence": report.evidence.value}
    return {
        "verdict": "findings" if report.findings else "intact",
        "evidence": report.evidence.value,
        "register": report.register,
        "records": report.records,
        "proved_next": report.proved_next,
        "sessions": report.sessions,
        "findings": [_place(one) for one in report.findings],
        "warnings": [_place(one) for one in report.warnings],
    }


def _place(finding: Finding) -> str:
    return f"{finding.fault.value} {finding.chain}:{finding.seq}"


def _json(said: object) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1, default=str) + "\n"
