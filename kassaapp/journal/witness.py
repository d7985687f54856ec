"""Does the second medium know of anything that the journal does not? Asked frame by frame, in any length of memory.

A start reads the second medium whole and takes from it what is missing (`recovery.py`). Whoever only wants to add a
record to a journal that the till has closed, as an export does, needs to know that nothing is missing, and leaves the
mending to a start: after a restored disk a record more would be a fork.
"""

from pathlib import Path
from typing import BinaryIO

from kassaapp.journal.journal import Journal
from sync.wire import record, shadow
from sync.wire.errors import WireError


def agrees(path: Path, journal: Journal) -> bool:
    """Whether the second medium at `path` holds the journal's own records from the first on, and no more. One that is
    gone or cannot be read says nothing against the journal: its loss is a warning at the next start."""
    try:
        with path.open("rb") as file:
            held, newest = _held(file, journal.enrolment.chain)
    except OSError:
        return True
    except WireError:
        return False
    if held == 0 or held > journal.count():
        return held == 0
    return record.read(newest).hash == journal.hash_of(held - 1)


def _held(file: BinaryIO, chain: bytes) -> tuple[int, bytes]:
    """How many records it holds, and the newest one's signed header. Raises WireError when it is not whole to its
    end."""
    count, newest = 0, b""
    for env in shadow.headers(file, chain):
        count, newest = count + 1, env
    return count, newest
