"""Running a region: where it answers, what it says when something is not there, and what a backup brings back."""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from sync.client.errors import Rejected
from sync.server import serving
from sync.server.__main__ import main
from sync.server.region import Region, open_region
from sync.server.serving import Serving
from sync.wire.errors import Malformed
from tests.sync.builders import Clock, enrol, make_region, new_code, publish
from tests.sync.server.test_enrolment import _enrol

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.toml"


def asked(folder: Path, **said: object) -> argparse.Namespace:
    return argparse.Namespace(**{"folder": folder, "host": None, "port": None, "metrics": None, **said})


# ── where it answers ─────────────────────────────────────────────────────────────────────────────


def test_the_command_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "serve.toml").write_text('host = "::1"\nport = 1\nmetrics = 3\n')
    environment = {"KASSA_REGION_PORT": "2", "KASSA_REGION_METRICS": ""}

    by_file = serving.chosen(asked(tmp_path), {})
    by_environment = serving.chosen(asked(tmp_path), environment)
    by_command = serving.chosen(asked(tmp_path, port=9), environment)
    by_nobody = serving.chosen(asked(tmp_path / "empty"), {})

    assert (by_file, by_environment) == (Serving("::1", 1, 3), Serving("::1", 2, 3))
    assert (by_command, by_nobody) == (Serving("::1", 9, 3), Serving("127.0.0.1", 8417, None))


@pytest.mark.parametrize("text", ["port = 'x'", "port = true", "hots = 'a'", "{"])
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "serve.toml").write_text(text)

    with pytest.raises(Malformed):
        serving.chosen(asked(tmp_path), {})


def test_the_folder_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KASSA_REGION_DIR", str(tmp_path / "region"))

    codes = main(["init", "--demo"]), main(["publish", str(DEMO)]), main(["audit"])

    assert codes == (0, 0, 0), capsys.readouterr().err


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def test_a_document_that_is_not_there_is_no_missing_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path / "region"), "--demo"])

    code = main(["publish", str(tmp_path / "region"), str(tmp_path / "none.toml")])

    said = capsys.readouterr().err
    assert code == 2
    assert "none.toml" in said
    assert "init DIR" not in said


@pytest.mark.parametrize("url", ["mysql://somebody@there/name", "mysql+pymysql://there/name", "what"])
def test_a_database_of_another_make_is_told_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    code = main(["init", str(tmp_path / "region"), "--database", url])

    assert code == 2
    assert "not the URL of a database" in capsys.readouterr().err


def test_a_region_that_could_not_be_made_leaves_no_empty_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.server.keys.make", _no_room)

    assert main(["init", str(tmp_path / "region")]) == 2
    assert not (tmp_path / "region" / "region.db").exists()
    monkeypatch.undo()
    assert main(["init", str(tmp_path / "region")]) == 0


def _no_room(folder: Path, *, demo: bool) -> None:
    raise OSError(28, "No space left on device", str(folder))


def test_a_document_that_changes_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["publish", str(tmp_path / "region"), str(DEMO), "--against", "0", "--dry-run"]
    main(["init", str(tmp_path / "region"), "--demo"])
    main(command[:-1])
    changed = tmp_path / "changed.toml"
    changed.write_text(DEMO.read_text(encoding="utf-8").replace('"123456"', '"654321"', 1), encoding="utf-8")
    capsys.readouterr()

    main(command)
    same = capsys.readouterr().out
    main([*command[:2], str(changed), *command[3:]])
    other = capsys.readouterr().out

    assert same.splitlines()[0] == "nothing changes"
    assert other.count("another PIN") == 1


def test_a_second_code_for_a_name_ends_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "region"
    main(["init", str(folder), "--demo"])
    main(["publish", str(folder), str(DEMO)])
    order = ["register", "new", str(folder), "--clinic", "ekbacken", "--name", "R0417", "--till", "H"]
    codes = []
    for _ in range(2):
        main(order)
        codes.append(capsys.readouterr().out.splitlines()[-1])
    region = open_region(folder)

    with pytest.raises(Rejected) as refused:
        _enrol(region, codes[0], "H")
    born = _enrol(region, codes[1], "H")
    region.close()

    assert refused.value.why == "code-locked"
    assert born.enrolment.register == "R0417"


# ── backup and restore, with audit at the end ────────────────────────────────────────────────────


def sold(region: Region, clock: Clock, count: int, code: str | None = None) -> None:
    """A till is enrolled and has sent so many records."""
    till = enrol(region, clock, code=code or new_code(region))
    till.journal.sell(count)
    assert till.sync().unsent == 0


def test_a_copy_made_while_the_region_lives_is_whole_and_is_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, clock = tmp_path / "region", Clock()
    region = make_region(folder, clock)
    publish(region)
    sold(region, clock, 5)
    copy = (
        main(["backup", str(folder), str(tmp_path / "copy.db")]),
        main(["backup", str(folder), str(tmp_path / "copy.db")]),
    )
    region.close()

    (folder / "region.db").write_bytes(b"a disk that died")
    wrecked = main(["audit", str(folder)])
    shutil.copy(tmp_path / "copy.db", folder / "region.db")
    restored = main(["audit", str(folder)])

    assert copy == (0, 2), capsys.readouterr().err
    assert (wrecked, restored) == (2, 0)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_restored_database_that_has_forgotten_something_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, clock = tmp_path / "region", Clock()
    region = make_region(folder, clock)
    publish(region)
    main(["backup", str(folder), str(tmp_path / "copy.db")])
    sold(region, clock, 5)
    region.close()
    shutil.copy(tmp_path / "copy.db", folder / "region.db")

    code = main(["serve", str(folder), "--port", "0"])

    assert code == 2
    assert "were signed" in capsys.readouterr().err


def test_a_dump_of_postgresql_is_put_back_into_a_new_database_and_audited(
    tmp_path: Path, postgres_server: str, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As docs/OPERATING.md says it, with the programs that it names."""
    from tests import postgres

    folder, clock = tmp_path / "region", Clock()
    region = make_region(folder, clock, postgres_url)
    publish(region)
    sold(region, clock, 5)
    region.close()
    dump = str(tmp_path / "region.dump")
    run("pg_dump", "--format=custom", f"--file={dump}", "--dbname", plain(postgres_url))
    with postgres.database(postgres_server) as fresh:
        run("pg_restore", "--exit-on-error", "--dbname", plain(fresh), dump)

        audited = main(["audit", str(folder), "--database", fresh])
        status = main(["status", str(folder), "--database", fresh])

    assert (audited, status) == (0, 0), capsys.readouterr()
    assert main(["backup", str(folder), str(tmp_path / "x"), "--database", postgres_url]) == 2
    assert "pg_dump" in capsys.readouterr().err


def plain(url: str) -> str:
    """The URL as PostgreSQL's own programs read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def run(program: str, *said: str) -> None:
    ended = subprocess.run([program, *said], capture_output=True, text=True, check=False, env=os.environ)
    assert ended.returncode == 0, ended.stderr
