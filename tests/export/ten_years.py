"""`python -m tests.export.ten_years`: what each export of ten years (75,000 records) takes in time and in memory.

Each is a process of its own, as from a command line, so that its peak is its own; the limit is 300 MB (issue 7). The
folder's own program is run last, on a Python without anything. The desk is made once and kept outside the repository.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.decade import TILL, desk_folder

RECORDS = 75_000
LIMIT_MB = 300
PERIOD = ("--from", "2000-01-01", "--to", "2099-12-31", "--till", TILL)
FORMATS = {"xml": "ten.xml", "sie": "ten.si", "csv": "ten.csv", "control-visit": "ten"}


def main(records: int = RECORDS) -> int:
    """Measure and print; 1 when one is over the limit or did not come about."""
    with tempfile.TemporaryDirectory(prefix="kassa-ten-years-") as place:
        folder = Path(place)
        shutil.copytree(desk_folder(records), folder / "desk")
        told = [_tell(name, _export(folder, name)) for name in FORMATS]
        visit = folder / FORMATS["control-visit"] / "kontrollera.py"
        for choice in ((), ("--snabbt",)):
            words = [sys.executable, "-I", "-S", str(visit), *choice]
            told.append(_tell(" ".join(["kontrollera.py", *choice]), words))
    return 0 if all(told) else 1


def _export(folder: Path, name: str) -> list[str]:
    words = ["export", name, "--data", str(folder / "desk"), "--out", str(folder / FORMATS[name]), *PERIOD]
    return [sys.executable, "-m", "kassaapp", *words]


def _tell(name: str, command: Sequence[str]) -> bool:
    """Run it, print what it took, and say whether it came about within the limit."""
    began = time.monotonic()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert running.stderr is not None
    said = running.stderr.read().decode("utf-8", errors="replace").splitlines()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    mb, seconds = used.ru_maxrss / 1024, time.monotonic() - began
    good = running.returncode == 0 and mb <= LIMIT_MB
    print(f"{name:28} {seconds:7.1f} s {mb:6.0f} MB  {'ok' if good else 'NOT OK'}", flush=True)  # noqa: T201
    if running.returncode:
        print("\n".join(said[-5:]), flush=True)  # noqa: T201
    return good


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
