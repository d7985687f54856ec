"""Freezes a target into one folder that needs no Python: the programs, SHA256SUMS of every file, and sbom.json.

Two builds of one commit with one Python on one system are the same byte for byte: the tree is staged (`source.py`), the
environment is made of the locks alone, hashes are not seeded by chance, and the only time that goes in is the commit's.
"""

import hashlib
import json
import platform
import shutil
import sys
from pathlib import Path

from installer import develop, source
from installer.develop import Stop
from installer.source import ROOT, Source

TARGETS = {"till": "kassa", "verifier": "kassa-verify", "region": "kassa-region"}
"""What can be frozen, and how the folder is called before its version."""
SUMS = "SHA256SUMS"
BOM = "sbom.json"
BUILD = ROOT / "build"


def freeze(target: str, out: Path) -> Path:
    """Build `target` into a folder of its own in `out`, in place of one that is there; that folder. Raises Stop."""
    develop.install_system_packages((*develop.PYTHON, *develop.DESKTOP, *develop.BUILD))
    python = environment_python()
    made = source.read()
    work, folder = BUILD / "work" / target, out / f"{TARGETS[target]}-{made.version}"
    source.stage(made, work / "tree")
    _run_pyinstaller(python, target, made, work)
    shutil.rmtree(folder, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    shutil.move(work / "dist" / target, folder)
    _write_bom(python, target, made, work, folder)
    write_sums(folder)
    return folder


def built(target: str) -> Path:
    """The folder of what lies in the tree now: an earlier build's, when every file is as that left it, or a new one."""
    kept = BUILD / "frozen"
    folder = kept / f"{TARGETS[target]}-{source.read().version}"
    return folder if is_whole(folder) else freeze(target, kept)


def is_whole(folder: Path) -> bool:
    """Whether the folder holds just the files that SHA256SUMS lists, unchanged."""
    if not (folder / SUMS).exists():
        return False
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files_of(folder)} == read_sums(folder)


def environment_python() -> Path:
    """The interpreter of build/venv, which holds the two locks and nothing else; made when it is not there."""
    venv = BUILD / "venv"
    python = venv / ("Scripts/python.exe" if develop.WINDOWS else "bin/python")
    stamp = venv / "kassa-installed.json"
    wanted = [sys.version, sys.base_prefix, *(sha256(ROOT / name) for name in source.LOCKS)]
    if _read(stamp) == wanted and develop.succeeds([str(python), "-c", "import PyInstaller"]):
        return python
    shutil.rmtree(venv, ignore_errors=True)
    develop.run_step("make build/venv", [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(venv)])
    pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    for name in source.LOCKS:
        locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / name)]
        develop.run_step(f"pip install {name}", [*pip, *locked])
    stamp.write_text(json.dumps(wanted), encoding="utf-8")
    return python


def write_sums(folder: Path) -> None:
    """SHA256SUMS beside the programs, as `sha256sum --check` reads it: every file, by name."""
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files_of(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def files_of(folder: Path) -> list[Path]:
    """Every file below `folder` but the sums themselves, in order of their names."""
    found = [path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def read_sums(folder: Path) -> dict[str, str]:
    """Name → SHA-256, as the build wrote them."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def differences(one: Path, other: Path) -> list[str]:
    """The files that two builds do not have in common, by name."""
    first, second = read_sums(one), read_sums(other)
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def _run_pyinstaller(python: Path, target: str, made: Source, work: Path) -> None:
    for old in ("dist", "work"):
        shutil.rmtree(work / old, ignore_errors=True)
    spec = work / "tree/installer/frozen/kassa.spec"
    places = ["--distpath", str(work / "dist"), "--workpath", str(work / "work"), "--noconfirm"]
    develop.run_step(
        f"freeze the {target}, {made.version}",
        [str(python), "-m", "PyInstaller", *places, "--log-level", "INFO", str(spec), "--", target],
        PYTHONHASHSEED="0",
        PYTHONSAFEPATH="1",
        PYTHONDONTWRITEBYTECODE="1",
        PYINSTALLER_CONFIG_DIR=str(work / "config"),
        SOURCE_DATE_EPOCH=str(made.made_s),
        TZ="UTC",
    )


def _write_bom(python: Path, target: str, made: Source, work: Path, folder: Path) -> None:
    about = {
        "name": TARGETS[target],
        "version": made.version,
        "content": made.content,
        "made_s": made.made_s,
        "python": platform.python_version(),
        "locks": [str(ROOT / name) for name in source.LOCKS],
        "toc": str(work / "work"),
        "out": str(folder / BOM),
    }
    develop.run_step("list what is inside", [str(python), str(ROOT / "installer/bom.py"), json.dumps(about)])
    if not (folder / BOM).exists():
        raise Stop(f"{BOM} was not written.")


def _read(stamp: Path) -> object:
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def sha256(path: Path) -> str:
    """The hash of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
