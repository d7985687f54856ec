"""Taking records out in the window: who may, what is asked for, how far it has come, and what came of it."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from kassaapp.app import Desk
from kassaapp.domain.errors import NotSignedIn
from kassaapp.domain.events import ExportFormat
from kassaapp.export.csv import USUAL, Column
from kassaapp.screens.export import FORMS, ExportScreen, Wanted
from kassaapp.screens.period import Span
from kassaapp.screens.receipt_search import Kind
from kassaapp.trouble import AccountsMissing, DiskFailed, Trouble
from tests.desks import an_open_till
from tests.screens.later import Later


class Made:
    """An export that writes nothing, and ends as it is told to."""

    def __init__(self, wanted: Wanted, ends: Exception | None = None, at_finish: Exception | None = None) -> None:
        self.wanted = wanted
        self.share = 0.4
        self.stopped = False
        self._ends, self._at_finish = ends, at_finish

    def write(self) -> None:
        if self._ends is not None:
            raise self._ends

    def finish(self) -> Sequence[Path]:
        if self._at_finish is not None:
            raise self._at_finish
        return [self.wanted.out, self.wanted.out.with_name("om.txt")]

    def stop(self) -> None:
        self.stopped = True


class Taking:
    """A screen, and what was asked of it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.made: list[Made] = []
        self.later = Later()
        self.ends: Exception | None = None
        self.at_finish: Exception | None = None
        self.screen = ExportScreen(desk.register("H"), begin=self._begin, folder=folder, beside=self.later)

    def _begin(self, wanted: Wanted) -> Made:
        self.made.append(Made(wanted, self.ends, self.at_finish))
        return self.made[-1]

    def take_out(self) -> str:
        self.screen.take_out()
        self.later.do()
        return self.screen.view.done or self.screen.view.error


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with an_open_till(tmp_path / "desk") as desk:
        desk.sign_out()
        desk.sign_in("erilu", "234567")
        yield desk


@pytest.fixture
def taking(desk: Desk, tmp_path: Path) -> Taking:
    return Taking(desk, tmp_path)


def test_last_months_xml_is_asked_for_when_nothing_else_is_chosen(taking: Taking, tmp_path: Path) -> None:
    told = taking.take_out()

    (made,) = taking.made
    name = "kassa-R0417H-2026-10-01-2026-10-31.xml"
    assert (made.wanted.form, made.wanted.first, made.wanted.last) == (
        ExportFormat.XML,
        date(2026, 10, 1),
        date(2026, 10, 31),
    )
    assert made.wanted.out == tmp_path / name
    assert told == f"Klart: {name}, om.txt i {tmp_path}"


def test_a_file_that_is_there_is_never_asked_to_be_written_over(taking: Taking, tmp_path: Path) -> None:
    (tmp_path / "kassa-R0417H-2026-10-01-2026-10-31.xml").touch()

    taking.take_out()

    assert taking.made[0].wanted.out.name == "kassa-R0417H-2026-10-01-2026-10-31-2.xml"


def test_what_lay_beside_a_file_that_was_moved_is_in_nobodys_way(taking: Taking, tmp_path: Path) -> None:
    beside = "kassa-R0417H-2026-10-01-2026-10-31.xml-om-exporten.txt"
    (tmp_path / beside).write_text("om en fil som är flyttad", encoding="utf-8")

    taking.take_out()

    assert taking.made[0].wanted.out.name == "kassa-R0417H-2026-10-01-2026-10-31-2.xml"


def test_a_table_has_the_columns_and_the_events_that_were_chosen(taking: Taking) -> None:
    screen = taking.screen
    screen.choose_form(FORMS.index(ExportFormat.CSV))
    screen.choose_column(list(Column).index(Column.CASH), chosen=True)
    screen.choose_column(list(Column).index(Column.RECORD), chosen=False)
    screen.choose_kind(1 + list(Kind).index(Kind.UNDONE))
    screen.choose_cashier(1)

    taking.take_out()

    wanted = taking.made[0].wanted
    assert set(wanted.columns) == {*USUAL, Column.CASH} - {Column.RECORD}
    assert (wanted.chosen.kinds, wanted.chosen.user) == (frozenset({"refund", "void"}), "anber")
    assert wanted.out.suffix == ".csv"


def test_a_column_that_names_patients_says_what_follows(taking: Taking) -> None:
    taking.screen.choose_form(FORMS.index(ExportFormat.CSV))
    before = taking.screen.view.naming

    taking.screen.choose_column(list(Column).index(Column.PATIENT_NAME), chosen=True)

    assert before == ""
    assert taking.screen.view.naming.endswith("För varje patient antecknas att du tog ut det.")


def test_a_table_without_columns_is_asked_about(taking: Taking) -> None:
    taking.screen.choose_form(FORMS.index(ExportFormat.CSV))
    for index in range(len(Column)):
        taking.screen.choose_column(index, chosen=False)

    assert taking.take_out() == "Välj minst en kolumn."
    assert taking.made == []


def test_a_control_visit_names_patients_only_when_that_is_chosen(taking: Taking) -> None:
    taking.screen.choose_form(FORMS.index(ExportFormat.CONTROL_VISIT))
    taking.take_out()
    taking.screen.choose_patients(chosen=True)
    taking.take_out()

    assert [made.wanted.with_patients for made in taking.made] == [False, True]
    assert taking.made[0].wanted.out.name == "kontrollbesok-R0417H-2026-10-01-2026-10-31"


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_a_folder_that_is_not_there_is_told_at_its_field(taking: Taking, folder: str) -> None:
    taking.screen.type_folder(folder)

    taking.screen.take_out()

    assert taking.screen.view.folder_error == "Mappen finns inte. Skriv en mapp som finns, eller välj den."
    assert taking.made == []


def test_days_that_cannot_be_are_told_and_nothing_is_made(taking: Taking) -> None:
    taking.screen.choose_span(list(Span).index(Span.DAYS))
    taking.screen.type_days("2026-11-31", "2026-12-01")

    taking.screen.take_out()

    assert taking.screen.view.period.error.startswith("Skriv datumet")
    assert taking.made == []


def test_a_cashier_takes_nothing_out(desk: Desk, taking: Taking) -> None:
    desk.sign_out()
    desk.sign_in("anber", "123456")

    taking.screen.take_out()

    view = taking.screen.view
    assert (view.may, taking.made) == (False, [])
    assert view.error == "Kassaansvarig eller granskare tar ut uppgifter. Logga in som någon av dem."


def test_nothing_is_taken_out_of_practice(desk: Desk, tmp_path: Path) -> None:
    screen = ExportScreen(desk.register("H"), begin=Made, folder=tmp_path, beside=Later(), may_at_all=False)

    screen.take_out()

    assert (screen.view.may, screen.view.done, screen.view.error) == (False, "", "I övningsläge tas inget ut.")


def test_how_far_it_has_come_is_told_and_a_second_one_waits_for_the_first(taking: Taking) -> None:
    taking.screen.take_out()
    taking.screen.take_out()

    view = taking.screen.view
    assert (view.busy, view.may, len(taking.made)) == ("Skriver … 40 %", False, 1)


def test_what_is_broken_off_is_told_to_stop(taking: Taking) -> None:
    taking.screen.take_out()

    taking.screen.stop()

    assert (taking.made[0].stopped, taking.screen.view.busy) == (True, "Avbryter …")


def test_missing_accounts_are_listed(taking: Taking) -> None:
    taking.ends = AccountsMissing("swish, vat_25")

    assert taking.take_out().startswith("Konton saknas i klinikens inställningar: swish, vat_25. Ingen fil är skriven.")
    assert taking.screen.view.busy == ""


def test_nobody_at_the_till_when_it_is_done_is_told(taking: Taking) -> None:
    taking.at_finish = NotSignedIn()

    assert taking.take_out().startswith("Ingen är inloggad.")


@pytest.mark.parametrize("error", [DiskFailed("write"), ValueError("a bug")])
def test_what_ends_the_till_goes_on(taking: Taking, error: Exception) -> None:
    taking.ends = error

    with pytest.raises(type(error)):
        taking.take_out()

    assert isinstance(error, Trouble | ValueError)
