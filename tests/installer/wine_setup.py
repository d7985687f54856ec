"""The setup for Windows under Wine, around a stand-in for the program: what it does, and that it leaves tills alone.

    python3 tests/installer/wine_setup.py

Run by hand on Debian 12 with nsis, wine and wine64; half a minute. It prints a line for each step and ends with 0 when
every step is OK. It shows what the definition says, not what Windows does: claim no more. The stand-in, an NSIS program
itself, writes down how it was called, and answers `idle` with what the environment says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT)]

from installer import freeze, windows  # noqa: E402
from tests.installer.bare_system import Failed, must, say, step  # noqa: E402

STAND_IN = r"""
Unicode true
Target amd64-unicode
OutFile "${OUT}"
SilentInstall silent
RequestExecutionLevel user
!include "FileFunc.nsh"
!include "LogicLib.nsh"
Section
  ${GetParameters} $0
  FileOpen $2 "C:\said.txt" a
  FileSeek $2 0 END
  FileWrite $2 "$0$\r$\n"
  FileClose $2
  StrCpy $1 $0 5
  ${If} $1 == "idle "
    ReadEnvStr $3 IDLE
    SetErrorLevel $3
  ${ElseIf} $1 == "enrol"
    SetErrorLevel 4
  ${ElseIf} $1 == "sleep"
    Sleep 8000
  ${EndIf}
SectionEnd
"""


def main() -> int:
    """All steps; the exit code."""
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"WINEPREFIX": f"{name}/prefix", "WINEDEBUG": "-all", "WINEARCH": "win64"}
        try:
            subprocess.run(["wineboot", "-i"], capture_output=True, check=False)
            play(Path(name))
        except Failed as failed:
            say(f"FAILED  {failed}")
            return 1
        finally:
            subprocess.run(["wineserver", "-k"], capture_output=True, check=False)
    say("ALL OK")
    return 0


def play(folder: Path) -> None:
    """The steps, in order. Raises Failed."""
    first, second = (setup(folder, number) for number in (1, 2))
    drive = folder / "prefix/drive_c"
    program, data = drive / "Program Files/Kassa", drive / "ProgramData/Kassa"
    step(wine(first, "/S") == 0 and (program / "kassa.exe").exists(), "installs silently", listing(program))
    clinic = folder / "clinic.toml"
    ended = wine(first, "/S", "/CLINIC=Z:" + str(clinic).replace("/", "\\"))
    said = (drive / "said.txt").read_text(encoding="utf-8")
    step(ended == 4, f"with /CLINIC it ends with what enrol ends with: {said.strip()}", f"{ended} {said}")
    for file in ("clinic.toml", "journal.db"):
        (data / file).write_text(file, encoding="utf-8")
    for idle in (1, 3):
        ended = wine(second, "/S", idle=idle)
        untouched = (program / "_internal/1.dll").exists()
        step(ended == 21 and untouched, f"idle says {idle}: nothing is touched, and it ends with 21", str(ended))
    with subprocess.Popen(["wine", r"C:\Program Files\Kassa\kassa.exe", "sleep"], stderr=subprocess.DEVNULL):
        time.sleep(3)
        ended = wine(second, "/S")
    step(ended == 21, "a program that runs at a desk it does not see is not replaced either", str(ended))
    replaced = wine(second, "/S") == 0 and not (program / "_internal/1.dll").exists()
    step(replaced, "upgrades, and leaves nothing of the older version", listing(program))
    wine(Path(r"C:\Program Files\Kassa\uninstall.exe"), "/S")
    time.sleep(4)  # It goes on as a copy of itself, for it takes itself away.
    step(not program.exists(), "uninstalls", listing(program))
    step({path.name for path in data.iterdir()} == {"clinic.toml", "journal.db"}, "and leaves the till", listing(data))


def setup(folder: Path, number: int) -> Path:
    """A setup around a stand-in of that number."""
    made = folder / f"kassa-0.{number}.0+20261123080000.0123456789ab"
    (made / "_internal").mkdir(parents=True)
    (folder / "stand-in.nsi").write_text(STAND_IN, encoding="utf-8")
    must(["makensis", "-V1", f"-DOUT={made / 'kassa.exe'}", str(folder / "stand-in.nsi")])
    for name in ("kassa-verify.exe", freeze.BOM, f"_internal/{number}.dll"):
        (made / name).write_text(name, encoding="utf-8")
    freeze.write_sums(made)
    return windows.compile_setup(made, folder)


def wine(program: Path, *words: str, idle: int = 0) -> int:
    """What a Windows program ends with."""
    environment = {**os.environ, "IDLE": str(idle)}
    return subprocess.run(["wine", str(program), *words], env=environment, capture_output=True, check=False).returncode


def listing(folder: Path) -> str:
    """The names below a folder."""
    return " ".join(sorted(path.name for path in folder.rglob("*")))


if __name__ == "__main__":
    sys.exit(main())
