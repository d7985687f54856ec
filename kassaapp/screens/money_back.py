"""What is said of money that goes back to the patient: by whom, how, and when."""

from collections.abc import Iterator, Sequence

from kassaapp.domain.visit import Payment, Tender
from kassaapp.i18n import _
from kassaapp.wording import amount, krona


def money_back(payments: Sequence[Payment], *, later: bool = False) -> Iterator[str]:
    """What is to be done by hand so that the patient has the money back; the till only writes it down. `later`: what
    goes by card or Swish waits until that is on record."""
    for payment in payments:
        match payment.by:
            case Tender.CARD if later:
                words = _("{amount} ska tillbaka på kortet. Kassan säger till när.")
            case Tender.SWISH if later:
                words = _("{amount} ska tillbaka med Swish. Kassan säger till när.")
            case Tender.CARD:
                words = _("Gör återköpet på {amount} i kortterminalen också.")
            case Tender.SWISH:
                words = _("Betala tillbaka {amount} med Swish också.")
            case Tender.CASH:
                yield _("Lämna tillbaka {amount} kontant.").format(amount=krona(payment.amount_ore))
                continue
            case Tender.INVOICE:
                words = _("{amount} dras av från fakturan.")
            case Tender.ON_ACCOUNT:
                words = _("{amount} läggs tillbaka a conto.")
        yield words.format(amount=amount(payment.amount_ore))


def times(quantity: int, text: str) -> str:
    """A row's text, with how many when there are several."""
    return text if quantity == 1 else _("{quantity} st {text}").format(quantity=quantity, text=text)
