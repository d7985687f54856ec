"""What the folder's own program finds on a Python without anything, also when the list of sums is made anew."""

import base64
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kassaapp.printout import qr
from sync.wire import canonical
from tests.export.folder_of_evidence import change, examined, in_the_sheet, rewrite, sum_up, without_the_last_row

Harm = Callable[[Path], None]


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
    without_the_last_row(visit)
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


def in_the_table(visit: Path) -> None:
    rewrite(visit / "journal/kassajournal.csv", lambda text: text.replace("400,00", "300,00", 1))


def in_the_spreadsheet(visit: Path) -> None:
    in_the_sheet(visit, lambda text: text.replace("<v>400</v>", "<v>300</v>", 1))


def a_row_of_the_table(visit: Path) -> None:
    rewrite(visit / "journal/kassajournal.csv", lambda text: re.sub(r"\n6;[^\n]*", "", text))


def a_price_in_the_xml(visit: Path) -> None:
    rewrite(visit / "journal/skvfs-2021-16.xml", lambda text: text.replace(">200.00<", ">100.00<", 1))


def a_z_in_the_xml(visit: Path) -> None:
    rewrite(
        visit / "journal/skvfs-2021-16.xml",
        lambda text: re.sub(r"(<ZDagrapport>.*?<TotalForsaljningssumma>)\d", r"\g<1>9", text, flags=re.DOTALL),
    )


def the_z_on_paper(visit: Path) -> None:
    (visit / "rapporter/z-R0417H-00001.pdf").unlink()


def the_contents_of_a_record(visit: Path) -> None:
    change(visit, "poster.txt", lambda lines: [*lines[:8], "\t".join(lines[8].split("\t")[:3]) + "\n", *lines[9:]])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (in_the_table, r"kassajournal\.csv, R0417H post 5 \(sale\): Belopp är 300,00, men posten säger 400,00"),
        (in_the_spreadsheet, r"kassajournal\.xlsx, R0417H post 5 \(sale\): Belopp är 300,00, men posten säger 400,00"),
        (a_row_of_the_table, r"kassajournal\.csv: raden för R0417H post 6 \(sale\) saknas"),
        (a_price_in_the_xml, r"skvfs-2021-16\.xml: kvitto 1 är inte som R0417H post 5 \(sale\)"),
        (a_z_in_the_xml, r"skvfs-2021-16\.xml: summorna på Z 1 är inte de på R0417H post \d+ \(session-close\)"),
        (the_z_on_paper, r"Z 1 för kassa R0417H saknas bland rapporterna"),
        (the_contents_of_a_record, r"R0417H post 6 \(sale\): innehållet saknas"),
    ],
)
def test_what_is_readable_is_held_against_what_is_signed_also_when_the_sums_are_made_anew(
    visit: Path, harm: Harm, named: str
) -> None:
    harm(visit)
    sum_up(visit)

    code, said = examined(visit)

    assert code == 1
    assert re.search(named, said), said


def test_a_report_that_nobody_listed_is_named(visit: Path) -> None:
    shutil.copy(visit / "rapporter/z-R0417H-00001.pdf", visit / "rapporter/z-R0417H-00002.pdf")

    code, said = examined(visit)

    assert code == 1
    assert "filen rapporter/z-R0417H-00002.pdf hör inte till mappen" in said


def test_a_key_that_no_region_has_proved_is_told_of(visit: Path) -> None:
    change(visit, "regionbevis.txt", lambda _: [])

    code, said = examined(visit)

    assert code == 0
    assert "OBS   R0417H: inget av regionens bevis gäller kassans nyckel." in said
    assert said.endswith("ALLT STÄMMER. 1 OBS, se ovan.\n")


def test_a_word_that_is_no_key_and_a_file_without_digits_are_told_in_words(visit: Path) -> None:
    (visit.parent / "kvitton.txt").write_text("åäö\n", encoding="utf-8")

    assert "GÅR INTE ATT LÄSA: värdet efter --rotnyckel är ingen nyckel" in examined(visit, "--rotnyckel", "hej")[1]
    assert "ska ha bara siffror, ett kvitto på varje rad" in examined(visit, "--kvitto", "../kvitton.txt")[1]


def test_a_folder_that_cannot_be_read_is_no_verdict(visit: Path) -> None:
    (visit / "SHA256SUMS.txt").unlink()

    assert examined(visit)[0] == 2
