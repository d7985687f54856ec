"""One export from a desk's folder to files: each till's journal opened and checked, the file written and put on record.

Every till's file is written before any is put on record and named: what one of them refuses, none has.
The second medium is asked whether the journal is whole, and gets the export's record at the till's next start. The
till's program must not be running: a journal has one program at a time. No person is signed in here, so no file made
here names a patient.
"""

import errno
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kassaapp import clinic as clinic_file
from kassaapp import enrolment
from kassaapp.clinic import Clinic
from kassaapp.domain.events import ClockSetBack, Event
from kassaapp.exporting.export import Export, Tell, places
from kassaapp.exporting.request import Request
from kassaapp.exporting.source import Source
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import custody
from kassaapp.journal.witness import agrees
from kassaapp.occupied import account
from kassaapp.recorder import CLOCK_TOLERANCE
from kassaapp.trouble import (
    AccountsMissing,
    BadRequest,
    CannotWrite,
    NotEnrolled,
    NothingThere,
    NotWholeYet,
    PlaceTaken,
)


def export(folder: Path, request: Request, *, now: Callable[[], datetime], tell: Tell) -> list[Path]:
    """Write what is asked for; the files that were made. Raises NotEnrolled, BadClinicFile, BadRequest, PlaceTaken,
    CannotWrite, NothingThere, AccountsMissing, NotWholeYet, BadConfiguration, and as `Journal.open`."""
    if not enrolment.is_enrolled(folder):
        raise NotEnrolled
    clinic = clinic_file.read(folder / enrolment.CLINIC_NAME)
    enrolment.require_place(folder, clinic)
    places = _places(clinic, request)
    made: list[Path] = []
    with ExitStack() as open_:
        written: list[tuple[Journal, Export]] = []
        lacking: list[str] = []
        for letter, out in places.items():
            journal, one = _begin(open_, folder, clinic, letter, replace(request, out=out), tell)
            try:
                one.write(now())
                written.append((journal, one))
            except NothingThere:
                tell(f"Kassa {letter}: inget att exportera för de dagarna.")
            except AccountsMissing as missing:
                lacking.append(missing.names if len(places) == 1 else f"{missing.names} ({letter})")
        if lacking:
            raise AccountsMissing(", ".join(lacking))
        if not written:
            raise NothingThere
        for journal, one in written:
            _put_on_record(journal, one, now())
            made += one.finish()
    return made


def _places(clinic: Clinic, request: Request) -> Mapping[str, Path]:
    """Where each till's file goes. Raises BadRequest, PlaceTaken, CannotWrite."""
    if request.till is not None and request.till not in clinic.tills:
        raise BadRequest("till", request.till)
    letters = clinic.tills if request.till is None else (request.till,)
    out = request.out
    named = {one: out if len(letters) == 1 else out.with_name(f"{out.stem}-{one}{out.suffix}") for one in letters}
    for place in named.values():
        for path in places(replace(request, out=place)):
            if path.exists():
                raise PlaceTaken(path.name)
    if not out.parent.is_dir():
        raise CannotWrite("no such folder", errno.ENOENT)
    return named


def _begin(
    open_: ExitStack, folder: Path, clinic: Clinic, letter: str, request: Request, tell: Tell
) -> tuple[Journal, Export]:
    """A till's journal, which `open_` closes, and its export; nothing of that is left but what is finished."""
    tell(f"Kassa {letter}: kontrollerar kassajournalen.")
    journal, _ = Journal.open(
        enrolment.journal_path(folder, letter),
        custody(clinic.custody, folder / letter),
        clinic.root_key,
        second_medium=lambda _: None,
        remember=False,
    )
    open_.enter_context(journal)
    beside = enrolment.second_medium_path(folder, clinic, letter, journal.enrolment.register)
    if journal.gaps or not journal.count() or journal.beyond_mark() is not None or not agrees(beside, journal):
        raise NotWholeYet
    made = Export(Source(journal, letter, clinic), request, account=account(), tell=tell)
    open_.callback(made.abandon)
    return journal, made


def _put_on_record(journal: Journal, made: Export, at: datetime) -> None:
    events: list[Event] = []
    if made.last_at is not None and at < made.last_at - CLOCK_TOLERANCE:
        events.append(ClockSetBack(at, made.last_at))
    journal.append_all([*events, made.event(at)])
