"""What stands a conto as a way to pay: all of what is due, or as much as there is (UX 2.8)."""

from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.errors import Refused
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.payment import Sell
from kassaapp.wording import amount, amount_spoken, explain


@dataclass(frozen=True, slots=True)
class AccountView:
    """All that is shown. Without a `button` nothing stands a conto, and `error` says so."""

    heading: str
    balance: str
    due: str
    left: str
    left_spoken: str
    note: str
    button: str
    error: str


class AccountPayment:
    """Draws from what the till holds of the patient's money. `divide` is called with what it covers of a larger sum."""

    def __init__(self, total_ore: int, balance_ore: int, sell: Sell, *, divide: Callable[[int], None]) -> None:
        self._total_ore = total_ore
        self._balance_ore = balance_ore
        self._sell = sell
        self._divide = divide
        self._error = "" if balance_ore else _("Patienten har inget innestående a conto i den här kassan. Välj annat.")

    @property
    def view(self) -> AccountView:
        """What is shown."""
        left_ore = max(0, self._balance_ore - self._total_ore)
        return AccountView(
            heading=_("Betala från a conto"),
            balance=amount(self._balance_ore),
            due=amount(self._total_ore),
            left=amount(left_ore),
            left_spoken=amount_spoken(left_ore),
            note=self._note(),
            button=self._button(),
            error=self._error,
        )

    def register(self) -> None:
        """Draw what is due; when there is not so much, draw what there is and ask how the rest is paid."""
        if not self._balance_ore:
            return
        if not self._covers:
            self._divide(self._balance_ore)
            return
        try:
            self._sell([Offer(Tender.ON_ACCOUNT, amount_ore=self._total_ore)])
        except Refused as refused:
            self._error = explain(refused)

    @property
    def _covers(self) -> bool:
        return self._balance_ore >= self._total_ore

    def _note(self) -> str:
        if self._covers or not self._balance_ore:
            return ""
        return _("Det räcker inte till allt. Kvar att betala på annat sätt: {rest}.").format(
            rest=amount(self._total_ore - self._balance_ore)
        )

    def _button(self) -> str:
        if not self._balance_ore:
            return ""
        if self._covers:
            return _("Dra {amount} från a conto").format(amount=amount(self._total_ore))
        return _("Dra {amount} och betala resten …").format(amount=amount(self._balance_ore))
