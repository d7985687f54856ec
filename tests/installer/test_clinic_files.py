"""A table becomes a clinic file for each desk, as the till itself reads it; a table with a fault becomes nothing."""

import csv
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer import clinic_files
from installer.clinic_files import BadTable
from kassaapp.clinic import Clinic, PrinterAt, Way
from kassaapp.clinic import read as read_clinic
from sync.server.__main__ import main as region
from sync.wire.canonical import to_text
from sync.wire.demo_keys import demo_keys

EXAMPLE = Path(__file__).parents[2] / "installer/clinics/example.csv"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROOT_KEY = to_text(demo_keys().root.public_key)
HEAD = "clinic;register;machine;tills;server;root_key;demo;code;code_expires;second_medium"
ROW = f"ekbacken;R0417;D1;H;https://kassa.region.example;{ROOT_KEY};ja;DC94-J04S-ZEN9-BV2Q-GKA4;2026-11-24T08:00Z;"
OTHER = ROW.replace("R0417", "R0418").replace("D1", "D2").replace("DC94", "DC95")
Change = Callable[[str], str]


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


def found_in(raw: bytes) -> list[str]:
    with pytest.raises(BadTable) as bad:
        clinic_files.read(raw, {}, NOW)
    return bad.value.found


def test_the_region_fills_in_codes_and_each_desk_has_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example that is told in OPERATING.md, from the table to the files."""
    region(["init", str(tmp_path / "region"), "--demo"])
    capsys.readouterr()
    assert region(["register", "new", str(tmp_path / "region"), "--table", str(EXAMPLE)]) == 0
    coded = tmp_path / "coded.csv"
    coded.write_text(capsys.readouterr().out, encoding="utf-8")

    assert clinic_files.main([str(coded), "--out", str(tmp_path / "out")]) == 0

    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"ekbacken-R0417.toml", "ekbacken-R0418.toml", "tallbacken-R0001.toml", "deployment.csv"}
    first = read_clinic(tmp_path / "out/ekbacken-R0417.toml")
    assert first == Clinic(
        root_key=demo_keys().root.public_key,
        server="https://kassa.region.example",
        code=first.code,
        tills=("H", "E"),
        desk="Reception 1",
        custody="machine",
        second_medium=Path("/mnt/kassa"),
        printer=PrinterAt(Way.NETWORK, "192.0.2.10"),
        printer_model="TM-T20II",
        a4_printer="Kontoret",
        customer_display=True,
        demo=True,
    )


def test_the_list_says_which_file_goes_to_which_desk_and_holds_no_code(tmp_path: Path) -> None:
    clinic_files.write(clinic_files.read(table(ROW, OTHER), {}, NOW), tmp_path)

    text = (tmp_path / "deployment.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [(row["machine"], row["file"], row["code_expires"]) for row in rows] == [
        ("D1", "ekbacken-R0417.toml", "2026-11-24T08:00Z"),
        ("D2", "ekbacken-R0418.toml", "2026-11-24T08:00Z"),
    ]
    assert {row["sha256"] for row in rows} == {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.toml")
    }
    assert "DC94" not in text
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.toml")} == {0o600}


def test_what_is_the_same_everywhere_need_not_stand_in_the_table() -> None:
    head, row = HEAD.replace(";server;root_key", ""), ROW.replace(f";https://kassa.region.example;{ROOT_KEY}", "")
    usual = {"server": "https://other.example", "root_key": ROOT_KEY}

    desks = clinic_files.read(f"{head}\n{row}\n".encode(), usual, NOW)

    assert [desk.said.server for desk in desks] == ["https://other.example"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row.replace("https:", "http:"), "line 3: server is missing or not right"),
        (lambda row: row.replace(ROOT_KEY, "AAAA"), "line 3: root_key is missing or not right"),
        (lambda row: row.replace(";H;", ";H X;"), "line 3: tills is missing or not right"),
        (lambda row: row.replace(";ja;", ";kanske;"), "line 3: demo is missing or not right"),
        (lambda row: row.replace("-GKA4", ""), "line 3: code is missing or not right"),
        (lambda row: row.replace("2026-11-24", "2026-11-22"), "line 3: the code has expired: order new ones"),
        (lambda row: row.replace("08:00Z", "08:00"), "line 3: code_expires has no zone, as Z in 2026-11-23T07:00Z"),
        (lambda row: row.replace("R0418", "R0417"), "line 3: this register of this clinic is on line 2 already"),
        (lambda row: row.replace("DC95", "DC94"), "line 3: this code is on line 2 already"),
        (lambda row: row.replace("D2", "d1"), "line 3: this machine is on line 2 already"),
        (lambda row: row + ";", "line 3: more or fewer cells than line 1"),
        (lambda row: row.rpartition(";")[0], "line 3: more or fewer cells than line 1"),
    ],
)
def test_a_row_that_is_not_right_is_told_with_its_line(change: Change, said: str) -> None:
    assert found_in(table(ROW, change(OTHER))) == [said]


def test_two_desks_of_a_clinic_have_different_names() -> None:
    raw = table(ROW, OTHER).decode().replace("\nekbacken;", "\nEntrén;ekbacken;").replace(HEAD, f"desk;{HEAD}")
    elsewhere = raw.replace("Entrén;ekbacken;R0418", "Entrén;tallbacken;R0418")

    assert found_in(raw.encode()) == ["line 3: this desk of this clinic is on line 2 already"]
    assert [desk.said.desk for desk in clinic_files.read(elsewhere.encode(), {}, NOW)] == ["Entrén", "Entrén"]


def test_two_clinics_do_not_write_to_one_second_medium() -> None:
    there = OTHER.replace("ekbacken", "tallbacken").replace("R0418", "R0417")

    assert found_in(table(f"{ROW}/mnt/kassa", f"{there}/mnt/kassa")) == [
        "line 3: this second medium for this register is on line 2 already"
    ]


def test_a_column_that_is_no_field_is_told() -> None:
    assert found_in(table(ROW).replace(b"second_medium", b"second_media")) == ["line 1: no such column: second_media"]


def test_nothing_is_written_beside_another_deployment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.toml").write_text("", encoding="utf-8")
    coded = tmp_path.with_suffix(".csv")
    coded.write_bytes(table(ROW.replace("2026-11-24", "9999-11-24")))

    assert clinic_files.main([str(coded), "--out", str(tmp_path)]) == 2

    assert [path.name for path in tmp_path.iterdir()] == ["old.toml"]
    assert "is not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clinic,register\nekbacken,R0417\n", "lacks tills"),
        ("clinic,register,tills\nEkbacken,R0417,H\n", "line 2: a clinic's id"),
        ("clinic,register,tills\nekbacken,R0417,H H\n", "line 2: tills is"),
        ("clinic,register,tills\nekbacken,R0417,H\nekbacken,R0417,E\n", "names one register twice"),
        ("clinic,register,tills\nekbacken,R0417\n", "line 2: more or fewer cells"),
    ],
)
def test_the_region_orders_no_code_for_a_table_that_is_not_right(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    region(["init", str(tmp_path / "region"), "--demo"])
    wanted = tmp_path / "table.csv"
    wanted.write_text(text, encoding="utf-8")
    capsys.readouterr()

    assert region(["register", "new", str(tmp_path / "region"), "--table", str(wanted)]) == 2

    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
