"""From the start of the process to the first paint of the window, with a journal of many years.

Floor: an empty PySide6 window in a process of its own. Ours: the till as it starts at a clinic, every hash and
commitment of the journal checked; `usable after` is when the login takes a key.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks import decade, kept
from tests.benchmarks.measured import Mark, Row, Scale, in_turn

NAME = "start"
MARK = Mark("≤ 2 × an empty window", most=2)


def rows(scale: Scale) -> Iterator[Row]:
    """A row for each length of journal."""
    for size in scale.sizes:
        with kept.copied(decade.desk_folder(size)) as folder:
            usable: list[float] = []

            def ours(desk: str = str(folder), usable: list[float] = usable) -> float:
                window = seen(desk)
                usable.append(window["usable"])
                return window["paint"]

            taken, least = in_turn(scale.rounds, lambda: seen()["paint"], ours)
        more: dict[str, float | str] = {"usable after s": statistics.median(usable)}
        yield Row(NAME, "first paint of the window", "s", MARK, taken, least, size, more)


def seen(*arguments: str) -> dict[str, float]:
    """What a window in a process of its own was seen to do (`tests.benchmarks.window`): when it was painted and when it
    could be used, in seconds from the start of its process, and how much memory it held at last (kB)."""
    command, environment = command_of("window", *arguments)
    began_s = time.monotonic()  # One clock for all processes of a machine.
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return {"paint": told["paint"] - began_s, "usable": told["usable"] - began_s, "kb": told["kb"]}


def command_of(module: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """How to run a module beside this one without a display: the command and its environment."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*.debug=false;qt.qpa.*=false"}
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments], environment
