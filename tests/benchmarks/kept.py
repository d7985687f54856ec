"""What benchmarks keep between runs, outside the repository: journals of many years, and the peers' programs.

    $XDG_CACHE_HOME/kassa-benchmarks    or ~/.cache/kassa-benchmarks; `$KASSA_BENCHMARKS` names another folder

Everything in it can be thrown away: it is made again, from a seed.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    """The folder itself."""
    told = os.environ.get("KASSA_BENCHMARKS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    found = Path(told) if told else cache / "kassa-benchmarks"
    found.mkdir(parents=True, exist_ok=True)
    return found


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder called `name`; when it is not there, `make` fills it first, and a half one is not kept."""
    path = folder() / name
    if not path.exists():
        fresh = folder() / f"{name}.{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        make(fresh)
        fresh.replace(path)
    return path


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the same disk, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder(), prefix="run-") as path:
        yield Path(path)


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """A copy of a kept folder, to be written to."""
    with scratch() as room:
        copy = room / "copy"
        shutil.copytree(path, copy)
        yield copy
