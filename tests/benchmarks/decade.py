"""A desk of many years: an enrolled till whose journal holds so many records, all made by the rules, all proved.

A working day has some thirty records: the program starts, a cashier signs in and opens, a dozen visits with their
papers, now and then something rarer, the close. Ten years are 75,000. Patients have published test numbers.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random

from kassaapp import clinic, demo, enrolment
from kassaapp.app import Desk
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import Event, ProgramStarted, ReceiptPrinted, SaleRegistered, SignedIn, SignedOut
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import custody
from kassaapp.journal.till_secrets import read_certificates
from sync.client.engine import Proof
from sync.wire import checkpoint, entry, tree
from sync.wire.demo_keys import demo_keys
from sync.wire.entry import Enrolment
from tests.benchmarks import kept
from tests.benchmarks.measured import timed_ms
from tests.builders import CARD, CASH, SWISH, a_patient
from tests.desks import a_clock
from tests.export.years import NEW_YEAR, SWEDEN, Year

TILL = "E"
WHO = ("erilu", "234567")
"""A supervisor: sees other days than today."""
SEED = 9
_NUMBERS = Path(__file__).parents[1] / "resources" / "test_numbers.txt"
_PIECE = 500
_REMEMBERED = 100
"""What is refunded, undone or copied is of the last days."""


class Decade(Year):
    """Working days without end. What is handed out is forgotten, but for the last of it."""

    def __init__(self, seed: int) -> None:
        super().__init__(Random(seed), 0)
        self._handed_out = 0

    def all_events(self) -> Iterator[Event]:
        """Every event but the first, which enrolling records."""
        self._handed_out = 1
        while True:
            yield from self.events[self._handed_out :]
            del self.events[:-_REMEMBERED]
            self._handed_out = len(self.events)
            self.day()

    def day(self) -> None:
        """One working day."""
        self.record(ProgramStarted(self.at, "0.1.0"))
        self.record(SignedIn(self.at, "erilu"))
        self.open(0, None)
        for _ in range(self.random.randint(9, 14)):
            self.visit()
        self.rarely()
        self.get_ready()
        self.close(self.random.choice([0, 0, 0, -1_000]), None, "Fel växel")
        self.record(SignedOut(self.at, "erilu"))
        weekend = timedelta(days=3 if self.at.weekday() == 4 else 1)
        self.at = (self.at + weekend).replace(hour=7, minute=self.random.randint(30, 59))

    def visit(self) -> None:
        """A visit and its paper."""
        wishes = [Wish(number, 1) for number in self.random.sample([101, 102, 103, 104, 105], 2)]
        self.serve(self.someone(), wishes, [self.random.choice([CASH, CARD, CARD, SWISH])])
        sold = self.of(SaleRegistered)[-1]
        session = self.state.session
        assert session is not None
        self.record(
            ReceiptPrinted(
                self.at, "erilu", session.number, sold.receipt, sold.total_ore, copy=False, patient=sold.patient
            )
        )
        self.at = (self.at.astimezone(UTC) + timedelta(minutes=self.random.randint(5, 40))).astimezone(SWEDEN)

    def rarely(self) -> None:
        """Something rarer."""
        self.random.choice([Year.give_something_back, Year.undo_something, Year.put_aside, Year.move, Year.put_in])(
            self
        )

    def someone(self) -> Patient:
        return self.random.choice(patients())


@cache
def patients() -> tuple[Patient, ...]:
    """Everybody with a published number that a till takes."""
    made: list[Patient] = []
    for line in _NUMBERS.read_text(encoding="utf-8").splitlines():
        number = line.strip()
        try:
            if number.isdigit():
                made.append(a_patient(number, f"Test Testsson {len(made)}"))
        except Refused:
            continue
    return tuple(made)


def desk_folder(records: int) -> Path:
    """The kept folder of a closed desk whose journal holds at least so many records. Copy it before it is opened."""
    return kept.made_once(f"desk-v2-{records}", lambda folder: make(folder, records))


def make(folder: Path, records: int) -> None:
    """Fill an empty folder."""
    years = Decade(SEED)
    demo.enrol(folder, now=a_clock(NEW_YEAR), tills=(TILL,))
    journal = _opened(folder)
    events: list[Event] = []
    last_at = NEW_YEAR
    for event in years.all_events():
        events.append(event)
        last_at = event.at
        if len(events) == _PIECE or journal.count() + len(events) == records:
            journal.append_all(events)
            events.clear()
        if journal.count() >= records:
            break
    journal.keep(_proof(journal))
    journal.close()
    (folder / "evening.txt").write_text(last_at.isoformat(), encoding="utf-8")


def evening(folder: Path) -> datetime:
    """When a desk's last record was made."""
    return datetime.fromisoformat((folder / "evening.txt").read_text(encoding="utf-8"))


def opened(folder: Path) -> Desk:
    """The desk in a copied folder, with somebody signed in and a session open. Close it."""
    desk = Desk.open(folder, a_clock(evening(folder)))
    begin(desk)
    return desk


def begin(desk: Desk) -> None:
    """Sign in, and open a session if there is none."""
    desk.sign_in(*WHO)
    register = desk.register(TILL)
    if register.state.session is None:
        register.open_session(register.state.left_ore or 0, "Räknat om")


def sell(desk: Desk, count: int) -> list[float]:
    """So many sales in a row; how long each took (ms)."""
    register, who = desk.register(TILL), patients()

    def one(number: int) -> None:
        register.sell(who[number % len(who)], [Wish(104), Wish(105)], [CASH])

    return [timed_ms(partial(one, number)) for number in range(count)]


def _opened(folder: Path) -> Journal:
    settings = clinic.read(folder / enrolment.CLINIC_NAME)
    journal, _ = Journal.open(
        enrolment.journal_path(folder, TILL),
        custody(settings.custody, folder / TILL),
        settings.root_key,
        second_medium=lambda name: enrolment.second_medium_path(folder, settings, TILL, name),
    )
    newest = journal.configurations.newest()
    assert newest is not None
    journal.configurations.use(newest.header.seq)
    return journal


def _proof(journal: Journal) -> Proof:
    """The region has proved every record: a ledger of the certificate and the newest."""
    before = journal.proof()
    assert before is not None
    leaves = [before.leaf, entry.encode_record(int(NEW_YEAR.timestamp() * 1000), journal.head)]
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    head = checkpoint.sign(journal.trust.origin, 2, tree.node_hash(*hashes), demo_keys().ledger)
    return Proof(journal.count(), leaves[1], 1, (hashes[0],), (hashes[1],), head)


def certificate(folder: Path) -> Enrolment:
    """The till's certificate."""
    return read_certificates(enrolment.journal_path(folder, TILL))[-1]
