"""`python -m kassaapp export`: one command from a desk's folder to a file, put on record; never over another file."""

import errno
import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kassaapp import __main__, exporting, verify
from kassaapp.app import Desk
from kassaapp.configuration import TillName
from kassaapp.domain.events import RecordsExported
from kassaapp.export import sie
from kassaapp.exporting import visit
from kassaapp.i18n import use_language
from sync.wire import canonical
from tests.desks import a_clock, an_open_till, asking
from tests.export.sie_reader import read

DAY = "2026-11-23"
TEST = {"id": "6101182803", "name": "Test Testsson", "address": "Testvägen 7, 123 45 Teststad"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk that has had a day at both tills, and is closed."""
    data = tmp_path / "kassa"
    with an_open_till(data) as desk:
        ask = asking(desk)
        for till, article in (("H", 1), ("E", 101)):
            if till == "E":
                assert ask("open_session", till="E", counted_ore=50_000)["ok"]
            assert ask("sell", till=till, patient=TEST, lines=[{"article": article}], pay=[{"by": "cash"}])["ok"]
            assert ask("sell", till=till, patient=TEST, lines=[{"article": article}], pay=[{"by": "card"}])["ok"]
            assert ask("void", till=till, receipt=2, reason="Fel", approved_by={"user": "erilu", "pin": "234567"})["ok"]
            cash = 100_000 + 20_000 if till == "H" else 50_000 + 68_800
            closed = ask("close_session", till=till, counted_ore=cash, pin="123456")
            assert closed["ok"], closed
    return data


def export(folder: Path, *words: str) -> int:
    """Run the command on the day."""
    return __main__.main(["export", *words[:1], "--data", str(folder), "--from", DAY, "--to", DAY, *words[1:]])


def events(folder: Path, till: str) -> list[object]:
    """What a till's journal holds, when it is opened again."""
    with Desk.open(folder, a_clock()) as desk:
        journal = desk._tills[till].journal
        return [written.event for _, written in journal.past()]


def test_the_command_makes_a_file_and_a_text_and_puts_both_on_record(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dagen.xml"

    assert export(folder, "xml", "--out", str(out), "--till", "H") == 0

    assert capsys.readouterr().out.splitlines() == [str(out), str(tmp_path / "dagen.xml-om-exporten.txt")]
    digest = hashlib.sha256(out.read_bytes())
    assert digest.hexdigest() in (tmp_path / "dagen.xml-om-exporten.txt").read_text(encoding="utf-8")
    (exported,) = [event for event in events(folder, "H") if isinstance(event, RecordsExported)]
    assert exported.digest == canonical.to_text(digest.digest())
    assert (str(exported.first), str(exported.last), exported.by) == (DAY, DAY, None)
    assert exported.records == len(list(etree.parse(out).getroot().iter("{*}Handelse"))) > 5
    assert verify.main(folder, as_json=False) == 0


def test_each_till_has_a_file_of_its_own(folder: Path, tmp_path: Path) -> None:
    assert export(folder, "xml", "--out", str(tmp_path / "dagen.xml")) == 0

    assert sorted(path.name for path in tmp_path.glob("dagen*")) == [
        "dagen-E.xml",
        "dagen-E.xml-om-exporten.txt",
        "dagen-H.xml",
        "dagen-H.xml-om-exporten.txt",
    ]
    assert "Körkortsintyg" in (tmp_path / "dagen-E.xml").read_text(encoding="utf-8")
    assert "Körkortsintyg" not in (tmp_path / "dagen-H.xml").read_text(encoding="utf-8")


def test_vouchers_of_both_tills_are_made_with_the_configured_accounts(folder: Path, tmp_path: Path) -> None:
    assert export(folder, "sie", "--out", str(tmp_path / "dagen.si")) == 0

    own, care = (read((tmp_path / f"dagen-{till}.si").read_bytes()).vouchers for till in "EH")
    assert [voucher.text for voucher in own] == [
        "Kontantfaktura R0417E-1",
        "Kontantfaktura R0417E-2",
        "Kreditfaktura R0417E-3",
    ]
    assert [voucher.text for voucher in care] == ["Dagskassa R0417H session 1 Z 1"]
    assert {account for voucher in care for account, _, _ in voucher.rows} == {"1911", "1686", "3004"}
    assert [voucher.sum for voucher in [*own, *care]] == [0, 0, 0, 0]


def test_vouchers_that_were_made_before_are_told_of(folder: Path, tmp_path: Path) -> None:
    for name in ("a.si", "b.si"):
        assert export(folder, "sie", "--out", str(tmp_path / name), "--till", "H") == 0

    first, second = ((tmp_path / f"{name}.si-om-exporten.txt").read_text(encoding="utf-8") for name in "ab")
    assert "EXPORTERADE FÖRUT" not in first
    assert f"({DAY} till {DAY})" in second.partition("EXPORTERADE FÖRUT")[2]


def test_a_table_has_what_was_asked_for_and_what_is_recorded_of_it_says_so(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kvitton.csv"
    chosen = ("--till", "H", "--kind", "sale", "--columns", "receipt,amount,patient")

    assert export(folder, "csv", "--out", str(out), *chosen) == 0

    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert [line.rpartition(";")[0] for line in lines] == [
        "Rad;Kvitto;Belopp",
        "1;1;200,00",
        "2;2;200,00",
        "Summa försäljning, 2 st;;400,00",
    ]
    assert lines[1].rpartition(";")[2] == lines[2].rpartition(";")[2]
    assert "2803" not in out.read_text(encoding="utf-8")
    (exported,) = [event for event in events(folder, "H") if isinstance(event, RecordsExported)]
    assert (exported.format, exported.records, exported.columns) == ("csv", 2, ("receipt", "amount", "patient"))


def test_a_table_says_which_rows_it_has_and_what_they_mean(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kvitton.csv"

    assert export(folder, "csv", "--out", str(out), "--till", "H", "--kind", "sale", "--user", "anber") == 0

    said = exporting.about_place(out).read_text(encoding="utf-8")
    assert "\nUrval: slag försäljning; användare anber\n" in said
    assert "En patient står som pseudonym" in said


def test_a_file_is_swedish_also_where_the_window_is_not(folder: Path, tmp_path: Path) -> None:
    use_language("en")
    try:
        assert export(folder, "csv", "--out", str(tmp_path / "kvitton.csv"), "--till", "H") == 0
        assert export(folder, "control-visit", "--out", str(tmp_path / "besök"), "--till", "H") == 0
    finally:
        use_language("sv")

    assert ";Makulering;" in (tmp_path / "kvitton.csv").read_text(encoding="utf-8")
    assert ";Makulering;" in (tmp_path / "besök/journal/kassajournal.csv").read_text(encoding="utf-8")
    done = (tmp_path / "besök/historik/handelser.csv").read_text(encoding="utf-8")
    assert ";Godkännande;erilu;godkänt: makulering, på begäran av anber" in done
    people = (tmp_path / "besök/historik/anvandare.csv").read_text(encoding="utf-8")
    assert ";Erik Lund;Kassaansvarig, Kassör" in people


def test_a_file_that_is_there_is_never_written_over(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dagen.xml"
    out.write_text("viktigt", encoding="utf-8")

    code = export(folder, "xml", "--out", str(out), "--till", "H")

    assert (code, out.read_text(encoding="utf-8")) == (5, "viktigt")
    assert capsys.readouterr().err == "Det finns redan en fil som heter dagen.xml. Den är orörd. Välj ett annat namn.\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["xml", "--from", "i går", "--to", DAY, "--out", "x"], 2, "«i går» är inget datum."),
        (["xml", "--from", "2026-12-01", "--to", DAY, "--out", "x"], 2, "Perioden slutar innan den börjar"),
        (["pdf", "--from", DAY, "--to", DAY, "--out", "x"], 2, "«pdf» är inget format"),
        (["xml", "--from", DAY, "--out", "x"], 2, "Det saknas något: --to."),
        (["xml", "--from", DAY, "--to", DAY, "--out", "x", "--kind", "sale"], 2, "«--kind» gäller bara csv."),
        (["csv", "--from", DAY, "--to", DAY, "--out", "x", "--kind", "köp"], 2, "«köp» är inget slag"),
        (["csv", "--from", DAY, "--to", DAY, "--out", "x", "--session", "x"], 2, "«x» är inget nummer."),
        (["csv", "--from", DAY, "--to", DAY, "--out", "x", "--columns", "at,summa"], 2, "«summa» är ingen kolumn."),
        (
            ["csv", "--from", DAY, "--to", DAY, "--out", "x", "--columns", "patient_name"],
            2,
            "Kolumnen patient_name visar",
        ),
        ([], 2, "Det saknas något: FORMAT."),
        (["xml", "--from", DAY, "--to", DAY, "--out", "x", "--till", "Q"], 2, "«Q» är ingen kassa här."),
        (["xml", "--from", "2020-01-01", "--to", "2020-01-31", "--out", "x"], 3, "Det finns inget att exportera"),
        (["xml", "--from", DAY, "--to", DAY, "--out", "saknas/x"], 6, "Filen gick inte att skriva där (mappen finns"),
    ],
)
def test_what_is_asked_for_wrongly_is_told_in_a_sentence_and_nothing_is_written(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert __main__.main(["export", *words, "--data", str(folder)]) == code

    assert capsys.readouterr().err.splitlines()[-1].startswith(said)
    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]
    assert not [event for event in events(folder, "H") if isinstance(event, RecordsExported)]


def without_the_cash_account(monkeypatch: pytest.MonkeyPatch, *tills: str) -> None:
    """Let the configuration of these tills have no account for cash."""
    write = sie.write

    def lacking(*given: Any, till: TillName, **named: Any) -> int:
        kept = {name: number for name, number in till.accounts.items() if name != "cash" or till.letter not in tills}
        return write(*given, till=replace(till, accounts=kept), **named)

    monkeypatch.setattr(sie, "write", lacking)


def test_what_one_till_refuses_no_till_has_been_given(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_cash_account(monkeypatch, "E")

    assert export(folder, "sie", "--out", str(tmp_path / "dagen.si")) == 4

    assert "saknas i klinikens inställningar: cash (E). Ingen fil är skriven." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]
    assert not [event for till in "HE" for event in events(folder, till) if isinstance(event, RecordsExported)]


def test_accounts_that_both_tills_lack_are_named_at_once(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_cash_account(monkeypatch, "H", "E")

    assert export(folder, "sie", "--out", str(tmp_path / "dagen.si")) == 4

    assert "inställningar: cash (H), cash (E). Ingen fil" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["xml", "control-visit"])
def test_a_disk_that_is_full_at_the_last_leaves_nothing_and_no_record(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys.modules[exporting.Export.__module__], "about", full)
    monkeypatch.setattr(visit, "pack", full)

    assert export(folder, form, "--out", str(tmp_path / "dagen")) == 6

    assert "Filen gick inte att skriva där (disken är full). Kassan är orörd." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kassa"]
    assert not [event for till in "HE" for event in events(folder, till) if isinstance(event, RecordsExported)]


@pytest.mark.parametrize("form", ["xml", "control-visit"])
def test_what_a_program_that_died_left_behind_is_in_nobodys_way(folder: Path, tmp_path: Path, form: str) -> None:
    half = tmp_path / ".dagen.part"
    half.mkdir()
    (half / "x").write_text("halv", encoding="utf-8")

    assert export(folder, form, "--out", str(tmp_path / "dagen"), "--till", "H") == 0

    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_till_that_is_running_keeps_its_journal(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Desk.open(folder, a_clock()):
        code = export(folder, "xml", "--out", str(tmp_path / "x.xml"))

    assert code == 1
    assert "Kassan är redan igång" in capsys.readouterr().err
    assert not (tmp_path / "x.xml").exists()


def second_medium(folder: Path) -> Path:
    """The file of the second medium of till H."""
    (path,) = (folder / "H").glob("*.kj")
    return path


def test_what_only_the_second_medium_has_is_fetched_by_a_start_before_anything_is_exported(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = (folder / "H" / "journal.db").read_bytes()
    with Desk.open(folder, a_clock()):
        pass
    (folder / "H" / "journal.db").write_bytes(older)

    code = export(folder, "xml", "--out", str(tmp_path / "x.xml"), "--till", "H")

    assert code == 1
    assert "Kassan behöver startas en gång" in capsys.readouterr().err
    with Desk.open(folder, a_clock()):
        pass
    assert export(folder, "xml", "--out", str(tmp_path / "x.xml"), "--till", "H") == 0


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_a_second_medium_that_is_not_whole_is_mended_by_a_start_first(folder: Path, tmp_path: Path, cut: int) -> None:
    medium = second_medium(folder)
    medium.write_bytes(medium.read_bytes()[:-cut])

    assert export(folder, "xml", "--out", str(tmp_path / "x.xml"), "--till", "H") == 1


def test_without_a_second_medium_the_journal_is_exported_all_the_same(folder: Path, tmp_path: Path) -> None:
    second_medium(folder).unlink()

    assert export(folder, "xml", "--out", str(tmp_path / "x.xml"), "--till", "H") == 0


def test_two_exports_follow_each_other_and_the_next_start_finds_all_whole(folder: Path, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        assert export(folder, "xml", "--out", str(tmp_path / name), "--till", "H") == 0

    assert sum(isinstance(event, RecordsExported) for event in events(folder, "H")) == 2
    assert verify.main(folder, as_json=False) == 0


def test_the_text_lies_beside_the_file() -> None:
    assert exporting.about_place(Path("/a/år 2026.xml")) == Path("/a/år 2026.xml-om-exporten.txt")
