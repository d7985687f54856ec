"""A sum that is paid in parts: what stands a conto, cash, and the rest in one way that takes it all (UX 2.8).

The rest is asked for first, because it can be refused; cash is taken last. At most one part is by card or Swish.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kassaapp.domain.errors import Refused
from kassaapp.domain.money import KRONA
from kassaapp.domain.visit import Tender
from kassaapp.i18n import _
from kassaapp.wording import BadAmountText, amount, amount_spoken, explain, read_amount


@dataclass(frozen=True, slots=True)
class Shares:
    """How a sum is divided, in öre. `rest_by` pays `rest_ore`; None when there is no rest."""

    account_ore: int
    cash_ore: int
    rest_ore: int
    rest_by: Tender | None


@dataclass(frozen=True, slots=True)
class RestButton:
    """A way to pay the rest."""

    by: Tender
    text: str


@dataclass(frozen=True, slots=True)
class SplitView:
    """All that is shown. The fields are as typed; `account_title` is empty when nothing stands a conto. `buttons` are
    the ways to pay the rest, the likely one first."""

    heading: str
    due: str
    account_title: str
    account: str
    account_error: str
    cash_asked: bool
    cash: str
    cash_error: str
    rest: str
    rest_spoken: str
    buttons: tuple[RestButton, ...]
    error: str


class SplitPayment:
    """A sum that is being divided. `rests` are the ways to pay the rest; `go` begins to take it, and may refuse."""

    def __init__(
        self,
        total_ore: int,
        balance_ore: int,
        go: Callable[[Shares], None],
        *,
        rests: Sequence[Tender] = (Tender.CARD, Tender.SWISH, Tender.CASH),
        account_ore: int = 0,
        cash_ore: int = 0,
    ) -> None:
        self._total_ore = total_ore
        self._balance_ore = balance_ore
        self._go = go
        self._rests = tuple(rests)
        self._account, self._cash = _typed(account_ore), _typed(cash_ore)
        self._account_error = self._cash_error = self._error = ""

    @property
    def view(self) -> SplitView:
        """What is shown."""
        rest_ore = self._rest_ore()
        return SplitView(
            heading=_("Dela betalning"),
            due=amount(self._total_ore),
            account_title=self._account_title(),
            account=self._account,
            account_error=self._account_error,
            cash_asked=Tender.CARD in self._rests,
            cash=self._cash,
            cash_error=self._cash_error,
            rest="" if rest_ore is None else amount(rest_ore),
            rest_spoken="" if rest_ore is None else amount_spoken(rest_ore),
            buttons=() if rest_ore is None else tuple(self._buttons(rest_ore)),
            error=self._error,
        )

    def type(self, account: str, cash: str) -> None:
        """The parts as typed."""
        self._account, self._cash = account, cash
        self._account_error = self._cash_error = self._error = ""

    def offers(self, by: Tender) -> bool:
        """Whether the rest can be paid so, as the parts stand."""
        return any(button.by is by for button in self.view.buttons)

    def pay_rest(self, by: Tender) -> None:
        """Take the parts, the rest with `by`."""
        account_ore, cash_ore = self._check_account(), self._check_cash()
        if account_ore is None or cash_ore is None:
            return
        rest_ore = self._total_ore - account_ore - cash_ore
        if rest_ore < 0:
            self._error = _("Delarna är {more} mer än det som ska betalas. Ändra beloppen.").format(
                more=amount(-rest_ore)
            )
            return
        if by is Tender.CASH:
            cash_ore, rest_ore = cash_ore + rest_ore, 0
        try:
            self._go(Shares(account_ore, cash_ore, rest_ore, by if rest_ore else None))
        except Refused as refused:
            self._error = explain(refused)

    def enter(self) -> None:
        """Enter in a field: the likely way to pay the rest."""
        buttons = self.view.buttons
        self.pay_rest(buttons[0].by if buttons else self._rests[0])

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _account_title(self) -> str:
        if not self._balance_ore:
            return ""
        return _("A &conto, kr – innestående {balance}").format(balance=amount(self._balance_ore))

    def _buttons(self, rest_ore: int) -> list[RestButton]:
        """The ways to pay the rest; with no rest one button takes the parts."""
        if rest_ore < 0:
            return []
        if rest_ore == 0:
            return [RestButton(Tender.CASH, _("Ta betalt {amount}").format(amount=amount(self._total_ore)))]
        words = {
            Tender.CARD: _("Resten {amount} med kort"),
            Tender.SWISH: _("Resten {amount} med Swish"),
            Tender.CASH: _("Resten {amount} kontant"),
        }
        offered = [by for by in self._rests if by is not Tender.CASH or not self._cash.strip()]
        return [RestButton(by, words[by].format(amount=amount(rest_ore))) for by in offered]

    def _rest_ore(self) -> int | None:
        """What is left; None while a part cannot be read."""
        account_ore, cash_ore = _read(self._account), _read(self._cash)
        if account_ore is None or cash_ore is None:
            return None
        return self._total_ore - account_ore - cash_ore

    def _check_account(self) -> int | None:
        account_ore = _read(self._account)
        if account_ore is None:
            self._account_error = explain(BadAmountText())
        elif account_ore > self._balance_ore:
            self._account_error = _("Innestående är {balance}. Mer än så kan inte dras.").format(
                balance=amount(self._balance_ore)
            )
            return None
        return account_ore

    def _check_cash(self) -> int | None:
        cash_ore = _read(self._cash)
        if cash_ore is None:
            self._cash_error = explain(BadAmountText())
        elif cash_ore % KRONA:
            self._cash_error = _("Kontant räknas i hela kronor. Skriv beloppet utan ören.")
            return None
        return cash_ore


def _typed(ore: int) -> str:
    """An amount as it would be typed; nothing for nothing."""
    kronor, rest = divmod(ore, KRONA)
    return "" if not ore else f"{kronor},{rest:02}" if rest else str(kronor)


def _read(text: str) -> int | None:
    """The öre of a part; an empty field is none of it."""
    if not text.strip():
        return 0
    try:
        ore = read_amount(text)
    except BadAmountText:
        return None
    return ore if ore >= 0 else None
