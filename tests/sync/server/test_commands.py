"""The commands of `python -m sync.server`, as an operator types them, and a register that talks to the result."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.client import enrol
from sync.client.transport import Transport, open_client
from sync.server.__main__ import main
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from tests.sync.builders import DOCUMENT, Clock, signer, till_of
from tests.sync.processes import serving


def test_init_makes_private_files_and_never_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "region"

    first, second = main(["init", str(folder)]), main(["init", str(folder)])

    assert (first, second) == (0, 2)
    assert "exists already" in capsys.readouterr().err
    assert folder.stat().st_mode & 0o777 == 0o700
    kept = [*(folder / "keys").iterdir(), folder / "settings.toml", folder / "region.db"]
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}


def test_demo_keys_are_used_only_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo_root = f"root key: {to_text(demo_keys().root.public_key)}"

    main(["init", str(tmp_path / "demo"), "--demo"])
    demo = capsys.readouterr().out
    main(["init", str(tmp_path / "real")])
    real = capsys.readouterr().out

    assert demo_root in demo
    assert demo_root not in real


def test_a_command_without_a_region_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(tmp_path / "nothing")]) == 2

    assert "init DIR" in capsys.readouterr().err


def test_a_document_with_a_mistake_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "prices.toml"
    document.write_text("[region\n")
    main(["init", str(tmp_path / "region"), "--demo"])

    assert main(["publish", str(tmp_path / "region"), str(document)]) == 2

    assert "Malformed" in capsys.readouterr().err


def test_a_register_enrols_and_pushes_over_a_real_connection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, document = tmp_path / "region", tmp_path / "prices.toml"
    document.write_text(DOCUMENT)
    main(["init", str(folder), "--demo"])
    main(["publish", str(folder), str(document)])
    capsys.readouterr()
    main(["register", "new", str(folder), "--clinic", "ekbacken", "--name", "R0417", "--till", "H"])
    code = capsys.readouterr().out.strip()
    clock = Clock(int(datetime.now(UTC).timestamp() * 1000))

    with serving(folder) as url:
        line, key = Transport(open_client(url)), signer()
        till = till_of(enrol.enrol(code, "H", key, demo_keys().root.public_key, line), key, line, clock)
        till.journal.sell(5)
        status = till.sync()
        line.close()

    assert (status.unsent, status.attention) == (0, None)
    assert till.configurations.frames
    main(["status", str(folder), "--json"])
    registers = json.loads(capsys.readouterr().out)["registers"]
    assert [(one["register"], one["till"], one["next"], one["flags"]) for one in registers] == [("R0417", "H", 5, [])]
    assert main(["audit", str(folder)]) == 0
