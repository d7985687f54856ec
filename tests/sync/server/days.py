"""A till's days for tests of the watch: real events by the till's own rules, sealed and pushed to a real region."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kassaapp.domain import day_report, session
from kassaapp.domain.events import Event, RegisterOpened, SignedIn, kind_of
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply, fold
from kassaapp.domain.visit import Tender
from kassaapp.journal import payload
from sync.server import configuration, ingest
from sync.server.region import Region
from sync.wire import record as rec
from sync.wire.frame import Frame
from sync.wire.record import Header
from tests import builders
from tests.sync.builders import Clock, enrol, part, publish
from tests.sync.builders import Till as Enrolled

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.toml"
Contents = dict[str, dict[str, Any]]


@dataclass
class Till:
    """A till that sells by the rules and sends what it likes: `write` takes any content, also what no till writes."""

    region: Region
    clock: Clock
    own: Enrolled
    cfg: bytes
    frames: list[Frame] = field(default_factory=list)
    state: RegisterState = field(default_factory=lambda: fold([]))

    @property
    def chain(self) -> bytes:
        """Its chain."""
        return self.own.journal.enrolment.chain

    def write(self, kind: str, contents: Contents) -> Frame:
        """Seal a record. Its salt and key are real, its content is what you say."""
        born, parts = self.own.journal.enrolment, tuple(part(name, content) for name, content in contents.items())
        prev = self.frames[-1].record.hash if self.frames else born.hash
        committed = {one.name: one.commitment for one in parts}
        header = Header(born.chain, len(self.frames), prev, kind, committed, secrets.token_bytes(32), self.cfg)
        self.frames.append(Frame(rec.seal(header, self.own.journal.key), parts))
        return self.frames[-1]

    def happens(self, *events: Event) -> None:
        """These events are recorded."""
        for event in events:
            self.state = apply(self.state, event)
            self.write(kind_of(event), payload.contents(event))

    def opens(self, at: datetime = builders.MORNING) -> None:
        """The till is enrolled if it was not, and a session opened."""
        if not self.frames:
            born = self.own.journal.enrolment
            self.happens(RegisterOpened(at=at, register=born.register, till=born.till, clinic=born.clinic))
        self.happens(SignedIn(at=at, by="anber"))
        float_ore = builders.a_configuration().till("H").float_ore
        left_ore = float_ore if self.state.left_ore is None else self.state.left_ore
        self.happens(session.open_session(self.state, left_ore, float_ore=float_ore, reason=None, at=at, by="anber"))

    def sells(self, *wishes: int, at: datetime = builders.AT, number: str = builders.ADULT) -> None:
        """A visit."""
        patient = builders.a_patient(number)
        wanted = [Wish(article) for article in wishes or (1,)]
        self.happens(builders.a_sale(patient, wanted, state=self.state, at=at))

    def closes(self, at: datetime = builders.EVENING) -> None:
        """It is counted, rightly, and closed."""
        expected = day_report.expected(session.require_session(self.state).figures)[Tender.CASH]
        count, limit_ore = Count(cash_ore=expected), 50000
        self.happens(
            session.close_session(self.state, count, reason=None, second=None, limit_ore=limit_ore, at=at, by="anber")
        )

    def sends(self) -> None:
        """Everything that the region does not have, at the region's time."""
        sent = ingest.Push(0, tuple(self.frames))
        ingest.push(self.region, self.chain, sent, 0)

    def is_heard(self, at: datetime) -> None:
        """A heartbeat, at that time."""
        self.clock.now_ms = int(at.timestamp() * 1000)
        ingest.push(self.region, self.chain, ingest.Push(len(self.frames), ()), 0)

    def whole_day(self, visits: Sequence[int] = (1, 2, 1), days: int = 0) -> None:
        """Opened, sold, closed, sent, `days` after the builders' day."""
        later = timedelta(days=days)
        self.opens(builders.MORNING + later)
        for minutes, article in enumerate(visits):
            self.sells(article, at=builders.AT + later + timedelta(minutes=minutes))
        self.closes(builders.EVENING + later)
        self.clock.now_ms = int((builders.EVENING + later).timestamp() * 1000)
        self.sends()


def changed(frame: Frame, **fields: Any) -> Contents:
    """The contents of a record with other fields in its accounting part."""
    contents = {one.name: one.content() for one in frame.parts}
    return contents | {"a": contents["a"] | fields}


def a_till(region: Region, clock: Clock, till: str = "H", days: int = -1) -> Till:
    """A till of the demo clinic, enrolled `days` after the builders' day."""
    clock.now_ms = int((builders.MORNING + timedelta(days=days)).timestamp() * 1000)
    if configuration.newest_seq(region) == 0 and not configuration.published_for(region, "ekbacken"):
        publish(region, DEMO.read_text(encoding="utf-8"))
    own = enrol(region, clock, till=till)
    newest = own.configurations.newest()
    assert newest is not None
    return Till(region, clock, own, newest.hash)
