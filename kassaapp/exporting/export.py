"""One till's export, in four steps: made, its file is written, what was made goes on record, and it gets its name.

    made = Export(source, request, by="anber")      at the till; what is recorded from now on is not in it
    made.write(at)                                  slow, on any thread; `share` says how far, `stop` ends it
    register.exported(made)                         at the till again: that it left is a record before it has its name
    made.finish()                                   the paths; or `abandon`, and nothing was ever there

Between the steps lie only files whose names begin with a full stop and end with `.part`. All that is slow, and all that
a full disk can refuse, is in `write`; `finish` only gives names.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from kassaapp.configuration import Configuration
from kassaapp.domain.events import ExportFormat, RecordsExported, SessionClosed, SessionOpened
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import Patient
from kassaapp.export import csv, sie, xml
from kassaapp.export.about import Made, about
from kassaapp.export.csv import Persons
from kassaapp.export.past import Entry, Survey, survey
from kassaapp.export.xml import Occasion
from kassaapp.exporting import visit
from kassaapp.exporting.request import Request
from kassaapp.exporting.source import Source
from kassaapp.history import DIFFERENCE, Filter, Row, row_of
from kassaapp.i18n import swedish
from kassaapp.journal.journal import Written
from kassaapp.trouble import CannotWrite, PlaceTaken, Stopped
from kassaapp.wording.history import event_kind
from sync.wire import canonical

Tell = Callable[[str], None]
"""Says how far it has come, in Swedish."""
_EACH = 5_000


def places(request: Request) -> list[Path]:
    """What a request makes: the file and the text beside it, or the folder and the zip of it."""
    out = request.out
    if request.format is ExportFormat.CONTROL_VISIT:
        return [out, out.with_name(f"{out.name}.zip")]
    return [out, about_place(out)]


def about_place(out: Path) -> Path:
    """Where the text that goes with a file lies."""
    return out.with_name(f"{out.name}-om-exporten.txt")


def _part(place: Path) -> Path:
    """Where what will be at `place` lies until it has its name."""
    return place.with_name(f".{place.name}.part")


def _chosen(wanted: Filter) -> str:
    """What the rows of a table were chosen by beside the period, in Swedish; nothing where all are there."""
    kinds = sorted(wanted.kinds or ([] if wanted.kind is None else [wanted.kind]))
    said = [_kind(kind) for kind in kinds]
    parts = [("slag ", ", ".join(said)), ("användare ", wanted.user), ("session ", wanted.session)]
    parts.append(("kvitto ", wanted.receipt))
    return "; ".join(f"{name}{value}" for name, value in parts if value)


def _kind(kind: str) -> str:
    return "differenser" if kind == DIFFERENCE else event_kind(kind).lower()


def _cannot_write(error: OSError) -> CannotWrite:
    return CannotWrite(error.strerror or type(error).__name__, error.errno or 0)


@dataclass(slots=True)
class Export:
    """One till's file. `by` is who is signed in, None where nobody is; then no patient is named. `named` is everybody
    whom the file names, each once, to go on record (R60); `digest` the SHA-256 of the file."""

    source: Source
    request: Request
    by: str | None = None
    account: str = ""
    tell: Tell = lambda _: None
    out: Path = field(init=False)
    named: dict[PatientId, Patient] = field(default_factory=dict)
    records: int = 0
    digest: bytes = b""
    last_at: datetime | None = None
    _read: int = 0
    _stopped: bool = False

    def __post_init__(self) -> None:
        self.out = self.request.out
        self.source.each = self._each

    # ── how far ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return min(1.0, self._read / max(1, self.source.records * self._readings))

    @property
    def _readings(self) -> int:
        return visit.READINGS if self.request.format is ExportFormat.CONTROL_VISIT else 2

    def stop(self) -> None:
        """End `write` soon; it raises Stopped."""
        self._stopped = True

    def _go_on(self) -> None:
        if self._stopped:
            raise Stopped

    def _each(self) -> None:
        self._go_on()
        self._read += 1
        if self._read % _EACH == 0:
            self.tell(f"Kassa {self.source.letter}: {self._read} poster lästa.")

    # ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, at: datetime) -> None:
        """Write it, not yet under its own name; it says that it was made `at`. Raises PlaceTaken, CannotWrite,
        NothingThere, AccountsMissing, Stopped, BadConfiguration, JournalDamaged, DiskFailed."""
        self._require_free()
        try:
            self.abandon()  # What a program that died in the middle left behind.
            with swedish():
                if self.request.format is ExportFormat.CONTROL_VISIT:
                    self._write_visit(at)
                else:
                    self._write(at)
        except OSError as error:
            self.abandon()
            raise _cannot_write(error) from None
        except BaseException:
            self.abandon()
            raise

    def event(self, at: datetime) -> RecordsExported:
        """What is to be recorded of it."""
        period = self.request.period
        return RecordsExported(
            at,
            self.request.format,
            period.first,
            period.last,
            self.records,
            canonical.to_text(self.digest),
            by=self.by,
            account=self.account,
            columns=tuple(self.request.columns) if self.request.format is ExportFormat.CSV else (),
        )

    def finish(self) -> list[Path]:
        """Give it its name, once it is on record; what was made. Raises PlaceTaken, CannotWrite."""
        made = places(self.request)
        try:
            self._require_free()
            for place in made:
                _part(place).rename(place)
        except OSError as error:
            raise _cannot_write(error) from None
        finally:
            self.abandon()
        return made

    def abandon(self) -> None:
        """Let nothing of it be left but what is finished."""
        for part in map(_part, places(self.request)):
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)

    def _require_free(self) -> None:
        for path in places(self.request):
            if path.exists():
                raise PlaceTaken(path.name)

    @property
    def _part(self) -> Path:
        return _part(self.out)

    # ── a folder ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _write_visit(self, at: datetime) -> None:
        found = survey(self.source.past, self.request.period)
        self.last_at = found.last_at
        made = visit.Visit(
            self.source,
            self._part,
            self.request.period,
            found,
            self._persons(found),
            at=at,
            by=self.by,
            with_patients=self.request.with_patients,
            tell=self.tell,
        )
        self.digest = made.write()
        self.records = made.records
        visit.pack(self._part, _part(places(self.request)[1]), self.out.name, self._go_on)

    # ── one file ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, at: datetime) -> None:
        found = survey(self.source.past, self.request.period)
        self.last_at = found.last_at
        settings = self.source.settings(found.configuration)
        encoding = sie.ENCODING if self.request.format is ExportFormat.SIE else "utf-8"
        with self._part.open("w", encoding=encoding, newline="") as file:
            self.records = self._write_format(file, found, settings, at)
            file.flush()
            os.fsync(file.fileno())
        with self._part.open("rb") as written:
            self.digest = hashlib.file_digest(written, "sha256").digest()
        made = Made(
            self.request.format,
            self.out.name,
            self.request.period,
            self.records,
            self.digest.hex(),
            at,
            settings.clinic,
            _chosen(self.request.wanted),
        )
        with _part(about_place(self.out)).open("w", encoding="utf-8", newline="\n") as text:
            text.write(about(made, found))

    def _write_format(self, file: TextIO, found: Survey, settings: Configuration, at: datetime) -> int:
        past, period = self.source.past, self.request.period
        if self.request.format is ExportFormat.CSV:
            return csv.write(file, self._listed(), self.request.columns, self._persons(found))
        if self.request.format is ExportFormat.SIE:
            till = settings.till(self.source.letter)
            return sie.write(file, past, period, clinic=settings.clinic, till=till, made_on=at.date())
        occasion = Occasion(at, self.source.register, settings.clinic, settings.catalogue, self.by)
        return xml.write(file, past, period, found, occasion)

    def _listed(self) -> Iterator[tuple[Entry, Row]]:
        """The records that are wanted, as the history shows them."""
        session: int | None = None
        for entry in self.source.entries():
            session = entry.event.session if isinstance(entry.event, SessionOpened) else session
            row = row_of(Written(entry.event, entry.seq, entry.hash, entry.env), session)
            if self.request.wanted.fits(row):
                yield entry, row
            if isinstance(entry.event, SessionClosed):
                session = None

    def _persons(self, found: Survey) -> Persons:
        protected = frozenset(found.protected) | frozenset(self.source.protected)
        return Persons(protected, self.source.pseudonym, self._name)

    def _name(self, patient: Patient) -> None:
        """Note that a patient is named, which happens only to somebody who is signed in (R60)."""
        assert self.by is not None, "a patient would be named"
        self.named.setdefault(patient.id, patient)
