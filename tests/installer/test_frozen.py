"""The program as it is put on desks: frozen, it is whole, sells in its window and verifies what it has done; packed, it
brings and asks for what it needs, and leaves journals alone. One file, for it is built once. Installing it on a bare
system is `bare_root.py`'s business.
"""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from installer import bom, deb, develop, freeze, source
from tests.from_outside.session import till_on_a_screen

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def folder() -> Path:
    """Takes a minute or two, and nothing when an earlier run has built the very same content."""
    return freeze.built("till")


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
    assert freeze.is_whole(folder)


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


def test_the_licences_of_what_is_inside_lie_beside_it(folder: Path) -> None:
    """Qt's packages bring none: the package for Debian names where the system has LGPL-3."""
    bill = json.loads((folder / freeze.BOM).read_text(encoding="utf-8"))

    told = {path.name for path in (folder / "licences").iterdir() if any(path.iterdir())}

    assert {one["name"] for one in bill["components"]} - told <= {"pyside6-essentials", "shiboken6"}


# ── The package for Debian ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def package(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of that very folder."""
    assert freeze.is_whole(folder)
    return deb.pack("till", tmp_path_factory.mktemp("packages"))


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, env=develop.environment()).stdout


def test_it_asks_for_what_the_window_needs_of_the_system(package: Path) -> None:
    depends = said("dpkg-deb", "--field", str(package), "Depends").strip().split(", ")

    needed = {need.package for need in develop.DESKTOP} | {"ca-certificates", "libcups2", "libssl3"}
    assert needed - set(depends) == set()
    assert [name for name in depends if name.startswith("libc6 (>= ")] != []


def test_everything_in_it_is_roots_and_only_root_may_change_it(package: Path) -> None:
    lines = [line.split() for line in said("dpkg-deb", "--contents", str(package)).splitlines()]

    assert {line[1] for line in lines} == {"root/root"}
    assert [line[5] for line in lines if not line[0].startswith("l") and line[0][5] + line[0][8] != "--"] == []


def test_it_holds_nothing_where_journals_and_settings_lie(package: Path) -> None:
    names = [line.split()[5] for line in said("dpkg-deb", "--contents", str(package)).splitlines()]

    assert [name for name in names if re.match(r"\./(usr/?$|usr/(bin|lib|share)/|$)", name) is None] == []


@pytest.mark.parametrize("target", ["till", "region"])
def test_no_script_of_a_package_deletes_anything(target: str) -> None:
    scripts = [deb.PARTS / target / name for name in ("preinst", "postinst", "prerm", "postrm")]

    deleting = re.compile(r"\b(rm|rmdir|unlink|shred|find|mv|userdel|groupdel|delgroup|deluser)\b")
    assert [path.name for path in scripts if path.exists() and deleting.search(_commands(path))] == []
    assert [path.name for path in scripts if path.exists() and "set -e" not in path.read_text()] == []


def _commands(path: Path) -> str:
    return "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))


def test_packed_again_it_is_the_same_byte_for_byte(package: Path, tmp_path: Path) -> None:
    again = deb.pack("till", tmp_path)

    assert again.name == package.name
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(package.read_bytes()).digest()
