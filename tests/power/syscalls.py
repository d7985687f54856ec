"""T5 below Python: strace makes each file system call of a till's day fail, or kills the till there, one after another.

    python -m tests.power.syscalls [--every N]          needs Linux, strace and the right to trace

The day is that of `faults.py`, on a real disk with nothing of ours between. Each till is a fork that has everything
loaded and waits until strace holds it; calls that touch its own files are counted (`-P`), and the n-th of a kind is
answered with EIO or ENOSPC, once or from then on, or with SIGKILL. What it had acknowledged came over a pipe. After
each the till is started again: nothing acknowledged is missing, it sells, and the auditor finds nothing.
"""

import argparse
import json
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import traceback
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.power.cuts import BROKEN, a_folder, say
from tests.power.faults import Day, Violation
from tests.power.till import NOWHERE

CALLS = ("openat", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "unlink", "rename", "pread64", "read")
READS = ("pread64", "read")
ENDED, UNHARMED, REFUSED, BROKE = 3, 4, 5, 6
_OUTCOMES = {"ended": ENDED, "unharmed": UNHARMED, "refused": REFUSED}


@dataclass(frozen=True, slots=True)
class Injection:
    """What strace does to the `at`-th of a kind of call, and from then on when `for_ever`."""

    call: str
    at: int
    how: str
    for_ever: bool = False

    def __str__(self) -> str:
        return f"inject={self.call}:{self.how}:when={self.at}{'+' if self.for_ever else ''}"


@dataclass(slots=True)
class Counts:
    """What happened, added up."""

    runs: int = 0
    killed: int = 0
    ended: int = 0
    refused: int = 0
    unharmed: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def injections(calls: dict[str, int]) -> Iterator[Injection]:
    """Every injection into a day with so many calls of each kind."""
    for call, count in calls.items():
        for at in range(1, count + 1):
            yield Injection(call, at, "signal=KILL")
            for error in ("EIO",) if call in READS else ("EIO", "ENOSPC"):
                yield Injection(call, at, f"error={error}")
                yield Injection(call, at, f"error={error}", for_ever=True)


# ── the till, in a process of its own ────────────────────────────────────────────────────────────────────────────────


def _forked(do: Callable[[int], int]) -> tuple[int, int]:
    """A process that does it with the writing end of a pipe, and exits with what it returns: pid and reading end."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        code = BROKE
        try:
            os.close(ours)
            code = do(theirs)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    os.close(theirs)
    return child, ours


class _ToldDay(Day):
    """A day that tells, on a pipe, what it is about to append and what it has acknowledged."""

    pipe = -1

    def told(self) -> None:
        """Say how it stands."""
        told = pickle.dumps((self.acknowledged, self.under_way))
        os.write(self.pipe, len(told).to_bytes(4, "big") + told)

    def _append(self, events: Any) -> None:
        self.under_way = events
        if self.pipe >= 0:
            self.told()
        super()._append(events)
        if self.pipe >= 0:
            self.told()

    def hear(self, pipe: int) -> None:
        """Know what it last told before its end."""
        with os.fdopen(pipe, "rb") as told:
            while (head := told.read(4)) and (body := told.read(int.from_bytes(head, "big"))):
                self.acknowledged, self.under_way = pickle.loads(body)  # noqa: S301  # Our own fork's.


def _work(day: _ToldDay, pipe: int, go: int) -> int:
    """Wait until traced, and work."""
    day.pipe = pipe
    os.read(go, 1)
    try:
        day.work()
    except Violation as violation:
        os.write(2, f"{violation}\n".encode())
        return BROKE
    return _OUTCOMES[day.outcome]


def _begin(day: _ToldDay, *, killed: bool) -> None:
    """The day before, in a process that is killed at their end if they are to end so."""

    def begin(pipe: int) -> int:
        day.pipe = pipe
        day.begin(killed=True)
        os.kill(os.getpid(), signal.SIGKILL)
        return BROKE

    if not killed:
        day.begin(killed=False)
        return
    child, pipe = _forked(begin)
    day.hear(pipe)
    os.waitpid(child, 0)


# ── one injection ────────────────────────────────────────────────────────────────────────────────────────────────────


def _files(folder: Path) -> list[str]:
    """The till's own files, also those that are not there yet."""
    own = folder / "H"
    names = {path.name for path in own.iterdir()} | {"journal.db", "journal.db-wal", "shadow.kj", "certificate.json"}
    keys = {name.removesuffix(".key") for name in names if name.endswith(".key")}
    names |= {f"{key}{ending}" for key in keys for ending in (".key", ".mark", ".mark.new")}
    return [str(own), *(str(own / name) for name in sorted(names))]


def one_day(second_medium: str, *, killed: bool, injection: Injection | None) -> tuple[str, dict[str, int]]:
    """A day under strace, and the day after: how the day ended, and its calls. Raises Violation."""
    with a_folder() as folder, tempfile.NamedTemporaryFile("r", prefix="kassa-strace-") as log:
        day = _ToldDay(folder, second_medium)
        day.till.enrol()
        _begin(day, killed=killed)
        day.pipe = -1
        go, start = os.pipe()
        child, pipe = _forked(lambda told: _work(day, told, go))
        command = ["strace", "-qq", "-o", log.name, "-e", f"trace={','.join(CALLS)}", "-p", str(child)]
        for path in _files(folder):
            command += ["-P", path]
        if injection is not None:
            command += ["-e", str(injection)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as strace:
            _wait_until_traced(child, strace)
            os.write(start, b".")
            _, status = os.waitpid(child, 0)
        os.close(go)
        os.close(start)
        day.hear(pipe)
        outcome = _outcome(status, injection)
        day.after()
        return outcome, dict(Tally(re.findall(r"^(\w+)\(", log.read(), re.MULTILINE)))


def _wait_until_traced(child: int, strace: "subprocess.Popen[bytes]") -> None:
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text(encoding="ascii"):
        assert strace.poll() is None, "strace ended"
        os.sched_yield()


def _outcome(status: int, injection: Injection | None) -> str:
    if os.WIFSIGNALED(status) and injection is not None and "KILL" in injection.how:
        return "killed"
    code = os.waitstatus_to_exitcode(status)
    for outcome, meaning in _OUTCOMES.items():
        if code == meaning:
            return outcome
    raise Violation(f"the till broke: exit code {code}")


def run(second_medium: str, *, killed: bool, every: int = 1) -> Counts:
    """Every injection into a day; with `every` only each so many of them."""
    counts = Counts()
    _, counts.calls = one_day(second_medium, killed=killed, injection=None)
    for injection in list(injections(counts.calls))[::every]:
        counts.runs += 1
        try:
            outcome, _ = one_day(second_medium, killed=killed, injection=injection)
        except (Violation, *BROKEN) as wrong:
            counts.violations.append(f"{injection}: {type(wrong).__name__}: {wrong}")
            continue
        setattr(counts, outcome, getattr(counts, outcome) + 1)
        if counts.runs % 200 == 0:
            say(f"{counts.runs} injections, {len(counts.violations)} violations")
    return counts


def main(arguments: Sequence[str]) -> int:
    """Run them; 0 when nothing was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.power.syscalls")
    parser.add_argument("--every", type=int, default=1, help="only each so many of the injections")
    parser.add_argument("--second-medium", choices=("beside", "none"), action="append")
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    outcome: dict[str, object] = {}
    violations = 0
    for where in asked.second_medium or ("beside", "none"):
        for killed in (False, True):
            counts = run(NOWHERE if where == "none" else "", killed=killed, every=asked.every)
            name = f"{where}, after {'a kill' if killed else 'a close'}"
            violations += len(counts.violations)
            outcome[name] = asdict(counts) | {"violations": len(counts.violations)}
            say(f"{name}: {json.dumps(asdict(counts), indent=1)}")
    sys.stdout.write(json.dumps(outcome) + "\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
