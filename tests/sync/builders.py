"""A register, a region and their clock for tests of sync: real bytes and real signatures, in memory where it can be."""

import gzip
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from sync.client import enrol as client_enrol
from sync.client.engine import Proof
from sync.client.enrol import NewRegister
from sync.client.round import Round
from sync.client.transport import Sender, Transport
from sync.server import configuration, enrolment, guards, keys, storage
from sync.server.app import make_app
from sync.server.enrolment import shown
from sync.server.region import Region, found_region, open_region
from sync.wire import canonical, messages, request_signature
from sync.wire import record as rec
from sync.wire.entry import Enrolment
from sync.wire.frame import Frame
from sync.wire.messages import Refusal
from sync.wire.record import SALT_BYTES, Header, Part, Record
from sync.wire.signature import Signer

START_MS = 1_700_000_000_000
HOST = "region.test"
DOCUMENT = """
[region]
name = "Demoregionen"
[clinic]
id = "ekbacken"
name = "Vårdcentralen Ekbacken"
[[articles]]
till = "H"
number = 1
text = "Läkarbesök"
price_ore = 20000
[[users]]
id = "anber"
verifier = "verifier-of-anber"
"""


@dataclass
class Clock:
    """The region's clock, in milliseconds, moved by hand."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms

    def aware(self) -> datetime:
        """The same moment, for a register."""
        return datetime.fromtimestamp(self.now_ms / 1000, UTC)

    def pass_s(self, seconds: float) -> None:
        """Let time pass, or go back."""
        self.now_ms += int(seconds * 1000)


def signer() -> Signer:
    """A new key."""
    return Signer(secrets.token_bytes(32))


def part(name: str, content: dict[str, canonical.Json]) -> Part:
    """A part with a fresh salt."""
    return Part(name, secrets.token_bytes(SALT_BYTES), canonical.encode(content))


def seal(born: Enrolment, key: Signer, seq: int, prev: bytes, *, kind: str = "sale", note: str = "") -> Frame:
    """A register's record number `seq`, with an accounting and a person part."""
    parts = (part("a", {"total_ore": 20000 + seq, "note": note}), part("p", {"name": f"Patient {seq}"}))
    header = Header(born.chain, seq, prev, kind, {one.name: one.commitment for one in parts})
    return Frame(rec.seal(header, key), parts)


def seal_many(born: Enrolment, key: Signer, count: int, *, after: Sequence[Frame] = (), note: str = "") -> list[Frame]:
    """The next `count` records after `after`."""
    made = list(after)
    for seq in range(len(made), len(made) + count):
        made.append(seal(born, key, seq, made[-1].record.hash if made else born.hash, note=note))
    return made[len(after) :]


@dataclass
class MemoryJournal:
    """`sync.client.engine.Records`, in memory."""

    enrolment: Enrolment
    key: Signer
    kept: list[Proof] = field(default_factory=list)
    records: list[Frame] = field(default_factory=list)

    def sell(self, count: int = 1, note: str = "") -> list[Frame]:
        """Add records; returns the new ones."""
        made = seal_many(self.enrolment, self.key, count, after=self.records, note=note)
        self.records += made
        return made

    def count(self) -> int:
        return len(self.records)

    def hash_of(self, seq: int) -> bytes:
        return self.records[seq].record.hash

    def frames(self, first: int, at_most: int) -> Sequence[Frame]:
        return self.records[first : first + at_most]

    def proof(self) -> Proof | None:
        return self.kept[-1] if self.kept else None

    def keep(self, proof: Proof) -> None:
        self.kept.append(proof)


@dataclass
class MemoryConfigurations:
    """`sync.client.round.Configurations`, in memory."""

    frames: list[Frame] = field(default_factory=list)

    def newest(self) -> Record | None:
        return self.frames[-1].record if self.frames else None

    def keep(self, frames: Sequence[Frame]) -> None:
        self.frames += frames


@dataclass
class Till:
    """An enrolled register with its line to a region."""

    journal: MemoryJournal
    configurations: MemoryConfigurations
    transport: Transport
    sync: Round
    paper: NewRegister

    @property
    def sender(self) -> Sender:
        """Who signs its requests."""
        return Sender(self.journal.enrolment.chain, self.journal.key)


def transport_to(app: ASGIApp) -> Transport:
    """A line to an application in this process. Starlette's test client is an `httpx2.Client`."""
    return Transport(TestClient(app, base_url=f"http://{HOST}", raise_server_exceptions=False))


def make_region(folder: Path, clock: Clock, database: str | None = None) -> Region:
    """A new demo region."""
    found_region(folder, "Demoregionen", database=database, demo=True)
    return open_region(folder, clock=clock)


def publish(region: Region, text: str = DOCUMENT) -> Frame:
    """Publish a document with the region's own configuration key."""
    return configuration.publish(region, text, keys.signer(region.settings.keys, "config"))


def new_code(region: Region, *tills: str, parents: Sequence[bytes] = ()) -> str:
    """A one-time code for register R0417 at Ekbacken, as it is read out."""
    return shown(enrolment.order(region, "ekbacken", "R0417", tills or ("H",), parents))


def enrol(region: Region, clock: Clock, app: ASGIApp | None = None, till: str = "H", code: str = "") -> Till:
    """A register that is enrolled for real; `app` is what it will talk to from then on."""
    key = signer()
    line = transport_to(make_app(region))
    paper = client_enrol.enrol(code or new_code(region, till), till, key, region.settings.root_key, line)
    return till_of(paper, key, line if app is None else transport_to(app), clock)


def till_of(paper: NewRegister, key: Signer, line: Transport, clock: Clock) -> Till:
    """A register with nothing sold yet."""
    journal = MemoryJournal(paper.enrolment, key, [paper.proof])
    configurations = MemoryConfigurations(list(paper.configuration))
    sync = Round(journal, configurations, paper.trust, line, key, clock=clock.aware)
    return Till(journal, configurations, line, sync, paper)


# ── Requests made by hand ────────────────────────────────────────────────────────────────────────


def knock(region: Region) -> TestClient:
    """A client for requests that no transport of ours would send."""
    return TestClient(make_app(region), base_url=f"http://{HOST}", raise_server_exceptions=False)


def signed_headers(
    sender: Sender, method: str, path: str, nonce: str, body: bytes, stated: dict[str, str]
) -> dict[str, str]:
    """The headers of a signed request: those `stated`, and the signature over them."""
    plain, _, query = path.partition("?")
    request = request_signature.Request(method, HOST, plain, f"?{query}", stated, body)
    return stated | request_signature.sign(request, sender.chain, nonce, sender.signer)


def post_records(
    region: Region, sender: Sender, body: bytes, *, start: int = 0, known: int = 0, nonce: str = "", coding: str = ""
) -> Response:
    """Push raw bytes, signed with `nonce` (a fresh one if not given)."""
    stated = {messages.START_HEADER: str(start), messages.KNOWN_HEADER: str(known)}
    stated |= {"content-encoding": coding} if coding else {}
    path = messages.push_path(sender.chain)
    fresh = nonce or region.nonces.make(region.clock())
    headers = signed_headers(sender, "POST", path, fresh, body, stated)
    return knock(region).post(path, content=body, headers=headers)


def refusal(response: Response) -> tuple[int, str, int]:
    """(status, why, index) of a refusal."""
    said = Refusal.read(response.content)
    return response.status_code, said.why, said.index


def tamper(region: Region, table: str, statement: str, **values: object) -> None:
    """Change the database as its owner can: past the guards and row security, which are put back afterwards."""
    engine = storage.open_engine(region.settings.database)  # With no role: as who may do anything.
    with storage.writing(engine) as db:
        if db.dialect.name == "sqlite":
            triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
            for trigger in db.scalars(triggers, {"table": table}).all():
                db.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        done = db.execute(text(statement), values)
        assert done.rowcount
        if db.dialect.name == "sqlite":
            guards.put_up(db)
        else:
            db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    engine.dispose()


def unpacked(body: bytes) -> bytes:
    """A body as it was before it may have been compressed."""
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
