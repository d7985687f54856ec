#!/usr/bin/env python3
"""Makes this checkout ready on a bare machine, then runs the program (`demo`) or the whole gate over it (`test`).

    python3 installer/develop.py setup      system libraries, .venv, locked dependencies
    python3 installer/develop.py demo       the same, then a clinic's day: installer/demo_day.py
    python3 installer/develop.py test       the same and what tests need, then format, lint, types, contracts, tests
    python3 installer/develop.py test fix   format and repair what ruff can repair

Standard library only, for nothing else is there yet. It asks the machine's own apt-get and pip, as the machine's
owner has configured them, and takes only the versions and hashes in the locks. A second run finds all done.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "kassa-installed.json"
LOCKS = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST_PYTHON = (3, 11)
WINDOWS = os.name == "nt"


class Stop(Exception):
    """The set-up cannot go on. Carries the whole sentence that the person at the terminal reads."""


# ── What the system must have ────────────────────────────────────────────────────────────────────


class Need(NamedTuple):
    """One Debian package, and how to see on any machine whether what we want from it is there."""

    package: str
    present: Callable[[], bool]


def library(soname: str) -> Callable[[], bool]:
    """A check that the dynamic linker itself finds this library."""

    def present() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return present


def program(name: str) -> Callable[[], bool]:
    """A check that this program is on the path."""
    return lambda: shutil.which(name) is not None


def venv_can_be_made() -> bool:
    """Debian keeps `ensurepip` in a package of its own; without it `python -m venv` makes half a venv."""
    return importlib.util.find_spec("ensurepip") is not None


def some_font() -> bool:
    """Whether Qt has any font; without one every letter is an empty box."""
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"]
    return any(next(folder.rglob(kind), None) for folder in folders for kind in ("*.ttf", "*.otf"))


def postgresql_server() -> bool:
    """Whether tests/postgres.py will find a server: one it is told of, Debian's folder, or the path."""
    told = "KASSA_TEST_PG" in os.environ
    return told or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None


def screen_reader_bus() -> bool:
    """Whether there is what a screen reader reads by; the tests look for it in the same place."""
    return Path("/usr/libexec/at-spi-bus-launcher").exists()


def shared_libpython() -> bool:
    """Whether there is a Python library to freeze; Debian keeps it in a package of its own."""
    name = f"lib{THIS_PYTHON}.so.1.0"
    return (Path(sys.base_prefix) / "lib" / name).exists() or library(name)()


THIS_PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"
PYTHON = (Need(f"{THIS_PYTHON}-venv", venv_can_be_made),)

# The closure of ldd over the Qt modules and plugins we use (offscreen and xcb), less what these packages bring along.
DESKTOP = (
    Need("libegl1", library("libEGL.so.1")),
    Need("libgl1", library("libGL.so.1")),
    Need("libglib2.0-0", library("libgthread-2.0.so.0")),
    Need("libdbus-1-3", library("libdbus-1.so.3")),
    Need("libfontconfig1", library("libfontconfig.so.1")),
    Need("libxkbcommon-x11-0", library("libxkbcommon-x11.so.0")),
    Need("libxcb-cursor0", library("libxcb-cursor.so.0")),
    Need("libxcb-icccm4", library("libxcb-icccm.so.4")),
    Need("libxcb-keysyms1", library("libxcb-keysyms.so.1")),
    Need("libxcb-shape0", library("libxcb-shape.so.0")),
    Need("fonts-dejavu-core", some_font),
)

BUILD = (
    Need("binutils", program("objdump")),
    Need(f"lib{THIS_PYTHON}", shared_libpython),
)

TESTS = (
    *BUILD,
    Need("nsis", program("makensis")),
    Need("postgresql", postgresql_server),
    Need("xvfb", program("Xvfb")),
    Need("xauth", program("xauth")),
    Need("dbus", program("dbus-run-session")),
    Need("gnome-keyring", program("gnome-keyring-daemon")),
    Need("at-spi2-core", screen_reader_bus),
)


def install_system_packages(needs: Sequence[Need]) -> None:
    """Install with apt-get what is missing. Raises Stop, with the one line to run, where we may not.

    On a machine without apt-get nothing is installed; the check after pip tells whether Qt loads.
    """
    missing = [need.package for need in needs if not need.present()]
    if not missing or WINDOWS:
        return
    if shutil.which("apt-get") is None:
        say(f"! this machine has no apt-get; if something fails below, install what Debian calls: {' '.join(missing)}")
        return
    apt_get = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]
    install = ["install", "--yes", "--no-install-recommends", *missing]
    rights = way_to_root(f"sudo apt-get update && sudo apt-get {' '.join(install)}")
    run_step("apt-get update", [*rights, *apt_get, "update"])
    run_step(f"apt-get install, {len(missing)} packages", [*rights, *apt_get, *install])
    still = [need.package for need in needs if not need.present()]
    if still:
        raise Stop(f"apt-get says it installed {' '.join(still)}, yet what we need from there is not found.")


def way_to_root(wanted: str) -> list[str]:
    """The words before a command that root must run: none for root, else sudo. Raises Stop where there is no way."""
    kept = [f"{name}={os.environ[name]}" for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ]
    as_root = ["env", "DEBIAN_FRONTEND=noninteractive", *kept]
    if os.geteuid() == 0:
        return as_root
    if shutil.which("sudo"):
        if succeeds(["sudo", "-n", "true"]):
            return ["sudo", "-n", *as_root]
        if sys.stdin.isatty():
            say("System packages are missing; sudo may ask for your password.")
            subprocess.run(["sudo", "-v"], check=False)
            return ["sudo", *as_root]
    raise Stop(
        "System packages are missing, and this account may not install them.\n"
        f"Let somebody who may run this line, then start the same command again:\n\n    {wanted}\n"
    )


# ── The virtual environment ──────────────────────────────────────────────────────────────────────


def venv_python() -> Path:
    """The interpreter inside .venv, there or not."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def make_venv() -> None:
    """Leave a .venv that works, with pip, of this very Python; a broken or foreign one is replaced."""
    wanted = json.dumps([list(sys.version_info[:3]), sys.base_prefix])
    ask = "import json, pip, sys; print(json.dumps([list(sys.version_info[:3]), sys.base_prefix]))"
    if answer([str(venv_python()), "-c", ask]) == wanted:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    base = getattr(sys, "_base_executable", sys.executable)  # not the .venv's own, if that is what runs us
    run_step("make .venv", [base, "-m", "venv", str(VENV)])


def install_lock(name: str) -> None:
    """Install the lock `runtime` or `dev` (which holds `runtime` too), unless exactly that is already installed."""
    hashes = {lock: hashlib.sha256(path.read_bytes()).hexdigest() for lock, path in LOCKS.items()}
    if installed().get(name) == hashes[name]:
        return
    STAMP.unlink(missing_ok=True)
    pip = [str(venv_python()), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    run_step(
        f"pip install {LOCKS[name].name}",
        [*pip, "--progress-bar", "off", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS[name])],
    )
    run_step("load Qt, SQLite and libsodium", [str(venv_python()), "-c", LOAD_ALL], QT_QPA_PLATFORM="offscreen")
    done = hashes if name == "dev" else {"runtime": hashes["runtime"]}
    STAMP.write_text(json.dumps(done), encoding="utf-8")


LOAD_ALL = """
import apsw, keyring, nacl.signing
from PySide6 import QtPrintSupport, QtSvg, QtTest, QtWidgets
QtWidgets.QApplication([])
assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3), "SQLite is too old"
"""


def installed() -> dict[str, str]:
    """Which locks the .venv holds, name → SHA-256; empty when unknown."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_path_file() -> None:
    """Put the tree on the .venv's path, so that no build backend is needed."""
    folder = VENV / "Lib/site-packages" if WINDOWS else next((VENV / "lib").glob("python3*/site-packages"))
    (folder / "kassa.pth").write_text(f"{ROOT}\n", encoding="utf-8")


def set_up(lock: str, needs: Sequence[Need]) -> None:
    """Everything, in order. Each step does nothing when its work is already done."""
    install_system_packages(needs)
    make_venv()
    install_lock(lock)
    write_path_file()


# ── Running and telling ──────────────────────────────────────────────────────────────────────────


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def environment(**more: str) -> dict[str, str]:
    """Our environment for children: UTF-8 (Qt asks for it), and only the .venv's own packages."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONNOUSERSITE": "1", **more}


def succeeds(command: Sequence[str]) -> bool:
    """Whether the command ends with 0. Its output is nobody's business."""
    quiet = subprocess.DEVNULL
    return subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False).returncode == 0


def answer(command: Sequence[str]) -> str | None:
    """What the command prints, stripped; None when it cannot be run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


class Progress:
    """One step on the terminal: its title, what it is doing right now, and at the end the time it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.begun_s = self.told_s = time.monotonic()
        self.live = sys.stdout.isatty()

    def tell(self, doing: str) -> None:
        """Show what goes on: in place on a terminal, else as a line when ten seconds have passed without one."""
        now_s = time.monotonic()
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + self._line("…", doing)[:width].ljust(width), end="", flush=True)
        elif now_s - self.told_s >= 10:
            say(self._line("…", doing)[:110])
            self.told_s = now_s

    def end(self, mark: str) -> None:
        """The step's last line: a mark, the title, the seconds."""
        if self.live:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1), end="\r")
        say(self._line(mark, ""))

    def _line(self, mark: str, doing: str) -> str:
        seconds = time.monotonic() - self.begun_s
        return f"{mark} {seconds:6.1f} s  {self.title}{'  ' + doing if doing else ''}"


def run_step(title: str, command: Sequence[str], **env: str) -> None:
    """Run one command, showing a compact running line. Raises Stop, with the end of its output, when it fails."""
    progress = Progress(title)
    last: deque[str] = deque(maxlen=60)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            last.append(line.rstrip())
            progress.tell(line.strip())
    progress.end("✗" if child.returncode else "✓")
    if child.returncode:
        raise Stop("\n".join([*last, "", f"This step failed (exit {child.returncode}): {shlex.join(command)}"]))


# ── The commands ─────────────────────────────────────────────────────────────────────────────────


def setup(_rest: list[str]) -> int:
    """What the program needs, and nothing started."""
    set_up("runtime", (*PYTHON, *DESKTOP))
    say(f"Ready: {venv_python()}")
    return 0


def demo(rest: list[str]) -> int:
    """Hand over to installer/demo_day.py with the remaining words."""
    set_up("runtime", (*PYTHON, *DESKTOP))
    return hand_over(tool("installer.demo_day", *rest))


def test(rest: list[str]) -> int:
    """The gate: stops at the first step that fails. With `fix` repair the format; other words go to pytest."""
    set_up("dev", (*PYTHON, *DESKTOP, *TESTS))
    if rest[:1] == ["fix"]:
        run_step("ruff check --fix", tool("ruff", "check", "--fix", "."))
        run_step("ruff format", tool("ruff", "format", "."))
        return 0
    run_step("ruff format --check", tool("ruff", "format", "--check", "."))
    run_step("ruff check", tool("ruff", "check", "."))
    run_step("mypy --strict", tool("mypy"))
    run_step("import contracts", [str(venv_python().with_name("lint-imports")), "--no-logo"])
    say_lengths()
    return run_pytest(rest)


def say_lengths() -> None:
    """The longest files, largest first: told, not forbidden."""
    paths = [path for folder in ("kassaapp", "sync", "installer", "tests") for path in (ROOT / folder).rglob("*.py")]
    longest = sorted(((len(path.read_bytes().splitlines()), path) for path in paths), reverse=True)[:6]
    say("· longest files: " + ", ".join(f"{path.relative_to(ROOT)} {lines}" for lines, path in longest))


def tool(name: str, *words: str) -> list[str]:
    """The command line of a tool in .venv that can be run as a module."""
    return [str(venv_python()), "-m", name, *words]


def run_pytest(rest: list[str]) -> int:
    """All tests, shared between two processes; pytest's own closing line is the last that is printed."""
    say("· pytest")
    os.chdir(ROOT)
    return hand_over(tool("pytest", *(rest or ["-n", "2", "--dist", "loadfile"])))


def hand_over(command: list[str]) -> int:
    """Become this command, so that signals and exit codes are its own (on Windows: run it, return its exit code)."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(command[0], command, environment())  # noqa: S606
    return subprocess.run(command, env=environment(), check=False).returncode


def main(words: list[str]) -> int:
    """Run the command that the words name; the exit code."""
    parser = argparse.ArgumentParser(prog="installer/develop.py", description="Set up, then run or test Kassa.")
    parser.add_argument("command", choices=["setup", "demo", "test"])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="words for the demo, or for pytest, or: fix")
    chosen = parser.parse_args(words)
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"Kassa needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer; this is {sys.version.split()[0]}."
        )
    return {"setup": setup, "demo": demo, "test": test}[chosen.command](chosen.rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(f"\n{stop}")
    except KeyboardInterrupt:
        sys.exit(130)
