"""What was put aside when a journal was put together again, or a second medium exchanged: kept, and read once more when
something is missing (RECORDS 2.2)."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from kassaapp.journal import durable, rows, salvage
from kassaapp.journal.branch import Place
from kassaapp.journal.sealing import Sealer
from kassaapp.journal.second_medium import files_in
from kassaapp.journal.shadow import StoredRecord
from kassaapp.trouble import JournalDamaged
from sync.wire import shadow
from sync.wire.entry import Enrolment
from sync.wire.errors import WireError

BRANCH_NAME = "branch.kj"
"""Beside the journal, what a rebuilt one had no place for; put aside at once."""
log = logging.getLogger(__name__)


def of_journal(path: Path, sealer: Sealer) -> list[StoredRecord]:
    """Every record in what was put aside of the journal at `path` when it was damaged, as far as it can be read: each
    must prove itself."""
    found = [salvage.read(aside) for aside in sorted(path.parent.glob(f"{path.name}.*.aside"))]
    return [one for old in found for one in (*salvage.in_order(old.records), *sealed_anew(old.doubtful, sealer))]


def sealed_anew(doubtful: Mapping[int, StoredRecord], sealer: Sealer) -> Iterator[StoredRecord]:
    """Those that open although their content is damaged: what the till can still read, the region may not."""
    for one in salvage.in_order(doubtful):
        with suppress(JournalDamaged, WireError):
            yield rows.stored(rows.opened(one, sealer), sealer)


def placeless(path: Path, beside: Path | None) -> set[bytes]:
    """The headers of what a rebuilt journal at `path` had no place for, of either medium."""
    places = [path.with_name(BRANCH_NAME), *([] if beside is None else [beside])]
    return {one.env for one in held(places)}


def held(paths: Iterable[Path]) -> tuple[StoredRecord, ...]:
    """Every record on the second media of the till's chains, also those put aside and those after damage: each must
    prove itself."""
    found: list[StoredRecord] = []
    for path in dict.fromkeys(paths):
        for file in files_in(path.parent, f"{path.stem}*"):
            with suppress(OSError):
                found += shadow.every_record(file.read_bytes())
    return tuple(found)


def keep_branch(path: Path, enrolment: Enrolment, left: Sequence[StoredRecord]) -> None:
    """What the chain's key has signed and the rebuilt chain has no place for is kept as a second medium that was put
    aside is: the region is to get it."""
    if left:
        frames = b"".join(shadow.encode(one) for one in {one.env: one for one in left}.values())
        branch = path.with_name(BRANCH_NAME)
        durable.write_bytes(branch, shadow.begin(enrolment.chain) + frames)
        durable.put_aside(branch, len(left))


def put_another(path: Path, places: Sequence[Place]) -> list[StoredRecord]:
    """A second medium with another history of the chain is kept, and not written to. What of that history is to be kept
    elsewhere, since the medium can only be read."""
    ours = {place.env for place in places if isinstance(place, StoredRecord)}
    try:
        found = list(shadow.every_record(path.read_bytes()))
    except OSError:
        return []
    another = [one for one in found if one.env not in ours]
    try:
        if another:
            durable.put_aside(path, len(found))
    except OSError as error:
        log.error("second medium lost: %s", type(error).__name__)
        return another
    return []
