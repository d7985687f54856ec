"""A day at a counter by its keyboard, in a process of its own: `python -m tests.benchmarks.a_day FOLDER VISITS` prints
how much memory the till's process holds at the end (kB), and how long each key press took until it was painted (ms)."""

import json
import os
import sys
from pathlib import Path

from tests import proc
from tests.benchmarks import decade
from tests.desks import an_open_till
from tests.ui.key_to_paint import measure


def main() -> int:
    """Open, sell, print."""
    folder, visits = Path(sys.argv[1]), int(sys.argv[2])
    adults = [patient.id.reveal() for patient in decade.patients() if "1947" < patient.id.reveal() < "2000"]
    with an_open_till(folder) as desk:
        pressed_ms = measure(desk, "H", adults, visits=visits)
        sys.stdout.write(json.dumps({"kb": proc.memory_kb(os.getpid()), "keys_ms": pressed_ms}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
