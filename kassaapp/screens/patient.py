"""Who the visit concerns: number, name, address where one is needed, category, day of the visit and frikort, always in
sight (UX 2.3). Of a protected patient nothing is shown but that (UX 2.20)."""

from dataclasses import dataclass, replace
from datetime import date

from kassaapp import wording
from kassaapp.domain.errors import AddressMissing, NoName, Refused
from kassaapp.domain.events import Look
from kassaapp.domain.patient_id import PatientId
from kassaapp.domain.sale import is_name
from kassaapp.domain.visit import Category, Patient
from kassaapp.history import Filter, History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.basket import Basket
from kassaapp.screens.day_entry import BadDay, explain_day, read_day
from kassaapp.screens.frikort import FrikortEntry, counts_at
from kassaapp.screens.number_entry import NumberEntry
from kassaapp.screens.question import Question
from kassaapp.screens.spot import Spot

CATEGORIES = tuple(Category)

SHOWN_S = 10
"""So long a protected patient's number is shown before the window masks it again, in seconds (UX 2.20)."""


@dataclass(frozen=True, slots=True)
class PatientView:
    """All that is shown of the patient. Before there is one, only `error` says anything.

    The field of the number is emptied whenever `dealt_with` is another: what is typed never outlives its patient.
    `has_frikort`: the till has to do with frikort at all.
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
    protected: bool
    can_reveal: bool
    address_asked: bool
    address: str
    address_error: str
    categories: tuple[str, ...]
    category: int
    reference_label: str
    reference: str
    visit_date: str
    visit_error: str
    other_day: bool
    frikort_open: bool
    has_frikort: bool
    dealt_with: int
    marked: int | None


class PatientPart:
    """The patient's part of the sale. Its wishes return where the keyboard should be next."""

    def __init__(self, register: Register, history: History, basket: Basket) -> None:
        self._register = register
        self._history = history
        self._basket = basket
        self._dealt_with = 0
        self._entry = NumberEntry(register)
        self.clear()

    @property
    def view(self) -> PatientView:
        """What is shown."""
        patient = self._basket.draft.patient
        return PatientView(
            present=patient is not None,
            line=self._line(patient) if patient is not None else "",
            detail=self._detail(patient) if patient is not None else "",
            warning=self._warning(patient),
            error=self._entry.error,
            name_asked=patient is not None and self._name_asked,
            name=patient.name if patient is not None and not patient.protected else "",
            name_error=self._name_error,
            protected=patient is not None and patient.protected,
            can_reveal=patient is not None and patient.protected and not self._revealed,
            address_asked=patient is not None and self.needs_address and not patient.protected,
            address=(patient.address or "") if patient is not None else "",
            address_error=self._address_error,
            categories=tuple(wording.category(category) for category in CATEGORIES),
            category=CATEGORIES.index(patient.category) if patient is not None else 0,
            reference_label=_reference_label(patient),
            reference=(patient.category_reference or "") if patient is not None else "",
            visit_date=self._visit_text or wording.day(self._visit_date()),
            visit_error=self._visit_error,
            other_day=self._basket.draft.visit_date is not None,
            frikort_open=self.frikort is not None,
            has_frikort=counts_at(self._register),
            dealt_with=self._dealt_with,
            marked=self._entry.marked,
        )

    @property
    def question(self) -> Question | None:
        """What must be answered before the patient is settled."""
        if self._other is None:
            return self._entry.question
        patient = self._basket.draft.patient
        assert patient is not None
        return Question(
            _("Försäljningen gäller {patient}. Byt patient på hela försäljningen till {other}?").format(
                patient=patient.id.masked(), other=self._other.masked()
            ),
            (_("Behåll"), _("&Byt patient")),
        )

    @property
    def lacks_name(self) -> bool:
        """Whether a name is needed and what is written is none."""
        patient = self._basket.draft.patient
        return patient is not None and not patient.protected and not is_name(patient.name)

    @property
    def is_renaming(self) -> bool:
        """Whether the known name is being written anew."""
        return self._name_asked and bool(self._name_before)

    @property
    def needs_address(self) -> bool:
        """Whether the till writes a kontantfaktura, which names and addresses the patient (R57)."""
        return self._register.till.document == "kontantfaktura"

    @property
    def lacks_address(self) -> bool:
        """Whether an address is needed that is not there. What has no letters or no figures is none, such as the number
        of an article that was written where the keyboard was."""
        patient = self._basket.draft.patient
        if patient is None or not self.needs_address or patient.protected:
            return False
        address = patient.address or ""
        return not (any(map(str.isalpha, address)) and any(map(str.isdigit, address)))

    def clear(self) -> None:
        """Ready for the next patient."""
        self._entry.clear()
        self._name_error = self._address_error = self._visit_error = self._visit_text = ""
        self._name_before, self._name_asked, self._revealed = "", False, False
        self._other: PatientId | None = None
        self.frikort: FrikortEntry | None = None
        self._dealt_with += 1

    def reveal(self) -> None:
        """Show a protected patient's number, on record (UX 2.20); the window masks again with `mask_again`."""
        patient = self._basket.draft.patient
        if patient is not None and patient.protected:
            try:
                self._register.saw(patient, Look.LOOK_UP)
            except Refused as refused:
                self._entry.refuse(refused)
            else:
                self._revealed = True

    def mask_again(self) -> None:
        """The number has been shown for long enough."""
        self._revealed = False

    # ── number and name ──────────────────────────────────────────────────────────────────────────────────────────

    def enter(self, text: str, *, scanned: bool = False) -> Spot:
        """Read a number, typed or `scanned`. Nothing written does nothing."""
        self._other = None
        found = self._entry.enter(text, scanned=scanned)
        if found is not None:
            return self._found(found)
        return Spot.PATIENT if self._entry.question is None else Spot.QUESTION

    def ask_for(self, refused: Refused) -> Spot:
        """Say at the patient's field that there is none yet (E01)."""
        self._entry.refuse(refused)
        return Spot.PATIENT

    def answer(self, number: int) -> Spot:
        """Answer the question that is open."""
        if self._other is None:
            chosen = self._entry.answer(number)
            if chosen is not None:
                return self._found(chosen)
            return Spot.PATIENT if self._entry.question is None else Spot.QUESTION
        other, self._other = self._other, None
        self._dealt_with += 1
        return self._set(other) if number == 1 else Spot.ARTICLE

    def keep(self) -> Spot:
        """Leave the question as it is safe to: the patient who is here stays."""
        if self._other is not None:
            return self.answer(0)
        self._entry.keep()
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
        if self.lacks_name:
            return self.ask_for_name()
        self._name_asked, self._name_before = False, ""
        return self._after_name()

    def change_name(self) -> Spot:
        """The known name is not the one on the identity document."""
        patient = self._basket.draft.patient
        if patient is not None and not self._name_asked:
            self._name_asked, self._name_before = True, patient.name
        return Spot.NAME

    def keep_name(self) -> Spot:
        """The known name was right after all."""
        self.type_name(self._name_before)
        self._name_asked, self._name_before = False, ""
        return Spot.ARTICLE

    def ask_for_name(self) -> Spot:
        """Say that the name is missing, or is none (E10a)."""
        patient, self._name_asked = self._basket.draft.patient, True
        self._name_error = _("Skriv patientens namn som på legitimationen. Det ska finnas på varje kvitto.")
        if patient is not None and patient.name.strip():
            self._name_error = wording.explain(NoName())
        return Spot.NAME

    def protect(self) -> Spot:
        """The patient's identity is protected: no name, no address, nothing printed unasked; it stays so (R58)."""
        patient = self._basket.draft.patient
        if patient is not None:
            self._change(replace(patient, name="", address=None, protected=True))
            self._name_asked, self._name_error = False, ""
        return Spot.ARTICLE

    def type_address(self, address: str) -> None:
        """The address, as typed."""
        patient = self._basket.draft.patient
        if patient is not None:
            self._address_error = ""
            self._change(replace(patient, address=address.strip() or None))

    def enter_address(self, address: str) -> Spot:
        """The address is written."""
        self.type_address(address)
        return self.ask_for_address() if self.lacks_address else Spot.ARTICLE

    def ask_for_address(self) -> Spot:
        """Say that the address is missing (E10b)."""
        self._address_error = wording.explain(AddressMissing())
        return Spot.ADDRESS

    def receive(self, patient: Patient) -> Spot:
        """A patient comes from the other till, with all that is known there."""
        address = patient.address or self._known_address(patient.id)
        return self._take(replace(patient, address=address if self.needs_address else None))

    def show(self, patient: Patient) -> None:
        """A patient who is here already, from a draft or from another till: nothing is asked that is known."""
        self.clear()
        self._name_asked = not is_name(patient.name) and not patient.protected

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
        """Enter what the patient shows, where it is of any use."""
        patient = self._basket.draft.patient
        ceiling_ore, counts = self._register.configuration.fees.frikort_ceiling_ore, counts_at(self._register)
        self.frikort = FrikortEntry(patient, ceiling_ore) if patient is not None and counts else None

    def save_frikort(self) -> Spot:
        """Take what was entered."""
        before = self._basket.draft.patient
        assert self.frikort is not None
        assert before is not None
        if (patient := self.frikort.read(before)) is None:
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
        return self._take(Patient(found, name, address=self._known_address(found)))

    def _take(self, given: Patient) -> Spot:
        """Let the sale be this patient's; that somebody looked is on record (R60)."""
        patient, user = self._register.known(given), self._register.user
        try:
            self._register.saw(patient, Look.LOOK_UP)
            self._basket.take(replace(self._basket.draft, patient=patient, by=user.id if user is not None else None))
        except Refused as refused:
            self._entry.refuse(refused)
            return Spot.PATIENT
        self._name_asked = not patient.name and not patient.protected
        self._name_before = self._name_error = self._address_error = ""
        self.frikort, self._revealed = None, False
        self._dealt_with += 1
        return Spot.NAME if self._name_asked else self._after_name()

    def _after_name(self) -> Spot:
        return Spot.ADDRESS if self.lacks_address else Spot.ARTICLE

    def _known_address(self, found: PatientId) -> str | None:
        """The address that the patient's last receipt here has; none where no address is needed."""
        if not self.needs_address or self._history.is_protected(found):
            return None
        receipts = [row.receipt for row in self._history.find(Filter(patient=found)) if row.receipt is not None]
        sold = (self._history.receipt(receipt).event.patient.address for receipt in reversed(receipts))
        return next((address for address in sold if address), None)

    def _change(self, patient: Patient) -> None:
        """The same person with other details. The catalogue is not asked anew, so nothing can be refused but by a
        rule that has changed since."""
        try:
            self._basket.take(replace(self._basket.draft, patient=patient))
        except Refused as refused:
            self._entry.refuse(refused)

    def _bad_visit_date(self, text: str, error: str) -> Spot:
        self._visit_text, self._visit_error = text, error
        return Spot.VISIT_DATE

    def _visit_date(self) -> date:
        return self._basket.draft.visit_date or self._register.now().date()

    def _line(self, patient: Patient) -> str:
        age = patient.id.age_on(self._visit_date())
        number = wording.identity(patient.id) if self._revealed else wording.patient_number(patient)
        if patient.protected:
            return "  ·  ".join((number, _("SKYDDADE PERSONUPPGIFTER")))
        parts = [number, "" if self._name_asked else wording.patient_name(patient)]
        parts.append("" if age is None else _("{years} år").format(years=age))
        return "  ·  ".join(part for part in parts if part)

    def _warning(self, patient: Patient | None) -> str:
        shape = wording.shape_only() if patient is not None and patient.id.is_shape_only else ""
        return " ".join(text for text in (self._entry.warning, shape) if text)

    def _detail(self, patient: Patient) -> str:
        if not counts_at(self._register):
            return ""
        if patient.frikort_until is not None:
            return _("Frikort gäller t.o.m. {day}").format(day=wording.day(patient.frikort_until))
        if patient.paid_in_window_ore is not None:
            ceiling_ore = self._register.configuration.fees.frikort_ceiling_ore
            left_ore = max(0, ceiling_ore - patient.paid_in_window_ore)
            return _("Återstår {amount} till frikort").format(amount=wording.krona(left_ore))
        return _("Frikort ej kontrollerat. Fråga efter kortet.")


def _reference_label(patient: Patient | None) -> str:
    labels = {Category.ASYLUM: _("LMA-nummer"), Category.EU: _("Kortnummer")}
    return labels.get(patient.category, "") if patient is not None else ""
