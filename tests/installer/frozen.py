"""The program as it is put on a desk: frozen once for all tests, by the command that IT runs."""

import subprocess
import sys
from pathlib import Path

from installer import freeze, source

ROOT = Path(__file__).parents[2]
_OUT = freeze.BUILD / "frozen"


def built(target: str) -> Path:
    """The folder of this very content; an earlier run's, when every file in it is as that run left it."""
    folder = _OUT / f"{freeze.TARGETS[target]}-{source.read().version}"
    if not is_whole(folder):
        command = [sys.executable, str(ROOT / "installer/build.py"), target, "--out", str(_OUT)]
        subprocess.run(command, cwd=ROOT, check=True)
    return folder


def is_whole(folder: Path) -> bool:
    """Whether the folder holds just the files that SHA256SUMS lists, unchanged."""
    if not (folder / freeze.SUMS).exists():
        return False
    found = {path.relative_to(folder).as_posix(): path for path in freeze.files_of(folder)}
    return {name: freeze.sha256(path) for name, path in found.items()} == freeze.read_sums(folder)
