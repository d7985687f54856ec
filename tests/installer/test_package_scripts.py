"""A package asks every desk of the machine before it replaces or removes the program."""

import os
import subprocess
from pathlib import Path

import pytest

from installer import deb

SCRIPTS = deb.PARTS / "till"


@pytest.mark.skipif(os.name != "posix", reason="dpkg's scripts are for a POSIX shell")
@pytest.mark.parametrize(("script", "step"), [("preinst", "upgrade"), ("prerm", "remove")])
@pytest.mark.parametrize("place", [".", "till"])
def test_nothing_is_done_under_a_till_that_runs(tmp_path: Path, script: str, step: str, place: str) -> None:
    """The till lies in the shared folder itself, or one below it, as docs/OPERATING.md allows."""
    desk, program = tmp_path / "shared" / place, tmp_path / "kassa"
    desk.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho session 1\nexit 1\n")
    program.chmod(0o755)
    text = (SCRIPTS / script).read_text(encoding="utf-8")
    text = text.replace("/usr/bin/kassa", str(program)).replace("/var/lib/kassa", str(tmp_path / "shared"))

    empty = subprocess.run(["sh", "-c", text, script, step], check=False, capture_output=True)
    (desk / "clinic.toml").touch()
    running = subprocess.run(["sh", "-c", text, script, step], check=False, capture_output=True, text=True)

    assert empty.returncode == 0, empty.stderr
    assert running.returncode == 1
    assert "session 1" in running.stderr
