"""Whatever people do at a desk, in whatever order: the sums hold, no number is skipped, and a refusal leaves no trace.

Hypothesis makes days of every act there is, right and wrong, with restarts, a clock that jumps and wrong PINs, on a
real desk with both tills. A second bookkeeper (`ledger.py`) follows the events with sums of its own.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kassaapp.app import Desk
from kassaapp.domain import day_report
from kassaapp.domain.errors import Refused
from kassaapp.domain.events import (
    ClockSetBack,
    DepositTaken,
    Event,
    PaymentBegun,
    PaymentEnded,
    PaymentOutcome,
    SaleRegistered,
    SessionClosed,
    SignInFailed,
)
from kassaapp.domain.state import RegisterState, fold
from kassaapp.journal.journal import Written
from kassaapp.verify.audit import audit
from tests.days.ledger import Ledger
from tests.desks import MONDAY_MORNING, a_clock, asking
from tests.rules.counter import ADULT, CHILD, HIDDEN, OLD, OTHER, PINS, TWENTY, enrolled, events_of

ARTICLES = {"H": (1, 2, 3, 5, 7), "E": (101, 102, 103, 104, 105)}
ADDRESS = "Provgatan 1, 123 45 Demostad"
PATIENTS = (ADULT, OTHER, TWENTY, {**CHILD, "address": ADDRESS}, {**OLD, "address": ADDRESS}, HIDDEN)
TENDERS = ("cash", "card", "swish", "invoice", "on_account")
ON_ACCOUNT = (5, 7)
"""Which ways to pay are a conto; see `_pay`."""
Step = tuple[str, int, int, int]
"""What to do, and three numbers that decide how."""

WEIGHTS = {
    "sell": 24,
    "begin_payment": 5,
    "end_payment": 9,
    "refund": 14,
    "void": 5,
    "correct_tender": 4,
    "correct_patient": 3,
    "deposit": 6,
    "repay": 5,
    "change_float": 3,
    "cash_out": 3,
    "park": 3,
    "recall": 3,
    "copy": 3,
    "printed": 2,
    "close": 5,
    "open_till": 8,
    "sign_in": 6,
    "sign_out": 1,
    "lock": 1,
    "drawer": 2,
    "count": 2,
    "x": 3,
    "look": 2,
    "history": 2,
    "training": 3,
    "clock": 3,
    "restart": 2,
    "nonsense": 2,
}
AT_WORK = {*WEIGHTS} - {"sign_in", "sign_out", "lock", "open_till", "close", "clock", "restart"}
WORDS = [word for word, weight in WEIGHTS.items() for _ in range(weight)]
STEPS: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(WORDS), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999)
)


class Day:
    """A desk, and the second bookkeeper of each of its tills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = a_clock(MONDAY_MORNING)
        self.ledgers = {"H": Ledger(), "E": Ledger()}
        self._open()

    def _open(self) -> None:
        self.desk = Desk.open(self.folder, self.clock)
        self.ask = asking(self.desk)
        for till in self.desk.tills:
            self.desk.register(till).listen(self._booker(till))

    def _booker(self, till: str) -> Callable[[Written[Event]], None]:
        return lambda written: self.ledgers[till].add(written.event)

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────────────────

    def heads(self) -> dict[str, tuple[int, bytes]]:
        """How many records each till has, and the hash of the newest."""
        journals = {till: self.desk._tills[till].journal for till in self.desk.tills}
        return {till: (journal.count(), journal.hash_of(journal.count() - 1)) for till, journal in journals.items()}

    def do(self, act: str, **arguments: Any) -> dict[str, Any]:
        """Perform an act; a refusal must leave every journal as it was, but for wrong PINs."""
        before = self.heads()
        answer = self.ask(act, **arguments)
        assert "trouble" not in answer, answer
        if not answer["ok"]:
            self._check_untouched(before, answer.get("refused", "Malformed"))
        self.check()
        return answer

    def _check_untouched(self, before: dict[str, tuple[int, bytes]], refused: str) -> None:
        if refused not in ("WrongPin", "TooManyAttempts"):
            assert self.heads() == before, f"{refused} left a trace"
            return
        for till, (count, head) in before.items():
            journal = self.desk._tills[till].journal
            assert journal.hash_of(count - 1) == head
            assert all(isinstance(event, SignInFailed | ClockSetBack) for event in events_of(journal)[count:])

    def step(self, step: Step) -> None:
        """One thing that people do."""
        word, a, b, c = step
        if c % 6 and word in AT_WORK:
            self._get_ready("HE"[a % 4 == 3], b)
        how: Callable[[str, int, int, int], None] = getattr(self, f"_{word}")
        how("HE"[a % 4 == 3], a // 4, b, c)

    def _get_ready(self, till: str, number: int) -> None:
        """Most of the time somebody is there, and yesterday's session has been closed."""
        register = self.desk.register(till)
        if register.user is None or register.user.id == "revis":
            self.do("sign_in", user=("anber", "erilu")[number % 2], pin=PINS[("anber", "erilu")[number % 2]])
        open_session = register.state.session
        if open_session is not None and open_session.opened_at.date() < self.clock().date():
            if register.open_payment is not None:
                self.do("end_payment", till=till, outcome=("paid", "not-found")[number % 2])
            for parked in list(register.state.parked):
                self.do("recall", till=till, parked=parked)
            if register.state.training and number % 4:
                self.do("training", till=till, on=False)
            user = "" if register.user is None else register.user.id
            counted = day_report.expected(open_session.figures)["cash"]
            self.do("close_session", till=till, counted_ore=counted, pin=PINS.get(user, ""))
        if register.state.session is None:
            self.do("open_session", till=till, counted_ore=self._left(till))

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────────

    def _sign_in(self, till: str, a: int, b: int, c: int) -> None:
        user = ("anber", "erilu", "anber", "erilu", "revis", "ingen")[a % 6]
        self.do("sign_in", user=user, pin="000000" if b % 7 == 0 else PINS.get(user, "123456"))

    def _sign_out(self, till: str, a: int, b: int, c: int) -> None:
        self.do("sign_out")

    def _lock(self, till: str, a: int, b: int, c: int) -> None:
        self.do("lock")

    def _open_till(self, till: str, a: int, b: int, c: int) -> None:
        self.do("open_session", till=till, **_reason(c), counted_ore=self._left(till) + (0, 0, 100, -100)[b % 4])

    def _left(self, till: str) -> int:
        register = self.desk.register(till)
        return register.till.float_ore if register.state.left_ore is None else register.state.left_ore

    def _close(self, till: str, a: int, b: int, c: int) -> None:
        open_session = self.desk.register(till).state.session
        expected = {"cash": 0} if open_session is None else day_report.expected(open_session.figures)
        counted = expected["cash"] + (0, 0, 0, -1_000, 70_000)[a % 5]
        card = {} if b % 2 else {"card_ore": max(0, expected.get("card", 0) + (0, 0, 500)[b % 3])}
        second = {"second": _signature(c // 3)} if c % 3 else {}
        pin = "000000" if a % 11 == 10 else PINS.get(self.desk.register(till).state.user or "", "1")
        self.do("close_session", till=till, counted_ore=max(0, counted), pin=pin, **card, **second, **_reason(c))

    def _sell(self, till: str, a: int, b: int, c: int) -> None:
        patient = self._holder(till, a) if c % 13 in ON_ACCOUNT else self._patient(a)
        basket = {"till": till, "patient": patient, "lines": self._lines(till, b)}
        total = self.ask("quote", **basket).get("total_ore", 0)
        extra: dict[str, Any] = {"acknowledged": True} if a % 2 else {}
        if a % 5 == 0:
            extra["payer"] = {"id": ADULT["id"], "name": ADULT["name"]}
        if b % 9 == 0:
            extra["visit_date"] = ("2026-10-01", "2025-12-30", "2024-01-01", "2027-01-05")[c % 4]
        self.do("sell", **basket, pay=_pay(total, c), **extra)

    def _begin_payment(self, till: str, a: int, b: int, c: int) -> None:
        basket = {"till": till, "patient": self._patient(a), "lines": self._lines(till, b)}
        some = {"amount_ore": 5_000} if c % 7 == 0 else {}
        if c % 5 == 0:
            self.do(
                "begin_deposit", till=till, patient=basket["patient"], amount_ore=a * 100, by=("card", "swish")[b % 2]
            )
        self.do("begin_payment", **basket, by=("card", "swish", "card", "cash")[c % 4], acknowledged=True, **some)

    def _end_payment(self, till: str, a: int, b: int, c: int) -> None:
        begun = self.desk.acting(till).open_payment
        if begun is not None and c % 3 == 0:
            patient = {"id": begun.patient.id.reveal(), "name": begun.patient.name, "address": ADDRESS}
            lines = [{"article": line.article, "quantity": line.quantity} for line in begun.lines]
            pay = [{"by": begun.tender.value, "amount_ore": begun.amount_ore}]
            self.do("sell", till=till, patient=patient, lines=lines, pay=pay, acknowledged=True)
        else:
            self.do("end_payment", till=till, outcome=("paid", "paid", "declined", "abandoned", "not-found")[b % 5])

    def _holder(self, till: str, a: int) -> dict[str, Any]:
        """Mostly somebody who has money a conto."""
        holders = [one for one in PATIENTS if self.ledgers[till].balances[str(one["id"])]]
        return holders[a % len(holders)] if holders and a % 5 else self._patient(a)

    def _patient(self, a: int) -> dict[str, Any]:
        patient: dict[str, Any] = dict(PATIENTS[a % len(PATIENTS)])
        match a % 13:
            case 3:
                patient.update(paid_in_window_ore=144_000 - a, window_from="2026-03-10")
            case 5:
                patient.update(frikort_until="2026-12-01")
            case 7:
                patient.update(category="asylum", category_reference="LMA 1")
            case 9:
                patient.update(category="outside_eu")
            case 11:
                patient.pop("name")
            case _:
                pass
        return patient

    def _lines(self, till: str, b: int) -> list[dict[str, int]]:
        own = ARTICLES[till]
        rows = [
            {"article": own[(b + place) % len(own)], "quantity": 1 + (b >> place) % 3} for place in range(1 + b % 3)
        ]
        return rows if b % 17 else [*rows, {"article": 999}]

    def _receipt(self, till: str, a: int) -> int:
        sold = list(self.ledgers[till].sold)
        return sold[a % len(sold)] if sold and a % 9 else a % 5

    def _refund(self, till: str, a: int, b: int, c: int) -> None:
        receipt = self._receipt(till, a)
        sale = self.ledgers[till].sold.get(receipt)
        line = 1 + b % (len(sale.lines) if sale else 1)
        left = sale.lines[line - 1].amount_ore - self.ledgers[till].returned[receipt, line] if sale else 100
        ore = (left, left, left // 2, left // 3 + 1, 50, 49, left + 1, 149)[b % 8]
        rows = [{"line": line, "amount_ore": ore}]
        if sale and c % 4 == 0:
            rows += [{"line": 1 + (line % len(sale.lines)), "amount_ore": 30}]
        pay = {"by": sale.payments[0].by.value if sale and sale.payments and c % 3 else TENDERS[c % 5]}
        approved = {} if b % 3 == 0 else {"approved_by": _signature(c // 5)}
        self.do("refund", till=till, receipt=receipt, lines=rows, pay=[pay], **approved, **_reason(b))

    def _void(self, till: str, a: int, b: int, c: int) -> None:
        approved = {} if b % 3 == 0 else {"approved_by": _signature(c)}
        self.do("void", till=till, receipt=self._receipt(till, a), **approved, **_reason(b))

    def _correct_tender(self, till: str, a: int, b: int, c: int) -> None:
        self.do("correct_tender", till=till, receipt=self._receipt(till, a), by=TENDERS[b % 5], **_reason(c))

    def _correct_patient(self, till: str, a: int, b: int, c: int) -> None:
        patient = self._patient(b)
        self.do("correct_patient", till=till, receipt=self._receipt(till, a), patient=patient, **_reason(c))

    def _deposit(self, till: str, a: int, b: int, c: int) -> None:
        ore = (10_000, 50_000, 20_000, 12_345, 100_000, 30_000, 0, -100)[b % 8]
        self.do("deposit", till=till, patient=self._patient(a), amount_ore=ore, pay=[{"by": TENDERS[c % 7 % 5]}])

    def _repay(self, till: str, a: int, b: int, c: int) -> None:
        patient = self._holder(till, a)
        held = self.ledgers[till].balances[patient["id"]]
        ore = (held, held // 200 * 100, held + 100, 100)[b % 4]
        pay, signed = [{"by": TENDERS[b % 3]}], {"approved_by": _signature(c)}
        self.do("repay", till=till, patient=patient, amount_ore=ore, pay=pay, **signed, **_reason(c))

    def _change_float(self, till: str, a: int, b: int, c: int) -> None:
        self.do("change_float", till=till, amount_ore=(10_000, -10_000, 0, -900_000)[b % 4], **_reason(c))

    def _cash_out(self, till: str, a: int, b: int, c: int) -> None:
        open_session = self.ledgers[till].session
        held = 0 if open_session is None else open_session.cash
        out = {"amount_ore": (held, held // 2, held + 1, 1_000)[b % 4], "kind": ("bank", "expense")[b % 2]}
        second = {"second": ("Erik Lund", "anber", _signature(c))[c % 3]} if c % 4 else {}
        self.do("cash_out", till=till, **out, reference="Påse 1" if a % 5 else " ", **second)

    def _park(self, till: str, a: int, b: int, c: int) -> None:
        self.do("park", till=till, patient=self._patient(a), lines=self._lines(till, b))

    def _recall(self, till: str, a: int, b: int, c: int) -> None:
        parked = list(self.desk.acting(till).state.parked) or [99]
        self.do("recall", till=till, parked=parked[a % len(parked)])

    def _copy(self, till: str, a: int, b: int, c: int) -> None:
        self.do("copy_receipt", till=till, receipt=self._receipt(till, a))

    def _printed(self, till: str, a: int, b: int, c: int) -> None:
        receipt, before = self._receipt(till, a), self.heads()
        with suppress(Refused):
            self.desk.register(till).printed(receipt)
            before = self.heads()
        assert self.heads() == before, "a refusal left a trace"
        self.check()

    def _drawer(self, till: str, a: int, b: int, c: int) -> None:
        self.do("open_drawer", till=till, **_reason(c))

    def _count(self, till: str, a: int, b: int, c: int) -> None:
        self.do("count", till=till, counted_ore=b * 1_000 - 5_000)

    def _x(self, till: str, a: int, b: int, c: int) -> None:
        self.do("x_report", till=till)

    def _look(self, till: str, a: int, b: int, c: int) -> None:
        self.do("look_up", id=PATIENTS[a % len(PATIENTS)]["id"])
        self.do("receipt", till=till, receipt=self._receipt(till, b))
        self.do("balance", till=till, patient=self._patient(c))

    def _history(self, till: str, a: int, b: int, c: int) -> None:
        wanted = ({}, {"patient": ADULT["id"]}, {"kind": "sale"}, {"from": "2026-11-01"}, {"session": 1})[b % 5]
        self.do("history", till=till, **wanted)

    def _training(self, till: str, a: int, b: int, c: int) -> None:
        self.do("training", till=till, on=bool(b % 2))

    def _clock(self, till: str, a: int, b: int, c: int) -> None:
        minutes = (5, 30, 60, 24 * 60, -10, -0.5)[b % 6]
        self.clock.set(self.clock() + timedelta(minutes=minutes))

    def _nonsense(self, till: str, a: int, b: int, c: int) -> None:
        lines = (
            {"act": "sell", "till": till, "patient": ADULT, "lines": [{"article": 1, "price_ore": 1}], "pay": []},
            {"act": "refund", "till": till, "receipt": 2**53, "lines": [], "pay": [], "reason": "x"},
            {"act": "open_session", "till": till, "counted_ore": 1.5},
            {"act": "deposit", "till": till, "patient": None, "amount_ore": 2**60, "pay": [{"by": "cash"}]},
            {"act": "close_session", "till": till, "denominations": {"x": 1}, "pin": "1"},
        )
        line = dict(lines[b % len(lines)])
        answer = self.do(str(line.pop("act")), **line)
        assert not answer["ok"]

    def _restart(self, till: str, a: int, b: int, c: int) -> None:
        """Close the desk, or cut its power: copy the disk as it is, and go on with the copy."""
        before = {till: lasting(self.desk.register(till).state) for till in self.desk.tills}
        if b % 2:
            self.desk.close()
        else:
            copy = self.folder.with_name(f"{self.folder.name}x")
            shutil.copytree(self.folder, copy)
            self.desk.close()
            self.folder = copy
        self._open()
        assert {till: lasting(self.desk.register(till).state) for till in self.desk.tills} == before
        if c % 5:
            self.do("sign_in", user="anber", pin=PINS["anber"])

    # ── what must always hold ────────────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """The till and the second bookkeeper agree."""
        for till, ledger in self.ledgers.items():
            state = self.desk.register(till).state
            assert (state.next_receipt, state.next_session, state.next_z) == (
                ledger.receipts + 1,
                ledger.sessions + 1,
                ledger.zs + 1,
            )
            assert (state.grand.sales_ore, state.grand.returns_ore) == (ledger.sales_ever, ledger.returns_ever)
            assert state.grand.net_ore == state.grand.sales_ore - state.grand.returns_ore >= 0
            held = {patient.reveal(): ore for patient, ore in state.balances.items()}
            assert held == {patient: ore for patient, ore in ledger.balances.items() if ore}
            self._check_session(state, ledger)

    def _check_session(self, state: RegisterState, ledger: Ledger) -> None:
        assert (state.session is None) == (ledger.session is None)
        if state.session is None or ledger.session is None:
            return
        figures, mine = state.session.figures, ledger.session
        assert (figures.sales_ore, figures.refunds.ore, figures.voids.ore) == (mine.sales, mine.refunds, mine.voids)
        assert {tender: ore for tender, ore in figures.by_tender.items() if ore} == {
            tender: ore for tender, ore in mine.tenders.items() if ore
        }
        assert sum(figures.by_tender.values()) == figures.sales_ore + figures.rounding_ore
        assert figures.rounding_ore == mine.rounding
        assert day_report.expected(figures)["cash"] == mine.cash >= 0
        assert sum(tally.ore for tally in figures.cashiers) == figures.sales_ore

    def end(self) -> None:
        """At the end of the day the journal adds up to the same, also after a restart, and an audit is content."""
        for till in self.desk.tills:
            events = events_of(self.desk._tills[till].journal)
            assert fold(events) == self.desk.register(till).state
            again = Ledger()
            for event in events:
                again.add(event)
            assert again == self.ledgers[till]
            check_payments(events)
        self._restart("H", 0, 1, 0)
        self.check()
        self.desk.close()
        for till in ("H", "E"):
            assert audit(self.folder / till / "journal.db").findings == []


def check_payments(events: list[Event]) -> None:
    """Every payment that was begun has one end before the next begins and before the till is closed, and one that was
    paid ends right after what it paid."""
    begun: PaymentBegun | None = None
    for before, event in pairwise(events):
        if isinstance(event, PaymentBegun | SessionClosed):
            assert begun is None
        if isinstance(event, PaymentBegun):
            begun = event
        if isinstance(event, PaymentEnded):
            assert begun is not None
            assert (event.attempt, event.tender, event.amount_ore) == (begun.attempt, begun.tender, begun.amount_ore)
            begun = None
            if event.outcome is PaymentOutcome.PAID:
                assert isinstance(before, SaleRegistered | DepositTaken)
                assert before.receipt == event.receipt
                assert any((paid.by, paid.amount_ore) == (event.tender, event.amount_ore) for paid in before.payments)


def lasting(state: RegisterState) -> dict[str, Any]:
    """What of a till's state a restart must not change: all but who is signed in, and when something last happened."""
    passing = {"user", "locked", "last_at"}
    return {name: getattr(state, name) for name in RegisterState.__slots__ if name not in passing}


def _reason(number: int) -> dict[str, str]:
    return {} if number % 6 == 0 else {"reason": " "} if number % 11 == 0 else {"reason": "Därför"}


def _signature(number: int) -> dict[str, str]:
    user = ("erilu", "erilu", "erilu", "anber", "revis")[number % 5]
    return {"user": user, "pin": "000000" if number % 9 == 8 else PINS[user]}


def _pay(total: int, number: int) -> list[dict[str, Any]]:
    """How somebody pays, or tries to."""
    half = total // 2
    ways: list[list[dict[str, Any]]] = [
        [{"by": "cash"}],
        [{"by": "cash", "given_ore": (total // 10_000 + 1) * 10_000}],
        [{"by": "card"}],
        [{"by": "swish", "reference": "0042"}],
        [{"by": "invoice", "could_not_pay": number % 2 == 0}],
        [{"by": "on_account"}],
        [{"by": "card", "amount_ore": half}, {"by": "cash", "amount_ore": total - half}],
        [{"by": "on_account", "amount_ore": half}, {"by": "swish", "amount_ore": total - half}],
        [{"by": "card", "amount_ore": total + 1}],
        [{"by": "cash", "given_ore": total - 100}],
        [{"by": "cash"}],
        [{"by": "card"}],
        [],
    ]
    return [] if total == 0 and number % 4 else ways[number % len(ways)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An enrolled desk, to be copied: enrolling is the slowest part of a day."""
    return enrolled(tmp_path_factory.mktemp("template") / "desk")


@contextmanager
def a_day(template: Path) -> Iterator[Day]:
    """A new desk on Monday morning, with Anna signed in and both tills open."""
    with tempfile.TemporaryDirectory(prefix="kassa-day-") as folder:
        shutil.copytree(template, Path(folder) / "desk")
        day = Day(Path(folder) / "desk")
        try:
            day.do("sign_in", user="anber", pin=PINS["anber"])
            day.do("open_session", till="H", counted_ore=100_000)
            day.do("open_session", till="E", counted_ore=50_000)
            yield day
        finally:
            day.desk.close()


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(steps=st.lists(STEPS, min_size=20, max_size=80))
def test_whatever_people_do_the_sums_hold_and_refusals_leave_no_trace(template: Path, steps: list[Step]) -> None:
    with a_day(template) as day:
        for step in steps:
            day.step(step)
        day.end()


def test_the_second_bookkeeper_notices() -> None:
    """A property that nothing can break proves nothing: each kind of wrong event is caught."""
    from tests.builders import a_sale, opening_events

    ledger = Ledger()
    for event in opening_events():
        ledger.add(event)
    sold = a_sale()
    ledger.add(sold)

    with pytest.raises(AssertionError, match="gap"):
        ledger.add(sold)
