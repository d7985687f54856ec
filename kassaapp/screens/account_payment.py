"""What stands a conto as a way to pay: all of what is due, or as much as there is (UX 2.8)."""

from collections.abc import Callable
from dataclasses import dataclass

from kassaapp.domain.errors import Refused
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.screens.elsewhere import Elsewhere
from kassaapp.screens.payment import Sell
from kassaapp.wording import amount, amount_spoken, explain


@dataclass(frozen=True, slots=True)
class AccountView:
    """All that is shown. Without a `button` nothing stands a conto, and `error` says so. `ask` asks the region for what
    is missing, and is empty where that cannot be asked now."""

    heading: str
    balance: str
    due: str
    left: str
    left_spoken: str
    note: str
    button: str
    ask: str
    error: str


class AccountPayment:
    """Draws from what the till holds of the patient's money. `divide` is called with what it covers of a larger sum;
    `elsewhere` is what other tills may hold, None where there is no region to ask."""

    def __init__(
        self,
        total_ore: int,
        balance_ore: int,
        sell: Sell,
        *,
        divide: Callable[[int], None],
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._total_ore = total_ore
        self._known_ore = balance_ore
        self._elsewhere = elsewhere
        self._has_asked = elsewhere is not None and elsewhere.is_asked
        self._sell = sell
        self._divide = divide
        self._error = ""

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
            ask=self._ask_button(),
            error=self._error or self._nothing(),
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

    def ask(self) -> None:
        """Ask the region for what is missing."""
        if self._elsewhere is None or self._elsewhere.is_asked or self._covers:
            return
        try:
            self._elsewhere.ask(self._total_ore - self._balance_ore)
        except Refused as refused:
            self._error = explain(refused)
        else:
            self._has_asked = True

    @property
    def _balance_ore(self) -> int:
        """What the till holds now: an answer may have come."""
        return self._known_ore if self._elsewhere is None else self._elsewhere.held_ore

    @property
    def _covers(self) -> bool:
        return self._balance_ore >= self._total_ore

    def _nothing(self) -> str:
        if self._balance_ore or self._has_asked:
            return ""
        return _("Patienten har inget innestående a conto i den här kassan. Välj annat.")

    def _ask_button(self) -> str:
        if self._elsewhere is None or self._covers or self._has_asked:
            return ""
        return _("&Fråga regionen om {amount}").format(amount=amount(self._total_ore - self._balance_ore))

    def _note(self) -> str:
        if self._has_asked and not self._covers:
            assert self._elsewhere is not None
            if self._elsewhere.is_asked:
                return _(
                    "Regionen är tillfrågad. Svaret kommer när kassan har kontakt. "
                    "Vänta, eller ta betalt på annat sätt."
                )
            return _(
                "Regionen kunde inte ge så mycket. Pengar som ligger i en annan kassa lämnas därifrån först. "
                "Ta betalt på annat sätt."
            )
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
