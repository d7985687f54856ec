"""A small file, or a name in a folder, that is still there after the power has gone."""

import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)


def sync_folder(folder: Path) -> None:
    """Make names made, changed or taken away in a folder last."""
    if os.name != "posix":
        return  # NTFS journals the names itself, and a folder cannot be opened.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Put a text under a name, as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, raw: bytes) -> None:
    """Put bytes under a name, in one step and to stay: after a power cut they are whole, or not there."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def put_aside(path: Path, count: int) -> Path:
    """Give a file a name of its own beside it, `NAME.COUNT.aside`, which no other has; the new name."""
    return _rename(path, (f".{count}{'' if again == 0 else f'-{again}'}.aside" for again in itertools.count()))


def call_delivered(path: Path) -> None:
    """Give a file that the region has got the name `NAME.delivered`, which no other has: it is not sent again. One that
    can only be read keeps its name, and is sent at every start: the region keeps it once."""
    try:
        _rename(path, (f"{'' if again == 0 else f'.{again}'}.delivered" for again in itertools.count()))
    except OSError as error:
        log.warning("%s was delivered and keeps its name: %s", path.name, type(error).__name__)


def _rename(path: Path, suffixes: Iterator[str]) -> Path:
    """To the first name with one of these that no other file has, to stay; the new name."""
    name = next(name for name in map(path.with_suffix, suffixes) if not name.exists())
    path.rename(name)
    sync_folder(path.parent)
    return name
