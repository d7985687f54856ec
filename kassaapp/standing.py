"""How a desk stands, in a small file that anybody with a right to the folder can read while the till runs: for agents
that watch, installers that wait, and whoever helps on the telephone. About machines, never about persons.

The open desk writes it at its start, when a session is opened or closed, after each contact with the region, and at its
end. Nothing here is evidence, and a file that cannot be written stops nothing.
"""

import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
NAME = "standing.json"
MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class TillStanding:
    """One till. `session` is the number of the open session and `opened` since when, None when there is none.
    `attention` is a word of `Attention`; `stranded` are names of second media that only the region can read."""

    till: str
    register: str
    session: int | None = None
    opened: datetime | None = None
    training: bool = False
    records: int = 0
    unsent: int = 0
    contact: datetime | None = None
    attention: str | None = None
    second_medium_lost: bool = False
    stranded: str = ""

    @property
    def name(self) -> str:
        """What the till is called on paper."""
        return f"{self.register}{self.till}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The desk, `at` a moment. `since` is when the program was started; `stopped` says which error it stopped for, and
    is "" for a program that has not. `desk` is what people call it."""

    at: datetime
    version: str
    since: datetime
    tills: tuple[TillStanding, ...] = ()
    stopped: str = ""
    desk: str = ""

    @property
    def open_tills(self) -> tuple[TillStanding, ...]:
        """Those with an open session."""
        return tuple(till for till in self.tills if till.session is not None)


class StandingFile:
    """The file of one desk. `tills` gives how they stand now, `desk` what people call it; called from more than one
    thread."""

    def __init__(
        self,
        folder: Path,
        version: str,
        now: Callable[[], datetime],
        tills: Callable[[], tuple[TillStanding, ...]],
        desk: Callable[[], str],
    ) -> None:
        self._path = folder / NAME
        self._now = now
        self._tills = tills
        self._desk = desk
        self._lock = threading.Lock()
        self._standing = Standing(now(), version, now())

    def write(self) -> None:
        """Write how the desk stands now."""
        self._write(self._standing.stopped)

    def stop(self, word: str) -> None:
        """The program has stopped, for an error of that name: the next start says so."""
        self._write(word)

    def _write(self, stopped: str) -> None:
        with self._lock:
            now, tills, desk = self._now(), self._tills(), self._desk()
            self._standing = replace(self._standing, at=now, tills=tills, stopped=stopped, desk=desk)
            part = self._path.with_suffix(".part")
            try:
                part.write_text(json.dumps(asdict(self._standing), default=_as_text, indent=1), encoding="utf-8")
                os.replace(part, self._path)
            except OSError as error:
                log.warning("how the desk stands could not be written: %s", type(error).__name__)


def read(folder: Path) -> Standing | None:
    """How the desk in `folder` stood when it last said so; None when it never has, or not so that it can be read."""
    try:
        with (folder / NAME).open("rb") as file:
            said = json.loads(file.read(MAX_BYTES))
        tills = tuple(TillStanding(**_with_times(till, "opened", "contact")) for till in said.pop("tills"))
        return Standing(**_with_times(said, "at", "since"), tills=tills)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that did not end in order: when it was last heard of, and which error it stopped for, "" for none that
    is known: a power cut, or something that ended it."""

    at: datetime
    stopped: str


def ended_badly(folder: Path, left_since: datetime | None) -> Ended | None:
    """How the program before this one ended at the desk, when not in order. `left_since` is when a program was started
    that has left its mark in the folder (`occupied`)."""
    before = read(folder)
    if before is not None and before.stopped:
        return Ended(before.at, before.stopped)
    if left_since is None:
        return None
    return Ended(left_since if before is None else max(before.at, left_since), "")


def _as_text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def _with_times(said: dict[str, Any], *names: str) -> dict[str, Any]:
    times = {name: None if said[name] is None else datetime.fromisoformat(said[name]) for name in names}
    return {**said, **times}
