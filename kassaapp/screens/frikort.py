"""What the patient shows of high-cost protection: a card with a last day, or what has been paid so far (R24–R26)."""

from dataclasses import dataclass, replace
from datetime import date

from kassaapp.domain.visit import Patient
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.day_entry import BadDay, explain_day, read_day
from kassaapp.wording import BadAmountText, explain, krona, read_amount
from sync.wire import own


def counts_at(register: Register) -> bool:
    """Whether frikort is of any use at the till: not where the clinic takes money of its own, for frikort is of the
    region's care, and what is sold there counts nowhere (U7, R24)."""
    return register.till.letter != own.TILL


@dataclass(frozen=True, slots=True)
class FrikortView:
    """All that is shown, as typed."""

    heading: str
    until: str
    until_error: str
    paid: str
    paid_error: str
    since: str
    since_error: str


class FrikortEntry:
    """Reads the three fields. Those left empty are not known. Nobody pays more than `ceiling_ore` in a period."""

    def __init__(self, patient: Patient, ceiling_ore: int) -> None:
        self._ceiling_ore = ceiling_ore
        self._until = patient.frikort_until.isoformat() if patient.frikort_until else ""
        self._paid = "" if patient.paid_in_window_ore is None else str(patient.paid_in_window_ore // 100)
        self._since = patient.window_from.isoformat() if patient.window_from else ""
        self._errors = ("", "", "")

    @property
    def view(self) -> FrikortView:
        """What is shown."""
        until_error, paid_error, since_error = self._errors
        return FrikortView(_("Frikort"), self._until, until_error, self._paid, paid_error, self._since, since_error)

    def type(self, until: str, paid: str, since: str) -> None:
        """The fields as typed."""
        self._until, self._paid, self._since = until, paid, since

    def read(self, patient: Patient) -> Patient | None:
        """The patient, as known now, with what was shown; None when a field cannot be read: the view says which."""
        (until, until_error), (since, since_error) = _day(self._until), _day(self._since)
        paid_ore, paid_error = self._ore()
        self._errors = (until_error, paid_error, since_error)
        if any(self._errors):
            return None
        return replace(patient, frikort_until=until, paid_in_window_ore=paid_ore, window_from=since)

    def _ore(self) -> tuple[int | None, str]:
        if not self._paid.strip():
            return None, ""
        try:
            ore = read_amount(self._paid)
        except BadAmountText as bad:
            return None, explain(bad)
        if ore < 0:
            return None, _("Beloppet kan inte vara mindre än 0 kr.")
        if ore > self._ceiling_ore:
            words = _("Ingen betalar mer än {ceiling} i en period. Har patienten frikort, skriv dagen högst upp.")
            return None, words.format(ceiling=krona(self._ceiling_ore))
        return ore, ""


def _day(text: str) -> tuple[date | None, str]:
    if not text.strip():
        return None, ""
    try:
        return read_day(text), ""
    except BadDay:
        return None, explain_day()
