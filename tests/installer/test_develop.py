"""What develop.py does on machines that lack this or that: real folders, and small programs that stand in for apt."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer import develop

PRESENT = develop.Need("present", lambda: True)
MISSING = develop.Need("libmissing1", lambda: False)


def test_a_library_is_there_when_the_linker_loads_it() -> None:
    assert develop.library("libc.so.6")()
    assert not develop.library("libkassa-has-no-such.so.9")()


def test_a_program_is_there_when_it_is_on_the_path(programs: Path) -> None:
    put(programs, "present", "exit 0")

    assert develop.program("present")()
    assert not develop.program("absent")()


def test_this_machine_has_all_that_the_gate_needs() -> None:
    needs = (*develop.PYTHON, *develop.DESKTOP, *develop.TESTS)

    assert [need.package for need in needs if not need.present()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="ldd is Linux's")
def test_every_qt_library_that_we_load_finds_what_it_links_to() -> None:
    import PySide6

    folder = Path(PySide6.__file__).parent
    modules = [f"{name}.abi3.so" for name in ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtPrintSupport", "QtTest")]
    plugins = [
        "platforms/libqxcb.so",
        "platforms/libqoffscreen.so",
        "xcbglintegrations/libqxcb-glx-integration.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "imageformats/libqsvg.so",
        "imageformats/libqjpeg.so",
        "iconengines/libqsvgicon.so",
    ]
    paths = [folder / module for module in modules] + [folder / "Qt/plugins" / plugin for plugin in plugins]

    linked = subprocess.run(["ldd", *map(str, paths)], capture_output=True, text=True, check=True).stdout

    assert [line.strip() for line in linked.splitlines() if "not found" in line] == []


# ── System packages ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, script: str) -> None:
    """A program that notes its words in `called` beside it and then does what the script says."""
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/called\n{script}\n', encoding="utf-8")
    path.chmod(0o755)


def called(folder: Path) -> list[str]:
    """What was called, in order."""
    note = folder / "called"
    return note.read_text(encoding="utf-8").splitlines() if note.exists() else []


def an_account(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let develop.py believe that it runs as this user number."""
    monkeypatch.setattr(os, "geteuid", lambda: number)


def test_nothing_is_called_when_nothing_is_missing(programs: Path) -> None:
    put(programs, "apt-get", "exit 1")

    develop.install_system_packages([PRESENT])

    assert called(programs) == []


def test_root_installs_what_is_missing(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(monkeypatch, 0)
    put(programs, "env", 'shift; shift; touch "$(dirname "$0")/installed"')
    put(programs, "apt-get", "")
    put(programs, "touch", 'exec /usr/bin/touch "$@"')
    put(programs, "dirname", 'exec /usr/bin/dirname "$@"')
    need = develop.Need("libnew1", (programs / "installed").exists)

    develop.install_system_packages([PRESENT, need])

    calls = [call for call in called(programs) if call.startswith("env")]
    assert [call.split("DPkg::Lock::Timeout=300 ")[1] for call in calls] == [
        "update",
        "install --yes --no-install-recommends libnew1",
    ]


def test_an_ordinary_account_goes_by_sudo_where_no_password_is_asked(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(monkeypatch, 1000)
    put(programs, "apt-get", "")
    put(programs, "sudo", "exit 0")

    assert develop.way_to_root("…")[:2] == ["sudo", "-n"]


def test_an_account_without_rights_is_told_the_one_line_to_run(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(monkeypatch, 1000)
    put(programs, "apt-get", "")
    put(programs, "sudo", "exit 1")
    with open(os.devnull, encoding="utf-8") as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)

        with pytest.raises(develop.Stop) as stop:
            develop.install_system_packages([PRESENT, MISSING])

    line = "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libmissing1"
    assert line in str(stop.value).splitlines()[-1]
    assert "apt-get" not in called(programs)


def test_a_package_that_does_not_bring_what_it_should_is_named(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(monkeypatch, 0)
    put(programs, "env", "exit 0")
    put(programs, "apt-get", "")

    with pytest.raises(develop.Stop, match="libmissing1"):
        develop.install_system_packages([MISSING])


def test_a_machine_without_apt_is_told_and_goes_on(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    develop.install_system_packages([MISSING])

    assert "libmissing1" in capsys.readouterr().out
    assert called(programs) == []


# ── The virtual environment ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for a .venv that is not the checkout's."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(develop, "VENV", folder)
    monkeypatch.setattr(develop, "STAMP", folder / "kassa-installed.json")
    return folder


def test_a_broken_venv_is_replaced_and_a_sound_one_is_kept(venv: Path) -> None:
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").write_text("not a program", encoding="utf-8")

    develop.make_venv()
    made = (venv / "pyvenv.cfg").stat().st_mtime_ns
    develop.make_venv()
    develop.write_path_file()

    assert (venv / "pyvenv.cfg").stat().st_mtime_ns == made
    assert develop.answer([str(develop.venv_python()), "-c", "import installer; print('found')"]) == "found"


def a_venv_whose_python_fails(venv: Path) -> None:
    (venv / "bin").mkdir(parents=True)
    put(venv / "bin", "python", "echo no network; exit 3")


def test_a_lock_that_is_installed_is_not_installed_again(venv: Path) -> None:
    a_venv_whose_python_fails(venv)
    runtime = hashlib.sha256(develop.LOCKS["runtime"].read_bytes()).hexdigest()
    develop.STAMP.write_text(json.dumps({"runtime": runtime, "dev": "another"}), encoding="utf-8")

    develop.install_lock("runtime")

    assert called(venv / "bin") == []


@pytest.mark.parametrize("stamp", ["{}", "half a sta", '{"dev": "another"}', "[]"])
def test_a_lock_that_changed_is_installed_by_hash_and_a_failure_leaves_no_stamp(venv: Path, stamp: str) -> None:
    a_venv_whose_python_fails(venv)
    develop.STAMP.write_text(stamp, encoding="utf-8")

    with pytest.raises(develop.Stop, match="no network"):
        develop.install_lock("dev")

    assert "--require-hashes --only-binary :all: -r" in called(venv / "bin")[0]
    assert not develop.STAMP.exists()


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────


def test_a_failing_step_stops_with_the_end_of_its_output_and_its_exit_code() -> None:
    with pytest.raises(develop.Stop) as stop:
        develop.run_step("try", [sys.executable, "-c", "print('the reason'); raise SystemExit(7)"])

    assert "the reason" in str(stop.value)
    assert "exit 7" in str(stop.value)


def test_children_get_utf8_and_nothing_of_a_foreign_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("LANG", "sv_SE.ISO-8859-1")

    env = develop.environment(EXTRA="1")

    assert (env["LANG"], env["LC_ALL"], env["EXTRA"]) == ("C.UTF-8", "C.UTF-8", "1")
    assert "PYTHONPATH" not in env


def test_ci_runs_exactly_what_a_person_runs() -> None:
    script = (develop.ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()

    assert [line for line in script if not line.startswith(("#", "set ", "cd "))] == [
        "exec python3 installer/develop.py test"
    ]
