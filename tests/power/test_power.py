"""The gate's share of what happens to a till when the power goes, the disk fails, fills, lies or rots.

Each runs in a process of its own, for its disk lies below SQLite; the modules' own command lines run the whole.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

KEEPS = ("beside", "alone", "stick", "newborn", "liar-with-stick", "rot-with-stick")
CONTROLS = ("control-normal", "control-off", "control-liar")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the disk below the till is Linux's")


def told(module: str, *arguments: str) -> tuple[int, Any]:
    """Exit code and the JSON of one of our commands; what it said on the way is shown when it fails."""
    command = [sys.executable, "-m", f"tests.power.{module}", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    sys.stderr.write(ended.stderr[-6000:])
    assert ended.stdout, "it broke"
    return ended.returncode, json.loads(ended.stdout.splitlines()[-1])


def setups(names: Sequence[str]) -> list[str]:
    """The arguments that name them."""
    return [word for name in names for word in ("--setup", name)]


@pytest.mark.slow
def test_no_power_cut_loses_an_acknowledged_record_or_breaks_a_journal() -> None:
    code, outcome = told("cuts", "--seeds", "0-11", *setups(KEEPS))

    harmed = {name: counts["failed"] for name, counts in outcome.items() if not counts["holds"]}
    assert (code, harmed) == (0, {})
    assert sum(counts["cuts"] for counts in outcome.values()) > 150
    assert all(counts["cuts_in_start"] > 5 for counts in outcome.values())


@pytest.mark.slow
def test_a_disk_that_does_not_keep_its_word_is_caught() -> None:
    """The controls: were nothing lost here, the test above would prove nothing."""
    _, outcome = told("cuts", "--seeds", "0-7", *setups(CONTROLS))

    assert all(counts["lost"] + counts["corrupt"] > 0 for counts in outcome.values()), outcome


@pytest.mark.slow
def test_no_failing_step_of_the_disk_loses_a_record_or_lets_a_sale_through() -> None:
    code, outcome = told("faults", "--every", "61")

    assert code == 0
    for counts in outcome.values():
        assert min(counts["ended"], counts["refused"], counts["power_cuts"]) > 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_failing_system_call_loses_a_record_or_lets_a_sale_through() -> None:
    traced = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    if traced.returncode != 0:
        pytest.skip("this machine lets nobody trace")

    code, outcome = told("syscalls", "--every", "53")

    assert code == 0
    assert all(counts["killed"] and counts["ended"] for counts in outcome.values())


@pytest.mark.parametrize("file_system", ["quota", "tmpfs"])
def test_a_full_disk_refuses_stores_nothing_and_lets_the_day_be_closed(file_system: str) -> None:
    may = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    if file_system == "tmpfs" and may.returncode != 0:
        pytest.skip("this machine lets nobody mount")

    code, counts = told("full", "--file-system", file_system)

    assert (code, counts["violations"]) == (0, [])
    assert counts["refused"] > 30
    assert counts["guarded"] == 2


@pytest.mark.slow
def test_every_flipped_bit_is_seen_and_what_another_copy_has_comes_back() -> None:
    code, outcome = told("rot", "--share", "499", "--starts", "12")

    missed = {name: counts["missed"] for name, counts in outcome.items() if counts["missed"]}
    assert (code, missed) == (0, {})
    taken = {name for name in outcome["every answer"]["became"] if name.startswith("the same")}
    assert taken == {"the same, but for config_seq", "the same, but for nonce"}
    assert outcome["journal, second medium"]["became"] == {"repaired": 12}
