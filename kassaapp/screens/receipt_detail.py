"""One receipt opened: its rows, how it was paid, by whom, its papers, and what has become of it (UX 2.11).

The patient is masked until somebody asks to see; that goes on record, and the window masks again after ten seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kassaapp.domain.events import DepositRepaid, SaleRefunded, SaleRegistered, SaleVoided
from kassaapp.domain.visit import Payment
from kassaapp.history import RECEIPT_KINDS, Filter, History, Receipt
from kassaapp.i18n import _
from kassaapp.register import Register
from kassaapp.screens.money_back import times
from kassaapp.screens.receipt_rows import ReceiptRows, signed_ore
from kassaapp.wording import amount, amount_plain, clock, day, fee_reason, identity, moment, tender


@dataclass(frozen=True, slots=True)
class DetailView:
    """All that is shown. `lines` are text, amount and why; `facts` are label and words. `struck`: it stands no more."""

    receipt: int
    heading: str
    status: str
    patient: str
    is_shown: bool
    lines: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]
    struck: bool


class ReceiptDetail:
    """Writes the detail of receipts."""

    def __init__(self, register: Register, history: History, rows: ReceiptRows) -> None:
        self._register = register
        self._history = history
        self._rows = rows

    def view(self, receipt: int, *, reveal: bool) -> DetailView:
        """The receipt as shown now; with `reveal` the patient's number and name. Raises UnknownReceipt."""
        event = self._history.receipt(receipt).event
        return DetailView(
            receipt=receipt,
            heading=self._heading(event),
            status=self._status(receipt),
            patient=self._patient(event, reveal=reveal),
            is_shown=reveal,
            lines=tuple(self._lines(event)),
            facts=tuple(self._facts(event)),
            struck=self._history.is_voided(receipt),
        )

    def _heading(self, event: Receipt) -> str:
        words = _("Kvitto {number} · {amount} · {when}")
        if isinstance(event, SaleRefunded | SaleVoided):
            words = _("Returkvitto {number} · {amount} · {when}")
        elif not isinstance(event, SaleRegistered):
            words = _("A conto {number} · {amount} · {when}")
        today = event.at.date() == self._register.now().date()
        return words.format(
            number=self._rows.number(event.receipt),
            amount=amount(signed_ore(event)),
            when=clock(event.at) if today else moment(event.at),
        )

    def _status(self, receipt: int) -> str:
        """Where the money went back, and what stands in its place: the way to the other receipts."""
        said = [self._rows.standing(receipt)]
        returns = [self._rows.number(number) for number in self._history.returns_of(receipt)]
        if returns:
            said.append(_("Returkvitto {numbers}").format(numbers=", ".join(returns)))
        replaced_by = self._history.replaced_by(receipt)
        if replaced_by is not None:
            said.append(_("Ersatt av {number}").format(number=self._rows.number(replaced_by)))
        return " · ".join(words for words in said if words)

    def _patient(self, event: Receipt, *, reveal: bool) -> str:
        patient = event.patient
        if not reveal:
            return _("Skyddade personuppgifter") if patient.protected else patient.id.masked()
        return identity(patient.id) if patient.protected else f"{identity(patient.id)}  ·  {patient.name}"

    def _lines(self, event: Receipt) -> Iterator[tuple[str, str, str]]:
        match event:
            case SaleRegistered():
                for line in event.lines:
                    why = "" if event.patient.protected else fee_reason(line)
                    yield times(line.quantity, line.text), amount_plain(line.amount_ore), why
            case SaleRefunded() | SaleVoided():
                for back in event.lines:
                    yield times(back.quantity, back.text), amount_plain(-back.amount_ore), ""

    def _facts(self, event: Receipt) -> Iterator[tuple[str, str]]:
        yield _("Betalsätt"), ", ".join(_paid(payment) for payment in event.payments) or _("Utan betalning")
        if isinstance(event, SaleRegistered) and event.visit_date != event.at.date():
            yield _("Besöksdatum"), day(event.visit_date)
        yield from self._why(event)
        yield _("Kassör"), self._name(event.by)
        yield _("Utskrifter"), self._papers(event.receipt)
        yield _("Journal"), self._journal(event.receipt)

    def _why(self, event: Receipt) -> Iterator[tuple[str, str]]:
        match event:
            case SaleRegistered(replaces=int(replaced)):
                yield _("Ersätter"), self._rows.number(replaced)
            case SaleRefunded() | SaleVoided():
                yield _("Gäller"), _("kvitto {number}").format(number=self._rows.number(event.sale_receipt))
            case _:
                pass
        if isinstance(event, SaleRefunded | SaleVoided | DepositRepaid):
            yield _("Orsak"), event.reason
            if event.approved_by is not None:
                yield _("Godkänt av"), self._name(event.approved_by)

    def _papers(self, receipt: int) -> str:
        printed = self._register.receipts.is_printed(receipt)
        copied_at = self._history.copied_at(receipt)
        original = _("originalet utskrivet") if printed else _("originalet inte utskrivet")
        if copied_at is None:
            return original
        return _("{original}, kopian utskriven {when}").format(original=original, when=moment(copied_at))

    def _journal(self, receipt: int) -> str:
        row = self._history.find(Filter(receipt=receipt, kinds=RECEIPT_KINDS))[-1]
        sent = self._rows.is_sent(row.place)
        words = _("post {seq}, skickad: ja") if sent else _("post {seq}, skickad: nej")
        return words.format(seq=row.seq)

    def _name(self, user: str) -> str:
        return self._register.configuration.user_name(user)


def _paid(payment: Payment) -> str:
    words = f"{tender(payment.by)} {amount(payment.amount_ore)}"
    if payment.reference is None:
        return words
    return _("{paid}, referens {reference}").format(paid=words, reference=payment.reference)
