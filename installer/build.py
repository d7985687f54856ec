#!/usr/bin/env python3
"""Builds what IT puts on desks and servers. Everything goes to dist/, or to the folder of --out.

    python3 installer/build.py till           one folder with kassa and kassa-verify, their hashes and what is inside
    python3 installer/build.py verifier       the auditor's kassa-verify alone
    python3 installer/build.py region         one folder with kassa-region and kassa-region-signer
    python3 installer/build.py deb till       the same as a package for Debian 12
    python3 installer/build.py deb region     kassa-region, with systemd's units
    python3 installer/build.py windows        on Windows: the setup, with NSIS; elsewhere with --folder
    python3 installer/build.py clinics TABLE.csv --out DIR
                                              a clinic file for each desk, and the list of which goes where
    python3 installer/build.py compare A B    two such folders: the same files, byte for byte?

It needs what `develop.py setup` needs, makes an environment of its own in build/venv, and takes only what the locks
say.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:1] = [str(ROOT)]  # Run as a script, the first is this folder: `installer` itself is to be found.

from installer import deb as debian  # noqa: E402
from installer import develop, freeze, windows  # noqa: E402
from installer.develop import Stop, say  # noqa: E402

USUAL_OUT = ROOT / "dist"


def main(words: list[str]) -> int:
    """Run the command that the words name; the exit code. Raises Stop."""
    if words[:1] == ["clinics"]:
        develop.set_up("runtime", develop.PYTHON)
        return develop.hand_over(develop.tool("installer.clinic_files", *words[1:]))
    parser = argparse.ArgumentParser(
        prog="installer/build.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for target in freeze.TARGETS:
        _add_out(commands.add_parser(target, help=f"freeze the {target}"))
    deb = commands.add_parser("deb", help="freeze and pack for Debian 12")
    deb.add_argument("target", choices=sorted(debian.PACKAGES))
    _add_out(deb)
    setup = commands.add_parser("windows", help="the setup for Windows")
    setup.add_argument("--folder", type=Path, metavar="FOLDER", help="what `build.py till` made on Windows")
    _add_out(setup)
    commands.add_parser("clinics", help="clinic files from a table", add_help=False)
    compare = commands.add_parser("compare", help="whether two folders are the same build")
    compare.add_argument("folders", type=Path, nargs=2, metavar="FOLDER")
    chosen = parser.parse_args(words)
    if chosen.command == "compare":
        return _compare(*chosen.folders)
    say(str(_made(chosen, chosen.out.resolve())))
    return 0


def _made(chosen: argparse.Namespace, out: Path) -> Path:
    match chosen.command:
        case "deb":
            return debian.pack(chosen.target, out)
        case "windows":
            return windows.make(chosen.folder, out)
        case target:
            return freeze.freeze(target, out)


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=USUAL_OUT, metavar="DIR", help="where it is put; default: dist")


def _compare(one: Path, other: Path) -> int:
    different = freeze.differences(one, other)
    for name in different:
        say(f"DIFFERS {name}")
    say(f"{len(freeze.read_sums(one))} files, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(f"\n{stop}")
    except KeyboardInterrupt:
        sys.exit(130)
