"""Whether the patient has just paid for the same thing: a visit is easily entered twice when the phone rings (E09)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kassaapp import wording
from kassaapp.domain.events import SaleRegistered
from kassaapp.domain.patient_id import PatientId
from kassaapp.history import Filter, History
from kassaapp.i18n import _
from kassaapp.printout.receipt import receipt_number
from kassaapp.register import Register
from kassaapp.screens.basket import Basket

JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Charged:
    """What was paid for, when, and on which receipt."""

    text: str
    at: datetime
    receipt: int


def just_charged(register: Register, history: History, basket: Basket) -> Charged | None:
    """The first row of the basket that the same patient was charged for less than ten minutes ago; what was voided does
    not count, nor what costs nothing."""
    patient, quote = basket.draft.patient, basket.quote
    if patient is None or quote is None:
        return None
    asked = {line.article for line in quote.lines if line.amount_ore}
    for sale in _sales_since(history, patient.id, register.now() - JUST_NOW):
        for line in sale.lines:
            if line.article in asked and line.amount_ore and not history.is_voided(sale.receipt):
                return Charged(line.text, sale.at, sale.receipt)
    return None


def words(register: Register, charged: Charged) -> str:
    """Ask whether it is to be charged again."""
    number = receipt_number(register.configuration, register.till, charged.receipt)
    return _(
        "{article} togs betalt för den här patienten kl. {time} (kvitto {receipt}). Ta betalt en gång till?"
    ).format(article=charged.text, time=wording.clock(charged.at), receipt=number)


def _sales_since(history: History, patient: PatientId, since: datetime) -> Iterator[SaleRegistered]:
    for row in reversed(history.find(Filter(kind="sale", patient=patient, first=since.date()))):
        if row.receipt is not None and row.at > since:
            yield history.sale(row.receipt).event
