"""T1 and T2 at full length, for a night or a release: `python -m tests.formats.long_run [VALUES [SEED]]`.

A million values against rfc8785 (and through node where it is there), every bit of some thousands of them edited, and
all proofs of all trees up to 256 leaves with every element flipped, removed and put in. Ends with an
AssertionError at the first that is wrong; prints what was done and how long it took.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import rfc8785

from sync.wire import canonical
from sync.wire.errors import Malformed
from tests.formats.trees import MOST, every_proof, hash_of_every_proof
from tests.formats.values import a_value, bit_edits, byte_edits

PROGRAM = Path(__file__).with_name("second.mjs")


def main() -> None:
    """Run it all."""
    values = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed = sys.argv[2] if len(sys.argv) > 2 else str(time.time_ns())
    _say(f"seed {seed}")
    _timed("values compared with rfc8785", lambda: _compare(values, seed))
    _timed("texts edited in one bit or byte", lambda: _edit(values // 200, seed))
    _timed(f"proofs of all trees to {MOST} leaves, and changed ones", _prove)
    _timed("values and proofs compared with node", lambda: _ask_node(values // 20, seed))


def _compare(values: int, seed: str) -> int:
    random = Random(seed)
    for _ in range(values):
        value = a_value(random)
        raw = canonical.encode(value)
        assert raw == rfc8785.dumps(value), raw
        assert canonical.decode(raw) == value, raw
    return values


def _edit(values: int, seed: str) -> int:
    random, edits = Random(f"edits {seed}"), 0
    for _ in range(values):
        raw = canonical.encode(a_value(random))
        own = json.dumps(canonical.decode(raw), sort_keys=True)
        for edited in bit_edits(raw) + byte_edits(raw):
            edits += 1
            try:
                other = canonical.decode(edited)
            except Malformed:
                continue
            assert edited == raw or json.dumps(other, sort_keys=True) != own, (raw, edited)
    return edits


def _prove() -> int:
    judged = every_proof(MOST)
    assert judged.wrongly_held == []
    return judged.good + judged.changed


def _ask_node(values: int, seed: str) -> int:
    program = shutil.which("node")
    if program is None:
        _say("NO NODE HERE: the opinion in JavaScript is missing")
        return 0
    random = Random(f"node {seed}")
    made = [a_value(random) for _ in range(values)]
    given = "".join(json.dumps(value) + "\n" for value in made)
    assert _said(program, "canonical", given=given).encode() == b"".join(canonical.encode(v) + b"\n" for v in made)
    assert _said(program, "proofs", str(MOST)).strip() == hash_of_every_proof(MOST)
    return values


def _said(program: str, *arguments: str, given: str = "") -> str:
    command = [program, str(PROGRAM), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def _timed(what: str, work: Callable[[], int]) -> None:
    began_s = time.monotonic()
    count = work()
    _say(f"{count:>12,} {what}, {time.monotonic() - began_s:.1f} s")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
