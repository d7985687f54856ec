"""Where a till is looked for when nobody says where."""

from pathlib import Path

import pytest

from kassaapp.paths import data_folder


def test_a_desk_of_the_machine_goes_before_the_accounts_own(tmp_path: Path) -> None:
    (tmp_path / "clinic.toml").touch()

    assert data_folder(shared=tmp_path) == tmp_path


def test_without_a_desk_of_the_machine_the_till_is_the_accounts_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))

    assert data_folder(shared=tmp_path / "machine").name == "Kassa"
    assert data_folder(shared=tmp_path / "machine") != tmp_path / "machine"
