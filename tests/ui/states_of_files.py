"""The states of taking records out: what is asked for in each form, and how it goes."""

from collections.abc import Iterator
from functools import partial

from kassaapp.domain.events import ExportFormat
from kassaapp.export.csv import NAMING, Column
from kassaapp.screens.export import FORMS, ExportScreen
from kassaapp.screens.frame import Place
from kassaapp.screens.period import Span
from kassaapp.trouble import AccountsMissing, CannotWrite, NothingThere, Stopped, Trouble
from tests.screens.later import Later
from tests.screens.test_export import Made
from tests.ui.a_day import Day


class OfFiles(Day):
    """Erik takes out; how it goes is decided here, and nothing is written."""

    @property
    def _screen(self) -> ExportScreen:
        return self.window.now.screens.export

    def to_be_taken_out(self) -> Iterator[str]:
        """Everything that can be asked for."""
        self.desk.sign_in("anber", "123456")
        self.home()
        self.at(Place.EXPORT)
        yield "export-may-not"
        self.desk.sign_in("erilu", "234567")
        self.home()
        self.at(Place.EXPORT)
        screen = self._screen
        for number, form in enumerate(FORMS):
            screen.choose_form(number)
            yield f"export-{form.value}"
        screen.choose_patients(chosen=True)
        yield "export-control-visit-with-patients"
        screen.choose_form(FORMS.index(ExportFormat.CSV))
        screen.choose_column(list(Column).index(min(NAMING, key=list(Column).index)), chosen=True)
        screen.choose_span(list(Span).index(Span.DAYS))
        yield "export-csv-names"
        screen.type_days("2026-11-23", "2026-11-31")
        screen.type_folder("/media/revisor/finns inte")
        screen.take_out()
        yield "export-no-such-folder"

    def taken_out(self) -> Iterator[str]:
        """It is being written, and comes to each of its ends."""
        screen, later = self._screen, Later()
        screen._beside = later
        screen.choose_form(FORMS.index(ExportFormat.XML))
        screen.choose_span(list(Span).index(Span.LAST_MONTH))
        screen.type_folder(str(self.desk.folder))
        for name, ends in _ENDS:
            screen._begin = partial(Made, ends=ends)
            screen.take_out()
            if name == "stopped":
                yield "export-running"
                screen.stop()
                yield "export-stopping"
            later.do()
            yield f"export-{name}"
        self.desk.sign_in("anber", "123456")
        self.home()


_ENDS: tuple[tuple[str, Trouble | None], ...] = (
    ("stopped", Stopped()),
    ("nothing-there", NothingThere()),
    ("accounts-missing", AccountsMissing("cash, card, swish, revenue")),
    ("cannot-write", CannotWrite("Permission denied")),
    ("done", None),
)
