"""Whose money a conto it is: number and name, asked for once and gone when the money has moved (UX 2.13)."""

from dataclasses import dataclass, replace

from kassaapp import wording
from kassaapp.domain.errors import NoName, Refused
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.sale import name_on_record
from kassaapp.domain.visit import Patient
from kassaapp.history import History
from kassaapp.register import Register
from kassaapp.screens.number_entry import NumberEntry
from kassaapp.screens.question import Question


@dataclass(frozen=True, slots=True)
class HolderView:
    """All that is shown of the patient. The field of the number is emptied whenever `dealt_with` is another, and
    `marked` is as in `NumberEntry`."""

    line: str
    error: str
    warning: str
    marked: int | None
    name_asked: bool
    name: str
    name_error: str
    question: Question | None
    dealt_with: int


class AccountHolder:
    """The patient of an a conto, or nobody yet. `balance_ore` is what the till held when the patient was found."""

    def __init__(self, register: Register, history: History) -> None:
        self._register = register
        self._history = history
        self._entry = NumberEntry(register)
        self._dealt_with = 0
        self.clear()

    def clear(self) -> None:
        """Nobody: ready for the next."""
        self.patient: Patient | None = None
        self.balance_ore = 0
        self._name_asked = False
        self._name_error = ""
        self._entry.clear()
        self._dealt_with += 1

    @property
    def view(self) -> HolderView:
        """What is shown."""
        return HolderView(
            line=self._line(),
            error=self._entry.error,
            warning=self._entry.warning,
            marked=self._entry.marked,
            name_asked=self._name_asked,
            name=self.patient.name if self.patient is not None else "",
            name_error=self._name_error,
            question=self._entry.question,
            dealt_with=self._dealt_with,
        )

    @property
    def is_known(self) -> bool:
        """Whether number and name are there, so that money may move."""
        return self.patient is not None and not self._name_asked

    def enter(self, text: str, *, scanned: bool = False) -> None:
        """Read a number, typed or scanned. Nothing does nothing."""
        self._take(self._entry.enter(text, scanned=scanned))

    def receive(self, patient: Patient) -> None:
        """A patient who was found elsewhere."""
        self._take(patient.id)

    def answer(self, number: int) -> None:
        """Answer what is asked about the number."""
        self._take(self._entry.answer(number))

    def keep(self) -> None:
        """Leave what is asked unanswered: nobody is chosen."""
        self._entry.keep()

    def enter_name(self, name: str) -> None:
        """The name as on the identity document."""
        assert self.patient is not None
        self._name_asked, self._name_error = False, ""
        try:
            self.patient = replace(self.patient, name=name_on_record(name))
        except NoName as refused:
            self._name_asked, self._name_error = True, wording.explain(refused)

    def _take(self, found: PatientId | None) -> None:
        """That the balance is looked at is on record (R60)."""
        if found is None:
            return
        patient = self._register.known(Patient(found, self._history.name_of(found) or ""))
        try:
            self.balance_ore = self._register.balance(patient)
        except Refused as refused:
            self._entry.refuse(refused)
            return
        self.patient, self._name_asked, self._name_error = patient, not patient.name, ""
        self._dealt_with += 1

    def _line(self) -> str:
        if self.patient is None:
            return ""
        name = "" if self._name_asked else wording.patient_name(self.patient)
        return "  ·  ".join(part for part in (wording.patient_number(self.patient), name) if part)
