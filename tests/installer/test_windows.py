"""The setup for Windows compiles, here around a stand-in for the folder that only Windows can freeze. It is not run."""

import hashlib
import re
from pathlib import Path

import pytest

from installer import freeze, windows
from installer.develop import Stop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "kassa-0.1.0+20261123080000.0123456789ab"
    (made / "_internal").mkdir(parents=True)
    for name in ("kassa.exe", "kassa-verify.exe", "sbom.json", "_internal/python311.dll"):
        (made / name).write_text(name, encoding="utf-8")
    freeze.write_sums(made)
    return made


def test_the_setup_compiles_without_a_warning_and_twice_the_same(folder: Path, tmp_path: Path) -> None:
    one, other = (windows.compile_setup(folder, tmp_path / name) for name in ("one", "other"))

    assert one.name == "kassa-0.1.0+20261123080000.0123456789ab-setup.exe"
    assert one.read_bytes()[:2] == b"MZ"
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def test_nothing_is_made_of_a_folder_that_was_changed(folder: Path, tmp_path: Path) -> None:
    (folder / "kassa.exe").write_text("other", encoding="utf-8")

    with pytest.raises(Stop, match="SHA256SUMS"):
        windows.compile_setup(folder, tmp_path / "out")


def test_what_the_uninstaller_deletes_is_the_program_and_nothing_else() -> None:
    definition = windows.DEFINITION.read_text(encoding="utf-8")

    deleted = re.findall(r"^ *(?:Delete|RMDir(?: /r)?) (.*)$", definition, re.MULTILINE)

    assert {path for path in deleted if not path.startswith(('"$INSTDIR', '"$SMPROGRAMS\\Kassa.lnk'))} == set()
    assert "$INSTDIR" not in re.findall(r'^ *RMDir /r "([^"]*)"$', definition, re.MULTILINE)
