"""The folder for a control visit: what it holds, and whom it names."""

import hashlib
import shutil
import zipfile
from pathlib import Path

import pypdf
import pytest
from lxml import etree

from kassaapp import __main__, exporting, verify
from kassaapp.app import Desk
from kassaapp.domain.events import ExportFormat, PatientSeen, RecordsExported
from kassaapp.domain.fees import Wish
from sync.wire import canonical
from tests.builders import CASH, a_patient
from tests.desks import MONDAY_MORNING, a_clock, a_desk
from tests.export.folder_of_evidence import examined

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_an_intact_folder_is_found_so_by_a_bare_python(visit: Path) -> None:
    code, said = examined(visit)

    assert (code, said.splitlines()[-1]) == (0, "ALLT STÄMMER.")
    assert "regionen har bevisat 20 av" in said
    assert "1 Z-rapporter omräknade" in said
    assert examined(visit, "--snabbt")[0] == 0


def test_the_folder_and_the_zip_hold_the_same(made: Path) -> None:
    with zipfile.ZipFile(made / "visit.zip") as packed:
        held = {name: packed.read(name) for name in packed.namelist()}

    there = {f"visit/{path.relative_to(made / 'visit').as_posix()}": path for path in (made / "visit").rglob("*")}
    assert held == {name: path.read_bytes() for name, path in there.items() if path.is_file()}
    assert {name.partition("/")[2].partition("/")[0] for name in held} == {
        "LAS-MIG.pdf", "LAS-MIG.txt", "SHA256SUMS.txt", "bevis", "granskning.json", "granskning.txt", "historik",
        "journal", "kontrollera.py", "rapporter",
    }  # fmt: skip


def test_that_it_was_made_is_on_record_with_the_sum_of_its_sums(made: Path, visit: Path) -> None:
    with Desk.open(made / "desk", a_clock()) as desk:
        events = [written.event for _, written in desk._tills["H"].journal.past()]

    (exported,) = [event for event in events if isinstance(event, RecordsExported)]
    digest = hashlib.sha256((made / "visit" / "SHA256SUMS.txt").read_bytes()).digest()
    assert (exported.format, exported.digest) == (ExportFormat.CONTROL_VISIT, canonical.to_text(digest))
    assert exported.by is None
    assert exported.account
    assert examined(visit, "--summa", exported.digest)[0] == 0
    assert examined(visit, "--summa", "A" * 43)[0] == 1
    assert verify.main(made / "desk", as_json=False) == 0


def test_the_journal_is_the_same_as_text_and_as_a_spreadsheet(made: Path) -> None:
    text = (made / "visit/journal/kassajournal.csv").read_text(encoding="utf-8-sig").splitlines()
    with zipfile.ZipFile(made / "visit/journal/kassajournal.xlsx") as book:
        rows = etree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{_SHEET}row")
        amounts = [
            float(cell.findtext(f"{_SHEET}v") or 0) for row in rows for cell in row if cell.get("r", "")[0] == "H"
        ]

    columns = [line.split(";")[7] for line in text[1:]]
    assert text[0].startswith("Post;Tid;Kassa;Händelse;Session;Användare;Kvitto;Belopp;")
    assert amounts[-5:] == [float(amount.replace(",", ".")) for amount in columns if amount][-5:] == [200.0] * 5


def test_the_reports_say_what_was_signed(made: Path) -> None:
    (z,) = (made / "visit/rapporter").glob("z-*.pdf")

    text = pypdf.PdfReader(z).pages[0].extract_text()
    assert "Z-DAGRAPPORT" in text
    assert "3 200,00" in text


def test_the_guide_is_two_pages_and_tells_the_same_as_its_text(made: Path) -> None:
    pdf = pypdf.PdfReader(made / "visit/LAS-MIG.pdf")
    text = (made / "visit/LAS-MIG.txt").read_text(encoding="utf-8")

    assert len(pdf.pages) == 2
    read = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert [line for line in text.splitlines() if " ".join(line.split()) not in read] == []


def test_nobody_who_is_a_patient_is_named_and_no_pin_can_be_guessed(made: Path) -> None:
    held = b"".join(path.read_bytes() for path in (made / "visit").rglob("*.*") if path.suffix not in (".pdf", ".xlsx"))

    for secret in (b"Patient 0", b"196101182803", b"6101182803", b"610118-2803", b"argon2", b"verifier"):
        assert secret not in held
    assert held.count(b"P-") > 10


def test_outside_the_period_there_are_headers_and_no_contents(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "desk", tmp_path / "desk")
    words = ["--from", "2026-11-24", "--to", "2026-11-24", "--out", str(tmp_path / "visit"), "--till", "H"]

    assert __main__.main(["export", "control-visit", "--data", str(tmp_path / "desk"), *words]) == 0

    lines = (tmp_path / "visit/bevis/poster.txt").read_text(encoding="utf-8").splitlines()
    fields = [len(line.split("\t")) for line in lines if line.startswith("post")]
    assert fields[:10] == [3] * 10
    assert 6 in fields[10:]
    assert examined(tmp_path / "visit")[0] == 0


def test_a_signed_in_person_may_have_patients_named_and_each_is_on_record(tmp_path: Path) -> None:
    with a_desk(tmp_path / "desk") as desk:
        desk.sign_in("erilu", "234567")
        register = desk.register("H")
        register.open_session(100_000)
        register.sell(a_patient(name="Testa Person"), [Wish(1)], [CASH])
        day = str(MONDAY_MORNING.date())
        given = {"format": "control-visit", "first": day, "last": day, "out": str(tmp_path / "visit")}
        request = exporting.read_request({**given, "with_patients": True}, signed_in=True)
        export = desk.export("H", request)
        export.write(desk.clock())
        desk.exported("H", export)
        events = [written.event for _, written in desk._tills["H"].journal.past()]

    assert "Testa Person" in (tmp_path / "visit/journal/kassajournal.csv").read_text(encoding="utf-8-sig")
    assert "Testa Person" in (tmp_path / "visit/bevis/poster.txt").read_text(encoding="utf-8")
    seen, exported = events[-2:]
    assert isinstance(seen, PatientSeen)
    assert isinstance(exported, RecordsExported)
    assert (seen.by, exported.by) == ("erilu", "erilu")
    assert examined(tmp_path / "visit")[0] == 0


def test_patients_are_not_named_where_nobody_is_signed_in(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--from", "2026-11-23", "--to", "2026-11-24", "--out", "x", "--with-patients"]

    assert __main__.main(["export", "control-visit", "--data", str(made / "desk"), *words]) == 2

    assert capsys.readouterr().err.startswith("--with-patients visar vilka patienterna är.")
