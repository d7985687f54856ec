"""A newer program opens what every released one has written; an older one leaves what a newer has written alone."""

import json
import zipfile
from pathlib import Path

import apsw
import pytest

from kassaapp import wording
from kassaapp.app import Desk
from kassaapp.domain.events import KINDS, RegisterOpened
from kassaapp.domain.fees import Wish
from kassaapp.journal import database, payload
from kassaapp.trouble import JournalNewer
from kassaapp.verify.audit import audit
from sync.wire import record
from tests.builders import CARD, a_patient
from tests.desks import a_clock, a_desk, an_open_till
from tests.upgrade import kept

KEPT = sorted(kept.HERE.glob("format-*.zip"))


def unpacked(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    for key in folder.rglob("*.key"):
        key.chmod(0o640)
    return folder / "till"


def bytes_of(folder: Path) -> dict[str, bytes]:
    """What lies in a till's folder; the marks of who was here last are not evidence."""
    return {path.name: path.read_bytes() for path in (folder / "H").iterdir() if path.is_file()}


# ── up ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_format_of_this_program_is_kept() -> None:
    assert kept.HERE / f"format-{database.FORMAT}.zip" in KEPT


@pytest.mark.parametrize("archive", KEPT, ids=lambda path: path.stem)
def test_what_every_released_program_wrote_is_opened_and_gone_on_with(archive: Path, tmp_path: Path) -> None:
    folder = unpacked(archive, tmp_path)
    expected = json.loads((tmp_path / kept.TOLD).read_text())

    with Desk.open(folder, a_clock()) as desk:
        found = kept.told(desk)
        desk.sign_in("anber", "123456")
        sold = desk.register("E").sell(a_patient(), [Wish(101)], [CARD])

    for letter, said in expected.items():
        count = len(said["rows"])
        assert found[letter]["rows"][:count] == said["rows"]
        assert {**found[letter], "rows": None} == {**said, "rows": None}
        assert audit(folder / letter / "journal.db").findings == []
    assert sold.event.receipt == expected["E"]["next"][0]


@pytest.mark.parametrize("archive", KEPT, ids=lambda path: path.stem)
def test_a_kept_desk_holds_something_of_most_kinds(archive: Path, tmp_path: Path) -> None:
    unpacked(archive, tmp_path)
    expected = json.loads((tmp_path / kept.TOLD).read_text())

    kinds = {row[1] for said in expected.values() for row in said["rows"]}

    assert kinds >= {"open", "start", "sale", "refund", "void", "park", "deposit", "pay-start", "session-close"}


# ── and not down ─────────────────────────────────────────────────────────────────────────────────


def refused(folder: Path) -> str:
    """The words for a till whose journal a newer program has written; its files stay as they are."""
    before = bytes_of(folder)
    with pytest.raises(JournalNewer) as trouble:
        Desk.open(folder, a_clock())
    assert bytes_of(folder) == before
    return wording.explain_trouble(trouble.value)


def test_a_newer_format_is_refused_in_words_and_left_as_it_is(tmp_path: Path) -> None:
    a_desk(tmp_path).close()
    connection = apsw.Connection(str(tmp_path / "H" / "journal.db"), vfs=database.VFS)
    connection.execute(f"PRAGMA user_version={database.FORMAT + 1}")
    connection.close()

    assert "nyare version av programmet" in refused(tmp_path)


@pytest.mark.parametrize("change", ["kind", "field", "word"])
def test_a_record_that_a_newer_program_has_written_is_refused_in_words_and_not_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """What is new is taken away from this program instead of being added to another."""
    with an_open_till(tmp_path) as desk:
        desk.register("H").sell(a_patient(), [Wish(1)], [CARD])
    payload._readers.cache_clear()
    match change:
        case "kind":
            monkeypatch.setattr(payload, "KINDS", without_start())
        case "field":
            readers = payload._readers(RegisterOpened)
            monkeypatch.setattr(payload, "_readers", lambda wanted: dict(list(readers.items())[:2]))
        case _:
            monkeypatch.setattr(payload, "_decode_word", unknown_word)

    said = refused(tmp_path)

    monkeypatch.undo()
    payload._readers.cache_clear()
    assert "nyare version av programmet" in said


def unknown_word(wanted: type, value: object) -> object:
    raise JournalNewer(f"unknown {wanted.__name__}")


def without_start() -> dict[str, type]:
    """The kinds that a program older than the record of a start would know."""
    return {name: kind for name, kind in KINDS.items() if name != "start"}


def test_a_program_that_wrote_a_newer_version_of_the_record_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_desk(tmp_path).close()
    monkeypatch.setattr(record, "VERSION", 0)

    assert "nyare version av programmet" in refused(tmp_path)


def test_after_the_newer_program_is_back_the_till_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_desk(tmp_path).close()
    with monkeypatch.context() as older:
        older.setattr(payload, "KINDS", without_start())
        refused(tmp_path)

    with a_desk(tmp_path) as desk:
        assert desk.records("H") == 4
