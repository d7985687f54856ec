"""A receipt printer does what it is asked, or it is known how far it came: nothing is lost, and nothing that may be out
already is printed anew unasked.

Nothing is sent to a printer that says it cannot print, or that does not answer. What was sent is followed by a question
that is answered only when all before it has been printed (GS r). Between the two nobody knows, and that is an answer
too: `Outcome.UNKNOWN`.
"""

import enum
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Protocol

from kassaapp.printer.roll import Model, to_bytes
from kassaapp.printout.slip import Slip

ANSWER_S = 1.0
"""How long a line waits for a byte. A printer answers a status question at once, also while it prints."""
PATIENCE = 15
"""So many times a printed slip is waited for: a long Z over a slow line takes ten seconds."""

_REAL_TIME = b"\x10\x04"
"""DLE EOT n: answered at once, whatever waits to be printed."""
_ALL_PRINTED = b"\x1dr\x01"
"""GS r 1: answered in its turn, when all that was sent before has been printed."""
_OPEN_NOW = b"\x10\x14\x01\x00\x01"
"""DLE DC4: the drawer opens although the printer has stopped for paper. A sale must be able to give change."""
_FORGET = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: throws away the half job that a broken line has left; also where it ends in the middle of a code."""


class Answers(enum.Enum):
    """Whether a printer at the end of a line says how it is."""

    ALWAYS = enum.auto()
    PERHAPS = enum.auto()
    NEVER = enum.auto()


class Line(Protocol):
    """An open way to a printer. Making one raises OSError when there is none."""

    @property
    def answers(self) -> Answers:
        """Whether a printer there says how it is."""

    def write(self, data: bytes) -> None:
        """Send all of it. Raises OSError, also when the printer stops taking it."""

    def read(self) -> bytes:
        """What has come, or b"" when nothing has for `ANSWER_S`. Raises OSError when the other end is gone."""

    def close(self) -> None:
        """Let go of it."""


Opener = Callable[[], Line]


class State(enum.Enum):
    """How the printer says it is. `SILENT`: it has not said."""

    READY = enum.auto()
    PAPER_LOW = enum.auto()
    NO_PAPER = enum.auto()
    COVER_OPEN = enum.auto()
    NOT_READY = enum.auto()
    SILENT = enum.auto()
    UNREACHABLE = enum.auto()


class Outcome(enum.Enum):
    """What became of a slip. With all but `OUT` and `UNKNOWN` it is known that nothing came out."""

    OUT = enum.auto()
    NO_PAPER = enum.auto()
    COVER_OPEN = enum.auto()
    NOT_READY = enum.auto()
    NOT_ANSWERING = enum.auto()
    UNKNOWN = enum.auto()


_STOPPED = {
    State.NO_PAPER: Outcome.NO_PAPER,
    State.COVER_OPEN: Outcome.COVER_OPEN,
    State.NOT_READY: Outcome.NOT_READY,
    State.UNREACHABLE: Outcome.NOT_ANSWERING,
}


class ReceiptPrinter:
    """One printer, reached anew for each slip, by one thread after the other."""

    def __init__(self, open_line: Opener, model: Model) -> None:
        self._open = open_line
        self._model = model
        self._tells_when_done = True
        self._one_by_one = threading.Lock()

    def print(
        self, slip: Slip, *, kick: bool = False, again: bool = False, in_a_hurry: Callable[[], bool] = lambda: False
    ) -> Outcome:
        """Print the slip and cut. `kick` opens the drawer first. `again`: an attempt before this one broke off, and
        what is left of it is to be forgotten. A printer that does not say when it is done is waited for no longer once
        `in_a_hurry`: the program ends."""
        with self._one_by_one:
            return self._print(to_bytes(slip, self._model, kick=kick), in_a_hurry, kick=kick, again=again)

    def open_drawer(self) -> Outcome:
        """Open the drawer, and print nothing."""
        try:
            with self._one_by_one, closing(self._open()) as line:
                state = _state(line)
                if state in (State.READY, State.PAPER_LOW) or not _must_have_answered(line, state):
                    line.write(to_bytes(None, self._model, kick=True))
                    return Outcome.OUT
                return _open_drawer_now(line, state)
        except OSError:
            return Outcome.NOT_ANSWERING

    def state(self) -> State:
        """Ask the printer how it is."""
        try:
            with self._one_by_one, closing(self._open()) as line:
                return _state(line)
        except OSError:
            return State.UNREACHABLE

    def _print(self, data: bytes, in_a_hurry: Callable[[], bool], *, kick: bool, again: bool) -> Outcome:
        try:
            line = self._open()
        except OSError:
            return Outcome.NOT_ANSWERING
        with closing(line):
            state = _state(line)
            if state in _STOPPED or _must_have_answered(line, state):
                if kick:
                    _open_drawer_now(line, state)
                return _STOPPED.get(state, Outcome.NOT_ANSWERING)
            data = (_FORGET if again else b"") + data
            return self._send(line, data, in_a_hurry, answers=state is not State.SILENT)

    def _send(self, line: Line, data: bytes, in_a_hurry: Callable[[], bool], *, answers: bool) -> Outcome:
        try:
            line.write(data + _ALL_PRINTED if answers and self._tells_when_done else data)
            if not answers or not self._tells_when_done:
                return Outcome.OUT
            return self._done(line, in_a_hurry)
        except OSError:
            return Outcome.UNKNOWN

    def _done(self, line: Line, in_a_hurry: Callable[[], bool]) -> Outcome:
        """Wait until the printer says that all is printed. One that is ready all the while and never says so does not
        know the question: it has taken everything, and will not be waited for again."""
        for _ in range(PATIENCE):
            if any(byte & 0x90 == 0 for byte in line.read()):
                return Outcome.OUT
            if in_a_hurry():
                return Outcome.UNKNOWN
        if _state(line) not in (State.READY, State.PAPER_LOW):
            return Outcome.UNKNOWN
        self._tells_when_done = False
        return Outcome.OUT


def _must_have_answered(line: Line, state: State) -> bool:
    return state in _STOPPED or (state is State.SILENT and line.answers is Answers.ALWAYS)


def _open_drawer_now(line: Line, state: State) -> Outcome:
    """A printer that has stopped for paper can still open the drawer."""
    if state not in (State.NO_PAPER, State.COVER_OPEN):
        return _STOPPED.get(state, Outcome.NOT_ANSWERING)
    try:
        line.write(_OPEN_NOW)
    except OSError:
        return Outcome.NOT_ANSWERING
    return Outcome.OUT


def _state(line: Line) -> State:
    """Ask how the printer is (DLE EOT 1, 2, 4)."""
    if line.answers is Answers.NEVER:
        return State.SILENT
    try:
        printer, paper = _asked(line, 1), _asked(line, 4)
        offline = _asked(line, 2) if printer is not None and printer & 0x08 else 0
    except OSError:
        return State.UNREACHABLE
    if printer is None:
        return State.SILENT
    return _meaning(offline or 0, paper or 0, is_offline=bool(printer & 0x08))


def _meaning(offline: int, paper: int, *, is_offline: bool) -> State:
    if offline & 0x04:
        return State.COVER_OPEN
    if paper & 0x60 or offline & 0x20:
        return State.NO_PAPER
    if is_offline:
        return State.NOT_READY
    return State.PAPER_LOW if paper & 0x0C else State.READY


def _asked(line: Line, n: int) -> int | None:
    """The answer to one question; every such answer has the same four bits set, and other bytes are not for us."""
    line.write(_REAL_TIME + bytes([n]))
    while came := line.read():
        for byte in came:
            if byte & 0x93 == 0x12:
                return byte
    return None
