"""The folder for a control visit: everything an auditor asks for, signed evidence and readable tables, and a zip of it.

Written as the journal is read, one pass for the evidence, one for the XML, one for what is readable, so that ten years
fit in memory. Who is a patient stands nowhere, but where somebody who is signed in has asked for it (`Request`), and
then never of one who is protected. What of a decision opens a PIN stands nowhere at all.
"""

import contextlib
import csv as table
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kassaapp import verify
from kassaapp.configuration import Configuration
from kassaapp.domain.events import ExportFormat, ReportTaken, SessionClosed, SessionOpened
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.visit import Patient
from kassaapp.export import csv, evidence, xml
from kassaapp.export.about import Made, about
from kassaapp.export.csv import BYTE_ORDER_MARK, HEADINGS, Column, Persons, plain, written
from kassaapp.export.past import Entry, Period, Survey
from kassaapp.export.xlsx import Sheets
from kassaapp.export.xml import Occasion
from kassaapp.exporting import decisions
from kassaapp.exporting.source import Source
from kassaapp.history import row_of
from kassaapp.journal.journal import Written
from kassaapp.journal.whole import event_of
from kassaapp.paths import resource
from kassaapp.printout import day_report
from kassaapp.printout.pdf import guide_pdf, to_pdf
from kassaapp.trouble import BadConfiguration, NothingThere
from kassaapp.wording.history import cash_purpose, check_result, event_kind, look
from sync.wire import canonical
from sync.wire.config import CONFIG_KIND, TRUST_KIND
from sync.wire.frame import Frame
from sync.wire.record import Part

SUMS = "SHA256SUMS.txt"
READINGS = 4
JOURNAL_COLUMNS = (*(column for column in Column if column not in csv.NAMING),)
NAMED_COLUMNS = (*JOURNAL_COLUMNS, Column.PATIENT_NUMBER, Column.PATIENT_NAME)
_PERSON = "p"
_MONEY = frozenset({"sale", "refund", "void", "deposit", "repayment", "pay-start", "pay-end", "park", "recall"})
_PIECE = 1 << 20


@dataclass(slots=True)
class Visit:
    """One till's folder. `persons` is how patients are told of, `at` when it
    is made, `by` who asked, None where nobody is signed in; `with_patients` as in `Request`."""

    source: Source
    folder: Path
    period: Period
    found: Survey
    persons: Persons
    at: datetime
    by: str | None = None
    with_patients: bool = False
    tell: Callable[[str], None] = lambda _: None
    records: int = 0
    _state: RegisterState = field(default_factory=RegisterState)
    _opened: SessionOpened | None = None

    def write(self) -> bytes:
        """Write the folder; the SHA-256 of its list of sums. Raises NothingThere, and as `Source`."""
        self.folder.mkdir()
        for name in ("bevis", "journal", "rapporter", "historik"):
            (self.folder / name).mkdir()
        self._write_evidence()
        self._write_readable()
        if not self.records:
            raise NothingThere
        self._write_xml()
        self._write_decisions()
        self._write_verdict()
        self._write_guide()
        return self._write_sums()

    # ── the evidence ─────────────────────────────────────────────────────────────────────────────────────────────

    def _write_evidence(self) -> None:
        whole = self.source.whole
        with self._text("bevis/poster.txt") as write:
            write(f"{evidence.FIRST_LINE}\n")
            n = 0
            for certificate, frame in whole.frames():
                self.source.each()
                while n < len(whole.chains) and (n == 0 or whole.chains[n - 1] != certificate):
                    write(evidence.chain(whole.chains[n]))
                    n += 1
                write(evidence.record("post", frame, self._parts(frame)))
        with self._text("bevis/region.txt") as write:
            write(f"rot\t{canonical.to_text(self.source.root_key)}\n")
            for what, kind in (("nycklar", TRUST_KIND), ("prislista", CONFIG_KIND)):
                for frame in whole.region(kind):
                    write(evidence.record(what, frame, evidence.public_parts(frame)))
        with self._text("bevis/regionbevis.txt") as write:
            for one in whole.proofs():
                write(evidence.proof(one.n, one.next, one.index, one.leaf, one.inclusion, one.consistency, one.note))

    def _parts(self, frame: Frame) -> Iterator[Part]:
        """The contents that the folder carries of a record: those of the period, persons only when they are asked for
        and not protected."""
        event = event_of(frame)
        if not self.period.holds(event.at):
            return
        patient: Patient | None = getattr(event, "patient", None)
        for part in frame.parts:
            if part.name != _PERSON:
                yield part
            elif self.with_patients and patient is not None and not self._protected(patient):
                self.persons.named(patient)
                yield part

    def _protected(self, patient: Patient) -> bool:
        """Also one whose payer is."""
        payer: PatientId | None = None if patient.payer is None else patient.payer.id
        return patient.protected or patient.id in self.persons.protected or payer in self.persons.protected

    # ── what a person reads ──────────────────────────────────────────────────────────────────────────────────────

    def _write_readable(self) -> None:
        columns = NAMED_COLUMNS if self.with_patients else JOURNAL_COLUMNS
        with ExitStack() as open_:
            rows = open_.enter_context(self._table("journal/kassajournal.csv", [HEADINGS[one] for one in columns]))
            done = open_.enter_context(self._table("historik/handelser.csv", _DONE))
            sheets = open_.enter_context(Sheets(self.folder / "journal/kassajournal.xlsx", columns))
            for entry in self.source.entries():
                self._opened = entry.event if isinstance(entry.event, SessionOpened) else self._opened
                session = None if self._opened is None else self._opened.session
                if self.period.holds(entry.event.at):
                    self.records += 1
                    fact = row_of(Written(entry.event, entry.seq, entry.hash, entry.env), session)
                    cells = csv.row(columns, entry, fact, self.persons)
                    rows([written(column, cell) for column, cell in cells.items()])
                    sheets.add(cells)
                    if fact.kind not in _MONEY:
                        done(_done(entry, written(Column.KIND, cells[Column.KIND])))
                    self._write_report(entry)
                self._state = apply(self._state, entry.event)
                self._opened = None if isinstance(entry.event, SessionClosed) else self._opened

    def _write_report(self, entry: Entry) -> None:
        """The X or the Z that the record is, as it was printed then."""
        event = entry.event
        if not isinstance(event, SessionClosed | ReportTaken) or self._state.session is None:
            return
        then = self.source.settings_of(entry.env)
        till = then.till(self.source.letter)
        if isinstance(event, SessionClosed):
            slip = day_report.z_report(event, then, till, entry.hash, opened=self._opened, demo=self.source.demo)
            name = f"z-{entry.till}-{event.z:05}.pdf"
        else:
            slip = day_report.x_report(self._state.session, then, till, at=event.at, by=event.by, demo=self.source.demo)
            name = f"x-{entry.till}-post-{entry.seq:06}.pdf"
        (self.folder / "rapporter" / name).write_bytes(to_pdf(slip))

    def _write_xml(self) -> None:
        name = "skvfs-2021-16.xml"
        settings = self.source.settings(self.found.configuration)
        occasion = Occasion(self.at, self.source.register, settings.clinic, settings.catalogue, self.by)
        place = self.folder / "journal" / name
        with place.open("w", encoding="utf-8", newline="") as file:
            try:
                told = xml.write(file, self.source.past, self.period, self.found, occasion)
            except NothingThere:
                told = 0  # Nothing that the schema has a name for.
        if not told:
            place.unlink()
            return
        digest = _digest(place)
        made = Made(ExportFormat.XML, name, self.period, told, digest.hex(), self.at, settings.clinic)
        with self._text(f"journal/{name}-om-exporten.txt") as write:
            write(about(made, self.found))

    def _write_decisions(self) -> None:
        with ExitStack() as open_:
            tables = [
                (open_.enter_context(self._table(f"historik/{name}.csv", headings)), rows)
                for name, headings, rows in (
                    ("prislistor", decisions.PRICES, decisions.prices),
                    ("installningar", decisions.SETTINGS, decisions.settings),
                    ("anvandare", decisions.USERS, decisions.users),
                )
            ]
            before: Configuration | None = None
            for number in range(self.found.configuration + 1):
                now = self._usable(number)
                if now is None:
                    continue
                for write, rows in tables:
                    for row in rows(before, now):
                        write([plain(cell) for cell in row])
                before = now

    def _usable(self, number: int) -> Configuration | None:
        with contextlib.suppress(BadConfiguration):  # The till refused it; that is in the table of what was done.
            return self.source.settings(number)
        return None

    def _write_verdict(self) -> None:
        self.tell(f"Kassa {self.source.letter}: granskar kassajournalen.")
        said, found = verify.findings(self.source.whole.path, self.source.root_key)
        with self._text("granskning.txt") as write:
            write(said + "\n")
        with self._text("granskning.json") as write:
            write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")

    def _write_guide(self) -> None:
        said = self._guide()
        with self._text("LAS-MIG.txt") as write:
            write(said)
        (self.folder / "LAS-MIG.pdf").write_bytes(guide_pdf("Kontrollbesök, läs mig först", said))
        (self.folder / "kontrollera.py").write_bytes(resource("control_visit/kontrollera.py").read_bytes())

    def _guide(self) -> str:
        clinic = self.source.settings(self.found.configuration).clinic
        keys = "\n".join(
            f"    {chain.register}{chain.till}  {canonical.to_text(chain.public_key)}"
            for chain in self.source.whole.chains
        )
        return (
            resource("control_visit/guide.txt")
            .read_text(encoding="utf-8")
            .format(
                company=clinic.company,
                number=clinic.organisation_number,
                clinic=clinic.name,
                exemption=clinic.exemption,
                till=self.source.register,
                first=self.period.first,
                last=self.period.last,
                at=f"{self.at:%Y-%m-%d %H:%M}",
                records=self.records,
                all=self.source.records,
                keys=keys,
                root=canonical.to_text(self.source.root_key),
                patients=_NAMED if self.with_patients else _UNNAMED,
            )
        )

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _text(self, name: str) -> Iterator[Callable[[str], Any]]:
        with (self.folder / name).open("x", encoding="utf-8", newline="") as file:
            yield file.write

    @contextlib.contextmanager
    def _table(self, name: str, headings: Any) -> Iterator[Callable[[list[str]], Any]]:
        with (self.folder / name).open("x", encoding="utf-8", newline="") as file:
            file.write(BYTE_ORDER_MARK)
            writer = table.writer(file, delimiter=";", lineterminator="\r\n")
            writer.writerow(headings)
            yield writer.writerow

    def _write_sums(self) -> bytes:
        names = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        listed = "".join(f"{_digest(self.folder / name).hex()}  {name}\n" for name in names).encode()
        (self.folder / SUMS).write_bytes(listed)
        return hashlib.sha256(listed).digest()


def pack(folder: Path, place: Path, top: str, go_on: Callable[[], None]) -> None:
    """The folder as a zip at `place`, in which it is called `top`; `go_on` raises to break it off between two files."""
    with zipfile.ZipFile(place, "x", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
        for path in sorted(folder.rglob("*")):
            go_on()
            if path.is_file():
                packed.write(path, f"{top}/{path.relative_to(folder).as_posix()}")


_DONE = ("Post", "Tid", "Kassa", "Händelse", "Användare", "Uppgift")
_SAID: dict[str, Callable[[Any], str]] = {
    "version": "version {}".format,
    "check": check_result,
    "number": "prislista {}".format,
    "where": "går inte att använda: {}".format,
    "act": lambda kind: f"godkänt: {event_kind(kind).lower()}",
    "asked_by": "på begäran av {}".format,
    "what": look,
    "format": lambda form: str(form.value),
    "first": "från {}".format,
    "last": "till {}".format,
    "purpose": cash_purpose,
    "z": "Z {}".format,
}
"""What is said of a record beside who and when: the field, and its Swedish."""
_NAMED = """De nummer och namn som står i tabellerna och i bevis/poster.txt är
begärda av den som var inloggad, och det är antecknat i kassajournalen för
varje patient. Den som har skyddade personuppgifter står som pseudonym."""
_UNNAMED = """Ingen patient är namngiven. I tabellerna står en pseudonym, samma för
samma person. Den personliga delen av varje post är kvar i kassan och hos
regionen; här finns bara dess åtagande (en saltad kontrollsumma)."""


def _done(entry: Entry, kind: str) -> list[str]:
    """Who did what, with what it was about; never a person's own words."""
    event: Any = entry.event
    said = [say(getattr(event, name)) for name, say in _SAID.items() if getattr(event, name, None) not in (None, "")]
    by = getattr(event, "by", None) or getattr(event, "user", None) or ""
    return [str(entry.seq), f"{event.at:%Y-%m-%d %H:%M:%S}", entry.till, kind, by, plain(", ".join(said))]


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
