"""Whether a desk is well, in one line for whoever watches machines: read from beside the till, which may be running.

Follows what agents expect of a check (Nagios' plugin rules): one line, 0 well, 1 warning, 2 critical, 3 not known, and
figures after a bar. Nothing in it is about a person.
"""

import enum
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kassaapp import logs, occupied, standing
from kassaapp.domain.disk_room import REFUSE_BELOW, WARN_BELOW
from kassaapp.occupied import Occupant
from kassaapp.standing import Standing, TillStanding

SILENT_WARN = timedelta(hours=24)
"""So long records may wait for the region before somebody is told; twice as long is critical."""
_PASSING = "not-understood"
"""The word of `Attention` for what the network does, and not the till."""


class Verdict(enum.IntEnum):
    """How it is; the exit code of the command."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict and the line that tells it."""

    verdict: Verdict
    line: str


@dataclass(frozen=True, slots=True)
class _Said:
    verdict: Verdict
    text: str


def judge(folder: Path, now: datetime) -> Health:
    """How the desk in `folder` is. Writes nothing."""
    stands = standing.read(folder)
    try:
        there = occupied.occupant(folder)
    except OSError:
        return _told([_Said(Verdict.UNKNOWN, "mappen får inte läsas av det här kontot")], None, None)
    if stands is None:
        return _told([_Said(Verdict.UNKNOWN, "ingen kassa har startats i mappen")], None, None)
    free = shutil.disk_usage(folder).free
    left = occupied.left_behind(folder) if there is None else None
    said = [_running(stands, there, left), _disk(free)]
    for till in stands.tills:
        said += _of_till(till, till.contact or stands.since, now)
    return _told(said, stands, free)


class Idle(enum.IntEnum):
    """Whether the program may be replaced; the exit code of the command."""

    YES = 0
    SESSION_OPEN = 1
    RUNNING = 3


def idle(folder: Path) -> tuple[Idle, str]:
    """Whether nobody would be interrupted if the program at the desk in `folder` were replaced now, and why not.

    Raises OSError when one may not look.
    """
    there, stands = occupied.occupant(folder), standing.read(folder)
    open_tills = () if stands is None else stands.open_tills
    sessions = ", ".join(
        f"{till.name} har session {till.session} öppen sedan {_moment(till.opened)}" for till in open_tills
    )
    if there is None:
        after = f" {sessions}: den går vidare när kassan startas." if sessions else ""
        return Idle.YES, f"Ingen kör kassan. Programmet får bytas.{after}"
    who = f"Kassan körs sedan {_moment(there.since)}"
    if sessions:
        return Idle.SESSION_OPEN, f"{who}, och {sessions}. Byt inte programmet nu."
    return Idle.RUNNING, f"{who}, men ingen session är öppen. Stäng kassan innan programmet byts."


def _running(stands: Standing, there: Occupant | None, left: Occupant | None) -> _Said:
    if stands.stopped:
        return _Said(Verdict.CRITICAL, f"programmet stannade {_moment(stands.at)} ({stands.stopped})")
    if there is not None:
        return _Said(Verdict.OK, f"igång sedan {_moment(there.since)}, version {stands.version}")
    if left is not None:
        return _Said(Verdict.WARNING, f"avslutades inte i ordning, hördes av senast {_moment(stands.at)}")
    return _Said(Verdict.OK, f"stängd sedan {_moment(stands.at)}")


def _disk(free: int) -> _Said:
    verdict = Verdict.CRITICAL if free < REFUSE_BELOW else Verdict.WARNING if free < WARN_BELOW else Verdict.OK
    return _Said(verdict, "" if verdict is Verdict.OK else f"disken har {free // 1_000_000} MB kvar")


def _of_till(till: TillStanding, heard: datetime, now: datetime) -> Iterator[_Said]:
    if till.attention is not None and till.attention != _PASSING:
        yield _Said(Verdict.CRITICAL, f"{till.name}: {till.attention}")
    if till.second_medium_lost:
        yield _Said(Verdict.WARNING, f"{till.name}: andra mediet skrivs inte")
    if till.stranded:
        yield _Said(Verdict.CRITICAL, f"{till.name}: {till.stranded} ska läsas in hos regionen, nyckeln är borta")
    if till.unsent and now - heard > SILENT_WARN:
        verdict = Verdict.CRITICAL if now - heard > 2 * SILENT_WARN else Verdict.WARNING
        yield _Said(verdict, f"{till.name}: {till.unsent} poster väntar på regionen sedan {_moment(heard)}")
    if till.opened is not None and till.opened.date() < now.date():
        yield _Said(Verdict.WARNING, f"{till.name}: session {till.session} öppen sedan {_moment(till.opened)}")


def _told(said: list[_Said], stands: Standing | None, free: int | None) -> Health:
    verdict = max((one.verdict for one in said), default=Verdict.UNKNOWN)
    tills = () if stands is None else stands.tills
    names = " ".join(till.name for till in tills) + _called(stands)
    texts = [one.text for one in sorted(said, key=_gravest_first) if one.text]
    texts += [f"{till.name} {till.unsent} poster väntar" for till in tills if till.unsent and verdict is Verdict.OK]
    figures = [f"{till.name}_unsent={till.unsent}" for till in tills]
    if free is not None:
        figures.append(f"free={free}B;{WARN_BELOW}:;{REFUSE_BELOW}:")
    bar = f" | {' '.join(figures)}" if figures else ""
    return Health(verdict, f"KASSA {verdict.name} - {f'{names}: ' if names else ''}{'; '.join(texts)}{bar}")


def _called(stands: Standing | None) -> str:
    """What people call the desk, in brackets; what would break the line, or be somebody's number, is taken out."""
    said = "" if stands is None else logs.masked(" ".join(stands.desk.replace("|", "/").split()))
    return f" ({said})" if said else ""


def _gravest_first(said: _Said) -> int:
    return -int(said.verdict)


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"
