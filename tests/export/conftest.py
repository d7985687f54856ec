"""The folder for a control visit, made once, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from kassaapp import __main__
from tests.export.folder_of_evidence import prove
from tests.verify.evidence import two_days


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days at a desk, proved by a region but for the last records, and exported. To be copied, not changed."""
    place = tmp_path_factory.mktemp("visit")
    two_days(place / "desk")
    prove(place / "desk", 16, 20)
    words = ["--from", "2026-11-23", "--to", "2026-11-24", "--out", str(place / "visit"), "--till", "H"]
    assert __main__.main(["export", "control-visit", "--data", str(place / "desk"), *words]) == 0
    return place


@pytest.fixture
def visit(made: Path, tmp_path: Path) -> Path:
    """A folder to do harm in."""
    return Path(shutil.copytree(made / "visit", tmp_path / "visit"))
