"""A counter to ask things of: a desk with both tills on a real journal, and short ways to act, refuse and look.

The people's PINs are those of the demo clinic; their verifiers are made as weak as Argon2id allows, for speed only.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nacl import pwhash

from kassaapp import demo
from kassaapp.app import Desk
from kassaapp.domain.events import (
    DepositRepaid,
    DepositTaken,
    Event,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SignInFailed,
)
from kassaapp.domain.figures import Figures
from kassaapp.domain.session import require_session
from kassaapp.history import Receipt
from kassaapp.journal import payload
from kassaapp.journal.journal import Journal
from kassaapp.paths import resource
from kassaapp.register import Register
from sync.wire import document
from tests.desks import MONDAY_MORNING, a_clock, asking

Answer = dict[str, Any]
Edit = Callable[[dict[str, Any]], None]
Pay = dict[str, Any] | list[dict[str, Any]] | None

ADULT = {"id": "196101182803", "name": "Test Testsson", "address": "Provgatan 1, 123 45 Demostad"}
OTHER = {"id": "197010632391", "name": "Sara Samordning", "address": "Provgatan 2, 123 45 Demostad"}
TWENTY = {"id": "200512312398", "name": "Tyra Tjugo", "address": "Provgatan 3, 123 45 Demostad"}
CHILD = {"id": "201010212395", "name": "Bo Barn"}
OLD = {"id": "194201199124", "name": "Åsa Äldre"}
HIDDEN = {"id": "195009072553", "name": "Ska Inte Stå Här", "protected": True}

CASH, CARD, SWISH, INVOICE, ON_ACCOUNT = ({"by": by} for by in ("cash", "card", "swish", "invoice", "on_account"))
BOSS = {"user": "erilu", "pin": "234567"}
PINS = {"anber": "123456", "erilu": "234567", "revis": "345678"}


def demo_document() -> dict[str, Any]:
    """The demo clinic's document, to edit."""
    return document.read(resource("demo/demo.toml").read_text(encoding="utf-8"))


def article(made: dict[str, Any], number: int) -> dict[str, Any]:
    """The first row of an article in a document."""
    rows: list[dict[str, Any]] = made["articles"]
    return next(row for row in rows if row["number"] == number)


class Counter:
    """An open desk, and what stands in its journals before and after."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ask = asking(desk)

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ok(self, do: str, **arguments: Any) -> Answer:
        """The answer of an act that must be done."""
        answer = self.ask(do, **arguments)
        assert answer["ok"], answer
        return answer

    def refused(self, do: str, **arguments: Any) -> str:
        """The name of a refusal, which must leave every journal as it was; only a wrong PIN may be added."""
        before = self.heads()
        answer = self.ask(do, **arguments)
        assert not answer["ok"], answer
        name: str = answer.get("refused") or "Malformed"
        if name in ("WrongPin", "TooManyAttempts"):
            new = [event for letter in self.desk.tills for event in self.events(letter)[before[letter][0] :]]
            assert all(isinstance(event, SignInFailed) for event in new)
        else:
            assert self.heads() == before, f"{name} left something in the journal"
        return name

    def sell(self, article: int = 1, pay: Pay = None, till: str = "H", **more: Any) -> Answer:
        """Sell one article, to the adult and by card when not said."""
        offers = [CARD] if pay is None else [pay] if isinstance(pay, dict) else pay
        basket: dict[str, Any] = {"till": till, "patient": ADULT, "lines": [{"article": article}], **more}
        return self.ok("sell", **basket, pay=offers)

    def refund(self, receipt: int, ore: int, pay: dict[str, Any] = CARD, till: str = "H", **more: Any) -> Answer:
        """Give back so much of a receipt's first row."""
        return self.ok("refund", **a_refund(receipt, ore, pay, till), **more)

    def sign_in(self, user: str) -> None:
        """Somebody else comes to the till."""
        self.ok("sign_in", user=user, pin=PINS[user])

    def close(self, till: str = "H", **more: Any) -> Answer:
        """Close with the right count, unless told another; the Z's answer."""
        given = {"counted_ore": self.expected(till), **more}
        return self.ok("close_session", till=till, pin=PINS[self.register(till).state.user or ""], **given)

    def at(self, moment: str) -> None:
        """Move the clock, to such as 2026-11-23T08:00."""
        self.desk.clock.set(datetime.fromisoformat(f"{moment}:00+01:00"))

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def register(self, till: str = "H") -> Register:
        """The till's register."""
        return self.desk.register(till)

    def journal(self, till: str = "H") -> Journal:
        """The till's journal."""
        return self.desk._tills[till].journal

    def heads(self) -> dict[str, tuple[int, bytes]]:
        """For each till how many records there are, and the hash of the newest, which covers all before it."""
        return {
            letter: (journal.count(), journal.hash_of(journal.count() - 1))
            for letter in self.desk.tills
            for journal in [self.journal(letter)]
        }

    def events(self, till: str = "H") -> list[Event]:
        """Every event in the journal file, read back from its records."""
        return events_of(self.journal(till))

    def numbered(self, till: str = "H") -> list[Receipt]:
        """Every event in the journal that has a receipt number of its own."""
        kinds = (SaleRegistered, SaleRefunded, SaleVoided, DepositTaken, DepositRepaid)
        return [event for event in self.events(till) if isinstance(event, kinds)]

    def figures(self, till: str = "H") -> Figures:
        """The figures so far of the open session."""
        return require_session(self.register(till).state).figures

    def x(self, till: str = "H") -> Answer:
        """An X report's figures."""
        figures: Answer = self.ok("x_report", till=till)["figures"]
        return figures

    def expected(self, till: str = "H") -> int:
        """What should be in the drawer."""
        return self.register(till).expected_cash_ore()

    def rows(self, till: str = "H", **wanted: Any) -> list[Answer]:
        """Rows of the history."""
        rows: list[Answer] = self.ok("history", till=till, **wanted)["rows"]
        return rows

    def paper(self, receipt: int, till: str = "H") -> str:
        """A receipt as one line of text, however it is broken on paper."""
        text: str = self.ok("receipt", till=till, receipt=receipt)["text"]
        return " ".join(text.split())

    def save(self, receipt: int, till: str = "H") -> Path | None:
        """The PDF of a receipt, as it is put on paper without being asked for."""
        return self.desk.save_receipt(till, receipt)


def a_refund(receipt: int, ore: int, pay: dict[str, Any] = CARD, till: str = "H") -> dict[str, Any]:
    """The arguments of a refund of the first row."""
    lines = [{"line": 1, "amount_ore": ore}]
    return {"till": till, "receipt": receipt, "lines": lines, "pay": [pay], "reason": "Fel avgift"}


def events_of(journal: Journal) -> list[Event]:
    """Every event of a journal, read back from the file."""
    frames = [frame for first in range(0, journal.count(), 500) for frame in journal.frames(first, 500)]
    return [
        payload.event_of(frame.record.header.kind, {part.name: part.content() for part in frame.parts})
        for frame in frames
    ]


@functools.cache
def _verifier(pin: str) -> str:
    made = pwhash.argon2id.str(pin.encode(), pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN)
    return str(made.decode("ascii"))


def enrolled(folder: Path, edit: Edit | None = None, at: datetime = MONDAY_MORNING) -> Path:
    """A folder enrolled as a demo desk, with an edited document."""
    made = demo_document()
    if edit is not None:
        edit(made)
    for person in made["users"]:
        person["verifier"] = _verifier(person.pop("pin"))
    demo.enrol(folder, now=a_clock(at), contents=document.contents(made))
    return folder


@contextmanager
def at_counter(
    folder: Path, edit: Edit | None = None, at: datetime = MONDAY_MORNING, *, opened: bool = True
) -> Iterator[Counter]:
    """A counter in `folder`, enrolled when it is new; Anna is signed in and, unless said, both tills are open."""
    if not (folder / "clinic.toml").exists():
        enrolled(folder, edit, at)
    with Desk.open(folder, a_clock(at)) as desk:
        counter = Counter(desk)
        counter.sign_in("anber")
        if opened:
            counter.ok("open_session", till="H", counted_ore=100_000)
            counter.ok("open_session", till="E", counted_ore=50_000)
        yield counter
