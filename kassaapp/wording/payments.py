"""What is said of a card or Swish payment that was begun and has no end on record (E34), and of how payments ended."""

from datetime import datetime, timedelta

from kassaapp.domain.events import PaymentBegun, PaymentOutcome
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.wording.amounts import amount, clock, moment


def since(then: datetime, now: datetime) -> str:
    """The time of day; with words or a date when it was another day."""
    if then.date() == now.date():
        return clock(then)
    if then.date() == now.date() - timedelta(days=1):
        return _("i går {time}").format(time=clock(then))
    return moment(then)


def payment_left_open(tender: str, amount_ore: int, begun: str, *, is_return: bool = False) -> str:
    """Say that a payment has no end, or a repayment, and where to look. `begun` is when, in words. Names nobody."""
    if is_return:
        return _return_left_open(tender).format(amount=amount(amount_ore), begun=begun)
    if tender == Tender.SWISH:
        words = _(
            "En Swishbetalning på {amount} påbörjades {begun} och avslutades aldrig. Se i kassans Swish-lista om den "
            "har kommit."
        )
    else:
        words = _(
            "En kortbetalning på {amount} påbörjades {begun} och avslutades aldrig. Se på terminalen om den gick "
            "igenom."
        )
    return words.format(amount=amount(amount_ore), begun=begun)


def _return_left_open(tender: str) -> str:
    if tender == Tender.SWISH:
        return _(
            "En återbetalning på {amount} med Swish påbörjades {begun} och avslutades aldrig. Se i kassans Swish-lista "
            "om den är gjord."
        )
    return _(
        "Ett återköp på {amount} på kort påbörjades {begun} och avslutades aldrig. Se på terminalen om det är gjort."
    )


def ask_about_return(begun: PaymentBegun, receipt: str, now: datetime) -> str:
    """Ask whoever is at the till what became of a repayment, on the receipt of that number."""
    words = payment_left_open(begun.tender, begun.amount_ore, since(begun.at, now), is_return=True)
    return " ".join((words, _("Den gäller kvitto {receipt}, och där är inget registrerat.").format(receipt=receipt)))


def ask_about_payment(payment: PaymentBegun, whose: str, now: datetime) -> str:
    """Ask whoever is at the till what became of a payment. `whose` is the patient as may be shown."""
    if payment.tender is Tender.SWISH:
        words = _(
            "Swishbetalningen på {amount} för {whose} påbörjades {begun} och avslutades aldrig. Se i kassans "
            "Swish-lista om den har kommit, märkt {mark}. Försäljningen är inte registrerad."
        )
        if payment.is_deposit:
            words = _(
                "Swishbetalningen på {amount} a conto för {whose} påbörjades {begun} och avslutades aldrig. Se i "
                "kassans Swish-lista om den har kommit, märkt {mark}. Insättningen är inte registrerad."
            )
    elif payment.is_deposit:
        words = _(
            "Kortbetalningen på {amount} a conto för {whose} påbörjades {begun} och avslutades aldrig. Se på "
            "terminalen om den gick igenom. Insättningen är inte registrerad."
        )
    else:
        words = _(
            "Kortbetalningen på {amount} för {whose} påbörjades {begun} och avslutades aldrig. Se på terminalen om den "
            "gick igenom. Försäljningen är inte registrerad."
        )
    return words.format(
        amount=amount(payment.amount_ore), whose=whose, begun=since(payment.at, now), mark=payment.mark or "–"
    )


def outcome(how: PaymentOutcome) -> str:
    """Name how a payment ended, as a row of the history tells it."""
    match how:
        case PaymentOutcome.PAID:
            return _("Betald")
        case PaymentOutcome.DECLINED:
            return _("Nekad")
        case PaymentOutcome.ABANDONED:
            return _("Avbruten")
        case PaymentOutcome.NOT_FOUND:
            return _("Finns inte")
