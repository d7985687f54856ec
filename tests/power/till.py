"""The till under test: enrolled, started, fed and closed as the shipped program does it, in a folder of its own."""

import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import apsw

from kassaapp import clinic, enrolment, recovery
from kassaapp.domain.events import Event
from kassaapp.journal import database
from kassaapp.journal.journal import Journal, Written
from kassaapp.journal.signing_key import custody
from kassaapp.recovery import Opened
from kassaapp.trouble import Trouble
from sync.client import engine
from sync.client.engine import Proved
from sync.client.link import Link
from sync.client.round import fetch_configuration
from sync.client.transport import Sender
from tests.builders import MORNING
from tests.power.counter import Counter
from tests.power.disk import PowerCut
from tests.power.region import TILL, Region, clinic_text

NOWHERE = "/dev/null/no-second-medium"
"""A second medium that is never there: its loss is a warning."""


SHIPPED = database._CHECKPOINT_PAGES
"""Pages of log after which the shipped till copies it into its file: some two hundred sales."""


def checkpoint_every(pages: int) -> None:
    """Every till of this process copies its log so often, so that a short life has some of it."""
    setattr(database, "_CHECKPOINT_PAGES", pages)  # noqa: B010


class Till:
    """One till in `folder`. `second_medium` is a folder elsewhere, NOWHERE, or "" for beside the journal."""

    def __init__(self, folder: Path, region: Region, chance: random.Random, *, second_medium: str = "") -> None:
        self.folder = folder
        self.region = region
        self._chance = chance
        self._text = clinic_text(second_medium=second_medium)
        self._clinic = clinic.parse(self._text)
        self.keys = self.path.parent
        """Where the keys and marks are: beside the journal, or in a folder elsewhere, as those of a keyring are."""
        self._journal: Journal | None = None
        self._counter: Counter | None = None

    @property
    def path(self) -> Path:
        """Where the journal lies."""
        return enrolment.journal_path(self.folder, TILL)

    @property
    def is_enrolled(self) -> bool:
        """Whether the desk has a clinic file that can be read, which is the last thing that enrolling leaves. Raises
        BadClinicFile when there is one that cannot."""
        path = self.folder / enrolment.CLINIC_NAME
        return path.exists() and clinic.read(path) == self._clinic

    @property
    def is_open(self) -> bool:
        """Whether the till is started."""
        return self._journal is not None

    @property
    def journal(self) -> Journal:
        """The open journal."""
        assert self._journal is not None, "the till is not started"
        return self._journal

    @property
    def counter(self) -> Counter:
        """What goes on at the counter of the started till."""
        assert self._counter is not None, "the till is not started"
        return self._counter

    def enrol(self) -> None:
        """Make it a till; may be done again when it was interrupted."""
        enrolment.enrol(self.folder, self._clinic, self._text, self.region, now=lambda: MORNING)

    def start(self, link: Link | None = None) -> Opened:
        """Open the journal and heal it, as every start does. Nothing is recorded yet."""
        opened = recovery.open_till(
            self.path,
            custody(self._clinic.custody, self.keys),
            self._clinic.root_key,
            second_medium=lambda name: enrolment.second_medium_path(self.folder, self._clinic, TILL, name),
            link=link,
            now=lambda: MORNING,
        )
        self._journal = opened.journal
        self._counter = Counter([written.event for written in opened.past], self._chance)
        newest = self.journal.configurations.newest()
        assert newest is not None
        self.journal.configurations.use(newest.header.seq)
        return opened

    def append(self, events: Sequence[Event]) -> list[Written[Event]]:
        """Record what happened at the counter. When it returns it has happened."""
        written = self.journal.append_all(events)
        self.counter.did(events)
        return written

    def sell(self) -> list[Written[Event]]:
        """Sell once, whatever must be recorded before it."""
        written: list[Written[Event]] = []
        while before := self.counter.before_a_sale():
            written += self.append(before)
        return written + self.append(self.counter.next_sale())

    def contact(self) -> int:
        """Push what is not proved, keep the proof; what is proved then."""
        journal = self.journal
        push = engine.next_push(journal)
        answer = self.region.push(self._sender, push)
        outcome = engine.read_answer(journal, journal.trust, push, answer)
        assert isinstance(outcome, Proved), outcome
        journal.keep(outcome.proof)
        return outcome.proof.next

    def take_configuration(self) -> int:
        """The region publishes a configuration, and the till keeps it; its number."""
        self.region.publish()
        fetch_configuration(self.journal.configurations, self.journal.trust, self.region, self._sender, None)
        newest = self.journal.configurations.newest()
        assert newest is not None
        return newest.header.seq

    @property
    def _sender(self) -> Sender:
        return Sender(self.journal.enrolment.chain, self.journal.signer, self.journal.enrolment.clinic)

    def close(self) -> None:
        """End the program in good order."""
        journal, self._journal = self.journal, None
        journal.close()

    def abandon(self) -> None:
        """The process is gone: let go of what it held open; its disk is off, so nothing is tidied."""
        journal, self._journal = self._journal, None
        if journal is not None:
            with suppress(PowerCut, apsw.Error, Trouble, OSError):
                journal._second_medium.close()
            with suppress(PowerCut, apsw.Error):
                journal._file._connection.close(force=True)
