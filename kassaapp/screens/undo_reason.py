"""Why a receipt is undone or put right: a digit picks the reason, and "Annat" wants words of one's own (UX 2.12).

What goes on record and on the return receipt is Swedish whatever the window speaks, as all paper is.
"""

import enum
from dataclasses import dataclass

from kassaapp.i18n import _
from kassaapp.screens.why import LEAST_WORDS


class Why(enum.Enum):
    """A reason; its value is what goes on record."""

    WRONG_PATIENT = "Fel patient"
    WRONG_ARTICLE = "Fel artikel"
    TWICE = "Dubbelt"
    NO_VISIT = "Besöket blev inte av"
    WRONG_FEE = "Fel avgift"
    HAS_FRIKORT = "Har frikort"
    WRONG_KEY = "Fel betalsätt registrerat"
    CHANGED_TENDER = "Patienten bytte betalsätt"
    MISTYPED = "Fel nummer inslaget"
    OTHER = "Annat"


Reasons = tuple[tuple[str, Why], ...]
"""What there is to choose from, each with its digit."""

FOR_VOID: Reasons = (
    ("1", Why.WRONG_PATIENT),
    ("2", Why.WRONG_ARTICLE),
    ("3", Why.TWICE),
    ("4", Why.NO_VISIT),
    ("9", Why.OTHER),
)
FOR_REFUND: Reasons = (("1", Why.WRONG_FEE), ("2", Why.HAS_FRIKORT), ("3", Why.NO_VISIT), ("9", Why.OTHER))
FOR_OWN_REFUND: Reasons = tuple(one for one in FOR_REFUND if one[1] is not Why.HAS_FRIKORT)
"""At the till of the clinic's own money, which has nothing to do with frikort."""
FOR_TENDER: Reasons = (("1", Why.WRONG_KEY), ("2", Why.CHANGED_TENDER), ("9", Why.OTHER))
FOR_PATIENT: Reasons = (("1", Why.WRONG_PATIENT), ("2", Why.MISTYPED), ("9", Why.OTHER))


@dataclass(frozen=True, slots=True)
class UndoReasonView:
    """The reasons with their digits, the marked one (or None), and words of one's own, which are asked for or not."""

    choices: tuple[tuple[str, str], ...]
    chosen: int | None
    note: str
    asks_note: bool
    hint: str
    error: str


class UndoReason:
    """What has been chosen and written."""

    def __init__(self, reasons: Reasons) -> None:
        self._reasons = reasons
        self._chosen: int | None = None
        self._note = ""
        self._error = ""

    @property
    def view(self) -> UndoReasonView:
        """What is shown."""
        return UndoReasonView(
            choices=tuple((digit, _words(why)) for digit, why in self._reasons),
            chosen=self._chosen,
            note=self._note,
            asks_note=self.why is Why.OTHER,
            hint=_("Skriv inget om patientens hälsa.") if self.why is Why.OTHER else "",
            error=self._error,
        )

    @property
    def why(self) -> Why | None:
        """The reason that is marked."""
        return None if self._chosen is None else self._reasons[self._chosen][1]

    def choose(self, index: int) -> None:
        """Mark a reason."""
        self._chosen, self._error = index, ""

    def write(self, note: str) -> None:
        """Words of one's own."""
        self._note, self._error = note, ""

    def check(self) -> bool:
        """Whether it can go on record; if not, what is missing is said."""
        self._error = ""
        if self._chosen is None:
            self._error = _("Välj orsak med en siffra.")
        elif self.why is Why.OTHER and len(self._note.strip()) < LEAST_WORDS:
            self._error = _("Skriv orsaken med minst {least} tecken.").format(least=LEAST_WORDS)
        return not self._error

    @property
    def text(self) -> str:
        """The reason as it goes on record."""
        why = self.why
        assert why is not None, "asked for before it is given"
        return self._note.strip() if why is Why.OTHER else why.value


def _words(why: Why) -> str:
    return {
        Why.WRONG_PATIENT: _("Fel patient"),
        Why.WRONG_ARTICLE: _("Fel artikel"),
        Why.TWICE: _("Dubbelt"),
        Why.NO_VISIT: _("Besöket blev inte av"),
        Why.WRONG_FEE: _("Fel avgift"),
        Why.HAS_FRIKORT: _("Har frikort"),
        Why.WRONG_KEY: _("Fel betalsätt registrerat"),
        Why.CHANGED_TENDER: _("Patienten bytte betalsätt"),
        Why.MISTYPED: _("Fel nummer inslaget"),
        Why.OTHER: _("Annat"),
    }[why]
