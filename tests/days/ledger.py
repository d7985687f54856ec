"""A second bookkeeper: adds up what a till's events mean with plain sums of its own, to be compared with the till's.

Nothing here is taken from the program but the events; a mistake would have to be made twice, in two ways.
"""

from collections import Counter
from dataclasses import dataclass, field

from kassaapp.domain.events import (
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    DrawerOpened,
    Event,
    FloatChanged,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    TrainingEnded,
)
from kassaapp.domain.visit import Payment

ROUNDING_ORE = 50
"""Cash that is given back is at most this much more than what the rows say (R55)."""


@dataclass
class Session:
    """Sums of the open session, in öre unless said."""

    number: int
    cash: int
    sales: int = 0
    rounding: int = 0
    refunds: int = 0
    voids: int = 0
    receipts: int = 0  # pieces
    openings: int = 0  # pieces
    practised: int = 0
    tenders: Counter[str] = field(default_factory=Counter)


@dataclass
class Ledger:
    """All that a till has done, as the second bookkeeper sees it."""

    receipts: int = 0
    sessions: int = 0
    zs: int = 0
    sales_ever: int = 0
    returns_ever: int = 0
    closed_net: int = 0
    session: Session | None = None
    sold: dict[int, SaleRegistered] = field(default_factory=dict)
    returned: Counter[tuple[int, int]] = field(default_factory=Counter)
    paid_out: Counter[int] = field(default_factory=Counter)
    undone: set[int] = field(default_factory=set)
    balances: Counter[str] = field(default_factory=Counter)

    def add(self, event: Event) -> None:
        """Book one event; an event that cannot be is an AssertionError."""
        match event:
            case SessionOpened():
                assert self.session is None
                assert event.session == self.sessions + 1
                self.sessions += 1
                self.session = Session(event.session, event.counted_ore)
            case SessionClosed():
                self._close(event)
            case SaleRegistered():
                self._sale(event)
            case SaleRefunded() | SaleVoided():
                self._return(event)
            case DepositTaken() | DepositRepaid():
                self._deposit(event)
            case _:
                self._drawer(event)

    def _number(self, receipt: int, session: int) -> Session:
        assert receipt == self.receipts + 1, "a gap in the receipt numbers"
        self.receipts += 1
        assert self.session is not None, "outside any session"
        assert session == self.session.number, "outside the open session"
        return self.session

    def _sale(self, sale: SaleRegistered) -> None:
        open_session = self._number(sale.receipt, sale.session)
        total = sum(line.amount_ore for line in sale.lines)
        assert sale.total_ore == total
        assert all(line.amount_ore >= 0 for line in sale.lines)
        assert sum(payment.amount_ore for payment in sale.payments) == sale.to_pay_ore == total + sale.rounding_ore
        self.sold[sale.receipt] = sale
        self.sales_ever += total
        assert (sale.grand.sales_ore, sale.grand.returns_ore) == (self.sales_ever, self.returns_ever)
        open_session.sales += total
        open_session.rounding += sale.rounding_ore
        open_session.receipts += 1
        open_session.cash += _cash(sale.payments)
        for payment in sale.payments:
            open_session.tenders[payment.by.value] += payment.amount_ore
        self._spend(sale.patient.id.reveal(), -_of(sale.payments, "on_account"))

    def _return(self, back: SaleRefunded | SaleVoided) -> None:
        open_session = self._number(back.receipt, back.session)
        sale = self.sold[back.sale_receipt]
        assert back.sale_receipt not in self.undone, "a voided receipt was given back"
        for line in back.lines:
            self.returned[back.sale_receipt, line.line] += line.amount_ore
            paid = sale.lines[line.line - 1].amount_ore
            assert self.returned[back.sale_receipt, line.line] <= paid, "more given back than paid"
        total = sum(line.amount_ore for line in back.lines)
        assert back.total_ore == total
        assert sum(payment.amount_ore for payment in back.payments) == back.to_pay_ore
        self.paid_out[back.sale_receipt] += back.to_pay_ore
        assert self.paid_out[back.sale_receipt] <= max(sale.to_pay_ore, sale.total_ore + ROUNDING_ORE)
        self.returns_ever += total
        assert (back.grand.sales_ore, back.grand.returns_ore) == (self.sales_ever, self.returns_ever)
        open_session.cash -= _cash(back.payments)
        if isinstance(back, SaleVoided):
            self.undone.add(back.sale_receipt)
            open_session.voids += total
        else:
            open_session.refunds += total
        self._spend(sale.patient.id.reveal(), _of(back.payments, "on_account"))

    def _deposit(self, event: DepositTaken | DepositRepaid) -> None:
        open_session = self._number(event.receipt, event.session)
        assert sum(payment.amount_ore for payment in event.payments) == event.amount_ore > 0
        sign = 1 if isinstance(event, DepositTaken) else -1
        open_session.cash += sign * _cash(event.payments)
        self._spend(event.patient.id.reveal(), sign * event.amount_ore)
        assert event.balance_ore == self.balances[event.patient.id.reveal()]

    def _spend(self, patient: str, ore: int) -> None:
        self.balances[patient] += ore
        assert self.balances[patient] >= 0, "a balance below zero"

    def _drawer(self, event: Event) -> None:
        match event:
            case FloatChanged():
                self._moved(event.session, event.amount_ore)
            case CashTakenOut():
                self._moved(event.session, -event.amount_ore)
            case DrawerOpened():
                assert self.session is not None
                self.session.openings += 1
            case TrainingEnded():
                assert self.session is not None
                self.session.practised += event.amount_ore
            case _:
                pass

    def _moved(self, session: int, ore: int) -> None:
        assert self.session is not None
        assert session == self.session.number
        self.session.cash += ore

    def _close(self, closed: SessionClosed) -> None:
        now = self.session
        assert now is not None
        assert closed.session == now.number
        assert closed.z == self.zs + 1, "a gap in the Z numbers"
        self.zs += 1
        figures = closed.figures
        assert (figures.sales_ore, figures.refunds.ore, figures.voids.ore) == (now.sales, now.refunds, now.voids)
        assert (figures.receipts, figures.drawer_openings, figures.training.ore) == (
            now.receipts,
            now.openings,
            now.practised,
        )
        assert figures.expected_ore["cash"] == now.cash
        assert figures.difference_ore["cash"] == figures.counted_ore["cash"] - now.cash
        self.closed_net += now.sales - now.refunds - now.voids
        assert figures.grand.net_ore == self.closed_net, "w is not the sum of all sessions"
        assert closed.left_ore == figures.counted_ore["cash"]
        self.session = None


def _cash(payments: tuple[Payment, ...]) -> int:
    return _of(payments, "cash")


def _of(payments: tuple[Payment, ...], tender: str) -> int:
    return sum(payment.amount_ore for payment in payments if payment.by.value == tender)
