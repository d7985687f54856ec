"""The ledger key leaves the server's folder once and whole; what interrupts it, the same command ends."""

import stat
from pathlib import Path

import pytest

from sync.server import settings
from sync.server.signer import move
from sync.server.signer.__main__ import main
from sync.server.signer.move import AlreadyMoved
from tests.sync.builders import Clock, make_region


@pytest.mark.parametrize("reached", ["a torn copy", "both copies", "told the server"])
def test_a_move_that_was_interrupted_ends_when_it_is_given_again(reached: str, tmp_path: Path) -> None:
    region = make_region(tmp_path / "region", Clock())
    region.close()
    folder, at = tmp_path / "signer", tmp_path / "socket"
    chosen = settings.load(tmp_path / "region")
    kept = {file.name: file.read_bytes() for file in (chosen.keys / "ledger.key", chosen.signed_head)}
    if reached == "a torn copy":
        folder.mkdir()
        (folder / "ledger.key").write_bytes(b"torn")
    else:
        move.move(tmp_path / "region", folder, at)
        (chosen.keys / "ledger.key").write_bytes(kept["ledger.key"])
        chosen.signed_head.write_bytes(kept["signed-head.json"])
    if reached == "both copies":
        chosen.save_again()

    move.move(tmp_path / "region", folder, at)

    assert {name: (folder / name).read_bytes() for name in kept} == kept
    assert not (chosen.keys / "ledger.key").exists()
    assert not chosen.signed_head.exists()
    assert settings.load(tmp_path / "region").signer == at


def test_a_region_is_not_moved_twice_to_different_places(tmp_path: Path) -> None:
    region = make_region(tmp_path / "region", Clock())
    region.close()
    move.move(tmp_path / "region", tmp_path / "signer", tmp_path / "socket")

    with pytest.raises(AlreadyMoved):
        move.move(tmp_path / "region", tmp_path / "other", tmp_path / "other-socket")

    assert not (tmp_path / "other").exists()


def test_the_move_keeps_the_settings_private_and_the_database_as_it_was(tmp_path: Path) -> None:
    region = make_region(tmp_path / "region", Clock())
    region.close()
    before = settings.load(tmp_path / "region")

    assert main(["move", str(tmp_path / "region"), str(tmp_path / "signer"), "--socket", "socket"]) == 0

    after = settings.load(tmp_path / "region")
    assert stat.S_IMODE((tmp_path / "region" / "settings.toml").stat().st_mode) == 0o600
    assert (after.database, after.origin, after.root_key) == (before.database, before.origin, before.root_key)
    assert after.signer == Path("socket").absolute()


def test_the_commands_say_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(tmp_path)]) == 2
    assert main(["move", str(tmp_path), str(tmp_path / "signer"), "--socket", "socket"]) == 2

    said = capsys.readouterr().err
    assert "signer.toml" in said
    assert "settings.toml" in said
