"""Random years at a till, from a seed: every kind of event an export tells of, made by the rules as at the counter."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from kassaapp.domain import parked
from kassaapp.domain.events import (
    ClockSetBack,
    ConfigurationTaken,
    DrawerOpened,
    Event,
    ExportFormat,
    Locked,
    ProgramStarted,
    ReceiptPrinted,
    RecordsExported,
    RegisterOpened,
    ReportTaken,
    SaleRegistered,
    SaleVoided,
    SignedIn,
    SignedOut,
    TrainingBegun,
    TrainingEnded,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.visit import Patient
from kassaapp.export.past import Entry, Past
from kassaapp.export.xml import Occasion
from tests.builders import ADULT, CARD, CASH, OLD, PROTECTED, SWISH, a_configuration, a_patient
from tests.domain.day import ON_ACCOUNT, Day

SWEDEN = ZoneInfo("Europe/Stockholm")
NEW_YEAR = datetime(2026, 1, 1, 7, 42, tzinfo=SWEDEN)
PEOPLE = (
    a_patient(ADULT),
    a_patient(OLD, "Åke Äldre"),
    a_patient(PROTECTED, "SKYDDADE PERSONUPPGIFTER", protected=True),
)
_CHAINS = (b"\x01" * 16, b"\x02" * 16)


class Year(Day):
    """Days in a row, each opened, filled at random, and closed."""

    def __init__(self, random: Random, days: int, start: datetime = NEW_YEAR) -> None:
        super().__init__()
        self.random = random
        self.at = start
        self.events = [RegisterOpened(start, "R0417", "E", "ekbacken")]
        self.record(ProgramStarted(start, "0.1.0"))
        self.record(ConfigurationTaken(start, 0))
        for _ in range(days):
            self.day()

    def day(self) -> None:
        """One day at the till; late in October one that sells in the hour that comes twice."""
        self.record(SignedIn(self.at, "erilu"))
        self.open(self.random.choice([0, 0, -500, 1_000]), "Ett mynt saknas")
        for _ in range(self.random.randint(3, 9)):
            self.get_ready()
            self.random.choice(_ACTS)(self)
            self.at = (self.at.astimezone(UTC) + timedelta(minutes=self.random.randint(1, 40))).astimezone(SWEDEN)
        self.get_ready()
        self.close(self.random.choice([0, 0, -1_000, 50]), self.random.choice([None, 68_800]), "Fel växel")
        self.record(SignedOut(self.at, "erilu"))
        self.at = (self.at + timedelta(days=1)).replace(hour=7, minute=self.random.randint(30, 59))

    def someone(self) -> Patient:
        return self.random.choice(PEOPLE)

    def sale(self) -> None:
        wishes = [Wish(self.random.choice([101, 102, 103, 104, 105]), self.random.randint(1, 3)) for _ in range(2)]
        self.serve(self.someone(), wishes[: self.random.randint(1, 2)], [self.random.choice([CASH, CARD, SWISH])])

    def sell_on_account(self) -> None:
        patient = self.someone()
        self.deposit(patient, 200_000, CASH)
        self.serve(patient, [Wish(101)], [ON_ACCOUNT])

    def copy(self) -> None:
        sold = self.of(SaleRegistered)
        copied = {event.receipt for event in self.of(ReceiptPrinted) if event.copy}
        if sold and self.state.session is not None and sold[-1].receipt not in copied:
            one, session = sold[-1], self.state.session.number
            for made in (False, True):
                self.record(ReceiptPrinted(self.at, "erilu", session, one.receipt, one.total_ore, made, one.patient))

    def put_aside(self) -> None:
        self.record(parked.park(self.state, self.someone(), [Wish(104, 2)], 9_990, at=self.at, by="erilu"))
        self.record(parked.recall(self.state, self.state.next_parked - 1, at=self.at, by="erilu"))

    def practise(self) -> None:
        self.record(TrainingBegun(self.at, "erilu"))
        self.record(TrainingEnded(self.at, "erilu", 2, 40_000))

    def look_around(self) -> None:
        assert self.state.session is not None
        self.record(ReportTaken(self.at, "erilu", self.state.session.number))
        self.record(DrawerOpened(self.at, "erilu", self.state.session.number, "Växla"))
        self.record(Locked(self.at, "erilu"))
        self.record(ClockSetBack(self.at, self.at + timedelta(hours=1)))
        day = self.at.date()
        self.record(RecordsExported(self.at, ExportFormat.CSV, day, day, 3, "A" * 43, by="erilu"))

    def give_something_back(self) -> None:
        tender = self.random.choice([CASH, CARD])
        self.give_back(self.random.randint(0, 500), self.random.choice([Fraction(1), Fraction(1, 3)]), tender)

    def undo_something(self) -> None:
        before = len(self.of(SaleVoided))
        if self.events and self.of(SaleRegistered):
            self.undo(len(self.of(SaleRegistered)) - 1)
        assert len(self.of(SaleVoided)) - before in (0, 1)

    def move(self) -> None:
        self.move_cash(self.random.choice([-10_000, 20_000]), self.random.choice([5_000, 20_000]))

    def put_in(self) -> None:
        self.deposit(self.someone(), 50_000, self.random.choice([CASH, CARD]))

    def pay_back(self) -> None:
        self.repay(self.someone(), Fraction(1, 2), CASH)


_ACTS = (
    *[Year.sale] * 6,
    Year.sell_on_account,
    Year.copy,
    Year.put_aside,
    Year.practise,
    Year.look_around,
    Year.give_something_back,
    Year.undo_something,
    Year.move,
    Year.put_in,
    Year.pay_back,
)


def past_of(events: Sequence[Event], *, heir_from: int | None = None) -> Past:
    """The events as an export reads them; from place `heir_from` on they are of a chain that follows on the first."""

    def entries() -> Iterator[Entry]:
        for seq, event in enumerate(events):
            heir = heir_from is not None and seq >= heir_from
            digest = hashlib.sha256(seq.to_bytes(8, "big")).digest()
            yield Entry(event, "R0417BE" if heir else "R0417E", _CHAINS[heir], seq, digest, digest)

    return Past(entries, lambda _: a_configuration().clinic)


def an_occasion(by: str | None = None) -> Occasion:
    """An export of the demo clinic's E till, made in the new year."""
    settings = a_configuration()
    at = datetime(2027, 1, 4, 9, 0, tzinfo=SWEDEN)
    return Occasion(at, "R0417E", settings.clinic, settings.catalogue, by)
