"""The folder for a control visit: what it holds, whom it names, and what its own program finds on a bare Python."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from lxml import etree

from kassaapp import __main__, exporting, verify
from kassaapp.app import Desk
from kassaapp.domain.events import ExportFormat, PatientSeen, RecordsExported
from kassaapp.domain.fees import Wish
from kassaapp.printout import qr
from sync.client.engine import Proof
from sync.wire import canonical, checkpoint
from tests.builders import CASH, a_patient
from tests.desks import MONDAY_MORNING, a_clock, a_desk
from tests.verify.evidence import two_days
from tests.verify.forge import Ledger

Harm = Callable[[Path], None]
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days at a desk, proved by a region but for the last records, and exported. To be copied, not changed."""
    place = tmp_path_factory.mktemp("visit")
    two_days(place / "desk")
    prove(place / "desk", 16, 20)
    words = ["--from", "2026-11-23", "--to", "2026-11-24", "--out", str(place / "visit"), "--till", "H"]
    assert __main__.main(["export", "control-visit", "--data", str(place / "desk"), *words]) == 0
    return place


def prove(folder: Path, *counts: int) -> None:
    """The region has proved at each of these counts that it has so many records."""
    ledger = Ledger.of(folder)
    with Desk.open(folder, a_clock(MONDAY_MORNING + timedelta(days=1))) as desk:
        journal = desk._tills["H"].journal
        for count in counts:
            known = len(ledger.leaves)
            ledger.take(journal.hash_of(seq) for seq in range(known - 1, count))
            said = ledger.pushed(count, count, known)
            head = checkpoint.read(said.note, journal.trust.origin, journal.trust.ledger_key)
            journal.keep(Proof(count, said.leaf, said.index, said.inclusion, said.consistency, head))


@pytest.fixture
def visit(made: Path, tmp_path: Path) -> Path:
    """A folder to do harm in."""
    return Path(shutil.copytree(made / "visit", tmp_path / "visit"))


def examined(visit: Path, *words: str) -> tuple[int, str]:
    """What the folder's own program ends with and says, run as on a machine that has Python and nothing else."""
    environment = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {}
    command = [sys.executable, "-I", "-S", "kontrollera.py", *words]
    ran = subprocess.run(command, cwd=visit, env=environment, capture_output=True, timeout=60, check=False)
    assert ran.stderr == b""
    return ran.returncode, ran.stdout.decode("utf-8")


def sum_up(visit: Path) -> None:
    """Write the list of sums anew, as one would who covers their tracks."""
    names = sorted(path.relative_to(visit).as_posix() for path in visit.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256((visit / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if name != "SHA256SUMS.txt"
    ]
    (visit / "SHA256SUMS.txt").write_text("".join(lines), encoding="utf-8")


def change(visit: Path, name: str, make: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a file of evidence."""
    path = visit / "bevis" / name
    path.write_text("".join(make(path.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    sum_up(visit)


# ── what it holds ────────────────────────────────────────────────────────────────────────────────


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


# ── what its program finds ───────────────────────────────────────────────────────────────────────


def a_changed_amount(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: [*lines[:8], lines[8].replace("40000", "30000"), *lines[9:]])


def a_removed_record(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: [*lines[:8], *lines[9:]])


def two_swapped(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: [*lines[:8], lines[9], lines[8], *lines[10:]])


def a_renumbered_record(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: [*lines[:8], lines[8].replace('"seq":6', '"seq":7'), *lines[9:]])


def a_changed_signature(visit: Path) -> None:
    def other(line: str) -> str:
        what, signature, rest = line.split("\t", 2)
        raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
        raw[3] ^= 1
        return "\t".join([what, canonical.to_text(bytes(raw)), rest])

    change(visit, "poster.txt", lambda lines: [*lines[:8], other(lines[8]), *lines[9:]])


def a_cut_tail(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: lines[:-8])


def a_changed_proof(visit: Path) -> None:
    def other(line: str) -> str:
        fields = line.split("\t")
        raw = bytearray(base64.urlsafe_b64decode(fields[5] + "=="))
        raw[0] ^= 1
        return "\t".join([*fields[:5], canonical.to_text(bytes(raw)), *fields[6:]])

    change(visit, "regionbevis.txt", lambda lines: [*lines[:-1], other(lines[-1])])


def another_price_list(visit: Path) -> None:
    change(
        visit, "region.txt", lambda lines: [line.replace('"price_ore":20000', '"price_ore":10000') for line in lines]
    )


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (a_changed_amount, r"R0417H post 6 \(sale\): innehållet i del a är ändrat"),
        (a_removed_record, r"R0417H post 6 saknas"),
        (two_swapped, r"R0417H post 6 \(sale\) står på fel plats"),
        (a_renumbered_record, r"R0417H post 6 saknas"),
        (a_changed_signature, r"R0417H post 6 \(sale\): signaturen är inte kassans"),
        (a_cut_tail, r"R0417H post \d+ saknas: regionen har bevisat att den finns"),
        (a_changed_proof, r"R0417H bevis \d+ \(om posterna före 20\): posten ligger inte"),
        (another_price_list, r"prislista, post 0 \(config\): innehållet i del region är ändrat"),
    ],
)
def test_harm_is_found_and_the_record_named_also_when_the_sums_are_made_anew(
    visit: Path, harm: Harm, named: str
) -> None:
    harm(visit)

    code, said = examined(visit)

    assert code == 1
    assert re.search(named, said), said


def test_a_tail_that_nobody_but_a_patient_has_seen_is_missed_by_the_receipt(visit: Path) -> None:
    line = (visit / "bevis/poster.txt").read_text(encoding="utf-8").splitlines()[-1].split("\t")
    env = base64.urlsafe_b64decode(line[1] + "==") + line[2].encode()
    (visit.parent / "kvitton.txt").write_text(qr.digits(qr.Kind.RECEIPT, env) + "\n", encoding="ascii")
    assert examined(visit, "--kvitto", "../kvitton.txt")[0] == 0
    change(visit, "poster.txt", lambda lines: lines[:-1])

    assert examined(visit)[0] == 0
    code, said = examined(visit, "--kvitto", "../kvitton.txt")
    assert code == 1
    assert re.search(r"post \d+ \(start\) på ett kvitto finns inte i mappen", said)


def test_a_table_that_was_changed_by_hand_is_named(visit: Path) -> None:
    path = visit / "journal/kassajournal.csv"
    path.write_bytes(path.read_bytes().replace(b"400,00", b"300,00"))

    code, said = examined(visit)

    assert code == 1
    assert "filen journal/kassajournal.csv är ändrad" in said


def test_a_folder_that_cannot_be_read_is_no_verdict(visit: Path) -> None:
    (visit / "SHA256SUMS.txt").unlink()

    assert examined(visit)[0] == 2
