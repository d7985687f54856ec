"""One export from a desk's folder to files: the journal opened and checked, the file written, and that put on record.

The second medium is asked whether the journal is whole, and gets the export's record at the till's next start. The
file has its own name only when it is whole and on record; nothing is ever written over. The till's program must not
be running: a journal has one program at a time. No person is signed in here, so no file made here names a patient.
"""

import getpass
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from kassaapp import clinic as clinic_file
from kassaapp import configuration, enrolment
from kassaapp.clinic import Clinic
from kassaapp.configuration import ClinicName, Configuration
from kassaapp.domain.events import (
    KINDS,
    ClockSetBack,
    Event,
    ExportFormat,
    RecordsExported,
    SessionClosed,
    SessionOpened,
)
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import Patient
from kassaapp.export import csv, sie, xml
from kassaapp.export.about import Made, about
from kassaapp.export.csv import USUAL, Column, Persons, read_columns
from kassaapp.export.past import Entry, Past, Period, Survey, survey
from kassaapp.export.xml import Occasion
from kassaapp.history import DIFFERENCE, Filter, Row, row_of
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.signing_key import custody
from kassaapp.journal.witness import agrees
from kassaapp.recorder import CLOCK_TOLERANCE
from kassaapp.trouble import (
    BadConfiguration,
    BadRequest,
    CannotWrite,
    NotEnrolled,
    NothingThere,
    NotWholeYet,
    PlaceTaken,
)
from sync.wire import canonical, record
from sync.wire.config import own_part

Tell = Callable[[str], None]
"""Says how far it has come, in Swedish."""
_EACH = 5_000
PSEUDONYM_DOMAIN = b"kassa/pseudonym/v1\0"
_PSEUDONYM_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. With several tills at the desk and none named, each has a file of its own, its letter before
    the ending. `columns` and `wanted` are a table's: which columns, of which records."""

    format: ExportFormat
    period: Period
    out: Path
    till: str | None = None
    columns: tuple[Column, ...] = USUAL
    wanted: Filter = field(default_factory=Filter)


def read_request(given: Mapping[str, Any]) -> Request:
    """What was asked for, from words: `format`, `first`, `last`, `out`; `till`; `columns`, `kind`, `user`,
    `session` and `receipt` of a table. Raises BadRequest."""
    for name, option in (("format", "FORMAT"), ("first", "--from"), ("last", "--to"), ("out", "--out")):
        if not given.get(name):
            raise BadRequest("missing", option)
    try:
        wanted = ExportFormat(given["format"])
    except ValueError:
        raise BadRequest("format", given["format"]) from None
    first, last = _day(given["first"]), _day(given["last"])
    if last < first:
        raise BadRequest("period", f"{first} till {last}")
    table = {name: given[name] for name in _OF_A_TABLE if given.get(name)}
    if table and wanted is not ExportFormat.CSV:
        raise BadRequest("table", f"--{next(iter(table))}")
    return Request(
        wanted,
        Period(first, last),
        Path(given["out"]),
        given.get("till"),
        read_columns(table["columns"].split(","), signed_in=False) if "columns" in table else USUAL,
        Filter(
            kind=_kind(table.get("kind")),
            user=table.get("user"),
            session=_whole(table.get("session")),
            receipt=_whole(table.get("receipt")),
            first=first,
            last=last,
        ),
    )


_OF_A_TABLE = ("columns", "kind", "user", "session", "receipt")


def _kind(word: str | None) -> str | None:
    if word is not None and word not in KINDS and word != DIFFERENCE:
        raise BadRequest("kind", word)
    return word


def _whole(text: str | None) -> int | None:
    if text is not None and not (text.isascii() and text.isdecimal()):
        raise BadRequest("number", text)
    return None if text is None else int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("day", text) from None


def export(folder: Path, request: Request, *, now: Callable[[], datetime], tell: Tell) -> list[Path]:
    """Write what is asked for; the files that were made. Raises NotEnrolled, BadClinicFile, BadRequest, PlaceTaken,
    CannotWrite, NothingThere, AccountsMissing, NotWholeYet, BadConfiguration, and as `Journal.open`."""
    if not enrolment.is_enrolled(folder):
        raise NotEnrolled
    clinic = clinic_file.read(folder / enrolment.CLINIC_NAME)
    enrolment.require_place(folder, clinic)
    places = _places(clinic, request)
    made: list[Path] = []
    for letter, out in places.items():
        try:
            made += _export_till(folder, clinic, letter, out, request, now, tell)
        except NothingThere:
            tell(f"Kassa {letter}: inget att exportera för de dagarna.")
    if not made:
        raise NothingThere
    return made


def _places(clinic: Clinic, request: Request) -> Mapping[str, Path]:
    """Where each till's file goes. Raises BadRequest, PlaceTaken, CannotWrite."""
    if request.till is not None and request.till not in clinic.tills:
        raise BadRequest("till", request.till)
    letters = clinic.tills if request.till is None else (request.till,)
    out = request.out
    named = {one: out if len(letters) == 1 else out.with_name(f"{out.stem}-{one}{out.suffix}") for one in letters}
    for place in named.values():
        for path in (place, about_place(place)):
            if path.exists():
                raise PlaceTaken(path.name)
    if not out.parent.is_dir():
        raise CannotWrite("mappen finns inte")
    return named


def about_place(out: Path) -> Path:
    """Where the text that goes with a file lies."""
    return out.with_name(f"{out.name}-om-exporten.txt")


def _export_till(
    folder: Path, clinic: Clinic, letter: str, out: Path, request: Request, now: Callable[[], datetime], tell: Tell
) -> list[Path]:
    tell(f"Kassa {letter}: kontrollerar kassajournalen.")
    journal, _ = Journal.open(
        enrolment.journal_path(folder, letter),
        custody(clinic.custody, folder / letter),
        clinic.root_key,
        second_medium=lambda _: None,
        remember=False,
    )
    with journal:
        beside = enrolment.second_medium_path(folder, clinic, letter, journal.enrolment.register)
        if journal.gaps or not journal.count() or journal.beyond_mark() is not None or not agrees(beside, journal):
            raise NotWholeYet
        return _Export(journal, letter, out, request, now(), tell).made()


@dataclass(slots=True)
class _Export:
    """One till's file."""

    journal: Journal
    letter: str
    out: Path
    request: Request
    at: datetime
    tell: Tell
    read: int = 0
    clinics: dict[bytes | None, ClinicName] = field(default_factory=dict)

    def made(self) -> list[Path]:
        past = Past(self._entries, self._clinic_of)
        found = survey(past, self.request.period)
        settings = self._configuration(found.configuration)
        part = self.out.with_name(f".{self.out.name}.part")
        try:
            return self._finished(part, found, settings, past)
        except OSError as error:
            raise CannotWrite(error.strerror or type(error).__name__) from None
        finally:
            part.unlink(missing_ok=True)

    def _finished(self, part: Path, found: Survey, settings: Configuration, past: Past) -> list[Path]:
        """The file under its own name, and the text beside it, when that it was made is on record."""
        encoding = sie.ENCODING if self.request.format is ExportFormat.SIE else "utf-8"
        with part.open("w", encoding=encoding, newline="") as file:
            records = self._write(file, past, found, settings)
            file.flush()
            os.fsync(file.fileno())
        digest = _digest(part)
        made = Made(
            self.request.format, self.out.name, self.request.period, records, digest.hex(), self.at, settings.clinic
        )
        self._put_on_record(found, records, digest)
        if self.out.exists():
            raise PlaceTaken(self.out.name)
        part.replace(self.out)
        beside = about_place(self.out)
        with beside.open("x", encoding="utf-8", newline="\n") as text:
            text.write(about(made, found))
        return [self.out, beside]

    def _write(self, file: TextIO, past: Past, found: Survey, settings: Configuration) -> int:
        clinic, period = settings.clinic, self.request.period
        if self.request.format is ExportFormat.CSV:
            persons = Persons(frozenset(found.protected), self._pseudonym, _nobody)
            return csv.write(file, self._listed(past), self.request.columns, persons)
        if self.request.format is ExportFormat.SIE:
            day = self.at.date()
            return sie.write(file, past, period, clinic=clinic, till=settings.till(self.letter), made_on=day)
        till = f"{self.journal.enrolment.register}{self.letter}"
        occasion = Occasion(self.at, till, clinic, settings.catalogue)
        return xml.write(file, past, period, found, occasion)

    def _listed(self, past: Past) -> Iterator[tuple[Entry, Row]]:
        """The records that are wanted, as the history shows them."""
        session: int | None = None
        for entry in past.entries():
            session = entry.event.session if isinstance(entry.event, SessionOpened) else session
            row = row_of(Written(entry.event, entry.seq, entry.hash, entry.env), session)
            if self.request.wanted.fits(row):
                yield entry, row
            if isinstance(entry.event, SessionClosed):
                session = None

    def _pseudonym(self, patient: PatientId) -> str:
        """The same for a person in every table of this till. Who it is can be found with the till's sealing key, and
        with nothing else: identity numbers can be guessed, so a plain hash would name the person."""
        text = f"{patient.kind.value} {patient.oid} {patient.reveal()}".encode()
        keyed = hmac.digest(self.journal.secrets.sealing_key, PSEUDONYM_DOMAIN + text, "sha256")
        return f"P-{keyed.hex()[:_PSEUDONYM_DIGITS].upper()}"

    def _put_on_record(self, found: Survey, records: int, digest: bytes) -> None:
        events: list[Event] = []
        if found.last_at is not None and self.at < found.last_at - CLOCK_TOLERANCE:
            events.append(ClockSetBack(self.at, found.last_at))
        period = self.request.period
        events.append(
            RecordsExported(
                self.at,
                self.request.format,
                period.first,
                period.last,
                records,
                canonical.to_text(digest),
                account=_account(),
                columns=tuple(self.request.columns) if self.request.format is ExportFormat.CSV else (),
            )
        )
        self.journal.append_all(events)

    # ── what the formats read ────────────────────────────────────────────────────────────────────────────────────

    def _entries(self) -> Iterator[Entry]:
        for chain, written in self.journal.past():
            till = f"{chain.register}{self.letter}"
            yield Entry(written.event, till, chain.chain, written.seq, written.hash, written.env)
            self.read += 1
            if self.read % _EACH == 0:
                self.tell(f"Kassa {self.letter}: {self.read} poster lästa.")

    def _clinic_of(self, env: bytes) -> ClinicName:
        cfg = record.read(env).header.cfg
        if cfg not in self.clinics:
            self.clinics[cfg] = self._configuration(self.journal.configurations.number_of(cfg)).clinic
        return self.clinics[cfg]

    def _configuration(self, number: int) -> Configuration:
        """The configuration with that number; the one in force when a till reads it. Raises BadConfiguration."""
        if number < 0:
            raise BadConfiguration("region")
        configurations, clinic = self.journal.configurations, self.journal.enrolment.clinic
        if configurations.in_force_hash() is None:
            configurations.use(number)
        own_before = configurations.versions(own_part(clinic), number)
        return configuration.read(number, configurations.contents(number), clinic, own_before=own_before)


def _nobody(patient: Patient) -> None:
    """Nobody is named in a table that is made where nobody is signed in."""
    raise AssertionError("a patient would be named")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _account() -> str:
    """The operating system's user; nothing where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
