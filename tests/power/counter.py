"""What goes on at the counter: the events of a busy day, each made by the rules from the state before it."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kassaapp.domain import day_report, refund, session
from kassaapp.domain.events import (
    CheckResult,
    DrawerOpened,
    Event,
    ProgramStarted,
    SaleRegistered,
    SaleVoided,
    SessionOpened,
    SignedIn,
)
from kassaapp.domain.fees import Wish
from kassaapp.domain.receipts import Standing
from kassaapp.domain.refund import Circumstances
from kassaapp.domain.session import Count
from kassaapp.domain.state import RegisterState, apply
from kassaapp.domain.visit import Tender
from tests.builders import ADULT, CARD, CASH, MORNING, OLD, SWISH, a_configuration, a_deposit, a_patient, a_sale

BY, SECOND = "anber", "erilu"
_PAUSE = timedelta(seconds=5)


class Counter:
    """Makes the events that come next. They have happened when `did` is called with them."""

    def __init__(self, past: Iterable[Event], chance: random.Random) -> None:
        self._chance = chance
        self._state = RegisterState()
        self._at = MORNING
        self.sales: list[SaleRegistered] = []
        self.did(past)

    def did(self, events: Iterable[Event]) -> None:
        """These have happened."""
        for event in events:
            self._state = apply(self._state, event)
            self._at = max(self._at, event.at)
            match event:
                case SaleRegistered():
                    self.sales.append(event)
                case SaleVoided():
                    self.sales = [sale for sale in self.sales if sale.receipt != event.sale_receipt]
                case SessionOpened():
                    self.sales = []
                case _:
                    pass

    def start(self, check: CheckResult = CheckResult.INTACT, restored: int = 0, mark: int = -1) -> list[Event]:
        """What a start records."""
        return [ProgramStarted(self._later(), "0.1", check, restored, mark)]

    def next(self) -> list[Event]:
        """What happens next, one event or several that belong together: most often a sale."""
        before = self.before_a_sale()
        if before:
            return before
        makers: list[Callable[[], list[Event]]] = [self.closing, self._deposit, self._drawer_and_sale, self.drawers]
        if self.sales:
            makers.append(self._void)
        return self._chance.choice(makers)() if self._chance.random() < 0.25 else [self._sale(self._later())]

    def next_sale(self) -> list[Event]:
        """A sale; nothing may have to happen before it."""
        return [self._sale(self._later())]

    def closing(self) -> list[Event]:
        """The day is closed with what there should be."""
        opened = session.require_session(self._state)
        count = Count(cash_ore=day_report.expected(opened.figures)[Tender.CASH])
        closed = session.close_session(
            self._state, count, reason=None, second=None, limit_ore=0, at=self._later(), by=BY
        )
        return [closed]

    def before_a_sale(self) -> list[Event]:
        """What must happen before anything can be sold."""
        if self._state.user is None:
            return [SignedIn(self._later(), BY)]
        if self._state.session is None:
            return [self._opening()]
        return []

    def _opening(self) -> SessionOpened:
        float_ore = a_configuration().till("H").float_ore
        left_ore = self._state.left_ore
        counted_ore = float_ore if left_ore is None else left_ore
        return session.open_session(self._state, counted_ore, float_ore=float_ore, reason=None, at=self._later(), by=BY)

    def _sale(self, at: datetime) -> SaleRegistered:
        patient = a_patient(self._chance.choice((ADULT, OLD)), self._chance.choice(("Eva Test", "Test Testsson")))
        wishes = self._chance.choice(([Wish(1)], [Wish(1), Wish(3)]))
        return a_sale(patient, wishes, [self._chance.choice((CASH, CARD, SWISH))], state=self._state, at=at, by=BY)

    def _deposit(self) -> list[Event]:
        return [a_deposit(state=self._state, at=self._later(), by=BY)]

    def _drawer(self, at: datetime) -> DrawerOpened:
        return DrawerOpened(at, BY, session.require_session(self._state).number, "Växling")

    def drawers(self) -> list[Event]:
        """Some records that belong together."""
        return [self._drawer(self._later() + number * _PAUSE) for number in range(self._chance.randint(2, 8))]

    def _drawer_and_sale(self) -> list[Event]:
        return [self._drawer(self._later()), self._sale(self._later() + _PAUSE)]

    def _void(self) -> list[Event]:
        sold = self._chance.choice(self.sales)
        circumstances = Circumstances(self._later(), BY, limit_ore=0, approved_by=SECOND)
        return [refund.void(self._state, Standing(sold), "Fel patient", circumstances)]

    def _later(self) -> datetime:
        return self._at + _PAUSE
