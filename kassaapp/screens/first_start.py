"""The first start in the window: a code, what is tried with its verdicts, the scanner, and a protocol (UX 2.19).

Knows no desk: `begin` enrols and tries beside the window and gives news through the methods here, on the window's
thread. Interrupted anywhere, it is begun again with the same code.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp.i18n import _, ngettext
from kassaapp.screens.status import Tone


class Stage(enum.Enum):
    """Where it is."""

    CODE = enum.auto()
    WORKING = enum.auto()
    SCANNER = enum.auto()
    DONE = enum.auto()


@dataclass(frozen=True, slots=True)
class Row:
    """Something that was tried: what, how well it is, what was found and what to do."""

    name: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class FirstStartView:
    """All that is shown. `error` is about the code or what went wrong with it; `result` is how it all ended, and how
    loudly that is said; `next` is the button, "" while waiting."""

    heading: str
    step: str
    text: str
    stage: Stage
    rows: tuple[Row, ...]
    error: str
    result: str
    tone: Tone
    next: str


class FirstStartScreen:
    """`begin` is given the code and starts the work. `scan_expected` is what the code on the test print holds; `finish`
    is told how the scanner did (None: not tried), puts the protocol and says where it is; `start` opens the till."""

    def __init__(
        self,
        *,
        code: str,
        scan_expected: str,
        begin: Callable[[str], None],
        finish: Callable[[bool | None], str],
        start: Callable[[], None],
    ) -> None:
        self.code = code
        self._expected = scan_expected
        self._begin = begin
        self._finish = finish
        self._start = start
        self._stage = Stage.CODE
        self._rows: list[Row] = []
        self._error = self._where = ""

    @property
    def view(self) -> FirstStartView:
        """What is shown."""
        number = {Stage.CODE: 1, Stage.WORKING: 2, Stage.SCANNER: 3, Stage.DONE: 3}[self._stage]
        return FirstStartView(
            heading=_("Registrera den här kassan"),
            step=_("Steg {number} av 3").format(number=number),
            text=self._text(),
            stage=self._stage,
            rows=tuple(self._rows),
            error=self._error,
            result=self._result(),
            tone=Tone.ERROR if self._failed else Tone.OK,
            next=self._next(),
        )

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def go_on(self, typed: str) -> None:
        """The button, or Enter: with the code that was typed, or what was scanned."""
        match self._stage:
            case Stage.CODE:
                self._take_code(typed)
            case Stage.SCANNER:
                self._take_scan(typed)
            case Stage.DONE:
                self._start()
            case Stage.WORKING:
                return

    # ── news of the work ─────────────────────────────────────────────────────────────────────────────────────────

    def tried(self, row: Row) -> None:
        """Something has been tried."""
        self._rows.append(row)

    def failed(self, words: str) -> None:
        """It could not be enrolled: the code is asked for again."""
        self._stage, self._error, self._rows = Stage.CODE, words, []

    def succeeded(self) -> None:
        """It is enrolled, and everything has been tried that needs nobody."""
        self._stage = Stage.SCANNER

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_code(self, typed: str) -> None:
        self.code = typed.strip()
        if not self.code:
            self._error = _("Skriv registreringskoden.")
            return
        self._error, self._stage, self._rows = "", Stage.WORKING, []
        self._begin(self.code)

    def _take_scan(self, typed: str) -> None:
        scanned = typed.strip()
        is_right = None if not scanned else scanned == self._expected
        if is_right is False and self._error == "":
            self._error = _(
                "Det som lästes är inte koden på provutskriften. Skannern kan vara inställd på ett annat tangentbord. "
                "Skanna igen, eller gå vidare: det står i protokollet."
            )
            return
        self._error = ""
        self._where = self._finish(is_right)
        self._stage = Stage.DONE

    def _text(self) -> str:
        match self._stage:
            case Stage.CODE:
                return _("Koden från förvaltaren gäller i 24 timmar och bara för den här disken.")
            case Stage.WORKING:
                return _("Kassan registreras och prövas. Det tar några sekunder.")
            case Stage.SCANNER:
                return _("Ser texten på provutskriften rätt ut? Skanna koden på den, eller gå vidare utan skanner.")
            case Stage.DONE:
                return _("Protokollet finns i {path}.").format(path=self._where)

    @property
    def _failed(self) -> int:
        """How many things do not work."""
        return sum(row.tone is Tone.ERROR for row in self._rows)

    def _result(self) -> str:
        if self._stage is not Stage.DONE:
            return ""
        if failed := self._failed:
            return ngettext(
                "Kassan är registrerad, men {count} sak fungerar inte. Ta inte betalt än.",
                "Kassan är registrerad, men {count} saker fungerar inte. Ta inte betalt än.",
                failed,
            ).format(count=failed)
        return _("Klart. Kassan är registrerad.")

    def _next(self) -> str:
        match self._stage:
            case Stage.CODE:
                return _("&Registrera kassan")
            case Stage.WORKING:
                return ""
            case Stage.SCANNER:
                return _("&Fortsätt")
            case Stage.DONE:
                return _("&Starta kassan")


def rows_of(checks: Sequence[tuple[str, str, str]]) -> tuple[Row, ...]:
    """The rows of checks given as name, verdict word and text."""
    return tuple(Row(name, TONES.get(verdict, Tone.INFO), text) for name, verdict, text in checks)


TONES = {"OK": Tone.OK, "OBS": Tone.WARN, "FEL": Tone.ERROR, "EJ PROVAT": Tone.INFO}
"""How loudly each verdict of a self-test is said."""
