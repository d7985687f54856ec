"""The bill of materials of a frozen folder, in CycloneDX 1.6: what of others' is inside, which version, whose licence;
and beside it, in `licences`, the texts that the packages bring.

Run by the build's own interpreter, for that is where the packages are installed. A package is inside when PyInstaller
took one of its files (of its own too: its loader starts the program). The hashes are those of the lock: each is one
file in which the package's authors published that version, for this system or another, and pip installed none that is
not among them. Standard library only.
"""

import json
import re
import shutil
import sys
import sysconfig
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_TAKEN = re.compile(r"'([^'\n]*site-packages[^'\n]*)'")
_TEXT = re.compile(r"licen[cs]e|copying|notice|authors", re.IGNORECASE)
_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "kassa.sbom")


def bill(about: dict[str, Any]) -> dict[str, Any]:
    """The whole document. `about` is what `freeze._write_bom` tells."""
    locked = read_locks(Path(path) for path in about["locks"])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, about['name'] + about['content'])}",
        "version": 1,
        "metadata": {
            "timestamp": f"{datetime.fromtimestamp(about['made_s'], UTC):%Y-%m-%dT%H:%M:%SZ}",
            "component": {"type": "application", "name": about["name"], "version": about["version"]},
        },
        "components": [
            {"type": "platform", "name": "python", "version": about["python"], **_licence("PSF-2.0")},
            *(component(one, locked) for one in packages_inside(Path(about["toc"]))),
        ],
    }


def packages_inside(toc: Path) -> list[metadata.Distribution]:
    """The packages of which PyInstaller took something, by name."""
    taken = _taken(toc)
    return sorted((one for one in metadata.distributions() if _is_inside(one, taken)), key=_name)


def copy_licences(packages: Iterable[metadata.Distribution], folder: Path) -> None:
    """The texts of each package's licences, as it was installed with, and Python's own."""
    texts = [("python", Path(sysconfig.get_path("stdlib")) / "LICENSE.txt")]
    for one in packages:
        names = (path for path in one.files or () if ".dist-info" in path.parts[0] and _TEXT.search(path.name))
        texts += [(_name(one), Path(str(one.locate_file(path)))) for path in names]
    for name, path in texts:
        if path.is_file():
            (folder / name).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name / path.name)


def component(one: metadata.Distribution, locked: dict[str, tuple[str, list[str]]]) -> dict[str, Any]:
    """One package. Raises KeyError or AssertionError when what is installed is not what the locks say."""
    version, hashes = locked[_name(one)]
    assert version == one.version, f"{_name(one)} {one.version} is installed, {version} locked"
    return {
        "type": "library",
        "name": _name(one),
        "version": version,
        "purl": f"pkg:pypi/{_name(one)}@{version}",
        "hashes": [{"alg": "SHA-256", "content": value} for value in hashes],
        **_licence(_licence_of(one)),
    }


def read_locks(paths: Iterable[Path]) -> dict[str, tuple[str, list[str]]]:
    """Name → (version, SHA-256 of every file that may be installed), of all the locks together."""
    found: dict[str, tuple[str, list[str]]] = {}
    for path in paths:
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if pin := _PIN.match(line):
                name = pin[1]
                found[name] = (pin[2], [])
            found.get(name, ("", []))[1].extend(_HASH.findall(line))
    return found


def _taken(folder: Path) -> set[str]:
    """The files of installed packages that PyInstaller's tables of contents name."""
    paths: set[str] = set()
    for table in [*folder.rglob("PYZ-*.toc"), *folder.rglob("COLLECT-*.toc")]:
        paths.update(path.replace("\\\\", "/") for path in _TAKEN.findall(table.read_text(encoding="utf-8")))
    return paths


def _is_inside(one: metadata.Distribution, taken: set[str]) -> bool:
    files = (path for path in one.files or () if ".dist-info" not in path.as_posix())
    return any(Path(str(one.locate_file(path))).as_posix() in taken for path in files)


def _name(one: metadata.Distribution) -> str:
    return re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower()


def _licence_of(one: metadata.Distribution) -> str | None:
    """What the package's own metadata says, best first; None when it says nothing short."""
    said = one.metadata.json
    short = [said.get("license_expression"), *_classified(one.metadata.get_all("Classifier", [])), said.get("license")]
    return next((str(text) for text in short if text and "\n" not in str(text) and len(str(text)) < 100), None)


def _classified(classifiers: list[str]) -> Iterator[str]:
    for text in classifiers:
        if text.startswith("License :: ") and text != "License :: OSI Approved":
            yield text.rpartition(" :: ")[2]


def _licence(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    spdx = re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*", text)
    return {"licenses": [{"expression": text} if spdx else {"license": {"name": text}}]}


if __name__ == "__main__":
    _about = json.loads(sys.argv[1])
    _text = json.dumps(bill(_about), ensure_ascii=False, indent=1, sort_keys=True)
    Path(_about["out"]).write_text(_text + "\n", encoding="utf-8", newline="\n")
    copy_licences(packages_inside(Path(_about["toc"])), Path(_about["out"]).parent / "licences")
