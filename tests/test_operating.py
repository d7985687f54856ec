"""The procedures of docs/OPERATING.md are done, following the text: its own commands, in an empty folder, in order.

A change of the page changes what is done here. Only what must differ is put in: the port that is free, the keys and
codes that the commands themselves have printed, and today.
"""

import io
import json
import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kassaapp import __main__ as till
from kassaapp.app import Clock
from sync.server import __main__ as server
from tests.sync.processes import serving

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
PROGRAMS = {"kassaapp": till.main, "sync.server": server.main}
CODE = "DC94-J04S-ZEN9-BV2Q-GKA4"
DAY = [
    {"do": "sign_in", "user": "anber", "pin": "123456"},
    {"do": "open_session", "till": "H", "counted_ore": 100_000},
    {
        "do": "sell",
        "till": "H",
        "patient": {"id": "6101182803", "name": "Test Testsson"},
        "lines": [{"article": 1}],
        "pay": [{"by": "card"}],
    },
    {"do": "close_session", "till": "H", "counted_ore": 100_000, "pin": "123456"},
    {"do": "sync"},
]


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1]


def commands(heading: str) -> list[str]:
    """The commands of a section, as they stand; what comes after two spaces is said about them."""
    lines = re.findall(r"^ {4,}(cp .*|python -m (?:kassaapp|sync\.server) .*)$", section(heading), re.MULTILINE)
    return [re.split(r" {3,}", line)[0] for line in lines]


class Operator:
    """Somebody who follows the page. `put_in` is what differs: on the page → here."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.put_in: dict[str, str] = {"2026-11-23": f"{Clock()():%Y-%m-%d}"}
        self.done: list[str] = []

    def run(self, command: str, *, code: int = 0) -> str:
        """Do a command; what it printed."""
        for there, here in self.put_in.items():
            command = command.replace(there, here)
        if command.startswith("cp "):
            _cp, there, here = shlex.split(command)
            return str(shutil.copy(there, here))
        _python, _m, program, *said = shlex.split(command)
        self._capsys.readouterr()
        ended = PROGRAMS[program](said)
        printed = self._capsys.readouterr()
        assert ended == code, f"{command} ended with {ended}:\n{printed.out}{printed.err}"
        self.done.append(command)
        return printed.out

    def follow(self, heading: str, *, but: str = "") -> list[str]:
        """Do every command of a section; what each printed."""
        return [self.run(command) for command in commands(heading) if not but or not re.search(but, command)]

    def work(self, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A day at the desk, without a window."""
        lines = "".join(json.dumps(act) + "\n" for act in DAY)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode()), encoding="utf-8"))
        self._capsys.readouterr()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        assert till.main(["acts", "--data", folder]) == 0
        sys.stdout.seek(0)
        answers = [json.loads(line) for line in sys.stdout.read().splitlines()]
        monkeypatch.undo()
        assert [answer["ok"] for answer in answers] == [True] * len(DAY), answers


@pytest.fixture
def operator(capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    """Somebody at a desk in Sweden: a day at the region is a Swedish one, whatever this machine's zone is."""
    with pytest.MonkeyPatch.context() as there:
        there.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield Operator(capsys)
    time.tzset()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """An empty folder, with the checkout's resources in it, that one stands in."""
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(tmp_path)
        yield tmp_path


def clinic_file(operator: Operator, name: str) -> None:
    """The example of the page, with the address, the key and the code that are true here."""
    lines = re.findall(r"^    ((?:server|root_key|code|tills|custody) = .*)$", section("The clinic file"), re.MULTILINE)
    text = "\n".join(lines)
    for there, here in operator.put_in.items():
        text = text.replace(there, here)
    Path(name).write_text(f"{text}\n", encoding="utf-8")


def begin(operator: Operator, url: str, begun: list[str]) -> list[str]:
    """A clinic file, the first start, and the same tried again; what they printed."""
    key = re.search(r"root key: (\S+)", begun[0])
    assert key is not None
    operator.put_in |= {
        "http://127.0.0.1:8417": url,
        "DZfr3gJMW1tslPmepcmsDuxCGY4Li7omFJepfti2xKo": key[1],
        CODE: begun[-1].strip(),
    }
    clinic_file(operator, "ekbacken.toml")
    return operator.follow("Enrol")


def be_visited(operator: Operator) -> list[str]:
    """The auditor's visit, with one of the proofs that were carried away; today may go on, and is not all here."""
    *visit, proof = commands("The auditor's visit")
    said = [operator.run(command, code=1 if "--day" in command else 0) for command in visit]
    operator.put_in["PROOF.json"] = next(path.name for path in sorted(Path("proofs").glob("*H-*.json")))
    return [*said, operator.run(proof)]


def move(operator: Operator) -> list[str]:
    """To a new computer: the old one is as lost, and its name goes on with the next letter."""
    operator.follow("Move a till to a new computer")
    status, lost_h, lost_e, new, late, *after = commands("A till is lost")
    operator.run(status)
    for letter, command in (("H", lost_h), ("E", lost_e)):
        operator.put_in[f"--parent CHAIN-OF-{letter}"] = f"--parent={operator.run(command).split()[0]}"
    operator.put_in[CODE] = operator.run(new).split()[-1]
    clinic_file(operator, "ekbacken.toml")
    operator.put_in["--data till"] = "--data new"
    moved = operator.run(commands("Enrol")[0])
    operator.put_in |= {" R0417H.kj": " till/H/shadow.kj", " recovery.key": " region/keys/recovery.key"}
    brought = operator.run(late)
    for command in after:
        if "confirm" not in command:
            operator.run(command)
    return [moved, brought]


@pytest.mark.slow
def test_the_procedures_are_done_as_the_page_says(
    empty: Path, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = operator.follow("A region to try with", but=r" serve ")
    with serving(empty / "region") as url:
        enrolled, tried = begin(operator, url, begun)
        operator.work("till", monkeypatch)
        well = operator.follow("Is it well?") + operator.follow("May the program be replaced?")
        operator.follow("Diagnostics and log")
        operator.follow("The printer does not print")
        operator.follow("Each morning at the region", but="--day")
        visited = be_visited(operator)
        moved, brought = move(operator)
    backup = operator.follow("Back up a region, and put it back", but="postgresql")

    assert "Provbesök R0417H" in enrolled
    assert "Provbesök R0417E" in tried
    assert well[0].startswith("KASSA OK")
    assert "HEL" in visited[0]
    assert "STÄMMER" in visited[-1]
    assert "R0417BH" in moved
    assert "brought in:    0" in brought
    assert "copy.db" in backup[0]
    assert len(operator.done) > 25
