"""One export of an open till: written on a worker, put on record and named at the till (`kassaapp/exporting`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kassaapp.app import Desk
from kassaapp.export.past import Period
from kassaapp.exporting import Export, Request
from kassaapp.screens.export import Wanted


@dataclass(frozen=True, slots=True)
class TillExport:
    """What `desk` makes of `made`; it says that it was made `at`."""

    desk: Desk
    letter: str
    made: Export
    at: datetime

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return self.made.share

    def write(self) -> None:
        """Write it; on any thread. Raises as `Export.write`."""
        self.made.write(self.at)

    def finish(self) -> Sequence[Path]:
        """Put it on record, and give it its name. Raises as `Desk.exported`."""
        return self.desk.exported(self.letter, self.made)

    def stop(self) -> None:
        """End `write` soon."""
        self.made.stop()


def begin(desk: Desk, letter: str, wanted: Wanted) -> TillExport:
    """Make an export ready, at the till. Raises NotSignedIn, NotAllowed."""
    request = Request(
        wanted.form,
        Period(wanted.first, wanted.last),
        wanted.out,
        letter,
        wanted.columns,
        replace(wanted.chosen, first=wanted.first, last=wanted.last),
        wanted.with_patients,
    )
    return TillExport(desk, letter, desk.export(letter, request), desk.clock())
