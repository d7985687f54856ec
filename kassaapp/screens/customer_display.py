"""What the patient sees on a screen of their own: what is to be paid, a Swish code, and the change. Nothing personal.

No name, no number, no article and no reason: who stands behind reads too. For a patient with protected identity nothing
at all, neither before nor after (UX 2.20), and nothing of a visit that costs nothing, for that tells a frikort or an
age. What is not known to be harmless is not shown.
"""

from dataclasses import dataclass

from kassaapp.i18n import _
from kassaapp.screens.paying import Payment
from kassaapp.screens.payment import CashPayment, SwishPayment
from kassaapp.screens.sale_view import SaleView
from kassaapp.wording import amount

_NOTHING_TO_PAY = amount(0)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """All that is shown: a heading, an amount under it, what a Swish code says and whom it pays. Empty: a blank
    screen. `is_passing`: it is taken away after a moment."""

    heading: str = ""
    amount: str = ""
    code: str = ""
    to: str = ""
    is_passing: bool = False


BLANK = CustomerView()


class CustomerDisplay:
    """Told of the sale whenever it is drawn. Remembers of a patient only that the amount may be shown."""

    def __init__(self) -> None:
        self._was_shown = False

    def tell(self, sale: SaleView | None, payment: Payment | None) -> CustomerView:
        """What to show now; `sale` is None when another screen is shown at the counter, or nobody is signed in."""
        if sale is None:
            self._was_shown = False
            return BLANK
        if sale.patient.present:
            return self._before(sale, payment)
        view = _after(sale) if self._was_shown else BLANK
        self._was_shown = self._was_shown and sale.result is not None
        return view

    def _before(self, sale: SaleView, payment: Payment | None) -> CustomerView:
        self._was_shown = not sale.patient.protected and sale.total != _NOTHING_TO_PAY
        if not self._was_shown or not sale.rows:
            return BLANK
        heading = _("Att betala")
        match payment:
            case SwishPayment():
                shown = payment.view
                return CustomerView(heading, shown.amount, shown.code, shown.to)
            case CashPayment():
                return CustomerView(heading, payment.view.to_pay)
            case _:
                return CustomerView(heading, sale.total)


def _after(sale: SaleView) -> CustomerView:
    if sale.result is None:
        return BLANK
    if sale.result.change:
        return CustomerView(_("Växel tillbaka"), sale.result.change, is_passing=True)
    return CustomerView(_("Betalningen är klar"), is_passing=True)
