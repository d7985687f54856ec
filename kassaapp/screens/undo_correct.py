"""Putting a receipt right where no money moves: another tender, or another patient (R13, UX 2.12).

Each is a return receipt and a new one in a single act, together nothing.
"""

from collections.abc import Callable
from dataclasses import replace

from kassaapp.domain.errors import AddressMissing, NoName, PaymentDoesNotAddUp, Refused
from kassaapp.domain.events import Look
from kassaapp.domain.sale import is_name
from kassaapp.domain.visit import Patient, Tender
from kassaapp.history import History
from kassaapp.i18n import _
from kassaapp.pins import Signature
from kassaapp.register import Register
from kassaapp.screens.undo import RightPatientView, Spot, Undo, Undone
from kassaapp.screens.undo_reason import FOR_PATIENT, FOR_TENDER
from kassaapp.wording import amount, explain, patient_name, patient_number, tender

CHOICES = (Tender.CASH, Tender.CARD, Tender.SWISH, Tender.ON_ACCOUNT)
"""What a receipt can be moved to. An invoice has a fee of its own: void, and register anew."""


class CorrectTender(Undo):
    """The right amount with the wrong tender."""

    def __init__(
        self, register: Register, receipt: int, *, done: Callable[[Undone], None], left: Callable[[], None]
    ) -> None:
        super().__init__(register, receipt, FOR_TENDER, done=done, left=left)
        self.tenders_title = _("Rätt betalsätt")
        self._chosen: int | None = None
        self._tender_words = ""
        self.spot = Spot.TENDER

    def choose_tender(self, index: int) -> None:
        """The tender that it should have been."""
        self._chosen, self._tender_words, self.spot = index, "", Spot.TENDER

    def _missing(self) -> Spot | None:
        if self._chosen is None:
            self._tender_words = _("Välj betalsätt med en siffra.")
            return Spot.TENDER
        return super()._missing()

    def _ways(self) -> tuple[Tender, ...]:
        paid = tuple(dict.fromkeys(payment.by for payment in self._standing.sale.payments))
        return tuple(by for by in CHOICES if paid != (by,))

    def _do(self, signature: Signature | None, *, anew: bool) -> Undone:
        assert self._chosen is not None
        by = self._ways()[self._chosen]
        returned, new = self._register.correct_tender(self._receipt, by, self.reason.text)
        words = _("Kvitto {receipt} är rättat till {tender} med returkvitto {returned} och nytt kvitto {new}.")
        return Undone(
            text=words.format(
                receipt=self._number(self._receipt),
                tender=tender(by),
                returned=self._number(returned.receipt),
                new=self._number(new.receipt),
            ),
            money=(_no_money_moves(),),
            receipts=(returned.receipt, new.receipt),
        )

    def _heading(self) -> str:
        return _("Rätta betalsätt på kvitto {receipt}")

    def _which(self) -> str:
        return _("Rätta betalsätt när beloppet är rätt men betalsättet blev fel.")

    def _confirm(self) -> str:
        if self._chosen is None:
            return _("Rätta betalsättet")
        to_pay = amount(self._standing.sale.total_ore)
        return _("Rätta {amount} till {tender}").format(amount=to_pay, tender=tender(self._ways()[self._chosen]))

    def _tenders(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(number), tender(by)) for number, by in enumerate(self._ways(), start=1))

    def _tender(self) -> int | None:
        return self._chosen

    def _tender_error(self) -> str:
        return self._tender_words

    def _late(self) -> str:
        return " ".join(text for text in (super()._late(), _no_money_moves()) if text)


class CorrectPatient(Undo):
    """The visit was registered on somebody else."""

    def __init__(
        self,
        register: Register,
        history: History,
        receipt: int,
        *,
        done: Callable[[Undone], None],
        left: Callable[[], None],
    ) -> None:
        super().__init__(register, receipt, FOR_PATIENT, done=done, left=left)
        self._history = history
        self._number_text = self._number_error = self._name_error = ""
        self._right: Patient | None = None
        self.spot = Spot.NUMBER

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def type_number(self, text: str) -> None:
        """The right number; another patient is looked for when it is entered."""
        self._number_text, self._number_error, self._error, self._right = text, "", "", None

    def enter_number(self, text: str, *, scanned: bool = False) -> None:
        """Look the patient up; it is on record that somebody did."""
        self.type_number(text)
        try:
            found = self._register.read_id(text, scanned=scanned)
            name = self._history.name_of(found) or ""
            patient = Patient(found, name, protected=self._history.is_protected(found))
            self._register.saw(patient, Look.LOOK_UP)
        except Refused as refused:
            self._number_error = explain(refused, support=self._register.configuration.support)
            self.spot = Spot.NUMBER
            return
        if found == self._standing.sale.patient.id:
            self._number_error = _("Kvittot står redan på den patienten. Ange den som det ska stå på.")
            self.spot = Spot.NUMBER
            return
        self._right = patient
        self.spot = Spot.NAME if self._needs_name() else Spot.REASON

    def type_name(self, text: str) -> None:
        """The name, as on the identity card."""
        self._name_error = ""
        if self._right is not None:
            self._right = replace(self._right, name=text)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _needs_name(self) -> bool:
        return self._right is not None and not self._right.protected and not is_name(self._right.name)

    def _missing(self) -> Spot | None:
        if self._right is None:
            self.enter_number(self._number_text)
            if self._right is None:
                return Spot.NUMBER
        if self._needs_name():
            self._name_error = explain(NoName())
            return Spot.NAME
        return super()._missing()

    def _do(self, signature: Signature | None, *, anew: bool) -> Undone:
        assert self._right is not None
        voided, new = self._register.correct_patient(self._receipt, self._right, self.reason.text)
        words = _("Kvitto {receipt} är flyttat till rätt patient med returkvitto {voided} och nytt kvitto {new}.")
        return Undone(
            text=words.format(
                receipt=self._number(self._receipt),
                voided=self._number(voided.receipt),
                new=self._number(new.receipt),
            ),
            money=(_no_money_moves(),),
            receipts=(voided.receipt, new.receipt),
        )

    def _refused(self, refused: Refused) -> None:
        """Another fee for the right patient is another sale, and so is one that wants an address."""
        super()._refused(refused)
        match refused:
            case PaymentDoesNotAddUp():
                why = _("Avgiften blir en annan för den här patienten.")
            case AddressMissing():
                why = _("Kassan skriver kontantfaktura, och den ska ha patientens adress.")
            case _:
                return
        self._error = f"{why} {_('Gå tillbaka, makulera kvittot och registrera besöket på nytt.')}"

    def _heading(self) -> str:
        return _("Rätta patient på kvitto {receipt}")

    def _which(self) -> str:
        return _("Rätta patient när besöket är rätt men registrerat på fel person.")

    def _confirm(self) -> str:
        return _("Flytta kvittot till rätt patient")

    def _patient(self) -> RightPatientView | None:
        right = self._right
        return RightPatientView(
            number=self._number_text,
            number_error=self._number_error,
            name="" if right is None or right.protected else right.name,
            name_asked=right is not None and not right.protected,
            name_error=self._name_error,
            found="" if right is None else _found(right),
        )

    def _late(self) -> str:
        return " ".join(text for text in (super()._late(), _no_money_moves()) if text)


def _found(patient: Patient) -> str:
    name = patient_name(patient)
    return f"{patient_number(patient)}  ·  {name}" if name else patient_number(patient)


def _no_money_moves() -> str:
    return _("Inga pengar ska lämnas eller tas emot: rättelsen ändrar bara det som står i kassan.")
