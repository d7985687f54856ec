"""Makes the installer for Windows: the folder that was frozen there, inside the setup that packages/windows/kassa.nsi
defines.

PyInstaller freezes for the system it runs on, so the folder is made on Windows; NSIS compiles on Linux as well, around
a folder that is brought from there. Neither the frozen program nor the setup has been run on Windows by us; the setup,
around a stand-in, did under Wine what OPERATING.md says of it.
"""

import os
import shutil
from pathlib import Path

from installer import develop, freeze, source
from installer.develop import Stop
from installer.source import ROOT

DEFINITION = ROOT / "installer/packages/windows/kassa.nsi"
_USUAL = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)")) / "NSIS/makensis.exe"


def compile_setup(folder: Path, out: Path) -> Path:
    """The setup around a frozen folder; its path. Raises Stop."""
    makensis = shutil.which("makensis") or (str(_USUAL) if _USUAL.exists() else None)
    if makensis is None:
        raise Stop("NSIS is missing (its makensis; on Debian the package nsis).")
    if not freeze.is_whole(folder):
        raise Stop(f"{folder} is not as the build left it: its {freeze.SUMS} does not agree.")
    made = source.read()
    path = out / f"{folder.name}-setup.exe"
    out.mkdir(parents=True, exist_ok=True)
    defined = {
        "VERSION": folder.name.partition("-")[2],
        "NUMBER": f"{made.number}.0",
        "FOLDER": str(folder.resolve()),
        "OUT": str(path.resolve()),
    }
    develop.run_step(
        f"compile {path.name}",
        [makensis, "-NOCD", "-WX", "-INPUTCHARSET", "UTF8", *(f"-D{name}={text}" for name, text in defined.items()),
         str(DEFINITION)],
        SOURCE_DATE_EPOCH=str(made.made_s),
    )  # fmt: skip
    return path


def make(folder: Path | None, out: Path) -> Path:
    """The setup, around `folder` or, on Windows, around what is frozen now. Raises Stop."""
    if folder is None and not develop.WINDOWS:
        raise Stop(
            "PyInstaller freezes for the system it runs on. Run `build.py till` on Windows, bring the folder here,\n"
            "and name it: build.py windows --folder FOLDER"
        )
    return compile_setup(folder or freeze.built("till"), out)
