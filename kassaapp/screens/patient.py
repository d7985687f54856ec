"""Who the visit concerns: number, name, category, day of the visit and frikort, always in sight (UX 2.3)."""

from dataclasses import dataclass, replace
from datetime import date

from kassaapp import wording
from kassaapp.domain.errors import BadIdentity, IdentityProblem, Refused
from kassaapp.domain.events import Look
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.visit import Category, Patient
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.basket import Basket
from kassaapp.screens.day_entry import BadDay, explain_day, read_day
from kassaapp.screens.frikort import FrikortEntry
from kassaapp.screens.question import Question
from kassaapp.screens.spot import Spot

CATEGORIES = tuple(Category)
_MARKED = {IdentityProblem.WRONG_LENGTH: 0, IdentityProblem.CHECK_DIGIT: 4}
"""A number that is too short is written on; a wrong digit is mostly one of the last four."""


@dataclass(frozen=True, slots=True)
class PatientView:
    """All that is shown of the patient. Before there is one, only `error` says anything.

    The field of the number is emptied whenever `dealt_with` is another: what is typed never outlives its patient.
    `marked` is how many of the last characters to mark after an error, None being all of them (E02, E04).
    """

    present: bool
    line: str
    detail: str
    warning: str
    error: str
    name_asked: bool
    name: str
    name_error: str
    categories: tuple[str, ...]
    category: int
    reference_label: str
    reference: str
    visit_date: str
    visit_error: str
    other_day: bool
    frikort_open: bool
    dealt_with: int
    marked: int | None


class PatientPart:
    """The patient's part of the sale. Its wishes return where the keyboard should be next."""

    def __init__(self, register: Register, history: History, basket: Basket) -> None:
        self._register = register
        self._history = history
        self._basket = basket
        self._dealt_with = 0
        self.clear()

    @property
    def view(self) -> PatientView:
        """What is shown."""
        patient = self._basket.draft.patient
        return PatientView(
            present=patient is not None,
            line=self._line(patient) if patient is not None else "",
            detail=self._detail(patient) if patient is not None else "",
            warning=_shape_only() if patient is not None and patient.id.is_shape_only else "",
            error=self._error,
            name_asked=patient is not None and self._name_asked,
            name=patient.name if patient is not None else "",
            name_error=self._name_error,
            categories=tuple(wording.category(category) for category in CATEGORIES),
            category=CATEGORIES.index(patient.category) if patient is not None else 0,
            reference_label=_reference_label(patient),
            reference=(patient.category_reference or "") if patient is not None else "",
            visit_date=self._visit_text or wording.day(self._visit_date()),
            visit_error=self._visit_error,
            other_day=self._basket.draft.visit_date is not None,
            frikort_open=self.frikort is not None,
            dealt_with=self._dealt_with,
            marked=self._marked,
        )

    @property
    def question(self) -> Question | None:
        """What must be answered before the patient is settled."""
        if self._readings:
            return self._two_centuries()
        if self._other is None:
            return None
        patient = self._basket.draft.patient
        assert patient is not None
        return Question(
            _("Försäljningen gäller {patient}. Byt patient på hela försäljningen till {other}?").format(
                patient=patient.id.masked(), other=self._other.masked()
            ),
            (_("Behåll"), _("Byt patient")),
        )

    def clear(self) -> None:
        """Ready for the next patient."""
        self._error = self._name_error = self._visit_error = self._visit_text = ""
        self._name_asked = False
        self._readings: tuple[PatientId, ...] = ()
        self._other: PatientId | None = None
        self.frikort: FrikortEntry | None = None
        self._marked: int | None = None
        self._dealt_with += 1

    # ── number and name ──────────────────────────────────────────────────────────────────────────────────────────

    def enter(self, text: str) -> Spot:
        """Read a typed number. Nothing typed does nothing."""
        self._error, self._readings, self._other, self._marked = "", (), None, None
        if not text.strip():
            return Spot.PATIENT
        try:
            found = self._register.read_id(text)
        except BadIdentity as bad:
            return self._bad(bad, text)
        except Refused as refused:
            self._error = wording.explain(refused)
            return Spot.PATIENT
        return self._found(found)

    def ask_for(self, refused: Refused) -> Spot:
        """Say at the patient's field that there is none yet (E01)."""
        self._error = wording.explain(refused)
        return Spot.PATIENT

    def answer(self, number: int) -> Spot:
        """Answer the question that is open."""
        if self._readings:
            chosen, self._readings = self._readings[number], ()
            return self._found(chosen)
        other, self._other = self._other, None
        assert other is not None
        self._dealt_with += 1
        return self._set(other) if number == 1 else Spot.ARTICLE

    def keep(self) -> Spot:
        """Leave the question as it is safe to: the patient who is here stays."""
        if self._other is not None:
            return self.answer(0)
        self._readings = ()
        return Spot.PATIENT

    def type_name(self, name: str) -> None:
        """The name, as typed."""
        patient = self._basket.draft.patient
        if patient is not None:
            self._name_error = ""
            self._change(replace(patient, name=name))

    def enter_name(self, name: str) -> Spot:
        """The name is written."""
        self.type_name(name)
        if not name.strip():
            return self.ask_for_name()
        self._name_asked = False
        return Spot.ARTICLE

    def change_name(self) -> Spot:
        """The known name is not the one on the identity document."""
        self._name_asked = True
        return Spot.NAME

    def ask_for_name(self) -> Spot:
        """Say that the name is missing (E10a)."""
        self._name_asked = True
        self._name_error = _("Skriv patientens namn som på legitimationen. Det ska finnas på varje kvitto.")
        return Spot.NAME

    # ── what changes the fee ─────────────────────────────────────────────────────────────────────────────────────

    def choose_category(self, index: int) -> None:
        """Who pays for the patient's care."""
        patient = self._basket.draft.patient
        if patient is not None and CATEGORIES[index] is not patient.category:
            self._change(replace(patient, category=CATEGORIES[index], category_reference=None))

    def type_reference(self, text: str) -> None:
        """The number that the category goes with, as typed."""
        patient = self._basket.draft.patient
        if patient is not None:
            self._change(replace(patient, category_reference=text.strip() or None))

    def enter_visit_date(self, text: str) -> Spot:
        """The day of the visit; empty is today. Prices and age follow it (R19)."""
        today = self._register.now().date()
        try:
            day = read_day(text) if text.strip() else today
            if day > today:
                return self._bad_visit_date(text, _("Besöksdatumet ligger i framtiden. Kontrollera året."))
            visit_date = None if day == today else day
            self._basket.take(replace(self._basket.draft, visit_date=visit_date))
        except BadDay:
            return self._bad_visit_date(text, explain_day())
        except Refused as refused:
            return self._bad_visit_date(text, wording.explain(refused))
        self._visit_text = self._visit_error = ""
        return Spot.ARTICLE

    def open_frikort(self) -> None:
        """Enter what the patient shows."""
        patient = self._basket.draft.patient
        self.frikort = FrikortEntry(patient) if patient is not None else None

    def save_frikort(self) -> Spot:
        """Take what was entered."""
        assert self.frikort is not None
        patient = self.frikort.read()
        if patient is None:
            return Spot.PANEL
        self._change(patient)
        self.frikort = None
        return Spot.ARTICLE

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, found: PatientId) -> Spot:
        draft = self._basket.draft
        if draft.patient is not None and draft.patient.id == found:
            self._dealt_with += 1
            return Spot.ARTICLE
        if draft.patient is not None and draft.wishes:
            self._other = found
            return Spot.QUESTION
        return self._set(found)

    def _set(self, found: PatientId) -> Spot:
        name = self._history.name_of(found) or ""
        user = self._register.user
        patient = Patient(found, name)
        try:
            self._register.saw(patient, Look.LOOK_UP)
            self._basket.take(replace(self._basket.draft, patient=patient, by=user.id if user is not None else None))
        except Refused as refused:
            self._error = wording.explain(refused)
            return Spot.PATIENT
        self._name_asked, self._name_error, self.frikort = not name, "", None
        self._dealt_with += 1
        return Spot.ARTICLE if name else Spot.NAME

    def _change(self, patient: Patient) -> None:
        """The same person with other details. The catalogue is not asked anew, so nothing can be refused but by a
        rule that has changed since."""
        try:
            self._basket.take(replace(self._basket.draft, patient=patient))
        except Refused as refused:
            self._error = wording.explain(refused)

    def _bad(self, bad: BadIdentity, text: str) -> Spot:
        if bad.problem is IdentityProblem.TWO_CENTURIES:
            self._readings = self._both(text)
            if len(self._readings) == 2:
                return Spot.QUESTION
        self._error, self._marked = wording.explain(bad), _MARKED.get(bad.problem)
        return Spot.PATIENT

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
        younger, older = (found.age_on(today) for found in self._readings)
        return Question(
            _("Är patienten {younger} eller {older} år?").format(younger=younger, older=older),
            tuple(_("{years} år").format(years=age) for age in (younger, older)),
        )

    def _bad_visit_date(self, text: str, error: str) -> Spot:
        self._visit_text, self._visit_error = text, error
        return Spot.VISIT_DATE

    def _visit_date(self) -> date:
        return self._basket.draft.visit_date or self._register.now().date()

    def _line(self, patient: Patient) -> str:
        age = patient.id.age_on(self._visit_date())
        number = wording.patient_number(patient)
        parts = [number, "" if self._name_asked else wording.patient_name(patient)]
        parts.append("" if age is None or patient.protected else _("{years} år").format(years=age))
        return "  ·  ".join(part for part in parts if part)

    def _detail(self, patient: Patient) -> str:
        if patient.frikort_until is not None:
            return _("Frikort gäller t.o.m. {day}").format(day=wording.day(patient.frikort_until))
        if patient.paid_in_window_ore is not None:
            ceiling_ore = self._register.configuration.fees.frikort_ceiling_ore
            left_ore = max(0, ceiling_ore - patient.paid_in_window_ore)
            return _("Återstår {amount} till frikort").format(amount=wording.krona(left_ore))
        return _("Frikort ej kontrollerat")


def _shape_only() -> str:
    return _("Numret är en annan regions reservnummer och kan inte kontrolleras. Jämför det noga.")


def _reference_label(patient: Patient | None) -> str:
    match patient.category if patient is not None else None:
        case Category.ASYLUM:
            return _("LMA-nummer")
        case Category.EU:
            return _("Kortnummer")
        case _:
            return ""
