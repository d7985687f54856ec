"""Nothing that a key's owner can sign brings the auditor's tool down, and no loss is blamed on what stands after it."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kassaapp.domain.events import CashPurpose, PaymentOutcome
from kassaapp.domain.fees import Wish
from kassaapp.domain.refund import GiveBack
from kassaapp.domain.session import Count
from kassaapp.domain.tender import Offer
from kassaapp.domain.visit import Tender
from kassaapp.pins import Signature
from kassaapp.register import Register
from sync.wire.errors import Malformed
from tests.builders import CARD, CASH, OLD, a_patient
from tests.desks import MONDAY_MORNING, a_desk, an_open_till
from tests.verify.evidence import copied, faults, journal_in, verdict, warned
from tests.verify.forge import Draft, drafts, hashes_of, lose, rewrite

SEED = 20261124
HISTORIES = 100
BOSS = Signature("erilu", "234567")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk where everything has happened that can. To be copied, not changed."""
    folder = tmp_path_factory.mktemp("busy") / "desk"
    with an_open_till(folder) as desk:
        register = desk.register("H")
        sells_and_gives_back(register)
        moves_cash(register)
        asks_for_payments(register)
        desk.begin_training("H")
        desk.acting("H").sell(a_patient(), [Wish(1)], [CARD])
        desk.end_training("H")
        register.close_session(Count(register.expected_cash_ore()), "123456")
    with a_desk(folder, MONDAY_MORNING + timedelta(days=1)) as desk:
        desk.sign_in("anber", "123456")
        register = desk.register("H")
        register.open_session(register.state.left_ore or 0)
        register.sell(a_patient(), [Wish(1)], [CARD])
        register.refund(4, [GiveBack(1, 5_000)], [CARD], "Fel", BOSS)
        register.close_session(Count(register.expected_cash_ore()), "123456")
    return folder


def sells_and_gives_back(register: Register) -> None:
    for name in ("Ett", "Två", "Tre", "Fyra"):
        register.sell(a_patient(name=name), [Wish(1), Wish(3)], [CASH])
    register.refund(1, [GiveBack(1, 10_000)], [CASH], "Fel", BOSS)
    register.void(2, "Fel patient", BOSS)
    register.correct_tender(3, Tender.CARD, "Fel betalsätt")
    register.printed(1)
    register.copy(1)
    register.park(a_patient(name="Parkerad"), [Wish(1)])
    register.recall(1)
    register.sell(a_patient(name="Parkerad"), [Wish(1)], [CARD])


def moves_cash(register: Register) -> None:
    register.deposit(a_patient(OLD), 50_000, [CASH])
    register.repay(a_patient(OLD), 10_000, [CASH], "Flyttar", BOSS)
    register.sell(a_patient(OLD), [Wish(5)], [Offer(Tender.ON_ACCOUNT)], acknowledged=True)
    register.change_float(10_000, "Växel")
    register.cash_out(5_000, CashPurpose.EXPENSE, "Frimärken", None)
    register.open_drawer("Kvitto fastnade")
    register.count({"cash": 1_000})
    register.x_report()


def asks_for_payments(register: Register) -> None:
    register.begin_payment(a_patient(), [Wish(1)], Tender.CARD)
    register.abandon_payment(PaymentOutcome.DECLINED)
    register.begin_payment(a_patient(), [Wish(1)], Tender.SWISH)
    register.settle_payment("0001")


def test_a_day_on_which_everything_happens_has_no_finding(busy: Path) -> None:
    code, report = verdict(journal_in(busy))

    assert (code, report["findings"], warned(report)) == (0, [], set())
    kinds = {draft.header["kind"] for draft in drafts(busy)}
    assert len(kinds) > 20, kinds


def test_a_loss_anywhere_is_the_only_thing_that_is_found(busy: Path, tmp_path: Path) -> None:
    """Every record in turn is in no copy: the numbers and sums after it are taken up again, and none is blamed."""
    blamed = []
    for number in range(1, len(hashes_of(busy))):
        desk = copied(busy, tmp_path / str(number))
        lose(desk, number)
        found = verdict(journal_in(desk))[1]["findings"]
        if [(one["fault"], one["seq"]) for one in found] != [("missing-undeclared", number)]:
            blamed.append((number, drafts(busy)[number].header["kind"], found))

    assert blamed == []


# ── Anything that can be signed ──────────────────────────────────────────────────────────────────

NUMBERS = [0, 1, -1, 2, 3, 5, 9, 100, 20_000, 2**53 - 1, -(2**53) + 1]
TEXTS = ["", "cash", "exempt", "25", "card", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "9999-12-31"]
OTHERS: list[Any] = [None, True, [], {}, [[]], [{}], {"a": 1}, "x", 1]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything inside a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value[path[0]] = put(value[path[0]], path[1:], new)
    return value


def shuffled(draft: Draft, chance: random.Random, kinds: list[str]) -> None:
    """Another value somewhere, mostly of the same type; sometimes another kind of record."""
    content: Any = draft.content()
    if chance.random() < 0.2:
        draft.header["kind"] = chance.choice(kinds)
    path = chance.choice(list(places(content)))
    old = content
    for step in path:
        old = old[step]
    same = NUMBERS if isinstance(old, int) else TEXTS if isinstance(old, str) else OTHERS
    try:
        draft.say(put(content, path, chance.choice(same if chance.random() < 0.9 else OTHERS)))
    except Malformed:
        draft.say_bytes(b"{}")


def test_whatever_is_signed_ends_in_a_verdict(busy: Path, tmp_path: Path) -> None:
    chance, outcome = random.Random(SEED), Counter[str]()
    kinds = sorted({draft.header["kind"] for draft in drafts(busy)})

    for number in range(HISTORIES):
        desk = copied(busy, tmp_path / str(number))
        rewrite(desk, lambda made: shuffled(chance.choice(made), chance, kinds))
        code, report = verdict(journal_in(desk))
        outcome.update(faults(report) if code else ["nothing"])

    assert outcome["malformed"] > 5, outcome
    assert len(outcome) > 4, outcome
