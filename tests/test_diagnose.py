"""Whoever helps gets what is needed and nobody's secret; the log stays small."""

import base64
import json
import logging
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from kassaapp import __main__, diagnose, logs
from kassaapp.domain.fees import Wish
from tests.builders import CARD, a_patient
from tests.desks import a_clock, an_open_till, named

KNOWN = ("Anna Berg", "anber", "123456", "19610118", "610118", "2803", "Testsson", "DEMO-CODE")
"""Who works here, with which PIN; who was here, by number and name; the code of the clinic file."""


def a_day(folder: Path) -> None:
    """A till that sold, with all in its folder that must not leave it."""
    with an_open_till(folder) as desk:
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
        desk.save_receipt("H", 1)
    clinic = folder / "clinic.toml"
    clinic.write_text(clinic.read_text().replace('code = "DEMO"', 'code = "DEMO-CODE"'))
    logs.begin(folder)
    logging.getLogger("somebody").error("the library says: 19610118-2803 and 610118+2803 and 196101182803")
    logging.getLogger("somebody").error("and in a trace", exc_info=ValueError("6101182803"))


def everything(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def secrets(folder: Path) -> list[str]:
    """Each secret key of the folder, in the shapes it could be written in."""
    found = []
    for path in folder.rglob("*.key"):
        text = path.read_text()
        raw = base64.b64decode(text)
        for piece in (raw[:32], raw[32:64]):
            found += [
                piece.hex(),
                base64.urlsafe_b64encode(piece).decode().rstrip("="),
                base64.b64encode(piece).decode(),
            ]
        found.append(text)
    return found


def test_the_bundle_tells_of_machines_and_of_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_day(tmp_path / "till")
    named(tmp_path / "till", "Reception 2")
    out = tmp_path / "diagnostik.zip"

    code = __main__.main(["diagnose", "--data", str(tmp_path / "till"), "--out", str(out)])

    assert code == 0, capsys.readouterr().err
    inside = everything(out)
    assert set(inside) >= {
        "about.json",
        "health.txt",
        "clinic.json",
        "files.txt",
        "standing.json",
        "verify.json",
        "logs/kassa.log",
    }
    text = "\n".join([*inside, *inside.values()])
    assert [word for word in KNOWN if word in text] == []
    assert len(secrets(tmp_path / "till")) > 3
    assert [secret for secret in secrets(tmp_path / "till") if secret in text] == []
    assert "the library says: •••••• and •••••• and ••••••" in inside["logs/kassa.log"]
    assert json.loads(inside["verify.json"])[0]["verdict"] == "intact"
    assert "H/journal.db" in inside["files.txt"]
    assert json.loads(inside["clinic.json"])["desk"] == "Reception 2"


def test_measures_are_not_taken_for_numbers_of_people(tmp_path: Path) -> None:
    a_day(tmp_path / "till")
    (tmp_path / "till" / "ballast").write_bytes(bytes(67_108_864))

    diagnose.bundle(tmp_path / "till", tmp_path / "out.zip", a_clock()(), verify=False)

    inside = everything(tmp_path / "out.zip")
    assert " 67108864 B " in inside["files.txt"]
    assert "••" not in inside["files.txt"] + inside["health.txt"]


def test_a_frozen_program_knows_its_parts_by_the_list_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(tmp_path / "till")
    listed = {"components": [{"name": "APSW", "version": "3.50.4.0"}, {"name": "nameless"}]}
    (tmp_path / "sbom.json").write_text(json.dumps(listed), encoding="utf-8")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "kassa"))
    monkeypatch.setattr(diagnose, "PACKAGES", ("apsw", "no-such-package"))
    monkeypatch.setattr(metadata, "version", not_installed)

    diagnose.bundle(tmp_path / "till", tmp_path / "out.zip", a_clock()(), verify=False)

    about = json.loads(everything(tmp_path / "out.zip")["about.json"])
    assert about["packages"] == {"apsw": "3.50.4.0", "no-such-package": None}


def not_installed(name: str) -> str:
    raise metadata.PackageNotFoundError(name)


def test_nothing_is_written_over_and_a_folder_without_a_till_has_no_diagnostics(tmp_path: Path) -> None:
    a_day(tmp_path / "till")
    out = tmp_path / "diagnostik.zip"
    out.write_text("mine")

    over = __main__.main(["diagnose", "--data", str(tmp_path / "till"), "--out", str(out)])
    empty = __main__.main(["diagnose", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "new.zip")])

    assert (over, empty) == (1, 1)
    assert out.read_text() == "mine"
    assert not (tmp_path / "new.zip").exists()


def test_the_log_never_grows_beyond_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)

    logs.begin(tmp_path)
    for number in range(500):
        logging.getLogger("till").warning("line %d", number)

    files = sorted((tmp_path / "logs").glob("kassa.log*"))
    assert len(files) == logs.KEPT + 1
    assert all(path.stat().st_size <= 2_100 for path in files)
    assert "line 499" in (tmp_path / "logs" / "kassa.log").read_text()
