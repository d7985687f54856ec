"""Taking records out of the till as a file: which form, which days, which columns, and to which folder (R60, R66, R67).

The file is made beside the counter's work; that it was made is put on record here, and only then has it its name. What
is broken off leaves nothing. Only who may see other days than today takes out (R61).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from kassaapp.domain.errors import Refused
from kassaapp.domain.events import ExportFormat
from kassaapp.domain.people import Role, User
from kassaapp.export.csv import NAMING, USUAL, Column
from kassaapp.history import Filter
from kassaapp.i18n import _
from kassaapp.printout.paper import designation
from kassaapp.register import Register
from kassaapp.screens.beside import Beside
from kassaapp.screens.period import Period, PeriodView, Span
from kassaapp.screens.receipt_search import Kind, kind_filter, kind_name, sees_other_days
from kassaapp.screens.status import Tone
from kassaapp.trouble import FATAL, Stopped, Trouble
from kassaapp.wording import explain, explain_trouble
from kassaapp.wording.columns import column

FORMS = tuple(ExportFormat)
"""In the order in which they are shown."""
_ENDINGS = {ExportFormat.XML: ".xml", ExportFormat.SIE: ".si", ExportFormat.CSV: ".csv", ExportFormat.CONTROL_VISIT: ""}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken out. `columns` and `chosen` are a table's, `with_patients` a control visit's."""

    form: ExportFormat
    first: date
    last: date
    out: Path
    columns: tuple[Column, ...] = USUAL
    chosen: Filter = field(default_factory=Filter)
    with_patients: bool = False


class Making(Protocol):
    """An export that is being made. `write` is slow and may be done on any thread."""

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""

    def write(self) -> None:
        """Write it. Raises Trouble of the kind NoExport, and what a damaged journal raises."""

    def finish(self) -> Sequence[Path]:
        """Put on record that it was made, and give it its name: the paths. Raises Refused, Trouble."""

    def stop(self) -> None:
        """End `write` soon; nothing is left of it."""


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column to choose; `names`: it says who a patient is, or may."""

    text: str
    chosen: bool
    names: bool


@dataclass(frozen=True, slots=True)
class ExportView:
    """All that is shown. Columns and filters are empty for what is no table. While one is made, `busy` says how far,
    and nothing else can be chosen. `tone` is how loudly `error` is said."""

    heading: str
    forms: tuple[str, ...]
    form: int
    about: str
    period: PeriodView
    columns: tuple[ColumnView, ...]
    kinds: tuple[str, ...]
    kind: int
    cashiers: tuple[str, ...]
    cashier: int
    asks_patients: bool
    with_patients: bool
    naming: str
    folder: str
    folder_error: str
    button: str
    may: bool
    busy: str
    error: str
    tone: Tone
    done: str


class ExportScreen:
    """`begin` makes the export ready, at the till; `folder` is where the first one is put; `may_at_all`: not where it
    is practised."""

    def __init__(
        self,
        register: Register,
        *,
        begin: Callable[[Wanted], Making],
        folder: Path,
        beside: Beside,
        changed: Callable[[], None] = lambda: None,
        may_at_all: bool = True,
    ) -> None:
        self._register = register
        self._begin = begin
        self._beside = beside
        self._changed = changed
        self._may_at_all = may_at_all
        self.period = Period(lambda: register.now().date(), lambda: sees_other_days(register), Span.LAST_MONTH)
        self._form, self._kind, self._cashier = FORMS[0], 0, 0
        self._columns = set(USUAL)
        self._with_patients = False
        self._folder = str(folder)
        self._folder_error = self._error = self._done = ""
        self._making: Making | None = None
        self._is_stopping = self._is_broken_off = False

    @property
    def view(self) -> ExportView:
        """What is shown."""
        is_table = self._form is ExportFormat.CSV
        return ExportView(
            heading=_("Ta ut uppgifter"),
            forms=tuple(_form(form) for form in FORMS),
            form=FORMS.index(self._form),
            about=_about(self._form),
            period=self.period.view,
            columns=tuple(self._column(one) for one in Column) if is_table else (),
            kinds=(_("Alla händelser"), *(kind_name(kind) for kind in Kind)) if is_table else (),
            kind=self._kind,
            cashiers=(_("Alla"), *(user.name for user in self._users())) if is_table else (),
            cashier=self._cashier,
            asks_patients=self._form is ExportFormat.CONTROL_VISIT,
            with_patients=self._with_patients,
            naming=_("Filen visar vilka patienterna är. För varje patient antecknas att du tog ut det.")
            if self._names()
            else "",
            folder=self._folder,
            folder_error=self._folder_error,
            button=_("Ta ut mappen") if self._form is ExportFormat.CONTROL_VISIT else _("Ta ut filen"),
            may=self._may and self._making is None,
            busy=self._busy(),
            error=self._error or ("" if self._may else self._may_not()),
            tone=self._tone(),
            done=self._done,
        )

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that a table can have, in order."""
        return tuple(Column)

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def choose_form(self, index: int) -> None:
        """Another form."""
        self._form = FORMS[index]
        self._forget()

    def choose_span(self, index: int) -> None:
        """Other days."""
        self.period.choose(index)
        self._forget()

    def type_days(self, first: str, last: str) -> None:
        """From and to, as typed."""
        self.period.type_days(first, last)
        self._forget()

    def choose_column(self, index: int, *, chosen: bool) -> None:
        """A column of a table is in it, or not."""
        (self._columns.add if chosen else self._columns.discard)(list(Column)[index])
        self._forget()

    def choose_kind(self, index: int) -> None:
        """Which events a table has; the first is all."""
        self._kind = index
        self._forget()

    def choose_cashier(self, index: int) -> None:
        """Whose; the first is everybody's."""
        self._cashier = index
        self._forget()

    def choose_patients(self, *, chosen: bool) -> None:
        """Whether a control visit's folder names the patients."""
        self._with_patients = chosen
        self._forget()

    def type_folder(self, text: str) -> None:
        """Where it is put."""
        self._folder, self._folder_error = text, ""

    def take_out(self) -> None:
        """Begin to make it."""
        self._forget()
        wanted = self._wanted()
        if not self._may or self._making is not None or wanted is None:
            return
        try:
            making = self._begin(wanted)
        except (Refused, Trouble) as no:
            self._tell(no)
            return
        self._making, self._is_stopping = making, False
        self._beside.run(making.write, lambda _none: self._written(making), self._failed)

    def stop(self) -> None:
        """Break off what is being made; nothing is left of it."""
        if self._making is not None:
            self._is_stopping = True
            self._making.stop()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _may(self) -> bool:
        return self._may_at_all and self._register.user is not None and sees_other_days(self._register)

    def _may_not(self) -> str:
        if not self._may_at_all:
            return _("I övningsläge tas inget ut.")
        return _("Kassaansvarig eller granskare tar ut uppgifter. Logga in som någon av dem.")

    def _tone(self) -> Tone:
        """What somebody broke off by choice is no error."""
        if not self._error:
            return Tone.WARN
        return Tone.INFO if self._is_broken_off else Tone.ERROR

    def _forget(self) -> None:
        """What was told of the one before."""
        self._error = self._done = self._folder_error = ""
        self._is_broken_off = False

    def _wanted(self) -> Wanted | None:
        """What is asked for; None when something of it cannot be, and then the view says what."""
        days = self.period.days()
        folder = Path(self._folder.strip()).expanduser()
        if not self._folder.strip() or not folder.is_dir():
            self._folder_error = _("Mappen finns inte. Skriv en mapp som finns, eller välj den.")
            return None
        if self._form is ExportFormat.CSV and not self._columns:
            self._error = _("Välj minst en kolumn.")
            return None
        if days is None:
            return None
        return Wanted(
            form=self._form,
            first=days[0],
            last=days[1],
            out=_free(folder, self._name(*days), _ENDINGS[self._form]),
            columns=tuple(one for one in Column if one in self._columns),
            chosen=self._chosen(),
            with_patients=self._form is ExportFormat.CONTROL_VISIT and self._with_patients,
        )

    def _chosen(self) -> Filter:
        users = self._users()
        user = users[self._cashier - 1].id if 0 < self._cashier <= len(users) else None
        kind = Filter() if self._kind == 0 else kind_filter(list(Kind)[self._kind - 1])
        return Filter(kind=kind.kind, kinds=kind.kinds, user=user)

    def _name(self, first: date, last: date) -> str:
        """What the file is called: never anybody's name or number."""
        own = designation(self._register.configuration, self._register.till)
        kind = "kontrollbesok" if self._form is ExportFormat.CONTROL_VISIT else "kassa"
        return f"{kind}-{own}-{first}-{last}"

    def _users(self) -> list[User]:
        users = self._register.configuration.users.values()
        return sorted((user for user in users if user.roles - {Role.AUDITOR}), key=lambda user: user.name)

    def _column(self, one: Column) -> ColumnView:
        return ColumnView(column(one.value), one in self._columns, one in NAMING)

    def _names(self) -> bool:
        if self._form is ExportFormat.CONTROL_VISIT:
            return self._with_patients
        return self._form is ExportFormat.CSV and bool(self._columns & NAMING)

    def _busy(self) -> str:
        if self._making is None:
            return ""
        if self._is_stopping:
            return _("Avbryter …")
        return _("Skriver … {percent} %").format(percent=int(100 * self._making.share))

    def _written(self, making: Making) -> None:
        """It is written: on record with it, and then it has its name."""
        self._making = None
        try:
            paths = making.finish()
        except (Refused, Trouble) as no:
            self._tell(no)
        else:
            folder, names = paths[0].parent, ", ".join(path.name for path in paths)
            self._done = _("Klart: {names} i {folder}").format(names=names, folder=folder)
        self._changed()

    def _failed(self, error: Exception) -> None:
        self._making = None
        if not isinstance(error, Refused | Trouble):
            raise error
        self._tell(error)
        self._changed()

    def _tell(self, no: Refused | Trouble) -> None:
        """Say why nothing came of it. After some troubles the till takes no more money: those go on."""
        if isinstance(no, FATAL):
            raise no
        self._is_broken_off = isinstance(no, Stopped)
        support = self._register.configuration.support
        if isinstance(no, Refused):
            self._error = explain(no, support=support)
        else:
            self._error = explain_trouble(no, support=support)


_BESIDE = ("", "-om-exporten.txt", ".zip")


def _free(folder: Path, name: str, ending: str) -> Path:
    """A name that nothing in the folder has, nor what is written beside it: nothing is ever written over."""
    path, number = folder / f"{name}{ending}", 2
    while any(path.with_name(path.name + beside).exists() for beside in _BESIDE):
        path, number = folder / f"{name}-{number}{ending}", number + 1
    return path


def _form(form: ExportFormat) -> str:
    match form:
        case ExportFormat.XML:
            return _("Skatteverkets XML")
        case ExportFormat.SIE:
            return _("SIE till bokföringen")
        case ExportFormat.CSV:
            return _("Tabell (CSV)")
        case ExportFormat.CONTROL_VISIT:
            return _("Mapp för kontrollbesök")


def _about(form: ExportFormat) -> str:
    match form:
        case ExportFormat.XML:
            return _("Kassajournalen enligt SKVFS 2021:16. Ingen patient är med.")
        case ExportFormat.SIE:
            return _("En verifikation för varje stängd session, eller faktura. Ingen patient är med.")
        case ExportFormat.CSV:
            return _("En rad för varje händelse, med de kolumner du väljer och summor sist.")
        case ExportFormat.CONTROL_VISIT:
            return _("Allt som en granskare frågar efter, med ett program som kontrollerar det.")
