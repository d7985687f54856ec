"""Journals to be verified: a real day's, and ways to change one behind its back."""

import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw

from kassaapp import clinic, enrolment, verify
from kassaapp.domain.events import Event
from kassaapp.domain.fees import Wish
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, fold
from kassaapp.journal import database
from kassaapp.journal.journal import Journal
from kassaapp.journal.signing_key import MachineCustody
from tests.builders import CARD, CASH, a_patient
from tests.desks import MONDAY_MORNING, a_desk, an_open_till

SOLD_ON_MONDAY = 8
SOLD_ON_TUESDAY = 6


def two_days(folder: Path) -> Path:
    """A desk's folder with a Monday that was closed and a Tuesday that is not."""
    with an_open_till(folder) as desk:
        register = desk.register("H")
        for number in range(SOLD_ON_MONDAY):
            register.sell(a_patient(name=f"Patient {number}"), [Wish(1), Wish(3)], [CASH])
        register.close_session(Count(100_000 + SOLD_ON_MONDAY * 40_000), "123456")
    with a_desk(folder, MONDAY_MORNING + timedelta(days=1)) as desk:
        desk.sign_in("erilu", "234567")
        register = desk.register("H")
        register.open_session(100_000 + SOLD_ON_MONDAY * 40_000)
        for number in range(SOLD_ON_TUESDAY):
            register.sell(a_patient(name=f"Patient {number}"), [Wish(1)], [CARD])
    return folder


def journal_in(folder: Path) -> Path:
    """The journal of the desk's till."""
    return folder / "H" / "journal.db"


def verdict(path: Path, **given: Any) -> tuple[int, dict[str, Any]]:
    """What `python -m kassaapp verify --json` ends with and says of one piece of evidence."""
    code, (report,) = verdicts(path, **given)
    assert report["verdict"] == ("intact", "findings", "unreadable")[code]
    return code, report


def verdicts(path: Path, **given: Any) -> tuple[int, list[dict[str, Any]]]:
    """As `verdict`, of a folder with several."""
    said = io.StringIO()
    with redirect_stdout(said):
        code = verify.main(path, as_json=True, **given)
    reports: list[dict[str, Any]] = json.loads(said.getvalue())
    return code, reports


def text_of(path: Path, **given: Any) -> str:
    """What `python -m kassaapp verify` says to a person."""
    said = io.StringIO()
    with redirect_stdout(said):
        verify.main(path, as_json=False, **given)
    return said.getvalue()


def faults(report: dict[str, Any]) -> set[str]:
    """The classes of what was found."""
    return {finding["fault"] for finding in report["findings"]}


def warned(report: dict[str, Any]) -> set[str]:
    """The classes of what was warned of, but that the demo's keys are everybody's."""
    return {warning["fault"] for warning in report["warnings"]} - {"demo"}


# ── Behind its back ──────────────────────────────────────────────────────────────────────────────


@contextmanager
def as_a_person_who_knows_sql(path: Path) -> Iterator[apsw.Connection]:
    """The journal with its guards taken away; SQLite mends every page's checksum."""
    with closing(database.open_existing(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys = OFF").fetchall()
        yield connection


def as_the_owner_of_the_key(folder: Path, make: Callable[[RegisterState, list[Event]], list[Event]]) -> int:
    """Append what the rules would never make, rightly signed; the number of the first such record."""
    settings = clinic.read(folder / "clinic.toml")
    journal, past = Journal.open(
        journal_in(folder),
        MachineCustody(folder / "H"),
        settings.root_key,
        second_medium=lambda name: enrolment.second_medium_path(folder, settings, "H", name),
    )
    with journal:
        first = journal.count()
        events = [written.event for written in past]
        for event in make(fold(events), events):
            journal.append(event)
    return first


# ── What SQLite itself sees ──────────────────────────────────────────────────────────────────────

Stored = tuple[dict[int, tuple[bytes, bytes]], dict[tuple[bytes, bytes], bytes]]


def stored(path: Path) -> Stored | None:
    """Every record's hash and env by number, and every part's body, or None when they cannot all be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        try:
            records = {
                seq: (digest, env)
                for seq, digest, env in connection.execute("SELECT seq, hash, env FROM record NOT INDEXED")
            }
            parts = {
                (digest, name): body for digest, name, body in connection.execute("SELECT hash, name, body FROM part")
            }
        except (sqlite3.Error, UnicodeDecodeError):
            return None
    return records, parts


def touched(before: Stored, after: Stored | None) -> int | None:
    """The record of which the env or a part's body differs and nothing else is amiss, or None."""
    if after is None or before[0].keys() != after[0].keys() or before[1].keys() != after[1].keys():
        return None
    number_of = {digest: seq for seq, (digest, _) in before[0].items()}
    changed = {seq for seq, (_, env) in before[0].items() if after[0][seq][1] != env}
    changed |= {number_of[digest] for (digest, name), body in before[1].items() if after[1][digest, name] != body}
    return changed.pop() if len(changed) == 1 else None


def copied(folder: Path, to: Path) -> Path:
    """A copy of a whole desk."""
    shutil.copytree(folder, to)
    return to
