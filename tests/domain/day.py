"""A day at a till for tests: what the rules allow is recorded, what they refuse leaves no trace."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import TypeVar

from kassaapp.domain import drawer, fees, on_account, people, refund, sale, session
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import (
    CashPurpose,
    CashTakenOut,
    DepositRepaid,
    DepositTaken,
    Event,
    FloatChanged,
    RegisterOpened,
    SaleRefunded,
    SaleRegistered,
    SaleVoided,
    SessionClosed,
    SessionOpened,
    SignedIn,
    kind_of,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.receipts import Receipts
from kassaapp.domain.refund import Circumstances, GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.state import apply, fold
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Patient, Tender
from kassaapp.journal.payload import contents
from tests.builders import CASH, MORNING, a_configuration

DEMO = a_configuration()
FLOAT_ORE = 50_000
BANDAGE = 104
TILL = sale.Till("E", needs_address=True)
Kind = TypeVar("Kind")
ON_ACCOUNT = Offer(Tender.ON_ACCOUNT)
Receipt = SaleRegistered | SaleRefunded | SaleVoided | DepositTaken | DepositRepaid


class Day:
    """A till that is wished at: what the rules allow is recorded, what they refuse leaves no trace."""

    def __init__(self) -> None:
        self.at = MORNING
        self.events: list[Event] = [RegisterOpened(MORNING, "R0417", "E", "ekbacken")]
        self.state = fold(self.events)
        self.receipts = Receipts()
        self.refusals = 0

    def __repr__(self) -> str:
        return "a day of\n" + "\n".join(f"  {kind_of(event)} {contents(event)['a']}" for event in self.events)

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.state = apply(self.state, event)
        self.receipts.add(event)

    def wish(self, rule: Callable[[str], Event]) -> None:
        """Let somebody signed in wish for an event."""
        before = self.state
        try:
            self.record(rule(people.signed_in(self.state)))
        except Refused:
            self.refusals += 1
            assert self.state is before

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    # ── wishes ───────────────────────────────────────────────────────────────────────────────────

    def sell(self, patient: Patient, wishes: Sequence[Wish], offers: Sequence[Offer]) -> None:
        day = self.at.date()

        def rule(by: str) -> Event:
            quote = fees.quote(DEMO.catalogue, DEMO.fees, patient, wishes, till="E", visit_date=day)
            return sale.sell(self.state, TILL, patient, quote, offers, visit_date=day, at=self.at, by=by)

        self.wish(rule)

    def serve(self, patient: Patient, wishes: Sequence[Wish], offers: Sequence[Offer]) -> None:
        """A sale as it should be."""
        self.get_ready()
        self.sell(patient, wishes, offers)

    def give_back(self, pick: int, share: Fraction, offer: Offer) -> None:
        """So much of what is left of a row of some sale."""
        sales = self.of(SaleRegistered)
        if not sales:
            return
        standing = self.receipts.sale(sales[pick % len(sales)].receipt)
        row = pick % len(standing.sale.lines) + 1
        given = [GiveBack(row, int(standing.left_ore(row) * share))]
        self.get_ready()
        self.wish(lambda by: refund.refund(self.state, standing, given, [offer], "Fel vara", self.circumstances(by)))

    def undo(self, pick: int) -> None:
        sales = self.of(SaleRegistered)
        if not sales:
            return
        standing = self.receipts.sale(sales[pick % len(sales)].receipt)
        self.get_ready()
        self.wish(lambda by: refund.void(self.state, standing, "Fel patient", self.circumstances(by)))

    def circumstances(self, by: str) -> Circumstances:
        return Circumstances(self.at, by, limit_ore=50_000, approved_by="revis")

    def deposit(self, patient: Patient, amount_ore: int, offer: Offer) -> None:
        self.get_ready()
        self.wish(lambda by: on_account.deposit(self.state, patient, amount_ore, [offer], at=self.at, by=by))

    def repay(self, patient: Patient, share: Fraction, offer: Offer) -> None:
        if on_account.balance(self.state, patient.id) == 0:
            self.deposit(patient, 20_000, CASH)
        amount_ore = int(on_account.balance(self.state, patient.id) * share)
        self.wish(
            lambda by: on_account.repay(
                self.state, patient, amount_ore, [offer], "Flyttar", at=self.at, by=by, approved_by="revis"
            )
        )

    def move_cash(self, float_ore: int, out_ore: int) -> None:
        self.wish(lambda by: drawer.change_float(self.state, float_ore, "Växel", at=self.at, by=by))
        self.wish(
            lambda by: drawer.take_out(
                self.state, out_ore, CashPurpose.BANK, "Påse 1", second="revis", at=self.at, by=by, own_name="Anna"
            )
        )
        self.wish(lambda by: drawer.open_drawer(self.state, "Växla", at=self.at, by=by))

    def open(self, wrong_by_ore: int, reason: str | None) -> None:
        left_ore = FLOAT_ORE if self.state.left_ore is None else self.state.left_ore
        self.wish(
            lambda by: session.open_session(
                self.state, left_ore + wrong_by_ore, float_ore=FLOAT_ORE, reason=reason, at=self.at, by=by
            )
        )

    def close(self, wrong_by_ore: int, card_ore: int | None, reason: str | None) -> None:
        count = Count(max(0, cash_in_drawer(self.events) + wrong_by_ore), card_ore)
        self.wish(
            lambda by: session.close_session(
                self.state, count, reason=reason, second=None, limit_ore=10**9, at=self.at, by=by
            )
        )

    def get_ready(self) -> None:
        """Somebody signs in, closes what is left from yesterday and opens, each if there is need."""
        if self.state.user is None or self.state.locked:
            self.record(SignedIn(self.at, "erilu"))
        if self.state.session is not None and self.state.session.opened_at.date() < self.at.date():
            self.close(0, None, None)
        if self.state.session is None:
            self.open(0, None)

    def go_home(self) -> None:
        """The till is closed in the evening, and it becomes morning."""
        self.get_ready()
        self.close(0, None, None)
        self.let_pass(timedelta(hours=14))

    def let_pass(self, time: timedelta) -> None:
        self.at += time


def cash_in_drawer(events: Sequence[Event]) -> int:
    """What a person would count: the float, and each coin that went in or out since."""
    drawer_ore = 0
    for event in events:
        match event:
            case SessionOpened():
                drawer_ore = event.counted_ore
            case SaleRegistered():
                drawer_ore += sum(paid.given_ore or 0 for paid in event.payments) - event.change_ore
            case SaleRefunded() | SaleVoided() | DepositRepaid():
                drawer_ore -= sum(paid.amount_ore for paid in event.payments if paid.by is Tender.CASH)
            case DepositTaken():
                drawer_ore += sum(paid.amount_ore for paid in event.payments if paid.by is Tender.CASH)
            case FloatChanged():
                drawer_ore += event.amount_ore
            case CashTakenOut():
                drawer_ore -= event.amount_ore
            case SessionClosed():
                drawer_ore = event.left_ore
            case _:
                pass
    return drawer_ore
