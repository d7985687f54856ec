"""Keeps the sale on the screen through a crash, a power cut and a lock, and brings back what is still to be done (E40).

What became of a draft is read from the till itself: a sale, or a parked sale, of the same patient made since the draft
was kept is that draft, and it is not brought back to be paid twice.
"""

from dataclasses import replace
from datetime import date

from kassaapp import wording
from kassaapp.domain.errors import Refused
from kassaapp.domain.patient_id import PatientId
from kassaapp.draft import Draft, DraftFile, Kept
from kassaapp.history import Filter, History
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.basket import Basket


class Keeping:
    """Keeps the draft of `basket` in `file`; None keeps nothing."""

    def __init__(self, register: Register, history: History, basket: Basket, file: DraftFile | None) -> None:
        self._register = register
        self._history = history
        self._basket = basket
        self._file = file
        self._looked = False
        self._kept: Draft | None = None

    def save(self) -> None:
        """Keep the draft as it is now."""
        draft = self._basket.draft
        if self._file is None or draft == self._kept:
            return
        self._kept = draft
        self._looked = True
        if draft.patient is None:
            self._file.drop()
        else:
            self._file.keep(self._as_kept(draft))

    def restore(self) -> str:
        """Once, when somebody is at the till: bring back what was left, and say so; empty when nothing was. Rows that
        have no price any more are left out, and that is said."""
        if self._looked or self._file is None or self._register.user is None:
            return ""
        self._looked = True
        kept = self._file.read()
        if kept is None or self._is_done(kept):
            self._file.drop()
            return ""
        return self._bring_back(kept)

    # ── a parked sale with a day of its own ──────────────────────────────────────────────────────────────────────

    def keep_aside(self, number: int) -> bool:
        """Keep the whole draft beside the parked sale of that number; whether it is kept."""
        return self._file is not None and self._file.aside(number).keep(self._as_kept(self._basket.draft))

    def day_aside(self, number: int, patient: PatientId) -> date | None:
        """The day of the visit of the parked sale of that number; None is today."""
        kept = None if self._file is None else self._file.aside(number).read()
        if kept is None or kept.draft.patient is None or kept.draft.patient.id != patient:
            return None
        return kept.draft.visit_date

    def forget_aside(self, number: int) -> None:
        """The parked sale of that number is on the screen again."""
        if self._file is not None:
            self._file.aside(number).drop()

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _as_kept(self, draft: Draft) -> Kept:
        state = self._register.state
        return Kept(draft, self._register.now(), state.next_receipt, state.next_parked)

    def _is_done(self, kept: Kept) -> bool:
        """Whether the draft is on record since, or lies parked still."""
        patient, state = kept.draft.patient, self._register.state
        assert patient is not None
        if kept.draft.parked in state.parked:
            return True
        since = (sale for number, sale in state.parked.items() if number >= kept.next_parked)
        if any(sale.patient.id == patient.id for sale in since):
            return True
        sold = self._history.find(Filter(kind="sale", patient=patient.id))
        return any(row.receipt is not None and row.receipt >= kept.next_receipt for row in sold)

    def _bring_back(self, kept: Kept) -> str:
        draft = kept.draft
        assert draft.patient is not None
        draft = replace(draft, patient=self._register.known(draft.patient))
        if draft.visit_date is None and kept.at.date() != self._register.now().date():
            draft = replace(draft, visit_date=kept.at.date())
        words = _(
            "Kassan stängdes oväntat {when}. Försäljningen för {patient} är återställd, ingen betalning hade "
            "registrerats."
        ).format(when=wording.since(kept.at, self._register.now()), patient=_whose(draft))
        try:
            self._basket.take(draft)
        except Refused as refused:
            self._basket.take(replace(draft, wishes=()))
            return f"{words} {wording.explain(refused, support=self._register.configuration.support)}"
        return words


def _whose(draft: Draft) -> str:
    assert draft.patient is not None
    return _("en skyddad patient") if draft.patient.protected else draft.patient.id.masked()
