"""What a build is made of: the tree's own files, set out in a folder of their own, and the version that names them.

The version of a build is its content: `0.1.0+20261122154300.1f3c…`, the program's version, when its commit was made
(UTC), and the first twelve characters of the SHA-256 over every file that goes in and the name of the Python that runs
it. Two machines that build one commit get one version; who changes a byte gets another. A later commit sorts after an
earlier one, as packages want it.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kassaapp", "sync", "resources", "installer/frozen", "installer/packages")
LOCKS = ("requirements.lock", "requirements-build.lock")
NOT_OURS = {"__pycache__"}
VERSION_FILE = "kassaapp/__init__.py"
_VERSION = re.compile(r'^VERSION = "([^"]+)"$', re.MULTILINE)
EARLIEST_S = 315_532_800
"""1 January 1980: the first moment a zip archive can tell. Used where neither git nor SOURCE_DATE_EPOCH says more."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one build is made of. `made_s` is the commit's time in seconds since 1970; `content` a SHA-256 in hex."""

    root: Path
    files: tuple[str, ...]
    made_s: int
    content: str
    number: str

    @property
    def version(self) -> str:
        """Which build this is. Greater for a later commit, in Debian's order and in any other."""
        made = datetime.fromtimestamp(self.made_s, UTC)
        return f"{self.number}+{made:%Y%m%d%H%M%S}.{self.content[:12]}"


def read(root: Path = ROOT) -> Source:
    """Look at the tree as it lies on the disk now, committed or not."""
    files = tuple(sorted(_tracked(root) or _found(root)))
    listed = "".join(f"{_sha256(root / name)}  {name}\n" for name in (*files, *LOCKS))
    listed += f"python {platform.python_version()} {sys.platform}\n"
    number = _VERSION.search((root / VERSION_FILE).read_text(encoding="utf-8"))
    assert number is not None, f"{VERSION_FILE} says no VERSION"
    return Source(root, files, _made_s(root), hashlib.sha256(listed.encode()).hexdigest(), number[1])


def stage(source: Source, folder: Path) -> None:
    """Set the files out in `folder` and nothing else, the version written in, all with the commit's time."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in source.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((source.root / name).read_bytes())
    marked = folder / VERSION_FILE
    text = _VERSION.sub(f'VERSION = "{source.version}"', marked.read_text(encoding="utf-8"))
    marked.write_text(text, encoding="utf-8", newline="\n")
    for path in folder.rglob("*"):
        os.utime(path, (source.made_s, source.made_s))


def _tracked(root: Path) -> list[str]:
    """What git knows or would take, of the parts that go in; empty without git."""
    said = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PARTS)
    return [name for name in (said or "").split("\0") if name and (root / name).is_file()]


def _found(root: Path) -> list[str]:
    """The same by looking, for a copy of the tree that git knows nothing of."""
    paths = [path for part in PARTS for path in (root / part).rglob("*") if path.is_file()]
    return [path.relative_to(root).as_posix() for path in paths if not NOT_OURS & set(path.parts)]


def _made_s(root: Path) -> int:
    told = os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "log", "-1", "--format=%ct")
    return max(int(told), EARLIEST_S) if told else EARLIEST_S


def _git(root: Path, *words: str) -> str | None:
    """What git says, or None: there is none, or this is no repository of ours."""
    command: Sequence[str] = ["git", "-C", str(root), *words]
    if not (root / ".git").exists():
        return None
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
