"""One desk, several accounts of the computer: the same journal and key under each, one at a time.

Needs root, who alone may run programs under other accounts; these have numbers and no names, for the kernel knows no
more of any account.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ANNA, KARIN, STRANGER = 61_001, 61_002, 61_003
KASSA = 61_000
"""The group of both accounts, as `kassa` is on a real machine."""
SIGN_IN = {"do": "sign_in", "user": "anber", "pin": "123456"}
SELL = {
    "do": "sell",
    "till": "H",
    "patient": {"id": "6101182803", "name": "Test Testsson"},
    "lines": [{"article": 1}],
    "pay": [{"by": "cash"}],
}


@cache
def python() -> str | None:
    """An interpreter of this version that any account may run: this one, or the system's."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    for candidate in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if subprocess.run([candidate, "-c", version], check=False, **account(STRANGER)).returncode == 0:
                return candidate
    return None


def command(folder: Path, *said: str) -> list[str]:
    return [python() or "", "-m", "kassaapp", *said, "--data", str(folder)]


def account(number: int) -> dict[str, Any]:
    """How a program is run under an account; its own group is another than the desk's."""
    groups = [] if number == STRANGER else [KASSA]
    packages = sysconfig.get_path("purelib")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{packages}", "HOME": "/nonexistent"}
    return {"user": number, "group": number, "extra_groups": groups, "umask": 0o022, "env": environment, "cwd": "/"}


def acts(folder: Path, who: int, *wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Perform acts at the desk under an account; the answers."""
    lines = "".join(json.dumps(one) + "\n" for one in wanted)
    ended = subprocess.run(
        command(folder, "acts"), input=lines, capture_output=True, text=True, check=False, **account(who)
    )
    return [json.loads(line) for line in ended.stdout.splitlines()] or [
        {"code": ended.returncode, "said": ended.stderr}
    ]


@pytest.fixture
def desk() -> Iterator[Path]:
    """A folder of the group's, as an installer leaves it, with a desk that Anna's account has enrolled."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root may run programs under other accounts")
    outer = Path(tempfile.mkdtemp(prefix="kassa-accounts-"))
    outer.chmod(0o755)
    folder = outer / "till"
    folder.mkdir()
    os.chown(folder, 0, KASSA)
    folder.chmod(0o2770)
    try:
        if python() is None:
            pytest.skip("other accounts cannot run any Python of this version")
        made = subprocess.run(
            command(folder, "acts", "--demo"), input="", capture_output=True, text=True, check=False, **account(ANNA)
        )
        assert made.returncode == 0, made.stderr
        yield folder
    finally:
        shutil.rmtree(outer)


def test_what_one_account_has_begun_the_next_goes_on_with(desk: Path) -> None:
    opening = {"do": "open_session", "till": "H", "counted_ore": 100_000}

    anna = acts(desk, ANNA, SIGN_IN, opening, SELL, SELL)
    karin = acts(desk, KARIN, SIGN_IN, SELL)
    anna_again = acts(desk, ANNA, SIGN_IN, SELL)

    assert [answer.get("receipt") for answer in (*anna[2:], karin[-1], anna_again[-1])] == [1, 2, 3, 4], (anna, karin)
    verified = subprocess.run(
        [sys.executable, "-m", "kassaapp", "verify", str(desk)], check=False, capture_output=True, cwd=ROOT
    )
    assert verified.returncode == 0, verified.stdout.decode()


def test_everything_is_the_groups_and_nobody_elses(desk: Path) -> None:
    acts(desk, ANNA, SIGN_IN, {"do": "open_session", "till": "H", "counted_ore": 100_000}, SELL)
    acts(desk, KARIN, SIGN_IN, SELL)

    wrong = []
    for path in [desk, *desk.rglob("*")]:
        seen = path.stat()
        needed = stat.S_IRGRP if path.suffix == ".key" else stat.S_IRGRP | stat.S_IWGRP
        if seen.st_gid != KASSA or seen.st_mode & stat.S_IRWXO or seen.st_mode & needed != needed:
            wrong.append(f"{path.relative_to(desk)} {stat.filemode(seen.st_mode)} {seen.st_uid}:{seen.st_gid}")
    assert wrong == []


def test_after_a_kill_the_other_account_goes_on_where_the_first_was(desk: Path) -> None:
    anna = subprocess.Popen(
        command(desk, "acts"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **account(ANNA)
    )
    assert anna.stdin is not None
    assert anna.stdout is not None
    for act in (SIGN_IN, {"do": "open_session", "till": "H", "counted_ore": 100_000}, SELL):
        anna.stdin.write(json.dumps(act) + "\n")
        anna.stdin.flush()
        assert json.loads(anna.stdout.readline())["ok"] is True
    refused = acts(desk, KARIN, SIGN_IN)
    anna.send_signal(signal.SIGKILL)
    anna.communicate()

    karin = acts(desk, KARIN, SIGN_IN, SELL)

    assert refused[0]["trouble"] == "JournalInUse"
    assert f"kontot {ANNA}" in json.dumps(refused[0], ensure_ascii=False)
    assert karin[-1].get("receipt") == 2, karin


def test_an_account_that_is_not_of_the_group_gets_nothing(desk: Path) -> None:
    answer = acts(desk, STRANGER, SIGN_IN)

    assert answer[0].get("trouble") == "NotPermitted", answer


def test_a_till_below_a_folder_that_an_account_may_not_enter_is_refused_in_words(desk: Path) -> None:
    answer = acts(desk / "till", STRANGER, SIGN_IN)

    assert answer[0].get("trouble") == "NotPermitted", answer
