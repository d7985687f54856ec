"""The commands of `python -m sync.server`, as an operator types them, and a register that talks to the result."""

import json
import socket
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.client import enrol
from sync.client.transport import Transport, open_client
from sync.server.__main__ import main
from sync.server.region import open_region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys
from tests.sync.builders import Clock, signer, till_of
from tests.sync.builders import enrol as enrol_by
from tests.sync.processes import serving

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.toml"


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


def test_what_is_found_in_a_document_is_listed_and_nothing_is_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, folder = tmp_path / "prices.toml", str(tmp_path / "region")
    text = DEMO.read_text(encoding="utf-8").replace("price_ore = 68800", "price_ore = -1")
    document.write_text(text.replace('pin = "123456"', 'pin = "12"'), encoding="utf-8")
    main(["init", folder, "--demo"])

    assert main(["publish", folder, str(document)]) == 2

    said = capsys.readouterr().err
    assert "FOUND articles[8].price_ore: must be whole" in said
    assert "FOUND users[0].pin: must be at least 4 digits" in said
    assert _count(tmp_path / "region", "config WHERE kind = 'config'") == 0


@pytest.mark.parametrize(
    "raw", ["pris = 'å'".encode("latin-1"), b"\xff\xfe\x00", b"a = " + b"[" * 5000, b"a = " + b"9" * 5000]
)
def test_a_file_that_is_no_document_is_refused_in_one_sentence(
    raw: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, folder = tmp_path / "prices.toml", str(tmp_path / "region")
    document.write_bytes(raw)
    main(["init", folder, "--demo"])
    capsys.readouterr()

    assert main(["publish", folder, str(document)]) == 2

    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("clinic", "name"),
    [
        ("ekbacken", ""),
        ("ekbacken", "R" * 301),
        ("ekbacken", "../../x"),
        ("ekbacken", "å /../"),
        ("ekbacken", "R0417\n"),
        ("", "R0417"),
        ("../ekbacken", "R0417"),
    ],
)
def test_a_register_with_a_name_that_is_none_gets_no_code(
    clinic: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "region"
    main(["init", str(folder), "--demo"])
    capsys.readouterr()

    assert main(["register", "new", str(folder), "--clinic", clinic, "--name", name, "--till", "H"]) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert _count(folder, "code") == 0


def test_a_code_for_a_clinic_without_a_configuration_comes_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "region")
    order = ["register", "new", folder, "--name", "R0417", "--till", "H", "--clinic"]
    main(["init", folder, "--demo"])
    main(["publish", folder, str(DEMO)])
    capsys.readouterr()

    main([*order, "ekbacken"])
    known = capsys.readouterr()
    main([*order, "ekbaken"])
    unknown = capsys.readouterr()

    assert (known.err, len(known.out)) == ("", len(unknown.out))
    assert "no configuration is published yet for the clinic ekbaken" in unknown.err


def test_a_server_on_a_port_in_use_says_so_and_no_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "region")
    main(["init", folder, "--demo"])
    capsys.readouterr()

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = main(["serve", folder, "--port", str(port)])

    out, err = capsys.readouterr()
    assert (done, out) == (2, "")
    assert f"cannot listen on 127.0.0.1, port {port}: " in err
    assert err.count("\n") == 1


def _count(folder: Path, what: str) -> int:
    line = sqlite3.connect(folder / "region.db")
    try:
        (number,) = line.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608
    finally:
        line.close()
    return int(number)


def test_a_register_enrols_and_pushes_over_a_real_connection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "region"
    main(["init", str(folder), "--demo"])
    main(["publish", str(folder), str(DEMO)])
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


@pytest.mark.parametrize(
    "command", [["status"], ["audit"], ["publish", str(DEMO)], ["serve", "--port", "0"], ["upgrade"]]
)
def test_a_database_in_trouble_is_told_in_one_sentence_and_is_never_a_finding(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "region"
    main(["init", str(folder)])
    (folder / "region.db").write_bytes(b"no database" * 500)
    capsys.readouterr()

    ended = main([command[0], str(folder), *command[1:]])

    assert (ended, capsys.readouterr().err) == (2, "the database: file is not a database\n")


@pytest.mark.parametrize("command", ["init", "status", "audit", "upgrade"])
@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody:hemligt@127.0.0.1:1/none", "nothing", "foo://x"])
def test_a_database_that_is_not_there_is_told_without_its_password(
    command: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path / "region")])
    capsys.readouterr()

    ended = main([command, str(tmp_path / ("new" if command == "init" else "region")), "--database", url])

    said = capsys.readouterr().err
    assert (ended, len(said.splitlines()), "hemligt" in said) == (2, 1, False)
    assert "database" in said


@pytest.mark.parametrize(
    "text", ["x = [", "\xff\xfe", "", "region = 1\n", "database = 'hemligt'\n", "x = " + "[" * 9999]
)
def test_settings_that_cannot_be_read_are_told_in_one_sentence(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path)])
    (tmp_path / "settings.toml").write_bytes(text.encode("latin-1"))
    capsys.readouterr()

    ended = main(["audit", str(tmp_path)])

    said = capsys.readouterr().err
    assert (ended, len(said.splitlines()), "hemligt" in said) == (2, 1, False)
    assert said.startswith("Malformed: ")
    assert "settings.toml" in said


@pytest.mark.parametrize("name", ["", "  ", "Region\nProv"])
def test_a_region_without_a_name_that_can_be_shown_is_not_begun(name: str, tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "region"), "--region", name]) == 2

    assert not (tmp_path / "region").exists()


def test_a_name_is_never_given_to_a_second_till(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "region"
    main(["init", str(folder)])
    order = ["register", "new", str(folder), "--clinic", "ekbacken", "--name", "R0417", "--till"]
    assert main([*order, "H"]) == 0
    region = open_region(folder)
    till = enrol_by(region, Clock(), code=capsys.readouterr().out.splitlines()[-1])
    region.close()

    again, other_till = main([*order, "H"]), main([*order, "E"])
    parent = main(["register", "new", str(folder), "--parent", to_text(till.sender.chain), "--name", "R0417"])

    assert (again, other_till, parent) == (2, 0, 2)
    assert capsys.readouterr().err.count("Refused: 409 name-taken") == 2


@pytest.mark.parametrize("port", [-1, 99_999, None])
def test_a_port_for_metrics_that_cannot_be_had_is_told_before_anything_is_served(
    port: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path)])
    capsys.readouterr()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked = taken.getsockname()[1] if port is None else port

        ended = main(["serve", str(tmp_path), "--port", "0", f"--metrics={asked}"])

    said = capsys.readouterr()
    assert (ended, said.out, f"port {asked}" in said.err) == (2, "", True)


def test_a_dry_run_against_more_days_than_there_are_is_one_against_them_all(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--demo"])
    main(["publish", str(tmp_path), str(DEMO)])

    assert main(["publish", str(tmp_path), str(DEMO), "--dry-run", "--against", "99999999999"]) == 0
