"""Desks for tests: a real folder, a real journal, the demo clinic, and a clock that stands where it is put."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from kassaapp import acts, demo
from kassaapp.app import Clock, Desk

SWEDISH_WINTER = timezone(timedelta(hours=1))
MONDAY_MORNING = datetime(2026, 11, 23, 7, 42, tzinfo=SWEDISH_WINTER)


def a_clock(at: datetime = MONDAY_MORNING) -> Clock:
    """A clock that stands still at `at`."""
    clock = Clock()
    clock.set(at)
    return clock


def an_enrolled_folder(folder: Path, at: datetime = MONDAY_MORNING) -> Path:
    """A folder enrolled as the demo clinic's desk, with one record in its journal."""
    demo.enrol(folder, now=a_clock(at))
    return folder


def a_desk(folder: Path, at: datetime = MONDAY_MORNING) -> Desk:
    """An open demo desk without a region. Nobody is signed in. Close it."""
    if not (folder / "clinic.toml").exists():
        an_enrolled_folder(folder, at)
    return Desk.open(folder, a_clock(at))


def named(folder: Path, desk: str) -> None:
    """Let the clinic file of an enrolled folder say what people call the desk, from its next start."""
    with (folder / "clinic.toml").open("a", encoding="utf-8") as file:
        file.write(f"desk = {json.dumps(desk)}\n")


def an_open_till(folder: Path, at: datetime = MONDAY_MORNING) -> Desk:
    """A desk with Anna Berg signed in and session 1 open with a float of 1 000 kr."""
    desk = a_desk(folder, at)
    desk.sign_in("anber", "123456")
    desk.register("H").open_session(100_000)
    return desk


Ask = Callable[..., dict[str, Any]]


def asking(desk: Desk) -> Ask:
    """Performs acts as `python -m kassaapp acts` does: `ask("sell", till="H", …)` gives the answer."""

    def ask(do: str, **arguments: Any) -> dict[str, Any]:
        line = json.dumps({"do": do, **arguments})
        (answer,) = acts.perform_all(desk, [line])
        parsed: dict[str, Any] = json.loads(answer)
        return parsed

    return ask
