"""A till killed with -9 at any moment of a day of sales: the next start sells, nothing acknowledged is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 300
SEED = 20261123


@pytest.mark.slow
def test_hundreds_of_kills_lose_no_acknowledged_sale(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.days.kills", str(tmp_path), str(KILLS), str(SEED)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    assert ended.returncode == 0, f"seed {SEED}: {ended.stderr[-2000:]}"
    outcome = json.loads(ended.stdout)
    assert outcome["lost"] == [], f"seed {SEED}"
    assert outcome["findings"] == [], f"seed {SEED}"
    assert outcome["acknowledged"] > KILLS, "the lives were too short to prove anything"
    assert outcome["held"] <= outcome["acknowledged"] + KILLS, "at most one unacknowledged sale a kill"
