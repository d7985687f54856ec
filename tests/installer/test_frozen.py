"""The frozen program on a desk of its own: it is whole, it sells in its window, and it verifies what it has done."""

import json
import subprocess
from pathlib import Path

import pytest

from installer import bom, freeze, source
from tests.from_outside.session import till_on_a_screen
from tests.installer.frozen import ROOT, built, is_whole

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def folder() -> Path:
    """Takes a minute or two, and nothing when an earlier run has built the very same content."""
    return built("till")


def run(program: Path, *words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """The program without any of our environment: no venv, no PYTHONPATH."""
    return subprocess.run(
        [program, *words], input=given, capture_output=True, text=True, env={"LANG": "C.UTF-8"}, timeout=60, check=False
    )


def test_a_visit_is_taken_in_the_window_and_the_journal_is_whole(folder: Path, tmp_path: Path) -> None:
    run(folder / "kassa", "acts", "--demo", "--data", str(tmp_path))  # Only enrols the demo's till.
    with till_on_a_screen(tmp_path, program=[str(folder / "kassa")]) as screen:
        screen.wait(lambda: screen.find("frame", "Logga in").is_active)
        screen.type("anber")
        screen.key("Enter")
        screen.type("123456")
        screen.key("Enter")
        screen.find("frame", "Öppna kassa")
        screen.type("1")
        screen.key(*["Enter"] * 10)
        screen.rest()
        screen.key("Enter")
        screen.find("frame", "Försäljning")
        screen.type("6101182803")
        screen.key("Enter")
        screen.find("text", "Namn")
        screen.type("Test Testsson")
        screen.key("Enter")
        screen.type("1")
        screen.key("Enter", "F6")
        screen.find("push button", "Godkänt")
        screen.rest()
        screen.key("Enter")
        screen.find("label", "Betalt")

    verified = run(folder / "kassa-verify", str(tmp_path / "H"))

    assert (verified.returncode, "1 kvitton" in verified.stdout) == (0, True), verified.stdout + verified.stderr
    assert [path.name for path in tmp_path.glob("kvitton/*.pdf")] != []


def test_it_says_the_version_that_is_its_content(folder: Path) -> None:
    assert run(folder / "kassa", "--version").stdout.strip() == source.read().version


def test_every_file_is_listed_with_its_hash(folder: Path) -> None:
    assert is_whole(folder)


def test_nothing_of_the_build_machine_lies_in_the_folder(folder: Path) -> None:
    ours = str(ROOT).encode()

    telling = [path.name for path in freeze.files_of(folder) if ours in path.read_bytes()]

    assert telling == []


def test_the_bill_names_what_is_inside_as_the_locks_have_it(folder: Path) -> None:
    bill = json.loads((folder / freeze.BOM).read_text(encoding="utf-8"))
    locked = bom.read_locks(ROOT / name for name in source.LOCKS)
    inside = {one["name"]: one for one in bill["components"] if one["type"] == "library"}

    assert {"pyside6-essentials", "apsw", "pynacl", "keyring", "reportlab", "python-escpos"} <= inside.keys()
    assert inside.keys() & {"uvicorn", "sqlalchemy", "pytest"} == set()
    assert {name: one["version"] for name, one in inside.items()} == {name: locked[name][0] for name in inside}
    assert all(one["hashes"] and one["licenses"] for one in inside.values())
