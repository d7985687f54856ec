"""Reading the number of a patient as typed or scanned, and asking when it may be two people (UX E01–E08, E36)."""

import re
from collections.abc import Sequence

from kassaapp import wording
from kassaapp.domain.errors import BadIdentity, IdentityProblem, Refused
from kassaapp.domain.patient_id import PatientId
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.question import Question
from kassaapp.wording.words import call

_MARKED = {IdentityProblem.WRONG_LENGTH: 0, IdentityProblem.CHECK_DIGIT: 4}
"""A number that is too short is written on; a wrong digit is mostly one of the last four."""
_SHORT = re.compile(r"[0-9]{6}\+[0-9A-Za-z]{4}")


class NumberEntry:
    """What was written, what is wrong with it, and what must be answered. `warning` is told when the scanner turns out
    to be set for another keyboard.

    `marked` is how many of the last characters to mark after an error, None being all of them (E02, E04).
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self.clear()

    def clear(self) -> None:
        """Nothing is written."""
        self.error = self.warning = ""
        self.marked: int | None = None
        self._readings: tuple[PatientId, ...] = ()
        self._plus = ""

    @property
    def question(self) -> Question | None:
        """What must be answered before the number is settled."""
        if self._plus:
            return _is_it_plus()
        return self._two_centuries() if self._readings else None

    def enter(self, text: str, *, scanned: bool = False) -> PatientId | None:
        """Read a number. None when there is none, when something is wrong with it, or when it is asked about. A `+`
        that was scanned is no sign before somebody has said so (E08)."""
        self.clear()
        bare = text.replace(" ", "")
        if scanned and _SHORT.fullmatch(bare):
            self._plus = bare
            return None
        if scanned and "+" in bare:
            self.warning = self._other_keyboard()
        return self._read(text, scanned=scanned) if bare else None

    def refuse(self, refused: Refused) -> None:
        """Say at the field what is wrong."""
        self.error = wording.explain(refused)

    def answer(self, number: int) -> PatientId | None:
        """Answer what is asked."""
        if self._plus:
            return self._answer_plus(number)
        chosen, self._readings = self._readings[number], ()
        return chosen

    def keep(self) -> None:
        """Leave what is asked unanswered: nobody is chosen."""
        self._readings, self._plus = (), ""

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer_plus(self, number: int) -> PatientId | None:
        plus, self._plus = self._plus, ""
        if number == 1:
            return self._read(plus)
        self.warning = self._other_keyboard()
        return self._read(plus.replace("+", "-"))

    def _read(self, text: str, *, scanned: bool = False) -> PatientId | None:
        try:
            return self._register.read_id(text, scanned=scanned)
        except BadIdentity as bad:
            if bad.problem is IdentityProblem.TWO_CENTURIES:
                self._readings = self._both(text)
            if len(self._readings) != 2:
                self._readings = ()
                self.refuse(bad)
                self.marked = _MARKED.get(bad.problem)
        except Refused as refused:
            self.refuse(refused)
        return None

    def _both(self, text: str) -> tuple[PatientId, ...]:
        """The two readings of ten digits, the younger first."""
        read: list[PatientId] = []
        for sign in "-+":
            try:
                read.append(self._register.read_id(f"{text.strip()[:-4]}{sign}{text.strip()[-4:]}"))
            except BadIdentity:
                continue
        return tuple(read)

    def _two_centuries(self) -> Question:
        today = self._register.now().date()
        ages: Sequence[int | None] = [found.age_on(today) for found in self._readings]
        return Question(
            _("Är patienten {younger} eller {older} år?").format(younger=ages[0], older=ages[1]),
            tuple(_("{years} år").format(years=age) for age in ages),
        )

    def _other_keyboard(self) -> str:
        """Say that the scanner types what is not on the code (E36)."""
        support = self._register.configuration.support
        return _(
            "Skannern är inställd på ett annat tangentbord (− läses som +). Jämför numret med legitimationen "
            "och {call}."
        ).format(call=call(support))


def _is_it_plus() -> Question:
    return Question(
        _("Skannern skickade +, som betyder att patienten är över 100 år. Stämmer det?"),
        (_("Nej, läs som −"), _("&Ja, över 100 år")),
    )
