"""One till's past as an export reads it: the journal as it stood when the export began, and the prices as they were.

Any thread may read it while the till goes on. Nothing here writes.
"""

import hmac
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from kassaapp import configuration
from kassaapp.clinic import Clinic
from kassaapp.configuration import Configuration
from kassaapp.domain.patient_id import PatientId
from kassaapp.export.past import Entry, Past
from kassaapp.journal.journal import Journal
from kassaapp.journal.whole import Whole, event_of
from kassaapp.trouble import BadConfiguration
from sync.wire import record
from sync.wire.config import own_part

PSEUDONYM_DOMAIN = b"kassa/pseudonym/v1\0"
_PSEUDONYM_DIGITS = 12


@dataclass(slots=True)
class Source:
    """A till of `clinic` whose journal is open. `protected` is whom the desk knows to be protected besides those
    its own records name; `each` is called before each record is read, and may raise to end the reading."""

    journal: Journal
    letter: str
    clinic: Clinic
    protected: Collection[PatientId] = ()
    each: Callable[[], None] = lambda: None
    whole: Whole = field(init=False)
    _read: dict[int, Configuration] = field(default_factory=dict)
    _numbers: dict[bytes | None, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.whole = self.journal.whole()

    @property
    def root_key(self) -> bytes:
        """The region's, from the clinic file."""
        return self.clinic.root_key

    @property
    def demo(self) -> bool:
        """Whether it is a demonstration."""
        return self.clinic.demo

    @property
    def register(self) -> str:
        """What the till is called now (kassabeteckning), such as `R0417H`."""
        return f"{self.journal.enrolment.register}{self.letter}"

    @property
    def records(self) -> int:
        """How many records there are to read."""
        return sum(self.whole.ends)

    @property
    def past(self) -> Past:
        """What the formats read."""
        return Past(self.entries, lambda env: self.settings_of(env).clinic)

    def entries(self) -> Iterator[Entry]:
        """Every event from the till's birth, in order."""
        for chain, frame in self.whole.frames():
            self.each()
            own = frame.record
            till = f"{chain.register}{self.letter}"
            yield Entry(event_of(frame), till, chain.chain, own.header.seq, own.hash, own.env)

    def settings_of(self, env: bytes) -> Configuration:
        """The configuration that a record with that signed header was made by. Raises BadConfiguration."""
        cfg = record.read(env).header.cfg
        if cfg not in self._numbers:
            self._numbers[cfg] = self.journal.configurations.number_of(cfg)
        return self.settings(self._numbers[cfg])

    def settings(self, number: int) -> Configuration:
        """The configuration with that number; the one in force when a till reads it. Raises BadConfiguration."""
        if number < 0:
            raise BadConfiguration("region")
        if number not in self._read:
            self._read[number] = self._settings(number)
        return self._read[number]

    def _settings(self, number: int) -> Configuration:
        configurations, clinic = self.journal.configurations, self.journal.enrolment.clinic
        if configurations.in_force_hash() is None:
            configurations.use(number)
        own_before = configurations.versions(own_part(clinic), number)
        return configuration.read(number, configurations.contents(number), clinic, own_before=own_before)

    def pseudonym(self, patient: PatientId) -> str:
        """The same for a person in every table of this till. Who it is can be found with the till's sealing key, and
        with nothing else: identity numbers can be guessed, so a plain hash would name the person."""
        text = f"{patient.kind.value} {patient.oid} {patient.reveal()}".encode()
        keyed = hmac.digest(self.journal.secrets.sealing_key, PSEUDONYM_DOMAIN + text, "sha256")
        return f"P-{keyed.hex()[:_PSEUDONYM_DIGITS].upper()}"
