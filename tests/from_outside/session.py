"""A session of its own, as on a desk: a screen, a message bus, an accessibility bus, and the till in its window."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.from_outside.accessibility import Screen

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
"""What Debian's at-spi2-core installs."""
_ROOT = Path(__file__).parents[2]
_FROM_SOURCE = (sys.executable, "-m", "kassaapp")


@contextmanager
def till_on_a_screen(data: Path, size: str = "1280x800", program: Sequence[str] = _FROM_SOURCE) -> Iterator[Screen]:
    """The till of a folder, started as a person starts it, and what a screen reader knows of it."""
    with ExitStack() as session:
        told = dict(os.environ, DISPLAY=_display(session, size))
        bus = _bus(session, told)
        told |= {
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "PYTHONPATH": str(_ROOT),
        }
        screen = Screen(bus)
        session.callback(screen.close)
        _start(session, [*program, "--data", str(data)], told)
        yield screen


def _display(session: ExitStack, size: str) -> str:
    """A screen that nobody sees; its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    return ":" + _first_line(session, command, os.environ)


def _bus(session: ExitStack, environment: Mapping[str, str]) -> str:
    """A message bus; its address. It starts the accessibility bus when it is asked for, on the same screen."""
    return _first_line(session, ["dbus-daemon", "--session", "--nofork", "--print-address=1"], environment)


def _first_line(session: ExitStack, command: list[str], environment: Mapping[str, str]) -> str:
    process = _start(session, command, environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    session.callback(process.stdout.close)
    return str(process.stdout.readline()).strip()


def _start(
    session: ExitStack, command: list[str], environment: Mapping[str, str], stdout: int = subprocess.DEVNULL
) -> "subprocess.Popen[str]":
    process = subprocess.Popen(command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, text=True)
    session.callback(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
